"""Subcontractor invoices, which the wire still calls requisitions, with their items and payment details."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from starlette.responses import Response

from hub.sandboxes.procore.call import Call, answer
from hub.sandboxes.procore.envelope import V2, Envelope
from hub.sandboxes.procore.fields import Field, as_given, choice, day, flag, in_cents, money, text, whole
from hub.sandboxes.procore.filtering import USUAL, exact, yes_no
from hub.sandboxes.procore.problem import InvalidFieldsError, bad_request, not_found, unprocessable
from hub.sandboxes.procore.records import Record, Records, id_of
from hub.sandboxes.procore.resource import PROJECT, Locks, Resource, Scope
from hub.sandboxes.procore.resources.change_orders import COMMITMENT_KINDS
from hub.sandboxes.procore.resources.lines import HOLDERS, lines_of
from hub.sandboxes.procore.resources.shown import DOLLARS, ZERO, brief, total, wbs_brief, without
from hub.sandboxes.procore.writing import Writer

STATUSES = (
    "draft", "under_review", "revise_and_resubmit", "approved", "approved_as_noted", "pending_owner_approval",
)  # fmt: skip
ITEM_KINDS = ("contract_item", "contract_detail_item", "change_order_item")
OF_INVOICE = Scope("requisition_id", "requisition")
WORK, STORED, RETAINED = (
    "work_completed_this_period",
    "materials_presently_stored",
    "work_completed_retainage_retained_this_period",
)
RELEASED = "work_completed_retainage_released_this_period"
STORED_RETAINED = "materials_stored_retainage_currently_retained"
BEFORE = "work_completed_from_previous_application"

ITEM_FIELDS: tuple[Field, ...] = (
    money(WORK, default=ZERO),
    money(STORED, default=ZERO),
    money(RETAINED, default=ZERO),
    money(RELEASED, default=ZERO),
    money(STORED_RETAINED, default=ZERO),
    text("comment", limit=65535),
    choice("status", "approved", "rejected", "no_action", default="no_action"),
    *as_given("subcontractor_claimed_amount", "work_completed_this_period_quantity"),
    *as_given(
        "work_completed_retainage_percent_this_period", "materials_stored_retainage_percent_this_period"
    ),
)
FIELDS: tuple[Field, ...] = (
    whole("commitment_id", required=True),
    text("invoice_number"),
    whole("period_id"),
    day("requisition_start"),
    day("requisition_end"),
    day("billing_date"),
    day("payment_date"),
    choice("status", *STATUSES, default="draft"),
    flag("final", default=False),
    day("submitted_at"),
    *as_given("items", "prostore_file_ids", "upload_ids", "due_date"),
)
HELD = frozenset(field.name for field in FIELDS)


def commitment_of(record: Record, records: Records) -> tuple[str, Record]:
    for kind in COMMITMENT_KINDS:
        found = records.get(kind, record["commitment_id"] or 0)
        if found is not None and found["project_id"] == record["project_id"]:
            return kind, found
    raise InvalidFieldsError({"commitment_id": ["is invalid"]})


def items_of(record: Record, records: Records) -> list[Record]:
    return [item for kind in ITEM_KINDS for item in records.within(f"requisition_{kind}", record["id"])]


def siblings(record: Record, records: Records) -> list[Record]:
    every = records.within("requisition", record["project_id"])
    return [one for one in every if one["commitment_id"] == record["commitment_id"]]


def is_last(record: Record, records: Records) -> bool:
    return bool(record["number"] == max(one["number"] for one in siblings(record, records)))


def invoice_view(record: Record, records: Records) -> Record:
    kind, contract = commitment_of(record, records)
    vendor = brief("vendor", contract.get("vendor_id"), records, "name")
    before = [one for one in siblings(record, records) if one["number"] < record["number"]]
    sums = summary(record, records)
    share = (
        Decimal(sums["total_completed_and_stored_to_date"])
        * 100
        / (Decimal(sums["contract_sum_to_date"]) or 1)
    )
    return without(record, "items", "prostore_file_ids", "upload_ids", "due_date") | {
        "commitment_type": HOLDERS[f"{kind}_id"],
        "contract_name": contract["title"],
        "vendor_id": vendor and vendor["id"],
        "vendor_name": vendor and vendor["name"],
        "invoice_type": "progress",
        "percent_complete": f"{share:.2f}%",
        "deletable": is_last(record, records) and not record.get("origin_id"),
        "previous_requisition_id": before[-1]["id"] if before else None,
        "total_claimed_amount": sums["current_payment_due"],
        "erp_status": "synced" if record.get("origin_id") else None,
        "summary": sums,
        "attachments": record.get("attachments") or [],
        "currency_configuration": DOLLARS,
    }


def with_items(record: Record, records: Records) -> Record:
    rows = [item_view(item, records) for item in items_of(record, records)]
    return invoice_view(record, records) | {"items": rows, "item_packages": []}


def in_v1_0(record: Record, records: Records) -> Record:
    """Version 1.0 calls the summary by the name of the printed form."""
    shown = with_items(record, records)
    return without(shown, "summary") | {"g702": shown["summary"]}


def action_policy(record: Record, records: Records) -> Record:
    shown = invoice_view(record, records)
    return shown | {
        "action_policy": {"can_delete": shown["deletable"], "can_edit": not record.get("origin_id")}
    }


def summary(record: Record, records: Records) -> Mapping[str, str]:
    """The sums of the certificate for payment, as texts."""
    _, contract = commitment_of(record, records)
    items = items_of(record, records)
    original = total(line["amount"] for line in lines_of(contract, records))
    changes = total(
        line["amount"]
        for order in records.within("change_order", record["project_id"])
        if order["contract_id"] == contract["id"] and order["status"] == "approved"
        for line in lines_of(order, records)
    )
    work = total(item[WORK] for item in items)
    stored, earlier = total(item[STORED] for item in items), total(item[BEFORE] for item in items)
    kept = total(item[RETAINED] for item in items) - total(item[RELEASED] for item in items)
    kept_stored = total(item[STORED_RETAINED] for item in items)
    kept_before = total(item["retained_before"] for item in items)
    done = work + stored + earlier
    retained = kept + kept_before + kept_stored
    sums = {
        "original_contract_sum": original,
        "net_change_by_change_orders": changes,
        "contract_sum_to_date": original + changes,
        "total_completed_and_stored_to_date": done,
        "completed_work_retainage_amount": kept + kept_before,
        "stored_materials_retainage_amount": kept_stored,
        "total_retainage": retained,
        "total_earned_less_retainage": done - retained,
        "less_previous_certificates_for_payment": earlier - kept_before,
        "current_payment_due": work + stored - kept - kept_stored,
        "balance_to_finish_including_retainage": original + changes - done + retained,
        "tax_applicable_to_this_payment": Decimal(ZERO),
    }
    return {name: str(amount) for name, amount in sums.items()}


def item_view(item: Record, records: Records) -> Record:
    line = records.get("line_item", item["line_item_id"]) or {}
    done = total([item[WORK], item[STORED], item[BEFORE]])
    value = Decimal(item["scheduled_value"])
    net = total([item[WORK], item[STORED]]) - Decimal(item[RETAINED])
    return without(item, "requisition_id", "retained_before") | {
        "cost_code_id": line.get("cost_code_id"),
        "wbs_code": wbs_brief(line.get("wbs_code_id"), records),
        "total_completed_and_stored_to_date": str(done),
        "total_completed_and_stored_to_date_percent": str(in_cents(done * 100 / value)) if value else ZERO,
        "work_completed_retainage_from_previous_application": item["retained_before"],
        "gross_amount": str(total([item[WORK], item[STORED]])),
        "net_amount": str(net),
        "uom": line.get("uom"),
        "taxes": [],
        "currency_configuration": DOLLARS,
    }


def prepared(record: Record, records: Records) -> Record:
    commitment_of(record, records)
    if record.get("number") is None:
        record = record | {"number": len(siblings(record, records)) + 1}
    return record


def make_items(record: Record, records: Records) -> None:
    """Every line of the contract and of its approved change orders gets its item, with what was given for it."""
    given = record.get("items") or []
    if not items_of(record, records):
        _, contract = commitment_of(record, records)
        for line in lines_of(contract, records):
            _add_item("contract_item", record, line, records, {})
        for order in records.within("change_order", record["project_id"]):
            if order["contract_id"] == contract["id"] and order["status"] == "approved":
                for line in lines_of(order, records):
                    _add_item(
                        "change_order_item", record, line, records, {"change_order_package_id": order["id"]}
                    )
    for values in given:
        _fill(record, values, records, locked=False)
    if given:
        records.save("requisition", record | {"items": None})


def _add_item(item_type: str, invoice: Record, line: Record, records: Records, more: Record) -> None:
    earlier = [
        item
        for one in siblings(invoice, records)
        if one["number"] < invoice["number"]
        for item in records.within(f"requisition_{item_type}", one["id"])
        if item["line_item_id"] == line["id"]
    ]
    item = {field.name: field.default for field in ITEM_FIELDS} | {
        "requisition_id": invoice["id"],
        "item_type": item_type,
        "line_item_id": line["id"],
        "description_of_work": line["description"],
        "scheduled_value": line["amount"],
        "position": line["position"],
        BEFORE: str(total(one[WORK] for one in earlier)),
        "retained_before": str(total(one[RETAINED] for one in earlier)),
        "origin_id": None,
        "origin_code": None,
        "origin_data": None,
        "synced": False,
    }
    records.add(f"requisition_{item_type}", invoice["id"], item | more)


def _fill(invoice: Record, values: Any, records: Records, *, locked: bool) -> None:
    """Items name themselves by their id, or by the line that they bill."""
    wanted = values if isinstance(values, dict) else {}
    names = {"id", "line_item_id", "item_type"}
    for item in items_of(invoice, records):
        by_id, by_line = id_of(wanted.get("id")), id_of(wanted.get("line_item_id"))
        if item["id"] == by_id or (by_id is None and item["line_item_id"] == by_line):
            kind = f"requisition_{item['item_type']}"
            resource = next(one for one in ITEM_RESOURCES if one.kind == kind)
            writer = Writer(resource, REQUISITIONS, records, invoice["id"], locked=locked)
            writer.update(item, {name: value for name, value in wanted.items() if name not in names})
            return
    raise InvalidFieldsError({"items": ["names no line of the commitment"]})


def only_latest(record: Record, records: Records) -> None:
    if record and not is_last(record, records):
        raise InvalidFieldsError({"base": ["is not the latest invoice of its commitment"]})


def with_its_place(record: Record, records: Records) -> Record:
    return record | {"is_last": is_last(record, records)}


REQUISITIONS = Resource(
    kind="requisition",
    path="/rest/v1.1/requisitions",
    scope=PROJECT,
    fields=FIELDS,
    operations=frozenset({"list", "show", "create", "update", "delete"}),
    filters={
        **USUAL,
        "commitment_id": exact("commitment_id"),
        "period_id": exact("period_id"),
        "status": exact("status"),
        "is_last": yes_no(lambda record: bool(record["is_last"])),
    },
    seen=with_its_place,
    views={
        "default": invoice_view,
        "extended": with_items,
        "items": with_items,
        "action_policy": action_policy,
    },
    show_view="extended",
    envelope=Envelope(page_size=30),
    beside=("commitment_id",),
    locks=Locks(HELD, {}, lines=True),
    prepare=prepared,
    made=make_items,
    guard=only_latest,
)
REQUISITIONS_V1_0 = replace(
    REQUISITIONS,
    path="/rest/v1.0/requisitions",
    views={"default": in_v1_0, "extended": in_v1_0, "items": in_v1_0},
)


def _items(item_type: str) -> Resource:
    return Resource(
        kind=f"requisition_{item_type}",
        path=f"/rest/v1.0/requisitions/{{requisition_id}}/{item_type}s",
        scope=OF_INVOICE,
        operations=frozenset({"list", "show", "update"}),
        root=f"requisition_{item_type}",
        fields=ITEM_FIELDS,
        filters={},
        views={"default": item_view},
    )


ITEM_RESOURCES = tuple(_items(item_type) for item_type in ITEM_KINDS)
REQUISITION_RESOURCES = (REQUISITIONS, REQUISITIONS_V1_0, *ITEM_RESOURCES)


def update_items(call: Call) -> Response:
    """`PATCH .../bulk_item_update`: all of the given items, or none of them."""
    invoice = call.records.get("requisition", call.scope_id(OF_INVOICE)) or {}
    given = call.fields.get("requisition_items")
    if not isinstance(given, list):
        raise bad_request("requisition_items must be a list")
    try:
        for values in given:
            _fill(invoice, values, call.records, locked=True)
    except InvalidFieldsError as error:
        raise unprocessable(error.fields) from error
    call.records.touch("requisition", invoice["id"])
    return answer(with_items(invoice, call.records))


def payment_details(call: Call) -> Response:
    """When a bill is due, which may be told of a locked invoice too."""
    invoice = call.records.get("requisition", call.path_id(), call.scope_id(PROJECT))
    if invoice is None:
        raise not_found()
    if set(call.fields) - {"due_date"}:
        raise bad_request("only due_date can be set here")
    try:
        due = day("due_date").accept(call.fields.get("due_date"))
    except ValueError as error:
        raise bad_request(f"due_date {error}") from error
    call.records.save("requisition", invoice | {"due_date": due})
    return answer(V2.wrap({"due_date": due}))


REQUISITION_OPERATIONS = {
    "/rest/v1.0/requisitions/{requisition_id}/bulk_item_update": {"PATCH": update_items},
    "/rest/v2.0/companies/{company_id}/projects/{project_id}/requisitions/{id}/payment_details": {
        "PATCH": payment_details
    },
}
