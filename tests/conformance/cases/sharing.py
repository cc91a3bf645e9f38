"""What all workers of a credential share: nobody calls while they are told to wait, and all are told what one hears."""

from collections.abc import Awaitable, Mapping
from typing import Any

from hub.errors import ErpError, ErpUnavailable
from hub.http import Traffic
from hub.http.control import alone
from hub.http.rules import BreakerRules, Rules
from hub.http.traffic import Heard, Verdict
from tests.conformance.case import Case, sandboxed, unread, writing
from tests.conformance.side import Side, failure, read_failure, step_of
from tests.conformance.subject import Depth, Write

WAIT = 1800.0


class Told:
    """Traffic that says the same to whoever asks, and keeps what it hears."""

    def __init__(self, wait: float = 0.0) -> None:
        self.wait, self.kept = wait, list[Heard]()

    async def admit(self) -> float:
        return self.wait

    async def heard(self, heard: Heard) -> None:
        self.kept.append(heard)

    async def may_retry(self) -> bool:
        return True


async def _held(call: Awaitable[Any]) -> ErpUnavailable:
    try:
        done = await call
    except ErpUnavailable as error:
        return error
    raise AssertionError(f"It went on in spite of being told to wait: {done!r}")


def _is_held(error: ErpError, wait: float) -> None:
    assert isinstance(error, ErpUnavailable), repr(error)
    assert error.reached is False
    assert error.retry_after is not None
    assert error.retry_after >= wait


async def no_read_leaves(side: Side) -> None:
    _is_held(await _held(side.sample(side.open(traffic=Told(WAIT)))), WAIT)

    assert await side.requests() == []


async def no_test_leaves(side: Side) -> None:
    checks = await side.open(traffic=Told(WAIT)).verify()

    assert checks
    assert not any(check.ok for check in checks)
    assert await side.requests() == []


async def no_write_leaves(side: Side, write: Write) -> None:
    connector = await side.ready(write, traffic=Told(WAIT))
    await side.forget()
    _is_held(await failure(connector, step_of(connector, write)), WAIT)

    assert await side.requests() == []


async def no_look_up_leaves(side: Side, write: Write) -> None:
    connector = await side.ready(write, traffic=Told(WAIT))
    await side.forget()
    _is_held(await _held(connector.find(step_of(connector, write))), WAIT)

    assert await side.requests() == []


async def good_answer_is_told(side: Side) -> None:
    traffic = Told()
    await side.sample(side.open(traffic=traffic))
    calls = len(await side.requests(side.subject.listing.match))

    assert {heard.verdict for heard in traffic.kept} == {Verdict.FINE}
    assert len(traffic.kept) >= calls
    assert all(heard.headers for heard in traffic.kept)


async def lost_answer_is_told(side: Side) -> None:
    traffic = Told()
    await side.fault("drop_before", side.subject.listing.match, times=0)
    await read_failure(side, side.open(traffic=traffic))

    assert traffic.kept[-1].verdict is Verdict.FAILED


async def refused_sign_in_is_told(side: Side) -> None:
    traffic = Told()
    await read_failure(side, side.open(traffic=traffic, credentials=side.subject.wrong_credentials()))

    assert [heard.verdict for heard in traffic.kept] == [Verdict.REFUSED_SIGN_IN]


async def one_is_limited_and_all_wait(side: Side, status: int) -> None:
    listing, traffic = side.subject.listing, alone(Rules())
    first, second = side.open(traffic=traffic), side.open(traffic=traffic)
    await side.fault("status", listing.match, status=status, headers={"Retry-After": "30"})
    await read_failure(side, first)
    await side.forget()
    _is_held(await read_failure(side, second), 25)

    assert await side.requests(listing.match) == []


async def limited_write_holds_reads(side: Side, write: Write) -> None:
    traffic: Traffic = alone(Rules())
    writer, reader = await side.ready(write, traffic=traffic), side.open(traffic=traffic)
    await side.fault("status", write.match, status=429, headers={"Retry-After": "30"})
    await failure(writer, step_of(writer, write))
    await side.forget()
    _is_held(await read_failure(side, reader), 25)

    assert await side.requests(side.subject.listing.match) == []


async def refused_sign_in_stops_all(side: Side) -> None:
    """Whoever tries a wrong password for each worker may find the account locked."""
    traffic, wrong = alone(Rules(breaker=BreakerRules(refusals=1))), side.subject.wrong_credentials()
    await read_failure(side, side.open(traffic=traffic, credentials=wrong))
    await side.forget()
    await read_failure(side, side.open(traffic=traffic, credentials=wrong))

    assert await side.requests() == []


STATUSES: Mapping[str, int] = {"429": 429, "503": 503}
CASES: tuple[Case, ...] = (
    sandboxed(
        "traffic.read", "No read leaves while the workers are told to wait, no sign-in either", no_read_leaves
    ),
    sandboxed("traffic.verify", "Nor does a connection test", no_test_leaves),
    writing(
        "traffic.write",
        "Nor does a write, which says that it has not left",
        no_write_leaves,
        depth=Depth.CORE,
    ),
    writing(
        "traffic.find",
        "Nor does a look-up, which is no proof of absence",
        no_look_up_leaves,
        unless=unread,
        depth=Depth.CORE,
    ),
    sandboxed("traffic.fine", "Each good answer is told to all, with its headers", good_answer_is_told),
    sandboxed("traffic.lost", "An answer that does not come is told to all", lost_answer_is_told),
    sandboxed("traffic.sign_in", "A refused sign-in is told to all, once", refused_sign_in_is_told),
    sandboxed(
        "traffic.limited",
        "Where one is asked to wait, all workers wait",
        one_is_limited_and_all_wait,
        over=lambda _: STATUSES,
    ),
    writing(
        "traffic.limited_write",
        "A write that is asked to wait holds the reads as well",
        limited_write_holds_reads,
    ),
    sandboxed(
        "traffic.refused",
        "A sign-in that one has had refused is not tried by the others",
        refused_sign_in_stops_all,
    ),
)
