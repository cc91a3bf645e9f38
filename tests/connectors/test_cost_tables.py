"""Every row of the field tables of direct costs and payments, as each system writes it, typed by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hub.connectors.mri import cost_mapping as mri
from hub.connectors.mri.words import COST
from hub.connectors.procore.mapping import money as procore
from hub.connectors.procore.mapping.words import payment_method
from hub.connectors.reference import mapping as reference
from hub.erp.mapping import Mapping

# What a system writes, and what the hub makes of it: the table, the row, the field, the value.
READ: list[tuple[Mapping, str, Any, str, Any]] = [
    (mri.PAYABLE, "InvoiceNumber", "B-55", "invoice_number", "B-55"),
    (mri.PAYABLE, "Description", "Permit copies", "description", "Permit copies"),
    (mri.PAYABLE, "InvoiceDate", "2026-04-03T00:00:00", "cost_date", date(2026, 4, 3)),
    (mri.PAYABLE, "ReceivedDate", "2026-04-05T00:00:00", "received_date", date(2026, 4, 5)),
    (mri.PAYABLE, "PaymentDate", "", "paid_date", None),
    (mri.PAYABLE, "PaymentDate", "2026-05-10T00:00:00", "paid_date", date(2026, 5, 10)),
    (mri.PAYABLE_LINE, "Notes", "Copies", "description", "Copies"),
    (mri.PAYABLE_LINE, "Amount", "300.00", "amount", Decimal("300.00")),
    (mri.PAYABLE_LINE, "Amount", "-0.01", "amount", Decimal("-0.01")),
    (mri.JOURNAL, "DESCRIPTION", "Accrual", "description", "Accrual"),
    (mri.JOURNAL, "ENTRYDATE", "2026-04-15T00:00:00", "cost_date", date(2026, 4, 15)),
    (mri.JOURNAL_LINE, "AMOUNT", "-120.00", "amount", Decimal("-120.00")),
    (mri.PAYMENT, "InvoiceNumber", "INV-7", "invoice_number", "INV-7"),
    (mri.PAYMENT, "AmountPaid", "9000.00", "amount", Decimal("9000.00")),
    (mri.PAYMENT, "PaymentDate", "2026-05-10T00:00:00", "paid_on", date(2026, 5, 10)),
    (mri.PAYMENT, "CheckNumber", "CHK-881", "check_number", "CHK-881"),
    (mri.PAYMENT, "PaymentMethod", "Check", "method", "CHECK"),
    (mri.PAYMENT, "PaymentMethod", "Wire", "method", "ELECTRONIC"),
    (mri.PAYMENT, "Voided", "Y", "is_void", True),
    (mri.PAYMENT, "Voided", "N", "is_void", False),
    (reference.DIRECT_COST, "number", "B-55", "invoice_number", "B-55"),
    (reference.DIRECT_COST, "description", "Permit copies", "description", "Permit copies"),
    (reference.DIRECT_COST, "date", "2026-04-03", "cost_date", date(2026, 4, 3)),
    (reference.DIRECT_COST, "received_date", "2026-04-05", "received_date", date(2026, 4, 5)),
    (reference.DIRECT_COST, "paid_date", None, "paid_date", None),
    (reference.DIRECT_COST, "amount", "300.00", "amount", Decimal("300.00")),
    (reference.DIRECT_COST_LINE, "quantity", "2.5", "quantity", Decimal("2.5")),
    (reference.DIRECT_COST_LINE, "unit_cost", "120.00", "unit_cost", Decimal("120.00")),
    (reference.DIRECT_COST_LINE, "description", "Copies", "description", "Copies"),
    (reference.PAYMENT, "amount", "400.00", "amount", Decimal("400.00")),
    (reference.PAYMENT, "date", "2026-05-10", "paid_on", date(2026, 5, 10)),
    (reference.PAYMENT, "number", "CHK-881", "check_number", "CHK-881"),
    (reference.PAYMENT, "method", "wire", "method", "WIRE"),
    (reference.PAYMENT, "method", "barter", "method", "OTHER"),
    (reference.PAYMENT, "void", True, "is_void", True),
    (procore.DIRECT_COST, "direct_cost_type", "subcontractor_invoice", "kind", "SUBCONTRACTOR_INVOICE"),
    (procore.DIRECT_COST, "direct_cost_type", "payroll", "kind", "PAYROLL"),
    (procore.DIRECT_COST, "status", "revise_and_resubmit", "status", "REVISE_AND_RESUBMIT"),
    (procore.DIRECT_COST, "grand_total", "300.00", "amount", Decimal("300.00")),
    (procore.PAYMENT, "payment_method", "electronic", "method", "ELECTRONIC"),
    (procore.PAYMENT, "payment_number", 3, "number", "3"),
    (procore.PAYMENT, "amount", "9000.00", "amount", Decimal("9000.00")),
]


@pytest.mark.parametrize(("table", "theirs", "written", "field", "expected"), READ)
def test_a_row_is_read_as_the_table_says(
    table: Mapping, theirs: str, written: Any, field: str, expected: Any
):
    values, problems = table.from_erp({theirs: written})

    assert (values[field], list(problems)) == (expected, [])


WRITTEN: list[tuple[Mapping, str, Any, str, Any]] = [
    (procore.DIRECT_COST, "kind", "INVOICE", "direct_cost_type", "invoice"),
    (procore.DIRECT_COST, "kind", "SUBCONTRACTOR_INVOICE", "direct_cost_type", "subcontractor_invoice"),
    (procore.DIRECT_COST, "kind", "EXPENSE", "direct_cost_type", "expense"),
    (procore.DIRECT_COST, "invoice_number", "B-55", "invoice_number", "B-55"),
    (procore.DIRECT_COST, "description", "Permit copies", "description", "Permit copies"),
    (procore.DIRECT_COST, "status", "APPROVED", "status", "approved"),
    (procore.DIRECT_COST, "status", "DRAFT", "status", "draft"),
    (procore.DIRECT_COST, "cost_date", date(2026, 4, 3), "direct_cost_date", "2026-04-03"),
    (procore.DIRECT_COST, "received_date", date(2026, 4, 5), "received_date", "2026-04-05"),
    (procore.DIRECT_COST, "paid_date", None, "payment_date", None),
    (procore.DIRECT_COST_LINE, "amount", Decimal("-120.00"), "amount", "-120.00"),
    (procore.DIRECT_COST_LINE, "quantity", Decimal("1.0000"), "quantity", "1.0000"),
    (procore.DIRECT_COST_LINE, "unit_cost", Decimal("300.0000"), "unit_cost", "300.0000"),
    (procore.DIRECT_COST_LINE, "description", "Copies", "description", "Copies"),
    (procore.PAYMENT, "amount", Decimal("9000.00"), "amount", "9000.00"),
    (procore.PAYMENT, "paid_on", date(2026, 5, 10), "date", "2026-05-10"),
    (procore.PAYMENT, "check_number", "CHK-881", "check_number", "CHK-881"),
    (procore.PAYMENT, "invoice_number", "INV-7", "invoice_number", "INV-7"),
    (procore.PAYMENT, "method", "CREDIT_CARD", "payment_method", "credit_card"),
]


@pytest.mark.parametrize(("table", "field", "value", "theirs", "expected"), WRITTEN)
def test_a_row_is_written_as_the_table_says(
    table: Mapping, field: str, value: Any, theirs: str, expected: Any
):
    assert table.to_erp({field: value}) == {theirs: expected}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("CHECK", "check"),
        ("ACH", "electronic"),
        ("WIRE", "electronic"),
        ("ELECTRONIC", "electronic"),
        ("OTHER", None),
    ],
)
def test_procore_knows_three_ways_to_pay(ours: str, theirs: str | None):
    assert payment_method(ours) == theirs


@pytest.mark.parametrize(
    ("word", "status"),
    [("approved", "APPROVED"), ("posted", "APPROVED"), ("pending", "PENDING"), ("open", "PENDING"), ("void", "DRAFT"),
     ("voided", "DRAFT"), ("reversed", "APPROVED")],
)  # fmt: skip
def test_mris_status_words_of_costs_are_these(word: str, status: str):
    assert COST[word] == status
