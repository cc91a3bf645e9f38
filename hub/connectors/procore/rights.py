"""What Procore's access levels and granular permissions are called, and how they are read. A right is never guessed."""

from collections.abc import Mapping
from typing import Any

LEVELS = {"none": 0, "read only": 1, "standard": 2, "admin": 3}

# Procore's tool name -> ours.
ERP_TOOL = "erp_integrations"
COMPANY_TOOLS = {ERP_TOOL: "erp", "directory": "directory", "admin": "admin", "reports": "reports"}
PROJECT_TOOLS = {
    "commitments": "commitments",
    "change_orders": "change_orders",
    "budget": "budget",
    "prime_contracts": "prime_contracts",
    "project_admin": "admin",
    "direct_costs": "direct_costs",
    "reports": "reports",
}

Tool = Mapping[str, Any]


def level(stated: Any) -> int:
    """0 (none) to 3 (admin). An unknown level counts as none."""
    name = stated.get("name") if isinstance(stated, dict) else stated
    return LEVELS.get(" ".join(str(name).lower().replace("_", " ").split()), 0)


def actions(stated: Any) -> list[str]:
    """Granular permissions of one tool, sorted."""
    listed = stated if isinstance(stated, list) else []
    return sorted(action for action in listed if isinstance(action, str))


def levels(tools: list[Tool], names: Mapping[str, str]) -> dict[str, int]:
    """Access per tool. A tool that is not named is closed."""
    found = dict.fromkeys(names.values(), 0)
    for tool in tools:
        ours = names.get(str(tool.get("name", "")).lower())
        if ours is not None:
            found[ours] = level(tool.get("user_access_level"))
    return found


def granular(tools: list[Tool]) -> list[str]:
    """Granular permissions of all tools as `tool.action`, sorted."""
    return sorted(
        f"{tool.get('name')}.{action}" for tool in tools for action in actions(tool.get("permitted_actions"))
    )
