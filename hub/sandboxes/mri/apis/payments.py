"""Accounts Payable: what becomes of an invoice: its status, its payments, and checks that are voided."""

from decimal import Decimal

from hub.sandboxes.mri.apis.checks import exists, stamp_transaction, total
from hub.sandboxes.mri.apis.invoices import INVOICES, ITEMS, STATUSES, bill_contract
from hub.sandboxes.mri.apis.payables import BANKS
from hub.sandboxes.mri.apis.rules import period_is_open
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Api, DateForm, Field, Kind, Param, Row
from hub.sandboxes.mri.errors import EntryRefusedError
from hub.sandboxes.mri.settings import PAYABLES

CHECK_LIMIT = 9


def _invoice_of(books: Books, row: Row) -> Row:
    invoice = books.row(INVOICES, row)
    if invoice is None:
        raise EntryRefusedError(
            f"InvoiceNumber: There is no invoice {row['InvoiceNumber']} of vendor {row['VendorID']}."
        )
    return invoice


def _item_is_there(books: Books, row: Row) -> None:
    items = _invoice_of(books, row)[ITEMS]
    if row["ItemNumber"] and row["ItemNumber"] not in [item["ItemNumber"] for item in items]:
        raise EntryRefusedError(
            f"ItemNumber: Invoice {row['InvoiceNumber']} has no item {row['ItemNumber']}."
        )


def open_amount(invoice: Row) -> Decimal:
    return Decimal(invoice["InvoiceAmount"]) - Decimal(invoice["PaidAmount"])


def _is_approved(books: Books, row: Row) -> None:
    invoice = _invoice_of(books, row)
    if invoice["Status"] != "Approved":
        raise EntryRefusedError(
            f"InvoiceNumber: Invoice {row['InvoiceNumber']} is {invoice['Status']}, not Approved."
        )


def _is_not_too_much(books: Books, row: Row) -> None:
    left = open_amount(_invoice_of(books, row))
    amount = Decimal(row["AmountPaid"] or left)
    if not amount or abs(amount) > abs(left) or amount * left < 0:
        raise EntryRefusedError(
            f"AmountPaid: The specified amount {amount} does not fit what is left to pay, {left}."
        )


def _check_is_new(books: Books, row: Row) -> None:
    if books.row(PAYMENTS, {**row, "ItemNumber": row["ItemNumber"] or "1"}):
        raise EntryRefusedError(
            f"CheckNumber: Check {row['CheckNumber']} already exists for invoice {row['InvoiceNumber']}."
        )


def _pay(books: Books, row: Row) -> None:
    invoice = _invoice_of(books, row)
    row["ItemNumber"] = row["ItemNumber"] or "1"
    row["AmountPaid"] = row["AmountPaid"] or str(open_amount(invoice))
    row["Voided"] = "N"
    stamp_transaction(books, row)
    payment = {field.name: row.get(field.name) for field in PAYMENTS.fields}
    context = {name: invoice[name] for name in ("JobCode", "ContractNumber")}
    books.keep(PAYMENTS, {**payment, **context, "LastUpdate": books.now()})
    settle_invoice(books, invoice)
    row["Status"] = (books.row(INVOICES, row) or invoice)["Status"]


def settle_invoice(books: Books, invoice: Row) -> None:
    """After a payment has been made or voided: what is paid follows from the payments that stand."""
    key = {name: invoice[name] for name in INVOICES.key_fields}
    payments = books.where(PAYMENTS, {**key, "Voided": "N"})
    paid = total(payments, "AmountPaid").quantize(Decimal("0.01"))
    is_settled = paid == Decimal(invoice["InvoiceAmount"])
    changes = {
        "PaidAmount": str(paid),
        "Status": "Paid" if is_settled else "Approved",
        "PaymentDate": max(payment["PaymentDate"] for payment in payments) if is_settled else None,
    }
    books.keep(INVOICES, {**invoice, **changes, "LastUpdate": books.now()})


def void_payment(books: Books, payment: Row) -> None:
    books.keep(PAYMENTS, {**payment, "Voided": "Y", "LastUpdate": books.now()})
    settle_invoice(books, _invoice_of(books, payment))


def _status_may_change(books: Books, row: Row) -> None:
    invoice = _invoice_of(books, row)
    if Decimal(invoice["PaidAmount"]):
        raise EntryRefusedError(
            f"Status: Invoice {row['InvoiceNumber']} has payments; void its checks first."
        )
    if invoice["Status"] == "Void":
        raise EntryRefusedError(f"Status: Invoice {row['InvoiceNumber']} is void.")


def _set_status(books: Books, row: Row) -> None:
    changed = {**_invoice_of(books, row), "Status": row["Status"], "LastUpdate": books.now()}
    books.keep(INVOICES, changed)
    bill_contract(books, changed)
    row["TransactionID"] = changed["TransactionID"]


UPDATE_INVOICE_STATUS = Api(
    name="MRI_S-PMAP_UpdateInvoiceStatus",
    collection="Invoices",
    verbs=("POST", "PUT"),
    module=PAYABLES,
    fields=(
        Field("VendorID", limit=12, key=True),
        Field("InvoiceNumber", limit=20, key=True),
        Field("ItemNumber", Kind.COUNT),
        Field("ExpensePeriod", Kind.PERIOD),
        Field("Status", choices=tuple(status for status in STATUSES if status != "Paid"), required=True),
        Field("TransactionID", made_here=True),
    ),
    checks=(_item_is_there, period_is_open("ExpensePeriod"), _status_may_change),
    acts=_set_status,
)

PAY_INVOICE = Api(
    name="MRI_S-PMAP_PayInvoice",
    collection="Payments",
    verbs=("POST", "PUT"),
    module=PAYABLES,
    fields=(
        Field("VendorID", limit=12, key=True),
        Field("InvoiceNumber", limit=20, key=True),
        Field("ItemNumber", Kind.COUNT),
        Field("ExpensePeriod", Kind.PERIOD),
        Field("PaymentDate", Kind.DATE, required=True),
        Field("PaymentPeriod", Kind.PERIOD, required=True),
        Field("CheckNumber", limit=CHECK_LIMIT, required=True),
        Field("AmountPaid", Kind.AMOUNT),  # all that is left when it is not given
        Field("BankID", limit=12),
        Field("Status", made_here=True),
        Field("TransactionID", made_here=True),
    ),
    checks=(
        _item_is_there,
        _check_is_new,
        _is_approved,
        _is_not_too_much,
        period_is_open("PaymentPeriod"),
        exists(BANKS, "bank", "BankID"),
    ),
    acts=_pay,
)

PAYMENTS = Api(
    name="MRI_S-PMAP_Payments",
    filters=True,
    collection="Payments",
    module=PAYABLES,
    fields=(
        Field("VendorID", limit=12, key=True),
        Field("InvoiceNumber", limit=20, key=True),
        Field("ItemNumber", Kind.COUNT, key=True),
        Field("CheckNumber", limit=CHECK_LIMIT, key=True),
        Field("TransactionID"),
        Field("PaymentDate", Kind.DATE),
        Field("PaymentPeriod", Kind.PERIOD),
        Field("AmountPaid", Kind.AMOUNT),
        Field("BankID", limit=12),
        Field("JobCode", limit=20),
        Field("ContractNumber", limit=20),
        Field("Voided", Kind.FLAG),
        Field("LastUpdate", Kind.FINE_STAMP),
    ),
    params=(
        Param("VENDORID", "VendorID"),
        Param("INVOICENUMBER", "InvoiceNumber"),
        Param("CHECKNUMBER", "CheckNumber"),
        Param("JOBCODE", "JobCode"),
        Param("CONTRACTNUMBER", "ContractNumber"),
    ),
    changed="LastUpdate",
    spans="PaymentDate",
    date_form=DateForm.MONTH_FIRST,
    nothing_found="INVOICENUMBER: There are no payments for the specified values.",
)
