"""The roots of reading."""

from typing import Any

import strawberry

from hub.api import items, records
from hub.api.derive import argument, listed, page_arguments, planned
from hub.api.plan.fields import ById, ByIds, Many, One, Paged
from hub.objects import COMMITMENT, COMPANY, COST_CODE, COST_TYPE, PROJECT


def by_id(description: str) -> Any:
    return planned(ById(), description=description, arguments=[argument("id", strawberry.ID, "Global id.")])


@strawberry.type(
    description="Reading. Every answer holds only what belongs to the account of your key and what you may see."
)
class Query:
    node: items.Node | None = by_id("Anything by its global id; null where there is none that you may see.")
    nodes: list[items.Node | None] = planned(
        ByIds(),
        description="Many by their global ids, in that order, at most 100.",
        arguments=[argument("ids", list[strawberry.ID], "Global ids.")],
    )
    viewer: records.Member = planned(One(on="{t}.id = {member}"), description="You.")
    systems: list[records.System] = planned(
        Many(on="true", order="{t}.name, {t}.id"), description="The systems the account is connected to."
    )
    members: list[records.Member] = planned(
        Many(
            on="({v}.directory_level >= 1 or {v}.erp_level >= 1 or {t}.id = {member})",
            order="{t}.name, {t}.id",
        ),
        description="The account's people as last imported; the first 1000.",
    )
    companies: items.CompanyConnection = listed(COMPANY)  # type: ignore[valid-type]
    projects: items.ProjectConnection = listed(PROJECT)  # type: ignore[valid-type]
    cost_codes: items.CostCodeConnection = listed(COST_CODE)  # type: ignore[valid-type]
    cost_types: items.CostTypeConnection = listed(COST_TYPE)  # type: ignore[valid-type]
    commitments: items.CommitmentConnection = listed(COMMITMENT)  # type: ignore[valid-type]
    commitment: items.Commitment | None = by_id("One commitment; null where there is none that you may see.")
    company: items.Company | None = by_id("One company; null where there is none that you may see.")
    project: items.Project | None = by_id("One project; null where there is none that you may see.")
    sync_run: records.SyncRun | None = by_id("One run; null where there is none that you may see.")
    sync_runs: records.SyncRunConnection = planned(  # type: ignore[valid-type]
        Paged(), description="Runs that you may see, newest first.", arguments=page_arguments()
    )
