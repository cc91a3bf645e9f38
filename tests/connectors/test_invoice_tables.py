"""The fields of a subcontractor invoice, one by one: what the project tool shows, what we keep, what the ledger gets."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hub.connectors import draft
from hub.connectors.procore.mapping import money
from hub.sync.facts import typed

READ: list[tuple[dict[str, Any], str, Any]] = [
    ({"invoice_number": "INV-7"}, "invoice_number", "INV-7"),
    ({"number": 2}, "number", "2"),
    ({"billing_date": "2026-04-30"}, "billing_date", date(2026, 4, 30)),
    ({"requisition_start": "2026-04-01"}, "period_start", date(2026, 4, 1)),
    ({"requisition_end": "2026-04-30"}, "period_end", date(2026, 4, 30)),
    ({"summary": {"current_payment_due": "9500.00"}}, "payment_due_amount", Decimal("9500.00")),
    ({"percent_complete": "96.36%"}, "percent_complete", Decimal("96.36")),
    ({"final": True}, "is_final", True),
    (
        {"attachments": [{"url": "https://files.example/1.pdf"}]},
        "attachment_urls",
        ["https://files.example/1.pdf"],
    ),
    ({"status": "draft"}, "status", "DRAFT"),
    ({"status": "under_review"}, "status", "UNDER_REVIEW"),
    ({"status": "revise_and_resubmit"}, "status", "REVISE_AND_RESUBMIT"),
    ({"status": "pending_owner_approval"}, "status", "PENDING_OWNER_APPROVAL"),
    ({"status": "approved_as_noted"}, "status", "APPROVED_AS_NOTED"),
    ({"status": "approved"}, "status", "APPROVED"),
]
READ_LINE: list[tuple[str, Any, str, Any]] = [
    ("line_item_id", 55, "contract_line_id", "55"),
    ("description_of_work", "Slabs", "description", "Slabs"),
    ("scheduled_value", "40000.00", "scheduled_amount", Decimal("40000.00")),
    ("work_completed_this_period", "10000.00", "completed_amount", Decimal("10000.00")),
    ("work_completed_retainage_retained_this_period", "1000.00", "retainage_held_amount", Decimal("1000.00")),
    (
        "work_completed_retainage_released_this_period",
        "300.00",
        "retainage_released_amount",
        Decimal("300.00"),
    ),
    ("materials_presently_stored", "200.00", "stored_materials_amount", Decimal("200.00")),
]
FACTS: dict[str, Any] = {
    "job_code": "J100",
    "contract_number": "SC-001",
    "vendor_id": "V000123",
    "invoice_number": "INV-7",
    "status": "APPROVED",
    "billing_date": "2026-04-30",
    "expense_period": "2026-04",
    "amount": "9000.00",
    "attachment_urls": ["https://files.example/1.pdf"],
    "lines": [
        {
            "line_number": 1,
            "cost_code": "03-100",
            "cost_type": "L",
            "description": "Slabs",
            "amount": "10000.00",
            "retainage_amount": "1000.00",
            "order_number": "CO-1",
        }
    ],
}
SENT = {
    "VendorID": "V000123",
    "InvoiceNumber": "INV-7",
    "InvoiceAmount": "9000.00",
    "InvoiceDate": "2026-04-30",
    "ExpensePeriod": "202604",
    "Status": "Pending",
    "ScannedCopyURL": "https://files.example/1.pdf",
    "JobCode": "J100",
    "ContractNumber": "SC-001",
    "InvoiceItems": {
        "entry": [
            {
                "ItemNumber": "1",
                "CostCode": "03-100",
                "Category": "L",
                "Amount": "10000.00",
                "RetentionAmount": "1000.00",
                "OrderNumber": "CO-1",
                "Notes": "Slabs",
            }
        ]
    },
}


@pytest.mark.parametrize(("told", "ours", "kept"), READ)
def test_each_field_of_an_invoice_is_read_as_the_table_has_it(told: dict[str, Any], ours: str, kept: Any):
    values, misfits = money.INVOICE.from_erp(told)

    assert (values[ours], misfits) == (kept, [])


@pytest.mark.parametrize(("theirs", "told", "ours", "kept"), READ_LINE)
def test_each_field_of_a_billed_line_is_read_as_the_table_has_it(
    theirs: str, told: Any, ours: str, kept: Any
):
    values, misfits = money.INVOICE_LINE.from_erp({theirs: told})

    assert (values[ours], misfits) == (kept, [])


def test_an_invoice_becomes_one_of_accounts_payable_field_by_field():
    [step] = draft("mri", "https://mri.example", {}, "subcontractor_invoice", typed(FACTS), {})

    assert step.body["value"] == [SENT]


@pytest.mark.parametrize(("setting", "word"), [("Pending", "Pending"), ("Approved", "Approved")])
def test_the_connection_says_in_which_status_it_arrives(setting: str, word: str):
    settings = {"invoice_arrival_status": setting}
    [step] = draft("mri", "https://mri.example", settings, "subcontractor_invoice", typed(FACTS), {})

    assert step.body["value"][0]["Status"] == word
