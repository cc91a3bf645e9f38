"""Purchase Order: orders with their lines; a site may lack the module."""

from hub.sandboxes.mri.apis.checks import has_lines, numbers_differ, stamp_transaction, sums_to
from hub.sandboxes.mri.apis.rules import codes_on_chart, job_exists, vendor_is_active
from hub.sandboxes.mri.declare import Api, Field, Kind, NestedSet, Param
from hub.sandboxes.mri.settings import PURCHASING

_LINES = "PurchaseOrderLines"

PURCHASE_ORDERS = Api(
    name="MRI_S-PMAP_PurchaseOrders",
    collection="PurchaseOrders",
    verbs=("GET", "POST"),
    module=PURCHASING,
    fields=(
        Field("JobCode", limit=20, key=True),
        Field("PONumber", limit=20, key=True),
        Field("TransactionID", made_here=True),
        Field("Description", limit=35, required=True),
        Field("VendorID", limit=12, required=True),
        Field("Status", default="Approved", choices=("Approved", "Open", "Closed")),
        Field("OriginalAmount", Kind.AMOUNT, required=True),
        Field("OrderDate", Kind.DATE, required=True),
        Field("StartDate", Kind.DATE),
        Field("RetentionPercent", Kind.PERCENT),
        Field("LastUpdate", Kind.FINE_STAMP, made_here=True),
    ),
    nested=(
        NestedSet(
            _LINES,
            (
                Field("LineNumber", Kind.COUNT, required=True),
                Field("CostCode", limit=20, required=True),
                Field("Category", limit=10, required=True),
                Field("Description", limit=255),
                Field("Units", limit=20),
                Field("UnitDescription", limit=20),
                Field("UnitCost", limit=20),
                Field("Amount", Kind.AMOUNT, required=True),
            ),
        ),
    ),
    params=(Param("JOBCODE", "JobCode"), Param("PONUMBER", "PONumber"), Param("VENDORID", "VendorID")),
    changed="LastUpdate",
    nothing_found="PONUMBER: There is no purchase order for the specified values.",
    duplicate="PONumber: Purchase order {PONumber} already exists for job {JobCode}.",
    checks=(
        job_exists,
        vendor_is_active,
        has_lines(_LINES, "A purchase order"),
        numbers_differ(_LINES, "LineNumber", "line number"),
        codes_on_chart(_LINES),
        sums_to(_LINES, "OriginalAmount"),
    ),
    complete=stamp_transaction,
)
