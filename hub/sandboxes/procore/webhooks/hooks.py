"""The API of hooks, triggers and deliveries: version 1.0 and its twins of version 2.0."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from hub.sandboxes.kit import Document
from hub.sandboxes.procore.call import Call, Operation, answer
from hub.sandboxes.procore.envelope import BARE, V2, Envelope
from hub.sandboxes.procore.paging import page_of
from hub.sandboxes.procore.problem import bad_request, not_found, unprocessable
from hub.sandboxes.procore.records import id_of
from hub.sandboxes.procore.resource import COMPANY, PROJECT
from hub.sandboxes.procore.signin import is_loopback
from hub.sandboxes.procore.webhooks.keeping import ATTEMPT, DONE, HOOK, TRIGGER, WAITING, Kept
from hub.sandboxes.procore.webhooks.names import EVENT_TYPES, KNOWN_NAMES, NAMES, PAYLOAD_VERSIONS

NAMESPACE = re.compile(r"[a-z0-9-]+")
SHOWN_OF_SECRET = 5
V1_VERSIONS = {"v2": "v2.0", "v3": "v3.0", "v4": "v4.0"}
OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "any": ("ok", "retried", "failed", "discarded"),
    "successful": ("ok",),
    "failing": ("retried", "failed"),
    "discarded": ("discarded",),
}
_MOST_BULK = 100


@dataclass(frozen=True, slots=True)
class Style:
    """How one version of the API takes and shows hooks."""

    envelope: Envelope
    is_v2: bool

    def hook(self, hook: Document, kept: Kept) -> Document:
        secret = hook["authorization"]
        masked = secret and f"{'*' * 5}{secret[-SHOWN_OF_SECRET:]}"
        shown = {name: hook[name] for name in ("id", "namespace", "destination_url")}
        shown |= {"destination_headers": {"Authorization": masked} if secret else {}}
        if not self.is_v2:
            owner = {"owned_by_company_id": None if hook["project_id"] else hook["company_id"]}
            owner |= {"owned_by_project_id": hook["project_id"], "owned_by_user_id": hook["user_id"]}
            return shown | owner | {"api_version": hook["payload_version"].removesuffix(".0")}
        names = ("company_id", "project_id", "payload_version", "status", "created_at", "updated_at")
        count = len(kept.all(TRIGGER, hook_id=hook["id"]))
        return shown | {name: hook[name] for name in names} | {"trigger_count": count}

    def trigger(self, trigger: Document, hook: Document) -> Document:
        owner = {"company_id": hook["company_id"], "project_id": hook["project_id"]}
        event_type = trigger["event_type"] if self.is_v2 else trigger["event_type"].upper()
        shown = {"id": trigger["id"], "webhook_hook_id": hook["id"], "event_type": event_type}
        shown |= {"resource_name": trigger["resource_name"], **owner}
        return shown if self.is_v2 else shown | {"resource_id": None, "user_id": None}


V1, VERSION_2 = Style(BARE, is_v2=False), Style(V2, is_v2=True)


@dataclass(frozen=True, slots=True)
class Hooks:
    """The operations of one version."""

    style: Style

    def index(self, call: Call) -> Response:
        kept, (company_id, project_id) = _kept(call), _owner(call)
        rows = kept.all(HOOK, company_id=company_id, project_id=project_id)
        namespace = call.request.query_params.get("namespace")
        shown = [self.style.hook(row, kept) for row in rows if namespace in (None, row["namespace"])]
        return _paged(call, shown, self.style.envelope)

    def create(self, call: Call) -> Response:
        company_id, project_id = _owner(call)
        values = self._values(call)
        hook = {
            "company_id": company_id,
            "project_id": project_id,
            "user_id": call.client.user_id,
            "status": "active",
            "failures": 0,
            "paused_until": 0,
            "failing_since": None,
            "authorization": None,
            "payload_version": PAYLOAD_VERSIONS[0],
            **values,
        }
        if "namespace" not in values or "destination_url" not in values:
            raise unprocessable({"base": ["namespace and destination_url are required"]})
        return self._shown(call, _kept(call).add(HOOK, hook), 201)

    def show(self, call: Call) -> Response:
        return self._shown(call, _hook(call, "id"))

    def update(self, call: Call) -> Response:
        hook = _hook(call, "id")
        kept = _kept(call)
        return self._shown(call, kept.save(HOOK, hook, **self._values(call), updated_at=kept.stamp()))

    def delete(self, call: Call) -> Response:
        hook, kept = _hook(call, "id"), _kept(call)
        for trigger in kept.all(TRIGGER, hook_id=hook["id"]):
            kept.delete(TRIGGER, trigger["id"])
        kept.delete(HOOK, hook["id"])
        return Response(status_code=204)

    def triggers(self, call: Call) -> Response:
        hook = _hook(call)
        rows = [self.style.trigger(one, hook) for one in _kept(call).all(TRIGGER, hook_id=hook["id"])]
        return _paged(call, rows, self.style.envelope)

    def add_trigger(self, call: Call) -> Response:
        hook = _hook(call)
        values = call.fields if self.style.is_v2 else call.fields.get("trigger")
        trigger = _added(call, hook, values)
        return answer(self.style.envelope.wrap(self.style.trigger(trigger, hook)), 201)

    def remove_trigger(self, call: Call) -> Response:
        hook, trigger = _hook(call), _kept(call).get(TRIGGER, call.path_id())
        if trigger is None or trigger["hook_id"] != hook["id"]:
            raise not_found()
        _kept(call).delete(TRIGGER, trigger["id"])
        return Response(status_code=204)

    def add_triggers(self, call: Call) -> Response:
        hook = _hook(call)
        added = [_added(call, hook, values) for values in _many(call, "triggers")]
        shown = [self.style.trigger(one, hook) for one in added]
        return answer(V2.wrap(shown), 201) if self.style.is_v2 else answer({"success": shown})

    def remove_triggers(self, call: Call) -> Response:
        hook, kept = _hook(call), _kept(call)
        gone: list[int] = []
        for given in _many(call, "trigger_ids"):
            trigger = kept.get(TRIGGER, id_of(given) or 0)
            if trigger is not None and trigger["hook_id"] == hook["id"]:
                kept.delete(TRIGGER, trigger["id"])
                gone.append(trigger["id"])
        if self.style.is_v2:
            return answer(V2.wrap({"succeeded": [str(one) for one in gone]}))
        return answer({"success": gone})

    def _shown(self, call: Call, hook: Document, status: int = 200) -> Response:
        return answer(self.style.envelope.wrap(self.style.hook(hook, _kept(call))), status)

    def _values(self, call: Call) -> Document:
        """The given settings as they are kept; refused where one does not fit."""
        given = call.fields if self.style.is_v2 else call.fields.get("hook")
        if not isinstance(given, dict):
            raise bad_request("param is missing or the value is empty: hook")
        found: Document = {name: given[name] for name in ("namespace", "destination_url") if name in given}
        if not NAMESPACE.fullmatch(str(found.get("namespace", "a"))):
            raise unprocessable({"namespace": ["may hold a-z, 0-9 and - only"]})
        if not is_loopback(str(found.get("destination_url", "http://127.0.0.1"))):
            raise unprocessable({"destination_url": ["must be a loopback address: this is a sandbox"]})
        if {"payload_version", "api_version"} & set(given):
            found["payload_version"] = self._version(given)
        if self.style.is_v2 and given.get("status") in ("active", "disabled"):
            found["status"] = given["status"]
        headers = given.get("destination_headers")
        if isinstance(headers, dict):
            found["authorization"] = headers.get("Authorization")
        return found

    def _version(self, given: Mapping[str, Any]) -> str:
        if self.style.is_v2:
            version = str(given.get("payload_version", PAYLOAD_VERSIONS[0]))
        else:
            version = V1_VERSIONS.get(str(given.get("api_version", "v2")), "")
        if version not in PAYLOAD_VERSIONS:
            raise unprocessable({"payload_version": ["is not included in the list"]})
        return version


def deliveries(call: Call) -> Response:
    """The log of version 1.0: a row for each try, paged by the last id that was seen."""
    hook, query = _hook(call), call.request.query_params
    wanted = query.get("filter[status]", query.get("filters[status]", "any"))
    if wanted not in OUTCOMES:
        raise bad_request(f"status must be one of {', '.join(OUTCOMES)}")
    size, start = id_of(query.get("page_size", "100")), id_of(query.get("page_start", "0"))
    if not size or start is None:
        raise bad_request("page_size and page_start must be whole numbers")
    rows = [one for one in _kept(call).all(ATTEMPT, hook_id=hook["id"]) if one["id"] > start]
    shown = [one for one in rows if one["outcome"] in OUTCOMES[wanted]][:size]
    return answer(
        [{name: row[name] for name in row if name not in ("hook_id", "delivery_id")} for row in shown]
    )


def deliveries_v2(call: Call) -> Response:
    """A row for each event, with its tries."""
    hook, kept, query = _hook(call), _kept(call), call.request.query_params
    wanted = {"succeeded": "delivered"}.get(query.get("filter[status]", ""), query.get("filter[status]"))
    rows = [
        {
            "id": one["id"],
            "status": one["status"],
            "payload": one["event"],
            "delivery_attempts": [
                {name: row[name] for name in ("outcome", "started_at", "completed_at", "response_status")}
                for row in kept.all(ATTEMPT, delivery_id=one["id"])
            ],
        }
        for one in (*kept.all(DONE, hook_id=hook["id"]), *kept.all(WAITING, hook_id=hook["id"]))
        if wanted in (None, one["status"])
    ]
    return _paged(call, rows, V2)


def resources(_call: Call) -> Response:
    rows: list[dict[str, Any]] = [
        {
            "api_version": "v2",
            "product_category": name.category,
            "tools": name.name,
            "except": [],
            **{event: event if event in name.events else None for event in EVENT_TYPES},
        }
        for name in NAMES.values()
    ]
    return answer(rows)


def resources_v2(call: Call) -> Response:
    rows = [
        {"category": one.category, "tool": one.name, "name": one.name, "payload_version": version}
        | {"actions": list(one.events)}
        for version in PAYLOAD_VERSIONS
        for one in NAMES.values()
    ]
    return _paged(call, rows, V2)


def _kept(call: Call) -> Kept:
    return Kept(call.sandbox.bench)


def _owner(call: Call) -> tuple[int, int | None]:
    """The company, and the project where one is named."""
    if call.parameter("project_id") is not None:
        return call.company_id, call.scope_id(PROJECT)
    return call.scope_id(COMPANY), None


def _hook(call: Call, parameter: str = "hook_id") -> Document:
    hook = _kept(call).get(HOOK, call.path_id(parameter))
    if hook is None or hook["company_id"] != call.company_id:
        raise not_found()
    return hook


def _added(call: Call, hook: Document, values: Any) -> Document:
    if not isinstance(values, dict):
        raise bad_request("param is missing or the value is empty: trigger")
    name, event_type = values.get("resource_name"), str(values.get("event_type")).lower()
    if name not in KNOWN_NAMES:
        raise unprocessable({"resource_name": ["is not included in the list"]})
    if event_type not in EVENT_TYPES:
        raise unprocessable({"event_type": ["is not included in the list"]})
    wanted = {"hook_id": hook["id"], "resource_name": name, "event_type": event_type}
    if _kept(call).all(TRIGGER, **wanted):
        raise unprocessable({"resource_name": ["has already been taken"]})
    return _kept(call).add(TRIGGER, wanted)


def _many(call: Call, name: str) -> list[Any]:
    """A bare list, or one under a name."""
    given = call.body if isinstance(call.body, list) else call.fields.get(name)
    if not isinstance(given, list) or len(given) > _MOST_BULK:
        raise bad_request(f"{name} must be a list of at most {_MOST_BULK}")
    return given


def _paged(call: Call, rows: list[Any], envelope: Envelope) -> Response:
    query = call.request.query_params
    page, headers = page_of(rows, call.request.url, query, call.sandbox.settings, envelope)
    return answer(envelope.wrap(page), headers=headers)


def _paths(base: str, style: Style) -> Mapping[str, Mapping[str, Operation]]:
    hooks = Hooks(style)
    return {
        f"{base}/hooks": {"GET": hooks.index, "POST": hooks.create},
        f"{base}/hooks/{{id}}": {"GET": hooks.show, "PATCH": hooks.update, "DELETE": hooks.delete},
        f"{base}/hooks/{{hook_id}}/triggers": {"GET": hooks.triggers, "POST": hooks.add_trigger},
        f"{base}/hooks/{{hook_id}}/triggers/bulk": {
            "POST": hooks.add_triggers,
            "DELETE": hooks.remove_triggers,
        },
        f"{base}/hooks/{{hook_id}}/triggers/{{id}}": {"DELETE": hooks.remove_trigger},
        f"{base}/hooks/{{hook_id}}/deliveries": {"GET": deliveries_v2 if style.is_v2 else deliveries},
        f"{base}/resources": {"GET": resources_v2 if style.is_v2 else resources},
    }


HOOK_OPERATIONS: Mapping[str, Mapping[str, Operation]] = {
    **_paths("/rest/v1.0/webhooks", V1),
    **_paths("/rest/v2.0/companies/{company_id}/webhooks", VERSION_2),
    **_paths("/rest/v2.0/companies/{company_id}/projects/{project_id}/webhooks", VERSION_2),
}
