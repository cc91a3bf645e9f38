"""Who the caller is, which companies it reaches, its own rights, and who belongs to a project."""

from typing import Any

from starlette.responses import Response

from hub.sandboxes.procore.call import Call, answer
from hub.sandboxes.procore.problem import bad_request, not_found, unprocessable
from hub.sandboxes.procore.records import Record
from hub.sandboxes.procore.resource import COMPANY, PROJECT
from hub.sandboxes.procore.resources.directory import project_user_view, template_brief
from hub.sandboxes.world import Access as Level
from hub.sandboxes.world.people import COMPANY_TOOLS, PROJECT_TOOLS


def me(call: Call) -> Response:
    client = call.request.scope["procore.client"]
    return answer({"id": client.user_id, "login": f"{client.id}@service.example", "name": client.name})


def companies(call: Call) -> Response:
    return answer(call.records.within("company", 0))


def own_permissions(call: Call) -> Response:
    """A service account's rights: everything, where the application is let in at all."""
    in_project = call.parameter("project_id") is not None
    call.scope_id(PROJECT if in_project else COMPANY)
    names = PROJECT_TOOLS if in_project else COMPANY_TOOLS
    return answer({"tools": [tool(number, name, Level.ADMIN) for number, name in enumerate(names, start=1)]})


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
