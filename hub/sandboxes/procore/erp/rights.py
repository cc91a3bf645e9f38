"""Whether a person may press what they press."""

from hub.sandboxes.procore.levels import level_of
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
