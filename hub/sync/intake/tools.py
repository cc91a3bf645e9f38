"""Which tools of the project tool are open on a project: kept as its lists are met, since rules ask for it.

A list that is kept from the hub counts as a tool that is closed: what lives in it cannot be marked or read again either."""

from collections.abc import Mapping
from uuid import UUID

from db.session import Connection
from hub.objects.project import PROJECT
from hub.sync.intake.merged import ACTION
from hub.sync.intake.named import Values
from hub.sync.intake.newids import seed
from hub.sync.intake.project_codes import changing_project
from hub.sync.intake.site import Site

# The list by which each tool is known to be open or closed.
TOOL_OF: Mapping[str, str] = {
    "commitment": "commitments",
    "commitment_change_order": "change_orders",
    "budget": "budget",
    "prime_contract": "prime_contracts",
    "direct_cost": "direct_costs",
}
_KNOWN = "select $3 = any(inactive_tools) from project where account_id = $1 and id = $2"
_SET = {
    True: "update project set inactive_tools = array_remove(inactive_tools, $tool::text) where account_id = $account and id = $project",
    False: "update project set inactive_tools = array_append(inactive_tools, $tool::text) where account_id = $account and id = $project",
}


async def met(
    connection: Connection, site: Site, resource: str, project: UUID | None, *, is_open: bool
) -> None:
    """The list of a project was read, or was kept from the hub."""
    tool = TOOL_OF.get(resource)
    if site.from_erp or project is None or tool is None:
        return
    was_closed = await connection.fetchval(_KNOWN, site.account, project, tool)
    if was_closed is is_open:
        values: Values = {
            "account": site.account,
            "project": project,
            "tool": tool,
            "run": site.run,
            "action": ACTION,
            "type": PROJECT.name,
            **seed(),
        }
        await changing_project(connection, values, _SET[is_open])
