"""What the suite is told about one connector: its sandbox, its sign-in, what to read, what to write, how to look."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

import httpx
from starlette.applications import Starlette

from hub.connectors import CONNECTORS
from hub.erp.connector import Connector
from hub.erp.reach import Reach

Facts = Mapping[str, Any]
Match = Mapping[str, str]
Control = httpx.AsyncClient


class Depth(IntEnum):
    """How much of the suite a write goes through. What runs at one depth runs at all deeper ones."""

    TRIP = 1  # there, back, and there with a lost answer
    CORE = 2  # what keeps documents from being lost, doubled or changed
    WHOLE = 3


@dataclass(frozen=True)
class Held:
    """A document as the other side holds it: its id there, and its amount where it has one."""

    external_id: str
    amount: str | None = None


@dataclass(frozen=True)
class Listing:
    """The list that is read as a sample. `rows` is the path of the rows in an answer, empty for the root.

    `truth` names what the sandbox was seeded with, by external id; `spoilt` is a value of the first row that does
    not fit, with the field of ours it makes a problem of; `add` puts a row where it shifts all others, `remove` takes one out."""

    resource: str
    match: Match
    truth: Callable[[], Mapping[str, str]]
    id_field: str
    spoilt: tuple[str, Any, str]
    add: Callable[[Control], Awaitable[str]]
    remove: Callable[[Control, str], Awaitable[None]]
    nothing: Any
    no_rows: Sequence[Any]
    rows: str = ""
    project: bool = False

    def path(self, *parts: str) -> str:
        return ".".join(part for part in (self.rows, *parts) if part)


@dataclass(frozen=True)
class Batch:
    """A write that carries many records: facts of those with these numbers, and of one that is refused."""

    facts: Callable[[Sequence[int]], Facts]
    bad: Callable[[int], Facts]
    key: Callable[[int], str]


@dataclass(frozen=True)
class Write:
    """One thing that is written. `facts(n)` are sound facts of the nth such thing; the same n, the same thing. What an
    approver types stands in them under `entries`.

    `held` looks at what the other side holds under the nth key. `match` and `looks` recognise the requests that write
    and that look up; without `looks` nothing can be looked up. `renamed` are facts under the same key with other
    content; `refused` facts that the other side refuses, with a word of its refusal; `unfit` changes to the facts that
    are refused here, with the field. `says_no(n)` is a 200 with a refusal inside, where there is such a thing;
    `without_id`, `other_key` and `other_amount` are lies about the answer. `numbered` makes facts under a key that is given."""

    name: str
    object_key: str
    operation: str
    facts: Callable[[int], Facts]
    held: Callable[[Control, int], Awaitable[list[Held]]]
    match: Match
    looks: Match | None
    depth: Depth = Depth.CORE
    renamed: Callable[[int], Facts] | None = None
    refused: Sequence[tuple[str, Facts]] = ()
    unfit: Mapping[str, tuple[Facts, str]] = field(default_factory=dict)
    without_id: Mapping[str, Any] | None = None
    other_key: Mapping[str, Any] | None = None
    says_no: Callable[[int], Any] | None = None
    other_amount: Mapping[str, Any] | None = None
    amount: Callable[[int, Any], Facts] | None = None
    titled: Callable[[int, str], Facts] | None = None
    numbered: Callable[[str], Facts] | None = None
    batch: Batch | None = None
    remove: Callable[[Control, int], Awaitable[None]] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[Control], Awaitable[None]] | None = None
    credentials: Mapping[str, str] = field(default_factory=dict)  # beside the connection's
    as_approved: bool = True  # whether the very bytes leave, not a rendering of them
    spared: bool = False  # whether the command alone tries it


@dataclass(frozen=True)
class Subject:
    """A connector under test, at one kind of site. `kind` is the name it is registered under, where that is another.
    `scope` is what its lists per project are asked with; `scopes` for lists that need more.

    `secret` is the credential that must show nowhere; `token` recognises requests that fetch a token, `token_seconds`
    is its life. `says` is a refusal in the system's own shape. `deny` takes one right away and gives a word of the check that must then fail."""

    name: str
    sandbox: Callable[[], Starlette]
    credentials: Mapping[str, str]
    secret: str
    settings: Mapping[str, Any]
    listing: Listing
    writes: tuple[Write, ...]
    scope: Mapping[str, str]
    scopes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    kind: str = ""
    token: Match | None = None
    token_seconds: int = 0
    tells_rates: bool = False
    drafts: bool = True  # whether its requests are shown to people before anything is signed in
    says: Callable[[str, int], Any] = lambda words, _status: {"message": words}
    deny: Callable[[Control], Awaitable[str]] | None = None
    open_with: Callable[[Reach], Connector] | None = None
    cases: tuple[Any, ...] = ()  # of this connector alone
    changed: frozenset[str] = frozenset()  # operations that cases of its own try: they make nothing

    def open(self, reach: Reach) -> Connector:
        return (self.open_with or CONNECTORS[self.connector].open)(reach)

    @property
    def connector(self) -> str:
        return self.kind or self.name

    @property
    def shallower(self) -> "Subject":
        """Without the writes that are spared and with each other one step less deep: the share of the suite that
        runs with all other tests."""
        less = {Depth.WHOLE: Depth.CORE}
        return replace(
            self,
            writes=tuple(
                replace(one, depth=less.get(one.depth, Depth.TRIP)) for one in self.writes if not one.spared
            ),
        )

    def wrong_credentials(self) -> Mapping[str, str]:
        return {name: "wr0ng" if value == self.secret else value for name, value in self.credentials.items()}
