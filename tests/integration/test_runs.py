"""What is written of a run: how each outcome leaves the job, its connection and whoever waits for it."""

import asyncio
import json
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from pydantic import SecretStr

from db.clock import new_id
from db.jobs import Lane
from db.session import Connection, WritePool
from hub.bell import SilentBell
from hub.codes import ErrorCode
from hub.errors import ErpRefused, ErpUnauthorized, ErpUnavailable, Refused
from hub.logs import kinds, places
from hub.settings import Settings
from hub.sync.enqueue import enqueue
from hub.sync.work import Handler, JobRow, RetryLater, Work
from jobs.run import Crew
from jobs.runner import Runner


class Shop:
    """One account, and a worker of one kind of job."""

    def __init__(self, settings: Settings, pool: WritePool, account: UUID) -> None:
        self.settings, self.pool, self.account = settings, pool, account
        self.told: list[tuple[UUID, str, str, str | None]] = []
        self.opened: list[dict[str, str]] = []
        self.refuses_credentials = False

    def runner(self, handler: Handler, **changes: object) -> Runner:
        settings = self.settings.model_copy(update=changes)
        kinds_of = {"test": handler}, {"test": self.tell}
        crew = Crew(settings, "here:1:x", self.pool, self.pool, *kinds_of, opener=self.open)
        return Runner(crew, SilentBell())

    async def tell(
        self, connection: Connection, job: JobRow, code: str, message: str, erp_message: str | None
    ) -> None:
        await connection.execute("update account set name = 'told' where account_id = $1", job.account_id)
        self.told.append((job.id, code, message, erp_message))

    def open(self, kind, base_url, credentials, settings, allowed_hosts=(), **_):
        self.opened.append(credentials)
        return Books(self)

    async def ask(self, kind: str = "test", **args: object) -> UUID:
        async with self.pool.transaction(self.account) as connection:
            return await enqueue(connection, self.account, kind, args=args)

    async def run(self, handler: Handler, **changes: object) -> asyncpg.Record:
        """Run one new job with the handler, and read what is left of it."""
        job = await self.ask()
        return await self.run_again(job, handler, **changes)

    async def run_again(self, job: UUID, handler: Handler, **changes: object) -> asyncpg.Record:
        await self.change("update job set due_at = hub_now() where id = $1", job)
        runner = self.runner(handler, **changes)
        assert await runner.start(self.account, job, Lane.INTERACTIVE)
        await runner.drain(20)
        return await self.one("select * from job where id = $1", job)

    async def one(self, query: str, *args: object) -> asyncpg.Record:
        async with self.pool.transaction(self.account) as connection:
            return await connection.fetchrow(query, *args)

    async def change(self, statement: str, *args: object) -> None:
        async with self.pool.transaction(self.account) as connection:
            await connection.execute(statement, *args)


class Books:
    """An ERP whose credentials may be refused."""

    kind = "mri"

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def fetch(self, resource, scope, cursor):
        if self._shop.refuses_credentials:
            raise ErpUnauthorized("The key has expired.")

    async def close(self) -> None:
        self._shop.opened.append({"closed": "yes"})


@pytest_asyncio.fixture
async def shop(hub_settings: Settings, app_pool: WritePool, account: UUID) -> Shop:
    return Shop(hub_settings, app_pool, account)


def raising(error: Exception) -> Handler:
    async def handler(_: Work) -> None:
        raise error

    return handler


async def nothing(_: Work) -> None:
    pass


async def test_a_handler_that_comes_through_leaves_the_job_done(shop: Shop) -> None:
    row = await shop.run(nothing)
    assert (row["state"], row["lease_owner"], row["error_code"]) == ("DONE", None, None)
    assert row["finished_at"] is not None


async def test_a_handler_may_end_its_job_itself(shop: Shop) -> None:
    async def handler(work: Work) -> None:
        async with work.final() as connection:
            await connection.execute(
                "update account set name = $2 where account_id = $1", work.job.account_id, str(work.job.args)
            )

    assert (await shop.run(handler))["state"] == "DONE"
    assert (await shop.one("select name from account"))["name"] == "{}"


@pytest.mark.parametrize(
    ("error", "code", "erp_message"),
    [
        (Refused(ErrorCode.REFERENCE_TAKEN, "taken", erp_message="PO 7"), "REFERENCE_TAKEN", "PO 7"),
        (ErpRefused("Vendor is on hold"), "ERP_REFUSED", "Vendor is on hold"),
    ],
)
async def test_a_refusal_ends_the_job_and_tells_its_kind_in_one_transaction(
    shop: Shop, error: Exception, code: str, erp_message: str
) -> None:
    row = await shop.run(raising(error))
    assert (row["state"], row["error_code"], row["tries"]) == ("FAILED", code, 1)
    assert [(job, said, words) for job, said, _, words in shop.told] == [(row["id"], code, erp_message)]
    assert (await shop.one("select name from account"))["name"] == "told"


async def test_an_erp_that_is_away_is_tried_again_later(shop: Shop) -> None:
    row = await shop.run(raising(ErpUnavailable("down", retry_after=90)))
    assert (row["state"], row["error_code"], row["tries"]) == ("QUEUED", "ERP_UNAVAILABLE", 1)
    assert 80 < (await shop.one("select extract(epoch from due_at - hub_now()) as s from job"))["s"] <= 90
    assert shop.told == []


async def test_waiting_is_no_failed_try(shop: Shop) -> None:
    row = await shop.run(raising(RetryLater(30, "in doubt")))
    assert (row["state"], row["error_code"], row["error_message"], row["tries"]) == (
        "QUEUED", None, "in doubt", 0,
    )  # fmt: skip


async def test_a_bug_is_tried_five_times_and_then_ends_masked_and_logged(shop: Shop) -> None:
    job = await shop.ask()
    states = [(await shop.run_again(job, raising(KeyError("hunter2"))))["state"] for _ in range(5)]
    assert states == ["QUEUED"] * 4 + ["FAILED"]
    row = await shop.one("select * from job where id = $1", job)
    assert (row["error_code"], row["tries"]) == ("INTERNAL", 5)
    assert str(job) in row["error_message"]
    assert "hunter2" not in row["error_message"]
    assert [code for _, code, _, _ in shop.told] == ["INTERNAL"]


async def test_an_unknown_kind_ends_with_a_code_that_says_so(shop: Shop) -> None:
    job = await shop.ask("dance")
    for _ in range(8):
        row = await shop.run_again(job, nothing)
    assert (row["state"], row["error_code"]) == ("FAILED", "UNKNOWN_JOB_KIND")
    assert "dance" in row["error_message"]


async def test_a_job_that_killed_its_workers_is_parked(shop: Shop) -> None:
    job = await shop.ask()
    await shop.change(
        "update job set state = 'RUNNING', lease_until = hub_now(), deaths = 2 where id = $1", job
    )
    row = await shop.run_again(job, raising(AssertionError("it must not be run again")))
    assert (row["state"], row["error_code"], row["deaths"]) == ("PARKED", "JOB_PARKED", 3)
    assert [code for _, code, _, _ in shop.told] == ["JOB_PARKED"]


async def test_where_nobody_can_be_told_the_job_is_not_over(shop: Shop) -> None:
    async def deaf(*_: object) -> None:
        raise RuntimeError

    shop.tell = deaf
    row = await shop.run(raising(Refused(ErrorCode.WRONG_STATE, "no")))
    assert (row["state"], row["error_code"]) == ("QUEUED", "INTERNAL")


async def test_credentials_are_opened_for_the_connector_which_is_closed_at_the_end(
    shop: Shop, erp: UUID
) -> None:
    async def handler(work: Work) -> None:
        assert await work.connector(erp) is await work.connector(erp)

    assert (await shop.run(handler))["state"] == "DONE"
    assert shop.opened == [{"password": "hunter2"}, {"closed": "yes"}]


async def test_refused_credentials_stop_the_connection_once_and_the_job_waits(shop: Shop, erp: UUID) -> None:
    shop.refuses_credentials = True

    async def handler(work: Work) -> None:
        await (await work.connector(erp)).fetch("vendors", {}, None)

    row = await shop.run(handler)
    assert (row["state"], row["error_code"], row["tries"]) == ("QUEUED", "ERP_AUTH_FAILED", 0)
    connection = await shop.one("select state, version from connection where id = $1", erp)
    assert tuple(connection) == ("AUTH_REQUIRED", 2)
    event = await shop.one("select action, cause, after from event where object_id = $1", erp)
    assert (event["action"], event["cause"]) == ("REQUIRE_CREDENTIALS", "The key has expired.")
    assert json.loads(event["after"]) == {"state": "AUTH_REQUIRED", "version": 2}

    shop.opened.clear()
    assert (await shop.run(handler))["state"] == "QUEUED"
    assert shop.opened == [], "nobody knocks again until a person has mended it"

    shop.refuses_credentials = False
    await shop.change("update connection set state = 'ACTIVE' where id = $1", erp)
    assert (await shop.run_again(row["id"], handler))["state"] == "DONE"


async def test_a_connection_without_credentials_waits_for_them(shop: Shop, erp: UUID) -> None:
    await shop.change("delete from credential where connection_id = $1", erp)

    async def handler(work: Work) -> None:
        await work.connector(erp)

    assert (await shop.run(handler))["error_code"] == "ERP_AUTH_FAILED"
    assert (await shop.one("select state from connection where id = $1", erp))["state"] == "AUTH_REQUIRED"


async def test_credentials_that_do_not_open_are_to_be_entered_again(shop: Shop, erp: UUID) -> None:
    await shop.change("update credential set sealed = sealed || 'x'::bytea where connection_id = $1", erp)

    async def handler(work: Work) -> None:
        await work.connector(erp)

    assert (await shop.run(handler))["error_code"] == "ERP_AUTH_FAILED"
    event = await shop.one("select action, cause from event where object_id = $1", erp)
    assert tuple(event) == (
        "REQUIRE_CREDENTIALS",
        "The stored credentials cannot be opened: enter them again.",
    )
    assert shop.opened == []


async def test_while_the_settings_lack_a_key_jobs_wait_and_nothing_is_marked(shop: Shop, erp: UUID) -> None:
    async def handler(work: Work) -> None:
        await work.connector(erp)

    row = await shop.run(handler, secret=SecretStr("another secret of ours"))

    assert (row["state"], row["tries"]) == ("QUEUED", 0)
    assert (await shop.one("select state from connection where id = $1", erp))["state"] == "ACTIVE"
    assert (await shop.run_again(row["id"], handler))["state"] == "DONE"


async def test_a_worker_that_ends_gives_its_job_back_uncounted(shop: Shop) -> None:
    begun = asyncio.Event()

    async def handler(_: Work) -> None:
        begun.set()
        await asyncio.Event().wait()

    job = await shop.ask()
    runner = shop.runner(handler)
    await runner.start(shop.account, job, Lane.INTERACTIVE)
    await begun.wait()
    await runner.drain(0)
    row = await shop.one("select *, due_at <= hub_now() as due from job where id = $1", job)
    assert (row["state"], row["due"], row["tries"], row["deaths"]) == ("QUEUED", True, 0, 0)


async def test_a_lease_is_renewed_for_as_long_as_the_handler_runs(shop: Shop) -> None:
    async def handler(work: Work) -> None:
        first = await lease_of(work)
        async with asyncio.timeout(10):
            while await lease_of(work) < first + 0.5:  # noqa: ASYNC110 - the database tells no event
                await asyncio.sleep(0.02)

    async def lease_of(work: Work) -> float:
        async with work.transaction() as connection:
            return float(
                await connection.fetchval(
                    "select extract(epoch from lease_until) from job where id = $1", work.job.id
                )
            )

    row = await shop.run(handler, lease_seconds=0.6, renew_seconds=0.1)
    assert (row["state"], row["fence"]) == ("DONE", 1)


async def test_a_run_that_was_overtaken_is_stopped_and_writes_nothing(shop: Shop) -> None:
    stopped = asyncio.Event()

    async def handler(work: Work) -> None:
        await shop.change("update job set fence = 7, lease_owner = 'other' where id = $1", work.job.id)
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    row = await shop.run(handler, lease_seconds=2.0, renew_seconds=0.1)
    assert stopped.is_set()
    assert (row["state"], row["fence"], row["lease_owner"]) == ("RUNNING", 7, "other")


async def test_a_handler_cancelled_from_within_has_failed(shop: Shop) -> None:
    async def handler(_: Work) -> None:
        raise asyncio.CancelledError

    row = await shop.run(handler)
    assert (row["state"], row["error_code"], row["tries"]) == ("QUEUED", "INTERNAL", 1)


async def test_bulk_work_leaves_room_for_people(shop: Shop) -> None:
    release, begun = asyncio.Event(), asyncio.Semaphore(0)

    async def handler(_: Work) -> None:
        begun.release()
        await release.wait()

    runner = shop.runner(handler, worker_jobs=4, jobs_per_account=4)
    assert (runner.free(Lane.BULK), runner.free(Lane.INTERACTIVE)) == (3, 4)
    for _ in range(3):
        assert await runner.start(shop.account, await shop.ask(), Lane.BULK)
        await begun.acquire()
    assert (runner.free(Lane.BULK), runner.free(Lane.INTERACTIVE)) == (0, 1)
    assert await runner.start(shop.account, await shop.ask(), Lane.INTERACTIVE)
    release.set()
    await runner.drain(20)
    assert runner.free(Lane.INTERACTIVE) == 0, "it has been told to take no more"


class Recorder(SilentBell):
    """A bell that remembers for what it was rung."""

    def __init__(self) -> None:
        self.rung: list[UUID] = []

    async def ring(self, account_id, job_id, *, lane=Lane.INTERACTIVE, turn="") -> bool:
        self.rung.append(job_id)
        return True


async def test_the_end_of_a_job_rings_for_the_one_behind_it(shop: Shop) -> None:
    item = new_id()
    async with shop.pool.transaction(shop.account) as connection:
        first = await enqueue(connection, shop.account, "test", args={}, object_id=item)
    async with shop.pool.transaction(shop.account) as connection:
        second = await enqueue(connection, shop.account, "test", args={}, object_id=item)
    bell = Recorder()
    runner = Runner(shop.runner(nothing)._crew, bell)
    assert not await runner.start(shop.account, second, Lane.INTERACTIVE)
    assert await runner.start(shop.account, first, Lane.INTERACTIVE)
    await runner.drain(20)
    assert bell.rung == [second]


def test_the_log_names_places_and_never_contents() -> None:
    try:
        try:
            raise KeyError("hunter2")
        except KeyError as error:
            raise asyncpg.UniqueViolationError("Key (x)=(hunter2) exists") from error
    except asyncpg.UniqueViolationError as error:
        text = json.dumps([kinds(error), places(error)])
    assert "hunter2" not in text
    assert "23505" in text
    assert "KeyError" in text
    assert "test_runs.py" in text
