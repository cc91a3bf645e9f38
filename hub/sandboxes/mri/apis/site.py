"""What is true of the installation: version, modules and local time, and its properties.

Nothing public names an API that tells version and modules: the name is a stand-in in MRI's style, which a
site may give another."""

from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Api, Field, Kind, NestedSet, Param, Row
from hub.sandboxes.mri.settings import MODULES


def _system(books: Books) -> list[Row]:
    site = books.site
    modules = [{"Module": code, "Description": MODULES[code]} for code in site.modules]
    system = {"Database": books.database, "Version": site.version, "LocalTime": books.now()}
    return [{**system, "InvoiceStatus": site.invoice_status, "Modules": modules}]


SYSTEM = Api(
    name="MRI_S-PMSY_SystemInformation",
    collection="System",
    bare=True,
    finds=_system,
    fields=(
        Field("Database", limit=20, key=True),
        Field("Version", limit=20),
        Field("LocalTime", Kind.FINE_STAMP),
        Field("InvoiceStatus", limit=20),
    ),
    nested=(NestedSet("Modules", (Field("Module", limit=2), Field("Description", limit=60))),),
)

PROPERTIES = Api(
    name="MRI_S-PMRM_PropertyIDByNameOrAddress",
    collection="Properties",
    fields=(
        Field("PropertyID", limit=12, key=True),
        Field("PropertyName", limit=60, required=True),
        Field("EntityId", limit=12, required=True),
        Field("Address1", limit=60),
        Field("City", limit=60),
        Field("State", limit=20),
        Field("ZipCode", limit=20),
    ),
    params=(
        Param("PROPERTYID", "PropertyID"),
        Param("PROPERTYNAME", "PropertyName"),
        Param("ADDRESS", "Address1"),
        Param("EntityId", "EntityId"),
    ),
    nothing_found="PROPERTYNAME: No property matches the specified values.",
)
