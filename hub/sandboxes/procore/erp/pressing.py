"""What happens when a person presses a button: an ERP request, its details, and what Procore does at once."""

from collections.abc import Callable, Mapping
from typing import Any

from hub.sandboxes.procore.erp.events import Detail, Event
from hub.sandboxes.procore.erp.press import Press
from hub.sandboxes.procore.erp.rights import may_press
from hub.sandboxes.procore.erp.staging import unlinked
from hub.sandboxes.procore.problem import Problem, forbidden, not_found
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.resources.erp import IN_PROGRESS

APP_NAME = "ERP Integration Hub"


def press(event: Event, asked: Press) -> list[Record]:
    """The request details that wait to be closed; refused when the person may not, or one waits already.

    An event without details gives its request instead."""
    for item in asked.items or ({},):
        if not may_press(asked.records, asked.user, event.tool, _project_of(asked, item)):
            raise forbidden("The user may not send this item to the ERP")
        _check_free(event, asked, item)
    _AT_ONCE.get(event.name, _nothing)(asked)
    request_id, count = asked.records.new_id(), _details(event, asked)
    detail_ids = [asked.records.new_id() for _ in range(count)]
    stored = asked.records.add(
        "erp_request", asked.company_id, _request(event, asked, request_id, detail_ids)
    )
    details = [_detail(asked, request_id, detail_id, place) for place, detail_id in enumerate(detail_ids)]
    added = [asked.records.add("erp_request_detail", asked.company_id, detail) for detail in details]
    return added or [stored]


def reject(records: Records, company_id: int, item_type: str, item_id: int) -> Record:
    """An approver rejects in Procore what waits to be exported; the integration is not asked."""
    for detail in _waiting(records, company_id):
        if (detail["item_type"], detail["item_id"]) == (item_type, item_id):
            return records.save("erp_request_detail", detail | {"status": "rejected"})
    raise not_found()


def _waiting(records: Records, company_id: int) -> list[Record]:
    details = records.within("erp_request_detail", company_id)
    return [detail for detail in details if detail["status"] == IN_PROGRESS]


def _project_of(asked: Press, item: Record) -> int | None:
    project_id: int | None = item.get("id") if asked.item_type == "budget" else item.get("project_id")
    return project_id


def _check_free(event: Event, asked: Press, item: Record) -> None:
    """What is not closed blocks the next of its kind: of one item, or of the whole company."""
    synced = item.get("origin_id") and asked.item_type not in ("project", "budget")
    if event.action == "export" and synced:
        raise Problem(409, {"errors": "The item is synced with the ERP already"})
    for detail in _waiting(asked.records, asked.company_id):
        same_item = (detail["item_type"], detail["item_id"]) == (asked.item_type, item.get("id"))
        if same_item if item else detail["request_name"] == event.name:
            raise Problem(409, {"errors": "The item is being sent to the ERP already"})


def _details(event: Event, asked: Press) -> int:
    if event.detail is Detail.NONE:
        return 0
    return max(1, len(asked.items)) if event.detail in (Detail.EACH, Detail.UNNAMED) else 1


def _request(event: Event, asked: Press, request_id: int, detail_ids: list[int]) -> Record:
    """With the id of the detail where the published samples have it."""
    data: Any = event.payload(asked)
    if event.detail is Detail.INSIDE:
        data = {"request_detail_id": detail_ids[0], **data}
    if event.detail is Detail.EACH:
        data = [{"request_detail_id": found, **row} for found, row in zip(detail_ids, data, strict=True)]
    beside = {"request_detail_id": detail_ids[0]} if event.detail is Detail.BESIDE else {}
    body = {"request_data": data} if event.wrapped else data
    return {
        "id": request_id,
        "company_id": asked.company_id,
        "request_name": event.name,
        "integration_app_name": APP_NAME,
        "created_by_id": asked.user["id"],
        **beside,
        **body,
    }


def _detail(asked: Press, request_id: int, detail_id: int, place: int) -> Record:
    item = asked.items[place] if place < len(asked.items) else {}
    return {
        "id": detail_id,
        "erp_request_id": request_id,
        "request_name": asked.event,
        "company_id": asked.company_id,
        "item_type": asked.item_type if item else None,
        "item_id": item.get("id"),
        "status": IN_PROGRESS,
        "messages": [],
        "created_by_id": asked.user["id"],
    }


def _nothing(_asked: Press) -> None:
    pass


def _merge(asked: Press) -> None:
    """The sources are gone from use; the master stays as it is."""
    for source in asked.items[1:]:
        asked.records.save("vendor", source | {"is_active": False})


def _unlink(asked: Press) -> None:
    for item in asked.items:
        unlinked(asked.records, asked.item_type or "", item)


def _link(asked: Press) -> None:
    """An ERP's vendor that waits as a staged record is said to be this one of the directory."""
    origin_id = asked.given.get("origin_id")
    for item in asked.items:
        origin = origin_id or item.get("origin_id")
        code = str(origin).rpartition(":")[2]
        asked.records.save(
            "vendor", item | {"origin_id": origin, "origin_code": code, "synced": bool(origin)}
        )


def _transactions(asked: Press) -> None:
    """A budget that is sent leaves a transaction for each line, and later for each change, not yet sent."""
    records, project_id = asked.records, asked.item["id"]
    known = {one["source"] for one in records.within("erp_transaction", project_id)}
    for source, line, amount in _sources(records, project_id):
        if source not in known and line is not None:
            records.add("erp_transaction", project_id, _transaction(records, source, line, amount))


def _sources(records: Records, project_id: int) -> list[tuple[str, Record | None, str]]:
    lines = records.within("budget", project_id)
    by_code = {line["wbs_code_id"]: line for line in lines}
    by_id = {line["id"]: line for line in lines}
    found = [(f"line:{line['id']}", line, line["original_budget_amount"]) for line in lines]
    rows: list[tuple[str, Record | None, str]] = list(found)
    for move in records.within("budget_modification", project_id):
        amount, source = move["transfer_amount"], by_id.get(move["from_budget_line_item_id"] or 0)
        rows.append((f"move:{move['id']}:to", by_id.get(move["to_budget_line_item_id"]), amount))
        if source is not None:
            rows.append((f"move:{move['id']}:from", source, f"-{amount}"))
    for change in records.within("budget_change", project_id):
        if change["status"] == "approved":
            parts = change["adjustment_line_items"]
            rows += [(f"part:{one['id']}", by_code.get(one["wbs_code_id"]), one["amount"]) for one in parts]
    return rows


def _transaction(records: Records, source: str, line: Record, amount: str) -> Record:
    wbs = records.get("wbs_code", line["wbs_code_id"]) or {}
    codes = {name: wbs.get(name) for name in ("cost_code_id", "line_item_type_id")}
    return {
        "project_id": line["project_id"],
        "budget_line_item_id": line["id"],
        **codes,
        "amount": amount,
        "source": source,
        "synced": False,
        "origin_id": None,
        "origin_code": None,
        "origin_data": None,
    }


_AT_ONCE: Mapping[str, Callable[[Press], None]] = {
    "merge_vendors": _merge,
    "unlink_vendor": _unlink,
    "reset_job": _unlink,
    "reset_requisition": _unlink,
    "reset_payment": _unlink,
    "reset_company_level_direct_cost": _unlink,
    "link_vendor": _link,
    "link_all_vendors": _link,
    "create_budget": _transactions,
    "update_budget": _transactions,
}
