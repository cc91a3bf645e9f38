"""Test a connection: every list that the hub needs is asked once, and what fails is named with what to do about it."""

from db.session import Connection
from hub.actions.ask import Ask, Outcome
from hub.actions.systems import asked_system, under_way
from hub.sync.enqueue import enqueue
from hub.sync.runs import open_run


async def verify(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """A test under way is joined."""
    row = await asked_system(connection, ask, outcome)
    if row is None:
        return
    outcome.run_id = await under_way(connection, ask, "verify_system", row["id"])
    if outcome.run_id is not None:
        return
    outcome.run_id = await open_run(
        connection, ask.account_id, "VERIFY", ask.member_id, [], connection_id=row["id"]
    )
    job = await enqueue(
        connection,
        ask.account_id,
        "verify_system",
        args={"connection_id": row["id"]},
        run_id=outcome.run_id,
        requested_by=ask.member_id,
    )
    outcome.jobs.append(job)
