"""Page drift: a list that changes while it is read. What stayed throughout is read, or its absence shows in a second read."""

from dataclasses import dataclass

from tests.conformance.case import Case, sandboxed
from tests.conformance.side import Side

PAGE = 40
GONE = 3


@dataclass(frozen=True)
class Drifted:
    """A read across which rows came and went: the ids read then and in a second read, and those that stayed."""

    first: list[str]
    second: list[str]
    stayed: set[str]
    came: set[str]
    went: set[str]


async def _read_across(side: Side, *, coming: bool = False, going: int = 0) -> Drifted:
    """The first page, the change, the rest; then everything again."""
    listing, connector = side.subject.listing, side.open(settings={"page_size": PAGE})
    scope = side.subject.scope if listing.project else {}
    page = await connector.fetch(listing.resource, scope, None)
    first = [record.external_id for record in page.records]
    went = set(first[:going])
    for row in went:
        await listing.remove(side.sandbox, row)
    came = {await listing.add(side.sandbox)} if coming else set()
    while page.cursor is not None:
        page = await connector.fetch(listing.resource, scope, page.cursor)
        first += [record.external_id for record in page.records]
    second = [record.external_id for record in await side.sample(connector)]
    return Drifted(first, second, set(listing.truth()) - went, came, went)


def _second_read_is_true(drifted: Drifted) -> None:
    assert sorted(drifted.second) == sorted(drifted.stayed | drifted.came)


async def coming_row_hides_none(side: Side) -> None:
    drifted = await _read_across(side, coming=True)

    assert drifted.stayed - set(drifted.first) == set()
    _second_read_is_true(drifted)


async def going_rows_hide_none_for_good(side: Side) -> None:
    drifted = await _read_across(side, going=GONE)

    assert len(drifted.stayed - set(drifted.first)) <= GONE
    _second_read_is_true(drifted)


async def skipped_rows_show(side: Side) -> None:
    """As many come as go: a count would not tell, ids do."""
    drifted = await _read_across(side, coming=True, going=1)
    lost = drifted.stayed - set(drifted.first)

    assert not lost or set(drifted.first) != set(drifted.second)
    _second_read_is_true(drifted)


async def repeated_rows_are_known_by_id(side: Side) -> None:
    drifted = await _read_across(side, coming=True, going=GONE)
    read = set(drifted.first)

    assert read <= drifted.stayed | drifted.came | drifted.went, "A row was made up."
    assert len(drifted.first) - len(read) <= 1, "More rows were repeated than came."


CASES: tuple[Case, ...] = (
    sandboxed(
        "drift.coming",
        "A row that comes while the list is read hides none of the others",
        coming_row_hides_none,
    ),
    sandboxed(
        "drift.going",
        "Rows that go hide at most as many others, and a second read has all",
        going_rows_hide_none_for_good,
    ),
    sandboxed(
        "drift.shown",
        "What was skipped shows as a difference of two reads, also where the count is the same",
        skipped_rows_show,
    ),
    sandboxed(
        "drift.repeated", "What is repeated has one id, and nothing is made up", repeated_rows_are_known_by_id
    ),
)
