"""Redis goes away and comes back: calls go on with a share of the limit, and are counted when it is there again."""

from pathlib import Path

import pytest
import pytest_asyncio
import structlog

from hub.embedded.ports import free_port
from hub.embedded.supervisor import Supervisor
from hub.embedded.valkey import prepare_valkey
from hub.http import BreakerRules, BudgetRules, Heard, Held, Lane, Rules, TrafficControl, Verdict, Window

RULES = Rules(BudgetRules((Window(20, 600),), slack=0.0, pace_from=1.0), BreakerRules())
KEY = "account:connection"


async def admitted(traffic):
    number = 0
    while await traffic.admit() == 0:
        number += 1
    return number


@pytest_asyncio.fixture
async def redis(tmp_path: Path):
    """One that is started by the test."""
    async with Supervisor(tmp_path / "logs") as supervisor:
        server = await prepare_valkey(tmp_path / "valkey", free_port(), durable=False)
        yield server, supervisor


async def test_two_workers_alone_have_a_quarter_each(redis, clock):
    server, _ = redis
    controls = [TrafficControl(server.url, "t") for _ in range(2)]

    assert [await admitted(one.traffic(KEY, RULES, Lane.INTERACTIVE)) for one in controls] == [5, 5]
    for one in controls:
        await one.close()


async def test_all_jobs_of_a_worker_share_what_it_has_alone(redis, clock):
    control = TrafficControl(redis[0].url, "t")
    first, second = (control.traffic(KEY, RULES, Lane.INTERACTIVE) for _ in range(2))

    assert (await admitted(first), await admitted(second)) == (5, 0)
    await control.close()


async def test_the_circuit_opens_alone_as_well(redis, clock):
    control = TrafficControl(redis[0].url, "t")
    traffic = control.traffic(KEY, RULES, Lane.INTERACTIVE)
    for _ in range(5):
        await traffic.heard(Heard(Verdict.REFUSED_SIGN_IN, {}))

    with pytest.raises(Held):
        await traffic.admit()
    await control.close()


async def test_when_redis_is_there_again_it_is_told_of_the_calls_it_missed(redis, clock):
    server, supervisor = redis
    controls = [TrafficControl(server.url, "t") for _ in range(2)]
    lanes = [one.traffic(KEY, RULES, Lane.INTERACTIVE) for one in controls]
    alone = [await admitted(lane) for lane in lanes]
    await supervisor.start(server.child())
    clock.seconds = 6.0

    back = [await lanes[0].admit(), await lanes[1].admit()]
    rest = await admitted(lanes[0])

    assert (alone, back) == ([5, 5], [0.0, 0.0])
    assert rest == 20 - 10 - 2
    for one in controls:
        await one.close()


async def test_a_silent_redis_is_asked_once_in_a_while_and_told_of_once(redis, clock):
    control = TrafficControl(redis[0].url, "t")
    traffic = control.traffic(KEY, RULES, Lane.INTERACTIVE)
    with structlog.testing.capture_logs() as logs:
        for _ in range(4):
            await traffic.admit()
        clock.seconds = 5.5
        await traffic.admit()
    await control.close()

    assert [entry["log_level"] for entry in logs] == ["warning", "warning"]
