"""The words in which an API is declared: fields, nested sets, parameters, verbs and checks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hub.sandboxes.mri.books import Books

Row = dict[str, Any]
Check = Callable[["Books", Row], None]


class Kind(StrEnum):
    """What a value is; every one of them travels as a string."""

    TEXT = "text"
    AMOUNT = "amount"
    PERCENT = "percent"
    COUNT = "count"
    DATE = "date"
    STAMP = "stamp"
    FINE_STAMP = "fine stamp"  # with seven fraction digits, as some APIs give it
    FLAG = "flag"


@dataclass(frozen=True)
class Field:
    """`made_here`: the server fills it in, and what a caller sends for it is not looked at."""

    name: str
    kind: Kind = Kind.TEXT
    limit: int | None = None
    required: bool = False
    key: bool = False
    default: str | None = None
    choices: tuple[str, ...] = ()
    made_here: bool = False

    @property
    def is_needed(self) -> bool:
        return self.required or self.key


@dataclass(frozen=True)
class NestedSet:
    """Rows inside a row, travelling as `<Name><entry>..</entry></Name>`."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Param:
    """A query parameter that keeps the rows whose field equals it."""

    name: str
    field: str
    required: bool = False


@dataclass(frozen=True)
class Api:
    """One operation of the web services over one collection of rows.

    On a POST the order is: field rules, duplicate key, `checks` one after the other until one refuses,
    `complete` for what the server makes itself.
    """

    name: str
    collection: str
    fields: tuple[Field, ...]
    nested: tuple[NestedSet, ...] = ()
    verbs: tuple[str, ...] = ("GET",)
    params: tuple[Param, ...] = ()
    changed: str | None = None  # the stamp that the parameter LastUpdateDate is compared with
    nothing_found: str | None = None  # the error that takes the place of an empty list, where that is on
    duplicate: str | None = None  # with the row's fields in braces
    checks: tuple[Check, ...] = ()
    complete: Check | None = None

    @property
    def key_fields(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.key)

    def key_of(self, row: Mapping[str, Any]) -> str:
        """For people and the log; the parts of the key joined by a slash."""
        return "/".join(str(row.get(name) or "") for name in self.key_fields)

    def store_key(self, row: Mapping[str, Any]) -> str:
        return "\x1f".join(str(row[name]) for name in self.key_fields)
