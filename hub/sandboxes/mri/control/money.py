"""What an accountant does with money: invoices, payment runs, voided checks, journal entries."""

import re
from decimal import Decimal

from hub.sandboxes.mri.apis import (
    CREATE_INVOICE,
    INVOICES,
    JOURNAL_ENTRIES,
    PAY_INVOICE,
    PAYMENTS,
    UPDATE_INVOICE_STATUS,
)
from hub.sandboxes.mri.apis.payments import open_amount, void_payment
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.control.action import Action, ActionRefusedError, by_the_rules, row_of, take
from hub.sandboxes.mri.declare import Row
from hub.sandboxes.mri.outgoing import outgoing_entry
from hub.sandboxes.mri.values import read_moment

_CENT = Decimal("0.01")
_PERCENT = re.compile(r"\d{1,3}(\.\d{1,6})?")


def _enter_invoice(books: Books, sent: Row) -> Row:
    return by_the_rules(books, CREATE_INVOICE, sent)


def _set_status(books: Books, sent: Row) -> Row:
    by_the_rules(books, UPDATE_INVOICE_STATUS, take(sent, ("VendorID", "InvoiceNumber", "Status")))
    return outgoing_entry(INVOICES, row_of(books, INVOICES, sent, "invoice"))


def _run_payments(books: Books, sent: Row) -> Row:
    """One check per vendor, numbered from the given one; a share in percent pays each invoice in part."""
    take(sent, ("PaymentDate", "CheckNumber"), ("BankID", "Percent", "Invoices"))
    if read_moment(sent["PaymentDate"]) is None:
        raise ActionRefusedError("BAD_DATE", "PaymentDate must be a date of the form YYYY-MM-DD")
    if not sent["CheckNumber"].isdecimal():
        raise ActionRefusedError("BAD_CHECK", "CheckNumber must be the number of the first check")
    invoices = _to_pay(books, sent.get("Invoices"))
    vendors = sorted({invoice["VendorID"] for invoice in invoices})
    checks = {vendor: str(int(sent["CheckNumber"]) + place) for place, vendor in enumerate(vendors)}
    paid = [
        _pay(books, sent, invoice, checks[invoice["VendorID"]], _percent(sent.get("Percent", "100")))
        for invoice in invoices
    ]
    return {"count": len(paid), "payments": paid}


def _to_pay(books: Books, named: object) -> list[Row]:
    """The named invoices, or all that are approved and not paid."""
    if named is None:
        return [one for one in books.where(INVOICES, {"Status": "Approved"}) if open_amount(one)]
    if not isinstance(named, list) or not all(isinstance(one, dict) for one in named):
        raise ActionRefusedError("BAD_INVOICES", "Invoices must be a list of VendorID and InvoiceNumber")
    for one in named:
        take(one, INVOICES.key_fields, ("AmountPaid",))
    return [row_of(books, INVOICES, one, "invoice") | one for one in named]


def _percent(sent: object) -> Decimal:
    text = str(sent)
    percent = Decimal(text) if _PERCENT.fullmatch(text) else Decimal(0)
    if not 0 < percent <= 100:
        raise ActionRefusedError("BAD_PERCENT", "Percent must be more than 0 and at most 100")
    return percent


def _pay(books: Books, run: Row, invoice: Row, check: str, percent: Decimal) -> Row:
    share = (open_amount(invoice) * percent / 100).quantize(_CENT)
    entry = {
        "VendorID": invoice["VendorID"],
        "InvoiceNumber": invoice["InvoiceNumber"],
        "PaymentDate": run["PaymentDate"],
        "PaymentPeriod": _period_of(run["PaymentDate"]),
        "CheckNumber": check,
        "AmountPaid": invoice.get("AmountPaid") or str(share),
        "BankID": run.get("BankID"),
    }
    return by_the_rules(books, PAY_INVOICE, entry)


def _period_of(text: str) -> str:
    day = read_moment(text)
    return f"{day:%Y%m}" if day else ""


def _void_check(books: Books, sent: Row) -> Row:
    take(sent, ("CheckNumber",), ("VendorID", "InvoiceNumber"))
    payments = books.where(PAYMENTS, sent)
    if not payments:
        raise ActionRefusedError("NOT_FOUND", f"there is no check {sent['CheckNumber']}", status=404)
    standing = [payment for payment in payments if payment["Voided"] == "N"]
    if not standing:
        raise ActionRefusedError("IS_VOID", f"check {sent['CheckNumber']} is void already", status=409)
    for payment in standing:
        void_payment(books, payment)
    return {"voided": [PAYMENTS.key_of(payment) for payment in standing]}


def _enter_journal(books: Books, sent: Row) -> Row:
    """A line whose key is there already is changed, and gets a new stamp; its period must be open for either."""
    source = {"GLSOURCE": "GL", **sent}
    known = all(isinstance(source.get(name), str) for name in JOURNAL_ENTRIES.key_fields)
    method = "PUT" if known and books.row(JOURNAL_ENTRIES, source) else "POST"
    return by_the_rules(books, JOURNAL_ENTRIES, source, method)


_INVOICE = {"VendorID": "OKAF01", "InvoiceNumber": "INV-7"}
_ITEM = {"ItemNumber": "1", "EntityID": "HV01", "AccountNumber": "6010-000", "Amount": "1200.00"}

ACTIONS = (
    Action(
        "invoices",
        "Enters an invoice in Accounts Payable, by the rules of MRI_S-PMAP_CreateInvoice.",
        {
            **_INVOICE,
            "ExpensePeriod": "202603",
            "InvoiceDate": "2026-03-31",
            "InvoiceAmount": "1200.00",
            "InvoiceItems": {"entry": _ITEM},
        },
        _enter_invoice,
    ),
    Action(
        "invoices/status",
        "Makes an invoice without payments Pending, Approved or Void.",
        {**_INVOICE, "Status": "Approved"},
        _set_status,
    ),
    Action(
        "payments/run",
        "Pays the named invoices, or all approved ones: in full, by AmountPaid of each, or by Percent.",
        {"PaymentDate": "2026-04-30", "CheckNumber": "100001", "BankID": "OPER", "Percent": "50"},
        _run_payments,
    ),
    Action(
        "payments/void",
        "Voids a check; what it paid is open again.",
        {"CheckNumber": "100001"},
        _void_check,
    ),
    Action(
        "journal",
        "Enters a line of a journal entry, or changes one; LASTUPDATE is now, whatever the entry's date.",
        {
            "PERIOD": "202603",
            "GLREFERENCE": "JE-1",
            "ITEM": "1",
            "ENTITYID": "HV01",
            "ACCOUNTNUMBER": "5050-000",
            "AMOUNT": "250.00",
            "ENTRYDATE": "2026-03-15",
            "JOBCODE": "24-101",
            "COSTCODE": "03-300",
            "CATEGORY": "S",
        },
        _enter_journal,
    ),
)
