"""The fields of a change order, one by one: what the project tool shows, what we keep, what the ledger gets."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from hub.connectors import draft
from hub.connectors.procore.mapping import contracts
from hub.sync.facts import typed

READ: list[tuple[str, Any, str, Any]] = [
    ("number", "001", "number", "001"),
    ("title", "Deeper footings", "title", "Deeper footings"),
    ("description", "Rock at 3 m", "description", "Rock at 3 m"),
    ("grand_total", "1500.0", "amount", Decimal("1500.00")),
    ("grand_total", "-1000.0", "amount", Decimal("-1000.00")),
    ("created_at", "2026-05-04T12:00:00Z", "origin_created_at", datetime(2026, 5, 4, 12, tzinfo=UTC)),
    ("executed", True, "is_executed", True),
    ("status", "draft", "status", "DRAFT"),
    ("status", "pending", "status", "PENDING"),
    ("status", "revised", "status", "REVISED"),
    ("status", "pricing", "status", "PRICING"),
    ("status", "not_pricing", "status", "NOT_PRICING"),
    ("status", "proceeding", "status", "PROCEEDING"),
    ("status", "not_proceeding", "status", "NOT_PROCEEDING"),
    ("status", "pending_billable", "status", "PENDING_BILLABLE"),
    ("status", "no_charge", "status", "NO_CHARGE"),
    ("status", "approved", "status", "APPROVED"),
    ("status", "rejected", "status", "REJECTED"),
    ("status", "void", "status", "VOID"),
]
FACTS: dict[str, Any] = {
    "job_code": "J100",
    "contract_number": "SC-001",
    "contract_title": "Concrete works",
    "number": "CO-1",
    "title": "Deeper footings",
    "description": "Rock at 3 m",
    "created_on": "2026-05-04",
    "status": "APPROVED",
    "amount": "1500.00",
    "lines": [
        {
            "line_number": 1,
            "cost_code": "03-100",
            "cost_type": "L",
            "description": "Dig",
            "amount": "2000.00",
        },
        {
            "line_number": 2,
            "cost_code": "03-200",
            "cost_type": "M",
            "description": "Less",
            "amount": "-500.00",
        },
    ],
}
SENT = {
    "JobCode": "J100",
    "ContractNumber": "SC-001",
    "OrderNumber": "CO-1",
    "Title": "CO-1",
    "Description": "Rock at 3 m",
    "OrderDate": "2026-05-04",
    "Amount": "1500.00",
    "OrderLines": {
        "entry": [
            {
                "LineNumber": "1",
                "CostCode": "03-100",
                "Category": "L",
                "Amount": "2000.00",
                "Description": "Dig",
            },
            {
                "LineNumber": "2",
                "CostCode": "03-200",
                "Category": "M",
                "Amount": "-500.00",
                "Description": "Less",
            },
        ]
    },
}
REFERENCE = {
    "job": "J100",
    "contract": "SC-001",
    "number": "CO-1",
    "title": "Deeper footings",
    "description": "Rock at 3 m",
    "status": "Approved",
    "amount": "1500.00",
    "date": "2026-05-04",
}


@pytest.mark.parametrize(("theirs", "told", "ours", "kept"), READ)
def test_each_field_of_a_change_order_is_read_as_the_table_has_it(
    theirs: str, told: Any, ours: str, kept: Any
):
    values, misfits = contracts.CHANGE_ORDER.from_erp({theirs: told})

    assert (values[ours], misfits) == (kept, [])


def body(kind: str, entries: dict[str, Any] | None = None, **facts: Any) -> Any:
    known = typed({**FACTS, **facts})
    [step] = draft(kind, "https://erp.example", {}, "commitment_change_order", known, entries or {})
    return step.body


def test_a_change_order_becomes_a_contract_order_field_by_field():
    assert body("mri")["value"] == [SENT]


def test_its_title_stands_in_for_a_description_that_is_missing():
    assert body("mri", description=None)["value"][0]["Description"] == "Deeper footings"


def test_what_the_approver_types_goes_before_what_the_tool_has():
    [entry] = body("mri", {"erp_id": "7", "description": "As agreed"})["value"]

    assert (entry["OrderNumber"], entry["Title"], entry["Description"]) == ("7", "CO-1", "As agreed")


def test_the_reference_erp_gets_title_and_description_beside_each_other():
    found = body("reference")

    assert {name: found[name] for name in REFERENCE} == REFERENCE
