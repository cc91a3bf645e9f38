"""Test a connection: every list that the hub needs is asked once, and what fails is named with what to do about it."""

from db.session import Connection
from hub.actions.ask import Ask, Outcome
from hub.actions.systems import asked_system, have_done


async def verify(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    row = await asked_system(connection, ask, outcome)
    if row is not None:
        args = {"connection_id": row["id"]}
        await have_done(connection, ask, outcome, "verify_system", args, action="VERIFY")
