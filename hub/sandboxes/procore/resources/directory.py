"""The company's directory: companies themselves, vendors, users and permission templates."""

from hub.sandboxes.procore.fields import as_given, flag, ref, text
from hub.sandboxes.procore.filtering import STAMPS, USUAL, exact, ids, origin, search
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.resource import COMPANY, PROJECT, READ_ONLY, Resource, as_stored

VENDOR_COMPACT = ("id", "name", "is_active", "origin_id", "origin_code", "synced_to_erp", "updated_at")
TEMPLATE_BRIEF = ("id", "name", "type", "project_specific", "category")


def vendor_view(record: Record, records: Records) -> Record:
    parent = records.get("vendor", record["parent_id"]) if record.get("parent_id") else None
    shown = {name: value for name, value in record.items() if name != "parent_id"}
    return shown | {
        "company": record["name"],
        "parent": None if parent is None else {"id": parent["id"], "name": parent["name"]},
        "synced_to_erp": bool(record.get("origin_id")),
        "contact_count": 0,
        "attachments": [],
        "business_register": record.get("business_register"),
        "primary_contact": None,
        "vendor_group": None,
    }


def vendor_compact(record: Record, records: Records) -> Record:
    full = vendor_view(record, records)
    return {name: full[name] for name in VENDOR_COMPACT}


def user_view(record: Record, records: Records) -> Record:
    shown = {name: value for name, value in record.items() if name != "permission_template_id"}
    return shown | {
        "name": f"{record['first_name']} {record['last_name']}",
        "permission_template": template_brief_of(record["permission_template_id"], records),
        "vendor": None,
    }


def project_user_view(record: Record, records: Records) -> Record:
    """The person as the directory has it, with the template that holds on this project."""
    user = records.get("user", record["id"]) or {}
    return user_view(user | {"permission_template_id": record["permission_template_id"]}, records)


def user_id_only(record: Record, _records: Records) -> Record:
    return {"id": record["id"]}


def template_brief_of(template_id: int | None, records: Records) -> Record | None:
    template = records.get("permission_template", template_id) if template_id else None
    return None if template is None else template_brief(template, records)


def template_brief(record: Record, _records: Records) -> Record:
    return {name: record[name] for name in TEMPLATE_BRIEF}


VENDORS = Resource(
    kind="vendor",
    path="/rest/v1.0/vendors",
    scope=COMPANY,
    operations=frozenset({"list", "show", "create", "update", "sync"}),
    fields=(
        text("name", required=True),
        text("abbreviated_name"),
        text("trade_name"),
        text("address"),
        text("city"),
        text("state_code"),
        text("zip"),
        text("country_code", limit=2),
        text("business_phone"),
        text("mobile_phone"),
        text("fax_number"),
        text("email_address"),
        text("website"),
        flag("is_active", default=True),
        ref("parent_id", "vendor"),
        *as_given("authorized_bidder", "prequalified", "license_number", "labor_union", "union_member"),
        *as_given("non_union_prevailing_wage", "notes", "vendor_group_id", "primary_contact_id"),
    ),
    filters={**USUAL, "search": search("name", "abbreviated_name"), "parent_id": ids("parent_id")},
    sorts=("name",),
    views={
        "normal": vendor_view,
        "extended": vendor_view,
        "erp": vendor_view,
        "directory": vendor_view,
        "summary": vendor_compact,
        "compact": vendor_compact,
    },
    list_view="normal",
    show_view="normal",
)

USERS = Resource(
    kind="user",
    path="/rest/v1.3/companies/{company_id}/users",
    scope=COMPANY,
    operations=frozenset({"list", "show", "update", "sync"}),
    fields=(
        text("first_name", required=True),
        text("last_name", required=True),
        text("email_address", required=True),
        text("job_title"),
        flag("is_active"),
        ref("permission_template_id", "permission_template"),
        flag("can_push_to_accounting"),
    ),
    filters={**STAMPS, "origin_id": origin, "search": search("first_name", "last_name", "email_address")},
    views={"normal": user_view, "extended": user_view, "ids_only": user_id_only},
    list_view="normal",
    show_view="normal",
)

PROJECT_USERS = Resource(
    kind="project_user",
    path="/rest/v1.0/projects/{project_id}/users",
    scope=PROJECT,
    operations=READ_ONLY,
    filters={"id": ids(), **STAMPS, "permission_template": exact("permission_template_id")},
    linkable=False,
    views={"normal": project_user_view, "compact": project_user_view},
    list_view="normal",
    show_view="normal",
)

PERMISSION_TEMPLATES = Resource(
    kind="permission_template",
    path="/rest/v1.0/companies/{company_id}/permission_templates",
    scope=COMPANY,
    operations=READ_ONLY,
    filters={"type": exact("type")},
    linkable=False,
    views={"brief": template_brief, "full": as_stored},
    list_view="brief",
    show_view="full",
    paged=False,
)


def project_vendor_view(record: Record, records: Records) -> Record:
    """The company as the directory has it."""
    return vendor_view(records.get("vendor", record["id"]) or {}, records)


PROJECT_VENDORS = Resource(
    kind="project_vendor",
    path="/rest/v1.0/projects/{project_id}/vendors",
    scope=PROJECT,
    operations=READ_ONLY,
    filters={"id": ids()},
    linkable=False,
    views={"normal": project_vendor_view, "extended": project_vendor_view},
    list_view="normal",
    show_view="normal",
)

DIRECTORY_RESOURCES = (VENDORS, USERS, PROJECT_USERS, PERMISSION_TEMPLATES, PROJECT_VENDORS)
