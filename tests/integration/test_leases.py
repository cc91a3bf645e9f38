"""Who may run a job, in which order, and what a run that lost it can still write."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from db import lease, sweep
from db.clock import new_id
from db.jobs import JobState, Lane
from db.session import Connection, WritePool
from hub.settings import Settings
from hub.sync.enqueue import enqueue
from hub.sync.work import JobRow, LeaseLost, Work


class Desk:
    """One account's jobs, as a worker and as a reader see them."""

    def __init__(self, pool: WritePool, account: UUID) -> None:
        self.pool, self.account = pool, account

    async def ask(
        self, *, object_id: UUID | None = None, due_in: float = 0, lane: Lane = Lane.INTERACTIVE
    ) -> UUID:
        async with self.pool.transaction(self.account) as connection:
            return await enqueue(
                connection, self.account, "test", args={}, object_id=object_id, due_in=due_in, lane=lane
            )

    async def take(
        self, job: UUID, owner: str = "a:1:x", *, seconds: float = 60, cap: int = 6
    ) -> Mapping[str, Any] | None:
        async with self.pool.transaction(self.account) as connection:
            return await lease.take(connection, self.account, job, owner=owner, seconds=seconds, cap=cap)

    async def row(self, job: UUID) -> asyncpg.Record:
        async with self.pool.transaction(self.account) as connection:
            return await connection.fetchrow(
                "select * from job where account_id = $1 and id = $2", self.account, job
            )

    async def lapse(self, job: UUID) -> None:
        """Let the lease run out now."""
        async with self.pool.transaction(self.account) as connection:
            await connection.execute("update job set lease_until = hub_now() where id = $1", job)

    async def finish(self, job: UUID, fence: int) -> bool:
        async with self.pool.transaction(self.account) as connection:
            return await lease.finish(connection, self.account, job, fence, lease.Ending(JobState.DONE))


@pytest_asyncio.fixture
async def desk(app_pool: WritePool, account: UUID) -> Desk:
    return Desk(app_pool, account)


@pytest_asyncio.fixture
async def narrow(hub_settings: Settings):
    """A connection under the sweeper's login."""
    connection = await asyncpg.connect(hub_settings.url_of("sweeper"))
    yield connection
    await connection.close()


def work(desk: Desk, settings: Settings, row: Mapping[str, Any]) -> Work:
    return Work(JobRow.read(desk.account, row), settings, desk.pool)


async def test_of_twenty_takers_one_gets_the_job(desk: Desk) -> None:
    job = await desk.ask()
    rows = await asyncio.gather(*(desk.take(job, f"w:{n}:x") for n in range(20)))
    taken = [row for row in rows if row is not None]
    assert len(taken) == 1
    assert (taken[0]["fence"], taken[0]["deaths"], taken[0]["age"]) == (1, 0, 0)


async def test_a_job_is_not_taken_before_its_time(desk: Desk) -> None:
    assert await desk.take(await desk.ask(due_in=60)) is None


async def test_a_job_of_another_account_is_not_taken(desk: Desk, app_pool: WritePool) -> None:
    job = await desk.ask()
    assert await Desk(app_pool, new_id()).take(job) is None


async def test_jobs_of_one_object_run_one_after_the_other(desk: Desk) -> None:
    item = new_id()
    first, second = await desk.ask(object_id=item), await desk.ask(object_id=item)
    assert await desk.take(second) is None
    taken = await desk.take(first)
    assert taken is not None
    assert await desk.take(second) is None
    await desk.finish(first, taken["fence"])
    assert await desk.take(second) is not None


async def test_an_older_job_that_waits_holds_back_the_younger_of_its_object_only(desk: Desk) -> None:
    item = new_id()
    await desk.ask(object_id=item, due_in=60)
    assert await desk.take(await desk.ask(object_id=item)) is None
    assert await desk.take(await desk.ask(object_id=new_id())) is not None
    assert await desk.take(await desk.ask()) is not None


async def test_an_account_runs_no_more_than_its_cap(desk: Desk) -> None:
    jobs = [await desk.ask() for _ in range(5)]
    rows = await asyncio.gather(*(desk.take(job, cap=3) for job in jobs))
    assert sum(row is not None for row in rows) == 3


async def test_a_lapsed_lease_is_taken_over_and_counts_a_death(desk: Desk) -> None:
    job = await desk.ask()
    assert await desk.take(job) is not None
    assert await desk.take(job, "b:2:y") is None, "the lease still lasts"
    await desk.lapse(job)
    row = await desk.take(job, "b:2:y")
    assert row is not None
    assert (row["fence"], row["deaths"]) == (2, 1)
    assert (await desk.row(job))["lease_owner"] == "b:2:y"


async def test_a_job_given_back_counts_no_death(desk: Desk) -> None:
    job = await desk.ask()
    await desk.take(job)
    async with desk.pool.transaction(desk.account) as connection:
        assert await lease.put_back(connection, desk.account, job, 1, seconds=0, failed=False)
    row = await desk.take(job)
    assert row is not None
    assert (row["fence"], row["deaths"], row["tries"]) == (2, 0, 0)


async def test_a_job_put_back_waits_and_counts_its_try(desk: Desk) -> None:
    job = await desk.ask()
    await desk.take(job)
    async with desk.pool.transaction(desk.account) as connection:
        await lease.put_back(
            connection, desk.account, job, 1, seconds=60, failed=True, code="ERP_UNAVAILABLE", message="down"
        )
    assert await desk.take(job) is None
    row = await desk.row(job)
    assert (row["state"], row["tries"], row["error_code"], row["lease_owner"]) == (
        "QUEUED", 1, "ERP_UNAVAILABLE", None,
    )  # fmt: skip


async def test_with_a_stale_fence_nothing_is_written(desk: Desk, hub_settings: Settings) -> None:
    job = await desk.ask()
    first = await desk.take(job)
    assert first is not None
    stale = work(desk, hub_settings, first)
    await desk.lapse(job)
    second = await desk.take(job, "b:2:y")
    assert second is not None
    with pytest.raises(LeaseLost):
        async with stale.transaction() as connection:
            await connection.execute("update account set name = 'stale' where account_id = $1", desk.account)
    with pytest.raises(LeaseLost):
        async with stale.final():
            pass
    async with desk.pool.transaction(desk.account) as connection:
        assert not await lease.renew(connection, desk.account, job, 1, 60)
        assert not await lease.finish(connection, desk.account, job, 1, lease.Ending(JobState.DONE))
        assert not await lease.put_back(connection, desk.account, job, 1, seconds=0, failed=True)
        assert await connection.fetchval("select name from account") == "Brick & Sons"
    assert (await desk.row(job))["state"] == "RUNNING"
    async with work(desk, hub_settings, second).final():
        pass
    assert (await desk.row(job))["state"] == "DONE"


async def test_nobody_takes_a_job_over_beneath_an_open_transaction_of_its_run(
    desk: Desk, hub_settings: Settings
) -> None:
    job = await desk.ask()
    row = await desk.take(job)
    assert row is not None
    async with work(desk, hub_settings, row).transaction():
        await desk.lapse(job)
        assert await desk.take(job, "b:2:y") is None
    assert await desk.take(job, "b:2:y") is not None


async def test_a_renewal_does_not_wait_for_an_open_transaction(desk: Desk, hub_settings: Settings) -> None:
    job = await desk.ask()
    row = await desk.take(job, seconds=10)
    assert row is not None
    async with (
        work(desk, hub_settings, row).transaction(),
        asyncio.timeout(5),
        desk.pool.transaction(desk.account) as connection,
    ):
        assert await lease.renew(connection, desk.account, job, 1, 600)


async def test_postgres_ends_a_transaction_that_stands_still(desk: Desk, hub_settings: Settings) -> None:
    job = await desk.ask()
    row = await desk.take(job)
    assert row is not None
    short = hub_settings.model_copy(update={"lease_seconds": 0.2})
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        async with work(desk, short, row).transaction() as connection:
            await connection.execute("update account set name = 'late' where account_id = $1", desk.account)
            await asyncio.sleep(0.6)  # standing still is what is tested
    async with desk.pool.transaction(desk.account) as connection:
        assert await connection.fetchval("select name from account") == "Brick & Sons"


async def test_what_final_did_is_undone_where_it_fails(desk: Desk, hub_settings: Settings) -> None:
    job = await desk.ask()
    row = await desk.take(job)
    assert row is not None
    with pytest.raises(ZeroDivisionError):
        async with work(desk, hub_settings, row).final() as connection:
            await connection.execute("update account set name = 'half' where account_id = $1", desk.account)
            raise ZeroDivisionError
    async with desk.pool.transaction(desk.account) as connection:
        assert await connection.fetchval("select name from account") == "Brick & Sons"
    assert (await desk.row(job))["state"] == "RUNNING"


async def test_progress_forgets_deaths_and_tries(desk: Desk, hub_settings: Settings) -> None:
    job = await desk.ask()
    await desk.take(job)
    await desk.lapse(job)
    row = await desk.take(job)
    assert row is not None
    running = work(desk, hub_settings, row)
    async with running.transaction() as connection:
        await running.progressed(connection)
    assert (await desk.row(job))["deaths"] == 0


async def test_a_waiting_job_can_be_cancelled_and_a_running_one_cannot(desk: Desk) -> None:
    waiting, running = await desk.ask(), await desk.ask()
    await desk.take(running)
    async with desk.pool.transaction(desk.account) as connection:
        assert await lease.cancel(connection, desk.account, waiting)
        assert not await lease.cancel(connection, desk.account, running)
    assert await desk.take(waiting) is None


async def test_the_next_job_is_of_the_same_object_then_interactive_then_the_oldest(desk: Desk) -> None:
    item = new_id()
    bulk = await desk.ask(lane=Lane.BULK)
    same = await desk.ask(lane=Lane.BULK, object_id=item)
    old, _ = await desk.ask(), await desk.ask()

    async def following(connection: Connection, object_id: UUID | None) -> UUID | None:
        row = await lease.next_of(connection, desk.account, 6, object_id)
        return row and row["id"]

    async with desk.pool.transaction(desk.account) as connection:
        assert await following(connection, item) == same
        assert await following(connection, new_id()) == old
        await connection.execute("delete from job where account_id = $1 and id <> $2", desk.account, bulk)
        assert await following(connection, item) == bulk


# The sweeper.


async def swept(narrow: Connection, desk: Desk, *, rung_before: float = 0, cap: int = 6) -> list[UUID]:
    rows = await sweep.due(narrow, rung_before=rung_before, cap=cap)
    return [row["id"] for row in rows if row["account_id"] == desk.account]


async def test_the_sweeper_finds_due_jobs_and_lapsed_leases_only(desk: Desk, narrow: Connection) -> None:
    due, later, runs, lapsed = [await desk.ask(due_in=60 if n == 1 else 0) for n in range(4)]
    await desk.take(runs)
    await desk.take(lapsed)
    await desk.lapse(lapsed)
    assert set(await swept(narrow, desk)) == {due, lapsed}
    assert (await desk.row(later))["rung_at"] is None


async def test_the_sweeper_does_not_ring_twice_at_once(desk: Desk, narrow: Connection) -> None:
    await desk.ask()
    assert await swept(narrow, desk, rung_before=60) == [], "its writer has just rung for it"
    assert len(await swept(narrow, desk)) == 1
    assert await swept(narrow, desk, rung_before=60) == []


async def test_the_sweeper_rings_for_no_more_than_can_run(desk: Desk, narrow: Connection) -> None:
    jobs = [await desk.ask() for _ in range(9)]
    assert await desk.take(jobs[0]) is not None
    assert len(await swept(narrow, desk, cap=3)) == 2


async def test_the_sweeper_comes_round_to_every_job(desk: Desk, narrow: Connection) -> None:
    jobs = {await desk.ask() for _ in range(6)}
    seen: set[UUID] = set()
    for _ in range(3):
        seen.update(await swept(narrow, desk, cap=2))
    assert seen == jobs


async def test_interactive_work_is_rung_for_first(desk: Desk, narrow: Connection) -> None:
    bulk, person = await desk.ask(lane=Lane.BULK), await desk.ask()
    assert await swept(narrow, desk) == [person, bulk]


async def test_the_sweeper_sees_no_contents(desk: Desk, narrow: Connection) -> None:
    await desk.ask()
    for statement in (
        "select args from job",
        "select kind from job",
        "update job set state = 'DONE'",
        "update job set fence = 9",
        "delete from job",
        "select after from event",
        "select name from account",
        "select sealed from credential",
        "select wrapped from data_key",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await narrow.execute(statement)


async def test_the_leases_of_a_dead_worker_end_at_once(desk: Desk, narrow: Connection) -> None:
    dead, alive = await desk.ask(), await desk.ask()
    await desk.take(dead, "host:12:aa")
    await desk.take(alive, "host:123:bb")
    rows = await sweep.end_of(narrow, "host:12:")
    assert [row["id"] for row in rows if row["account_id"] == desk.account] == [dead]
    row = await desk.take(dead, "other:1:cc")
    assert row is not None
    assert row["deaths"] == 1
    assert await desk.take(alive, "other:1:cc") is None
