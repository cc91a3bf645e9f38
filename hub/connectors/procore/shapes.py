"""How a row of Procore becomes a record: its mapping, and beside it ids, links, lines and what stands in for what it lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from hub.erp import values
from hub.erp.connector import Incoming, Problem
from hub.erp.incoming import incoming, quiet, records
from hub.erp.mapping import Mapping as FieldMapping
from hub.erp.origin import OriginIds, OriginKind

Row = Mapping[str, Any]
Scope = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a row names another record: by Procore's id, or with `kind` by the ERP's key in its origin id."""

    path: str  # alternatives apart by a bar
    kind: OriginKind | None = None

    def read(self, row: Row, origins: OriginIds) -> str | None:
        found = quiet(values.identifier, at(row, self.path))
        return found if self.kind is None else origins.key(self.kind, found)


@dataclass(frozen=True, slots=True)
class Shape:
    """`scoped` are references the scope answers. `aliases` name a part that stands in for one the row lacks.

    `texts` are paths that fill a field the mapping left empty; `sums` are fields that add up the lines'."""

    mapping: FieldMapping
    id: str = "id"
    code: str = ""
    origin: OriginKind | None = None
    refs: Mapping[str, Ref] = field(default_factory=dict)
    scoped: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    lines: str = ""
    line: "Shape | None" = None
    on_breakdown: bool = False  # a line that may name its codes by one of the work breakdown


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds records under one prefix of origin ids."""

    origins: OriginIds

    def record(
        self, shape: Shape, row: Row, scope: Scope, given: Mapping[str, Any] | None = None
    ) -> Incoming:
        full = {**row, **{name: at(row, other) for name, other in shape.aliases.items() if not row.get(name)}}
        lines = self._lines(shape, full)
        made = incoming(
            shape.mapping,
            full,
            external_id=at(full, shape.id),
            external_code=at(full, shape.code) if shape.code else None,
            linked_to=self._link(shape, full),
            updated_at=quiet(values.instant, full.get("updated_at")),
            refs=self._refs(shape, full, scope),
            lines=lines,
            defaults={**shape.defaults, **(given or {}), **_texts(shape, full)},
        )
        summed = {name: _sum(lines, name) for name in shape.sums} if lines else {}
        problems = (*made.problems, *_missing(shape, made))
        return replace(made, values={**made.values, **summed}, problems=problems)

    def _link(self, shape: Shape, row: Row) -> str | None:
        if shape.origin is None:
            return None
        return self.origins.key(shape.origin, quiet(values.identifier, row.get("origin_id")))

    def _refs(self, shape: Shape, row: Row, scope: Scope) -> dict[str, str | None]:
        named = {name: ref.read(row, self.origins) for name, ref in shape.refs.items()}
        return {**named, **{name: scope.get(name) for name in shape.scoped}}

    def _lines(self, shape: Shape, row: Row) -> list[Incoming]:
        if shape.line is None:
            return []
        return [
            self.record(shape.line, line, {}, {"line_number": place} if _counts(shape.line) else None)
            for place, line in numbered(records(row.get(shape.lines) or [], "lines"))
        ]


def at(row: Row, path: str) -> Any:
    """What stands at the first of some paths that holds anything."""
    for option in path.split("|"):
        found: Any = row
        for name in option.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        if found is not None and found != "":
            return found
    return None


def numbered(lines: Sequence[Row]) -> list[tuple[int, Row]]:
    """Lines with their numbers: their positions where those are sound, else the order they come in."""
    positions = [quiet(values.whole, line.get("position")) or 0 for line in lines]
    sound = all(place > 0 for place in positions) and len(set(positions)) == len(positions)
    return list(zip(positions if sound else range(1, len(lines) + 1), lines, strict=True))


def _counts(shape: Shape) -> bool:
    return "line_number" in shape.mapping.fields


def _texts(shape: Shape, row: Row) -> dict[str, str | None]:
    found = {name: quiet(values.text, at(row, path)) for name, path in shape.texts.items()}
    return {name: text for name, text in found.items() if text is not None}


def _missing(shape: Shape, made: Incoming) -> list[Problem]:
    refused = {problem.field for problem in made.problems}
    blank = [name for name in shape.required if made.values.get(name) is None and name not in refused]
    return [Problem(name, "", "is missing") for name in blank]


def _sum(lines: Sequence[Incoming], name: str) -> Decimal:
    return sum((line.values.get(name) or Decimal(0) for line in lines), Decimal("0.00"))
