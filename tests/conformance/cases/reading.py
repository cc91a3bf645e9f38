"""Reading lists whole: every list, true to what is there, in types that lose nothing."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hub.connectors import capabilities
from hub.erp.connector import Incoming
from hub.erp.fields import LISTED_AS, RECORDS
from hub.errors import ErpUnexpected
from tests.conformance.case import Case, sandboxed
from tests.conformance.side import Side, read_failure
from tests.conformance.subject import Subject

EXACT = (str, bool, int, Decimal, date, datetime, type(None))


async def sample_is_true(side: Side) -> None:
    records = await side.sample()

    assert {record.external_id: record.values["name"] for record in records} == dict(
        side.subject.listing.truth()
    )
    assert len(records) == len(side.subject.listing.truth())


async def sample_is_read(side: Side) -> None:
    records = await side.sample()

    assert len({record.external_id for record in records}) == len(records)
    assert {record.object_key for record in records} <= {side.subject.listing.resource}
    assert records == [] or any(record.values.get("name") for record in records), "No record has a name."


async def same_read_twice(side: Side) -> None:
    assert await side.sample() == await side.sample()


async def parallel_reads_agree(side: Side) -> None:
    connector = side.open()
    first, *others = await asyncio.gather(*(side.sample(connector) for _ in range(5)))

    assert all(other == first for other in others)


async def list_is_sound(side: Side, resource: str) -> None:
    scope = side.subject.scopes.get(resource, side.subject.scope)
    records = await side.all(resource, **scope)

    assert len({(record.object_key, record.external_id) for record in records}) == len(records)
    for record in records:
        _check_sound(record)


def _check_sound(record: Incoming) -> None:
    assert isinstance(record.external_id, str)
    assert record.external_id
    assert record.external_code is None or isinstance(record.external_code, str)
    unknown = set(record.values) - RECORDS.get(record.object_key, frozenset(record.values))
    assert unknown == set(), f"{record.object_key} has fields without a word: {sorted(unknown)}"
    inexact = [value for value in _leaves(record.values) if not isinstance(value, EXACT)]
    assert inexact == [], f"{record.object_key} holds inexact values: {inexact[:3]}"
    assert all(value is None or isinstance(value, str) for value in record.refs.values())
    assert record.updated_at is None or record.updated_at.tzinfo is not None
    for line in record.lines:
        _check_sound(line)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


async def every_list_has_no_problem(side: Side, resource: str) -> None:
    scope = side.subject.scopes.get(resource, side.subject.scope)
    problems = [problem for record in await side.all(resource, **scope) for problem in record.problems]

    assert problems == []


async def only_reads(side: Side, resource: str) -> None:
    await side.all(resource, **side.subject.scopes.get(resource, side.subject.scope))
    token = (
        {entry["seq"] for entry in await side.requests(side.subject.token)} if side.subject.token else set()
    )

    assert {entry["method"] for entry in await side.requests() if entry["seq"] not in token} <= {"GET"}


async def empty_list_is_empty(side: Side) -> None:
    await side.fault("status", side.subject.listing.match, status=200, body=side.subject.listing.nothing)

    assert await side.sample() == []


async def other_shape_is_refused(side: Side) -> None:
    for body in side.subject.listing.no_rows:
        await side.mend()
        await side.fault("status", side.subject.listing.match, times=0, status=200, body=body)
        error = await read_failure(side)
        assert isinstance(error, ErpUnexpected), f"{body!r}: {error!r}"


async def row_without_id_is_refused(side: Side) -> None:
    listing = side.subject.listing
    await side.fault("lie", listing.match, times=0, drop=[listing.path("0", listing.id_field)])

    assert isinstance(await read_failure(side), ErpUnexpected)


async def one_bad_value_spoils_one_field(side: Side) -> None:
    listing = side.subject.listing
    name, value, field = listing.spoilt
    await side.fault("lie", listing.match, set={listing.path("0", name): value})
    first, *others = await side.sample()

    assert [problem.field for problem in first.problems] == [field]
    assert field not in first.values
    assert {record.external_id for record in (first, *others)} == set(listing.truth())
    assert [record for record in others if record.problems] == []


def imports(subject: Subject) -> Mapping[str, str]:
    """Lists of objects that the hub has words for; others are the connector's own affair."""
    can = capabilities(subject.connector, subject.settings)
    named = can.imports | {LISTED_AS[key] for key in can.imports if key in LISTED_AS}
    known = named & can.lists & set(RECORDS)
    return {resource: resource for resource in sorted(known)}


CASES = (
    Case("read.sample", "A list is read to its end, each row once", sample_is_read),
    Case("read.again", "Reading the same twice gives the same", same_read_twice),
    Case("read.parallel", "Parallel reads of one connector do not disturb each other", parallel_reads_agree),
    Case(
        "read.list",
        "Every list holds named fields in exact types, an id on each row",
        list_is_sound,
        over=imports,
    ),
    sandboxed("read.truth", "What is read is what is there", sample_is_true),
    sandboxed("read.clean", "What the system means fits our fields", every_list_has_no_problem, over=imports),
    sandboxed("read.gets", "Reading changes nothing on the other side", only_reads, over=imports),
    sandboxed("read.nothing", "An empty list is an empty list", empty_list_is_empty),
    sandboxed("read.shape", "An answer of another shape is no list", other_shape_is_refused),
    sandboxed(
        "read.no_id", "A row without its id is no record, and no row to skip", row_without_id_is_refused
    ),
    sandboxed(
        "read.bad_value",
        "A value that does not fit is a problem of that field alone",
        one_bad_value_spoils_one_field,
    ),
)
