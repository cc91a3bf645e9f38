"""A write that goes well: sent once as it was approved, and confirmed by what was parsed, not by its status."""

from hub.erp.canonical import canonical, digest
from hub.errors import ErpRefused, ErpUnexpected
from tests.conformance.case import Case, unread, writing, written
from tests.conformance.side import Side, failure, found, push, step_of
from tests.conformance.subject import Depth, Write


async def one_document_is_made(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    answer = await push(connector, step_of(connector, write))

    assert answer.external_id
    assert len(await side.held(write)) == 1
    assert await side.held(write, 2) == []


async def exactly_the_approved_bytes(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    step = step_of(connector, write)
    await push(connector, step)
    (sent,) = await side.requests(write.match)

    assert sent["body_sha256"] == digest(canonical(step.body))
    assert sent["method"] == step.method
    assert step.target.startswith(sent["path"])


async def nothing_before_the_push(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    await side.forget()
    step_of(connector, write)

    assert await side.requests() == []


async def answer_names_its_document(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    answer = await push(connector, step_of(connector, write))
    (held,) = await side.held(write)

    assert answer.external_id == held.external_id
    assert answer.snapshot
    assert answer.request_id


async def answer_without_id_is_no_success(side: Side, write: Write) -> None:
    await _lie(side, write, write.without_id)


async def answer_of_another_is_no_success(side: Side, write: Write) -> None:
    await _lie(side, write, write.other_key)


async def answer_of_another_amount_is_no_success(side: Side, write: Write) -> None:
    assert write.other_amount is not None
    await _lie(side, write, write.other_amount)


async def _lie(side: Side, write: Write, lie: object) -> None:
    assert isinstance(lie, dict)
    connector = await side.ready(write)
    await side.fault("lie", write.match, **lie)
    error = await failure(connector, step_of(connector, write))

    assert isinstance(error, ErpUnexpected), repr(error)
    assert len(await side.held(write)) == 1


async def refusal_in_a_200_is_no_success(side: Side, write: Write) -> None:
    assert write.says_no is not None
    connector = await side.ready(write)
    await side.fault("status", write.match, status=200, body=write.says_no(1))
    error = await failure(connector, step_of(connector, write))

    assert isinstance(error, ErpRefused), repr(error)
    assert "No such thing" in error.words


async def empty_200_is_no_success(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    for body in ({}, [], "", None, "OK"):
        await side.mend()
        await side.fault(
            "status", write.match, status=200, body=body, headers={"content-type": "application/json"}
        )
        error = await failure(connector, step_of(connector, write))
        assert isinstance(error, ErpUnexpected), f"{body!r}: {error!r}"


async def compressed_answer_confirms(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    await side.fault("gzip", write.match)

    assert (await push(connector, step_of(connector, write))).external_id


async def two_things_are_two(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    first, second = [
        await push(connector, step_of(connector, write, write.facts(number))) for number in (1, 2)
    ]

    assert first.external_id != second.external_id
    assert [len(await side.held(write, number)) for number in (1, 2)] == [1, 1]


async def read_back_equals(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    step = step_of(connector, write, write.facts(side.number))
    assert await connector.find(step) is None
    answer = await push(connector, step)
    there = await found(connector, step)

    assert there.differences == {}
    assert there.external_id == answer.external_id


async def looking_up_only_reads(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    step = step_of(connector, write)
    await connector.find(step)

    assert await side.requests(write.match) == []
    assert await side.requests(write.looks) != []


async def batch_matches_each(side: Side, write: Write) -> None:
    batch = write.batch
    assert batch is not None
    connector, numbers = await side.ready(write), list(range(1, 26))
    answer = await push(connector, step_of(connector, write, batch.facts(numbers)))

    assert set(answer.entries) == {batch.key(number) for number in numbers}
    for number in numbers:
        (held,) = await side.held(write, number)
        assert answer.entries[batch.key(number)] == held.external_id
    assert dict(answer.errors) == {}


async def batch_fails_one_by_one(side: Side, write: Write) -> None:
    batch = write.batch
    assert batch is not None
    connector = await side.ready(write)
    items = [*batch.facts([1, 2])["items"], batch.bad(3), batch.bad(4)]
    answer = await push(connector, step_of(connector, write, {**batch.facts([1]), "items": items}))

    assert set(answer.entries) == {batch.key(1), batch.key(2)}
    assert set(answer.errors) == {batch.key(3), batch.key(4)}
    assert all(answer.errors.values())


async def batch_silent_about_one_is_open(side: Side, write: Write) -> None:
    assert write.batch is not None
    connector = await side.ready(write)
    assert write.without_id is not None
    await side.fault("lie", write.match, drop=[next(iter(write.without_id["drop"])).rsplit(".", 1)[0]])
    error = await failure(connector, step_of(connector, write, write.batch.facts([1, 2, 3])))

    assert isinstance(error, ErpUnexpected), repr(error)


def _rendered(write: Write) -> str | None:
    return None if write.as_approved else "It leaves in another form than it is approved in."


def _no_id(write: Write) -> str | None:
    return None if write.without_id else "Its answer has no id to leave out."


def _no_key(write: Write) -> str | None:
    return None if write.other_key else "Its answer does not name what it is about."


def _no_amount(write: Write) -> str | None:
    return None if write.other_amount else "Its answer shows no amount."


def _by_status(write: Write) -> str | None:
    return None if write.says_no else "It refuses by status alone."


def _no_batch(write: Write) -> str | None:
    return None if write.batch else "It carries one record at a time."


CASES: tuple[Case, ...] = (
    writing("write.pure", "Making a request sends nothing", nothing_before_the_push),
    writing(
        "write.one", "A write makes one document, where it belongs", one_document_is_made, depth=Depth.CORE
    ),
    writing(
        "write.two",
        "Two writes make two documents with ids of their own",
        two_things_are_two,
        depth=Depth.CORE,
    ),
    writing(
        "write.bytes",
        "What is sent is what was approved, byte for byte, once",
        exactly_the_approved_bytes,
        unless=_rendered,
        depth=Depth.CORE,
    ),
    writing(
        "write.id",
        "The answer names the document that is there, and its request",
        answer_names_its_document,
        depth=Depth.CORE,
    ),
    written(
        "write.read_back",
        "What was written is found without a difference; before, nothing is",
        read_back_equals,
        unless=unread,
        depth=Depth.TRIP,
    ),
    writing("write.look_up", "Looking up writes nothing", looking_up_only_reads, unless=unread),
    writing("write.gzip", "A compressed answer confirms as well", compressed_answer_confirms),
    writing(
        "write.no_id",
        "A 200 without the id confirms nothing",
        answer_without_id_is_no_success,
        unless=_no_id,
        depth=Depth.CORE,
    ),
    writing(
        "write.other",
        "A 200 about another document confirms nothing",
        answer_of_another_is_no_success,
        unless=_no_key,
        depth=Depth.CORE,
    ),
    writing(
        "write.amount",
        "A 200 with another amount confirms nothing",
        answer_of_another_amount_is_no_success,
        unless=_no_amount,
        depth=Depth.CORE,
    ),
    writing(
        "write.error_in_200",
        "A refusal inside a 200 is a refusal, in its own words",
        refusal_in_a_200_is_no_success,
        unless=_by_status,
    ),
    writing("write.empty_200", "A 200 that says nothing confirms nothing", empty_200_is_no_success),
    writing(
        "batch.matched",
        "Many records are answered each by its own key, in any order",
        batch_matches_each,
        unless=_no_batch,
    ),
    writing(
        "batch.partial", "Some refused spoil none of the others", batch_fails_one_by_one, unless=_no_batch
    ),
    writing(
        "batch.silent",
        "A record that the answer leaves out leaves the outcome open",
        batch_silent_about_one_is_open,
        unless=_no_batch,
    ),
)
