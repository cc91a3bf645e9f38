"""How a document lies in MRI's rows: a row with its lines nested, or a row per line; and what makes two documents equal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hub.connectors.mri.wire.answers import Row, nested
from hub.connectors.mri.wire.names import Source
from hub.erp import values
from hub.erp.canonical import money_text
from hub.erp.incoming import quiet
from hub.erp.mapping import Mapping as Table

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Gathered:
    """One document: `head` is the row that names it."""

    head: Row
    lines: Sequence[Row]


def gathered(rows: Iterable[Row], source: Source) -> list[Gathered]:
    """Documents out of rows. Of rows per line, one that comes twice counts once: pages move while they are read."""
    if source.lines is not None:
        return [Gathered(row, nested(row, source.lines)) for row in rows]
    groups: dict[tuple[str, ...], dict[tuple[str, ...], Row]] = {}
    for row in rows:
        group = groups.setdefault(key_of(row, source.key), {})
        group[key_of(row, source.line_key)] = row
    found = (list(group.values()) for group in groups.values())
    return [Gathered(lines[0], lines) for lines in found]


def snapshot(document: Gathered, lines: str | None) -> Entry:
    """The row as it came; of rows per line, the first with all of them beside it."""
    if lines is not None:
        return document.head.plain
    return {**document.head.plain, "lines": [line.plain for line in document.lines]}


def key_of(row: Mapping[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    """Ids as text, as they are spelled: `0000009006` stays that."""
    return tuple(quiet(values.text, row.get(name)) or "" for name in names)


@dataclass(frozen=True, slots=True)
class View:
    """One API's look at a kind of document: our fields beside the names that this API gives them."""

    source: Source
    header: Table
    line: Table
    texts: Sequence[str]
    amount: str | None

    @classmethod
    def of(
        cls, source: Source, header: Table, line: Table, texts: Sequence[str] = (), amount: str | None = None
    ) -> "View":
        return cls(source, named(header, source.fields), named(line, source.line_fields), texts, amount)

    def entries(self, facts: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> list[Entry]:
        """What is sent. Raises `MappingError` for a value that does not fit."""
        head = filled({**self.source.constants, **self.header.to_erp(facts)})
        rows = [filled({**self.source.line_constants, **self.line.to_erp(line)}) for line in lines]
        if self.source.lines is not None:
            return [{**head, self.source.lines: {"entry": rows}}]
        return [{**head, **row} for row in rows]

    def key(self, row: Mapping[str, Any], fields: Sequence[str]) -> tuple[str, ...]:
        return key_of(row, [theirs(self.header, name) for name in fields])

    def shown(self, document: Gathered) -> dict[str, str]:
        """What makes two documents equal: some texts, the total, and every line with its code and amount."""
        head, lines = document.head, document.lines
        texts = {name: key_of(head, [theirs(self.header, name)])[0] for name in self.texts}
        amounts = [quiet(values.money, line.get(theirs(self.line, "amount"))) for line in lines]
        total = sum((amount for amount in amounts if amount is not None), Decimal(0))
        sums = {"lines_amount": "" if None in amounts else money_text(total), "lines_count": str(len(lines))}
        return {**texts, **self._total(head), **sums, **dict(map(self._line, enumerate(lines, 1)))}

    def _total(self, head: Row) -> dict[str, str]:
        if self.amount is None or self.source.lines is None:
            return {}
        return {self.amount: amount_text(head.get(theirs(self.header, self.amount)))}

    def _line(self, numbered: tuple[int, Row]) -> tuple[str, str]:
        """A line under its number where it has one, else under its code."""
        position, row = numbered
        code, kind = key_of(row, [theirs(self.line, name) for name in ("cost_code", "cost_type")])
        amount = amount_text(row.get(theirs(self.line, "amount")))
        if "line_number" not in {each.field for each in self.line.rows}:
            return f"line {code}/{kind}", amount
        number = key_of(row, [theirs(self.line, "line_number")])[0] or str(position)
        return f"line {number}", f"{code}/{kind} {amount}"


def named(table: Table, names: Mapping[str, str]) -> Table:
    """A table in the names of an API, which may also name fields that this table does not have."""
    own = {row.field: names[row.field] for row in table.rows if row.field in names}
    return table.renamed(own) if own else table


def theirs(table: Table, field: str) -> str:
    """MRI's name for our field."""
    return next(row.theirs for row in table.rows if row.field == field)


def amount_text(value: Any) -> str:
    """An amount as it is compared, empty where it cannot be read."""
    found = quiet(values.money, value)
    return "" if found is None else money_text(found)


def filled(entry: Mapping[str, Any]) -> Entry:
    return {name: value for name, value in entry.items() if value is not None}


def differences(ours: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    return {
        name: (value, theirs.get(name, ""))
        for name, value in ours.items()
        if not same_text(value, theirs.get(name, ""))
    }


def same_text(ours: str, theirs: str) -> bool:
    """Some sites keep Windows-1252 only: what that lacks comes back as a question mark."""
    return theirs in (ours.strip(), ours.strip().encode("cp1252", "replace").decode("cp1252"))
