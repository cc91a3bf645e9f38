"""Accounts Payable: invoices, which are posted at once; one on a contract is a draw of that contract."""

from decimal import Decimal

from hub.sandboxes.mri.apis.checks import (
    exists,
    has_lines,
    numbers_differ,
    refuse_nested,
    stamp_transaction,
    total,
)
from hub.sandboxes.mri.apis.contracts import (
    CONTRACT_ORDERS,
    CONTRACTS,
    change_contract,
    contract_is_open,
    contract_of,
)
from hub.sandboxes.mri.apis.jobcost import JOBS
from hub.sandboxes.mri.apis.ledger import ACCOUNTS, ENTITIES
from hub.sandboxes.mri.apis.purchasing import PURCHASE_ORDERS
from hub.sandboxes.mri.apis.rules import job_exists, off_chart, period_is_open, vendor_is_active
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Api, Field, Kind, NestedSet, Param, Row
from hub.sandboxes.mri.errors import EntryRefusedError
from hub.sandboxes.mri.settings import JOB_COST, PAYABLES, PURCHASING

ITEMS = "InvoiceItems"
STATUSES = ("Pending", "Approved", "Paid", "Void")


def _is_on_own_contract(books: Books, row: Row) -> None:
    """The contract is there, takes bills, and is the vendor's own."""
    if not row["ContractNumber"]:
        return
    if not row["JobCode"]:
        raise EntryRefusedError("JobCode: A job is required with a contract.")
    contract_is_open(books, row)
    contract = books.row(CONTRACTS, row) or {}
    if contract.get("VendorID") != row["VendorID"]:
        raise EntryRefusedError(
            f"VendorID: The specified vendor {row['VendorID']} is not that of contract {row['ContractNumber']}."
        )


def _purchase_order_is_there(books: Books, row: Row) -> None:
    if not row["PONumber"] or PURCHASING not in books.site.modules:
        return
    if not books.where(PURCHASE_ORDERS, {"PONumber": row["PONumber"]}):
        raise EntryRefusedError(f"PONumber: The specified purchase order {row['PONumber']} does not exist.")


def _items_are_coded(books: Books, row: Row) -> None:
    refuse_nested(ITEMS, row[ITEMS], lambda _index, item: _uncoded(books, row, item))


def _uncoded(books: Books, row: Row, item: Row) -> str | None:
    """An item costs a code of a job, or an account; why it does neither."""
    try:
        for check in _ITEM_CHECKS:
            check(books, item)
    except EntryRefusedError as error:
        return error.message
    wrong = _wrong_retention(item) or _wrong_order(books, row, item)
    if wrong:
        return wrong
    job = item["JobCode"] or row["JobCode"]
    if item["CostCode"] or item["Category"]:
        return off_chart(books, job, item) if job else "JobCode: A job is required with a cost code."
    return None if item["AccountNumber"] else "AccountNumber: An account or a cost code is required."


def _wrong_retention(item: Row) -> str | None:
    """Holding is taken, releasing is an accountant's work in MRI itself."""
    amount, held = Decimal(item["Amount"]), Decimal(item["RetentionAmount"])
    if held * amount < 0 or abs(held) > abs(amount):
        return f"RetentionAmount: The specified retention {held} is not a part of the amount, {amount}."
    return None


def _wrong_order(books: Books, row: Row, item: Row) -> str | None:
    order = {**row, "OrderNumber": item["OrderNumber"]}
    if not item["OrderNumber"]:
        return None
    if row["ContractNumber"] and books.row(CONTRACT_ORDERS, order):
        return None
    return f"OrderNumber: Contract {row['ContractNumber']} has no order {item['OrderNumber']}."


_ITEM_CHECKS = (
    exists(JOBS, "job", "JobCode"),
    exists(ENTITIES, "entity", "EntityID"),
    exists(ACCOUNTS, "account", "AccountNumber"),
)


def _amount_is_what_is_due(_books: Books, row: Row) -> None:
    """What the items cost less what is held back of it."""
    due = total(row[ITEMS], "Amount") - total(row[ITEMS], "RetentionAmount")
    if due != Decimal(row["InvoiceAmount"]):
        raise EntryRefusedError(
            f"InvoiceAmount: The specified amount {row['InvoiceAmount']}"
            f" is not the sum of the items less retention, {due}."
        )
    if not due:
        raise EntryRefusedError("InvoiceAmount: The amount of an invoice must not be zero.")


def _post(books: Books, row: Row) -> None:
    stamp_transaction(books, row)
    row["Status"] = row["Status"] or books.site.invoice_status
    row["PostedDate"] = books.today()
    row["PaidAmount"] = "0.00"


def bill_contract(books: Books, row: Row) -> None:
    """After an invoice has come, gone or been voided: the contract's billed amount is what its items cost."""
    if not row["ContractNumber"]:
        return
    draws = [one for one in books.where(INVOICES, contract_of(row)) if one["Status"] != "Void"]
    billed = sum((total(one[ITEMS], "Amount") for one in draws), Decimal("0.00"))
    change_contract(books, contract_of(row), BilledAmount=str(billed))


def _fields(*, on_contract: bool) -> tuple[Field, ...]:
    return (
        Field("VendorID", limit=12, key=True),
        Field("InvoiceNumber", limit=20, key=True),
        Field("TransactionID", made_here=True),
        Field("PartnerName", limit=30),
        Field("ExpensePeriod", Kind.PERIOD, required=True),
        Field("InvoiceDate", Kind.DATE, required=True),
        Field("DueDate", Kind.DATE),
        Field("InvoiceAmount", Kind.AMOUNT, required=True),
        Field("PaidAmount", Kind.AMOUNT, made_here=True),
        Field("Description", limit=30),
        Field("ScannedCopyURL", limit=500),
        Field("PONumber", limit=20),
        Field("SeparateCheck", Kind.FLAG, default="N"),
        Field("JobCode", limit=20, required=on_contract),
        Field("ContractNumber", limit=20, required=on_contract),
        Field("Status", choices=STATUSES[:2]),
        Field("PostedDate", Kind.DATE, made_here=True),
        Field("ReceivedDate", Kind.DATE),
        Field("PaymentDate", Kind.DATE, made_here=True),  # of the payment that settled it
        Field("LastUpdate", Kind.FINE_STAMP, made_here=True),
    )


_NESTED = (
    NestedSet(
        ITEMS,
        (
            Field("ItemNumber", Kind.COUNT, required=True),
            Field("EntityID", limit=12),
            Field("AccountNumber", limit=20),
            Field("JobCode", limit=20),
            Field("CostCode", limit=20),
            Field("Category", limit=10),
            Field("OrderNumber", limit=20),
            Field("Description", limit=60),
            Field("Amount", Kind.AMOUNT, required=True),
            Field("RetentionAmount", Kind.AMOUNT, default="0.00"),
            Field("Notes", limit=255),
        ),
    ),
)
_PARAMS = (
    Param("VENDORID", "VendorID"),
    Param("INVOICENUMBER", "InvoiceNumber"),
    Param("JOBCODE", "JobCode"),
    Param("CONTRACTNUMBER", "ContractNumber"),
    Param("EXPENSEPERIOD", "ExpensePeriod"),
    Param("STATUS", "Status"),
)
_DUPLICATE = "InvoiceNumber: Invoice {InvoiceNumber} already exists for vendor {VendorID}."
_CHECKS = (
    vendor_is_active,
    job_exists,
    _is_on_own_contract,
    _purchase_order_is_there,
    period_is_open("ExpensePeriod"),
    has_lines(ITEMS, "An invoice"),
    numbers_differ(ITEMS, "ItemNumber", "item number"),
    _items_are_coded,
    _amount_is_what_is_due,
)

# Three ways to the same invoices: all of them to read, any of them to post, those on contracts for both.
INVOICES = Api(
    name="MRI_S-PMAP_Invoices",
    filters=True,
    collection="Invoices",
    module=PAYABLES,
    fields=_fields(on_contract=False),
    nested=_NESTED,
    params=_PARAMS,
    changed="LastUpdate",
    spans="InvoiceDate",
    nothing_found="INVOICENUMBER: There are no invoices for the specified values.",
)

CREATE_INVOICE = Api(
    name="MRI_S-PMAP_CreateInvoice",
    collection="Invoices",
    verbs=("POST",),
    module=PAYABLES,
    fields=_fields(on_contract=False),
    nested=_NESTED,
    changed="LastUpdate",
    duplicate=_DUPLICATE,
    checks=_CHECKS,
    complete=_post,
    then=bill_contract,
)

CONTRACT_DRAWS = Api(
    name="MRI_S-PMJC_ContractDraws",
    collection="Invoices",
    verbs=("GET", "POST"),
    module=JOB_COST,
    fields=_fields(on_contract=True),
    nested=_NESTED,
    params=_PARAMS,
    changed="LastUpdate",
    spans="InvoiceDate",
    nothing_found="CONTRACTNUMBER: There are no draws for the specified values.",
    duplicate=_DUPLICATE,
    checks=_CHECKS,
    complete=_post,
    then=bill_contract,
    only=lambda row: bool(row["ContractNumber"]),
)
