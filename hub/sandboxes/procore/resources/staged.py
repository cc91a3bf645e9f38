"""Staged records: what an ERP has and Procore has not, waiting until somebody imports it."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from hub.sandboxes.procore.call import Call
from hub.sandboxes.procore.fields import Field, as_given, choice, text
from hub.sandboxes.procore.filtering import USUAL, exact
from hub.sandboxes.procore.operations import Operations
from hub.sandboxes.procore.problem import InvalidFieldsError
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.resource import COMPANY, Resource
from hub.sandboxes.procore.resources.erp import object_of
from hub.sandboxes.procore.resources.shown import without
from hub.sandboxes.procore.sync import Entry, synced, updates_of
from hub.sandboxes.procore.writing import Writer

STAGED, IMPORTED, ARCHIVED, INVALID = STATUSES = ("staged", "imported", "archived", "invalid")
TYPES = (
    "vendor", "project", "sub_job", "prime_contract", "purchase_order_contract", "work_order_contract",
    "commitment_change_order", "line_item",
)  # fmt: skip
_COMPANY_LEVEL = ("vendor", "project", "line_item")
_CHILDREN = "children"


def view(record: Record, records: Records) -> Record:
    parent = parent_of(record, records)
    return without(record, "company_id", "synced") | {
        "visible": parent_is_synced(record, records),
        "parent_id": parent["id"] if parent else record.get("parent_id"),
    }


def parent_of(record: Record, records: Records) -> Record | None:
    if record.get("parent_id"):
        return records.get("staged_record", record["parent_id"])
    origin_id = record.get("parent_origin_id")
    return records.by_origin("staged_record", None, origin_id) if origin_id else None


def parent_is_synced(record: Record, records: Records) -> bool:
    """What belongs to something that Procore does not have yet is not shown to people."""
    wanted = (record.get("data") or {}).get("project_origin_id")
    return wanted is None or records.by_origin("project", None, wanted) is not None


def checked(record: Record, _records: Records) -> Record:
    """A record of a project names it, one of a commitment names that too."""
    data = record.get("data") or {}
    needs = [] if record["item_type"] in _COMPANY_LEVEL else ["project_origin_id"]
    if record["item_type"] == "commitment_change_order":
        needs.append("commitment_origin_id")
    missing = [name for name in needs if not data.get(name)]
    if missing:
        raise InvalidFieldsError({f"data.{name}": ["can't be blank"] for name in missing})
    if not record.get("origin_id"):
        raise InvalidFieldsError({"origin_id": ["can't be blank"]})
    return record


STAGED_RECORDS = Resource(
    kind="staged_record",
    path="/rest/v1.0/companies/{company_id}/staged_records",
    scope=COMPANY,
    operations=frozenset({"list", "show", "create", "replace", "update"}),
    fields=(
        Field("item_type", choice("item_type", *TYPES).parse, required=True),
        choice("status", *STATUSES, default=STAGED),
        object_of("data"),
        text("parent_origin_id"),
        *as_given("parent_id"),
    ),
    filters={**USUAL, "item_type": exact("item_type"), "status": exact("status")},
    views={"default": view},
    prepare=checked,
)
STAGED_RESOURCES = (STAGED_RECORDS,)


def sync_staged(call: Call) -> Response:
    """Here alone records may bring their children with them. One is known by its type and origin id."""
    writer = Operations(STAGED_RECORDS).writer(call, call.scope_id(COMPANY), locked=False)

    def apply(entry: Entry) -> Record:
        children = entry.get(_CHILDREN) or []
        if not isinstance(children, list) or not all(isinstance(one, dict) for one in children):
            raise InvalidFieldsError({_CHILDREN: ["must be a list of objects"]})
        saved = _upserted(writer, without(dict(entry), _CHILDREN))
        parts = [_upserted(writer, _child(one, saved)) for one in children]
        return view(saved, call.records) | {_CHILDREN: [view(one, call.records) for one in parts]}

    return synced(call, updates_of(call), apply)


def _child(given: Mapping[str, Any], parent: Record) -> Mapping[str, Any]:
    """A child stands in its parent's project, and shares its names of that."""
    project = {
        name: value for name, value in (parent.get("data") or {}).items() if name == "project_origin_id"
    }
    return {"item_type": "line_item", **given, "parent_id": parent["id"]} | {
        "data": project | (given.get("data") or {})
    }


def _upserted(writer: Writer, entry: Mapping[str, Any]) -> Record:
    """What was imported or archived keeps its status unless the entry says otherwise."""
    for known in writer.records.within("staged_record", writer.scope_id):
        same = (known["item_type"], known["origin_id"]) == (entry.get("item_type"), entry.get("origin_id"))
        if same and known.get("parent_id") == entry.get("parent_id", known.get("parent_id")):
            return writer.update(known, without(dict(entry), "id"))
    return writer.create(without(dict(entry), "id"))


STAGED_OPERATIONS = {f"{STAGED_RECORDS.path}/sync": {"PATCH": sync_staged}}
