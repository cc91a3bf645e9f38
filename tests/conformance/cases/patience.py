"""Reads: tried again where that may help, within bounds, and never where it cannot."""

from datetime import UTC, datetime, timedelta

from hub.errors import ErpError, ErpRefused, ErpUnauthorized, ErpUnavailable
from tests.conformance.case import Case, sandboxed
from tests.conformance.side import Side, nobody_there, read_failure
from tests.conformance.subject import Subject


async def passing_failure_is_not_seen(side: Side, status: int) -> None:
    await side.fault("status", side.subject.listing.match, times=2, status=status, body="deadlocked")

    assert len(await side.sample()) == len(side.subject.listing.truth())


async def dropped_once_is_not_seen(side: Side) -> None:
    await side.fault("drop_before", side.subject.listing.match)

    assert len(await side.sample()) == len(side.subject.listing.truth())


async def cut_once_is_not_seen(side: Side) -> None:
    await side.fault("truncate", side.subject.listing.match, declared="whole")

    assert len(await side.sample()) == len(side.subject.listing.truth())


async def gives_up(side: Side) -> None:
    await side.fault("status", side.subject.listing.match, times=0, status=503)
    error = await read_failure(side)

    assert isinstance(error, ErpUnavailable), repr(error)
    assert 2 <= len(await side.requests(side.subject.listing.match)) <= 5


async def waits_as_asked(side: Side, status: int) -> None:
    await side.fault(
        "status", side.subject.listing.match, times=0, status=status, headers={"Retry-After": "7"}
    )
    error = await read_failure(side)

    assert isinstance(error, ErpUnavailable), repr(error)
    assert error.retry_after is not None
    assert error.retry_after >= 7
    assert len(await side.requests(side.subject.listing.match)) == 1


async def refusal_is_asked_once(side: Side, status: int) -> None:
    said = side.subject.says("No such thing.", status)
    await side.fault("status", side.subject.listing.match, times=0, status=status, body=said)
    error = await read_failure(side)

    assert not isinstance(error, ErpUnavailable | ErpRefused), repr(error)
    assert len(await side.requests(side.subject.listing.match)) == 1
    assert "No such thing" in error.message


async def no_right_is_a_matter_of_rights(side: Side) -> None:
    await side.fault(
        "status", side.subject.listing.match, times=0, status=403, body=side.subject.says("Not yours.", 403)
    )
    error = await read_failure(side)

    assert isinstance(error, ErpUnauthorized), repr(error)


async def used_up_window_is_kept(side: Side) -> None:
    reset = datetime.fromisoformat(await side.now()).astimezone(UTC) + timedelta(seconds=900)
    headers = {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": str(int(reset.timestamp()))}
    listing = side.subject.listing
    await side.fault("status", listing.match, status=200, body=listing.nothing, headers=headers)
    connector = side.open()
    assert await side.sample(connector) == []
    await side.forget()
    error = await read_failure(side, connector)

    assert isinstance(error, ErpUnavailable), repr(error)
    assert error.reached is False
    assert error.retry_after is not None
    assert 800 < error.retry_after < 960
    assert await side.requests(listing.match) == []


async def error_names_its_request(side: Side) -> None:
    await side.fault("html", side.subject.listing.match, times=0)
    error: ErpError = await read_failure(side)

    assert error.request_id


async def no_server_is_not_reached(side: Side) -> None:
    connector = side.open(base_url=nobody_there())
    error = await read_failure(side, connector)

    assert isinstance(error, ErpUnavailable), repr(error)
    assert error.reached is False


def _tells_nothing(subject: Subject) -> str | None:
    return None if subject.tells_rates else "It tells nothing of its rate windows before it refuses."


PASSING = {str(status): status for status in (408, 429, 500, 502, 503, 504)}
REFUSING = {str(status): status for status in (400, 404, 406, 409, 422)}

CASES: tuple[Case, ...] = (
    sandboxed(
        "retry.passing",
        "A failure that passes is not seen",
        passing_failure_is_not_seen,
        over=lambda _: PASSING,
    ),
    sandboxed("retry.dropped", "A connection that drops once is not seen", dropped_once_is_not_seen),
    sandboxed("retry.cut", "A connection that breaks in the body once is not seen", cut_once_is_not_seen),
    sandboxed("retry.bounded", "A failure that stays is reported after a few tries", gives_up),
    sandboxed(
        "retry.after",
        "The wait the other side asks for is told, not cut short",
        waits_as_asked,
        over=lambda _: {"429": 429, "503": 503},
    ),
    sandboxed(
        "retry.refusal", "A refusal is asked once and quoted", refusal_is_asked_once, over=lambda _: REFUSING
    ),
    sandboxed("retry.rights", "A missing right is a matter of rights", no_right_is_a_matter_of_rights),
    sandboxed(
        "rate.window",
        "No call leaves while a window is used up",
        used_up_window_is_kept,
        unless=_tells_nothing,
    ),
    sandboxed("error.request_id", "An error names the request it came of", error_names_its_request),
    sandboxed("error.nobody", "Where nobody listens, nothing was reached", no_server_is_not_reached),
)
