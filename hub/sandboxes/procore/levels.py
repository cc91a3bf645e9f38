"""Which tool each resource belongs to, and whether a caller may read or write there."""

from collections.abc import Mapping

from hub.sandboxes.procore.call import Call
from hub.sandboxes.procore.problem import forbidden
from hub.sandboxes.procore.records import Records
from hub.sandboxes.procore.resource import PROJECT, Resource
from hub.sandboxes.world import Access as Level
from hub.sandboxes.world.people import COMPANY_TOOLS

_KINDS: Mapping[str, tuple[str, ...]] = {
    "commitments": ("work_order_contract", "purchase_order_contract", "requisition", "contract_payment"),
    "change_orders": ("change_order", "potential_change_order", "change_order_request"),
    "budget": ("budget", "budget_view", "budget_modification", "budget_change"),
    "prime_contracts": ("prime_contract", "payment_application"),
    "direct_costs": ("item",),
    "directory": ("vendor", "user"),
    "erp_integrations": (
        "erp_request", "erp_request_detail", "staged_record", "erp_connection", "invoice_payment",
    ),
}  # fmt: skip
TOOL_OF: Mapping[str, str] = {kind: tool for tool, kinds in _KINDS.items() for kind in kinds}


def check_level(call: Call, resource: Resource, *, writes: bool) -> None:
    """Everybody needs the tool to be on; a person needs a level there as well."""
    tool = TOOL_OF.get(resource.scope.kind if resource.is_part else resource.kind)
    if tool is None:
        return
    if tool in call.sandbox.settings.disabled_tools:
        raise forbidden(f"The tool {tool} is not enabled")
    if call.client.is_person:
        needed = Level.STANDARD if writes else Level.READ_ONLY
        if _level(call, resource, tool) < needed:
            raise forbidden(f"The user lacks the permission {needed.label} on {tool}")


def _level(call: Call, resource: Resource, tool: str) -> Level:
    """The person's own in the company, or what they are on the project that the call is about."""
    person = call.records.get("user", call.client.user_id) or {}
    if tool in COMPANY_TOOLS:
        return level_of(call.records, person["permission_template_id"], tool)
    scope_id = call.scope_id(resource.scope, named=False)
    holders = (call.records.get(kind, scope_id) for kind in resource.scope.kinds)
    holder = next(filter(None, holders), None) or {}
    project_id = scope_id if resource.scope == PROJECT else holder.get("project_id", 0)
    member = call.records.get("project_user", person["id"], project_id)
    return Level.NONE if member is None else level_of(call.records, member["permission_template_id"], tool)


def level_of(records: Records, template_id: int, tool_name: str) -> Level:
    template = records.get("permission_template", template_id) or {"tools": []}
    levels = {tool["name"]: tool["user_access_level"]["id"] for tool in template["tools"]}
    return Level(levels.get(tool_name, Level.NONE))
