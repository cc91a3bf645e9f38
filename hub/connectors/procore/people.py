"""Permission templates: where the rights of a user come from, each template read once."""

from collections.abc import Mapping
from typing import Any

from hub.connectors.procore.api import Api, filled
from hub.connectors.procore.rights import Tool
from hub.errors import ErpUnexpected

_PATH = "/rest/v1.0/companies/{company}/permission_templates/{template}"


class Templates:
    """Tools of permission templates by the template's id."""

    def __init__(self, api: Api, company: str) -> None:
        self._api, self._company = api, company
        self._known: dict[str, list[Tool]] = {}

    async def tools(self, user: Mapping[str, Any]) -> list[Tool]:
        """The tools of this user's template; somebody without one may do nothing."""
        named = user.get("permission_template")
        if not isinstance(named, dict) or named.get("id") is None:
            return []
        key = str(named["id"])
        if key not in self._known:
            found, _ = await self._api.read(filled(_PATH, {"company": self._company, "template": key}))
            self._known[key] = tools_of(found)
        return self._known[key]


def tools_of(body: Any) -> list[Tool]:
    """The tools that an answer lists."""
    tools = body.get("tools") or [] if isinstance(body, dict) else None
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        raise ErpUnexpected("Permissions are not a list of tools.")
    return tools
