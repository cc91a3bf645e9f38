"""Controls of the webhook sender: deliver now, misbehave, and tell of what did not happen."""

from typing import Any

from hub.sandboxes.procore.call import Sandbox
from hub.sandboxes.procore.controls.routing import Body, Control
from hub.sandboxes.procore.records import id_of
from hub.sandboxes.procore.webhooks import Events, Sender
from hub.sandboxes.procore.webhooks.keeping import HOOK, WAITING, Kept
from hub.sandboxes.procore.webhooks.names import EVENT_TYPES, KNOWN_NAMES
from hub.sandboxes.procore.webhooks.script import Script

_FACTS = ("resource_name", "event_type", "resource_id", "project_id", "user_id", "application_id")


def webhook_controls(sandbox: Sandbox, events: Events, sender: Sender) -> list[Control]:
    controls = _Webhooks(sandbox, events, sender)
    base = "/__control/webhooks"
    return [
        Control("GET", base, "hooks, what waits for each, and the script in force", controls.shown),
        Control(
            "POST", f"{base}/deliver", "send all that is due now, and say how many requests", controls.deliver
        ),
        Control(
            "POST",
            f"{base}/script",
            "{duplicates, reorder, delay_seconds, authorization: right|wrong|missing, paused}",
            controls.script,
        ),
        Control(
            "POST",
            f"{base}/event",
            "{resource_name, event_type, resource_id, project_id, user_id, application_id}: tell of it",
            controls.tell,
            201,
        ),
    ]


class _Webhooks:
    def __init__(self, sandbox: Sandbox, events: Events, sender: Sender) -> None:
        self._kept = Kept(sandbox.bench)
        self._events = events
        self._sender = sender

    def shown(self, _body: Body) -> Any:
        waiting = self._kept.all(WAITING)
        hooks = [
            {name: hook[name] for name in ("id", "project_id", "destination_url", "status", "failures")}
            | {"waiting": sum(one["hook_id"] == hook["id"] for one in waiting)}
            for hook in self._kept.all(HOOK)
        ]
        return {"script": self._sender.script.shown(), "hooks": hooks}

    async def deliver(self, _body: Body) -> Any:
        return {"requests": await self._sender.round()}

    def script(self, body: Body) -> Any:
        self._sender.script = Script.of(body)
        self._sender.ring()
        return self._sender.script.shown()

    def tell(self, body: Body) -> Any:
        """Also of an object that is gone, or as if an application had done it itself."""
        facts = {name: body.get(name) for name in _FACTS}
        if facts["resource_name"] not in KNOWN_NAMES or facts["event_type"] not in EVENT_TYPES:
            raise ValueError(f"resource_name must be one of {', '.join(sorted(KNOWN_NAMES))}")
        if id_of(facts["resource_id"]) is None:
            raise ValueError("resource_id must be an id")
        return {"deliveries": len(self._events.tell(facts | {"related": []}))}
