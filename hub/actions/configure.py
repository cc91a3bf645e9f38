"""Choose when a group of a system's objects is read by itself."""

from db.clock import now
from db.schedules import ScheduleGroup
from db.session import Connection
from hub.actions.ask import Ask, Outcome
from hub.actions.systems import asked_system
from hub.errors import Refused
from hub.sync.connections import image, told
from hub.sync.runs import open_run
from hub.sync.schedules import configure, read_system


async def configure_schedule(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """It is done with this transaction; its run tells who chose, its event what."""
    row = await asked_system(connection, ask, outcome)
    if row is None:
        return
    account, system = ask.account_id, row["id"]
    known = await read_system(connection, account, system)
    assert known is not None
    before = await image(connection, account, system)
    try:
        await configure(connection, account, known, ScheduleGroup(ask.extra["group"]), ask.extra, now())
    except Refused as refused:
        outcome.errors.append(refused)
        return
    run = await open_run(
        connection, account, "CONFIGURE_SCHEDULE", ask.member_id, [], connection_id=system, done=True
    )
    await told(connection, account, system, "CONFIGURE_SCHEDULE", before, member=ask.member_id, run=run)
    outcome.run_id = run
