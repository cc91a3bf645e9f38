"""A write that the other side refuses: in its own words, once, with nothing left behind."""

from typing import Any

from hub.errors import ErpRefused, ErpUnavailable, ErpUnexpected
from tests.conformance.case import Case, Need, varied, writing
from tests.conformance.cases.hostile import elsewhere
from tests.conformance.side import Side, failure, step_of
from tests.conformance.subject import Depth, Subject, Write


async def refused_in_its_words(side: Side, given: tuple[Write, str, Any]) -> None:
    write, word, facts = given
    connector = await side.ready(write)
    error = await failure(connector, step_of(connector, write, facts))

    assert isinstance(error, ErpRefused), repr(error)
    assert word in error.words, error.words
    assert error.duplicate is False
    assert len(await side.requests(write.match)) == 1


async def refused_by_status(side: Side, given: tuple[Write, int]) -> None:
    write, status = given
    connector = await side.ready(write)
    await side.fault(
        "status", write.match, times=0, status=status, body=side.subject.says("No such thing.", status)
    )
    error = await failure(connector, step_of(connector, write))

    assert isinstance(error, ErpRefused), repr(error)
    assert "No such thing" in error.words
    assert len(await side.requests(write.match)) == 1
    assert await side.held(write) == []


async def refused_by_a_page(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    await side.fault("html", write.match, status=400)
    error = await failure(connector, step_of(connector, write))

    assert isinstance(error, ErpRefused | ErpUnexpected), repr(error)
    assert "<" not in error.message


async def long_words_are_kept_short(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    await side.fault("status", write.match, status=422, body=side.subject.says("No. " * 100_000, 422))
    error = await failure(connector, step_of(connector, write))

    assert error.message.startswith("No. No.")
    assert len(error.message) <= 5000


async def passing_failure_is_left_to_others(side: Side, given: tuple[Write, int]) -> None:
    write, status = given
    connector = await side.ready(write)
    await side.fault("status", write.match, times=0, status=status, body="deadlocked")
    error = await failure(connector, step_of(connector, write))

    assert isinstance(error, ErpUnavailable), repr(error)
    assert error.reached is True
    assert len(await side.requests(write.match)) == 1


async def redirected_write_goes_nowhere(side: Side, given: tuple[Write, int]) -> None:
    write, status = given
    connector = await side.ready(write)
    async with elsewhere() as (address, asked):
        await side.fault("status", write.match, status=status, headers={"Location": f"{address}/stolen"})
        error = await failure(connector, step_of(connector, write))

    assert isinstance(error, ErpUnexpected), repr(error)
    assert asked == []
    assert len(await side.requests(write.match)) == 1


def _refused(subject: Subject) -> dict[str, Any]:
    return {
        f"{write.name}, {word}": (write, word, facts)
        for write in subject.writes
        if write.depth >= Depth.CORE
        for word, facts in write.refused
    }


def _statuses(first: int, *others: int) -> Any:
    """The first of them at the core, the others for writes that go through the whole suite."""
    return varied({Depth.CORE: {str(first): first}, Depth.WHOLE: {str(status): status for status in others}})


WRITES = frozenset({Need.CONTROL, Need.WRITE})

CASES: tuple[Case, ...] = (
    Case(
        "refuse.words",
        "A refusal is told in the other side's words",
        refused_in_its_words,
        WRITES,
        over=_refused,
    ),
    Case(
        "refuse.status",
        "A refused request is a refusal, asked once, nothing stored",
        refused_by_status,
        WRITES,
        over=_statuses(422, 400, 404, 406, 409),
    ),
    writing("refuse.page", "A refusal that comes as a page is not quoted as one", refused_by_a_page),
    writing("refuse.long", "A very long refusal is cut to what a person can read", long_words_are_kept_short),
    Case(
        "refuse.passing",
        "A write is not tried again, whatever fails",
        passing_failure_is_left_to_others,
        WRITES,
        over=_statuses(503, 429, 500, 502),
    ),
    Case(
        "refuse.redirect",
        "A redirected write is sent nowhere else",
        redirected_write_goes_nowhere,
        WRITES,
        over=varied({Depth.WHOLE: {"302": 302, "307": 307}}),
    ),
)
