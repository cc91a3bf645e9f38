"""Payments of contracts, and the direct costs of projects with their lines."""

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from hub.sandboxes.procore.call import Call, answer
from hub.sandboxes.procore.envelope import BARE
from hub.sandboxes.procore.fields import (
    Field,
    NotAcceptedError,
    as_given,
    choice,
    day,
    money,
    ref,
    text,
    whole,
)
from hub.sandboxes.procore.filtering import USUAL, exact
from hub.sandboxes.procore.operations import Operations
from hub.sandboxes.procore.paging import page_of
from hub.sandboxes.procore.problem import InvalidFieldsError
from hub.sandboxes.procore.records import Record, Records, id_of
from hub.sandboxes.procore.resource import FULL, PROJECT, Locks, Resource, Scope
from hub.sandboxes.procore.resources.lines import line_view, lines, lines_of
from hub.sandboxes.procore.resources.shown import DOLLARS, ZERO, brief, total, without
from hub.sandboxes.procore.sync import NOT_FOUND, Entry, synced, updates_of, upserted
from hub.sandboxes.procore.writing import Writer

CONTRACT_KINDS = ("work_order_contract", "purchase_order_contract", "prime_contract")
OF_COST = Scope("direct_cost_id", "item")
TYPES = ("invoice", "expense", "payroll", "subcontractor_invoice")
COST_STATUSES = ("draft", "pending", "revise_and_resubmit", "approved")

PAYMENT_FIELDS: tuple[Field, ...] = (
    whole("contract_id", required=True),
    money("amount", default=ZERO),
    day("date"),
    day("invoice_date"),
    text("invoice_number"),
    text("check_number"),
    whole("payment_number"),
    whole("draw_request_number"),
    choice("payment_method", "check", "credit_card", "electronic", default="check"),
    text("notes", limit=65535),
    ref("requisition_id", "requisition", same_project=True),
    *as_given("attachments", "prostore_file_ids"),
)
PAYMENT_HELD = frozenset(field.name for field in PAYMENT_FIELDS) - {"attachments", "prostore_file_ids"}


def payment_view(record: Record, _records: Records) -> Record:
    return without(record, "prostore_file_ids") | {
        "attachments": record.get("attachments") or [],
        "external_payment_id": None,
        "date_payment_initiated": None,
        "date_payment_settled": None,
        "status": None,
    }


def of_a_contract(record: Record, records: Records) -> Record:
    for kind in CONTRACT_KINDS:
        if records.get(kind, record["contract_id"], record["project_id"]) is not None:
            every = records.within("contract_payment", record["project_id"])
            number = sum(one["contract_id"] == record["contract_id"] for one in every) + 1
            return record | {"payment_number": record.get("payment_number") or number}
    raise InvalidFieldsError({"contract_id": ["is invalid"]})


PAYMENTS = Resource(
    kind="contract_payment",
    path="/rest/v1.0/contract_payments",
    scope=PROJECT,
    operations=FULL - {"sync"},
    fields=PAYMENT_FIELDS,
    filters={},
    views={"default": payment_view},
    beside=("contract_id", "attachments"),
    list_needs=("contract_id",),
    locks=Locks(PAYMENT_HELD),
    prepare=of_a_contract,
)


def cost_view(record: Record, records: Records) -> Record:
    vendor = brief("vendor", record.get("vendor_id"), records, "name")
    rows = lines_of(record, records)
    amount = str(total(line["amount"] for line in rows))
    return without(record, "line_items", "employee_id") | {
        "vendor": vendor,
        "vendor_name": vendor and vendor["name"],
        "employee": brief("user", record.get("employee_id"), records, "first_name", "last_name"),
        "project": brief("project", record["project_id"], records, "name"),
        "amount": amount,
        "grand_total": amount,
        "line_items_count": len(rows),
        "attachments": [],
        "attachments_count": 0,
        "deleted_at": record.get("deleted_at"),
        "currency_configuration": DOLLARS,
    }


def cost_with_lines(record: Record, records: Records) -> Record:
    rows = [line_view(line, records) for line in lines_of(record, records)]
    return cost_view(record, records) | {"line_items": rows}


def complete(record: Record, records: Records) -> Record:
    """What an invoice needs; what kind it is can be said once only."""
    known = records.get("item", record["id"]) if record.get("id") else None
    if known is not None and known["direct_cost_type"] != record["direct_cost_type"]:
        raise InvalidFieldsError({"direct_cost_type": ["can't be changed"]})
    if record["direct_cost_type"] in ("invoice", "subcontractor_invoice"):
        blank = [name for name in ("invoice_number", "vendor_id") if not record.get(name)]
        if blank:
            raise InvalidFieldsError({name: ["can't be blank"] for name in blank})
    return record


def make_lines(record: Record, records: Records) -> None:
    """Lines that came with the cost: known ones are changed, the others made. `ref` is not kept."""
    given = record.get("line_items")
    if given is None:
        return
    records.save("item", record | {"line_items": None})
    writer = Writer(COST_LINES, DIRECT_COSTS, records, record["id"], locked=False)
    for values in given:
        upserted(writer, line_values(values))


def line_values(given: Record) -> Record:
    """The inline form calls the amount `manual_amount`, and echoes `ref` without keeping it."""
    values = without(given, "ref", "manual_amount", "direct_cost_id")
    if given.get("manual_amount") is not None:
        values["amount"] = given["manual_amount"]
    elif given.get("quantity") is not None and given.get("unit_cost") is not None:
        values["extended_type"] = "calculated"
    return values


def _line_items(value: Any) -> list[Record]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise NotAcceptedError("must be a list of objects")
    return value


COST_FIELDS: tuple[Field, ...] = (
    choice("direct_cost_type", *TYPES, default="invoice"),
    day("direct_cost_date"),
    text("description", limit=65535),
    text("invoice_number"),
    ref("vendor_id", "vendor"),
    ref("employee_id", "user"),
    choice("status", *COST_STATUSES, default="draft"),
    day("received_date"),
    day("payment_date"),
    text("terms"),
    *as_given("attachments", "currency_iso_code", "currency_exchange_rate"),
)
DIRECT_COSTS = Resource(
    kind="item",
    path="/rest/v1.1/projects/{project_id}/direct_costs",
    scope=PROJECT,
    operations=FULL - {"sync"},
    root="direct_cost",
    fields=(*COST_FIELDS, Field("line_items", _line_items)),
    filters={**USUAL, "invoice_number": exact("invoice_number")},
    views={"default": cost_with_lines},
    soft_delete=True,
    locks=Locks(frozenset(field.name for field in COST_FIELDS) | {"line_items"}, {}, lines=True),
    prepare=complete,
    made=make_lines,
)
DIRECT_COSTS_V1_0 = replace(
    DIRECT_COSTS,
    path="/rest/v1.0/projects/{project_id}/direct_costs",
    operations=FULL,
    fields=COST_FIELDS,
    views={"default": cost_view},
    made=lambda _record, _records: None,
    most_entries_status=409,
)
COST_LINES = lines(
    OF_COST.parameter,
    OF_COST.kind,
    "/rest/v1.0/projects/{project_id}/direct_costs/{direct_cost_id}/line_items",
    FULL - {"sync"},
)
COST_RESOURCES = (PAYMENTS, DIRECT_COSTS, DIRECT_COSTS_V1_0, COST_LINES)


def all_lines(call: Call) -> Response:
    """The lines of every direct cost of a project."""
    project_id, query = call.scope_id(PROJECT), call.request.query_params
    wanted = query.get("filters[direct_cost_id]")
    costs = [
        cost
        for cost in call.records.within("item", project_id)
        if not cost.get("deleted_at") and wanted in (None, str(cost["id"]))
    ]
    rows = [line for cost in costs for line in lines_of(cost, call.records)]
    page, headers = page_of(rows, call.request.url, query, call.sandbox.settings, BARE)
    return answer([line_view(line, call.records) for line in page], headers=headers)


def sync_lines(call: Call) -> Response:
    """A new line names its cost by `direct_cost_id`; one that is known needs not."""
    project_id = call.scope_id(PROJECT)

    def apply(entry: Entry) -> Record:
        line = call.records.get("line_item", id_of(entry.get("id")) or 0)
        cost_id = id_of(entry.get("direct_cost_id")) or (line or {}).get("direct_cost_id")
        cost = call.records.get("item", cost_id or 0, project_id)
        if cost is None or cost.get("deleted_at"):
            raise InvalidFieldsError({"direct_cost_id": [NOT_FOUND]})
        writer = Operations(COST_LINES, DIRECT_COSTS).writer(call, cost["id"], locked=False)
        saved = upserted(writer, without(dict(entry), "direct_cost_id"))
        return line_view(saved, call.records)

    return synced(call, updates_of(call, too_many=409), apply)


COST_OPERATIONS = {
    "/rest/v1.0/projects/{project_id}/direct_costs/line_items": {"GET": all_lines},
    "/rest/v1.0/projects/{project_id}/direct_costs/line_items/sync": {"PATCH": sync_lines},
}
