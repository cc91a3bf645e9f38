"""What there is to say of a list of Procore before it is read: where it is, what it takes, where lines and rights come from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hub.connectors.procore.shapes import Row, Shape
from hub.erp.connector import Incoming


@dataclass(frozen=True, slots=True)
class List:
    """One list operation. `within` has the query for a scope that names more. `given` is what being in it says.

    `most` is the largest page, `changes` whether it takes a range of `updated_at`, `root` where else its rows stand,
    `show` where one of its records is where that is not below the list."""

    path: str
    version: str = "v1.0"
    query: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    paged: bool = True
    changes: bool = False
    most: int = 2000
    root: str = ""
    show: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What settings call it: the words of its path, without those that only lead to a company or project."""
        parts = self.path.split("/")[3:]
        kept = [
            part
            for part, after in pairwise([*parts, ""])
            if not part.startswith("{") and not (part in ("companies", "projects") and after.startswith("{"))
        ]
        return ".".join(kept)


@dataclass(frozen=True, slots=True)
class Lines:
    """How lines are had: they are in the row; or its show answer has them; or they have lists of their own.

    With `summaries` the row is never whole; with `may_lack` a site that does not offer the lists has no such lines.
    `holders` are lists whose rows hold the lines, found by naming this record at `named`."""

    name: str
    show: bool = False
    summaries: bool = False
    lists: tuple[List, ...] = ()
    holders: List | None = None
    named: str = ""
    may_lack: bool = False


@dataclass(frozen=True, slots=True)
class Rights:
    """A user's rights come from their permission template."""

    tools: Mapping[str, str]
    granular: bool


@dataclass(frozen=True, slots=True)
class Resource:
    """Its lists are read one after the other. `under` are lists each of whose records has one of these lists.

    `instead` is read where the first list is not offered; `parse` reads rows that no mapping can. `only` is a field and the
    word that tells its rows from others on the same list."""

    shape: Shape
    lists: tuple[List, ...]
    lines: Lines | None = None
    under: tuple[List, ...] = ()
    rights: Rights | None = None
    instead: "Resource | None" = None
    parse: Callable[[Row], Incoming] | None = None
    only: tuple[str, str] | None = None
