"""What the hub writes to Procore, as steps: bulk updates by origin id, marks on items, closed requests.

Facts describe one record, or many under `items`; a step carries at most one batch of them. A record's
`external_id`, where known, is Procore's id of it: Procore then matches by that and takes on the origin id."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hub.codes import ErrorCode
from hub.connectors.procore.api import address
from hub.connectors.procore.mapping import COMPANY, COST_CODE, COST_TYPE, PROJECT
from hub.connectors.procore.settings import Settings
from hub.erp.connector import Step
from hub.erp.mapping import Mapping as FieldMapping
from hub.erp.origin import OriginIds
from hub.errors import MappingError, Refused

Facts = Mapping[str, Any]
Update = dict[str, Any]
REQUEST_STATUSES = frozenset({"in_progress", "success", "failed", "stale", "rejected"})


class Writer:
    """Makes steps from facts. No call leaves from here."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._origins = settings, OriginIds(settings.origin_prefix)
        self._by_object: Mapping[str, Callable[[Facts], list[Step]]] = {
            "company": self._companies,
            "project": self._projects,
            "cost_code": self._cost_codes,
            "cost_type": self._cost_types,
            "project_cost_code": self._project_cost_codes,
            "project_cost_code_type": self._project_cost_code_types,
            "external_data": self._external_data,
            "request_detail": self._request_detail,
        }

    def steps(self, object_key: str, facts: Facts) -> list[Step]:
        if object_key not in self._by_object:
            text = f"Procore is not written for {object_key}."
            raise Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, text)
        return self._by_object[object_key](facts)

    def _companies(self, facts: Facts) -> list[Step]:
        updates = [self._company(item) for item in _items(facts)]
        return self._sync("company", "/rest/v1.0/vendors/sync", self._owner(), updates)

    def _company(self, facts: Facts) -> Update:
        erp_id = _needed(facts, "erp_id")
        marks = {"origin_id": self._origins.vendor(erp_id), "origin_code": erp_id}
        return _identified(facts, {**marks, **COMPANY.to_erp(facts)})

    def _projects(self, facts: Facts) -> list[Step]:
        updates = [self._project(item) for item in _items(facts)]
        return self._sync("project", "/rest/v1.0/projects/sync", self._owner(), updates)

    def _project(self, facts: Facts) -> Update:
        job = _needed(facts, "job_code")
        fields = PROJECT.to_erp({"number": job, **facts})
        return _identified(facts, {"origin_id": self._origins.job(job), "origin_code": job, **fields})

    def _cost_codes(self, facts: Facts) -> list[Step]:
        listed = facts.get("list") or self._settings.code_list_id
        if not listed:
            raise MappingError("The list that the codes go into is not known.", field="list")
        scope = {**self._owner(), "standard_cost_code_list_id": wire_id("list", listed)}
        updates = [self._code(COST_CODE, self._origins.cost_code, item) for item in _items(facts)]
        return self._sync("cost_code", "/rest/v1.0/standard_cost_codes/sync", scope, updates)

    def _cost_types(self, facts: Facts) -> list[Step]:
        updates = [self._code(COST_TYPE, self._origins.cost_type, item) for item in _items(facts)]
        return self._sync("cost_type", "/rest/v1.0/line_item_types/sync", self._owner(), updates)

    def _code(self, mapping: FieldMapping, origin: Callable[[str], str], facts: Facts) -> Update:
        marks = {"origin_id": origin(_needed(facts, "code"))}
        return _identified(facts, {**marks, **mapping.to_erp(facts)})

    def _project_cost_codes(self, facts: Facts) -> list[Step]:
        updates = [self._project_code(item) for item in _items(facts)]
        target = address("/rest/v1.0/cost_codes/sync", {"project_id": str(_project(facts))})
        return self._sync("project_cost_code", target, {}, updates)

    def _project_code(self, facts: Facts) -> Update:
        update = self._code(COST_CODE, self._origins.cost_code, facts)
        standard = facts.get("standard_cost_code_id")
        return update if not standard else {**update, "standard_cost_code_id": wire_id("standard", standard)}

    def _project_cost_code_types(self, facts: Facts) -> list[Step]:
        """Marks pairs of code and type as synced; both ids are Procore's and known by then."""
        target = address("/rest/v1.0/cost_code_line_item_types/sync", {"project_id": str(_project(facts))})
        updates = [
            {
                "cost_code_id": wire_id("cost_code_id", item.get("cost_code_id")),
                "line_item_type_id": wire_id("cost_type_id", item.get("cost_type_id")),
                "synced": bool(item.get("synced", True)),
            }
            for item in _items(facts)
        ]
        return self._sync("project_cost_code_type", target, {}, updates)

    def _external_data(self, facts: Facts) -> list[Step]:
        """Marks items as synced under an origin id, or frees them with nulls."""
        updates = [
            {
                "item_type": _needed(item, "item_type"),
                "item_id": wire_id("item_id", item.get("item_id")),
                "origin_id": item.get("origin_id"),
                "origin_code": item.get("origin_code"),
                "origin_data": item.get("origin_data"),
            }
            for item in _items(facts)
        ]
        target = f"/rest/v1.0/companies/{self._settings.company_id}/external_data/sync"
        return self._sync("external_data", target, {}, updates)

    def _request_detail(self, facts: Facts) -> list[Step]:
        status, detail = _needed(facts, "status"), wire_id("id", facts.get("id"))
        if status not in REQUEST_STATUSES:
            raise MappingError("is not a status of an ERP request", field="status", value=status)
        messages = [str(message) for message in facts.get("messages") or ()]
        step = Step(
            name="close the request",
            operation="request_detail.close",
            method="PATCH",
            target=f"/rest/v1.0/companies/{self._settings.company_id}/erp_request_details/{detail}",
            body={"request_detail": {"status": status, "messages": messages}},
            natural_key={"id": str(detail)},
            expected={"status": status},
        )
        return [step]

    def _owner(self) -> dict[str, Any]:
        return {"company_id": int(self._settings.company_id)}

    def _sync(self, key: str, target: str, scope: Facts, updates: Sequence[Update]) -> list[Step]:
        """One step per batch; a key that stands twice would be stored twice over itself."""
        keys = [key_of(update) for update in updates]
        if len(keys) != len(set(keys)):
            raise MappingError("Two records carry the same origin id.", field="items")
        size = self._settings.batch_size
        slices = [updates[start : start + size] for start in range(0, len(updates), size)]
        return [
            Step(
                name=f"{key} {number} of {len(slices)}",
                operation=f"{key}.sync",
                method="PATCH",
                target=target,
                body={**scope, "updates": batch},
                natural_key={"origin_id": key_of(batch[0])} if len(batch) == 1 else {},
                expected={"count": str(len(batch))},
            )
            for number, batch in enumerate(slices, 1)
        ]


def key_of(update: Mapping[str, Any]) -> str:
    """What an entry of a bulk update is called in its answer: its item, its pair of ids, or its origin id."""
    if "item_type" in update:
        return f"{update['item_type']}:{update.get('item_id')}"
    if "cost_code_id" in update and "line_item_type_id" in update:
        return f"{update['cost_code_id']}:{update['line_item_type_id']}"
    return str(update.get("origin_id") or update.get("id"))


def wire_id(field: str, value: Any) -> int:
    """Ids travel as integers in version 1; Python's have no upper end."""
    text = str(value if value is not None else "")
    if not (text.isascii() and text.isdigit()):
        raise MappingError("is not an id of Procore", field=field, value=value)
    return int(text)


def _identified(facts: Facts, update: Update) -> Update:
    known = facts.get("external_id")
    return {"id": wire_id("external_id", known), **update} if known else update


def _items(facts: Facts) -> Sequence[Facts]:
    found: Sequence[Facts] = facts.get("items", [facts])
    return found


def _needed(facts: Facts, name: str) -> str:
    value = facts.get(name)
    if not isinstance(value, str) or not value.strip():
        raise MappingError("is missing", field=name, value=value)
    return value


def _project(facts: Facts) -> int:
    return wire_id("project", facts.get("project"))
