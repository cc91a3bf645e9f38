"""What is kept in Redis is garbage, from another time, or asked for in absurd numbers: calls go on, and nobody else is hurt."""

import pytest
from redis.asyncio import Redis

from hub.erp.rationing import rules
from hub.errors import Refused
from hub.http import BreakerRules, BudgetRules, Heard, Held, Lane, Rules, Verdict, Window

KEY, OTHER = "account:connection", "account:other"
RULES = Rules(BudgetRules((Window(20, 600),), slack=0.0, pace_from=1.0), BreakerRules())


async def admitted(traffic):
    number = 0
    while await traffic.admit() == 0:
        number += 1
    return number


async def keys(redis: Redis, control, ending: str) -> list[bytes]:
    return [key async for key in redis.scan_iter(f"{control._name}:traffic:*{ending}")]


@pytest.fixture
async def redis(valkey):
    client = Redis.from_url(valkey)
    yield client
    await client.aclose()


@pytest.mark.parametrize(
    "text", [b"{", b"[]", b"5", b"null", b"\xff", b'{"phase": "ajar"}', b'{"phase": "open", "slots": 5}']
)
async def test_a_circuit_that_cannot_be_read_is_a_closed_one(worker, redis, clock, text):
    control = worker()
    traffic = control.traffic(KEY, RULES, Lane.INTERACTIVE)
    for _ in range(5):
        await traffic.heard(Heard(Verdict.REFUSED_SIGN_IN, {}))
    [key] = await keys(redis, control, "circuit")
    await redis.set(key, text)

    assert await traffic.admit() == 0
    for _ in range(5):
        await traffic.heard(Heard(Verdict.REFUSED_SIGN_IN, {}))
    with pytest.raises(Held):
        await traffic.admit()


@pytest.mark.parametrize("ending", ["calls", "state", "circuit"])
async def test_a_key_of_another_kind_makes_one_credential_count_alone_and_no_other(
    worker, redis, clock, ending
):
    control = worker()
    spoilt = control.traffic(KEY, RULES, Lane.INTERACTIVE)
    fine = control.traffic(OTHER, RULES, Lane.INTERACTIVE)
    name = f"{control._name}:traffic:{{{KEY}}}:{ending}"
    await redis.lpush(name, "garbage")

    assert await admitted(spoilt) == 5
    assert await admitted(fine) == 20


@pytest.mark.parametrize("value", ["garbage", "", "inf", "nan", "1e300"])
async def test_fields_that_hold_no_moment_hold_no_call_back(worker, redis, clock, value):
    control = worker()
    traffic = control.traffic(KEY, RULES, Lane.BULK)
    await traffic.admit()
    [key] = await keys(redis, control, "state")
    await redis.hset(key, mapping={"shut": value, "wanted": value, "tokens": value, "limited": value})

    assert await traffic.admit() == 0
    assert await traffic.may_retry() in (True, False)


async def test_a_clock_that_is_put_back_holds_calls_for_no_longer_than_usual(worker, clock):
    clock.seconds = 90_000.0
    traffic = worker().traffic(KEY, RULES, Lane.INTERACTIVE)
    await traffic.heard(Heard(Verdict.LIMITED, {}, 3000.0))
    clock.seconds += 3001
    assert await admitted(traffic) == 20

    clock.seconds -= 86_400

    assert await admitted(traffic) == 20


async def test_a_clock_that_is_put_back_leaves_no_circuit_open(worker, clock):
    clock.seconds = 90_000.0
    traffic = worker().traffic(KEY, RULES, Lane.INTERACTIVE)
    for _ in range(5):
        await traffic.heard(Heard(Verdict.REFUSED_SIGN_IN, {}))

    clock.seconds -= 86_400

    assert await traffic.admit() == 0
    await traffic.heard(Heard(Verdict.FINE, {}))
    assert (await traffic.view()).circuit.phase == "closed"


async def test_no_answer_keeps_redis_busy_with_the_calls_of_others(worker, clock):
    big = Rules(BudgetRules((Window(100_000, 600),), slack=0.0, pace_from=1.0), BreakerRules())
    traffic = worker().traffic(KEY, big, Lane.INTERACTIVE)
    headers = {"x-rate-limit-limit": "100000", "x-rate-limit-remaining": "1", "x-rate-limit-reset": "1"}

    await traffic.heard(Heard(Verdict.FINE, headers))

    assert (await traffic.view()).windows[0].used == 5000


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"rate_limits": [{"count": 10**12, "window_s": 10}]}, "settings.rate_limits"),
        ({"rate_limits": [{"count": 10, "window_s": 10**12}]}, "settings.rate_limits"),
        ({"rate_limits": [{"count": 10**400, "window_s": 1}]}, "settings.rate_limits"),
        ({"rate_limits": [{"count": 0, "window_s": 1}]}, "settings.rate_limits"),
        ({"rate_limits": [{"count": -5, "window_s": 1}]}, "settings.rate_limits"),
        ({"rate_limits": [{"count": 5, "window_s": 1}] * 11}, "settings.rate_limits"),
        ({"traffic": {"limited_most": 10**12}}, "settings.traffic.limited_most"),
        ({"traffic": {"slack": 10**400}}, "settings.traffic.slack"),
        ({"traffic": {"retry_burst": float("nan")}}, "settings.traffic.retry_burst"),
        ({"breaker": {"refusals": 0}}, "settings.breaker.refusals"),
        ({"breaker": {"calls": 0}}, "settings.breaker.calls"),
        ({"breaker": {"ratio": 0}}, "settings.breaker.ratio"),
        ({"breaker": {"probe_every": float("inf")}}, "settings.breaker.probe_every"),
    ],
)
def test_limits_that_no_redis_could_keep_are_refused(settings: dict, field: str):
    with pytest.raises(Refused) as refused:
        rules((), settings)

    assert refused.value.field == field
