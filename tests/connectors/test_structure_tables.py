"""What only other ERPs have, field by field: what leaves for the reference ERP, what it gives, what Procore gives and takes. Typed by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from driving import everything
from procore_double import Double
from referencing import reference_side

from hub.errors import MappingError, Refused

LINES = [
    {
        "line_number": 1,
        "cost_code": "03-100",
        "cost_type": "L",
        "description": "Slab",
        "amount": Decimal("600.00"),
    },
    {
        "line_number": 2,
        "cost_code": "03-200",
        "cost_type": "M",
        "description": None,
        "amount": Decimal("400.00"),
    },
]
SENT_LINES = [
    {"line_number": 1, "cost_code": "03-100", "cost_type": "L", "description": "Slab", "amount": "600.00"},
    {"line_number": 2, "cost_code": "03-200", "cost_type": "M", "amount": "400.00"},
]
# Object, facts of the hub, what the approver types -> where it goes, the body.
SENT: list[tuple[str, dict[str, Any], dict[str, str], str, dict[str, Any]]] = [
    (
        "company",
        {
            "vendor_id": None, "name": "Acme", "address": "1 Quay", "city": "Erie", "state_code": "PA",
            "postal_code": "01650", "country_code": "US", "phone": "555", "email": "a@acme.example",
            "is_active": True, "export_revision": 1,
        },
        {"erp_id": "NEWV01"},
        "/v1/vendors",
        {
            "code": "NEWV01", "name": "Acme", "address": "1 Quay", "city": "Erie", "state": "PA",
            "zip": "01650", "country": "US", "phone": "555", "email": "a@acme.example", "active": True,
            "external_ref": "company/NEWV01", "source_revision": "1",
        },
    ),
    (
        "project",
        {
            "job_code": "27-001", "name": "New Job", "status": "Course of Construction", "address": None,
            "city": "Erie", "state_code": "PA", "postal_code": None, "country_code": None,
            "start_date": date(2026, 5, 1), "completion_date": date(2027, 5, 1), "export_revision": 1,
        },
        {},
        "/v1/jobs",
        {
            "code": "27-001", "name": "New Job", "city": "Erie", "state": "PA", "start_date": "2026-05-01",
            "completion_date": "2027-05-01", "external_ref": "project/27-001", "source_revision": "1",
        },
    ),
    (
        "project",
        {"job_code": "27-001", "name": "New Job"},
        {"erp_id": "J-1"},
        "/v1/jobs",
        {"code": "J-1", "name": "New Job", "external_ref": "project/J-1"},
    ),
    (
        "sub_job",
        {"job_code": "24-101", "code": "C", "name": "Phase C", "export_revision": 2},
        {},
        "/v1/sub-jobs",
        {
            "job": "24-101", "code": "C", "name": "Phase C", "external_ref": "sub_job/24-101/C",
            "source_revision": "2",
        },
    ),
    (
        "cost_code",
        {"code": "77-001", "name": "Own code"},
        {"income_account": "5000", "expense_account": "2000"},
        "/v1/cost-codes",
        {
            "code": "77-001", "name": "Own code", "income_account": "5000", "expense_account": "2000",
            "external_ref": "cost_code/77-001",
        },
    ),
    (
        "prime_contract",
        {
            "job_code": "24-101", "customer_id": "HVH", "number": "PC-2", "title": "Second phase",
            "status": "COMPLETE", "contract_date": date(2026, 3, 2), "retainage_percent": Decimal("5.00"),
            "original_amount": Decimal("1000.00"), "lines": LINES,
        },
        {},
        "/v1/prime-contracts",
        {
            "customer": "HVH", "job": "24-101", "number": "PC-2", "title": "Second phase", "status": "Approved",
            "amount": "1000.00", "contract_date": "2026-03-02", "retainage_percent": "5.00",
            "lines": SENT_LINES, "external_ref": "prime_contract/24-101/PC-2",
        },
    ),
    (
        "prime_contract_change_order",
        {
            "job_code": "24-101", "contract_number": "PC-1", "number": "001", "title": "More",
            "status": "APPROVED", "amount": Decimal("1000.00"), "created_on": date(2026, 4, 2),
            "transaction_date": "2026-05-01", "lines": LINES,
        },
        {"transaction_date": "2026-04-15"},
        "/v1/prime-change-orders",
        {
            "job": "24-101", "contract": "PC-1", "number": "001", "title": "More", "status": "Approved",
            "amount": "1000.00", "date": "2026-04-02", "transaction_date": "2026-04-15", "lines": SENT_LINES,
            "external_ref": "prime_contract_change_order/24-101/PC-1/001",
        },
    ),
    (
        "owner_invoice",
        {
            "job_code": "24-101", "contract_number": "PC-1", "customer_id": "HVH", "invoice_number": "OI-1",
            "amount": Decimal("900.00"), "retainage_amount": Decimal("100.00"), "billing_date": date(2026, 4, 30),
            "expense_period": "2026-04", "status": "APPROVED",
            "lines": [{**LINES[0], "amount": Decimal("1000.00"), "retainage_amount": Decimal("100.00")}],
        },
        {},
        "/v1/owner-invoices",
        {
            "customer": "HVH", "job": "24-101", "contract": "PC-1", "number": "OI-1", "amount": "900.00",
            "retainage_amount": "100.00", "date": "2026-04-30", "period": "2026-04",
            "lines": [{**SENT_LINES[0], "amount": "1000.00", "retainage_amount": "100.00"}],
            "external_ref": "owner_invoice/24-101/OI-1",
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("key", "facts", "entries", "target", "body"), SENT)
def test_an_object_leaves_as_the_table_says(
    key: str, facts: dict[str, Any], entries: dict[str, str], target: str, body: dict[str, Any]
):
    [step] = reference_side().connector.steps(key, facts, entries)

    assert (step.method, step.target) == ("POST", target)
    assert dict(step.body) == body


@pytest.mark.parametrize(
    ("key", "facts", "code"),
    [
        ("company", {"vendor_id": None, "name": "Acme"}, "ERP_ID_REQUIRED"),
        ("cost_code", {"code": "77-001", "name": "Own"}, "ACCOUNT_REQUIRED"),
    ],
)
def test_what_only_an_approver_can_say_is_asked_for(key: str, facts: dict[str, Any], code: str):
    with pytest.raises(Refused) as refused:
        reference_side().connector.steps(key, facts, {})

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("key", "facts", "field"),
    [
        ("company", {"vendor_id": "V1", "name": " "}, "name"),
        ("project", {"job_code": "27-001", "name": None}, "name"),
        ("sub_job", {"job_code": None, "code": "A"}, "job_code"),
    ],
)
def test_what_the_erp_takes_no_document_without_is_named(key: str, facts: dict[str, Any], field: str):
    with pytest.raises(MappingError) as missing:
        reference_side().connector.steps(key, facts, {})

    assert missing.value.field == field


async def test_the_erp_gives_sub_jobs_by_job_and_code():
    found = await everything(reference_side().connector, "sub_job")

    assert [(one.external_id, one.external_code, dict(one.values), dict(one.refs)) for one in found] == [
        ("24-101/A", "A", {"code": "A", "name": "Phase A", "is_active": True}, {"project": "24-101"}),
        ("24-101/B", "B", {"code": "B", "name": "Phase B", "is_active": True}, {"project": "24-101"}),
    ]


async def test_the_erp_gives_prime_contracts_with_their_lines():
    [found] = await everything(reference_side().connector, "prime_contract")

    assert (found.external_id, found.external_code, found.refs) == (
        "24-101/PC-1",
        "PC-1",
        {"project": "24-101"},
    )
    assert {name: found.values[name] for name in ("number", "title", "status", "original_amount", "contract_date")} == {
        "number": "PC-1", "title": "Prime contract", "status": "APPROVED",
        "original_amount": Decimal("125000.00"), "contract_date": date(2024, 2, 1),
    }  # fmt: skip
    assert [line.values["amount"] for line in found.lines] == [
        Decimal("12500.00"), Decimal("25000.00"), Decimal("37500.00"), Decimal("50000.00"),
    ]  # fmt: skip


def test_a_sub_job_leaves_for_procore_under_the_erps_id():
    facts = {"project": "12", "job_code": "24-101", "code": "A", "name": "Phase A"}
    [step] = Double({}).connector().steps("sub_job", facts, {})

    assert (step.method, step.target) == ("PATCH", "/rest/v1.0/sub_jobs/sync?project_id=12")
    assert dict(step.body) == {
        "project_id": 12,
        "updates": [{"origin_id": "MRI:SUBJ:24-101:A", "code": "A", "name": "Phase A"}],
    }


def test_a_prime_contract_leaves_for_procores_inbox_with_its_lines():
    line = {"item_type": "line_item", "origin_id": "MRI:PLIN:24-101:1:PC-1", "data": {"amount": "10.00"}}
    facts = {
        "item_type": "prime_contract",
        "origin_id": "MRI:PRIM:24-101:PC-1",
        "origin_code": "PC-1",
        "data": {"number": "PC-1", "project_origin_id": "MRI:JOB:24-101"},
        "children": [line],
    }
    [step] = Double({}).connector().steps("staged_record", facts, {})

    assert (step.method, step.target) == ("PATCH", "/rest/v1.0/companies/4100/staged_records/sync")
    [entry] = step.body["updates"]
    assert (entry["item_type"], entry["status"], entry["origin_id"]) == (
        "prime_contract",
        "staged",
        "MRI:PRIM:24-101:PC-1",
    )
    assert [child["origin_id"] for child in entry["children"]] == ["MRI:PLIN:24-101:1:PC-1"]
