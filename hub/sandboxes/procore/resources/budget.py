"""The budget: its lines, the views that they are read through, the lock, and modifications of it."""

from decimal import Decimal
from typing import Any

from starlette.responses import Response

from hub.sandboxes.procore.call import Call, answer
from hub.sandboxes.procore.envelope import BARE
from hub.sandboxes.procore.fields import Field, choice, in_cents, money, number, ref, text
from hub.sandboxes.procore.filtering import USUAL
from hub.sandboxes.procore.operations import Operations
from hub.sandboxes.procore.paging import page_of
from hub.sandboxes.procore.problem import (
    InvalidFieldsError,
    Problem,
    bad_request,
    forbidden,
    not_found,
    unprocessable,
)
from hub.sandboxes.procore.records import Record, Records, id_of
from hub.sandboxes.procore.resource import PROJECT, Locks, Resource, Scope
from hub.sandboxes.procore.resources.shown import DOLLARS, ZERO, brief, known, total, wbs_brief, without
from hub.sandboxes.procore.resources.wbs import KIND_OF, WBS_CODES
from hub.sandboxes.procore.settings import Settings
from hub.sandboxes.procore.sync import Entry, upserted
from hub.sandboxes.procore.writing import TAKEN

LINE_KIND = "budget"
LINE_PATH = "budget_line_items"
IN_VIEW = Scope("budget_view_id", "budget_view")
LOCKED = "The budget is locked"
CURRENCY = "The currency is not the one of the project"
AUTOMATIC, BY_HAND = "automatic", "manual"
_LINE_PARTS = ("wbs_code_id", "project_id")

LINE_FIELDS: tuple[Field, ...] = (
    ref("wbs_code_id", "wbs_code", required=True, same_project=True),
    money("original_budget_amount", default=ZERO),
    text("uom", limit=30),
    number("quantity"),
    number("unit_cost"),
    choice("calculation_strategy", AUTOMATIC, BY_HAND, default=BY_HAND),
)


def as_number(amount: Any) -> float | None:
    """Budgets are the one part of the API whose amounts are JSON numbers."""
    return None if amount is None else float(Decimal(amount))


def modified(line: Record, records: Records) -> Decimal:
    """What modifications and approved budget changes made of the line."""
    moves = records.within("budget_modification", line["project_id"])
    added = total(one["transfer_amount"] for one in moves if one["to_budget_line_item_id"] == line["id"])
    taken = total(one["transfer_amount"] for one in moves if one["from_budget_line_item_id"] == line["id"])
    changed = total(
        part["amount"]
        for change in records.within("budget_change", line["project_id"])
        if change["status"] == "approved"
        for part in change["adjustment_line_items"]
        if part["wbs_code_id"] == line["wbs_code_id"]
    )
    return added - taken + changed


def line_view(record: Record, records: Records) -> Record:
    amounts = ("original_budget_amount", "quantity", "unit_cost")
    return without(record, *_LINE_PARTS) | {
        **{name: as_number(record.get(name)) for name in amounts},
        "wbs_code": wbs_brief(record["wbs_code_id"], records),
        "currency_configuration": DOLLARS,
    }


def line_view_v1_0(record: Record, records: Records) -> Record:
    """Version 1.0 names the cost code and the type apart, and carries the columns of a budget view."""
    wbs = known("wbs_code", record["wbs_code_id"], records) or {}
    original, changes = Decimal(record["original_budget_amount"]), modified(record, records)
    sums = {"approved_budget_changes": changes, "revised_budget": original + changes} | {
        "projected_budget": original + changes,
        **dict.fromkeys(("pending_budget_changes", "committed_costs", "direct_costs"), Decimal(0)),
        **dict.fromkeys(("pending_cost_changes", "projected_costs", "projected_over_under"), Decimal(0)),
        "budget_forecast": original + changes,
        "estimated_cost_at_completion": original + changes,
    }
    code = brief("cost_code", wbs.get("cost_code_id"), records, "name", "code")
    return without(line_view(record, records), "wbs_code") | {
        **{name: float(amount) for name, amount in sums.items()},
        "cost_code": code and code | {"full_code": code["code"]},
        "division": None,
        "line_item_type": brief("line_item_type", wbs.get("line_item_type_id"), records, "name"),
    }


def complete_line(record: Record, records: Records) -> Record:
    """One line for each WBS code; an automatic one is quantity times unit cost."""
    for other in records.within(LINE_KIND, record["project_id"]):
        if other["wbs_code_id"] == record["wbs_code_id"] and other["id"] != record.get("id"):
            raise InvalidFieldsError({"wbs_code_id": [TAKEN]})
    if record["calculation_strategy"] == AUTOMATIC and record["quantity"] and record["unit_cost"]:
        amount = Decimal(record["quantity"]) * Decimal(record["unit_cost"])
        return record | {"original_budget_amount": str(in_cents(amount))}
    return record


def is_locked(project_id: int, records: Records) -> bool:
    return bool((records.get("project", project_id) or {}).get("budget_locked"))


def while_unlocked(record: Record, records: Records) -> None:
    if record and is_locked(record["project_id"], records):
        raise InvalidFieldsError({"base": [LOCKED]})


LINES = Resource(
    kind=LINE_KIND,
    path=f"/rest/v1.1/{LINE_PATH}",
    scope=PROJECT,
    operations=frozenset({"show", "create", "update"}),
    root="budget_line_item",
    fields=LINE_FIELDS,
    views={"default": line_view},
    locks=Locks(frozenset({"wbs_code_id", "original_budget_amount"})),
    prepare=complete_line,
    guard=while_unlocked,
)
LINES_V1_0 = Resource(
    kind=LINE_KIND,
    path=f"/rest/v1.0/{LINE_PATH}",
    scope=PROJECT,
    operations=frozenset({"show"}),
    views={"default": line_view_v1_0},
)
LINES_V2 = Resource(
    kind=LINE_KIND,
    path=f"/rest/v2.0/companies/{{company_id}}/projects/{{project_id}}/{LINE_PATH}",
    scope=PROJECT,
    operations=frozenset({"delete"}),
    guard=while_unlocked,
)


def view_of_budget(record: Record, _records: Records) -> Record:
    base = f"/rest/v1.0/budget_views/{record['id']}"
    links = {"detail_rows": f"{base}/detail_rows", "summary_rows": f"{base}/summary_rows"}
    return without(record, "project_id") | {"role": "standard", "created_by": None, "links": links}


VIEWS = Resource(
    kind="budget_view",
    path="/rest/v1.0/budget_views",
    scope=PROJECT,
    operations=frozenset({"list"}),
    filters={},
    sorts=("created_at",),
    linkable=False,
    views={"default": view_of_budget},
)


def modification_view(record: Record, _records: Records) -> Record:
    return without(record, "project_id", "synced", "origin_code")


def checked_move(record: Record, _records: Records) -> Record:
    if record["from_budget_line_item_id"] == record["to_budget_line_item_id"]:
        raise InvalidFieldsError({"from_budget_line_item_id": ["must differ from to_budget_line_item_id"]})
    return record


def migrated(settings: Settings, writes: bool) -> Problem | None:
    """A company that moved on to budget changes can only read its modifications."""
    return Problem(405, None, {"Allow": "GET"}) if writes and settings.budget_changes else None


MODIFICATIONS = Resource(
    kind="budget_modification",
    path="/rest/v1.0/projects/{project_id}/budget_modifications",
    scope=PROJECT,
    operations=frozenset({"list", "show", "create", "update", "delete"}),
    fields=(
        ref("from_budget_line_item_id", LINE_KIND, same_project=True),
        ref("to_budget_line_item_id", LINE_KIND, required=True, same_project=True),
        money("transfer_amount", default=ZERO),
        text("notes", limit=65535),
    ),
    filters=USUAL,
    views={"default": modification_view},
    locks=Locks(frozenset({"from_budget_line_item_id", "to_budget_line_item_id", "transfer_amount"})),
    closed=migrated,
    prepare=checked_move,
)
BUDGET_RESOURCES = (LINES, LINES_V1_0, LINES_V2, VIEWS, MODIFICATIONS)


def create_modification(call: Call) -> Response:
    """Whether a transfer must say where it comes from is the project's choice."""
    values = call.fields.get("budget_modification")
    needs = call.sandbox.settings.modifications_need_source and not call.sandbox.settings.budget_changes
    if needs and isinstance(values, dict) and values.get("from_budget_line_item_id") is None:
        raise unprocessable({"from_budget_line_item_id": ["can't be blank"]})
    return Operations(MODIFICATIONS).create(call)


def rows(call: Call, *, summed: bool) -> Response:
    """The rows of a budget view, which is the only list of budget lines there is."""
    project_id, query = call.scope_id(PROJECT), call.request.query_params
    if call.records.get(IN_VIEW.kind, call.path_id(IN_VIEW.parameter), project_id) is None:
        raise not_found()
    shown = [detail_row(line, call.records) for line in call.records.within(LINE_KIND, project_id)]
    for name in ("cost_code_id", "category_id", "root_cost_code_id"):
        wanted = query.getlist(f"{name}[]")
        shown = [row for row in shown if not wanted or str(row[name]) in wanted]
    page, headers = page_of(
        summary_rows(shown) if summed else shown, call.request.url, query, call.sandbox.settings, BARE
    )
    return answer(page, headers=headers)


def detail_row(line: Record, records: Records) -> Record:
    """Here the same amounts are texts."""
    wbs = known("wbs_code", line["wbs_code_id"], records) or {}
    code = known("cost_code", wbs.get("cost_code_id"), records) or {}
    cost_type = known("line_item_type", wbs.get("line_item_type_id"), records) or {}
    project = records.get("project", line["project_id"]) or {}
    changes = modified(line, records)
    forecast = str(Decimal(line["original_budget_amount"]) + changes)
    return {
        "id": line["id"],
        "deletable": not is_locked(line["project_id"], records),
        "project_id": line["project_id"],
        "project": project.get("name"),
        "wbs_code_id": line["wbs_code_id"],
        "biller_id": line["project_id"],
        "biller_type": "Project",
        "biller": project.get("name"),
        "root_cost_code_id": code.get("id"),
        "root_cost_code": f"{code.get('code')} - {code.get('name')}",
        "cost_code_id": code.get("id"),
        "cost_code": f"{code.get('code')} - {code.get('name')}",
        "cost_code_origin_id": code.get("origin_id"),
        "category_id": cost_type.get("id"),
        "category": cost_type.get("name"),
        "original_budget_amount": line["original_budget_amount"],
        "budget_modifications": str(changes),
        "budget_forecast": {"amount": forecast, "calculation_strategy": AUTOMATIC, "notes": None},
        "currency_configuration": DOLLARS,
        "unbudgeted_reason": None,
    }


def summary_rows(details: list[Record]) -> list[Record]:
    """One row for each cost code."""
    codes = dict.fromkeys(row["cost_code"] for row in details)
    return [
        {
            "id": str(place),
            "name": code,
            "biller_type": "Project",
            "currency_configuration": DOLLARS,
            **{name: str(total(row[name] for row in details if row["cost_code"] == code))
               for name in ("original_budget_amount", "budget_modifications")},
            "budget_forecast": {
                "amount": str(total(row["budget_forecast"]["amount"] for row in details if row["cost_code"] == code))
            },
        }
        for place, code in enumerate(codes, start=1)
    ]  # fmt: skip


def sync_lines(call: Call) -> Response:
    """The sync that is unlike the others: a POST, a key of its own, a bare array, and all or nothing."""
    writer = Operations(LINES).writer(call, call.scope_id(PROJECT), locked=False)
    entries = call.fields.get(LINE_PATH)
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise bad_request(f"{LINE_PATH} is required and must be a list of objects")
    limit = call.sandbox.settings.sync_limit
    if len(entries) > limit:
        raise Problem(413, {"errors": f"At most {limit} entries can be synced in one call"})
    try:
        shown = [_saved(call, writer, _in_dollars(entry)) for entry in entries]
    except InvalidFieldsError as error:
        raise unprocessable(error.fields) from error
    return answer(shown)


def _saved(call: Call, writer: Any, entry: Entry) -> Record:
    """A line may be told by its cost code and type instead of its WBS code, which is made where it is missing."""
    if "cost_code_id" not in entry:
        return line_view(upserted(writer, entry), call.records)
    pair = {name: id_of(entry.get(name)) for name in ("cost_code_id", "line_item_type_id")}
    known = [
        one
        for one in call.records.within("wbs_code", call.scope_id(PROJECT))
        if all(one[name] == value for name, value in pair.items())
    ]
    if not known:
        items = [
            {"segment_id": number, "segment_item_id": pair[f"{kind}_id"]}
            for number, kind in KIND_OF.items()
            if f"{kind}_id" in pair
        ]
        known = [Operations(WBS_CODES).writer(call, call.scope_id(PROJECT)).create({"segment_items": items})]
    rest = {name: value for name, value in entry.items() if name not in pair}
    saved = upserted(writer, {**rest, "wbs_code_id": known[0]["id"]})
    return line_view_v1_0(saved, call.records)


def _in_dollars(entry: Entry) -> Entry:
    code = entry.get("currency_iso_code", DOLLARS["currency_iso_code"])
    if code != DOLLARS["currency_iso_code"]:
        raise Problem(422, {"message": CURRENCY, "error": "currency_mismatch"})
    return {name: value for name, value in entry.items() if name != "currency_iso_code"}


def shown_lock(call: Call) -> Response:
    return answer({"locked": is_locked(call.scope_id(PROJECT), call.records)})


def set_lock(call: Call, *, locked: bool) -> Response:
    """What was sent to an ERP holds the lock on: a budget can't be unlocked under it."""
    project_id = call.scope_id(PROJECT)
    synced = any(line.get("origin_id") for line in call.records.within(LINE_KIND, project_id))
    if not locked and synced and not call.sandbox.settings.unlocks_synced_budgets:
        raise forbidden("The budget is synced with the ERP and can't be unlocked")
    project = call.records.get("project", id_of(project_id) or 0) or {}
    call.records.save("project", project | {"budget_locked": locked})
    return answer({"locked": locked}, 201 if locked else 200)


BUDGET_OPERATIONS = {
    "/rest/v1.0/budget_views/{budget_view_id}/detail_rows": {"GET": lambda call: rows(call, summed=False)},
    "/rest/v1.0/budget_views/{budget_view_id}/summary_rows": {"GET": lambda call: rows(call, summed=True)},
    f"/rest/v1.0/{LINE_PATH}/sync": {"POST": sync_lines},
    "/rest/v1.0/projects/{project_id}/budget": {"GET": shown_lock},
    "/rest/v1.0/projects/{project_id}/budget/lock": {
        "POST": lambda call: set_lock(call, locked=True),
        "DELETE": lambda call: set_lock(call, locked=False),
    },
    MODIFICATIONS.path: {"POST": create_modification},
}
