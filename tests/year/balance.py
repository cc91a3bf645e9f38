"""The books of each project on three sides: what the project tool, the hub and the ERP hold, read from each directly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hub.demo.ledger import Ledger
from hub.demo.office import Office
from tests.year.desk import Desk

NOTHING = Decimal("0.00")
FIGURES = (
    "original budget",
    "revised budget",
    "commitments",
    "change orders",
    "current contracts",
    "invoices",
    "payments",
    "direct costs",
)
Figures = Mapping[str, Decimal]


@dataclass(frozen=True)
class Site:
    """One project under its names on the three sides."""

    job: str
    item: str  # the hub's id
    project: int  # the project tool's id


def total(amounts: Iterable[Any]) -> Decimal:
    return sum((Decimal(str(amount)) for amount in amounts if amount is not None), NOTHING)


async def in_the_tool(office: Office, site: Site) -> Figures:
    """As Procore's own lists have it."""
    rows = await office.detail_rows(site.project)
    contracts = await office.every("/rest/v1.0/work_order_contracts", project_id=site.project)
    orders = await office.get(f"/rest/v1.0/projects/{site.project}/commitment_change_orders")
    invoices = await office.every("/rest/v1.1/requisitions", project_id=site.project, view="items")
    billed = [line for invoice in invoices for line in await office.billed_lines(site.project, invoice["id"])]
    payments = [
        payment
        for contract in contracts
        for payment in await office.every(
            "/rest/v1.0/contract_payments", project_id=site.project, contract_id=contract["id"]
        )
        if str(payment.get("status") or "").lower() not in ("void", "voided")
    ]
    costs = await office.every(f"/rest/v1.1/projects/{site.project}/direct_costs")
    original, changes = (
        total(row["original_budget_amount"] for row in rows),
        total(row["budget_modifications"] for row in rows),
    )
    signed, ordered = (
        total(each["grand_total"] for each in contracts),
        total(each["grand_total"] for each in orders),
    )
    work = total(line["work_completed_this_period"] for line in billed)
    held = total(line["work_completed_retainage_retained_this_period"] for line in billed)
    return {
        "original budget": original,
        "revised budget": original + changes,
        "commitments": signed,
        "change orders": ordered,
        "current contracts": signed + ordered,
        "invoices": work - held,
        "payments": total(payment["amount"] for payment in payments),
        "direct costs": total(cost["grand_total"] for cost in costs),
    }


async def in_the_hub(desk: Desk, site: Site) -> Figures:
    """As the hub's API has it."""
    where = f'project: {{eq: "{site.item}"}}'
    budgets = await desk.every("budgets", "originalAmount", where)
    changes = await desk.every("budgetChanges", "status amount", where)
    contracts = await desk.every("commitments", "originalAmount", where)
    orders = await desk.every("commitmentChangeOrders", "amount", where)
    invoices = await desk.every("subcontractorInvoices", "completedAmount retainageHeldAmount", where)
    payments = await desk.every("payments", "amount isVoid", where)
    costs = await desk.every("directCosts", "amount", where)
    original = total(budget["originalAmount"] for budget in budgets)
    signed, ordered = (
        total(each["originalAmount"] for each in contracts),
        total(each["amount"] for each in orders),
    )
    return {
        "original budget": original,
        "revised budget": original
        + total(each["amount"] for each in changes if each["status"] == "APPROVED"),
        "commitments": signed,
        "change orders": ordered,
        "current contracts": signed + ordered,
        "invoices": total(each["completedAmount"] for each in invoices)
        - total(each["retainageHeldAmount"] for each in invoices),
        "payments": total(each["amount"] for each in payments if not each["isVoid"]),
        "direct costs": total(each["amount"] for each in costs),
    }


async def in_the_erp(ledger: Ledger, site: Site) -> Figures:
    """As MRI's own lists have it."""
    mine = [row for row in await ledger.rows("MRI_S-PMJC_JobBudgets") if row["JobCode"] == site.job]
    contracts = [row for row in await ledger.rows("MRI_S-PMJC_Contracts") if row["JobCode"] == site.job]
    orders = [row for row in await ledger.rows("MRI_S-PMJC_ContractOrders") if row["JobCode"] == site.job]
    invoices = [row for row in await ledger.rows("MRI_S-PMAP_Invoices") if row["JobCode"] == site.job]
    paid = [row for row in await ledger.rows("MRI_S-PMAP_Payments") if row["JobCode"] == site.job]
    entries = [row for row in await ledger.rows("MRI_S-PMGL_JournalEntries") if row["JOBCODE"] == site.job]
    by_contract = [row for row in invoices if row["ContractNumber"]]
    return {
        "original budget": total(row["OriginalBudget"] for row in mine),
        "revised budget": total(row["CurrentBudget"] for row in mine),
        "commitments": total(row["OriginalAmount"] for row in contracts),
        "change orders": total(_order_amount(row) for row in orders),
        "current contracts": total(row["CurrentAmount"] for row in contracts),
        "invoices": total(row["InvoiceAmount"] for row in by_contract),
        "payments": total(
            row["AmountPaid"] for row in paid if row.get("Voided") != "Y" and row["ContractNumber"]
        ),
        "direct costs": total(row["InvoiceAmount"] for row in invoices if not row["ContractNumber"])
        + total(row["AMOUNT"] for row in entries),
    }


def _order_amount(row: Mapping[str, Any]) -> Any:
    return row.get("OrderAmount", row.get("Amount"))


def differences(sides: Sequence[Figures]) -> list[str]:
    """The figures that are not the same on all three sides."""
    return [name for name in FIGURES if len({side[name] for side in sides}) > 1]
