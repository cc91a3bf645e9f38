"""What the installation keeps: rows under the keys of their APIs, and how the site is set up."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hub.sandboxes.kit import Bench
from hub.sandboxes.mri.declare import Api, Row
from hub.sandboxes.mri.settings import Oddity, Settings, Site


class Books:
    def __init__(self, bench: Bench, settings: Settings) -> None:
        self.bench = bench
        self._settings = settings

    def now(self) -> str:
        """The site's own time, to the microsecond and without a zone, as all stamps are kept."""
        here = self.bench.clock.now().astimezone(self._settings.zone)
        return here.replace(tzinfo=None).isoformat(timespec="microseconds")

    def today(self) -> str:
        return self.now()[:10]

    @property
    def database(self) -> str:
        return self._settings.database

    def row(self, api: Api, key: Mapping[str, Any]) -> Row | None:
        return self.bench.store.get(api.collection, api.store_key(key))

    def rows(self, api: Api) -> list[Row]:
        """In the order of their keys, so that a row put between two pages moves those after it."""
        rows = api.finds(self) if api.finds else self.bench.store.all(api.collection)
        return sorted(filter(api.only, rows), key=api.store_key)

    def where(self, api: Api, wanted: Mapping[str, Any]) -> list[Row]:
        """The rows with these values, in any letter case where the site's database is like that."""
        alike = _folded if Oddity.FOLDED_KEYS in self.oddities else _as_is
        sought = {name: alike(value) for name, value in wanted.items()}
        return [row for row in self.rows(api) if all(alike(row.get(name)) == sought[name] for name in sought)]

    def is_taken(self, api: Api, row: Row) -> bool:
        """Whether there is a row with this one's key."""
        if Oddity.FOLDED_KEYS not in self.oddities:
            return self.row(api, row) is not None
        return bool(self.where(api, {name: row[name] for name in api.key_fields}))

    def keep(self, api: Api, row: Row) -> None:
        self.bench.store.put(api.collection, api.store_key(row), row)

    def remove(self, api: Api, key: Mapping[str, Any]) -> bool:
        """Whether the row was there."""
        return self.bench.store.delete(api.collection, api.store_key(key))

    def next_transaction_id(self) -> str:
        """Ten digits with leading zeros: an id that only looks like a number."""
        return f"{self.bench.store.next_number('transaction', first=9006):010d}"

    @property
    def site(self) -> Site:
        kept = self.bench.store.get("switch", "site") or {}
        changes: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
        }
        return replace(self._settings.site, **changes)

    def change_site(self, changes: Mapping[str, Any]) -> None:
        kept = self.bench.store.get("switch", "site") or {}
        self.bench.store.put("switch", "site", {**kept, **changes})

    @property
    def oddities(self) -> frozenset[Oddity]:
        return frozenset(Oddity(name) for name in self._switch("oddities"))

    @property
    def denied(self) -> frozenset[str]:
        """Names, in lower case, of the APIs that have been taken from the user's class."""
        return frozenset(self._switch("denied"))

    def set_switch(self, name: str, values: list[str]) -> None:
        self.bench.store.put("switch", name, {"values": sorted(values)})

    def _switch(self, name: str) -> list[str]:
        kept = self.bench.store.get("switch", name)
        return list(kept["values"]) if kept else []


def _as_is(value: Any) -> Any:
    return value


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
