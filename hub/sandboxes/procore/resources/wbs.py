"""The work breakdown structure: segments, their items, and the codes that are put together from them."""

from typing import Any

from starlette.responses import Response

from hub.sandboxes.procore.call import Call, answer
from hub.sandboxes.procore.envelope import V2
from hub.sandboxes.procore.fields import Field, NotAcceptedError, choice, text
from hub.sandboxes.procore.filtering import STAMPS, exact, ids, search
from hub.sandboxes.procore.operations import Operations
from hub.sandboxes.procore.problem import InvalidFieldsError, bad_request, not_found, unprocessable
from hub.sandboxes.procore.records import Record, Records, id_of
from hub.sandboxes.procore.resource import PROJECT, Resource
from hub.sandboxes.procore.resources.codes import full_code
from hub.sandboxes.procore.resources.shown import without
from hub.sandboxes.procore.writing import TAKEN

DELIMITER = "."
PATTERN_ID = 31
# Segments of every company that integrates an ERP: id, type, name, whether a code must have it.
SEGMENTS: tuple[tuple[int, str, str, bool], ...] = (
    (301, "cost_code", "Cost Code", True),
    (302, "line_item_type", "Cost Type", True),
    (303, "sub_job", "Sub Job", False),
)
KIND_OF = {number: kind for number, kind, _, _ in SEGMENTS}
_PARTS = tuple(f"{kind}_id" for kind in KIND_OF.values())
BASE = "/rest/v1.0/projects/{project_id}/work_breakdown_structure"


def segment(number: int) -> Record:
    """None of them is custom: an ERP-integrated company can't have custom segments."""
    place, (_, kind, name, required) = next(
        found for found in enumerate(SEGMENTS, start=1) if found[1][0] == number
    )
    return {
        "id": number,
        "type": kind,
        "name": name,
        "position": place,
        "delimiter": DELIMITER,
        "required": required,
        "structure": "tiered" if kind == "cost_code" else "flat",
        "tiered": kind == "cost_code",
        "project_can_modify_origin_project": False,
        "project_can_delete_origin_company": False,
        "wbs_pattern_id": PATTERN_ID,
    }


def item_view(kind: str, record: Record, records: Records) -> Record:
    number = next(number for number, name in KIND_OF.items() if name == kind)
    path = full_code(record, records, kind) if kind == "cost_code" else record["code"]
    return {
        "id": record["id"],
        "code": record["code"],
        "name": record["name"],
        "path_code": path,
        "parent_id": record.get("parent_id"),
        "status": "active",
        "segment": segment(number),
        "created_at": record["created_at"],
        "updated_at": record["updated_at"],
    }


def code_view(record: Record, records: Records) -> Record:
    items = [
        item_view(kind, found, records)
        for kind in KIND_OF.values()
        if (found := records.get(kind, record.get(f"{kind}_id") or 0)) is not None
    ]
    shown = without(record, *_PARTS, "segment_items", "custom_items", "project_id")
    # A company that had custom segments before it integrated an ERP keeps codes that stand on them.
    return shown | {
        "segment_items": [*items, *(record.get("custom_items") or ())],
        "wbs_pattern_id": PATTERN_ID,
    }


def code_view_v2(record: Record, _records: Records) -> Record:
    return {
        "id": record["id"],
        "code": record["flat_code"],
        "description": record["description"],
        "status": record["status"],
        **{f"attribute_{number}_name": None for number in (1, 2, 3)},
    }


def put_together(record: Record, records: Records) -> Record:
    """The code's words from its segments' items, when it is made; a pair stands once in a project."""
    if record.get("flat_code"):
        return record
    parts = {f"{KIND_OF[one['segment_id']]}_id": one["segment_item_id"] for one in record["segment_items"]}
    found = {name: _item(name.removesuffix("_id"), item, record, records) for name, item in parts.items()}
    missing = [kind for _, kind, _, required in SEGMENTS if required and f"{kind}_id" not in found]
    if missing:
        raise InvalidFieldsError({"segment_items": [f"must include {', '.join(missing)}"]})
    words = wbs_words(found["cost_code_id"], found["line_item_type_id"], records)
    complete = record | {name: parts.get(name) for name in _PARTS} | words
    for other in records.within("wbs_code", record["project_id"]):
        if all(other[name] == complete[name] for name in _PARTS):
            raise InvalidFieldsError({"segment_items": [TAKEN]})
    return complete | {"description": record.get("description") or words["flat_name"]}


def wbs_words(cost_code: Record, cost_type: Record, records: Records) -> Record:
    code = full_code(cost_code, records, "cost_code")
    return {
        "flat_code": f"{code}{DELIMITER}{cost_type['code']}",
        "flat_name": f"{cost_code['name']}{DELIMITER}{cost_type['name']}",
    }


def _item(kind: str, item_id: Any, record: Record, records: Records) -> Record:
    within = None if kind == "line_item_type" else record["project_id"]
    found = records.get(kind, id_of(item_id) or 0, within)
    if found is None:
        raise InvalidFieldsError({"segment_items": [f"{kind} is invalid"]})
    return found


def _segment_items(value: Any) -> list[Record]:
    fits = isinstance(value, list) and all(isinstance(one, dict) for one in value)
    if not fits or any(id_of(one.get("segment_id")) not in KIND_OF for one in value):
        raise NotAcceptedError("must be a list of a known segment_id and a segment_item_id each")
    return [
        {"segment_id": id_of(one["segment_id"]), "segment_item_id": id_of(one.get("segment_item_id"))}
        for one in value
    ]


WBS_CODES = Resource(
    kind="wbs_code",
    path=f"{BASE}/wbs_codes",
    scope=PROJECT,
    operations=frozenset({"list", "create", "update"}),
    fields=(
        text("description"),
        choice("status", "active", "inactive", default="active"),
        Field("segment_items", _segment_items, required=True),
    ),
    filters={**STAMPS, "status": exact("status"), "id": ids()},
    searched=("flat_code", "description"),
    linkable=False,
    bare_body=True,
    views={"default": code_view},
    prepare=put_together,
)
WBS_CODES_V2 = Resource(
    kind="wbs_code",
    path="/rest/v2.0/companies/{company_id}/projects/{project_id}/wbs/codes",
    scope=PROJECT,
    operations=frozenset({"list"}),
    filters={"id": ids(), "search": search("flat_code", "description")},
    linkable=False,
    envelope=V2,
    views={"default": code_view_v2},
)
WBS_RESOURCES = (WBS_CODES, WBS_CODES_V2)


def segments(call: Call) -> Response:
    """Of a project or of the company: they are the same ones."""
    if "project_id" in call.request.path_params:
        call.scope_id(PROJECT)
    return answer([segment(number) for number in KIND_OF])


def pattern(call: Call) -> Response:
    call.scope_id(PROJECT)
    included = [segment(number) | {"is_included_in_project_pattern": True} for number in KIND_OF]
    return answer({"id": PATTERN_ID, "description": "Cost Code.Cost Type", "segments": included})


def segment_items(call: Call) -> Response:
    project_id, kind = call.scope_id(PROJECT), KIND_OF.get(call.path_id("segment_id"))
    if kind is None:
        raise not_found()
    scope_id = call.company_id if kind == "line_item_type" else project_id
    return answer([item_view(kind, one, call.records) for one in call.records.within(kind, scope_id)])


def bulk_create(call: Call) -> Response:
    """All of them or none."""
    writer = Operations(WBS_CODES).writer(call, call.scope_id(PROJECT))
    given = call.fields.get("wbs_codes")
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise bad_request("wbs_codes must be a list of objects")
    try:
        made = [writer.create(one) for one in given]
    except InvalidFieldsError as error:
        raise unprocessable(error.fields) from error
    return answer([code_view(one, call.records) for one in made], 201)


def update_all(call: Call) -> Response:
    """`{ids, attributes: {status}}`."""
    writer = Operations(WBS_CODES).writer(call, call.scope_id(PROJECT))
    wanted, attributes = call.fields.get("ids"), call.fields.get("attributes")
    if not isinstance(wanted, list) or not isinstance(attributes, dict) or set(attributes) - {"status"}:
        raise bad_request("ids must be a list and attributes may set the status")
    codes = [call.records.get("wbs_code", id_of(one) or 0, writer.scope_id) for one in wanted]
    for code in codes:
        if code is None:
            raise not_found()
        writer.update(code, attributes)
    return Response(status_code=204)
