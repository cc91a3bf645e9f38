"""Add what the ERP alone knows to the project tool: a vendor as a company, a job as a project with its codes, a sub job, a prime contract.

Also refreshes those codes, and a prime contract's amounts."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from db.session import Connection
from hub.actions.ask import Ask, ItemAsk, Outcome, bad_id, not_found
from hub.actions.decide import Locked
from hub.actions.perform import decided
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.core.ids import parse_id
from hub.errors import Refused
from hub.objects import COMPANY, PRIME_CONTRACT, PROJECT, PROJECT_TEMPLATE, SUB_JOB
from hub.sync.enqueue import enqueue
from hub.sync.runs import open_run
from hub.sync.templates import Template, against, template_named, usual_template

# What a refresh reads from the ERP before it carries anything over.
CODES = ("cost_type", "cost_code", "project_cost_code")
JOBS: Mapping[str, str] = {
    COMPANY.key: "provision_company",
    PROJECT.key: "provision_project",
    SUB_JOB.key: "provision_sub_job",
    PRIME_CONTRACT.key: "provision_prime_contract",
}
Going = list[tuple[Locked, Mapping[str, Any]]]


async def add(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """The records appear in the project tool by a job each; until then they stay ready to import.

    A vendor that looks like a company of the directory is added only where the caller says so. A job starts from the
    template that is named, or from the usual one where none is; `None` means none."""
    going: Going = []
    for item, asked, answer in await decided(
        connection, ask, outcome, Action.ADD, (COMPANY, PROJECT, SUB_JOB, PRIME_CONTRACT), waived=_waived
    ):
        try:
            template = await _template(connection, ask, item, asked)
        except Refused as refused:
            answer.errors.append(refused)
            continue
        going.append((item, {"template_id": template.id} if template else {}))
    await _provision(connection, ask, outcome, "ADD", going)


async def refresh(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """Reads a project's codes from the ERP again and carries new ones into the project tool. Takes none away."""
    found = await decided(connection, ask, outcome, Action.REFRESH, (PROJECT, PRIME_CONTRACT))
    await _provision(connection, ask, outcome, "REFRESH", [(item, _again(item)) for item, _, _ in found])


async def take_over(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """Carries the amounts that the ERP holds of a prime contract into the project tool again."""
    found = await decided(connection, ask, outcome, Action.IMPORT, (PRIME_CONTRACT,))
    await _provision(connection, ask, outcome, "IMPORT", [(item, _again(item)) for item, _, _ in found])


def _waived(asked: ItemAsk) -> Collection[ErrorCode]:
    return (ErrorCode.SIMILAR_COMPANY,) if asked.extra.get("confirm") else ()


async def _template(connection: Connection, ask: Ask, item: Locked, asked: ItemAsk) -> Template | None:
    """The template that the project starts from. Raises `Refused` where it cannot."""
    if item.spec is not PROJECT:
        if asked.extra.get("template_id"):
            raise bad_template("Only a job starts from a template.")
        return None
    if "template_id" not in asked.extra:
        found = await usual_template(connection, ask.account_id)
    elif asked.extra["template_id"] is None:
        found = None
    else:
        found = await template_named(connection, ask.account_id, _named(asked.extra["template_id"]))
        if found is None:
            raise not_found()
    if found is not None and (refused := await against(connection, ask.account_id, found, item.id)):
        raise refused
    return found


def _named(text: Any) -> uuid.UUID:
    parsed = parse_id(str(text))
    if parsed is None or parsed[0] != PROJECT_TEMPLATE.tag:
        raise bad_template("This is no id of a project template.")
    return parsed[1]


def bad_template(message: str) -> Refused:
    found = bad_id(message)
    found.field = "templateId"
    return found


async def _provision(connection: Connection, ask: Ask, outcome: Outcome, word: str, going: Going) -> None:
    if not going:
        return
    items = [(item.spec, item.id) for item, _ in going]
    outcome.run_id = await open_run(connection, ask.account_id, word, ask.member_id, items)
    for item, args in going:
        job = await enqueue(
            connection,
            ask.account_id,
            JOBS[item.spec.key],
            args=args,
            run_id=outcome.run_id,
            object_id=item.id,
            requested_by=ask.member_id,
        )
        outcome.jobs.append(job)


def _again(item: Locked) -> Mapping[str, Any]:
    if item.spec is PRIME_CONTRACT:
        return {"again": True, "connection_id": item.connection["id"]}
    scope = {"project_id": item.id}
    return {"codes_only": True, "connection_id": item.connection["id"], "objects": CODES, "scope": scope}
