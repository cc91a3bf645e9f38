"""Pages: however they fall, every row once, and the end is where the other side says it is."""

from collections.abc import Callable

from tests.conformance.case import Case, NotApplicable, sandboxed
from tests.conformance.side import Side, read_failure


async def pages_hold_everything(side: Side, size: Callable[[int], int]) -> None:
    asked = size(len(side.subject.listing.truth()))
    records = await side.sample(side.open(settings={"page_size": asked}))

    assert sorted(record.external_id for record in records) == sorted(side.subject.listing.truth())


async def pages_are_asked_for(side: Side) -> None:
    rows = len(side.subject.listing.truth())
    await side.sample(side.open(settings={"page_size": 40}))

    assert len(await side.requests(side.subject.listing.match)) == -(-rows // 40)


async def one_page_is_one_call(side: Side) -> None:
    connector = side.open(settings={"page_size": 40})
    page = await connector.fetch(side.subject.listing.resource, side.subject.scope, None)

    assert len(page.records) == 40
    assert page.cursor is not None
    assert len(await side.requests(side.subject.listing.match)) == 1


async def short_page_is_no_end(side: Side) -> None:
    listing = side.subject.listing
    await side.fault("lie", listing.match, drop=[listing.path("0")] * 30)
    records = await side.sample(side.open(settings={"page_size": 40}))

    assert len(records) == len(listing.truth()) - 30


async def empty_page_is_no_end(side: Side) -> None:
    listing = side.subject.listing
    await side.fault("lie", listing.match, nth=2, drop=[listing.path("0")] * 40)
    records = await side.sample(side.open(settings={"page_size": 40}))

    assert len(records) == len(listing.truth()) - 40


async def added_row_is_read_next_time(side: Side) -> None:
    before = {record.external_id for record in await side.sample()}
    added = await side.subject.listing.add(side.sandbox)
    after = {record.external_id for record in await side.sample()}

    assert after - before == {added}
    assert before - after == set()


async def cursor_goes_on_elsewhere(side: Side) -> None:
    """The job that reads the next page may run in another process."""
    listing = side.subject.listing
    scope = side.subject.scope if listing.project else {}
    first = await side.open(settings={"page_size": 40}).fetch(listing.resource, scope, None)
    if first.cursor is None:
        raise NotApplicable("Its list has one page.")
    second = await side.open(settings={"page_size": 40}).fetch(listing.resource, scope, first.cursor)

    assert len(second.records) == 40
    assert {record.external_id for record in first.records} & {
        record.external_id for record in second.records
    } == set()


async def failing_page_fails_the_read(side: Side) -> None:
    await side.fault("status", side.subject.listing.match, nth=3, times=0, status=500)
    connector = side.open(settings={"page_size": 40})

    await read_failure(side, connector)


async def page_is_read_again(side: Side) -> None:
    listing = side.subject.listing
    scope = side.subject.scope if listing.project else {}
    connector = side.open(settings={"page_size": 40})
    cursor = (await connector.fetch(listing.resource, scope, None)).cursor
    if cursor is None:
        raise NotApplicable("Its list has one page.")
    once, again = [await connector.fetch(listing.resource, scope, cursor) for _ in range(2)]

    assert once == again


# Of a list's rows, the size of a page.
SIZES: dict[str, Callable[[int], int]] = {
    "7": lambda _rows: 7,
    "one less": lambda rows: rows - 1,
    "the whole": lambda rows: rows,
    "one more": lambda rows: rows + 1,
}


CASES = (
    sandboxed(
        "page.sizes",
        "Whatever the size of a page, every row comes once",
        pages_hold_everything,
        over=lambda _: SIZES,
    ),
    sandboxed("page.count", "No page is left out and none asked for twice", pages_are_asked_for),
    sandboxed("page.one", "Reading a page makes one call and tells where to go on", one_page_is_one_call),
    sandboxed("page.short", "A short page is not the end", short_page_is_no_end),
    sandboxed("page.empty", "An empty page is not the end", empty_page_is_no_end),
    Case("page.cursor", "A cursor leads on in another process", cursor_goes_on_elsewhere),
    Case("page.again", "A page can be read again under its cursor", page_is_read_again),
    sandboxed(
        "page.failing", "A page that fails fails the read; none is left out", failing_page_fails_the_read
    ),
    sandboxed(
        "page.added", "A row that arrived is there when the list is read again", added_row_is_read_next_time
    ),
)
