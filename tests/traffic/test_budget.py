"""The rate budget that workers share: exact windows, lanes, and what the server says about it."""

import asyncio

import pytest

from hub.http import BreakerRules, BudgetRules, Heard, Lane, Rules, Verdict, Window

KEY = "account:connection"
DATE = "Mon, 02 Mar 2026 09:00:00 GMT"
AT = 1772442000


def rules(*windows, **budget):
    pairs = tuple(Window(count, seconds) for count, seconds in windows)
    return Rules(BudgetRules(pairs, **{"slack": 0.0, "pace_from": 1.0, **budget}), BreakerRules())


def answer(verdict=Verdict.FINE, retry_after=None, took=0.0, **headers):
    named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
    return Heard(verdict, named, retry_after, took)


def left(limit, remaining, reset, **more):
    return answer(
        x_rate_limit_limit=limit, x_rate_limit_remaining=remaining, x_rate_limit_reset=AT + reset,
        date=DATE, **more,
    )  # fmt: skip


async def admitted(traffic, most=1000):
    """How many calls leave at once."""
    for number in range(most):
        if await traffic.admit() > 0:
            return number
    return most


async def test_workers_share_one_window_to_the_last_call(worker, clock):
    lanes = [worker().traffic(KEY, rules((10, 60)), Lane.INTERACTIVE) for _ in range(3)]

    waits = await asyncio.gather(*(lane.admit() for lane in lanes for _ in range(7)))

    assert sorted(waits)[:10] == [0.0] * 10
    assert sorted(waits)[10:] == [60.0] * 11


async def test_no_span_as_long_as_a_window_ever_holds_more_calls_than_it_allows(worker, clock):
    lanes = [worker().traffic(KEY, rules((5, 10), (12, 60)), Lane.INTERACTIVE) for _ in range(3)]
    moments = []

    async def flat_out(lane):
        while clock.seconds < 600:
            wait = await lane.admit()
            if wait == 0:
                moments.append(clock.seconds)
            await clock.sleep(wait or 0.3)

    await clock.run(*(flat_out(lane) for lane in lanes))

    for count, seconds in ((5, 10), (12, 60)):
        spans = [later - sooner for sooner, later in zip(moments, moments[count:], strict=False)]
        assert min(spans) >= seconds - 1e-3
    assert 115 <= len(moments) <= 132


async def test_slack_lengthens_every_window(worker, clock):
    lane = worker().traffic(KEY, rules((1, 10), slack=0.5), Lane.INTERACTIVE)
    await lane.admit()
    clock.seconds = 10.2

    assert await lane.admit() == pytest.approx(0.3, abs=0.002)


async def test_bulk_calls_leave_their_reserve_to_interactive_ones(worker, clock):
    control = worker()
    bulk = control.traffic(KEY, rules((20, 60)), Lane.BULK)
    interactive = worker().traffic(KEY, rules((20, 60)), Lane.INTERACTIVE)

    assert await admitted(bulk) == 14
    assert await admitted(interactive) == 6


async def test_the_reserve_is_a_setting(worker, clock):
    assert await admitted(worker().traffic(KEY, rules((20, 60), reserve=0.5), Lane.BULK)) == 10


async def test_an_interactive_call_that_waits_goes_before_every_bulk_call(worker, clock):
    bulk = worker().traffic(KEY, rules((10, 60)), Lane.BULK)
    interactive = worker().traffic(KEY, rules((10, 60)), Lane.INTERACTIVE)
    assert (await admitted(bulk), await admitted(interactive)) == (7, 3)
    await interactive.admit()
    clock.seconds = 60.0

    assert await bulk.admit() > 0
    assert await interactive.admit() == 0
    assert await bulk.admit() == 0


async def test_bulk_calls_keep_an_even_distance_long_before_the_limit(worker, clock):
    bulk = worker().traffic(KEY, rules((100, 700), reserve=0.3, pace_from=0.5), Lane.BULK)

    assert await admitted(bulk) == 35
    assert await bulk.admit() == pytest.approx(10.0)


async def test_nobody_calls_while_the_server_says_that_none_remain(worker, clock):
    lanes = [worker().traffic(KEY, rules((100, 60)), lane) for lane in (Lane.BULK, Lane.INTERACTIVE)]
    await lanes[0].heard(left(100, 0, 42))

    assert [await lane.admit() for lane in lanes] == [42.0, 42.0]
    clock.seconds = 42.0
    assert await lanes[1].admit() == 0


async def test_retry_after_closes_the_credential_for_everybody(worker, clock):
    one, other = (worker().traffic(KEY, rules((100, 60)), Lane.INTERACTIVE) for _ in range(2))
    await one.heard(answer(Verdict.LIMITED, retry_after=30.0))

    assert await other.admit() == 30.0


async def test_the_server_is_believed_where_it_counts_more_calls_than_we_made(worker, clock):
    lane = worker().traffic(KEY, rules((25, 10), (600, 3600)), Lane.INTERACTIVE)
    await lane.admit()
    await lane.heard(left(25, 4, 9))

    assert await admitted(lane) == 4
    clock.seconds = 10.0
    assert await admitted(lane) == 25


async def test_a_server_that_counts_fewer_calls_changes_nothing(worker, clock):
    lane = worker().traffic(KEY, rules((25, 10)), Lane.INTERACTIVE)
    await admitted(lane, 20)
    await lane.heard(left(25, 24, 9))

    assert await admitted(lane) == 5


async def test_calls_that_have_left_the_window_meanwhile_are_not_taken_for_other_peoples(worker, clock):
    lane = worker().traffic(KEY, rules((25, 10)), Lane.INTERACTIVE)
    await admitted(lane, 20)
    clock.seconds = 12.0

    await lane.heard(left(25, 5, 9, took=11.5))

    assert await admitted(lane) == 25


async def test_an_unknown_limit_tells_of_the_window_that_its_reset_fits_into(worker, clock):
    lane = worker().traffic(KEY, rules((25, 10), (3600, 3600)), Lane.INTERACTIVE)
    await lane.heard(left(600, 7, 1800))

    assert await admitted(lane) == 7


async def test_a_limit_without_a_time_closes_for_five_ten_and_twenty_seconds(worker, clock):
    one, other = (worker().traffic(KEY, rules((1000, 300)), Lane.INTERACTIVE) for _ in range(2))
    waits = []
    for _ in range(3):
        await one.heard(answer(Verdict.LIMITED))
        await other.heard(answer(Verdict.LIMITED))  # of a call that had left before: it is the same closure
        waits.append(await other.admit())
        clock.seconds += waits[-1]
    await one.heard(answer())
    await one.heard(answer(Verdict.LIMITED))

    assert waits == [5.0, 10.0, 20.0]
    assert await one.admit() == 5.0


async def test_credentials_do_not_share_what_is_not_theirs(worker, clock):
    control = worker()
    ours, theirs = (control.traffic(key, rules((3, 60)), Lane.INTERACTIVE) for key in ("a:1", "b:1"))

    assert (await admitted(ours), await admitted(theirs)) == (3, 3)


async def test_retries_are_a_tenth_of_the_calls(worker, clock):
    lane = worker().traffic(KEY, rules(retry_burst=2.0), Lane.INTERACTIVE)
    at_first = [await lane.may_retry() for _ in range(3)]
    await admitted(lane, 10)

    assert at_first == [True, True, False]
    assert [await lane.may_retry() for _ in range(2)] == [True, False]


async def test_a_window_shows_what_is_used_and_when_room_comes(worker, clock):
    control = worker()
    lane = control.traffic(KEY, rules((10, 60), (100, 3600)), Lane.INTERACTIVE)
    await admitted(lane, 3)
    clock.seconds = 20.0
    await lane.admit()

    first, second = (await lane.view()).windows
    assert (first.window.count, first.used, first.remaining, first.resets_at) == (10, 4, 6, AT + 60)
    assert (second.window.count, second.used, second.remaining, second.resets_at) == (100, 4, 96, AT + 3600)


async def test_without_a_virtual_clock_the_time_is_that_of_redis(worker):
    lane = worker().traffic(KEY, rules((1, 1000)), Lane.INTERACTIVE)

    assert await lane.admit() == 0
    assert 990 < await lane.admit() <= 1000


async def test_no_key_in_redis_holds_more_than_names(worker, valkey, clock):
    from redis.asyncio import Redis

    control = worker()
    lane = control.traffic(KEY, rules((10, 60)), Lane.BULK)
    await lane.admit()
    await lane.heard(answer(Verdict.FAILED))
    async with Redis.from_url(valkey) as redis:
        keys = {key.decode() async for key in redis.scan_iter(f"{control._name}:*")}

    assert keys == {
        f"{control._name}:traffic:{{{KEY}}}:{name}" for name in ("calls", "bulk", "state", "circuit")
    }
