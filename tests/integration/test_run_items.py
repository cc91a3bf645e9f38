"""The items of a run, and how the last of them ends it."""

import asyncio
from uuid import UUID

from desk import Desk

from db.runs import Outcome
from db.session import Connection
from hub.objects import COMMITMENT
from hub.sync.runs import item_ended, open_run


async def test_the_last_of_two_items_that_end_at_the_same_time_ends_the_run(desk: Desk):
    items = [(await desk.subcontract(number=f"SC-{place}")).id for place in (1, 2)]
    async with desk.pool.transaction(desk.account) as connection:
        pairs = [(COMMITMENT, item) for item in items]
        run = await open_run(connection, desk.account, "EXPORT", None, pairs)

    async with desk.pool.transaction(desk.account) as one, desk.pool.transaction(desk.account) as other:
        await item_ended(one, desk.account, run, items[0], Outcome.DONE)
        waiting = asyncio.create_task(_ended(other, desk.account, run, items[1]))
        await _blocked(desk, other)
        await one.execute("commit")
        await waiting

    assert await desk.run(run) == ("EXPORT", "SUCCEEDED", [("DONE", None), ("DONE", None)])


async def _ended(connection: Connection, account: UUID, run: UUID, item: UUID) -> None:
    await item_ended(connection, account, run, item, Outcome.DONE)


async def _blocked(desk: Desk, connection: Connection) -> None:
    """Returns once the connection waits for another's lock."""
    waits = "select wait_event_type = 'Lock' from pg_stat_activity where pid = $1"
    async with asyncio.timeout(10):
        while not await desk.value(waits, connection.get_server_pid()):  # noqa: ASYNC110 - a backend tells no event
            await asyncio.sleep(0.01)
