"""What is there already: told by class, compared by field, and never guessed where the look-up fails."""

from hub.erp.capabilities import WriteClass
from hub.erp.connector import Connector, Step
from hub.errors import ErpError, ErpRefused, ErpUnavailable
from tests.conformance.case import Case, both, unread, writing, written
from tests.conformance.side import HASTY, Side, failure, found, push, step_of
from tests.conformance.subject import Depth, Write

ONE_OF_A_KIND = (WriteClass.K1, WriteClass.K2, WriteClass.K3)


async def second_push_keeps_its_class(side: Side, write: Write) -> None:
    connector, kind = await side.ready(write), side.class_of(write)
    step = step_of(connector, write)
    first, documents = await push(connector, step), 1
    if kind is WriteClass.K3:
        error = await failure(connector, step)
        assert isinstance(error, ErpRefused), repr(error)
        assert error.duplicate is True, error.words
    elif kind in ONE_OF_A_KIND:
        assert (await push(connector, step)).external_id == first.external_id
    else:
        documents += await _made_another(connector, step)

    assert len(await side.held(write)) == documents


async def _made_another(connector: Connector, step: Step) -> bool:
    """Of a class that promises nothing, a second document is made or refused, and either is said."""
    try:
        await push(connector, step)
    except ErpRefused:
        return False
    return True


async def applied_twice_shows(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    step = step_of(connector, write)
    await side.fault("twice", write.match)
    await push(connector, step)
    there, held = await found(connector, step), await side.held(write)

    assert len(held) == 1 or side.class_of(write) not in ONE_OF_A_KIND
    assert (there.differences == {}) is (len(held) == 1), "Two documents were taken for one."


async def lost_then_sent_again(side: Side, write: Write) -> None:
    connector, kind = await side.ready(write), side.class_of(write)
    step = step_of(connector, write)
    await side.fault("drop_after", write.match)
    await failure(connector, step)
    adopted = await found(connector, step)
    if kind in (WriteClass.K1, WriteClass.K2):
        assert (await push(connector, step)).external_id == adopted.external_id
    (held,) = await side.held(write)

    assert adopted.external_id == held.external_id


async def other_content_differs(side: Side, write: Write) -> None:
    assert write.renamed is not None
    connector, number = await side.ready(write), side.number
    await push(connector, step_of(connector, write, write.renamed(number)))
    there = await found(connector, step_of(connector, write, write.facts(number)))

    assert there.differences != {}
    assert all(ours != theirs for ours, theirs in there.differences.values())


async def other_key_is_not_found(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    await push(connector, step_of(connector, write, write.facts(2)))

    assert await connector.find(step_of(connector, write)) is None


async def failing_look_up_proves_nothing(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    step = step_of(connector, write)
    await push(connector, step)
    hasty = side.of(write, limits=HASTY)
    for kind, params in _TROUBLES:
        await side.mend()
        await side.fault(kind, write.looks or {}, times=0, **params)
        try:
            there = await hasty.find(step)
        except ErpError:
            continue
        raise AssertionError(f"A look-up met by {kind} {params} said {there!r}.")


_TROUBLES = (
    ("status", {"status": 500}),
    ("status", {"status": 403}),
    ("status", {"status": 404}),
    ("html", {}),
    ("truncate", {}),
    ("drop_before", {}),
    ("gzip_bomb", {}),
    ("delay", {"seconds": 0.6}),
)


async def look_up_is_tried_again(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    step = step_of(connector, write)
    await push(connector, step)
    await side.fault("status", write.looks or {}, times=2, status=500)

    assert (await found(connector, step)).differences == {}


async def document_is_in_the_way(side: Side, write: Write) -> None:
    assert write.remove is not None
    connector = await side.ready(write)
    step = step_of(connector, write)
    assert list(await connector.obstacles(step)) == []
    await push(connector, step)
    in_the_way = await connector.obstacles(step)
    await write.remove(side.sandbox, 1)

    assert [bool(obstacle.external_id and obstacle.message) for obstacle in in_the_way] == [True]
    assert list(await connector.obstacles(step)) == []


async def failing_obstacles_are_no_clear_way(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    step = step_of(connector, write)
    await push(connector, step)
    await side.fault("status", write.looks or {}, times=0, status=500)
    try:
        in_the_way = await connector.obstacles(step)
    except ErpUnavailable:
        return
    raise AssertionError(f"Nobody could look, and yet {in_the_way!r} was said.")


async def one_connector_reads_what_another_wrote(side: Side, write: Write) -> None:
    first, second = await side.ready(write), await side.ready(write)
    step = step_of(first, write, write.facts(side.number))
    answer = await push(first, step)

    assert (await found(second, step)).external_id == answer.external_id


def _no_content(write: Write) -> str | None:
    return None if write.renamed else "Nothing of it could be otherwise under the same key."


def _never_in_the_way(write: Write) -> str | None:
    return None if write.remove else "Nothing there holds a link."


CASES: tuple[Case, ...] = (
    writing(
        "again.class",
        "A second push does what its class promises",
        second_push_keeps_its_class,
        depth=Depth.TRIP,
    ),
    writing(
        "again.twice",
        "What was applied twice is one, or shows",
        applied_twice_shows,
        unless=unread,
        depth=Depth.CORE,
    ),
    writing(
        "again.lost",
        "After a lost answer the look-up adopts the one document",
        lost_then_sent_again,
        unless=unread,
        depth=Depth.CORE,
    ),
    written(
        "find.differs",
        "Other content under the same key shows as a difference",
        other_content_differs,
        unless=both(unread, _no_content),
        depth=Depth.CORE,
    ),
    writing(
        "find.other",
        "A document under another key is not this one",
        other_key_is_not_found,
        unless=unread,
        depth=Depth.CORE,
    ),
    writing(
        "find.fails",
        "A look-up that fails is an error, never an absence",
        failing_look_up_proves_nothing,
        unless=unread,
    ),
    writing(
        "find.retried",
        "A look-up is tried again after a failure that passes",
        look_up_is_tried_again,
        unless=unread,
    ),
    written(
        "find.elsewhere",
        "Another worker's connector finds the same document",
        one_connector_reads_what_another_wrote,
        unless=unread,
    ),
    writing(
        "unlink.obstacle",
        "A document stands in the way of unlinking until it is gone",
        document_is_in_the_way,
        unless=both(_never_in_the_way, unread),
        depth=Depth.CORE,
    ),
    writing(
        "unlink.fails",
        "Where nobody can look, the way is not clear",
        failing_obstacles_are_no_clear_way,
        unless=both(_never_in_the_way, unread),
    ),
)
