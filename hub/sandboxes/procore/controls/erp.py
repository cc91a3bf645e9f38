"""Controls of the ERP Integrations tool: a person presses a button there."""

from typing import Any

from hub.sandboxes.procore.call import Sandbox
from hub.sandboxes.procore.controls.routing import Body, Control, whole
from hub.sandboxes.procore.erp import EVENTS, Event, bring_in, event_of, press, reject
from hub.sandboxes.procore.erp.press import Press
from hub.sandboxes.procore.problem import not_found, unprocessable
from hub.sandboxes.procore.records import Record
from hub.sandboxes.world import World

ITEM = "{item_type, item_id, user}"
# What is pressed on a budget is pressed on its project.
_STORED_AS = {"budget": "project"}
_IMPORTED = {"vendor": "create_vendor_in_procore", "project": "create_job_in_procore"}


def erp_controls(sandbox: Sandbox, world: World) -> list[Control]:
    tool = _Tool(sandbox, world)
    base = "/__control/erp"
    return [
        Control("GET", f"{base}/events", "every event, what it is about, who may press it", tool.events),
        Control(
            "POST",
            f"{base}/press",
            "{event, user, item_type, item_id or item_ids, ...}: cause any event by its name",
            tool.press,
            201,
        ),
        Control("POST", f"{base}/export", f"{ITEM}: send it to the ERP", tool.export, 201),
        Control(
            "POST", f"{base}/refresh", "{item_type, user}: ask the ERP for all of a kind", tool.refresh, 201
        ),
        Control("POST", f"{base}/unlink", f"{ITEM}: take the link to the ERP away", tool.unlink, 201),
        Control("POST", f"{base}/reset", f"{ITEM}: force it (super users)", tool.reset, 201),
        Control("POST", f"{base}/reject", f"{ITEM}: an approver refuses what waits", tool.reject),
        Control(
            "POST", f"{base}/import", "{staged_record_id, user}: take a staged record in", tool.bring_in, 201
        ),
    ]


class _Tool:
    """`user` is a person of the cast by role, or anybody by id; `user_id` does as well."""

    def __init__(self, sandbox: Sandbox, world: World) -> None:
        self._sandbox = sandbox
        self._world = world
        self._company_id = world.company.procore_id

    def events(self, _body: Body) -> Any:
        return [
            {
                "event": event.name,
                "pressed_as": event.action,
                "about": list(event.items),
                "detail": event.detail.value,
                "tool": event.tool,
                "wrapped": event.wrapped,
            }
            for event in EVENTS.values()
        ]

    def press(self, body: Body) -> Any:
        event = EVENTS.get(str(body.get("event")))
        if event is None:
            raise unprocessable({"event": [f"must be one of {', '.join(EVENTS)}"]})
        return self._pressed(event, body)

    def export(self, body: Body) -> Any:
        """A budget that was sent before is sent as an update."""
        event = self._named("export", body)
        if body.get("item_type") == "budget" and self._was_sent(whole(body, "item_id")):
            event = EVENTS["update_budget"]
        pressed = self._pressed(event, body)
        return pressed[0] if len(pressed) == 1 else pressed

    def refresh(self, body: Body) -> Any:
        return self._pressed(self._named("refresh", body), body | {"item_id": None})

    def unlink(self, body: Body) -> Any:
        return self._pressed(self._named("unlink", body), body)

    def reset(self, body: Body) -> Any:
        return self._pressed(self._named("reset", body), body)

    def reject(self, body: Body) -> Record:
        records, item_type = self._sandbox.records, str(body.get("item_type"))
        return reject(records, self._company_id, item_type, whole(body, "item_id"))

    def bring_in(self, body: Body) -> Record:
        """Vendors and projects are told of by an event of their own."""
        records = self._sandbox.records
        staged = records.get("staged_record", whole(body, "staged_record_id"))
        made = bring_in(records, self._company_id, whole(body, "staged_record_id"))
        item_type = staged["item_type"] if staged else ""
        if item_type in _IMPORTED:
            about = body | {"item_type": item_type, "item_id": made["id"]}
            self._pressed(EVENTS[_IMPORTED[item_type]], about)
        return made

    def _named(self, action: str, body: Body) -> Event:
        event = event_of(action, str(body.get("item_type")))
        if event is None:
            possible = {kind for one in EVENTS.values() if one.action == action for kind in one.items}
            raise unprocessable({"item_type": [f"must be one of {', '.join(sorted(possible))}"]})
        return event

    def _pressed(self, event: Event, body: Body) -> list[Record]:
        item_type = str(body.get("item_type") or (event.items[0] if event.items else "")) or None
        if item_type is not None and item_type not in event.items:
            raise unprocessable({"item_type": [f"must be one of {', '.join(event.items)}"]})
        items = tuple(self._item(item_type or "", item_id) for item_id in _ids(body))
        if not items and event.action not in ("refresh", "metadata"):
            raise unprocessable({"item_id": ["can't be blank"]})
        asked = Press(
            self._sandbox.records, self._company_id, event.name, self._user(body), item_type, items, body
        )
        return press(event, asked)

    def _item(self, item_type: str, item_id: Any) -> Record:
        kind = _STORED_AS.get(item_type, item_type)
        item = self._sandbox.records.get(kind, whole({"item_id": item_id}, "item_id"))
        if item is None or item.get("deleted_at"):
            raise not_found()
        return item

    def _user(self, body: Body) -> Record:
        roles = {person.role: person.procore_id for person in self._world.people if person.role}
        wanted = str(body.get("user", body.get("user_id", "accounting_approver")))
        user = self._sandbox.records.get("user", whole({"user": roles.get(wanted, wanted)}, "user"))
        if user is None:
            raise not_found()
        return user

    def _was_sent(self, project_id: int) -> bool:
        return bool(self._sandbox.records.within("erp_transaction", project_id))


def _ids(body: Body) -> list[Any]:
    many = body.get("item_ids")
    if isinstance(many, list):
        return many
    return [] if body.get("item_id") is None else [body["item_id"]]
