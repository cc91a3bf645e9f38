"""The circuit that workers share: when it opens, who may try, and what closes it."""

import asyncio

import pytest

from hub.errors import ErpUnavailable
from hub.http import BreakerRules, BudgetRules, Heard, Held, Lane, Rules, Verdict
from hub.http.circuit import Phase

KEY = "account:connection"
FINE, FAILED, REFUSED = Verdict.FINE, Verdict.FAILED, Verdict.REFUSED_SIGN_IN


def lane_of(control, changed=None, **breaker):
    return control.traffic(KEY, Rules(BudgetRules(), BreakerRules(**breaker)), Lane.INTERACTIVE, changed)


async def say(lane, *verdicts):
    for verdict in verdicts:
        await lane.heard(Heard(verdict, {}, words="The other system answers 500."))


async def phase(lane):
    return (await lane.view()).circuit.phase


async def test_it_opens_for_all_workers_when_half_of_twenty_calls_have_failed(worker, clock):
    one, other = lane_of(worker()), lane_of(worker())
    await say(one, *[FINE, FAILED] * 9, FINE)
    assert await other.admit() == 0
    await say(other, FAILED)

    for lane in (one, other):
        with pytest.raises(ErpUnavailable) as held:
            await lane.admit()
        assert (held.value.reached, held.value.retry_after) == (False, 30.0)
        assert "The other system answers 500." in held.value.message


@pytest.mark.parametrize("verdicts", [[FAILED] * 19, [FINE] * 11 + [FAILED] * 9, [FINE, FAILED, FINE] * 20])
async def test_it_stays_closed_below_the_share_and_the_number(worker, clock, verdicts):
    lane = lane_of(worker())
    await say(lane, *verdicts)

    assert await lane.admit() == 0


async def test_failures_of_more_than_a_minute_ago_do_not_count(worker, clock):
    lane = lane_of(worker())
    await say(lane, *[FAILED] * 19)
    clock.seconds = 65.0
    await say(lane, *[FAILED] * 19)

    assert await phase(lane) is Phase.CLOSED


async def test_five_refused_sign_ins_in_a_row_open_it_at_once(worker, clock):
    lanes = [lane_of(worker()) for _ in range(2)]
    await say(lanes[0], *[REFUSED] * 4)
    assert await lanes[1].admit() == 0
    await say(lanes[1], REFUSED)

    with pytest.raises(Held):
        await lanes[0].admit()


async def test_new_credentials_begin_with_a_closed_circuit_of_their_own(worker, clock):
    control, rules = worker(), Rules()
    old, new = (control.traffic(KEY, rules, Lane.INTERACTIVE, edition=one) for one in ("a", "b"))
    await say(old, *[REFUSED] * 5)

    with pytest.raises(Held, match=r"^The other system answers 500\.$"):
        await old.admit()
    assert await new.admit() == 0


async def test_an_accepted_sign_in_ends_the_row_and_a_stale_one_does_not(worker, clock):
    lane = lane_of(worker())
    await say(lane, *[REFUSED] * 4, FINE, *[REFUSED] * 4)
    assert await phase(lane) is Phase.CLOSED
    await say(lane, Verdict.STALE_SIGN_IN, REFUSED)

    assert await phase(lane) is Phase.OPEN


async def test_one_probe_leaves_every_thirty_seconds(worker, clock):
    lanes = [lane_of(worker()) for _ in range(3)]
    await say(lanes[0], *[REFUSED] * 5)
    left = []

    async def knocking(lane):
        while clock.seconds < 100:
            try:
                await lane.admit()
            except Held as held:
                await clock.sleep(held.retry_after)
            else:
                left.append(clock.seconds)  # and nothing is ever heard of it

    await clock.run(*(knocking(lane) for lane in lanes))

    assert left == [30.0, 60.0, 90.0]


async def test_workers_that_knock_at_one_moment_send_one_probe(worker, clock):
    lanes = [lane_of(worker()) for _ in range(4)]
    await say(lanes[0], *[REFUSED] * 5)
    clock.seconds = 30.0

    found = await asyncio.gather(*(lane.admit() for lane in lanes), return_exceptions=True)

    assert sorted(type(one).__name__ for one in found) == ["Held", "Held", "Held", "float"]
    assert await phase(lanes[0]) is Phase.HALF_OPEN


async def test_a_good_probe_closes_it_and_a_bad_one_opens_it_again(worker, clock):
    lane = lane_of(worker())
    await say(lane, *[REFUSED] * 5)
    clock.seconds = 30.0
    await lane.admit()
    await say(lane, FAILED)
    assert await phase(lane) is Phase.OPEN
    clock.seconds = 60.0
    await lane.admit()
    await say(lane, FINE)

    assert await phase(lane) is Phase.CLOSED
    assert await lane.admit() == 0


async def test_a_late_answer_moves_no_open_circuit(worker, clock):
    lane = lane_of(worker())
    await say(lane, *[REFUSED] * 5, FINE, FAILED)

    assert await phase(lane) is Phase.OPEN


async def test_being_asked_for_fewer_calls_is_no_failure(worker, clock):
    lane = lane_of(worker())
    await say(lane, *[Verdict.LIMITED] * 30)

    assert await phase(lane) is Phase.CLOSED


async def test_every_number_is_a_setting(worker, clock):
    lane = lane_of(worker(), ratio=0.25, calls=4, span=10.0, probe_every=7.0)
    await say(lane, FINE, FINE, FINE, FAILED)

    with pytest.raises(Held) as held:
        await lane.admit()
    assert held.value.retry_after == 7.0


async def test_each_change_of_the_circuit_is_told_once(worker, clock):
    told = []

    async def changed():
        told.append(await phase(lanes[0]))

    lanes = [lane_of(worker(), changed) for _ in range(2)]
    for lane in (lanes[0], lanes[1]):
        await say(lane, *[REFUSED] * 3)
    clock.seconds = 30.0
    await lanes[0].admit()
    await say(lanes[0], FINE, FINE)

    assert told == [Phase.OPEN, Phase.HALF_OPEN, Phase.CLOSED]


async def test_many_answers_at_one_moment_are_all_counted(worker, clock):
    lanes = [lane_of(worker(), calls=40, ratio=1.0) for _ in range(2)]

    await asyncio.gather(*(say(lane, *[FAILED] * 20) for lane in lanes))

    assert await phase(lanes[0]) is Phase.OPEN
