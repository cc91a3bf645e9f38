"""What the hub gathers about an item before it is sent: the record with the ERP's ids beside it, as one SQL expression.

`FACTS` has a template over the record `{t}` for each exported object. Their fields are those of `hub.erp.fields`."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hub.sync.facts.budget import BUDGET, BUDGET_CHANGE
from hub.sync.facts.change_order import COMMITMENT_CHANGE_ORDER, PRIME_CONTRACT_CHANGE_ORDER
from hub.sync.facts.commitment import COMMITMENT
from hub.sync.facts.invoice import OWNER_INVOICE, SUBCONTRACTOR_INVOICE
from hub.sync.facts.prime_contract import PRIME_CONTRACT
from hub.sync.facts.structure import COMPANY, COST_CODE, PROJECT, SUB_JOB

FACTS: Mapping[str, str] = {
    "cost_code": COST_CODE,
    "company": COMPANY,
    "project": PROJECT,
    "sub_job": SUB_JOB,
    "budget": BUDGET,
    "budget_change": BUDGET_CHANGE,
    "prime_contract": PRIME_CONTRACT,
    "prime_contract_change_order": PRIME_CONTRACT_CHANGE_ORDER,
    "owner_invoice": OWNER_INVOICE,
    "commitment": COMMITMENT,
    "commitment_change_order": COMMITMENT_CHANGE_ORDER,
    "subcontractor_invoice": SUBCONTRACTOR_INVOICE,
}

_MONEY = frozenset(
    {
        "retainage_percent",
        "retainage_amount",
        "original_amount",
        "amount",
        "quantity",
        "unit_cost",
        "sent_amount",
    }
)
_DATES = frozenset(
    {
        "contract_date",
        "start_date",
        "completion_date",
        "created_on",
        "billing_date",
        "due_date",
        "revision_date",
        "cost_date",
        "received_date",
        "paid_date",
        "paid_on",
    }
)


def typed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as read from JSON, with decimals and dates as such; lines too."""
    found = {**facts}
    for name, value in facts.items():
        if value is None:
            continue
        if name in _MONEY:
            found[name] = Decimal(value)
        elif name in _DATES:
            found[name] = date.fromisoformat(value)
        elif name in ("lines", "revision"):
            found[name] = [typed(line) for line in value]
    return found
