"""Accounts Payable: vendors, banks, and which bank an entity pays from."""

from hub.sandboxes.mri.declare import Api, Field, Kind, Param
from hub.sandboxes.mri.settings import PAYABLES

VENDORS = Api(
    name="MRI_S-PMAP_Vendors",
    collection="Vendors",
    filters=True,
    verbs=("GET", "POST", "PUT"),
    module=PAYABLES,
    fields=(
        Field("VendorID", limit=12, key=True),
        Field("VendorName", limit=255, required=True),
        Field("Address1", limit=60),
        Field("Address2", limit=60),
        Field("Address3", limit=60),
        Field("City", limit=60),
        Field("State", limit=20),
        Field("ZipCode", limit=20),
        Field("Country", limit=20),
        Field("Phone", limit=30),
        Field("Email", limit=255),
        Field("TaxID", limit=20),
        Field("Active", Kind.FLAG, default="Y"),
        Field("Separate1099", Kind.FLAG, default="N"),
        Field("LastUpdate", Kind.STAMP, made_here=True),
    ),
    params=(Param("VENDORID", "VendorID"), Param("ACTIVE", "Active")),
    changed="LastUpdate",
    duplicate="VendorID: Vendor {VendorID} already exists.",
)

BANKS = Api(
    name="MRI_S-PMAP_Bank",
    collection="Banks",
    module=PAYABLES,
    paged=False,
    fields=(Field("BankID", limit=12, key=True), Field("BankName", limit=60, required=True)),
    params=(Param("BANKID", "BankID"),),
)

BANK_MAPPING = Api(
    name="MRI_S-PMAP_BankAccountMapping",
    collection="BankAccountMapping",
    module=PAYABLES,
    paged=False,
    fields=(
        Field("EntityId", limit=12, key=True),
        Field("BankID", limit=12, key=True),
        Field("AccountNumber", limit=20),
        Field("IsDefault", Kind.FLAG, default="N"),
    ),
    params=(Param("EntityId", "EntityId", required=True),),
    nothing_found="EntityId: There are no banks for the specified entity.",
)
