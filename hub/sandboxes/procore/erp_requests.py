"""What happens when a person presses "Send to ERP": an ERP request with the item in it, and its detail."""

from collections.abc import Mapping

from hub.sandboxes.procore.problem import Problem, forbidden, not_found, unprocessable
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.resources import by_kind
from hub.sandboxes.procore.resources.erp import IN_PROGRESS
from hub.sandboxes.world import Access as Level

# The event that the export of an item causes, and what the item and its lines are called in it.
EVENTS: Mapping[str, tuple[str, str]] = {
    "work_order_contract": ("create_commitment", "commitment"),
    "purchase_order_contract": ("create_commitment", "commitment"),
    "vendor": ("create_vendor", "vendor"),
}


def export(records: Records, company_id: int, item_type: str, item_id: int, user_id: int) -> Record:
    """The request detail; refused when the person may not, or when the item is on its way already."""
    if item_type not in EVENTS:
        raise unprocessable({"item_type": [f"must be one of {', '.join(EVENTS)}"]})
    item = records.get(item_type, item_id)
    user = records.get("user", user_id)
    if item is None or item.get("deleted_at") or user is None:
        raise not_found()
    if not _may_send(records, item_type, item, user):
        raise forbidden("The user may not send this item to the ERP")
    _check_free(records, company_id, item_type, item)
    return _request(records, company_id, item_type, item, user)


def _may_send(records: Records, item_type: str, item: Record, user: Record) -> bool:
    """Commitments take Standard or Admin on the project's tool, vendors the same on the directory."""
    if item_type == "vendor":
        return level_of(records, user["permission_template_id"], "directory") >= Level.STANDARD
    membership = records.get("project_user", user["id"], item["project_id"])
    if membership is None:
        return False
    return level_of(records, membership["permission_template_id"], "commitments") >= Level.STANDARD


def level_of(records: Records, template_id: int, tool_name: str) -> Level:
    template = records.get("permission_template", template_id) or {"tools": []}
    levels = {tool["name"]: tool["user_access_level"]["id"] for tool in template["tools"]}
    return Level(levels.get(tool_name, Level.NONE))


def _check_free(records: Records, company_id: int, item_type: str, item: Record) -> None:
    if item.get("origin_id"):
        raise Problem(409, {"errors": "The item is synced with the ERP already"})
    details = records.within("erp_request_detail", company_id)
    waiting = {
        (detail["item_type"], detail["item_id"]) for detail in details if detail["status"] == IN_PROGRESS
    }
    if (item_type, item["id"]) in waiting:
        raise Problem(409, {"errors": "The item is being sent to the ERP already"})


def _request(records: Records, company_id: int, item_type: str, item: Record, user: Record) -> Record:
    event, name = EVENTS[item_type]
    request_id, detail_id = records.new_id(), records.new_id()
    request = {
        "id": request_id,
        "company_id": company_id,
        "request_name": event,
        "request_data": {"request_detail_id": detail_id, **_payload(records, item_type, name, item)},
        "integration_app_name": "ERP Integration Hub",
        "created_by_id": user["id"],
    }
    records.add("erp_request", company_id, request)
    detail = {
        "id": detail_id,
        "erp_request_id": request_id,
        "company_id": company_id,
        "item_type": item_type,
        "item_id": item["id"],
        "status": IN_PROGRESS,
        "messages": [],
        "created_by_id": user["id"],
    }
    return records.add("erp_request_detail", company_id, detail)


def _payload(records: Records, item_type: str, name: str, item: Record) -> Record:
    resource = by_kind(item_type)
    if resource is None:
        raise not_found()
    shown = dict(resource.views[resource.show_view](item, records))
    lines = shown.pop("line_items", None)
    return {name: shown} if lines is None else {name: shown, f"{name}_items": lines}
