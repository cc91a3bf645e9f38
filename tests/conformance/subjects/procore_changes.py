"""What the hub changes in Procore without making a record: marks, tickets, figures, assignments. Doing it twice is doing it once."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hub.erp.connector import Step
from hub.errors import ErpRefused, ErpUnavailable
from tests.conformance.case import Case, Need
from tests.conformance.side import Side, failure, push
from tests.conformance.subject import Control, Facts, Match
from tests.conformance.subjects import procore_seed as seed
from tests.conformance.subjects.procore_writes import OF_COMPANY, TOOL, V1, as_people

WRITES = frozenset({Need.CONTROL, Need.WRITE})
Look = Callable[[Control], Awaitable[Any]]


@dataclass(frozen=True)
class Change:
    """`facts` may have to cause first what is changed. `seen` is what people see afterwards, `then` what it must be;
    what nobody can see is proven by its answer alone. `refused` are facts of a thing that is not there."""

    object_key: str
    facts: Callable[[Control], Awaitable[Facts]]
    match: Match
    named: str
    refused: Facts | None = None
    seen: Look | None = None
    then: Any = None
    again: bool = True  # whether it may be made a second time


def _always(facts: Facts) -> Callable[[Control], Awaitable[Facts]]:
    async def given(_control: Control) -> Facts:
        return facts

    return given


async def _row(control: Control, path: str, query: Mapping[str, str]) -> dict[str, Any]:
    answer = await control.get(path, params=dict(query), headers=await as_people(control))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def _vendor(control: Control) -> Any:
    row = await _row(control, f"{V1}/vendors/{seed.FREE_VENDOR}", OF_COMPANY)
    return row["origin_id"], row["origin_code"]


async def _ticket(control: Control) -> str:
    """Somebody asks the ERP for all companies; the ticket of that waits to be closed."""
    pressed = {"item_type": "vendor", "user": "accounting_approver"}
    answer = await control.post("/__control/erp/refresh", json=pressed)
    assert answer.is_success, answer.text
    return str((await _details(control))[-1]["id"])


async def _details(control: Control) -> list[dict[str, Any]]:
    answer = await control.get(f"{TOOL}/erp_request_details", headers=await as_people(control))
    assert answer.status_code == 200, answer.text
    return list(answer.json())


async def _closed(control: Control) -> Any:
    return (await _details(control))[-1]["status"]


async def _one_ticket(control: Control) -> Facts:
    return {"id": await _ticket(control), "status": "success", "messages": ["Done."]}


async def _many_tickets(control: Control) -> Facts:
    return {"items": [{"id": await _ticket(control), "status": "failed", "messages": ["No."]}]}


PAIR = {"cost_code_id": seed.FREE_PAIRS[0][0], "cost_type_id": seed.FREE_PAIRS[0][1]}
MARK = {
    "item_type": "vendor",
    "item_id": seed.FREE_VENDOR,
    "origin_id": "MRI:VEND:MARK1",
    "origin_code": "MARK1",
}
COST = {"job_code": seed.JOB, "items": [{**PAIR, "figures": {"job_to_date_cost": Decimal("12.50")}}]}
BUDGET = {"project": seed.PROJECT, "wbs_code_id": seed.WBS_CODE, "original_amount": Decimal("125000.50")}
PAIRED = ":".join(PAIR.values())

CHANGES: Mapping[str, Change] = {
    "external_data": Change(
        "external_data",
        _always(MARK),
        {"method": "PATCH", "path": f"{TOOL}/external_data/sync"},
        f"vendor:{seed.FREE_VENDOR}",
        refused={**MARK, "item_id": "999999999"},
        seen=_vendor,
        then=("MRI:VEND:MARK1", "MARK1"),
    ),
    "request_detail": Change(
        "request_detail",
        _one_ticket,
        {"method": "PATCH", "path": f"{TOOL}/erp_request_details/*"},
        "",
        refused={"id": "999999999", "status": "success"},
        seen=_closed,
        then="success",
    ),
    "request_details": Change(
        "request_detail",
        _many_tickets,
        {"method": "PATCH", "path": f"{TOOL}/erp_request_details/sync"},
        "",
        refused={"items": [{"id": "999999999", "status": "success"}]},
        seen=_closed,
        then="failed",
    ),
    "job_cost": Change(
        "job_cost", _always(COST), {"method": "PATCH", "path": f"{V1}/erp_job_costs/sync"}, PAIRED,
        refused={**COST, "items": [{**COST["items"][0], "cost_code_id": "999999999"}]},
    ),
    "project_cost_code_type": Change(
        "project_cost_code_type",
        _always({"project": seed.PROJECT, **PAIR}),
        {"method": "PATCH", "path": f"{V1}/cost_code_line_item_types/sync"},
        PAIRED,
        refused={"project": seed.PROJECT, **PAIR, "cost_code_id": "999999999"},
    ),
    "budget_line": Change(
        "budget_line", _always(BUDGET), {"method": "POST", "path": f"{V1}/budget_line_items/sync"},
        seed.WBS_CODE, refused={**BUDGET, "wbs_code_id": "999999999"}, again=False,
    ),
}  # fmt: skip


async def _step(side: Side, change: Change, facts: Facts | None = None) -> Step:
    told = await change.facts(side.sandbox) if facts is None else facts
    (step,) = side.connector.steps(change.object_key, told, {})
    return step


async def _has_come_about(side: Side, change: Change) -> None:
    if change.seen is not None:
        assert await change.seen(side.sandbox) == change.then


async def change_is_made(side: Side, change: Change) -> None:
    answer = await push(side.connector, await _step(side, change))

    assert answer.errors == {}
    assert change.named in answer.entries or not change.named
    await _has_come_about(side, change)


async def change_twice_is_once(side: Side, change: Change) -> None:
    step = await _step(side, change)
    first, second = [await push(side.connector, step) for _ in range(2)]

    assert (first.external_id, first.entries) == (second.external_id, second.entries)
    await _has_come_about(side, change)


async def lost_change_is_open_and_made_again(side: Side, change: Change) -> None:
    step = await _step(side, change)
    await side.fault("drop_after", change.match)
    error = await failure(side.connector, step)
    assert isinstance(error, ErpUnavailable), repr(error)
    assert error.reached is True
    await push(side.connector, step)

    assert len(await side.requests(change.match)) == 2
    await _has_come_about(side, change)


async def nothing_to_change_is_a_refusal(side: Side, change: Change) -> None:
    error = await failure(side.connector, await _step(side, change, change.refused))

    assert isinstance(error, ErpRefused), repr(error)
    assert len(await side.requests(change.match)) == 1


async def deleted_twice_is_gone(side: Side) -> None:
    made = {"namespace": "to-be-gone", "destination_url": "http://127.0.0.1:9/in"}
    body, headers = {"company_id": int(seed.COMPANY), "hook": made}, await as_people(side.sandbox)
    answer = await side.sandbox.post(f"{V1}/webhooks/hooks", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    (step,) = side.connector.steps("hook", {"id": str(answer.json()["id"]), "verb": "delete"}, {})
    first, second = [await push(side.connector, step) for _ in range(2)]

    assert first.external_id == second.external_id
    left = await side.sandbox.get(f"{V1}/webhooks/hooks", params=OF_COMPANY, headers=headers)
    assert left.json() == []


def _over(changes: Mapping[str, Change]) -> Callable[[Any], Mapping[str, Change]]:
    return lambda _subject: changes


AGAIN = {name: one for name, one in CHANGES.items() if one.again}
CASES: tuple[Case, ...] = (
    Case("procore.change", "A mark, a ticket or a figure is changed, and people see it", change_is_made,
         WRITES, over=_over(CHANGES)),
    Case("procore.change_twice", "A change made twice is made once", change_twice_is_once,
         WRITES, over=_over(AGAIN)),
    Case("procore.change_lost", "A change whose answer is lost is open, and may be made again",
         lost_change_is_open_and_made_again, WRITES, over=_over(AGAIN)),
    Case("procore.no_change", "What is not there cannot be changed, and that is a refusal",
         nothing_to_change_is_a_refusal, WRITES,
         over=_over({name: one for name, one in CHANGES.items() if one.refused})),
    Case("procore.gone", "A hook that is deleted twice is gone", deleted_twice_is_gone, WRITES),
)  # fmt: skip
