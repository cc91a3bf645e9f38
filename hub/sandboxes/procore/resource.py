"""How a resource of the API is declared: its path, fields, filters, views, locks and sync."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.sandboxes.procore.envelope import BARE, Envelope
from hub.sandboxes.procore.fields import Field, as_given, text
from hub.sandboxes.procore.filtering import USUAL, Filter
from hub.sandboxes.procore.problem import Problem
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.settings import Settings

View = Callable[[Record, Records], Record]

ORIGIN_ID = text("origin_id")
ORIGIN_FIELDS: tuple[Field, ...] = (ORIGIN_ID, text("origin_code"), *as_given("origin_data"))
READ_ONLY = frozenset({"list", "show"})
FULL = frozenset({"list", "show", "create", "update", "delete", "sync"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What an object belongs to: the parameter that names it and the kind of object it names.

    The parameter may stand in the path, in the query or in the body."""

    parameter: str
    kind: str
    also: tuple[str, ...] = ()  # other kinds of objects that it may name

    @property
    def kinds(self) -> tuple[str, ...]:
        return (self.kind, *self.also)


COMPANY = Scope("company_id", "company")
PROJECT = Scope("project_id", "project", ("project_template",))  # a template is a project of its own kind


@dataclass(frozen=True, slots=True)
class Locks:
    """What a caller may no longer change; an object with any lock on it can't be deleted either.

    `synced` are the fields held once the object carries an ERP's id; `by_status` those held in a status,
    which a company setting can relax. `lines` says that the object's lines are held along with it."""

    synced: frozenset[str] = frozenset()
    by_status: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lines: bool = False


def nothing_more(_record: Record, _records: Records) -> None:
    pass


def always(_record: Record, _settings: Settings) -> bool:
    return True


def open_to_all(_settings: Settings, _writes: bool) -> Problem | None:
    return None


def as_stored(record: Record, _records: Records) -> Record:
    return record


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource. `kind` is its name in the store and in External Data; `root` wraps the body of a write.

    Lists show `views[list_view]` unless asked otherwise, every other answer shows `views[show_view]`."""

    kind: str
    path: str
    scope: Scope
    fields: tuple[Field, ...] = ()
    operations: frozenset[str] = FULL
    root: str = ""
    filters: Mapping[str, Filter] = field(default_factory=lambda: USUAL)
    sorts: Sequence[str] = ()
    views: Mapping[str, View] = field(default_factory=lambda: {"default": as_stored})
    list_view: str = "default"
    show_view: str = "default"
    view_parameter: str = "view"
    paged: bool = True
    envelope: Envelope = BARE
    most_entries_status: int = 413  # the answer to a sync with too many entries
    locks: Locks = field(default_factory=Locks)
    prepare: Callable[[Record, Records], Record] = as_stored  # completes a record before it is stored
    soft_delete: bool = False
    linkable: bool = True  # whether an ERP's id can be kept on it
    takes_origin: bool = True  # whether that id is among the fields of a write here
    bare_body: bool = False
    beside: tuple[str, ...] = ()  # fields that stand beside the body's root, and narrow a list by their name
    seen: View = as_stored  # a record as filters look at it
    searched: tuple[str, ...] = ()  # where a list looks for the text of its parameter `query`
    list_needs: tuple[str, ...] = ()  # parameters without which there is no list
    only: Callable[[Record, Settings], bool] = always  # which objects of the kind are seen here
    closed: Callable[[Settings, bool], Problem | None] = open_to_all  # a company's setting that closes it
    guard: Callable[[Record, Records], None] = nothing_more  # refuses a write as no declared lock can
    made: Callable[[Record, Records], None] = nothing_more  # what comes with an object once it is stored
    origin_per_scope: bool = (
        False  # the same origin id may stand once in every scope, not once in the company
    )

    @property
    def writable(self) -> Mapping[str, Field]:
        origin_fields = ORIGIN_FIELDS if self.linkable and self.takes_origin else ()
        return {declared.name: declared for declared in (*self.fields, *origin_fields)}

    @property
    def body_root(self) -> str | None:
        """None where the body of a write is not wrapped."""
        return None if self.bare_body else self.root or self.kind

    @property
    def is_part(self) -> bool:
        """Whether it is a part of another object, as a line is of its contract."""
        return self.scope not in (COMPANY, PROJECT)


def by_kind(resources: Iterable[Resource]) -> Mapping[str, Resource]:
    """The main declaration of each kind: the first one, of which later ones are twins on other paths."""
    found: dict[str, Resource] = {}
    for resource in resources:
        found.setdefault(resource.kind, resource)
    return found
