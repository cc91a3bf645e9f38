"""The roots of reading."""

from typing import Any

import strawberry

from hub import objects
from hub.api import items, records
from hub.api.derive import argument, listed, page_arguments, planned
from hub.api.plan.fields import ById, ByIds, Column, Inlined, Many, One, Paged


def by_id(description: str) -> Any:
    return planned(ById(), description=description, arguments=[argument("id", strawberry.ID, "Global id.")])


def total(table: str, description: str) -> Any:
    """A count over the account's rows of a table, for those who may read the ERP side."""
    counted = f"(select count(*) from {table} x where x.account_id = {{account}})"
    return planned(Column(f"case when {records.READER} then {counted} end"), description=description)


@strawberry.type(
    description="How much has happened in the account; null without Read Only on ERP Integrations."
)
class Activity:
    jobs: int | None = total("job", "Jobs that were asked for.")
    attempts: int | None = total("attempt", "Tries to write to another system.")
    events: int | None = total("event", "Entries of the event log.")
    sealed_events: int | None = total("event_seal", "Entries that are sealed.")


@strawberry.type(
    description="Reading. Every answer holds only what belongs to the account of your key and what you may see."
)
class Query:
    node: records.Node | None = by_id("Anything by its global id; null where there is none that you may see.")
    nodes: list[records.Node | None] = planned(
        ByIds(),
        description="Many by their global ids, in that order, at most 100.",
        arguments=[argument("ids", list[strawberry.ID], "Global ids.")],
    )
    viewer: records.Member = planned(One(on="{t}.id = {member}"), description="You.")
    activity: Activity = planned(Inlined(), description="How much has happened in the account.")
    systems: list[records.System] = planned(
        Many(on="true", order="{t}.name, {t}.id"), description="The systems the account is connected to."
    )
    members: list[records.Member] = planned(
        Many(on=records.KNOWS_PEOPLE, order="{t}.name, {t}.id"),
        description="The account's people as last imported; the first 1000.",
    )
    companies: items.CompanyConnection = listed(objects.COMPANY)  # type: ignore[valid-type]  # made at run time
    projects: items.ProjectConnection = listed(objects.PROJECT)  # type: ignore[valid-type]  # made at run time
    project_templates: items.ProjectTemplateConnection = listed(objects.PROJECT_TEMPLATE)  # type: ignore[valid-type]  # made at run time
    sub_jobs: items.SubJobConnection = listed(objects.SUB_JOB)  # type: ignore[valid-type]  # made at run time
    cost_codes: items.CostCodeConnection = listed(objects.COST_CODE)  # type: ignore[valid-type]  # made at run time
    cost_types: items.CostTypeConnection = listed(objects.COST_TYPE)  # type: ignore[valid-type]  # made at run time
    budgets: items.BudgetConnection = listed(objects.BUDGET)  # type: ignore[valid-type]  # made at run time
    budget_changes: items.BudgetChangeConnection = listed(objects.BUDGET_CHANGE)  # type: ignore[valid-type]  # made at run time
    prime_contracts: items.PrimeContractConnection = listed(objects.PRIME_CONTRACT)  # type: ignore[valid-type]  # made at run time
    prime_contract_change_orders: items.PrimeContractChangeOrderConnection = listed(  # type: ignore[valid-type]  # made at run time
        objects.PRIME_CONTRACT_CHANGE_ORDER
    )
    owner_invoices: items.OwnerInvoiceConnection = listed(objects.OWNER_INVOICE)  # type: ignore[valid-type]  # made at run time
    commitments: items.CommitmentConnection = listed(objects.COMMITMENT)  # type: ignore[valid-type]  # made at run time
    commitment_change_orders: items.CommitmentChangeOrderConnection = listed(  # type: ignore[valid-type]  # made at run time
        objects.COMMITMENT_CHANGE_ORDER
    )
    subcontractor_invoices: items.SubcontractorInvoiceConnection = listed(  # type: ignore[valid-type]  # made at run time
        objects.SUBCONTRACTOR_INVOICE
    )
    payments: items.PaymentConnection = listed(objects.PAYMENT)  # type: ignore[valid-type]  # made at run time
    direct_costs: items.DirectCostConnection = listed(objects.DIRECT_COST)  # type: ignore[valid-type]  # made at run time
    commitment: items.Commitment | None = by_id("One commitment; null where there is none that you may see.")
    company: items.Company | None = by_id("One company; null where there is none that you may see.")
    project: items.Project | None = by_id("One project; null where there is none that you may see.")
    sync_run: records.SyncRun | None = by_id("One run; null where there is none that you may see.")
    sync_runs: records.SyncRunConnection = planned(  # type: ignore[valid-type]  # made at run time
        Paged(), description="Runs that you may see, newest first.", arguments=page_arguments()
    )
