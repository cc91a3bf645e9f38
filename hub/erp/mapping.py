"""How one of our objects is named on another system: rows of *our field, way, their name*.

Rows are data, as the other system's manual prints them. All functions are pure. A mapping is checked when its
module is imported: a row that names a field our record lacks is a `TypeError` at once."""

from collections.abc import Callable
from collections.abc import Mapping as Dictionary
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from hub.erp.connector import Problem
from hub.errors import MappingError

Convert = Callable[[Any], Any]


class Way(StrEnum):
    """Who fills whom."""

    IMPORT = "import"  # they fill ours
    EXPORT = "export"  # ours fills theirs
    BOTH = "both"


_ARROWS = {Way.IMPORT: "←", Way.EXPORT: "→", Way.BOTH: "↔"}


@dataclass(frozen=True, slots=True)
class Row:
    """`theirs` may be a path with dots. A converter that raises `ValueError` says what does not fit."""

    field: str
    way: Way
    theirs: str
    to_erp: Convert | None = None
    from_erp: Convert | None = None
    note: str = ""

    @property
    def comes_in(self) -> bool:
        return self.way is not Way.EXPORT

    @property
    def goes_out(self) -> bool:
        return self.way is not Way.IMPORT


@dataclass(frozen=True, slots=True)
class Mapping:
    """One object of ours and one of theirs."""

    object_key: str
    theirs: str
    fields: AbstractSet[str]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        unknown = sorted({row.field for row in self.rows} - self.fields)
        if unknown:
            raise TypeError(f"{self.object_key} has no field {', '.join(unknown)}")
        for chosen in (self.incoming, self.outgoing):
            names = [row.field for row in chosen]
            if len(names) != len(set(names)):
                raise TypeError(f"{self.object_key} maps a field twice in one direction")

    @property
    def incoming(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.comes_in)

    @property
    def outgoing(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.goes_out)

    def from_erp(self, record: Dictionary[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
        """Our values, and what did not fit; absent is a field that did not fit or that they lack."""
        values, problems = dict[str, Any](), list[Problem]()
        for row in self.incoming:
            present, found = _at(record, row.theirs)
            if not present:
                continue
            try:
                values[row.field] = row.from_erp(found) if row.from_erp else found
            except (ValueError, MappingError) as error:
                problems.append(problem(row.field, found, error))
        return values, problems

    def to_erp(self, values: Dictionary[str, Any]) -> dict[str, Any]:
        """Their names with our values, absent fields left out. What does not fit raises `MappingError`."""
        out: dict[str, Any] = {}
        for row in self.outgoing:
            if row.field not in values:
                continue
            value = values[row.field]
            try:
                out[row.theirs] = row.to_erp(value) if row.to_erp and value is not None else value
            except ValueError as error:
                raise MappingError(f"{row.field} {error}", field=row.field, value=value) from error
        return out

    def renamed(self, names: Dictionary[str, str]) -> "Mapping":
        """The same mapping for a site that calls some fields differently: our field -> their name there."""
        unknown = sorted(set(names) - {row.field for row in self.rows})
        if unknown:
            raise MappingError(f"{self.object_key} maps no field {', '.join(unknown)}", field=unknown[0])
        return replace(
            self, rows=tuple(replace(row, theirs=names.get(row.field, row.theirs)) for row in self.rows)
        )

    def table(self) -> str:
        """The rows as a Markdown table."""
        head = f"| {self.object_key} | | {self.theirs} | |\n| --- | --- | --- | --- |\n"
        return head + "".join(
            f"| {row.field} | {_ARROWS[row.way]} | {row.theirs} | {row.note} |\n" for row in self.rows
        )


def problem(field: str, value: object, error: Exception) -> Problem:
    """A value that does not fit, cut to what a person can read."""
    return Problem(field=field, value=str(value)[:200], message=str(error))


def _at(record: Dictionary[str, Any], path: str) -> tuple[bool, Any]:
    """Whether the record has this path, and what stands there. A null on the way is a null at the end."""
    found: Any = record
    for step in path.split("."):
        if found is None:
            return True, None
        if not isinstance(found, Dictionary) or step not in found:
            return False, None
        found = found[step]
    return True, found
