"""What a user may do in Procore's tools, read from the permission template the user carries."""

from collections.abc import Mapping
from typing import Any

from hub.connectors.procore.api import Api, path_id
from hub.errors import ErpUnexpected

LEVELS = {"none": 0, "read only": 1, "standard": 2, "admin": 3}

# Procore's tool name -> ours.
COMPANY_TOOLS = {"erp_integrations": "erp", "directory": "directory", "admin": "admin", "reports": "reports"}
PROJECT_TOOLS = {
    "commitments": "commitments",
    "change_orders": "change_orders",
    "budget": "budget",
    "prime_contracts": "prime_contracts",
    "project_admin": "admin",
    "direct_costs": "direct_costs",
    "reports": "reports",
}


class Templates:
    """Permission templates by id, each read once."""

    def __init__(self, api: Api, company_id: str) -> None:
        self._api, self._company_id = api, company_id
        self._known: dict[str, Mapping[str, Any]] = {}

    async def of(self, user: Mapping[str, Any]) -> Mapping[str, Any]:
        """The template of this user; somebody without one may do nothing."""
        named = user.get("permission_template")
        if not isinstance(named, dict) or named.get("id") is None:
            return {}
        key = str(named["id"])
        if key not in self._known:
            path = f"/rest/v1.0/companies/{self._company_id}/permission_templates/{path_id(key)}"
            found, _ = await self._api.read(path)
            if not isinstance(found, dict):
                raise ErpUnexpected("A permission template is not an object.")
            self._known[key] = found
        return self._known[key]


def levels(template: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, int]:
    """Access per tool, 0 (none) to 3 (admin). A tool that the template does not name is closed."""
    found = dict.fromkeys(names.values(), 0)
    for tool in _tools(template):
        ours = names.get(str(tool.get("name", "")).lower())
        if ours is not None:
            found[ours] = _level(tool.get("user_access_level"))
    return found


def granular(template: Mapping[str, Any]) -> list[str]:
    """Granular permissions as `tool.action`, sorted."""
    return sorted(
        f"{tool.get('name')}.{action}"
        for tool in _tools(template)
        for action in tool.get("permitted_actions") or ()
        if isinstance(action, str)
    )


def _tools(template: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    tools = template.get("tools") or []
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        raise ErpUnexpected("A permission template's tools are not a list.")
    return tools


def _level(stated: Any) -> int:
    """An unknown level counts as none: a right is never guessed."""
    name = stated.get("name") if isinstance(stated, dict) else stated
    return LEVELS.get(str(name).strip().lower(), 0)
