"""Secrets: where they show, which is nowhere, and what remains after closing."""

import base64
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import structlog

from hub.errors import ErpError, HubError
from tests.conformance.case import Case, NotApplicable, drafting, sandboxed, writing
from tests.conformance.side import HASTY, Side, push, read_failure, step_of, steps_of
from tests.conformance.subject import Write

CONNECTIONS = Path("/proc/net/tcp")
ESTABLISHED = "01"


def spellings(side: Side) -> set[str]:
    """The secret as it is, in an address, and within a Basic signature."""
    secret, given = side.subject.secret, side.subject.credentials
    user = "/".join(value for value in given.values() if value != secret)
    basic = base64.b64encode(f"{user}:{secret}".encode()).decode()
    return {secret, quote(secret, safe=""), basic}


def leaked(side: Side, text: str) -> list[str]:
    return [spelling for spelling in spellings(side) if spelling in text]


async def reprs_keep_it(side: Side) -> None:
    connector = side.open()
    parts = [side.reach(), connector, *vars(connector).values()]

    assert [part for part in parts if leaked(side, f"{part!r} {part}")] == []


async def errors_keep_it(side: Side) -> None:
    said = []
    for kind, params in _TROUBLES:
        await side.mend()
        await side.fault(kind, {}, times=0, **params)
        try:
            await side.sample(side.open(limits=HASTY))
        except HubError as error:
            said.append(_whole(error))

    assert len(said) == len(_TROUBLES)
    assert [text for text in said if leaked(side, text)] == []


async def refused_sign_in_keeps_it(side: Side) -> None:
    error = await read_failure(side, side.open(credentials=side.subject.wrong_credentials()))

    assert "wr0ng" not in _whole(error)


_TROUBLES = (
    ("status", {"status": 500}),
    ("status", {"status": 400, "body": {"message": "no"}}),
    ("status", {"status": 401}),
    ("html", {}),
    ("drop_before", {}),
    ("delay", {"seconds": 1}),
)


def _whole(error: BaseException | None) -> str:
    """All that a traceback would say of an error and its causes."""
    return "" if error is None else f"{error!r} {error} {vars(error)} {_whole(error.__cause__)}"


async def logs_keep_it(side: Side) -> None:
    with _logged() as lines:
        await side.sample()
        await side.fault("status", {}, times=0, status=500)
        try:
            await side.sample(side.open())
        except ErpError as error:
            logging.getLogger("conformance").error("%s", error, exc_info=error)

    assert lines()
    assert leaked(side, "\n".join(lines())) == []


async def write_logs_keep_it(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    with _logged() as lines:
        await push(connector, step_of(connector, write))

    assert leaked(side, "\n".join(lines())) == []


@contextmanager
def _logged() -> Iterator[object]:
    """Every line that is logged, by either way of logging, at any level."""
    kept: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: kept.append(f"{record.getMessage()} {record.__dict__}")
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with structlog.testing.capture_logs() as events:
            yield lambda: [*kept, *map(str, events)]
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


async def addresses_keep_it(side: Side) -> None:
    await side.sample()
    await side.connector.verify()
    asked = await side.requests()

    assert asked
    assert [entry["path"] for entry in asked if leaked(side, f"{entry['path']}?{entry['query']}")] == []


async def steps_keep_it(side: Side, write: Write) -> None:
    connector = side.of(write)

    assert leaked(side, repr(steps_of(connector, write))) == []


async def closing_lets_go(side: Side) -> None:
    if not _lists_connections():
        raise NotApplicable("This machine does not list its connections.")
    connector = side.subject.open(side.reach())
    before = _connections(side)
    await side.sample(connector)
    during = _connections(side)
    await connector.close()

    assert during > before
    assert _connections(side) == before


def _lists_connections() -> bool:
    return CONNECTIONS.exists()


def _connections(side: Side) -> int:
    """Connections of this machine that lead to the system."""
    port = f":{urlsplit(side.url).port or 0:04X}"
    rows = [line.split() for line in CONNECTIONS.read_text().splitlines()[1:]]
    return sum(row[2].endswith(port) and row[3] == ESTABLISHED for row in rows)


async def closing_twice_is_harmless(side: Side) -> None:
    connector = side.subject.open(side.reach())
    await connector.close()
    await connector.close()


async def unused_opens_nothing(side: Side) -> None:
    connector = side.subject.open(side.reach())
    await connector.close()

    assert await side.requests() == []


CASES = (
    Case("secrets.reprs", "No repr of the connector or its parts shows a secret", reprs_keep_it),
    Case("secrets.refused", "A refused sign-in is not quoted in its error", refused_sign_in_keeps_it),
    sandboxed("secrets.errors", "No error, whatever went wrong, holds a secret", errors_keep_it),
    sandboxed("secrets.logs", "No line logged at any level holds a secret", logs_keep_it),
    sandboxed("secrets.addresses", "No path or query carries a secret", addresses_keep_it),
    sandboxed("close.sockets", "Closing lets go of every connection", closing_lets_go),
    Case("close.twice", "Closing twice is harmless", closing_twice_is_harmless),
    sandboxed("close.unused", "Opening and closing alone calls nobody", unused_opens_nothing),
    drafting("secrets.steps", "No request that a person approves holds a secret", steps_keep_it),
    writing("secrets.write_logs", "No line logged during a write holds a secret", write_logs_keep_it),
)
