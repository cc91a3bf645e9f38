"""Tokens in Postgres: one request for all workers, no transaction while it is under way, nothing lost, nothing in clear."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from token_server import TokenServer

from db.credentials import SecretField
from db.session import Unreachable, WritePool
from hub.access.rotation import rotate
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.bell import SilentBell
from hub.errors import ErpUnauthorized, ErpUnavailable
from hub.http import AuthorizationCode, ClientCredentials, Tokens
from hub.settings import Settings
from hub.sync.enqueue import enqueue
from hub.sync.tokens import StoredTokens
from hub.sync.work import Work
from jobs.run import Crew
from jobs.runner import Runner

REDIRECT = "https://hub.example.com/signed-in"
PAST = datetime(2026, 1, 1, tzinfo=UTC)


class Bank:
    """One connection's tokens as several workers see them, each with a pool of its own."""

    def __init__(self, settings: Settings, pool: WritePool, place: Place) -> None:
        self.settings, self.pool, self.place = settings, pool, place
        self.server = TokenServer()
        self.pools: list[WritePool] = []

    async def store(self) -> StoredTokens:
        self.pools.append(await WritePool.open(self.settings.url_of("app"), 5))
        return StoredTokens(self.pools[-1], Vault.of(self.settings), self.place, lease_seconds=60)

    async def worker(self) -> AuthorizationCode:
        return AuthorizationCode("hub", "s3cret", self.server, await self.store())

    async def enter(self, secret: str) -> StoredTokens:
        """Enter credentials, as a person does, and open the store of whoever works with them."""
        async with self.pool.transaction(self.place.account_id) as connection:
            vault = Vault.of(self.settings)
            await vault.put(connection, self.place, {"client_id": "hub", "client_secret": secret})
            kept = await vault.find(connection, self.place)
        assert kept is not None
        return StoredTokens(self.pool, vault, self.place, lease_seconds=60, edition=kept.version)

    async def sign_in(self) -> AuthorizationCode:
        person = await self.worker()
        await person.sign_in(self.server.code(), REDIRECT)
        return person

    async def spend(self) -> None:
        """Let the stored access token be past its end."""

        async def spent(tokens: Tokens | None) -> Tokens:
            assert tokens is not None
            return Tokens(tokens.access, PAST, tokens.refresh)

        store = await self.store()
        await store.renewed(await store.read(), spent)

    async def value(self, query: str) -> object:
        place = self.place.of(SecretField.TOKENS)
        async with self.pool.transaction(self.place.account_id) as connection:
            return await connection.fetchval(
                f"{query} where account_id = $1 and connection_id = $2 and field = $3", *place.key
            )

    async def execute(self, query: str) -> None:
        async with self.pool.transaction(self.place.account_id) as connection:
            await connection.execute(query)

    @property
    def refreshed_with(self) -> list[str]:
        return [form["refresh_token"] for form in self.server.requests if "refresh_token" in form]


@pytest_asyncio.fixture
async def bank(hub_settings: Settings, app_pool: WritePool, account: UUID, erp: UUID) -> AsyncIterator[Bank]:
    bank = Bank(hub_settings, app_pool, Place(account, erp))
    yield bank
    for pool in bank.pools:
        await pool.close()


async def test_what_one_worker_fetched_another_one_uses(bank: Bank):
    for _ in range(2):
        worker = ClientCredentials("hub", "s3cret", bank.server, await bank.store())
        assert await worker.header() == "Bearer access-1"
    assert len(bank.server.requests) == 1


async def test_ten_callers_of_two_workers_with_an_expired_token_cause_one_request(bank: Bank):
    await bank.sign_in()
    await bank.spend()
    workers = [await bank.worker(), await bank.worker()]

    headers = await asyncio.gather(*(workers[number % 2].header() for number in range(10)))

    assert set(headers) == {"Bearer access-2"}
    assert bank.refreshed_with == ["refresh-1"]


async def test_ten_workers_that_begin_at_once_cause_one_request(bank: Bank):
    workers = [ClientCredentials("hub", "s3cret", bank.server, await bank.store()) for _ in range(10)]
    assert set(await asyncio.gather(*(worker.header() for worker in workers))) == {"Bearer access-1"}
    assert len(bank.server.requests) == 1


OPEN = """
    select count(*) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null"""


async def test_no_transaction_is_open_while_the_other_side_answers(bank: Bank):
    await bank.sign_in()
    await bank.spend()
    bank.server.answers.clear()
    bank.server.asked.clear()
    refresh = asyncio.create_task((await bank.worker()).header())
    await bank.server.asked.wait()

    owner = await asyncpg.connect(bank.settings.database_url)
    assert await owner.fetchval(OPEN) == 0
    await owner.close()
    assert await bank.value("select lease_until > hub_now() from credential")

    bank.server.answers.set()
    assert await refresh == "Bearer access-2"
    assert await bank.value("select lease_until from credential") is None


async def test_a_dead_holders_turn_ends_and_the_next_one_asks(bank: Bank):
    await bank.sign_in()
    await bank.spend()
    await bank.execute("update credential set lease_until = hub_now() + interval '1 hour'")  # and dies

    waits = asyncio.create_task((await bank.worker()).header())
    await until_looking(bank)
    assert bank.refreshed_with == [], "while the holder may live nobody else asks"
    await bank.execute("update credential set lease_until = hub_now() - interval '1 second'")

    assert await waits == "Bearer access-2"
    assert bank.refreshed_with == ["refresh-1"]


@pytest.mark.parametrize("first", ["the holder", "the next one"])
async def test_a_holder_that_only_seemed_dead_loses_nothing(bank: Bank, first: str):
    """Both have sent the same refresh token; one of them gets the pair, whoever stores first."""
    await bank.sign_in()
    await bank.spend()
    answers = [asyncio.Event(), asyncio.Event()]
    asked = [asyncio.Event(), asyncio.Event()]

    def fetch(number: int):
        async def fetched(form):
            bank.server.requests.append(dict(form))
            asked[number].set()
            await answers[number].wait()
            if number == 1:
                raise ErpUnauthorized("invalid_grant")
            return {"access_token": "access-2", "refresh_token": "refresh-2", "expires_in": 5400}

        return fetched

    async def begin(number: int) -> asyncio.Task[str | None]:
        worker = AuthorizationCode("hub", "s3cret", fetch(number), await bank.store())
        task = asyncio.create_task(worker.header())
        await asked[number].wait()
        return task

    holder = await begin(0)
    await bank.execute("update credential set lease_until = hub_now() - interval '1 second'")
    next_one = await begin(1)
    for number in (0, 1) if first == "the holder" else (1, 0):
        answers[number].set()
        await asyncio.wait({(holder, next_one)[number]})

    assert await holder == "Bearer access-2"
    assert await (await bank.worker()).header() == "Bearer access-2"
    if first == "the holder":
        assert await next_one == "Bearer access-2"
    else:
        with pytest.raises(ErpUnauthorized):
            await next_one


async def until_looking(bank: Bank) -> None:
    """Let the waiting worker look at least once."""
    for _ in range(50):
        await bank.value("select version from credential")


@pytest.mark.parametrize("reached", [True, False])
async def test_a_failed_request_stores_nothing_and_the_next_one_may_ask_at_once(bank: Bank, reached: bool):
    bank.server.fails = [ErpUnavailable("down", reached=reached)]
    with pytest.raises(ErpUnavailable):
        await ClientCredentials("hub", "s3cret", bank.server, await bank.store()).header()

    assert await bank.value("select sealed from credential") is None
    assert await bank.value("select lease_until from credential") is None
    again = ClientCredentials("hub", "s3cret", bank.server, await bank.store())
    assert await again.header() == "Bearer access-2"


async def test_a_lost_answer_ends_the_sign_in_for_every_worker(bank: Bank):
    await bank.sign_in()
    await bank.spend()
    workers = [await bank.worker() for _ in range(5)]
    bank.server.lost = 1

    told = await asyncio.gather(*(worker.header() for worker in workers), return_exceptions=True)

    assert [type(error) for error in told] == [ErpUnauthorized] * 5
    assert all("sign in again" in str(error) for error in told)
    assert bank.refreshed_with == ["refresh-1"]
    await bank.sign_in()
    assert (await (await bank.worker()).header()) == "Bearer access-3"


async def test_a_worker_that_is_asked_to_end_still_stores_what_was_rotated(bank: Bank):
    await bank.sign_in()
    await bank.spend()
    bank.server.answers.clear()
    bank.server.asked.clear()
    refresh = asyncio.create_task((await bank.worker()).header())
    await bank.server.asked.wait()

    refresh.cancel()
    await asyncio.sleep(0)
    bank.server.answers.set()
    with pytest.raises(asyncio.CancelledError):
        await refresh

    assert await (await bank.worker()).header() == "Bearer access-2"
    assert bank.refreshed_with == ["refresh-1"]


async def test_what_somebody_stored_meanwhile_is_not_overwritten(bank: Bank):
    store, rival = await bank.store(), await bank.store()
    theirs = Tokens("theirs", PAST, "their refresh")

    async def overtaken(_: Tokens | None) -> Tokens:
        await bank.execute("update credential set lease_until = hub_now() - interval '1 second'")

        async def quick(_: Tokens | None) -> Tokens:
            return theirs

        await rival.renewed(None, quick)
        return Tokens("late", PAST, "late refresh")

    assert await store.renewed(None, overtaken) == theirs
    assert await store.read() == theirs


async def test_tokens_are_sealed(bank: Bank):
    await bank.sign_in()
    sealed = await bank.value("select sealed from credential")
    assert isinstance(sealed, bytes)
    assert b"access-1" not in sealed
    assert b"refresh-1" not in sealed


async def test_tokens_that_do_not_open_count_as_none(bank: Bank):
    await ClientCredentials("hub", "s3cret", bank.server, await bank.store()).header()
    await bank.execute("update credential set sealed = sealed || 'x'::bytea where field = 'tokens'")

    again = ClientCredentials("hub", "s3cret", bank.server, await bank.store())

    assert await again.header() == "Bearer access-2"
    assert await (await bank.store()).read() is not None


async def test_while_keys_are_replaced_a_refresh_under_way_is_stored(bank: Bank):
    await bank.sign_in()
    await bank.spend()
    bank.server.answers.clear()
    bank.server.asked.clear()
    refresh = asyncio.create_task((await bank.worker()).header())
    await bank.server.asked.wait()
    await rotate(bank.settings, data_keys=True)
    bank.server.answers.set()

    assert await refresh == "Bearer access-2"
    assert bank.refreshed_with == ["refresh-1"]


# --- a Postgres that goes away between the answer and the storing ---------------------------------------------------


class Leaking(WritePool):
    """A pool whose next transactions, once told, do not come about."""

    gone = 0

    @asynccontextmanager
    async def transaction(self, account, *, timeout=10.0):
        if self.gone:
            self.gone -= 1
            raise Unreachable("Postgres does not answer.")
        async with super().transaction(account, timeout=timeout) as connection:
            yield connection


async def at_once(_: float) -> None: ...


async def leaking(bank: Bank, gone: int) -> AuthorizationCode:
    """A worker whose Postgres goes away for so many tries as soon as the token server has answered."""
    pool = await Leaking.open(bank.settings.url_of("app"), 5)
    bank.pools.append(pool)
    store = StoredTokens(pool, Vault.of(bank.settings), bank.place, lease_seconds=60, sleep=at_once)

    async def fetch(form):
        answer = await bank.server(form)
        pool.gone = gone
        return answer

    return AuthorizationCode("hub", "s3cret", fetch, store)


async def test_storing_a_rotated_pair_is_tried_until_postgres_is_back(bank: Bank):
    await bank.sign_in()
    await bank.spend()
    assert await (await leaking(bank, gone=5)).header() == "Bearer access-2"
    assert await (await bank.worker()).header() == "Bearer access-2"
    assert bank.refreshed_with == ["refresh-1"]


async def test_a_rotated_pair_that_cannot_be_stored_stops_the_connection_and_says_so(bank: Bank):
    await bank.sign_in()
    await bank.spend()
    worker = await leaking(bank, gone=6)

    async def handler(work: Work) -> None:
        await (await work.connector(bank.place.connection_id)).fetch("vendors", {}, None)

    class Books:
        kind = "books"

        async def fetch(self, *_):
            await worker.header()

        async def close(self): ...

    account = bank.place.account_id
    async with bank.pool.transaction(account) as connection:
        job = await enqueue(connection, account, "test", args={})
    crew = Crew(
        bank.settings,
        "here:1:x",
        bank.pool,
        bank.pool,
        {"test": handler},
        {},
        opener=lambda *_, **__: Books(),
    )
    runner = Runner(crew, SilentBell())
    async with bank.pool.transaction(account) as connection:
        lane = await connection.fetchval("select lane from job where id = $1", job)
    assert await runner.start(account, job, lane)
    await runner.drain(30)

    async with bank.pool.transaction(account) as connection:
        state = await connection.fetchval(
            "select state from connection where id = $1", bank.place.connection_id
        )
        cause = await connection.fetchval("select cause from event where action = 'REQUIRE_CREDENTIALS'")
    assert state == "AUTH_REQUIRED"
    assert cause == "A person has to sign in again: new tokens were made and could not be kept."
    assert bank.refreshed_with == ["refresh-1"]


async def test_a_worker_with_older_credentials_stores_no_tokens_after_new_ones_were_entered(bank: Bank):
    late = ClientCredentials("hub", "s3cret", bank.server, await bank.enter("s3cret"))
    current = await bank.enter("another")

    with pytest.raises(ErpUnavailable) as turned:
        await late.header()

    assert (turned.value.reached, turned.value.retry_after) == (False, 1.0)
    assert bank.server.requests == []
    assert await current.read() is None


async def test_what_older_credentials_yield_meanwhile_is_not_kept(bank: Bank):
    older = await bank.enter("s3cret")

    async def obtain(_: Tokens | None) -> Tokens:
        await bank.enter("another")
        return Tokens("of-the-old-ones", PAST)

    with pytest.raises(ErpUnavailable):
        await older.renewed(None, obtain)
    assert await bank.value("select count(*) from credential") == 0


async def test_a_worker_with_older_credentials_does_not_see_the_tokens_of_new_ones(bank: Bank):
    late = await bank.enter("s3cret")
    worker = ClientCredentials("hub", "another", bank.server, await bank.enter("another"))
    assert await worker.header() == "Bearer access-1"

    with pytest.raises(ErpUnavailable):
        await late.read()


async def test_new_credentials_wait_for_a_worker_that_stores_and_end_its_sign_in(bank: Bank):
    older = await bank.enter("s3cret")
    async with bank.pool.transaction(bank.place.account_id) as connection:
        await older._still_current(connection, lock=True)
        entering = asyncio.create_task(bank.enter("another"))
        done, _ = await asyncio.wait({entering}, timeout=0.2)
        assert not done
    assert await (await entering).read() is None


async def test_tokens_that_are_stored_while_another_worker_looks_are_not_taken_for_none(bank: Bank):
    first, second = await bank.store(), await bank.store()
    find = second._vault.find

    async def meanwhile(connection: asyncpg.Connection, place: Place) -> object:
        found = await find(connection, place)
        second._vault.find = find  # type: ignore[method-assign]  # the second look is an ordinary one
        assert await ClientCredentials("hub", "s3cret", bank.server, first).header() == "Bearer access-1"
        return found

    async def obtain(_: Tokens | None) -> Tokens:
        raise AssertionError("the tokens of the first worker are there")

    second._vault.find = meanwhile  # type: ignore[method-assign]  # another worker stores at this very moment

    assert (await second.renewed(None, obtain)).access == "access-1"
