"""Change orders of commitments and prime contracts, and the older packages, requests and potential ones.

A change order and its package are one object under two addresses. While a company has one tier, each has
a potential change order of the same id, which shows the same lines.
"""

from collections.abc import Callable
from dataclasses import replace

from hub.sandboxes.procore.fields import Field, as_given, choice, day, flag, money, text, whole
from hub.sandboxes.procore.filtering import USUAL, exact, ids
from hub.sandboxes.procore.problem import InvalidFieldsError, Problem, forbidden
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.resource import FULL, PROJECT, Locks, Resource, nothing_more
from hub.sandboxes.procore.resources.lines import line_view, lines, lines_of, lines_v2
from hub.sandboxes.procore.resources.shown import DOLLARS, brief, total, without
from hub.sandboxes.procore.settings import Settings

COMMITMENT, PRIME = "CommitmentContractChangeOrder", "PrimeContractChangeOrder"
PACKAGE_STATUSES = (
    "draft", "not_pricing", "pricing", "pending", "revised", "proceeding", "not_proceeding", "no_charge",
    "approved", "rejected", "void",
)  # fmt: skip
STATUSES = (*PACKAGE_STATUSES, "pending_billable")
COMMITMENT_KINDS = ("work_order_contract", "purchase_order_contract")

SHARED_FIELDS: tuple[Field, ...] = (
    text("number"),
    text("title"),
    text("description", limit=65535),
    day("due_date"),
    day("invoiced_date"),
    day("paid_date"),
    whole("schedule_impact_amount"),
)
ORDER_FIELDS = (
    *SHARED_FIELDS,
    whole("contract_id", required=True),
    choice("status", *STATUSES, default="draft"),
    whole("batch_id"),
    whole("revision"),
    text("reference"),
    day("signed_change_order_received_date"),
    day("revised_substantial_completion_date"),
    flag("executed", default=False),
    flag("private", default=True),
    flag("paid", default=False),
    flag("field_change", default=False),
    flag("signature_required", default=False),
    *as_given("reason", "change_order_change_reason_id", "location_id", "designated_reviewer_id"),
    *as_given("received_from_id", "enable_ssov", "attachment_ids", "upload_ids"),
)
POTENTIAL_FIELDS = (
    *SHARED_FIELDS,
    whole("contract_id", required=True),
    choice("status", *PACKAGE_STATUSES, default="draft"),
    money("grand_total"),
    *as_given("change_order_request_id", "change_order_package_id", "commitment_change_event_id"),
)
HELD = frozenset({"number", "title", "status", "contract_id", "executed"})


def order_view(record: Record, records: Records) -> Record:
    """Its sum is that of its lines; as a number in a text, like all of version 1 outside of budgets."""
    return without(record, "project_id") | {
        "legacy_package_id": record["id"],
        "legacy_request_id": None,
        "grand_total": order_total(record, records),
        "reviewed_at": None,
        "contract": brief(contract_kind(record, records) or "", record["contract_id"], records, "number"),
        "currency_configuration": DOLLARS,
    }


def order_extended(record: Record, records: Records) -> Record:
    rows = [line_view(line, records) for line in lines_of(record, records)]
    return order_view(record, records) | {"line_items": rows}


def package_view(record: Record, records: Records) -> Record:
    return without(order_view(record, records), "legacy_package_id", "legacy_request_id", "contract") | {
        "position": 1,
        "review_notes": None,
    }


def order_total(record: Record, records: Records) -> str:
    """A package of two or three tiers has no lines of its own: its potential change orders have them."""
    own = total(line["amount"] for line in lines_of(record, records))
    inside = [
        total(line["amount"] for line in lines_of(one, records))
        for one in records.within("potential_change_order", record["project_id"])
        if one.get("change_order_package_id") == record["id"] and one["id"] != record["id"]
    ]
    return str(own + total(inside))


def potential_view(record: Record, records: Records) -> Record:
    rows = [line_view(line, records) for line in lines_of(record, records)]
    amount = str(total(line["amount"] for line in rows))
    return without(record, "project_id", "hidden") | {
        "line_items": rows,
        "line_items_total": amount,
        "line_items_extended_total": amount,
        "grand_total": amount if rows else record.get("grand_total") or amount,
        "currency_configuration": DOLLARS,
    }


def contract_kind(record: Record, records: Records) -> str | None:
    kinds = ("prime_contract",) if record.get("type") == PRIME else COMMITMENT_KINDS
    return next((kind for kind in kinds if records.get(kind, record["contract_id"] or 0)), None)


def typed(kind: str) -> Callable[[Record, Records], Record]:
    def prepare(record: Record, records: Records) -> Record:
        complete = record | {"type": record.get("type") or kind}
        contract = contract_kind(complete, records)
        owner = records.get(contract, record["contract_id"]) if contract else None
        if owner is None or owner["project_id"] != record["project_id"]:
            raise InvalidFieldsError({"contract_id": ["is invalid"]})
        return numbered(complete, records)

    return prepare


def numbered(record: Record, records: Records) -> Record:
    """The next number of its contract, as three digits, unless it brings its own."""
    if record.get("number"):
        return record
    same = [
        one for one in records.within("change_order", record["project_id"])
        if one["contract_id"] == record["contract_id"]
    ]  # fmt: skip
    return record | {"number": f"{len(same) + 1:03d}"}


def with_hidden_potential(record: Record, records: Records) -> None:
    values = {"hidden": True, "change_order_package_id": record["id"], "status": record["status"]}
    values |= {name: record.get(name) for name in ("contract_id", "number", "title", "type", "project_id")}
    known = records.get("potential_change_order", record["id"])
    blank = {field.name: field.default for field in POTENTIAL_FIELDS}
    if known is None:
        records.add("potential_change_order", record["project_id"], blank | values | {"id": record["id"]})
    else:
        records.save("potential_change_order", known | values)


def _three_tiers_closed(settings: Settings, _writes: bool) -> Problem | None:
    if settings.change_order_tiers == 3:
        return forbidden("Change orders are not available in a project of three tiers")
    return None


def _requests_closed(settings: Settings, writes: bool) -> Problem | None:
    if writes and settings.change_order_tiers == 1:
        return forbidden("Change order requests are not enabled in a project of one tier")
    return None


def of_type(kind: str) -> Callable[[Record, Settings], bool]:
    return lambda record, _settings: record.get("type") == kind


def orders(path: str, kind: str) -> Resource:
    """The published reference lists filters and a sort for these lists, but no pages."""
    return Resource(
        kind="change_order",
        path=path,
        scope=PROJECT,
        operations=FULL - {"sync"},
        fields=ORDER_FIELDS,
        filters={
            **USUAL,
            "status": exact("status"),
            "contract_id": exact("contract_id"),
            "batch_id": exact("batch_id"),
            "legacy_package_id": ids("id"),
        },
        sorts=("id", "created_at"),
        views={"default": order_view, "extended": order_extended},
        paged=False,
        takes_origin=False,
        soft_delete=True,
        locks=Locks(HELD, {"approved": frozenset({"contract_id"})}, lines=True),
        only=of_type(kind),
        closed=_three_tiers_closed,
        prepare=typed(kind),
        made=with_hidden_potential,
    )


COMMITMENT_ORDERS = orders("/rest/v1.0/projects/{project_id}/commitment_change_orders", COMMITMENT)
PRIME_ORDERS = orders("/rest/v1.0/projects/{project_id}/prime_change_orders", PRIME)
PACKAGES = replace(
    COMMITMENT_ORDERS,
    path="/rest/v1.0/change_order_packages",
    operations=frozenset({"list", "show", "create", "update"}),
    fields=tuple(field for field in ORDER_FIELDS if field.name not in ("batch_id", "paid", "reference")),
    filters=USUAL,
    sorts=(),
    views={"default": package_view},
    paged=True,
    takes_origin=True,
    beside=("contract_id",),
    only=lambda _record, _settings: True,
    closed=lambda _settings, _writes: None,
)
POTENTIALS = Resource(
    kind="potential_change_order",
    path="/rest/v1.0/potential_change_orders",
    scope=PROJECT,
    operations=FULL - {"delete"},
    root="change_order",
    fields=POTENTIAL_FIELDS,
    filters={**USUAL, "contract_id": exact("contract_id"), "status": exact("status")},
    views={"default": potential_view},
    beside=("contract_id",),
    only=lambda record, settings: settings.change_order_tiers == 1 or not record.get("hidden"),
    locks=Locks(HELD, {}, lines=True),
    prepare=typed(COMMITMENT),
)
REQUESTS = replace(
    POTENTIALS,
    kind="change_order_request",
    path="/rest/v1.0/change_order_requests",
    fields=(*POTENTIAL_FIELDS,),
    list_needs=("contract_id",),
    only=lambda _record, _settings: True,
    closed=_requests_closed,
    made=nothing_more,
)
V2_BASE = "/rest/v2.0/companies/{company_id}/projects/{project_id}"
CHANGE_ORDER_RESOURCES = (
    COMMITMENT_ORDERS,
    PRIME_ORDERS,
    PACKAGES,
    POTENTIALS,
    REQUESTS,
    lines(
        "potential_change_order_id",
        "potential_change_order",
        "/rest/v1.0/potential_change_orders/{potential_change_order_id}/line_items",
    ),
    lines_v2(
        "commitment_change_order_id",
        "change_order",
        f"{V2_BASE}/commitment_change_orders/{{commitment_change_order_id}}/line_items",
    ),
    lines_v2(
        "prime_change_order_id",
        "change_order",
        f"{V2_BASE}/prime_change_orders/{{prime_change_order_id}}/line_items",
    ),
)
