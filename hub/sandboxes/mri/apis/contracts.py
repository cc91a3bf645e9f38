"""Job Cost: contracts with their lines, their change orders, and what both make of a contract's amounts."""

from decimal import Decimal

from hub.sandboxes.mri.apis.checks import has_lines, numbers_differ, stamp_transaction, sums_to, total
from hub.sandboxes.mri.apis.purchasing import PURCHASE_ORDERS
from hub.sandboxes.mri.apis.rules import code_on_chart, codes_on_chart, job_exists, vendor_is_active
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Api, Field, Kind, NestedSet, Param, Row
from hub.sandboxes.mri.errors import EntryRefusedError
from hub.sandboxes.mri.settings import JOB_COST

LINES = "ContractLines"


def _begin(books: Books, row: Row) -> None:
    stamp_transaction(books, row)
    row["CurrentAmount"] = row["OriginalAmount"]
    row["BilledAmount"] = "0.00"


def _reckon_orders(books: Books, row: Row) -> None:
    """The amounts follow from what hangs on the contract, so that nothing is counted twice."""
    orders = books.where(CONTRACT_ORDERS, {**contract_of(row), "Status": "Approved"})
    row["CurrentAmount"] = str(Decimal(row["OriginalAmount"]) + total(orders, "Amount"))


def contract_of(row: Row) -> Row:
    """The key of the contract that a row names."""
    return {name: row[name] for name in CONTRACTS.key_fields}


def change_contract(books: Books, key: Row, **changes: str) -> None:
    """The contract with new amounts, stamped as changed now."""
    contract = books.row(CONTRACTS, key)
    if contract is not None:
        books.keep(CONTRACTS, {**contract, **changes, "LastUpdate": books.now()})


def raise_current_amount(books: Books, row: Row) -> None:
    """After an order has come or gone."""
    contract = books.row(CONTRACTS, row)
    if contract is not None:
        _reckon_orders(books, contract)
        change_contract(books, contract_of(row), CurrentAmount=contract["CurrentAmount"])


CONTRACTS = Api(
    name="MRI_S-PMJC_Contracts",
    collection="Contracts",
    verbs=("GET", "POST", "PUT"),
    module=JOB_COST,
    fields=(
        Field("JobCode", limit=20, key=True),
        Field("ContractNumber", limit=20, key=True),
        Field("TransactionID", made_here=True),
        Field("Description", limit=35, required=True),
        Field("VendorID", limit=12, required=True),
        Field("Status", default="Approved", choices=("Approved", "Open", "Pending", "Closed")),
        Field("OriginalAmount", Kind.AMOUNT, required=True),
        Field("CurrentAmount", Kind.AMOUNT, made_here=True),
        Field("BilledAmount", Kind.AMOUNT, made_here=True),
        Field("ContractDate", Kind.DATE, required=True),
        Field("StartDate", Kind.DATE),
        Field("RetentionPercent", Kind.PERCENT),
        Field("LastUpdate", Kind.FINE_STAMP, made_here=True),
    ),
    nested=(
        NestedSet(
            LINES,
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
    params=(
        Param("JOBCODE", "JobCode"),
        Param("CONTRACTNUMBER", "ContractNumber"),
        Param("VENDORID", "VendorID"),
    ),
    changed="LastUpdate",
    nothing_found="CONTRACTNUMBER: There is no contract for the specified values.",
    duplicate="ContractNumber: Contract {ContractNumber} already exists for job {JobCode}.",
    checks=(
        job_exists,
        vendor_is_active,
        has_lines(LINES, "A contract"),
        numbers_differ(LINES, "LineNumber", "line number"),
        codes_on_chart(LINES),
        sums_to(LINES, "OriginalAmount"),
    ),
    complete=_begin,
    change=_reckon_orders,
)


def _parent_is_no_purchase_order(books: Books, row: Row) -> None:
    if books.row(PURCHASE_ORDERS, {"JobCode": row["JobCode"], "PONumber": row["ContractNumber"]}):
        raise EntryRefusedError(
            f"ContractNumber: {row['ContractNumber']} is a purchase order; only contracts take orders."
        )


def contract_is_open(books: Books, row: Row) -> None:
    contract = books.row(CONTRACTS, row)
    if contract is None:
        raise EntryRefusedError(
            f"ContractNumber: The specified contract {row['ContractNumber']}"
            f" does not exist for job {row['JobCode']}."
        )
    if contract["Status"] == "Closed":
        raise EntryRefusedError(f"ContractNumber: The specified contract {row['ContractNumber']} is closed.")


def _is_worth_something(_books: Books, row: Row) -> None:
    if not Decimal(row["Amount"]):
        raise EntryRefusedError("Amount: The amount of an order must not be zero.")


def _is_coded(books: Books, row: Row) -> None:
    """An order has lines, or is its only line itself."""
    if not row[ORDER_LINES]:
        code_on_chart(books, row)
        return
    for check in _LINE_CHECKS:
        check(books, row)


ORDER_LINES = "OrderLines"
_LINE_CHECKS = (
    numbers_differ(ORDER_LINES, "LineNumber", "line number"),
    codes_on_chart(ORDER_LINES),
    sums_to(ORDER_LINES, "Amount"),
)

CONTRACT_ORDERS = Api(
    name="MRI_S-PMJC_ContractOrders",
    collection="ContractOrders",
    verbs=("GET", "POST"),
    module=JOB_COST,
    fields=(
        Field("JobCode", limit=20, key=True),
        Field("ContractNumber", limit=20, key=True),
        Field("OrderNumber", limit=20, key=True),
        Field("TransactionID", made_here=True),
        Field("Title", limit=35, required=True),
        Field("Description", limit=255),
        Field("OrderDate", Kind.DATE, required=True),
        Field("Status", default="Approved", choices=("Approved", "Pending")),
        Field("CostCode", limit=20),
        Field("Category", limit=10),
        Field("Amount", Kind.AMOUNT, required=True),
        Field("LastUpdate", Kind.FINE_STAMP, made_here=True),
    ),
    nested=(
        NestedSet(
            ORDER_LINES,
            (
                Field("LineNumber", Kind.COUNT, required=True),
                Field("CostCode", limit=20, required=True),
                Field("Category", limit=10, required=True),
                Field("Description", limit=255),
                Field("Amount", Kind.AMOUNT, required=True),
            ),
        ),
    ),
    params=(
        Param("JOBCODE", "JobCode"),
        Param("CONTRACTNUMBER", "ContractNumber"),
        Param("ORDERNUMBER", "OrderNumber"),
    ),
    changed="LastUpdate",
    nothing_found="ORDERNUMBER: There is no order for the specified values.",
    duplicate="OrderNumber: Order {OrderNumber} already exists for contract {ContractNumber} of job {JobCode}.",
    checks=(job_exists, _parent_is_no_purchase_order, contract_is_open, _is_worth_something, _is_coded),
    complete=stamp_transaction,
    then=raise_current_amount,
)
