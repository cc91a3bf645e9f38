"""Unlink: a company at once; an exported item after the ERP was asked whether its record is gone."""

from db.session import Connection
from hub.actions.ask import Ask, Outcome
from hub.actions.decide import Locked
from hub.actions.perform import decided
from hub.core.action import Action
from hub.objects import OBJECTS
from hub.sync.enqueue import enqueue
from hub.sync.log import happened
from hub.sync.pairing import part
from hub.sync.runs import open_run


async def unlink(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """One run for all. A company's project tool record is told by a job that its origin is no longer the ERP's."""
    going = [item for item, _, _ in await decided(connection, ask, outcome, Action.UNLINK, OBJECTS)]
    if not going:
        return
    items = [(item.spec, item.id) for item in going]
    outcome.run_id = await open_run(connection, ask.account_id, "UNLINK", ask.member_id, items)
    for item in going:
        if item.spec.comes_in:
            await _part(connection, ask, outcome, item)
        else:
            await _ask_the_erp(connection, ask, outcome, item)


async def _part(connection: Connection, ask: Ask, outcome: Outcome, item: Locked) -> None:
    alone = await part(connection, ask.account_id, item.spec, item.id)
    await happened(
        connection,
        ask.account_id,
        item.spec,
        "UNLINK",
        [(item.id, item.image), (alone, None)],
        member=ask.member_id,
        run=outcome.run_id,
    )
    await mark(connection, ask, outcome, item)


async def mark(connection: Connection, ask: Ask, outcome: Outcome, item: Locked) -> None:
    """Has the project tool told what the item is linked to now; the run's item ends with that job."""
    job = await enqueue(
        connection,
        ask.account_id,
        "mark_origin",
        args={"object": item.spec.key},
        run_id=outcome.run_id,
        object_id=item.id,
        requested_by=ask.member_id,
    )
    outcome.jobs.append(job)


async def _ask_the_erp(connection: Connection, ask: Ask, outcome: Outcome, item: Locked) -> None:
    job = await enqueue(
        connection,
        ask.account_id,
        "unlink",
        args={"object": item.spec.key, "connection_id": item.connection["id"]},
        run_id=outcome.run_id,
        object_id=item.id,
        requested_by=ask.member_id,
    )
    outcome.jobs.append(job)
