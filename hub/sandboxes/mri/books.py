"""What the installation keeps: rows under the keys of their APIs, and how the site is set up."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from hub.sandboxes.kit import Bench
from hub.sandboxes.mri.declare import Api, Row
from hub.sandboxes.mri.settings import Oddity


class Books:
    def __init__(self, bench: Bench, zone: tzinfo) -> None:
        self.bench = bench
        self._zone = zone

    def now(self) -> str:
        """The site's own time, to the microsecond and without a zone, as all stamps are kept."""
        return (
            self.bench.clock.now()
            .astimezone(self._zone)
            .replace(tzinfo=None)
            .isoformat(timespec="microseconds")
        )

    def row(self, api: Api, key: Mapping[str, Any]) -> Row | None:
        return self.bench.store.get(api.collection, api.store_key(key))

    def rows(self, api: Api) -> list[Row]:
        """In the order of their keys, so that a row put between two pages moves those after it."""
        return sorted(self.bench.store.all(api.collection), key=api.store_key)

    def keep(self, api: Api, row: Row) -> None:
        self.bench.store.put(api.collection, api.store_key(row), row)

    def remove(self, api: Api, key: Mapping[str, Any]) -> bool:
        """Whether the row was there."""
        return self.bench.store.delete(api.collection, api.store_key(key))

    def next_transaction_id(self) -> str:
        """Ten digits with leading zeros: an id that only looks like a number."""
        return f"{self.bench.store.next_number('transaction', first=9006):010d}"

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
