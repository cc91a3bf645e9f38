"""Turns every change of an object into events, one delivery for each hook that has a trigger for it."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from hub.sandboxes.kit import Document
from hub.sandboxes.procore.caller import CALLER
from hub.sandboxes.procore.records import Record
from hub.sandboxes.procore.resources.lines import HOLDERS
from hub.sandboxes.procore.webhooks.bodies import ulid
from hub.sandboxes.procore.webhooks.keeping import HOOK, TRIGGER, WAITING, Kept
from hub.sandboxes.procore.webhooks.names import NAMES


class Events:
    """`ring` is called when there is something to deliver."""

    def __init__(self, kept: Kept, company_id: int, rng: Random) -> None:
        self._kept = kept
        self._company_id = company_id
        self._rng = rng
        self.ring: Callable[[], None] = lambda: None

    def changed(self, kind: str, what: str, record: Record) -> None:
        """A listener of the records."""
        name = NAMES.get(kind)
        if name is None or what not in name.events or not self._kept.all(HOOK):
            return
        caller = CALLER.get()
        self.tell(
            {
                "event_type": what,
                "resource_name": name.name,
                "resource_id": record["id"],
                "project_id": record["id"] if kind == "project" else record.get("project_id"),
                "user_id": caller.user_id if caller else record.get("created_by_id"),
                "application_id": caller.application_id if caller else None,
                "related": _related(record) if name.parent else [],
            }
        )

    def tell(self, facts: Mapping[str, Any]) -> list[Document]:
        """One event, to every hook that wants it."""
        now = self._kept.now()
        event = {
            "id": self._kept.next_event(),
            "ulid": ulid(now, self._rng),
            "timestamp": self._kept.clock.now().isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "company_id": self._company_id,
            **facts,
        }
        hooks = [hook for hook in self._kept.all(HOOK, status="active") if self._wants(hook, event)]
        deliveries = [
            self._kept.add(
                WAITING, {"hook_id": hook["id"], "event": event, "made": now, "status": "enqueued"}
            )
            for hook in hooks
        ]
        if deliveries:
            self.ring()
        return deliveries

    def _wants(self, hook: Document, event: Mapping[str, Any]) -> bool:
        """A project's hook hears of that project alone."""
        if hook["project_id"] not in (None, event["project_id"]):
            return False
        wanted = (event["resource_name"], event["event_type"])
        triggers = self._kept.all(TRIGGER, hook_id=hook["id"])
        return any((one["resource_name"], one["event_type"]) == wanted for one in triggers)


def _related(record: Record) -> list[Mapping[str, Any]]:
    return [{"id": record[field], "name": name} for field, name in HOLDERS.items() if record.get(field)]
