"""The chain over the event log: complete, in an order no late commit changes, telling when it was touched."""

import asyncio
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from db import seal
from db.clock import new_id
from db.session import Connection, WritePool
from hub.settings import Settings
from jobs.sealer import Sealer, verify

ADD = """
    insert into event (account_id, id, action, object_type, object_id, after)
    select $1, id, 'SEND', 'Commitment', $2, '{"state": "READY_TO_EXPORT", "amount": "12.50"}'
    from unnest($3::uuid[]) as new (id)"""


async def add(connection: Connection, account: UUID, count: int = 1) -> list[UUID]:
    """Add events, and give their ids in the order in which those of one transaction are sealed."""
    ids = sorted(new_id() for _ in range(count))
    await connection.execute(ADD, account, new_id(), ids)
    return ids


async def chain(pool: WritePool, account: UUID) -> list[tuple[int, UUID]]:
    async with pool.transaction(account) as connection:
        rows = await connection.fetch(
            "select position, event_id from event_seal where account_id = $1 order by position", account
        )
    return [(row["position"], row["event_id"]) for row in rows]


@pytest_asyncio.fixture
async def sealer(hub_settings: Settings, app_pool: WritePool):
    narrow = await WritePool.open(hub_settings.url_of("sweeper"), 2)
    yield Sealer(narrow, app_pool)
    await narrow.close()


@pytest_asyncio.fixture
async def owner(hub_settings: Settings):
    """Whoever owns the tables can do anything, except go unnoticed."""
    connection = await asyncpg.connect(hub_settings.database_url)
    yield connection
    await connection.close()


async def sealed_up_to(sealer: Sealer, pool: WritePool, account: UUID, count: int) -> None:
    """Seal until `count` events are sealed: transactions elsewhere on the server hold the sealer back."""
    async with asyncio.timeout(30):
        while len(await chain(pool, account)) < count:
            await sealer.step()
            await asyncio.sleep(0.01)


async def test_every_event_gets_the_next_position(sealer: Sealer, app_pool: WritePool, account: UUID) -> None:
    ids: list[UUID] = []
    for _ in range(3):
        async with app_pool.transaction(account) as connection:
            ids += await add(connection, account, 2)
    await sealed_up_to(sealer, app_pool, account, 6)
    assert await chain(app_pool, account) == list(zip(range(1, 7), ids, strict=True))
    verdict = await verify(app_pool, account)
    assert (verdict.sealed, verdict.holds) == (6, True)


async def test_an_empty_log_holds(app_pool: WritePool, account: UUID) -> None:
    assert (await verify(app_pool, account)) == seal.Verdict(sealed=0, broken_at=None, left_out=0)


async def test_an_older_transaction_that_commits_late_comes_first(
    sealer: Sealer, app_pool: WritePool, account: UUID
) -> None:
    async with app_pool.transaction(account) as late:
        older = await add(late, account)
        async with app_pool.transaction(account) as soon:
            newer = await add(soon, account)
        await sealer.step()
        assert await chain(app_pool, account) == [], "the older one might still commit"
    await sealed_up_to(sealer, app_pool, account, 2)
    assert await chain(app_pool, account) == [(1, older[0]), (2, newer[0])]


async def test_what_was_rolled_back_leaves_no_gap(sealer: Sealer, app_pool: WritePool, account: UUID) -> None:
    async with app_pool.transaction(account) as connection:
        await add(connection, account)
    with pytest.raises(ZeroDivisionError):
        async with app_pool.transaction(account) as connection:
            await add(connection, account)
            raise ZeroDivisionError
    async with app_pool.transaction(account) as connection:
        await add(connection, account)
    await sealed_up_to(sealer, app_pool, account, 2)
    assert [position for position, _ in await chain(app_pool, account)] == [1, 2]


async def test_one_transaction_larger_than_a_batch_is_sealed_whole(
    sealer: Sealer, app_pool: WritePool, account: UUID
) -> None:
    async with app_pool.transaction(account) as connection:
        await add(connection, account, 2500)
    await sealed_up_to(sealer, app_pool, account, 2500)
    assert [position for position, _ in await chain(app_pool, account)] == list(range(1, 2501))
    assert (await verify(app_pool, account)).holds


async def test_many_sealers_and_writers_make_one_chain(
    sealer: Sealer, app_pool: WritePool, account: UUID
) -> None:
    async def write() -> None:
        for _ in range(20):
            async with app_pool.transaction(account) as connection:
                await add(connection, account, 3)

    async def seal_on() -> None:
        for _ in range(20):
            await sealer.step()

    await asyncio.gather(write(), write(), write(), seal_on(), seal_on())
    await sealed_up_to(sealer, app_pool, account, 180)
    assert [position for position, _ in await chain(app_pool, account)] == list(range(1, 181))
    assert (await verify(app_pool, account)).holds


async def test_accounts_have_chains_of_their_own(sealer: Sealer, app_pool: WritePool, account: UUID) -> None:
    other = new_id()
    async with app_pool.transaction(other) as connection:
        await connection.execute(
            "insert into account (account_id, name, currency, time_zone) values ($1, 'Other', 'USD', 'UTC')",
            other,
        )
        theirs = await add(connection, other)
    async with app_pool.transaction(account) as connection:
        ours = await add(connection, account)
    await sealed_up_to(sealer, app_pool, account, 1)
    await sealed_up_to(sealer, app_pool, other, 1)
    assert await chain(app_pool, account) == [(1, ours[0])]
    assert await chain(app_pool, other) == [(1, theirs[0])]


async def test_the_application_cannot_touch_what_is_written(app_pool: WritePool, account: UUID) -> None:
    async with app_pool.transaction(account) as connection:
        await add(connection, account)
    for statement in (
        "update event set cause = 'x' where account_id = $1",
        "delete from event where account_id = $1",
        "update event_seal set hash = ''::bytea where account_id = $1",
        "delete from event_seal where account_id = $1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with app_pool.transaction(account) as connection:
                await connection.execute(statement, account)


async def forge(owner: Connection, account: UUID, statement: str, *arguments: object) -> None:
    """Do as an intruder with the owner's password would."""
    await owner.execute("select set_config('app.account', $1, false)", str(account))
    async with owner.transaction():
        await owner.execute("alter table event disable trigger guard_event")
        await owner.execute(statement, *arguments)
        await owner.execute("alter table event enable trigger guard_event")


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("update event set after = jsonb_set(after, '{amount}', '\"12.51\"') where id = $1", 3),
        ("update event set at = at + interval '1 microsecond' where id = $1", 3),
        ("update event set action = 'ACCEPT' where id = $1", 3),
        ("update event_seal set hash = sha256('x') where event_id = $1", 3),
        ("delete from event_seal where event_id = $1", 3),
        ("update event_seal set position = 9 where event_id = $1", 3),
    ],
)
async def test_a_touched_event_is_found_at_its_position(
    sealer: Sealer, app_pool: WritePool, account: UUID, owner: Connection, statement: str, broken_at: int
) -> None:
    async with app_pool.transaction(account) as connection:
        ids = await add(connection, account, 5)
    await sealed_up_to(sealer, app_pool, account, 5)
    await forge(owner, account, statement, ids[2])
    verdict = await verify(app_pool, account)
    assert (verdict.broken_at, verdict.holds) == (broken_at, False)


async def test_a_cut_off_end_is_noticed(
    sealer: Sealer, app_pool: WritePool, account: UUID, owner: Connection
) -> None:
    async with app_pool.transaction(account) as connection:
        ids = await add(connection, account, 3)
    await sealed_up_to(sealer, app_pool, account, 3)
    await forge(owner, account, "delete from event_seal where event_id = $1", ids[2])
    verdict = await verify(app_pool, account)
    assert (verdict.sealed, verdict.broken_at, verdict.left_out) == (2, 3, 1)


async def test_an_event_slipped_in_before_the_end_is_noticed(
    sealer: Sealer, app_pool: WritePool, account: UUID, owner: Connection
) -> None:
    async with app_pool.transaction(account) as connection:
        await add(connection, account, 3)
    await sealed_up_to(sealer, app_pool, account, 3)
    slip = """
        insert into event (account_id, id, transaction, action, object_type, object_id)
        values ($1, $2, 1, 'GRANT', 'Member', $2)"""
    await forge(owner, account, slip, account, new_id())
    await sealer.step()
    verdict = await verify(app_pool, account)
    assert (verdict.broken_at, verdict.left_out, verdict.holds) == (None, 1, False)
