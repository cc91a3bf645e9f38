"""Who the caller is, which companies it reaches, its own rights, and who belongs to a project."""

from typing import Any

from starlette.responses import Response

from hub.sandboxes.procore.call import Call, answer
from hub.sandboxes.procore.problem import Problem, bad_request, not_found, unprocessable
from hub.sandboxes.procore.records import Record
from hub.sandboxes.procore.resource import COMPANY, PROJECT
from hub.sandboxes.procore.resources.directory import project_user_view, template_brief, vendor_view
from hub.sandboxes.world import Access as Level
from hub.sandboxes.world.people import COMPANY_TOOLS, PROJECT_TOOLS

PUSH_TO_ACCOUNTING = "push_to_accounting"


def me(call: Call) -> Response:
    client = call.client
    user = call.records.get("user", client.user_id) or {}
    login = user.get("email_address", f"{client.id}@service.example")
    return answer({"id": client.user_id, "login": login, "name": client.name})


def companies(call: Call) -> Response:
    return answer(call.records.within("company", 0))


def own_permissions(call: Call) -> Response:
    """A service account may do everything, where the application is let in at all; a person what the
    template says that they have there."""
    in_project = call.parameter("project_id") is not None
    scope_id = call.scope_id(PROJECT if in_project else COMPANY)
    names, client = PROJECT_TOOLS if in_project else COMPANY_TOOLS, call.client
    user = call.records.get("user", client.user_id) or {}
    member = call.records.get("project_user", client.user_id, scope_id) if in_project else user
    template = call.records.get("permission_template", (member or {}).get("permission_template_id") or 0)
    levels = {one["name"]: Level(one["user_access_level"]["id"]) for one in (template or {}).get("tools", [])}
    default = Level.NONE if client.is_person else Level.ADMIN
    tools = [tool(number, name, levels.get(name, default)) for number, name in enumerate(names, start=1)]
    for found in tools:
        if found["name"] == "erp_integrations" and (not client.is_person or user["can_push_to_accounting"]):
            found["permitted_actions"] = [PUSH_TO_ACCOUNTING]
    return answer({"tools": tools})


def tool(number: int, name: str, level: Level) -> Record:
    return {
        "id": number,
        "name": name,
        "friendly_name": name.replace("_", " ").title().replace("Erp", "ERP"),
        "user_access_level": {"id": level.value, "name": level.label},
        "permitted_actions": [],
        "available_for_user": level is not Level.NONE,
        "can_create": level >= Level.STANDARD,
    }


def project_templates(call: Call) -> Response:
    """The templates that can be given to people on a project."""
    call.scope_id(PROJECT)
    templates = call.records.within("permission_template", call.company_id)
    return answer(
        [template_brief(found, call.records) for found in templates if found["type"] != "company_tools"]
    )


def add_to_project(call: Call) -> Response:
    project_id, user = call.scope_id(PROJECT), _user(call)
    if call.records.get("project_user", user["id"], project_id) is not None:
        raise unprocessable({"base": ["is on the project already"]})
    template_id = _template_id(call)
    membership = {"id": user["id"], "permission_template_id": template_id}
    stored = call.records.add("project_user", project_id, membership)
    return answer(project_user_view(stored, call.records), 201)


def remove_from_project(call: Call) -> Response:
    project_id, user = call.scope_id(PROJECT), _user(call)
    if call.records.get("project_user", user["id"], project_id) is None:
        raise not_found()
    call.records.remove("project_user", user["id"], project_id)
    return Response(status_code=204)


def add_vendor_to_project(call: Call) -> Response:
    project_id, vendor = call.scope_id(PROJECT), call.records.get("vendor", call.path_id())
    if vendor is None:
        raise not_found()
    if call.records.get("project_vendor", vendor["id"], project_id) is None:
        call.records.add("project_vendor", project_id, {"id": vendor["id"]})
    return answer(vendor_view(vendor, call.records), 201)


def set_register(call: Call) -> Response:
    """A vendor's entry in a business register, which no other vendor may share."""
    vendor, given = call.records.get("vendor", call.path_id()), call.fields.get("business_register")
    if vendor is None:
        raise not_found()
    if not isinstance(given, dict) or set(given) != {"type", "identifier"}:
        raise bad_request("business_register needs a type and an identifier")
    others = call.records.within("vendor", call.company_id)
    if any(one.get("business_register") == given and one["id"] != vendor["id"] for one in others):
        raise Problem(409, {"errors": "The business register entry has already been taken"})
    call.records.save("vendor", vendor | {"business_register": given})
    return answer(given, 201 if call.request.method == "POST" else 200)


def remove_vendor_from_project(call: Call) -> Response:
    project_id = call.scope_id(PROJECT)
    if call.records.get("project_vendor", call.path_id(), project_id) is None:
        raise not_found()
    call.records.remove("project_vendor", call.path_id(), project_id)
    return Response(status_code=204)


def _user(call: Call) -> Record:
    user = call.records.get("user", call.path_id())
    if user is None:
        raise not_found()
    return user


def _template_id(call: Call) -> int:
    values: Any = call.fields.get("user")
    if not isinstance(values, dict):
        raise bad_request("param is missing or the value is empty: user")
    template = call.records.get("permission_template", values.get("permission_template_id") or 0)
    if template is None or template["type"] == "company_tools":
        raise unprocessable({"permission_template_id": ["is invalid"]})
    return int(template["id"])
