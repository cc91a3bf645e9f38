"""Cost codes of the company's list and of the projects, and the cost types they are used with."""

from starlette.responses import Response

from hub.sandboxes.procore.call import Call
from hub.sandboxes.procore.fields import as_given, choice, ref, text, whole
from hub.sandboxes.procore.filtering import USUAL, origin
from hub.sandboxes.procore.problem import InvalidFieldsError
from hub.sandboxes.procore.records import Record, Records, id_of
from hub.sandboxes.procore.resource import COMPANY, PROJECT, READ_ONLY, Resource, Scope
from hub.sandboxes.procore.sync import NOT_FOUND, Entry, synced, updates_of

BASE_TYPES = ("equipment", "materials", "commitment", "owner_cost", "professional_services", "labor", "other")
CODE_LIST = Scope("standard_cost_code_list_id", "standard_cost_code_list")
TYPE_SHOWN = ("id", "name", "code", "base_type", "origin_data", "origin_id")


def full_code(record: Record, records: Records, kind: str) -> str:
    """The code with the codes of its parents before it; a code need not have any."""
    parent = records.get(kind, record["parent_id"]) if record.get("parent_id") else None
    return str(record["code"]) if parent is None else f"{full_code(parent, records, kind)}-{record['code']}"


def standard_full(record: Record, records: Records) -> Record:
    return record | {"full_code": full_code(record, records, "standard_cost_code")}


def standard_brief(record: Record, _records: Records) -> Record:
    return {"id": record["id"], "standard_cost_code_list_id": record["standard_cost_code_list_id"]}


def type_view(record: Record, _records: Records) -> Record:
    return {name: record.get(name) for name in TYPE_SHOWN}


def with_code(record: Record, _records: Records) -> Record:
    """A sync gives the abbreviation under another name."""
    given = record.get("csv_import_code")
    return record | {"code": given} if given else record


def cost_code_view(record: Record, records: Records) -> Record:
    project = records.get("project", record["project_id"]) or {"id": None, "name": None}
    types = [records.get("line_item_type", type_id) for type_id in record.get("line_item_type_ids", [])]
    code = full_code(record, records, "cost_code")
    hidden = ("line_item_type_ids", "parent_id", "project_id")
    shown = {name: value for name, value in record.items() if name not in hidden}
    return shown | {
        "full_code": code,
        "sortable_code": code,
        "parent": {"id": record.get("parent_id")},
        "biller": project["name"],
        "biller_id": project["id"],
        "biller_type": "Project",
        "budgeted": False,
        "line_item_types": [type_view(found, records) for found in types if found],
        "deleted_at": None,
    }


def cost_code_compact(record: Record, records: Records) -> Record:
    full = cost_code_view(record, records)
    return {name: full[name] for name in ("id", "name", "code", "full_code", "origin_id", "updated_at")}


CODE_LISTS = Resource(
    kind="standard_cost_code_list",
    path="/rest/v1.0/standard_cost_code_lists",
    scope=COMPANY,
    operations=READ_ONLY,
    filters={},
    linkable=False,
)

STANDARD_COST_CODES = Resource(
    kind="standard_cost_code",
    path="/rest/v1.0/standard_cost_codes",
    scope=CODE_LIST,
    operations=frozenset({"list", "show", "sync"}),
    fields=(text("code", required=True), text("name", required=True), ref("parent_id", "standard_cost_code")),
    filters={"origin_id": origin},
    origin_per_scope=True,
    views={"default": standard_brief, "compact": standard_full, "extended": standard_full},
    show_view="extended",
)

LINE_ITEM_TYPES = Resource(
    kind="line_item_type",
    path="/rest/v1.0/line_item_types",
    scope=COMPANY,
    operations=frozenset({"list", "show", "sync"}),
    fields=(
        text("name", required=True),
        text("code"),
        text("csv_import_code"),
        choice("base_type", *BASE_TYPES, default="other"),
    ),
    filters={"origin_id": origin},
    views={"default": type_view},
    prepare=with_code,
)

# On a project that is integrated with an ERP only the sync may make or change cost codes.
COST_CODES = Resource(
    kind="cost_code",
    path="/rest/v1.0/cost_codes",
    scope=PROJECT,
    operations=frozenset({"list", "show", "sync"}),
    fields=(
        text("code", required=True),
        text("name", required=True),
        ref("parent_id", "cost_code", same_project=True),
        ref("standard_cost_code_id", "standard_cost_code"),
        whole("position"),
        *as_given("sub_job_id"),
    ),
    filters=USUAL,
    beside=("sub_job_id",),
    origin_per_scope=True,
    views={"default": cost_code_view, "erp_compact": cost_code_compact},
)

CODE_RESOURCES = (CODE_LISTS, STANDARD_COST_CODES, LINE_ITEM_TYPES, COST_CODES)


def sync_assignments(call: Call) -> Response:
    """`cost_code_line_item_types/sync`: which cost types a project's code may be used with."""
    project_id = call.scope_id(PROJECT)

    def apply(entry: Entry) -> Record:
        code = _known(call.records, "cost_code", entry, project_id)
        cost_type = _known(call.records, "line_item_type", entry, None)
        others = [found for found in code.get("line_item_type_ids", []) if found != cost_type["id"]]
        wanted = entry.get("synced", True)
        if not isinstance(wanted, bool):
            raise InvalidFieldsError({"synced": ["is invalid"]})
        assigned = [*others, cost_type["id"]] if wanted else others
        call.records.save("cost_code", code | {"line_item_type_ids": assigned})
        return {"cost_code_id": code["id"], "line_item_type_id": cost_type["id"], "synced": wanted}

    return synced(call, updates_of(call), apply)


def _known(records: Records, kind: str, entry: Entry, scope_id: int | None) -> Record:
    found = records.get(kind, id_of(entry.get(f"{kind}_id")) or 0, scope_id)
    if found is None:
        raise InvalidFieldsError({f"{kind}_id": [NOT_FOUND]})
    return found
