"""Lines of contracts, orders and costs: one kind of object, whatever it stands on."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from hub.sandboxes.procore.envelope import V2
from hub.sandboxes.procore.fields import Field, as_given, choice, in_cents, money, number, ref, text, whole
from hub.sandboxes.procore.filtering import USUAL, exact
from hub.sandboxes.procore.records import Record, Records
from hub.sandboxes.procore.resource import FULL, Resource, Scope
from hub.sandboxes.procore.resources.codes import cost_code_view, type_view
from hub.sandboxes.procore.resources.shown import DOLLARS, ZERO, brief, known, wbs_brief, without

KIND = "line_item"
CALCULATED, MANUAL = "calculated", "manual"
# The parameter that names what a line stands on, and what Procore calls that.
HOLDERS: Mapping[str, str] = {
    "work_order_contract_id": "WorkOrderContract",
    "purchase_order_contract_id": "PurchaseOrderContract",
    "prime_contract_id": "PrimeContract",
    "potential_change_order_id": "PotentialChangeOrder",
    "commitment_change_order_id": "CommitmentContractChangeOrder",
    "prime_change_order_id": "PrimeContractChangeOrder",
    "direct_cost_id": "DirectCosts::Item",
}
_CODED = ("cost_code_id", "line_item_type_id")
SHOWN_IN_V2 = (
    "id", "description", "uom", "unit_cost", "amount", "extended_type", "wbs_code_id", "tax_code_id",
    "position", "prime_line_item_id", "commitment_line_item_id", "created_at", "updated_at",
)  # fmt: skip

LINE_FIELDS: tuple[Field, ...] = (
    money("amount", default=ZERO),
    ref("cost_code_id", "cost_code", same_project=True),
    ref("line_item_type_id", "line_item_type"),
    ref("wbs_code_id", "wbs_code", same_project=True),
    text("description", limit=65535),
    choice("extended_type", MANUAL, CALCULATED, default=MANUAL),
    number("quantity", default="0.0"),
    number("unit_cost", default="0.0"),
    text("uom", limit=30),
    whole("position"),
    whole("tax_code_id"),
)
LINE_FIELDS_V2: tuple[Field, ...] = (
    money("amount", default=ZERO),
    ref("wbs_code_id", "wbs_code", required=True, same_project=True),
    text("description", limit=65535),
    number("quantity", default="0.0"),
    number("unit_cost", default="0.0"),
    text("uom", limit=30),
    whole("tax_code_id"),
    ref("commitment_line_item_id", KIND),
    *as_given("prime_line_item_id"),
)


def lines_of(holder: Record, records: Records) -> list[Record]:
    return sorted(records.within(KIND, holder["id"]), key=lambda line: line["position"] or 0)


def line_view(line: Record, records: Records) -> Record:
    code = known("cost_code", line["cost_code_id"], records)
    cost_type = known("line_item_type", line["line_item_type_id"], records)
    return without(line, *_CODED, "wbs_code_id", *HOLDERS) | {
        "extended_amount": line["amount"],
        "total_amount": line["amount"],
        "cost_code": None if code is None else cost_code_view(code, records),
        "line_item_type": None if cost_type is None else type_view(cost_type, records),
        "wbs_code": wbs_brief(line.get("wbs_code_id"), records),
        "holder": {"id": records.scope_of(KIND, line["id"]), "holder_type": _holder_type(line)},
        "change_event_line_item": None,
        "currency_configuration": DOLLARS,
    }


def line_view_v2(line: Record, records: Records) -> Record:
    """Texts all over, save the quantity, which is a number."""
    return {name: line.get(name) for name in SHOWN_IN_V2} | {
        "quantity": float(line["quantity"]),
        "wbs_code": wbs_brief(line.get("wbs_code_id"), records),
        "work_breakdown_structure": {},
    }


def _holder_type(line: Record) -> str:
    return next(name for parameter, name in HOLDERS.items() if parameter in line)


def complete_line(line: Record, records: Records, *, holder: str) -> Record:
    """A calculated line's amount is quantity times unit cost; a line without a place gets the last one.

    A line knows its WBS code and the cost code and type in it, whichever of them it was given."""
    amount, product = Decimal(line["amount"]), Decimal(line["quantity"]) * Decimal(line["unit_cost"])
    extended = line.get("extended_type") or (CALCULATED if product and not amount else MANUAL)
    if extended == CALCULATED:
        amount = product
    complete = line | {"amount": str(in_cents(amount)), "extended_type": extended} | coded(line, records)
    if complete.get("position") is None:
        places = [other["position"] or 0 for other in records.within(KIND, line[holder])]
        complete["position"] = max(places, default=0) + 1
    return complete


def coded(line: Record, records: Records) -> Record:
    """What was given wins: the WBS code where it is new, else the cost code and type."""
    before = records.get(KIND, line["id"]) if line.get("id") else {}
    given = known("wbs_code", line.get("wbs_code_id"), records)
    if given is not None and given["id"] != (before or {}).get("wbs_code_id"):
        return {name: given[name] for name in _CODED}
    pair = {name: line.get(name) for name in _CODED}
    if all(pair.values()):
        code = known("cost_code", pair["cost_code_id"], records) or {}
        every = records.within("wbs_code", code["project_id"])
        found = [one["id"] for one in every if all(one[name] == pair[name] for name in _CODED)]
        return pair | {"wbs_code_id": found[0] if found else None}
    return pair | {"wbs_code_id": line.get("wbs_code_id") if given else None}


def lines(holder: str, kind: str, path: str, operations: frozenset[str] = FULL) -> Resource:
    """The lines of one kind of holder, `kind`, which the parameter `holder` names in the path."""
    return Resource(
        kind=KIND,
        path=path,
        scope=Scope(holder, kind),
        operations=operations,
        fields=LINE_FIELDS,
        filters={
            **USUAL,
            "cost_code_id": exact("cost_code_id"),
            "line_item_type_id": exact("line_item_type_id"),
        },
        origin_per_scope=True,
        views={"default": line_view},
        prepare=partial(complete_line, holder=holder),
    )


def lines_v2(holder: str, kind: str, path: str) -> Resource:
    return Resource(
        kind=KIND,
        path=path,
        scope=Scope(holder, kind),
        operations=FULL - {"sync"},
        fields=LINE_FIELDS_V2,
        filters={},
        takes_origin=False,
        bare_body=True,
        origin_per_scope=True,
        envelope=V2,
        views={"default": line_view_v2},
        prepare=partial(complete_line, holder=holder),
    )


def line_summary(line: Record, records: Records) -> Record:
    """A line as change orders and costs show it among their own fields."""
    code = brief("cost_code", line["cost_code_id"], records, "name", "code", "origin_id")
    return line_view(line, records) | {"cost_code": code}
