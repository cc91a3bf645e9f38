"""Asking for changes only."""

from datetime import datetime, timedelta, timezone

from hub.connectors import capabilities
from tests.conformance.case import Case, sandboxed
from tests.conformance.side import Side
from tests.conformance.subject import Subject

YEARS = 200_000_000  # seconds: well after everything the seed holds


async def only_changes(side: Side) -> None:
    await side.advance(YEARS)
    since = await side.now()
    added = await side.subject.listing.add(side.sandbox)

    assert [record.external_id for record in await side.sample(since=since)] == [added]


async def nothing_changed(side: Side) -> None:
    await side.advance(YEARS)

    assert await side.sample(since=await side.now()) == []


async def everything_since_long_ago(side: Side) -> None:
    records = await side.sample(since="2001-01-01T00:00:00Z")

    assert sorted(record.external_id for record in records) == sorted(side.subject.listing.truth())


async def zones_are_the_same_moment(side: Side) -> None:
    await side.advance(YEARS)
    since = datetime.fromisoformat(await side.now())
    added = await side.subject.listing.add(side.sandbox)
    for hours in (-9, 0, 13):
        told = since.astimezone(timezone(timedelta(hours=hours))).isoformat()
        assert [record.external_id for record in await side.sample(since=told)] == [added], told


async def stamps_are_moments(side: Side) -> None:
    since = datetime.fromisoformat(await side.now())
    added = await side.subject.listing.add(side.sandbox)
    (record,) = [record for record in await side.sample() if record.external_id == added]

    assert record.updated_at is not None
    assert record.updated_at.utcoffset() == timedelta(0)
    assert abs((record.updated_at - since).total_seconds()) < 60


def _whole_only(subject: Subject) -> str | None:
    known = capabilities(subject.connector, subject.settings)
    return None if subject.listing.resource in known.incremental else "Its sample list is always read whole."


CASES: tuple[Case, ...] = (
    sandboxed(
        "since.changes",
        "Asked for changes, it gives what changed and nothing else",
        only_changes,
        unless=_whole_only,
    ),
    sandboxed("since.none", "Where nothing changed, it gives nothing", nothing_changed, unless=_whole_only),
    sandboxed(
        "since.all", "Changes since long ago are everything", everything_since_long_ago, unless=_whole_only
    ),
    sandboxed(
        "since.zones",
        "A moment told in another zone is the same moment",
        zones_are_the_same_moment,
        unless=_whole_only,
    ),
    sandboxed(
        "since.stamps", "Stamps of changes are moments in UTC, by the other side's clock", stamps_are_moments
    ),
)
