"""Whether a person may press what they press."""

from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.world import Access as Level
from hub.sandboxes.world.people import COMPANY_TOOLS


def may_press(records: Records, user: Record, tool: str, project_id: int | None) -> bool:
    """Standard or Admin on the tool: the company's, or the one of the project that the item is in."""
    if tool in COMPANY_TOOLS or project_id is None:
        return level_of(records, user["permission_template_id"], tool) >= Level.STANDARD
    membership = records.get("project_user", user["id"], project_id)
    if membership is None:
        return False
    return level_of(records, membership["permission_template_id"], tool) >= Level.STANDARD


def level_of(records: Records, template_id: int, tool_name: str) -> Level:
    template = records.get("permission_template", template_id) or {"tools": []}
    levels = {tool["name"]: tool["user_access_level"]["id"] for tool in template["tools"]}
    return Level(levels.get(tool_name, Level.NONE))
