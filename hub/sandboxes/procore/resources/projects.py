"""Projects, their sub jobs, and the templates that new ones can be made from."""

from collections.abc import Sequence
from dataclasses import replace

from hub.sandboxes.procore.fields import as_given, choice, day, flag, money, text
from hub.sandboxes.procore.filtering import USUAL, Keep, search, yes_no
from hub.sandboxes.procore.problem import InvalidFieldsError, bad_request
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.resource import COMPANY, FULL, PROJECT, READ_ONLY, Locks, Resource
from hub.sandboxes.procore.resources.shown import brief, without
from hub.sandboxes.procore.writing import TAKEN


def project_view(record: Record, records: Records) -> Record:
    companies = records.within("company", 0)
    return without(record, "budget_locked") | {
        "display_name": f"{record['project_number']} - {record['name']}"
        if record["project_number"]
        else record["name"],
        "company": {"id": companies[0]["id"], "name": companies[0]["name"]},
        "erp_integrated": bool(record.get("origin_id")),
        "estimated_start_date": record["start_date"],
        "estimated_completion_date": record["completion_date"],
        "project_stage": None,
        "project_type": None,
        "program": None,
        "office": None,
        "departments": [],
        "is_demo": False,
    }


def project_compact(record: Record, records: Records) -> Record:
    full = project_view(record, records)
    return {
        name: full[name] for name in ("id", "name", "display_name", "project_number", "origin_id", "active")
    }


def by_status(values: Sequence[str]) -> Keep:
    wanted = values[-1]
    if wanted not in ("All", "Active", "Inactive"):
        raise bad_request("filters[by_status] takes All, Active or Inactive")
    return lambda record: wanted == "All" or record["active"] == (wanted == "Active")


def set_up(record: Record, records: Records) -> None:
    """A new project has the standard view of its budget, and what its template holds."""
    if not records.within("budget_view", record["id"]):
        view = {"project_id": record["id"], "name": "Standard Budget"}
        records.add("budget_view", record["id"], view)
    _copy_codes_of_template(record, records)


def _copy_codes_of_template(record: Record, records: Records) -> None:
    """The company's switch to copy codes is on here."""
    if records.within("cost_code", record["id"]):
        return
    for code in records.within("cost_code", record.get("project_template_id") or 0):
        values = without(code, "id") | {"project_id": record["id"], "origin_id": None, "origin_code": None}
        records.add("cost_code", record["id"], values | {"synced": False})


PROJECTS = Resource(
    kind="project",
    path="/rest/v1.0/projects",
    scope=COMPANY,
    operations=frozenset({"list", "show", "create", "update", "sync"}),
    fields=(
        text("name", required=True),
        text("project_number"),
        text("address"),
        text("city"),
        text("state_code"),
        text("country_code", limit=2),
        text("zip"),
        flag("active", default=True),
        text("description", limit=65535),
        day("start_date"),
        day("completion_date"),
        day("actual_start_date"),
        day("projected_finish_date"),
        money("total_value"),
        text("accounting_project_number"),
        text("store_number"),
        choice("flag", "Red", "Yellow", "Green"),
        *as_given("time_zone", "latitude", "longitude", "phone", "project_stage_id", "project_type_id"),
        *as_given(
            "program_id", "office_id", "department_ids", "project_template_id", "standard_cost_code_list_id"
        ),
        *as_given("enable_copy_of_standard_cost_codes"),
    ),
    filters={
        **USUAL,
        "name": search("name"),
        "synced": yes_no(lambda record: bool(record.get("origin_id"))),
        "by_status": by_status,
    },
    sorts=("name",),
    views={"normal": project_view, "compact": project_compact},
    list_view="normal",
    show_view="normal",
    view_parameter="serializer_view",
    locks=Locks(synced=frozenset({"project_number"})),
    made=set_up,
)


def sub_job_view(record: Record, records: Records) -> Record:
    project = brief("project", record["project_id"], records, "name")
    return without(record, "project_id", "origin_code") | {"project": project}


def with_code_of_its_own(record: Record, records: Records) -> Record:
    for other in records.within("sub_job", record["project_id"]):
        if other["code"] == record["code"] and other["id"] != record.get("id"):
            raise InvalidFieldsError({"code": [TAKEN]})
    return record


PROJECTS_V1_1 = replace(
    PROJECTS, path="/rest/v1.1/projects", operations=frozenset({"list"}), view_parameter="view"
)
SUB_JOBS = Resource(
    kind="sub_job",
    path="/rest/v1.0/sub_jobs",
    scope=PROJECT,
    operations=FULL,
    fields=(text("name", required=True), text("code", required=True)),
    filters={},
    views={"default": sub_job_view},
    locks=Locks(synced=frozenset({"code"})),
    prepare=with_code_of_its_own,
)
TEMPLATES = Resource(
    kind="project_template",
    path="/rest/v1.0/project_templates",
    scope=COMPANY,
    operations=READ_ONLY,
    filters={},
    linkable=False,
)
PROJECT_RESOURCES = (PROJECTS, PROJECTS_V1_1, SUB_JOBS, TEMPLATES)
