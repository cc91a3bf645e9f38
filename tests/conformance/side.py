"""One connector at one system, for one case: opening it, faults, the log, the ways an error shows itself."""

import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

import httpx

from hub.connectors import capabilities
from hub.erp.canonical import canonical
from hub.erp.capabilities import Capabilities, WriteClass
from hub.erp.connector import Answer, Connector, Found, Incoming, Step
from hub.erp.reach import Reach
from hub.errors import ErpError, HubError
from hub.http import Limits
from tests.conformance.case import NotApplicable
from tests.conformance.subject import Held, Match, Subject, Write

# A failing read is over at once, and eight million bytes are many.
QUICK = Limits(connect=2, read=5, whole=10, whole_write=10, body=8_000_000, patience=0, backoff=0)
HASTY = Limits(
    connect=2, read=0.3, whole=0.3, whole_write=0.3, body=8_000_000, tries=1, patience=0, backoff=0
)


@dataclass
class Side:
    """`control` is None where there is no sandbox behind the address."""

    subject: Subject
    url: str
    control: httpx.AsyncClient | None = None
    _opened: list[Connector] = field(default_factory=list)

    def reach(self, *, settings: Mapping[str, Any] | None = None, **more: Any) -> Reach:
        given = {"base_url": self.url, "credentials": self.subject.credentials, "limits": QUICK, **more}
        address = urlsplit(given["base_url"])
        port = address.port or (443 if address.scheme == "https" else 80)
        return Reach(
            settings={**self.subject.settings, **(settings or {})},
            allowed_hosts=[f"{address.hostname}:{port}"],
            **given,
        )

    def open(self, **choices: Any) -> Connector:
        """A connector, closed after the case."""
        connector = self.subject.open(self.reach(**choices))
        self._opened.append(connector)
        return connector

    @property
    def connector(self) -> Connector:
        return self._opened[0] if self._opened else self.open()

    @property
    def capabilities(self) -> Capabilities:
        return capabilities(self.subject.connector, self.subject.settings)

    def class_of(self, write: Write) -> WriteClass:
        known = capabilities(self.subject.connector, {**self.subject.settings, **write.settings})
        return known.write_classes.get(write.operation, WriteClass.K5)

    @property
    def number(self) -> int:
        """The number of a thing that is not there yet: a sandbox is fresh, a real system remembers."""
        return 1 if self.control is not None else secrets.randbelow(900_000) + 100_000

    @property
    def sandbox(self) -> httpx.AsyncClient:
        if self.control is None:
            raise NotApplicable("It needs the control interface of a sandbox.")
        return self.control

    async def fault(self, kind: str, match: Match, *, nth: int = 1, times: int = 1, **params: Any) -> None:
        script = {"fault": kind, "match": dict(match), "nth": nth, "times": times, "params": params}
        answer = await self.sandbox.post("/__control/faults", json=script)
        assert answer.status_code == 201, answer.text

    async def mend(self) -> None:
        """Take all faults away."""
        await self.sandbox.delete("/__control/faults")

    async def advance(self, seconds: float) -> None:
        await self.sandbox.post("/__control/clock", json={"advance_seconds": seconds})

    async def now(self) -> str:
        return str((await self.sandbox.get("/__control/clock")).json()["now"])

    async def requests(self, match: Match | None = None) -> list[dict[str, Any]]:
        found = (await self.sandbox.get("/__control/requests")).json()["requests"]
        return [entry for entry in found if _fits(entry, match or {})]

    async def forget(self) -> None:
        await self.sandbox.delete("/__control/requests")

    async def all(self, resource: str, connector: Connector | None = None, **scope: str) -> list[Incoming]:
        """All pages of a list; one that goes on for ever is an error here."""
        found: list[Incoming] = []
        cursor, pages = None, 0
        while pages < 2000:
            page = await (connector or self.connector).fetch(resource, scope, cursor)
            found += page.records
            cursor, pages = page.cursor, pages + 1
            if cursor is None:
                return found
        raise AssertionError("The list has no end.")

    async def sample(self, connector: Connector | None = None, **scope: str) -> list[Incoming]:
        listing = self.subject.listing
        asked = {**self.subject.scope, **scope} if listing.project else scope
        return await self.all(listing.resource, connector, **asked)

    async def ready(self, write: Write, **choices: Any) -> Connector:
        """A connector for this write, and the sandbox set up for it."""
        if write.prepare:
            await write.prepare(self.sandbox)
        return self.of(write, **choices)

    def of(self, write: Write, **choices: Any) -> Connector:
        """A connector with what this write needs of the connection."""
        settings = {**write.settings, **choices.pop("settings", {})}
        credentials = {**choices.pop("credentials", self.subject.credentials), **write.credentials}
        return self.open(settings=settings, credentials=credentials, **choices)

    async def held(self, write: Write, number: int = 1) -> list[Held]:
        return await write.held(self.sandbox, number)

    async def close(self) -> None:
        for connector in self._opened:
            await connector.close()


def steps_of(connector: Connector, write: Write, facts: Mapping[str, Any] | None = None) -> Sequence[Step]:
    """All steps that the facts become; what an approver types stands in them under `entries`."""
    told = dict(write.facts(1) if facts is None else facts)
    typed = told.pop("entries", {})
    return connector.steps(write.object_key, told, typed)


def step_of(connector: Connector, write: Write, facts: Mapping[str, Any] | None = None) -> Step:
    """The first step that the facts become, of the write's operation."""
    return next(step for step in steps_of(connector, write, facts) if step.operation == write.operation)


async def push(connector: Connector, step: Step) -> Answer:
    return await connector.push(step, canonical(step.body))


def nobody_there() -> str:
    """An address on which nobody listens: its port was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def refusal(call: Callable[[], object], otherwise: str) -> HubError:
    """The error of a call that must not succeed."""
    try:
        call()
    except HubError as error:
        return error
    raise AssertionError(otherwise)


async def failure(connector: Connector, step: Step) -> ErpError:
    """The error of a push that must not succeed."""
    try:
        answer = await push(connector, step)
    except ErpError as error:
        return error
    raise AssertionError(f"A write was taken for done: {answer.external_id!r}")


async def found(connector: Connector, step: Step) -> Found:
    there = await connector.find(step)
    assert there is not None, "A document that is there was not found."
    return there


async def agrees(connector: Connector, write: Write, step: Step) -> None:
    """What is read back equals what was sent, where it can be read back."""
    if write.looks:
        differences = (await found(connector, step)).differences
        assert differences == {}, f"Read back otherwise: {differences}"


async def is_absent(connector: Connector, step: Step) -> None:
    """Also true where nobody can look: an honest connector finds nothing there."""
    there = await connector.find(step)
    assert there is None, f"Found before it was there: {there!r}"


async def read_failure(side: Side, connector: Connector | None = None) -> ErpError:
    """The error of a read that must not succeed."""
    try:
        records = await side.sample(connector)
    except ErpError as error:
        return error
    raise AssertionError(f"A read was taken for good: {len(records)} records.")


def _fits(entry: Mapping[str, Any], match: Match) -> bool:
    return all(
        fnmatchcase(str(entry.get(name) or "").lower(), pattern.lower()) for name, pattern in match.items()
    )
