"""External Data: setting an ERP's ids on objects of any kind, which marks them synced and locks them."""

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from hub.sandboxes.procore.call import Call
from hub.sandboxes.procore.erp.staging import restage
from hub.sandboxes.procore.operations import Operations
from hub.sandboxes.procore.problem import InvalidFieldsError
from hub.sandboxes.procore.records import Record, id_of
from hub.sandboxes.procore.resource import COMPANY, Resource, by_kind
from hub.sandboxes.procore.sync import NOT_FOUND, Entry, synced, updates_of

ITEM = ("item_type", "item_id")
ORIGIN = ("origin_id", "origin_code", "origin_data")
# A direct cost is an `item`, a line of the budget is the `budget`.
ITEM_TYPES = frozenset(
    {
        "change_order", "contract_payment", "cost_code", "department", "item", "budget", "insurance",
        "invoice_payment", "line_item", "line_item_type", "markup", "payment_application",
        "payment_application_line_item", "prime_contract", "project", "purchase_order_contract",
        "requisition", "requisition_change_order_item", "requisition_contract_detail_item",
        "requisition_contract_item", "standard_cost_code", "sub_job", "tax_code", "vendor",
        "work_order_contract", "company_level_direct_cost",
    }
)  # fmt: skip


class ExternalData:
    """`PATCH .../external_data/sync`. A null `origin_id` takes the link away and frees the object."""

    def __init__(self, resources: tuple[Resource, ...]) -> None:
        self._resources = resources
        self._known = by_kind(resources)

    def sync(self, call: Call) -> Response:
        call.scope_id(COMPANY)
        return synced(call, updates_of(call), lambda entry: self._apply(call, entry))

    def _apply(self, call: Call, entry: Entry) -> Record:
        item_type = str(entry.get("item_type"))
        if item_type not in ITEM_TYPES:
            raise InvalidFieldsError({"item_type": ["is not included in the list"]})
        resource = self._known.get(item_type)
        if resource is None:
            raise InvalidFieldsError({"item_id": [NOT_FOUND]})
        record = _item(call, resource, entry.get("item_id"))
        scope_id = call.records.scope_of(resource.kind, record["id"]) or 0
        resource = replace(resource, takes_origin=True)
        writer = Operations(resource, self._holder(resource, record)).writer(call, scope_id, locked=False)
        values = _origin(entry)
        if values["origin_id"] is None and record.get("origin_id"):
            restage(call.records, resource.kind, record["origin_id"])
        saved = writer.update(record, values)
        return {"item_type": resource.kind, "item_id": saved["id"], "synced": saved["synced"]} | {
            name: saved.get(name) for name in ORIGIN
        }

    def _holder(self, resource: Resource, record: Record) -> Resource | None:
        """A line's kind is shared by contracts and orders of all kinds; the line says which it stands on."""
        for part in self._resources:
            if part.kind == resource.kind and part.is_part and part.scope.parameter in record:
                return self._known.get(part.scope.kind)
        return None


def _item(call: Call, resource: Resource, item_id: Any) -> Record:
    found = call.records.get(resource.kind, id_of(item_id) or 0)
    if found is None or found.get("deleted_at"):
        raise InvalidFieldsError({"item_id": [NOT_FOUND]})
    call.check_project(found["id"] if resource.kind == "project" else found.get("project_id"))
    return found


def _origin(entry: Entry) -> dict[str, Any]:
    if "origin_id" not in entry:
        raise InvalidFieldsError({"origin_id": ["is missing"]})
    unknown = sorted(set(entry) - set(ITEM) - set(ORIGIN))
    if unknown:
        raise InvalidFieldsError({name: ["is not a known field"] for name in unknown})
    if entry["origin_id"] is None:
        return dict.fromkeys(ORIGIN)
    return {name: entry[name] for name in ORIGIN if name in entry}
