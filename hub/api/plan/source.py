"""One row in a statement: its aliases, and which of its surroundings the selected fields need."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import Table

from hub.api.plan.fields import RowKind

ACCOUNT = "$1"
MEMBER = "$2"


@dataclass
class Source:
    """A row of a kind under an alias of its own. Rendering a template notes what must be joined."""

    kind: RowKind | None
    alias: str
    parent: "Source | None" = None
    joined: dict[str, str] = field(default_factory=dict)
    judged: dict[str, str] = field(
        default_factory=dict
    )  # rule -> its column in the row's lateral of verdicts

    @property
    def table(self) -> Table:
        assert self.kind is not None
        return self.kind.table

    def render(self, template: str) -> str:
        return template.format_map(_Names(self))

    def verdict(self, holds: str) -> str:
        """The column that tells whether a rule holds for the row; each rule is evaluated once a row."""
        sql = self.render(holds)
        name = self.judged.setdefault(sql, f"r{len(self.judged)}")
        return f"j{self.alias}.{name}"

    def from_clause(self, driver: str | None = None) -> str:
        """FROM and its joins, driven by a list of keys where given. Called last, when all templates of the row are rendered."""
        assert self.kind is not None
        row = f'"{self.kind.table.name}" {self.alias}'
        if driver is None:
            parts = [f"from {row}"]
        else:
            parts = [
                f"from {driver} join {row} on {self.alias}.account_id = {ACCOUNT} and {self.alias}.id = {driver}.id"
            ]
        if "c" in self.joined:
            self.joined.setdefault("l", f"l{self.alias}")
        if "l" in self.joined:
            link = self.joined["l"]
            parts.append(
                f"join link {link} on {link}.account_id = {ACCOUNT} and {link}.object_id = {self.alias}.id"
            )
        if "c" in self.joined:
            c, link = self.joined["c"], self.joined["l"]
            parts.append(
                f"join connection {c} on {c}.account_id = {ACCOUNT} and {c}.id = {link}.connection_id"
            )
        if "pm" in self.joined and self.kind.project is not None:
            pm, project = self.joined["pm"], self.render(self.kind.project)
            parts.append(
                f"left join project_member {pm} on {pm}.account_id = {ACCOUNT} and {pm}.member_id = {MEMBER}"
                f" and {pm}.project_id = {project}"
            )
        if self.judged:
            columns = ", ".join(f"{sql} as {name}" for sql, name in self.judged.items())
            parts.append(f"cross join lateral (select {columns} offset 0) j{self.alias}")
        return "\n".join(parts)


class _Names(Mapping[str, str]):
    """The placeholders of one source, resolved on use."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def __getitem__(self, name: str) -> str:
        source = self._source
        match name:
            case "t":
                return source.alias
            case "l" | "c" | "pm":
                return source.joined.setdefault(name, f"{name}{source.alias}")
            case "pt" | "pl" | "pc":
                assert source.parent is not None, "a relation needs a parent"
                return source.parent.render("{" + name[1] + "}")
            case "v":
                return "v"
            case "account":
                return ACCOUNT
            case "member":
                return MEMBER
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Aliases:
    """Fresh aliases for one statement."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def fresh(self, prefix: str = "t") -> str:
        return f"{prefix}{next(self._numbers)}"
