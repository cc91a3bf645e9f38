"""What the ledger keeps: documents of every collection, their stamps and versions, and how the site is set up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.sandboxes.kit import Bench
from hub.sandboxes.reference.catalogue import COLLECTIONS, DEPENDENTS
from hub.sandboxes.reference.declare import Collection, Row
from hub.sandboxes.reference.settings import Settings, Writes


class Books:
    def __init__(self, bench: Bench, settings: Settings) -> None:
        self.bench, self._settings = bench, settings

    def rows(self, collection: str) -> list[Row]:
        """In the order in which they came, which no later change moves."""
        return sorted(self.bench.store.all(collection), key=lambda row: int(row["sequence"]))

    def row(self, collection: str, id_: str) -> Row | None:
        return self.bench.store.get(collection, id_)

    def matching(self, collection: str, wanted: Mapping[str, Any]) -> list[Row]:
        """Rows whose fields have these values, letter case aside."""
        return [
            row
            for row in self.rows(collection)
            if all(_folded(row.get(name)) == _folded(value) for name, value in wanted.items())
        ]

    def same(self, collection: Collection, row: Row) -> list[Row]:
        """What stands under the row's natural key already."""
        return self.matching(collection.name, {name: row.get(name) for name in collection.key})

    def add(self, collection: Collection, row: Row, at: datetime | None = None) -> Row:
        sequence, stamp = self.bench.store.next_number("document"), (at or self.bench.clock.now()).isoformat()
        kept = {
            **row,
            "id": f"{collection.prefix}{sequence:06d}",
            "sequence": sequence,
            "version": 1,
            "posted": False,
            "void": False,
            "created_at": stamp,
            "updated_at": stamp,
        }
        self.bench.store.put(collection.name, kept["id"], kept)
        self._touch_those_it_names(collection, kept)
        return kept

    def change(self, collection: str, row: Row, **changes: Any) -> Row:
        """Stamps the row, also where nothing but a figure computed from others has changed."""
        stamp = self.bench.clock.now().isoformat()
        kept = {**row, **changes, "version": row["version"] + 1, "updated_at": stamp}
        self.bench.store.put(collection, kept["id"], kept)
        return kept

    def remove(self, collection: Collection, row: Row) -> None:
        self.bench.store.delete(collection.name, row["id"])
        self._touch_those_it_names(collection, row)

    def dependents(self, collection: str, row: Row) -> list[tuple[str, Row]]:
        """What hangs on the row and is not void."""
        return [
            (name, found)
            for name, fields in DEPENDENTS.get(collection, ())
            for found in self.matching(name, {theirs: row.get(ours) for theirs, ours in fields.items()})
            if not found["void"]
        ]

    def _touch_those_it_names(self, collection: Collection, row: Row) -> None:
        for target, names in collection.points.values():
            if target in ("contracts", "prime-contracts", "budgets"):
                key = dict(zip(COLLECTIONS[target].key, (row.get(name) for name in names), strict=True))
                for found in self.matching(target, key):
                    self.change(target, found)

    def writes(self, collection: str) -> Writes:
        chosen = {**self._settings.writes, **self.switch("writes", {})}
        return Writes(chosen.get(collection) or chosen.get("*") or Writes.K1)

    @property
    def zero_amounts(self) -> bool:
        return bool(self.switch("zero_amounts", self._settings.zero_amounts))

    @property
    def calls(self) -> int:
        return int(self.switch("calls", self._settings.calls))

    def switch(self, name: str, usual: Any) -> Any:
        kept = self.bench.store.get("switch", name)
        return usual if kept is None else kept["value"]

    def set_switch(self, name: str, value: Any) -> None:
        self.bench.store.put("switch", name, {"value": value})


def _folded(value: Any) -> str:
    return "" if value is None else str(value).casefold()
