"""Answers that no sound system gives: each is an error within bounds, and none becomes records."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.errors import ErpUnavailable, ErpUnexpected
from hub.http import Limits
from tests.conformance.case import Case, sandboxed
from tests.conformance.side import HASTY, QUICK, Side, read_failure

JSON = {"content-type": "application/json"}


async def login_page_is_no_answer(side: Side) -> None:
    await side.fault("html", side.subject.listing.match, times=0)
    error = await read_failure(side)

    assert isinstance(error, ErpUnavailable | ErpUnexpected), repr(error)


async def broken_json_is_no_answer(side: Side) -> None:
    await side.fault("truncate", side.subject.listing.match, times=0)

    assert isinstance(await read_failure(side), ErpUnexpected)


async def cut_off_for_good_is_no_answer(side: Side) -> None:
    await side.fault("truncate", side.subject.listing.match, times=0, declared="whole")

    assert isinstance(await read_failure(side), ErpUnavailable)


async def compressed_says_the_same(side: Side) -> None:
    plain = await side.sample()
    await side.fault("gzip", side.subject.listing.match, times=0)

    assert await side.sample() == plain


async def bomb_is_not_unfolded(side: Side) -> None:
    await side.fault("gzip_bomb", side.subject.listing.match, times=0)
    error = await read_failure(side, side.open(limits=QUICK))

    assert isinstance(error, ErpUnexpected), repr(error)
    assert "larger" in error.message


async def entities_are_not_unfolded(side: Side) -> None:
    await side.fault("entity_bomb", side.subject.listing.match, times=0)

    assert isinstance(await read_failure(side), ErpUnexpected)


async def dripping_has_an_end(side: Side) -> None:
    await side.fault("drip", side.subject.listing.match, times=0, seconds=0.05, bytes=200)

    assert isinstance(await read_failure(side, side.open(limits=HASTY)), ErpUnavailable)


async def slow_has_an_end(side: Side) -> None:
    await side.fault("delay", side.subject.listing.match, times=0, seconds=1)

    assert isinstance(await read_failure(side, side.open(limits=HASTY)), ErpUnavailable)


async def slow_enough_is_read(side: Side) -> None:
    await side.fault("drip", side.subject.listing.match, seconds=0.001, bytes=20)

    assert len(await side.sample()) == len(side.subject.listing.truth())


async def oversized_is_refused(side: Side) -> None:
    small = Limits(connect=2, read=5, whole=10, body=1000, patience=0, backoff=0)
    match = {**side.subject.listing.match}
    await side.fault("status", match, times=0, status=200, body="[" + " " * 5000 + "]", headers=JSON)
    error = await read_failure(side, side.open(limits=small))

    assert "1000" in error.message


async def strange_json_is_refused(side: Side, body: str) -> None:
    await side.fault("status", side.subject.listing.match, times=0, status=200, body=body, headers=JSON)

    assert isinstance(await read_failure(side), ErpUnexpected)


async def redirect_leads_nowhere(side: Side, status: int) -> None:
    async with elsewhere() as (address, asked):
        location = {"Location": f"{address}/stolen"}
        await side.fault("status", side.subject.listing.match, times=0, status=status, headers=location)
        error = await read_failure(side)

    assert isinstance(error, ErpUnexpected | ErpUnavailable), repr(error)
    assert asked == []


@asynccontextmanager
async def elsewhere() -> AsyncIterator[tuple[str, list[bytes]]]:
    """Somebody else's server, and what it was sent."""
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked


STRANGE = {
    "deep": "[" * 100_000,
    "nan": '[{"id": NaN, "VendorID": NaN}]',
    "empty": "",
    "binary": "\x00\x01",
    "two": "[] []",
}

CASES: tuple[Case, ...] = (
    sandboxed("hostile.html", "A login page with status 200 is no answer", login_page_is_no_answer),
    sandboxed("hostile.broken", "JSON that breaks off is no answer", broken_json_is_no_answer),
    sandboxed(
        "hostile.cut",
        "A connection that always breaks in the body is reported",
        cut_off_for_good_is_no_answer,
    ),
    sandboxed("hostile.gzip", "A compressed answer says the same", compressed_says_the_same),
    sandboxed("hostile.bomb", "A small body that unfolds without end is cut off", bomb_is_not_unfolded),
    sandboxed(
        "hostile.entities",
        "XML with entities of entities is refused, unfolded by nobody",
        entities_are_not_unfolded,
    ),
    sandboxed("hostile.drip", "An answer that drips has an end", dripping_has_an_end),
    sandboxed("hostile.slow", "An answer that does not come has an end", slow_has_an_end),
    sandboxed("hostile.patient", "An answer that is slow but comes is read whole", slow_enough_is_read),
    sandboxed("hostile.large", "A body beyond the cap is refused, the cap named", oversized_is_refused),
    sandboxed(
        "hostile.json", "JSON that is none is refused", strange_json_is_refused, over=lambda _: STRANGE
    ),
    sandboxed(
        "hostile.redirect",
        "A redirect elsewhere is not followed, nothing arrives there",
        redirect_leads_nowhere,
        over=lambda _: {"301": 301, "302": 302, "307": 307},
    ),
)
