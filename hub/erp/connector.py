"""The port to every other system: testing it, reading pages, writing a payload, reading it back, letting go of it.

What a system can do is data: `hub.erp.capabilities`. How it is reached: `hub.erp.reach`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol

from hub.codes import ErrorCode


@dataclass(frozen=True, slots=True)
class Incoming:
    """One record read from the other side, already in our field names and Python types.

    `refs` name other records by their external id on that side; `problems` are values that did not fit; `snapshot` is
    the record in that side's own names, as a write's answer shows it, where the list is read to compare."""

    object_key: str
    external_id: str
    external_code: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    refs: Mapping[str, str | None] = field(default_factory=dict)
    lines: Sequence["Incoming"] = ()
    linked_to: str | None = None  # the ERP's id this record says it is linked to (Procore's origin_id)
    updated_at: datetime | None = None
    problems: Sequence["Problem"] = ()
    snapshot: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that does not fit our field. With `warns` the record goes in all the same, without the value."""

    field: str
    value: str
    message: str
    warns: ErrorCode | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of records; `cursor` asks for the next one and is None after the last."""

    records: Sequence[Incoming]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One request that would change the other side: where it goes and the exact body."""

    name: str
    operation: str  # logical operation, the key of `write_classes`
    method: str
    target: str
    body: Mapping[str, Any]
    natural_key: Mapping[str, str]  # how `find` looks for what this step makes
    expected: Mapping[str, str]  # what a read-back must show: amounts as decimal strings


@dataclass(frozen=True, slots=True)
class Found:
    """What the other side holds under a step's natural key. Without `differences` it equals the step."""

    external_id: str
    external_code: str | None
    differences: Mapping[str, tuple[str, str]]  # field -> (ours, theirs)
    snapshot: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A write that the other side confirmed: parsed, ids present, amounts equal.

    A step that carries many records is answered per record, under the keys the step gave them: `entries` has
    the external ids of those that were stored, `errors` the other side's words for those that were not."""

    external_id: str
    external_code: str | None
    snapshot: Mapping[str, Any]
    request_id: str | None = None
    entries: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `verify`: an API that was asked, and what it said. `code` where callers tell it from other lines."""

    name: str
    ok: bool
    message: str
    code: ErrorCode | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something on the other side that has to go before a link may be cut. `external_id` names it there."""

    external_id: str
    message: str


class Connector(Protocol):
    """One connection to one system. Made per job, closed after it.

    `fetch` reads one page of an object's list within a scope: `project`, `since`, and whatever that list needs.
    `steps` turns facts and what the approver typed into requests; it is pure. `find` looks for what a step makes,
    `obstacles` for what stands in the way of unlinking what a step has made: the document itself, and what hangs on it.

    Reads raise `ErpUnavailable`, `ErpUnauthorized` (`ErpForbidden` where only this is closed), `ErpUnexpected`.
    A `push` also raises `ErpRefused`; any other error of a push means the outcome is unknown unless `ErpUnavailable.reached` is false."""

    kind: ClassVar[str]

    async def verify(self) -> Sequence[Check]: ...

    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page: ...

    def steps(
        self, object_key: str, facts: Mapping[str, Any], entries: Mapping[str, Any]
    ) -> Sequence[Step]: ...

    async def find(self, step: Step) -> Found | None: ...

    async def push(self, step: Step, body: bytes) -> Answer: ...

    async def obstacles(self, step: Step) -> Sequence[Obstacle]: ...

    async def close(self) -> None: ...
