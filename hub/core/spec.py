"""How an object is described: its record, its lines and the facts that are not columns. Behaviour follows from it elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Table

from db.base import AccountRow, AccountTable, Record


class Way(StrEnum):
    """Which side may create the object on the other."""

    EXPORT = "EXPORT"  # from the project tool into the ERP
    IMPORT = "IMPORT"  # from the ERP into the project tool
    BOTH = "BOTH"  # whichever knows it first; connections say which of the two their ERP can


@dataclass(frozen=True)
class Billed:
    """Lines that bill others: `names` holds the project tool's id of a line of the contract that the column `contract` of the
    parent names, or of a change order of it. Where they show no codes, theirs are those of the line they bill."""

    names: str
    contract: str
    lines: str  # the table of the contract's lines
    orders: str  # the table of its change orders
    order_lines: str  # the table of theirs


@dataclass(frozen=True)
class LineSpec:
    """A list that belongs to an object and has no life of its own."""

    record: type[AccountRow]
    name: str  # GraphQL field on the parent
    parent: str  # column that names the parent
    order: str
    hidden: tuple[str, ...] = ()
    references: Mapping[str, str] = field(default_factory=dict)  # column -> key of the object it names
    resource: str | None = None  # what it is read as where it does not arrive with its parent
    billed: Billed | None = None

    @property
    def table(self) -> Table:
        return table_of(self.record)


@dataclass(frozen=True)
class Admission:
    """What a record of the ERP needs, besides fitting, to become an item. One that lacks it is remembered and tried again with each run."""

    switch: str | None = None  # column of its project that has to be on
    twin_of: str | None = (
        None  # key of the exported object whose documents the ERP lists among these too: not taken in twice
    )
    exported: str | None = None  # column that names an item which the hub has to have exported
    inherits: tuple[str, ...] = ()  # what that item says in the record's stead
    coded: bool = False  # whether its lines need a code and type that its project has
    needed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # reference -> kinds that need it
    silent: tuple[str, ...] = ()  # references that may lead nowhere without anybody being told


@dataclass(frozen=True)
class Void:
    """How an item counts for nothing: what a column says then, as SQL."""

    column: str
    value: str
    follows: str | None = None  # behaviour of a connection that says whether what is gone counts for nothing


@dataclass(frozen=True)
class ErpObject:
    """One cross-system object, described once."""

    record: type[Record]
    key: str  # word in connectors, jobs and settings: "commitment"
    tag: str  # prefix of its global ids
    plural: str  # GraphQL name of its list
    way: Way
    natural_key: str
    orders: tuple[str, ...]
    filters: tuple[str, ...]
    search: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    lines: LineSpec | None = None
    references: Mapping[str, str] = field(default_factory=dict)  # column -> key of the object it names
    project_column: str | None = None  # the column that names its project, for project-level rights
    locked_after_send: tuple[str, ...] = ()
    locked_after_sync: tuple[str, ...] = ()
    erp_fields: tuple[str, ...] = ()  # the ERP decides them once the item is linked
    erp_lines: bool = False  # and its lines too
    erp_fields_setting: str | None = None  # ERP connection setting that can turn this off; on unless told
    kept_in_erp: bool = False  # the list is the ERP's: what only the project tool knows does not enter
    origin_flag: str | None = None  # behaviour of an ERP that says whether the project tool may make them too
    enters_active: bool = False  # what is inactive in the ERP and was never listed does not enter
    amount: str | None = None  # the amount that a second read compares
    admission: Admission | None = None  # what keeps the ERP's records out although they fit
    void: Void | None = None  # how it counts for nothing where the ERP has it no more
    editable_flag: str | None = (
        None  # behaviour of an ERP that lets the project tool edit what is linked; off unless told
    )

    @property
    def goes_out(self) -> bool:
        """Whether it may be sent to an ERP that takes it."""
        return self.way in (Way.EXPORT, Way.BOTH)

    @property
    def comes_in(self) -> bool:
        """Whether an ERP that has it may make it known."""
        return self.way in (Way.IMPORT, Way.BOTH)

    @property
    def name(self) -> str:
        """The GraphQL name of its type."""
        return self.record.__name__

    @property
    def table(self) -> Table:
        return table_of(self.record)


def table_of(record: type[AccountTable]) -> Table:
    table: Table = record.__table__  # type: ignore[attr-defined]  # SQLModel sets it on table classes
    return table
