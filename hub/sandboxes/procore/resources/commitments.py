"""Subcontracts (work order contracts) and purchase orders with their schedules of values."""

from decimal import Decimal

from hub.sandboxes.procore.fields import Field, as_given, choice, day, flag, in_cents, money, ref, text
from hub.sandboxes.procore.filtering import USUAL, Filter, exact
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.resource import PROJECT, Locks, Resource, View
from hub.sandboxes.procore.resources.lines import line_view, lines, lines_of
from hub.sandboxes.procore.resources.shown import DOLLARS, ZERO, brief, total, vendor_brief, without

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


def compact(record: Record, records: Records) -> Record:
    """What a list shows: everything but the lines."""
    return without(record, *HIDDEN) | {
        "vendor": vendor_brief(record.get("vendor_id"), records),
        "project": brief("project", record["project_id"], records, "name"),
        "deleted_at": record.get("deleted_at"),
        "requisitions_are_enabled": True,
        "currency_configuration": DOLLARS,
        **totals(record, records),
    }


def extended(record: Record, records: Records) -> Record:
    return compact(record, records) | {
        "line_items": [line_view(line, records) for line in lines_of(record, records)],
        "payments_issued": of_contract("contract_payment", record, records),
        "change_order_packages": of_contract("change_order", record, records),
        "potential_change_orders": of_contract("potential_change_order", record, records),
        "attachments": [],
    }


def of_contract(kind: str, contract: Record, records: Records) -> list[Record]:
    return [
        one for one in records.within(kind, contract["project_id"]) if one["contract_id"] == contract["id"]
    ]


def totals(record: Record, records: Records) -> Record:
    """A contract's sums, as texts: its lines, its change orders by status, what was billed and paid."""
    original = total(line["amount"] for line in lines_of(record, records))
    orders: dict[str, list[Decimal]] = {}
    for order in of_contract("change_order", record, records):
        amount = total(line["amount"] for line in lines_of(order, records))
        orders.setdefault(order["status"], []).append(amount)
    approved, pending = (total(orders.get(status, ())) for status in ("approved", "pending"))
    paid = total(one["amount"] for one in of_contract("contract_payment", record, records))
    billed = total(
        item["work_completed_this_period"]
        for invoice in records.within("requisition", record["project_id"])
        if invoice["commitment_id"] == record["id"]
        for item in records.within("requisition_contract_item", invoice["id"])
    )
    revised = original + approved
    return {
        name: str(amount)
        for name, amount in (
            ("grand_total", original),
            ("approved_change_orders", approved),
            ("pending_change_orders", pending),
            ("draft_change_orders_amount", total(orders.get("draft", ()))),
            ("revised_contract", revised),
            ("pending_revised_contract", revised + pending),
            ("remaining_balance_outstanding", revised - paid),
            ("percentage_paid", in_cents(paid * 100 / revised) if revised else Decimal(ZERO)),
            ("total_payments", paid),
            ("total_requisitions_amount", billed),
            ("total_draw_requests_amount", billed),
        )
    }


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


def contract_lines(kind: str) -> Resource:
    return lines(f"{kind}_id", kind, f"/rest/v1.0/{kind}s/{{{kind}_id}}/line_items")


COMMITMENT_RESOURCES = (
    contracts("work_order_contract", WORK_ORDER_FIELDS, ("Approved", "Complete")),
    contract_lines("work_order_contract"),
    contracts("purchase_order_contract", PURCHASE_ORDER_FIELDS, ("Approved",)),
    contract_lines("purchase_order_contract"),
)
