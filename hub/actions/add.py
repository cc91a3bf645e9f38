"""Add what the ERP alone knows to the project tool: a vendor as a company, a job as a project with its codes, a sub job, a prime contract.

Also refreshes those codes, and a prime contract's amounts."""

from collections.abc import Mapping
from typing import Any

from db.session import Connection
from hub.actions.ask import Ask, Outcome
from hub.actions.decide import Locked
from hub.actions.perform import decided
from hub.core.action import Action
from hub.objects import COMPANY, PRIME_CONTRACT, PROJECT, SUB_JOB
from hub.sync.enqueue import enqueue
from hub.sync.runs import open_run

# What a refresh reads from the ERP before it carries anything over.
CODES = ("cost_type", "cost_code", "project_cost_code")
JOBS: Mapping[str, str] = {
    COMPANY.key: "provision_company",
    PROJECT.key: "provision_project",
    SUB_JOB.key: "provision_sub_job",
    PRIME_CONTRACT.key: "provision_prime_contract",
}
_OBJECTS = {
    Action.ADD: (COMPANY, PROJECT, SUB_JOB, PRIME_CONTRACT),
    Action.REFRESH: (PROJECT, PRIME_CONTRACT),
    Action.IMPORT: (PRIME_CONTRACT,),
}


async def add(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """The records appear in the project tool by a job each; until then they stay ready to import."""
    await _provision(connection, ask, outcome, Action.ADD, "ADD")


async def refresh(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """Reads a project's codes from the ERP again and carries new ones into the project tool. Takes none away."""
    await _provision(connection, ask, outcome, Action.REFRESH, "REFRESH")


async def take_over(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """Carries the amounts that the ERP holds of a prime contract into the project tool again."""
    await _provision(connection, ask, outcome, Action.IMPORT, "IMPORT")


async def _provision(connection: Connection, ask: Ask, outcome: Outcome, action: Action, word: str) -> None:
    going = [item for item, _, _ in await decided(connection, ask, outcome, action, _OBJECTS[action])]
    if not going:
        return
    items = [(item.spec, item.id) for item in going]
    outcome.run_id = await open_run(connection, ask.account_id, word, ask.member_id, items)
    for item in going:
        job = await enqueue(
            connection,
            ask.account_id,
            JOBS[item.spec.key],
            args=_args(item, action),
            run_id=outcome.run_id,
            object_id=item.id,
            requested_by=ask.member_id,
        )
        outcome.jobs.append(job)


def _args(item: Locked, action: Action) -> Mapping[str, Any]:
    if action is Action.ADD:
        return {}
    if item.spec is PRIME_CONTRACT:
        return {"again": True, "connection_id": item.connection["id"]}
    scope = {"project_id": item.id}
    return {"codes_only": True, "connection_id": item.connection["id"], "objects": CODES, "scope": scope}
