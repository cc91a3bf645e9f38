"""A write whose answer is lost: the outcome is open, the request is not repeated, and a look-up tells."""

from typing import Any

from hub.errors import ErpError, ErpRefused, ErpUnavailable, ErpUnexpected
from hub.http import Limits
from tests.conformance.case import Case, Need, varied, writing
from tests.conformance.side import HASTY, QUICK, Side, agrees, failure, is_absent, nobody_there, step_of
from tests.conformance.subject import Depth, Write

# Ways to lose an answer after the other side did what was asked.
Way = tuple[str, dict[str, Any]]
DROPPED: dict[str, Way] = {"dropped": ("drop_after", {})}
OTHERWISE: dict[str, Way] = {
    "page": ("html", {"when": "after"}),
    "broken": ("truncate", {}),
    "cut": ("truncate", {"declared": "whole"}),
    "bomb": ("gzip_bomb", {"when": "after"}),
    "entities": ("entity_bomb", {"when": "after"}),
    "500": ("status", {"status": 500, "when": "after"}),
    "504": ("status", {"status": 504, "when": "after"}),
    "slow": ("delay", {"seconds": 0.6, "when": "after"}),
    "drip": ("drip", {"seconds": 0.05, "bytes": 60}),
}


def _limits(kind: str) -> Limits:
    """Only what never ends has to be given up early."""
    return HASTY if kind in ("delay", "drip") else QUICK


def _open(error: ErpError) -> bool:
    """Whether an error leaves it open what became of the write."""
    return isinstance(error, ErpUnexpected) or (isinstance(error, ErpUnavailable) and error.reached)


async def lost_is_open_and_found(side: Side, given: tuple[Write, Way]) -> None:
    write, (kind, params) = given
    connector = await side.ready(write, limits=_limits(kind))
    step = step_of(connector, write)
    await side.fault(kind, write.match, **params)
    error = await failure(connector, step)

    assert _open(error), repr(error)
    assert len(await side.requests(write.match)) == 1
    await agrees(side.of(write), write, step)
    assert len(await side.held(write)) == 1


async def dropped_before_is_open_and_absent(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    step = step_of(connector, write)
    await side.fault("drop_before", write.match)
    error = await failure(connector, step)

    assert _open(error), repr(error)
    await is_absent(connector, step)
    assert len(await side.requests(write.match)) == 1
    assert await side.held(write) == []


async def both_losses_look_the_same(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    told = []
    for number, kind in enumerate(("drop_before", "drop_after"), 1):
        await side.fault(kind, write.match)
        error = await failure(connector, step_of(connector, write, write.facts(number)))
        told.append((type(error), error.message, getattr(error, "reached", None)))

    assert told[0] == told[1]
    assert [len(await side.held(write, number)) for number in (1, 2)] == [0, 1]


async def late_arrival_is_found_then(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    step = step_of(connector, write)
    await side.fault("late", write.match, seconds=120)
    error = await failure(connector, step)

    assert _open(error), repr(error)
    await is_absent(connector, step)
    await side.advance(121)
    await agrees(connector, write, step)
    assert len(await side.held(write)) == 1


async def nobody_listening_was_not_reached(side: Side, write: Write) -> None:
    step = step_of(await side.ready(write), write)
    gone = side.of(write, base_url=nobody_there())
    error = await failure(gone, step)

    assert isinstance(error, ErpUnavailable), repr(error)
    assert error.reached is False


async def lost_is_never_a_refusal(side: Side, write: Write) -> None:
    await side.ready(write)
    for number, (kind, params) in enumerate((DROPPED | OTHERWISE).values(), 1):
        await side.mend()
        await side.fault(kind, write.match, **params)
        connector = side.of(write, limits=_limits(kind))
        error = await failure(connector, step_of(connector, write, write.facts(number)))
        assert not isinstance(error, ErpRefused), f"{kind}: {error!r}"


CASES: tuple[Case, ...] = (
    Case(
        "lost.applied",
        "A lost answer leaves the outcome open, is not asked for twice, and the document is found",
        lost_is_open_and_found,
        frozenset({Need.CONTROL, Need.WRITE}),
        over=varied({Depth.TRIP: DROPPED, Depth.WHOLE: OTHERWISE}),
    ),
    writing(
        "lost.unapplied",
        "A request lost on its way leaves the outcome open, and nothing is found",
        dropped_before_is_open_and_absent,
        depth=Depth.CORE,
    ),
    writing("lost.alike", "Lost before and lost after are told in the same words", both_losses_look_the_same),
    writing(
        "lost.late", "A request that arrives late is absent first and found then", late_arrival_is_found_then
    ),
    writing(
        "lost.unsent",
        "Where nobody listens, the write has not left, and says so",
        nobody_listening_was_not_reached,
    ),
    writing("lost.refusal", "No lost answer passes for a refusal", lost_is_never_a_refusal),
)
