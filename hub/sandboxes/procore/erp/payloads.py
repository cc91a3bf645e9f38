"""What an ERP request tells of the items it is about, odd shapes included.

Ids of the ERP may be the word "null", amounts are now numbers and now texts, stamps may carry an offset.
"""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from hub.sandboxes.procore.erp.press import Press
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.resources import KNOWN
from hub.sandboxes.procore.resources.change_orders import contract_kind
from hub.sandboxes.procore.resources.lines import line_summary, lines_of
from hub.sandboxes.procore.resources.requisitions import items_of
from hub.sandboxes.procore.resources.shown import without

Payload = Callable[[Press], Any]
PACIFIC = timezone(timedelta(hours=-7))


def shown(kind: str, item: Record, records: Records) -> Record:
    resource = KNOWN[kind]
    return dict(resource.views[resource.show_view](item, records))


def nothing(_press: Press) -> Any:
    return {}


def code_list(press: Press) -> Any:
    """Which list the codes belong into."""
    lists = press.records.within("standard_cost_code_list", press.company_id)
    return {"standard_cost_code_list_id": next(one["id"] for one in lists if one["is_erp_list"])}


def one_item(press: Press) -> Any:
    name = {"item": "direct_cost", "company_level_direct_cost": "direct_cost"}.get(press.item_type or "")
    return {name or press.item_type: shown(press.item_type or "", press.item, press.records)}


def each_item(press: Press) -> Any:
    """A bare array, every element by itself."""
    rows = [shown(press.item_type or "", item, press.records) for item in press.items]
    return [{f"{press.item_type}_id": row["id"], press.item_type: row} for row in rows]


def each_id(press: Press) -> Any:
    return [_names(press.item_type or "", item) for item in press.items]


def _names(kind: str, item: Record) -> Record:
    """The word "null" where there is no id of the ERP."""
    return {f"{kind}_id": item["id"], "origin_id": item.get("origin_id") or "null"}


def ids_only(press: Press) -> Any:
    return _names(press.item_type or "", press.item)


def id_with_override(press: Press) -> Any:
    return ids_only(press) | {"reset_override": bool(press.given.get("reset_override", False))}


def vendors(press: Press) -> Any:
    return {"vendors": [_names("vendor", item) for item in press.items]}


def merged_vendors(press: Press) -> Any:
    """The sources may share the master's id of the ERP, or have none."""
    master, *sources = press.items
    return {"master": _names("vendor", master), "sources": [_names("vendor", one) for one in sources]}


def job(press: Press) -> Any:
    """The project and all its cost codes in one."""
    codes = press.records.within("cost_code", press.item["id"])
    project = shown("project", press.item, press.records)
    rows = [shown("cost_code", code, press.records) for code in codes]
    return {"project": with_offset(project), "cost_codes": rows}


def budget(press: Press) -> Any:
    """Job costs carry numbers, transactions texts. An update leaves out what was synced before."""
    project_id = press.item["id"]
    moves = press.records.within("erp_transaction", project_id)
    if press.event == "update_budget":
        moves = [one for one in moves if not one["synced"]]
    lines = [shown("budget", line, press.records) for line in press.records.within("budget", project_id)]
    return {
        "project_id": project_id,
        "project_origin_id": press.item.get("origin_id") or "null",
        "job_costs": lines,
        "transactions": [shown("erp_transaction", one, press.records) for one in moves],
    }


def commitment(press: Press) -> Any:
    header = shown(press.item_type or "", press.item, press.records)
    lines = header.pop("line_items")
    return {"commitment": header, "commitment_items": lines}


def change_order(press: Press) -> Any:
    order, records = press.item, press.records
    kind = contract_kind(order, records) or ""
    contract = records.get(kind, order["contract_id"]) or {}
    rows = [
        line_summary(line, records) | {"commitment_line_item_id": _commitment_line(line, contract, records)}
        for line in lines_of(order, records)
    ]
    header = without(shown(kind, contract, records), "line_items")
    return {
        "commitment": header,
        "change_order": shown("change_order", order, records),
        "change_order_items": rows,
    }


def _commitment_line(line: Record, contract: Record, records: Records) -> int | None:
    """The contract's line on the same code, unless the line names another."""
    same = [one["id"] for one in lines_of(contract, records) if one["wbs_code_id"] == line["wbs_code_id"]]
    named: int | None = line.get("commitment_line_item_id")
    return named or (same[0] if same else None)


def requisitions(press: Press) -> Any:
    """A batch, each with its lines; stamps with an offset."""
    rows = []
    for item in press.items:
        header = shown("requisition", item, press.records)
        lines = without(header, "items") | {"line_items": header["items"]}
        rows.append(with_offset(lines) | {"item_count": len(items_of(item, press.records))})
    return {"requisitions": rows}


def with_offset(record: Record) -> Record:
    """Its stamps in the zone of somebody's office instead of UTC."""
    moments = {name: record[name] for name in ("created_at", "updated_at") if record.get(name)}
    return record | {
        name: datetime.fromisoformat(moment).astimezone(PACIFIC).isoformat()
        for name, moment in moments.items()
    }
