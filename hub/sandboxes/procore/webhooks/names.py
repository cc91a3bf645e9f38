"""What the kinds of objects are called in webhooks, and which versions of a body there are."""

from collections.abc import Mapping
from dataclasses import dataclass

PAYLOAD_VERSIONS = ("v2.0", "v3.0", "v4.0")
EVENT_TYPES = ("create", "update", "delete")


@dataclass(frozen=True, slots=True)
class Name:
    """`events` are those that are told; `parent` is the field that names what a part belongs to."""

    name: str
    category: str
    events: tuple[str, ...] = EVENT_TYPES
    parent: str | None = None


# Updates of a project's people and companies are no longer told of: those of the company's are.
NAMES: Mapping[str, Name] = {
    "erp_request": Name("ERP Requests", "ERP", ("create",)),
    "vendor": Name("Company Vendors", "Core"),
    "user": Name("Company Users", "Core"),
    "project": Name("Projects", "Core"),
    "project_user": Name("Project Users", "Core", ("create", "delete")),
    "project_vendor": Name("Project Vendors", "Core", ("create", "delete")),
    "cost_code": Name("Cost Codes", "Financials"),
    "sub_job": Name("Sub Jobs", "Financials"),
    "wbs_code": Name("WBS Codes", "Financials"),
    "budget": Name("Budget Line Items", "Financials"),
    "budget_modification": Name("Budget Modifications", "Financials"),
    "budget_change": Name("Budget Changes", "Financials"),
    "work_order_contract": Name("Work Order Contracts", "Financials"),
    "purchase_order_contract": Name("Purchase Order Contracts", "Financials"),
    "line_item": Name("Line Items", "Financials", parent="holder"),
    "change_order": Name("Change Orders", "Financials"),
    "potential_change_order": Name("Potential Change Orders", "Financials"),
    "prime_contract": Name("Prime Contracts", "Financials"),
    "payment_application": Name("Payment Applications", "Financials"),
    "requisition": Name("Requisitions", "Financials"),
    "contract_payment": Name("Contract Payments", "Financials"),
    "item": Name("Direct Costs", "Financials"),
}
KNOWN_NAMES = frozenset(name.name for name in NAMES.values())
