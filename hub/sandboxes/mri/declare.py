"""The words in which an API is declared: fields, nested sets, parameters, verbs and checks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hub.sandboxes.mri.books import Books

Row = dict[str, Any]
Check = Callable[["Books", Row], None]
DocumentCheck = Callable[["Books", list[Row]], None]


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
    PERIOD = "period"  # an accounting month, YYYYMM


NUMBERS = (Kind.AMOUNT, Kind.PERCENT, Kind.COUNT)


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


class DateForm(StrEnum):
    """In which of its two forms an API documents its date parameters."""

    YEAR_FIRST = "yyyy-mm-dd"
    MONTH_FIRST = "mm-dd-yyyy"


@dataclass(frozen=True)
class Document:
    """Entries that are lines of one document: equal in `fields`, they stand or fall together.

    Lines that come without a number are numbered in their order. `checks` see all lines that it then has;
    `taken` is the refusal, with the row's fields in braces, of a document that is there already."""

    fields: tuple[str, ...]
    taken: str
    number: str = "LineNumber"
    checks: tuple[DocumentCheck, ...] = ()


@dataclass(frozen=True)
class Api:
    """One operation of the web services over one collection of rows.

    On a POST the order is: field rules, duplicate key, `checks` one after the other until one refuses,
    `complete` for what the server makes itself, `then` for what else in the books moves. A PUT needs the
    row to be there, unless the API makes it then (`upserts`), takes what is not sent from it, and has
    `change` in the place of `complete`. An API that acts on other rows has `acts` and keeps none itself.
    """

    name: str
    collection: str
    fields: tuple[Field, ...]
    nested: tuple[NestedSet, ...] = ()
    verbs: tuple[str, ...] = ("GET",)
    params: tuple[Param, ...] = ()
    changed: str | None = None  # the stamp that the parameter LastUpdateDate is compared with
    spans: str | None = None  # the date that the parameters StartDate and EndDate are compared with
    date_form: DateForm = DateForm.YEAR_FIRST
    nothing_found: str | None = None  # the error that takes the place of an empty list, where that is on
    duplicate: str | None = None  # with the row's fields in braces
    checks: tuple[Check, ...] = ()
    complete: Check | None = None
    change: Check | None = None
    then: Check | None = None
    acts: Check | None = None
    document: Document | None = None
    upserts: bool = False
    filters: bool = False  # takes $filter
    paged: bool = True
    bare: bool = False  # one row, not in a list
    module: str | None = None  # without which there is nothing to read or write
    only: Callable[[Row], bool] | None = None  # which rows of a collection that it shares it shows
    finds: Callable[["Books"], list[Row]] | None = None  # rows that are worked out, not kept

    @property
    def key_fields(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.key)

    def key_of(self, row: Mapping[str, Any]) -> str:
        """For people and the log; the parts of the key joined by a slash."""
        return "/".join(str(row.get(name) or "") for name in self.key_fields)

    def store_key(self, row: Mapping[str, Any]) -> str:
        return "\x1f".join(str(row[name]) for name in self.key_fields)
