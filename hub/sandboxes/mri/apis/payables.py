"""Accounts Payable: vendors."""

from hub.sandboxes.mri.declare import Api, Field, Kind, Param

VENDORS = Api(
    name="MRI_S-PMAP_Vendors",
    collection="Vendors",
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
)
