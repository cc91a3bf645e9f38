"""What a subcontractor invoice becomes: an AP invoice, or a contract draw where the site wants those."""

from collections.abc import Mapping
from typing import Any

from hub.connectors.mri import mapping as tables
from hub.connectors.mri.settings import Settings
from hub.connectors.mri.writing.amounts import invoice_amount
from hub.connectors.mri.writing.documents import Kind
from hub.connectors.mri.writing.refusals import (
    check_document,
    check_not_zero,
    check_total,
    need,
    period_of,
)
from hub.erp.entered import one_attachment, refuse_closed
from hub.errors import MappingError

Facts = Mapping[str, Any]


def invoice_kind(writes: str, reads: str, noun: str) -> Kind:
    return Kind(
        operation="subcontractor_invoice.create",
        noun=noun,
        writes=writes,
        reads=reads,
        header=tables.INVOICE,
        line=tables.INVOICE_LINE,
        key=("vendor_id", "invoice_number"),
        texts=("job_code", "contract_number"),
        amount="amount",
    )


# By the setting `invoice_api`. MRI's own uniqueness is vendor and invoice number for both.
INVOICES: Mapping[str, Kind] = {
    "create_invoice": invoice_kind("create_invoice", "payable", "invoice"),
    "contract_draw": invoice_kind("subcontractor_invoice", "subcontractor_invoice", "contract draw"),
}


def invoice(facts: Facts, entries: Facts, settings: Settings) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Work completed less retainage held. What is released or stored is left out: MRI pays retainage by hand."""
    need(facts, "job_code", "contract_number", "vendor_id", "billing_date")
    lines = [
        {**line, "line_number": line.get("line_number") or position}
        for position, line in enumerate(facts.get("lines") or (), 1)
    ]
    number = str(entries.get("erp_id") or facts.get("invoice_number") or "").strip()
    known = {
        **facts,
        **{name: facts[name].strip() for name in ("job_code", "contract_number", "vendor_id")},
        "invoice_number": number,
        "amount": invoice_amount(lines),
        "expense_period": _expense_period(facts, entries, settings),
        "status": settings.invoice_arrival_status or None,
        "attachment_url": one_attachment(facts, entries),
    }
    need(known, "invoice_number")
    check_document("subcontractor_invoice", known, lines, settings.lengths)
    _check_amount(known, facts, settings)
    refuse_closed(known["expense_period"], facts.get("closed_periods") or (), period_of)
    return known, lines


def _check_amount(known: Facts, facts: Facts, settings: Settings) -> None:
    check_total("amount", facts.get("amount"), known["amount"])
    words = "MRI takes no invoice without an amount, and releases retainage by hand only"
    check_not_zero("amount", known["amount"], words)
    if known["amount"] < 0 and not settings.negative_invoice:
        raise MappingError(
            "is negative; this site takes no such invoice", field="amount", value=known["amount"]
        )


def _expense_period(facts: Facts, entries: Facts, settings: Settings) -> str:
    """The month that somebody typed, else the one the site's rule names."""
    stated = entries.get("expense_period") or (
        facts["billing_date"]
        if settings.expense_period_from == "billing_date"
        else facts.get("expense_period")
    )
    if not stated:
        raise MappingError("is missing", field="expense_period")
    return period_of(stated)
