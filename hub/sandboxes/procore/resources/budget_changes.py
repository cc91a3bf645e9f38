"""Budget changes, which stand under `data` although they are of version 1.0."""

from decimal import Decimal
from typing import Any

from hub.sandboxes.procore.envelope import DATA
from hub.sandboxes.procore.fields import Field, NotAcceptedError, as_given, choice, in_cents, text, whole
from hub.sandboxes.procore.filtering import USUAL, exact
from hub.sandboxes.procore.problem import InvalidFieldsError
from hub.sandboxes.procore.records import Record, Records, id_of
from hub.sandboxes.procore.resource import PROJECT, Locks, Resource
from hub.sandboxes.procore.resources.shown import DOLLARS, total, wbs_brief, without

STATUSES = ("draft", "under_review", "approved", "void")
LINE_TYPES = ("change_event", "budget_change")
_KNOWN = frozenset(
    {
        "id", "ref", "adjustment_number", "type", "wbs_code_id", "description", "comment", "quantity", "uom",
        "calculation_strategy", "unit_cost", "amount", "change_event_line_item_id",
    }
)  # fmt: skip


def adjustment_lines(value: Any) -> list[Record]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise NotAcceptedError("must be a list of objects")
    return [_line(one) for one in value]


def _line(given: Record) -> Record:
    unknown = sorted(set(given) - _KNOWN)
    if unknown:
        raise NotAcceptedError(f"have no field {unknown[0]}")
    if given.get("type") not in LINE_TYPES or id_of(given.get("wbs_code_id")) is None:
        raise NotAcceptedError(f"need a wbs_code_id and a type, {' or '.join(LINE_TYPES)}")
    return {name: given.get(name) for name in sorted(_KNOWN)} | {
        "amount": str(in_cents(Decimal(str(given.get("amount") or 0)))),
        "wbs_code_id": id_of(given["wbs_code_id"]),
        "calculation_strategy": given.get("calculation_strategy") or "manual",
        "adjustment_number": given.get("adjustment_number") or 1,
    }


def prepared(record: Record, records: Records) -> Record:
    every = records.within("budget_change", record["project_id"])
    lines = record.get("adjustment_line_items") or []
    for line in lines:
        line["id"] = id_of(line.get("id")) or records.new_id()
        if records.get("wbs_code", line["wbs_code_id"], record["project_id"]) is None:
            raise InvalidFieldsError({"adjustment_line_items": ["wbs_code_id is invalid"]})
    number = record.get("number") or max((one["number"] for one in every), default=0) + 1
    return record | {"number": number, "adjustment_line_items": lines}


def summary(record: Record, _records: Records) -> Record:
    """A list leaves the lines out: each change must be asked for to see them."""
    return without(
        record, "adjustment_line_items", "production_quantities", "prostore_file_ids", "project_id"
    ) | {
        "erp_status": "synced" if record.get("origin_id") else None,
        "amount": float(total(line["amount"] for line in record["adjustment_line_items"])),
        "prime_contract": None,
        "attachments": [],
        "currency_configuration": DOLLARS,
    }


def with_lines(record: Record, records: Records) -> Record:
    shown = [
        without(line, "wbs_code_id")
        | {"amount": float(Decimal(line["amount"])), "wbs_code": wbs_brief(line["wbs_code_id"], records)}
        for line in record["adjustment_line_items"]
    ]
    quantities = record.get("production_quantities") or []
    return summary(record, records) | {"adjustment_line_items": shown, "production_quantities": quantities}


BUDGET_CHANGES = Resource(
    kind="budget_change",
    path="/rest/v1.0/projects/{project_id}/budget_changes",
    scope=PROJECT,
    operations=frozenset({"list", "show", "create", "update", "delete"}),
    bare_body=True,
    takes_origin=False,
    envelope=DATA,
    fields=(
        whole("number"),
        choice("status", *STATUSES, default="draft"),
        text("title"),
        text("description", limit=65535),
        Field("adjustment_line_items", adjustment_lines),
        *as_given("prostore_file_ids", "production_quantities"),
    ),
    filters={**USUAL, "status": exact("status")},
    views={"summary": summary, "full": with_lines},
    list_view="summary",
    show_view="full",
    paged=False,
    locks=Locks(frozenset({"number", "status", "adjustment_line_items"})),
    prepare=prepared,
)
BUDGET_CHANGE_RESOURCES = (BUDGET_CHANGES,)
