"""How a GraphQL field is read: the kinds of plan a field may carry.

SQL is written as templates: `{t}` the row, `{l}` its link, `{c}` the link's connection, `{pm}` the viewer's levels on its project,
`{v}` the viewer, `{pt}`, `{pl}` and `{pc}` row, link and connection of the parent, `{account}` and `{member}` the two values
every statement has."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table


@dataclass(frozen=True)
class Column:
    """A value computed from the row."""

    sql: str


@dataclass(frozen=True)
class Composite:
    """An object made of the same row's columns; null where `null_when` holds."""

    null_when: str | None = None


@dataclass(frozen=True)
class One:
    """One row of another kind, or null."""

    on: str


@dataclass(frozen=True)
class Many:
    """A short list of rows of another kind, in a fixed order, never more than `limit`."""

    on: str
    order: str
    limit: int = 1000


@dataclass(frozen=True)
class Paged:
    """A Relay connection of rows of another kind."""

    on: str = "true"


@dataclass(frozen=True)
class ById:
    """The row that a global id argument names, or null."""


@dataclass(frozen=True)
class ByIds:
    """The rows that a list of global ids names, in their order, null where there is none."""


@dataclass(frozen=True)
class Named:
    """A row of whichever kind two columns of this row name."""

    type_sql: str
    id_sql: str


@dataclass(frozen=True)
class Explained:
    """The explanation of one action on the row."""

    action: str


@dataclass(frozen=True)
class Inlined:
    """An object at the root that has no row of its own."""


@dataclass(frozen=True)
class Computed:
    """Made in Python from planned columns, which it declares; each is read under its key."""

    needs: Mapping[str, str]
    compute: Callable[[Mapping[str, Any], Any, Mapping[str, Any]], Awaitable[Any]]


Plan = Column | Composite | One | Many | Paged | ById | ByIds | Named | Explained | Inlined | Computed


@dataclass(frozen=True)
class Order:
    """One way to order a list: a column that is never null, then the id."""

    column: str
    cast: str
    descending: bool = False


@dataclass(frozen=True)
class RowKind:
    """A kind of row that lists and relations can reach."""

    type_name: str
    tag: str | None  # prefix of its global ids; None where it is not a node
    table: Table
    visible: str  # template: whether the viewer may see a row
    alone: str = (
        "true"  # template: what must hold besides where the row is asked for by its id, not met on the way
    )
    linked: bool = False  # whether each row has a link
    project: str | None = None  # template of the project it belongs to, for project-level rights
    id_sql: str = "{t}.id"
    orders: Mapping[str, Order] = field(default_factory=dict)
    filters: Mapping[str, "FilterField"] = field(default_factory=dict)


@dataclass(frozen=True)
class FilterField:
    """What one field of a filter compares: its column and how values are cast."""

    column: str
    cast: str
    kind: str  # id, text, word, money, date, flag, search
