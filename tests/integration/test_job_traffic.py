"""What traffic control means for jobs: they wait and do not fail, and people see why."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from db.jobs import Lane
from db.session import WritePool
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.bell import SilentBell, hub_name
from hub.erp.reach import Reach
from hub.http import Basic, Client, Limits, TrafficControl
from hub.settings import Settings
from hub.sync.enqueue import enqueue
from hub.sync.work import Work
from jobs.run import Crew
from jobs.runner import Runner

PATIENT_FOR_NOTHING = Limits(tries=1, backoff=0.0, patience=0.0)
NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@dataclass
class Books:
    """A connector of one call, and the ERP behind it."""

    answers: list[int] = field(default_factory=list)
    calls: int = 0
    lanes: list[Any] = field(default_factory=list)
    client: Client | None = None

    def open(self, kind, base_url, credentials, settings, allowed_hosts=(), *, traffic=None, tokens=None):
        transport = httpx.MockTransport(self.answer)
        reach = Reach(base_url, credentials, settings, allowed_hosts, traffic, tokens, transport)
        self.client = reach.client(limits=PATIENT_FOR_NOTHING, authorizer=Basic("user", "pass-canary"))
        return self

    def answer(self, _: httpx.Request) -> httpx.Response:
        self.calls += 1
        return httpx.Response(self.answers.pop(0) if self.answers else 200, json={})

    async def fetch(self, *_: Any) -> None:
        await self.client.get("/x")

    async def close(self) -> None:
        await self.client.close()


@dataclass
class Bench:
    settings: Settings
    pool: WritePool
    account: UUID
    erp: UUID
    control: TrafficControl
    books: Books = field(default_factory=Books)

    async def run(self, calls: int = 1, kind: str = "test", lane: Lane = Lane.INTERACTIVE) -> dict[str, Any]:
        """One new job that calls the ERP so often, and what is left of it."""

        async def handler(work: Work) -> None:
            for _ in range(calls):
                await (await work.connector(self.erp)).fetch("x", {}, None)

        async with self.pool.transaction(self.account) as connection:
            job = await enqueue(connection, self.account, kind, args={}, lane=lane)
        crew = Crew(self.settings, "here:1:x", self.pool, self.pool, {kind: handler}, {},
                    opener=self.books.open, control=self.control)  # fmt: skip
        runner = Runner(crew, SilentBell())
        assert await runner.start(self.account, job, Lane.INTERACTIVE)
        await runner.drain(20)
        [row] = await self.rows(
            "select state, tries, error_code, error_message,"
            " extract(epoch from due_at - hub_now())::float8 as due_in from job where id = $1", job,
        )  # fmt: skip
        return row

    async def rows(self, query: str, *args: object) -> list[dict[str, Any]]:
        async with self.pool.transaction(self.account) as connection:
            return [dict(row) for row in await connection.fetch(query, *args)]

    async def choose(self, settings: str) -> None:
        async with self.pool.transaction(self.account) as connection:
            await connection.execute("update connection set settings = $1::jsonb", settings)

    async def windows(self) -> list[tuple[int, int, int, int]]:
        rows = await self.rows("select seconds, count, used, remaining from traffic_window order by seconds")
        return [tuple(row.values()) for row in rows]

    async def breaker(self) -> list[tuple[str, str | None]]:
        return [tuple(row.values()) for row in await self.rows("select breaker, last_failure from traffic")]


@pytest_asyncio.fixture
async def bench(
    hub_settings: Settings, app_pool: WritePool, account: UUID, erp: UUID
) -> AsyncIterator[Bench]:
    control = TrafficControl(hub_settings.redis_url, hub_name(hub_settings))
    yield Bench(hub_settings, app_pool, account, erp, control)
    await control.close()


async def test_a_job_leaves_behind_how_the_traffic_stands(bench: Bench):
    row = await bench.run(calls=3)

    assert row["state"] == "DONE"
    assert await bench.windows() == [(300, 1000, 3, 997)]
    assert await bench.breaker() == [("CLOSED", None)]


async def test_a_job_without_room_waits_for_it_and_spends_no_try(bench: Bench):
    await bench.choose('{"rate_limits": [{"count": 2, "window_s": 600}]}')
    row = await bench.run(calls=3)

    assert (row["state"], row["tries"], row["error_code"]) == ("QUEUED", 0, "ERP_UNAVAILABLE")
    assert 590 < row["due_in"] <= 600.5
    assert bench.books.calls == 2
    assert await bench.windows() == [(600, 2, 2, 0)]


async def test_refused_sign_ins_open_the_circuit_before_the_account_is_locked(bench: Bench):
    bench.books.answers = [401] * 9
    for _ in range(7):
        await bench.choose("{}")
        await bench.rows("update connection set state = 'ACTIVE' returning id")
        row = await bench.run()

    assert bench.books.calls == 5
    assert (row["state"], row["tries"]) == ("QUEUED", 0)
    assert 0 < row["due_in"] <= 30
    assert await bench.breaker() == [("OPEN", "The credentials are not accepted (401).")]


async def test_new_credentials_are_tried_at_once(bench: Bench, hub_settings: Settings, app_pool: WritePool):
    bench.books.answers = [401] * 5
    for _ in range(6):
        await bench.rows("update connection set state = 'ACTIVE' returning id")
        await bench.run()
    async with app_pool.transaction(bench.account) as connection:
        place = Place(bench.account, bench.erp)
        await Vault.of(hub_settings).put(connection, place, {"password": "hunter3"})
    await bench.rows("update connection set state = 'ACTIVE' returning id")
    row = await bench.run()

    assert (row["state"], bench.books.calls) == ("DONE", 6)
    assert [state for state, _ in await bench.breaker()] == ["CLOSED"]


async def test_failures_open_it_while_the_job_still_runs(bench: Bench):
    await bench.choose('{"breaker": {"calls": 2}}')
    bench.books.answers = [500, 500, 500]
    first, second, third = [await bench.run() for _ in range(3)]

    assert bench.books.calls == 2
    assert [row["tries"] for row in (first, second, third)] == [1, 1, 0]
    assert await bench.breaker() == [("OPEN", "The other system answers 500.")]


async def test_an_import_reads_in_bulk_whatever_lane_its_job_stands_in(bench: Bench):
    await bench.choose('{"rate_limits": [{"count": 10, "window_s": 600}], "traffic": {"pace_from": 1}}')
    held = await bench.run(calls=8, kind="import")
    done = await bench.run(calls=3, kind="export")

    assert (held["state"], held["tries"], done["state"]) == ("QUEUED", 0, "DONE")
    assert bench.books.calls == 7 + 3


async def test_a_job_of_the_bulk_lane_leaves_room_as_well(bench: Bench):
    await bench.choose('{"rate_limits": [{"count": 10, "window_s": 600}], "traffic": {"pace_from": 1}}')
    row = await bench.run(calls=8, lane=Lane.BULK)

    assert (row["state"], bench.books.calls) == ("QUEUED", 7)


async def test_without_redis_a_job_goes_on_with_its_share_of_the_limit(bench: Bench):
    await bench.choose('{"rate_limits": [{"count": 8, "window_s": 600}]}')
    bench.control = TrafficControl(NOBODY_LISTENS, "nobody")
    done, held = await bench.run(calls=2), await bench.run(calls=1)
    await bench.control.close()

    assert (done["state"], held["state"], held["tries"]) == ("DONE", "QUEUED", 0)
    assert bench.books.calls == 2
    assert await bench.windows() == [(600, 2, 2, 0)]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('{"rate_limits": [{"count": 0, "window_s": 10}]}', "Each limit has a count and a window_s"),
        ('{"rate_limits": 5}', "A list of count and window_s"),
        ('{"traffic": {"reserve": 2}}', "A share is a number from zero to one"),
        ('{"breaker": {"often": 2}}', "Known here are calls, probe_every, ratio, refusals, span"),
    ],
)
async def test_a_setting_that_means_nothing_is_named(bench: Bench, settings: str, said: str):
    await bench.choose(settings)
    row = await bench.run()

    assert (row["state"], row["error_code"]) == ("FAILED", "INVALID_VALUE")
    assert said in row["error_message"]
    assert bench.books.calls == 0


async def test_no_secret_is_in_what_people_see_or_in_redis(bench: Bench):
    bench.books.answers = [500, 401]
    for _ in range(2):
        await bench.run()
    seen = str(await bench.rows("select * from traffic")) + str(await bench.rows("select * from job"))
    dump = [await bench.control._redis.dump(key) async for key in bench.control._redis.scan_iter("*")]

    assert "pass-canary" not in seen + str(dump)
    assert "dXNlcjpwYXNzLWNhbmFyeQ" not in seen + str(dump)
    assert dump
