"""Commitments of both kinds in one: the merged list of version 1, and version 2 with its lines."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from hub.sandboxes.procore.call import Call, Operation, answer
from hub.sandboxes.procore.envelope import BARE, V2, Envelope
from hub.sandboxes.procore.operations import Operations
from hub.sandboxes.procore.paging import page_of
from hub.sandboxes.procore.problem import bad_request, not_found
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.resource import PROJECT, Resource, View
from hub.sandboxes.procore.resources.commitments import COMMITMENT_RESOURCES, compact
from hub.sandboxes.procore.resources.lines import lines_v2
from hub.sandboxes.procore.resources.shown import brief

ORDERS, _, PURCHASES, _ = COMMITMENT_RESOURCES
TYPES: Mapping[str, Resource] = {"WorkOrderContract": ORDERS, "PurchaseOrderContract": PURCHASES}
PATH = "/rest/v2.0/companies/{company_id}/projects/{project_id}/commitment_contracts"


def type_of(resource: Resource) -> str:
    return next(name for name, known in TYPES.items() if known.kind == resource.kind)


def merged_view(record: Record, records: Records) -> Record:
    names = ("id", "title", "number", "status", "description", "executed", "private")
    vendor = brief("vendor", record.get("vendor_id"), records, "name")
    shown = {name: record.get(name) for name in (*names, "delivery_date", "created_at", "updated_at")}
    return shown | {"vendor": vendor, "project_id": record["project_id"]}


def view_v2(resource: Resource) -> View:
    def shown(record: Record, records: Records) -> Record:
        full = compact(record, records)
        return full | {"type": type_of(resource), "vendor_id": record.get("vendor_id")}

    return shown


def in_v2(resource: Resource) -> Resource:
    return replace(
        resource,
        path=PATH,
        bare_body=True,
        takes_origin=False,
        envelope=V2,
        views={"default": view_v2(resource), "extended": view_v2(resource)},
        list_view="default",
        show_view="default",
    )


def merged(call: Call) -> Response:
    """`GET /rest/v1.0/commitments`."""
    rows = _of_both(call)
    return _page(call, [merged_view(record, call.records) for _, record in rows], BARE)


def list_v2(call: Call) -> Response:
    rows = _of_both(call)
    return _page(call, [view_v2(resource)(record, call.records) for resource, record in rows], V2)


def create_v2(call: Call) -> Response:
    """Which kind it becomes is said by `type`."""
    resource = TYPES.get(str(call.fields.get("type")))
    if resource is None:
        raise bad_request(f"type must be one of {', '.join(TYPES)}")
    rest = {name: value for name, value in call.fields.items() if name != "type"}
    return Operations(in_v2(resource)).create(replace(call, body=rest))


@dataclass(frozen=True, slots=True)
class OfOne:
    """An operation on one contract, whichever kind its id turns out to be."""

    name: str
    parameter: str = "commitment_contract_id"

    def __call__(self, call: Call) -> Response:
        resource = in_v2(kind_of(call, self.parameter))
        operation: Operation = getattr(Operations(resource), self.name)
        return operation(replace(call, named={"id": call.path_id(self.parameter)}))


@dataclass(frozen=True, slots=True)
class OfItsLines:
    """An operation on the lines of one contract of either kind."""

    name: str

    def __call__(self, call: Call) -> Response:
        parent = kind_of(call, "commitment_contract_id")
        holder = f"{parent.kind}_id"
        operation: Operation = getattr(Operations(lines_v2(holder, parent.kind, PATH), parent), self.name)
        return operation(replace(call, named={holder: call.path_id("commitment_contract_id")}))


def kind_of(call: Call, parameter: str) -> Resource:
    contract_id = call.path_id(parameter)
    for resource in TYPES.values():
        if call.records.get(resource.kind, contract_id) is not None:
            return resource
    raise not_found()


def _of_both(call: Call) -> list[tuple[Resource, Record]]:
    project_id = call.scope_id(PROJECT)
    rows = [(one, record) for one in TYPES.values() for record in call.records.within(one.kind, project_id)]
    return [(one, record) for one, record in rows if not record.get("deleted_at")]


def _page(call: Call, rows: list[Any], envelope: Envelope) -> Response:
    query = call.request.query_params
    page, headers = page_of(rows, call.request.url, query, call.sandbox.settings, envelope)
    return answer(envelope.wrap(page), headers=headers)


CONTRACT_OPERATIONS: Mapping[str, Mapping[str, Operation]] = {
    "/rest/v1.0/commitments": {"GET": merged},
    PATH: {"GET": list_v2, "POST": create_v2},
    f"{PATH}/{{commitment_contract_id}}": {
        "GET": OfOne("show"),
        "PATCH": OfOne("update"),
        "DELETE": OfOne("delete"),
    },
    f"{PATH}/{{commitment_contract_id}}/line_items": {
        "GET": OfItsLines("index"),
        "POST": OfItsLines("create"),
    },
    f"{PATH}/{{commitment_contract_id}}/line_items/{{id}}": {
        "GET": OfItsLines("show"),
        "PATCH": OfItsLines("update"),
        "DELETE": OfItsLines("delete"),
    },
}
