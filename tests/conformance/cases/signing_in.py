"""Signing in: refused once, renewed once, never a write twice, and never a loop."""

import asyncio

from hub.errors import ErpUnauthorized, ErpUnavailable
from tests.conformance.case import Case, except_where, sandboxed, unread, writing
from tests.conformance.side import Side, failure, push, read_failure, step_of
from tests.conformance.subject import Subject, Write


async def wrong_is_unauthorized(side: Side) -> None:
    error = await read_failure(side, side.open(credentials=side.subject.wrong_credentials()))

    assert isinstance(error, ErpUnauthorized), repr(error)


async def wrong_is_asked_once(side: Side) -> None:
    await read_failure(side, side.open(credentials=side.subject.wrong_credentials()))

    assert len(await side.requests()) == 1


async def wrong_never_writes(side: Side, write: Write) -> None:
    connector = await side.ready(write, credentials=side.subject.wrong_credentials())
    error = await failure(connector, step_of(connector, write))

    assert isinstance(error, ErpUnauthorized), repr(error)
    assert [entry["outcome"] for entry in await side.requests(write.match)] in ([], ["refused"])
    assert await side.held(write) == []


async def wrong_finds_nothing_out(side: Side, write: Write) -> None:
    connector = await side.ready(write, credentials=side.subject.wrong_credentials())
    try:
        there = await connector.find(step_of(connector, write))
    except ErpUnauthorized:
        return
    raise AssertionError(f"A look-up without sign-in said {there!r}.")


async def ten_share_one_token(side: Side) -> None:
    assert side.subject.token is not None
    connector = side.open()
    await asyncio.gather(*(side.sample(connector) for _ in range(10)))

    assert len(await side.requests(side.subject.token)) == 1


async def expired_is_renewed(side: Side) -> None:
    assert side.subject.token is not None
    connector = side.open()
    before = await side.sample(connector)
    await side.advance(side.subject.token_seconds + 60)
    await side.forget()

    assert len(await side.sample(connector)) == len(before)
    assert len(await side.requests(side.subject.token)) == 1


async def expired_writes_once(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    await side.sample(connector)
    await side.advance(side.subject.token_seconds + 60)
    await push(connector, step_of(connector, write))

    assert [entry["outcome"] for entry in await side.requests(write.match)] == ["refused", "stored"]
    assert len(await side.held(write)) == 1


async def without_token_nothing_leaves(side: Side, write: Write) -> None:
    assert side.subject.token is not None
    for trouble in ({"status": 503}, {"status": 200, "body": "<html>"}, {"status": 200, "body": {}}):
        await side.mend()
        await side.fault("status", side.subject.token, times=0, **trouble)
        connector = await side.ready(write)
        error = await failure(connector, step_of(connector, write))
        assert isinstance(error, ErpUnavailable), repr(error)
        assert error.reached is False
    assert await side.requests(write.match) == []


async def lost_token_is_no_loop(side: Side) -> None:
    assert side.subject.token is not None
    await side.fault("status", side.subject.token, times=0, status=503)
    await read_failure(side)

    assert len(await side.requests(side.subject.token)) <= 5


async def forever_refused_is_no_loop(side: Side) -> None:
    await side.sample()
    await side.forget()
    await side.fault("status", side.subject.listing.match, times=0, status=401)
    error = await read_failure(side)

    assert isinstance(error, ErpUnauthorized), repr(error)
    assert len(await side.requests(side.subject.listing.match)) <= 2


def _without_tokens(subject: Subject) -> str | None:
    return None if subject.token else "It signs each request and fetches no token."


CASES = (
    Case(
        "sign_in.wrong",
        "A wrong sign-in is a matter of credentials, not of the system",
        wrong_is_unauthorized,
    ),
    sandboxed("sign_in.once", "A wrong sign-in is tried once", wrong_is_asked_once),
    sandboxed(
        "sign_in.refused", "A sign-in that is refused every time makes no loop", forever_refused_is_no_loop
    ),
    except_where(
        _without_tokens,
        sandboxed("sign_in.parallel", "Ten parallel reads fetch one token", ten_share_one_token),
    ),
    except_where(
        _without_tokens,
        sandboxed("sign_in.expired", "A token that ran out is renewed once, unseen", expired_is_renewed),
    ),
    except_where(
        _without_tokens,
        sandboxed("sign_in.token_loop", "A token server out of order makes no loop", lost_token_is_no_loop),
    ),
    writing("sign_in.write", "A wrong sign-in never writes and is named as such", wrong_never_writes),
    writing(
        "sign_in.find",
        "A look-up that was not let in is no proof of absence",
        wrong_finds_nothing_out,
        unless=unread,
    ),
    except_where(
        _without_tokens,
        writing(
            "sign_in.expired_write",
            "A token that ran out lets a write happen exactly once",
            expired_writes_once,
        ),
    ),
    except_where(
        _without_tokens,
        writing(
            "sign_in.no_token",
            "Without a token a write has not left, and says so",
            without_token_nothing_leaves,
        ),
    ),
)
