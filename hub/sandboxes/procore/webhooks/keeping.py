"""Where hooks, triggers and deliveries are kept, as documents of the sandbox's store."""

from typing import Any

from hub.sandboxes.kit import Bench, Document
from hub.sandboxes.procore.records import stamp

HOOK, TRIGGER, ATTEMPT = "hook", "hook_trigger", "hook_attempt"
WAITING, DONE = "hook_delivery", "hook_delivery_done"  # kept apart, so that a look at the queue stays short


class Kept:
    def __init__(self, bench: Bench) -> None:
        self.clock = bench.clock
        self._store = bench.store

    def add(self, kind: str, values: Document) -> Document:
        number = self._store.next_number("webhooks", 7_100_001)
        complete = {"id": number, "created_at": self.stamp(), "updated_at": self.stamp()} | values
        self._store.put(kind, str(number), complete)
        return complete

    def next_event(self) -> int:
        return self._store.next_number("webhook events", 77_120_001)

    def save(self, kind: str, document: Document, **changes: Any) -> Document:
        moved = document | changes
        self._store.put(kind, str(document["id"]), moved)
        return moved

    def move(self, source: str, target: str, document: Document, **changes: Any) -> Document:
        self.delete(source, document["id"])
        return self.save(target, document, **changes)

    def get(self, kind: str, number: int) -> Document | None:
        return self._store.get(kind, str(number))

    def all(self, kind: str, **wanted: Any) -> list[Document]:
        rows = self._store.all(kind)
        return [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]

    def delete(self, kind: str, number: int) -> None:
        self._store.delete(kind, str(number))

    def stamp(self) -> str:
        return stamp(self.clock.now())

    def now(self) -> float:
        return self.clock.now().timestamp()
