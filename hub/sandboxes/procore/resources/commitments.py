"""Subcontracts (work order contracts) and purchase orders with their schedules of values."""

from decimal import Decimal
from functools import partial

from hub.sandboxes.procore.fields import (
    Field,
    as_given,
    choice,
    day,
    flag,
    in_cents,
    money,
    number,
    ref,
    text,
    whole,
)
from hub.sandboxes.procore.filtering import USUAL, Filter, exact
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.resource import PROJECT, Locks, Resource, Scope, View
from hub.sandboxes.procore.resources.codes import cost_code_view, type_view

WORK_ORDER_STATUSES = (
    "Draft",
    "Out For Bid",
    "Out For Signature",
    "Approved",
    "Complete",
    "Terminated",
    "Void",
)
PURCHASE_ORDER_STATUSES = (
    "Draft", "Processing", "Submitted", "Partially Received", "Received", "Approved", "Closed",
)  # fmt: skip
HELD_WHEN_SYNCED = frozenset(
    {"number", "title", "status", "vendor_id", "retainage_percent", "accounting_method"}
)
HELD_WHEN_APPROVED = frozenset({"vendor_id"})
HIDDEN = ("vendor_id", "project_id")
ZERO = "0.00"
CALCULATED = "calculated"


def lines_of(contract: Record, records: Records) -> list[Record]:
    return sorted(records.within("line_item", contract["id"]), key=lambda line: line["position"] or 0)


def compact(record: Record, records: Records) -> Record:
    """What a list shows: everything but the lines. Totals are those of the lines."""
    total = sum((Decimal(line["amount"]) for line in lines_of(record, records)), Decimal(ZERO))
    shown = {name: value for name, value in record.items() if name not in HIDDEN}
    return shown | {
        "vendor": vendor_brief(record["vendor_id"], records),
        "project": project_brief(record["project_id"], records),
        "deleted_at": record.get("deleted_at"),
        "grand_total": str(total),
        "approved_change_orders": ZERO,
        "pending_change_orders": ZERO,
        "draft_change_orders_amount": ZERO,
        "revised_contract": str(total),
        "pending_revised_contract": str(total),
        "remaining_balance_outstanding": str(total),
        "percentage_paid": ZERO,
        "total_payments": ZERO,
        "total_requisitions_amount": ZERO,
        "total_draw_requests_amount": ZERO,
        "requisitions_are_enabled": True,
        "currency_configuration": {"currency_iso_code": "USD"},
    }


def extended(record: Record, records: Records) -> Record:
    return compact(record, records) | {
        "line_items": [line_view(line, records) for line in lines_of(record, records)],
        "payments_issued": [],
        "change_order_packages": [],
        "potential_change_orders": [],
        "attachments": [],
    }


def vendor_brief(vendor_id: int | None, records: Records) -> Record | None:
    vendor = records.get("vendor", vendor_id) if vendor_id else None
    if vendor is None:
        return None
    brief = {name: vendor.get(name) for name in ("id", "origin_id", "origin_code", "origin_data")}
    return brief | {"company": vendor["name"]}


def project_brief(project_id: int, records: Records) -> Record | None:
    project = records.get("project", project_id)
    return None if project is None else {"id": project["id"], "name": project["name"]}


def line_view(line: Record, records: Records) -> Record:
    contract_id = records.scope_of("line_item", line["id"])
    code = records.get("cost_code", line["cost_code_id"]) if line["cost_code_id"] else None
    cost_type = (
        records.get("line_item_type", line["line_item_type_id"]) if line["line_item_type_id"] else None
    )
    hidden = ("cost_code_id", "line_item_type_id", "work_order_contract_id", "purchase_order_contract_id")
    shown = {name: value for name, value in line.items() if name not in hidden}
    return shown | {
        "extended_amount": line["amount"],
        "total_amount": line["amount"],
        "cost_code": None if code is None else cost_code_view(code, records),
        "line_item_type": None if cost_type is None else type_view(cost_type, records),
        "wbs_code": None,
        "holder": {"id": contract_id, "holder_type": _holder_type(line)},
        "change_event_line_item": None,
    }


def _holder_type(line: Record) -> str:
    return "WorkOrderContract" if "work_order_contract_id" in line else "PurchaseOrderContract"


def with_amount(holder: str, line: Record, records: Records) -> Record:
    """A calculated line's amount is quantity times unit cost; a line without a place gets the last one."""
    amount = Decimal(line["amount"])
    if line["extended_type"] == CALCULATED:
        amount = Decimal(line["quantity"]) * Decimal(line["unit_cost"])
    complete = line | {"amount": str(in_cents(amount))}
    if complete["position"] is None:
        places = [other["position"] or 0 for other in records.within("line_item", line[holder])]
        complete["position"] = max(places, default=0) + 1
    return complete


def header_fields(*statuses: str) -> tuple[Field, ...]:
    return (
        text("number"),
        text("title"),
        text("description", limit=65535),
        choice("status", *statuses, default="Draft"),
        flag("executed", default=False),
        flag("private", default=True),
        ref("vendor_id", "vendor"),
        choice("accounting_method", "amount", "unit", default="amount"),
        money("retainage_percent", default=ZERO),
        day("contract_date"),
        day("execution_date"),
        day("issued_on_date"),
        day("signed_contract_received_date"),
        day("letter_of_intent_date"),
        day("approval_letter_date"),
        day("returned_date"),
    )


WORK_ORDER_FIELDS = (
    *header_fields(*WORK_ORDER_STATUSES),
    day("actual_completion_date"),
    day("contract_start_date"),
    day("contract_estimated_completion_date"),
    text("inclusions", limit=65535),
    text("exclusions", limit=65535),
)
PURCHASE_ORDER_FIELDS = (
    *header_fields(*PURCHASE_ORDER_STATUSES),
    *as_given("assignee_id", "bill_to_address", "ship_to_address", "ship_via", "payment_terms"),
    day("delivery_date"),
)
LINE_FIELDS = (
    money("amount", default=ZERO),
    ref("cost_code_id", "cost_code", same_project=True),
    ref("line_item_type_id", "line_item_type"),
    text("description", limit=65535),
    choice("extended_type", "manual", CALCULATED, default="manual"),
    number("quantity", default="0.0"),
    number("unit_cost", default="0.0"),
    text("uom", limit=30),
    whole("position"),
    whole("tax_code_id"),
)
CONTRACT_FILTERS: dict[str, Filter] = {**USUAL, "status": exact("status")}
CONTRACT_VIEWS: dict[str, View] = {"compact": compact, "extended": extended}


def contracts(kind: str, fields: tuple[Field, ...], held: tuple[str, ...]) -> Resource:
    return Resource(
        kind=kind,
        path=f"/rest/v1.0/{kind}s",
        scope=PROJECT,
        fields=fields,
        filters=CONTRACT_FILTERS,
        views=CONTRACT_VIEWS,
        list_view="compact",
        show_view="extended",
        soft_delete=True,
        locks=Locks(HELD_WHEN_SYNCED, dict.fromkeys(held, HELD_WHEN_APPROVED), lines=True),
    )


def lines(contract_kind: str) -> Resource:
    holder = f"{contract_kind}_id"
    return Resource(
        kind="line_item",
        path=f"/rest/v1.0/{contract_kind}s/{{{holder}}}/line_items",
        scope=Scope(holder, contract_kind),
        fields=LINE_FIELDS,
        filters={
            **USUAL,
            "cost_code_id": exact("cost_code_id"),
            "line_item_type_id": exact("line_item_type_id"),
        },
        origin_per_scope=True,
        views={"default": line_view},
        prepare=partial(with_amount, holder),
    )


COMMITMENT_RESOURCES = (
    contracts("work_order_contract", WORK_ORDER_FIELDS, ("Approved", "Complete")),
    lines("work_order_contract"),
    contracts("purchase_order_contract", PURCHASE_ORDER_FIELDS, ("Approved",)),
    lines("purchase_order_contract"),
)
