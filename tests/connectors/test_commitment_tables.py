"""The fields of a commitment, one by one: what the project tool shows, what we keep, what the ledger gets."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hub.connectors import draft
from hub.connectors.procore.mapping import contracts

# Procore's field and value -> our field and value.
READ: list[tuple[str, Any, str, Any]] = [
    ("number", "SC-001", "number", "SC-001"),
    ("title", "Concrete works", "title", "Concrete works"),
    ("status", "Approved", "status", "APPROVED"),
    ("status", "Complete", "status", "COMPLETE"),
    ("status", "Out For Signature", "status", "OUT_FOR_SIGNATURE"),
    ("status", "Partially Received", "status", "PARTIALLY_RECEIVED"),
    ("grand_total", "40000.00", "original_amount", Decimal("40000.00")),
    ("contract_date", "2026-03-01", "contract_date", date(2026, 3, 1)),
    ("contract_start_date", "2026-03-15", "start_date", date(2026, 3, 15)),
    ("retainage_percent", "10.0", "retainage_percent", Decimal("10.00")),
    ("executed", True, "is_executed", True),
    ("type", "WorkOrderContract", "kind", "SUBCONTRACT"),
    ("type", "PurchaseOrderContract", "kind", "PURCHASE_ORDER"),
]
FACTS: dict[str, Any] = {
    "kind": "SUBCONTRACT",
    "job_code": "J100",
    "number": "SC-001",
    "title": "Concrete works",
    "vendor_id": "V000123",
    "status": "APPROVED",
    "original_amount": "40000.00",
    "contract_date": "2026-03-01",
    "start_date": "2026-03-15",
    "retainage_percent": "10.00",
    "lines": [
        {
            "line_number": 1,
            "cost_code": "03-100",
            "cost_type": "L",
            "description": "Slabs",
            "amount": "40000.00",
        }
    ],
}
# MRI's field and what stands in it.
SENT = {
    "JobCode": "J100",
    "ContractNumber": "SC-001",
    "Description": "Concrete works",
    "VendorID": "V000123",
    "Status": "Approved",
    "OriginalAmount": "40000.00",
    "ContractDate": "2026-03-01",
    "StartDate": "2026-03-15",
    "RetentionPercent": "10.00",
    "ContractLines": {
        "entry": [
            {
                "LineNumber": "1",
                "CostCode": "03-100",
                "Category": "L",
                "Description": "Slabs",
                "Amount": "40000.00",
            }
        ]
    },
}


def sent(facts: dict[str, Any], entries: dict[str, Any] | None = None, **settings: Any) -> dict[str, Any]:
    from hub.sync.facts import typed

    [step] = draft("mri", "https://mri.example", settings, "commitment", typed(facts), entries or {})
    [entry] = step.body["value"]
    return dict(entry)


@pytest.mark.parametrize(("theirs", "told", "ours", "kept"), READ)
def test_each_field_of_a_commitment_is_read_as_the_table_has_it(theirs: str, told: Any, ours: str, kept: Any):
    values, misfits = contracts.COMMITMENT.from_erp({theirs: told})

    assert (values[ours], misfits) == (kept, [])


def test_a_subcontract_becomes_a_contract_field_by_field():
    assert sent(FACTS) == SENT


def test_complete_is_approved_in_the_ledger():
    assert sent({**FACTS, "status": "COMPLETE"})["Status"] == "Approved"


def test_the_approvers_number_is_the_contracts_own_is_not():
    assert sent(FACTS, {"erp_id": "C-9"})["ContractNumber"] == "C-9"


def test_no_tax_leaves_whatever_a_line_knows_of_it():
    assert not [name for name in str(sent(FACTS)) if "tax" in name.lower()]


def test_a_purchase_order_carries_units_and_rounds_half_up():
    line = {
        **FACTS["lines"][0],
        "quantity": "2.5",
        "unit_of_measure": "ea",
        "unit_cost": "0.33",
        "amount": "0.83",
    }
    order = {**FACTS, "kind": "PURCHASE_ORDER", "number": "PO-9", "original_amount": "0.83", "lines": [line]}

    entry = sent(order, po_module=True)

    assert (entry["PONumber"], entry["OrderDate"]) == ("PO-9", "2026-03-01")
    [row] = next(value["entry"] for value in entry.values() if isinstance(value, dict))
    assert (row["Units"], row["UnitDescription"], row["UnitCost"], row["Amount"]) == (
        "2.5",
        "ea",
        "0.33",
        "0.83",
    )


# Lines.
READ_LINE: list[tuple[str, Any, str, Any]] = [
    ("description", "Slabs", "description", "Slabs"),
    ("quantity", "10.0", "quantity", Decimal("10.0000")),
    ("uom", "ea", "unit_of_measure", "ea"),
    ("unit_cost", "12.5", "unit_cost", Decimal("12.5000")),
    ("amount", "125.00", "amount", Decimal("125.00")),
]


@pytest.mark.parametrize(("theirs", "told", "ours", "kept"), READ_LINE)
def test_each_field_of_a_line_is_read_as_the_table_has_it(theirs: str, told: Any, ours: str, kept: Any):
    values, misfits = contracts.LINE.from_erp({theirs: told})

    assert (values[ours], misfits) == (kept, [])
