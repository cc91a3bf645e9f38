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
    operation: str
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


async def _as_the_hub(control: Control) -> dict[str, str]:
    """The headers of the application itself, whose right it is to stage, to connect and to mark."""
    signed = {"grant_type": "client_credentials", "client_id": "hub-sandbox"}
    answer = await control.post("/oauth/token", data={**signed, "client_secret": "hub-sandbox-secret"})
    return {"Authorization": f"Bearer {answer.json()['access_token']}", "Procore-Company-Id": seed.COMPANY}


async def _made(control: Control, path: str, body: Mapping[str, Any]) -> str:
    """What was there before, made by the hub: its id."""
    answer = await control.post(path, json=body, headers=await _as_the_hub(control))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _staged(control: Control) -> Facts:
    record = {"item_type": "vendor", "origin_id": STAGED, "data": {"name": "Before"}}
    made = await _made(control, f"{TOOL}/staged_records", {"staged_record": record})
    told = {**record, "data": {"name": "After"}, "status": "archived"}
    return {"verb": "update", "id": made, **told}


async def _staged_seen(control: Control) -> Any:
    answer = await control.get(f"{TOOL}/staged_records", headers=await as_people(control))
    return [(row["data"], row["status"]) for row in answer.json() if row["origin_id"] == STAGED]


async def _connected(control: Control) -> Facts:
    before = {"service_url": "http://127.0.0.1:9/before", "metadata": {"books": "Brick & Sons"}}
    made = await _made(control, f"{TOOL}/erp_connections", {"connection": before})
    return {"verb": "update", "id": made, **before, "service_url": AFTER}


async def _connection_seen(control: Control) -> Any:
    answer = await control.get(f"{TOOL}/erp_connections", headers=await as_people(control))
    return [row["service_url"] for row in answer.json()]


async def _transactions(control: Control) -> list[dict[str, Any]]:
    query = {"project_id": seed.PROJECT}
    answer = await control.get(f"{V1}/erp_transactions", params=query, headers=await as_people(control))
    assert answer.status_code == 200, answer.text
    return list(answer.json())


async def _transaction(control: Control) -> Facts:
    """A budget that is sent to the ERP leaves transactions behind; the first of them is marked."""
    pressed = {"item_type": "budget", "item_id": int(seed.PROJECT), "user": "accounting_approver"}
    if not await _transactions(control):
        answer = await control.post("/__control/erp/export", json=pressed)
        assert answer.is_success, answer.text
    (first, *_) = await _transactions(control)
    return {"project": seed.PROJECT, "id": str(first["id"]), "origin_id": TRANSACTION}


async def _transaction_seen(control: Control) -> Any:
    (first, *_) = await _transactions(control)
    return first["origin_id"], first["synced"]


async def _payment(control: Control) -> str:
    paid = {"contract_id": int(seed.CONTRACT), "amount": "12.50", "origin_id": PAID}
    body = {"project_id": int(seed.PROJECT), "contract_payment": paid}
    return await _made(control, f"{V1}/contract_payments", body)


async def _marked_payment(control: Control) -> Facts:
    return {"verb": "free", "project": seed.PROJECT, "id": await _payment(control)}


async def _payments_seen(control: Control) -> Any:
    query = {"project_id": seed.PROJECT, "contract_id": seed.CONTRACT}
    answer = await control.get(f"{V1}/contract_payments", params=query, headers=await as_people(control))
    return [row["origin_id"] for row in answer.json() if row["amount"] == "12.50"]


STAGED, PAID, TRANSACTION = "MRI:VEND:STG9", "MRI:PAY:C9", "MRI:BUDG:C9"
AFTER = "http://127.0.0.1:9/after"
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
        "external_data", "external_data.sync",
        _always(MARK),
        {"method": "PATCH", "path": f"{TOOL}/external_data/sync"},
        f"vendor:{seed.FREE_VENDOR}",
        refused={**MARK, "item_id": "999999999"},
        seen=_vendor,
        then=("MRI:VEND:MARK1", "MARK1"),
    ),
    "request_detail": Change(
        "request_detail", "request_detail.close",
        _one_ticket,
        {"method": "PATCH", "path": f"{TOOL}/erp_request_details/*"},
        "",
        refused={"id": "999999999", "status": "success"},
        seen=_closed,
        then="success",
    ),
    "request_details": Change(
        "request_detail", "request_detail.sync",
        _many_tickets,
        {"method": "PATCH", "path": f"{TOOL}/erp_request_details/sync"},
        "",
        refused={"items": [{"id": "999999999", "status": "success"}]},
        seen=_closed,
        then="failed",
    ),
    "job_cost": Change(
        "job_cost", "job_cost.sync", _always(COST), {"method": "PATCH", "path": f"{V1}/erp_job_costs/sync"}, PAIRED,
        refused={**COST, "items": [{**COST["items"][0], "cost_code_id": "999999999"}]},
    ),
    "project_cost_code_type": Change(
        "project_cost_code_type", "project_cost_code_type.sync",
        _always({"project": seed.PROJECT, **PAIR}),
        {"method": "PATCH", "path": f"{V1}/cost_code_line_item_types/sync"},
        PAIRED,
        refused={"project": seed.PROJECT, **PAIR, "cost_code_id": "999999999"},
    ),
    "budget_line": Change(
        "budget_line", "budget_line.sync", _always(BUDGET), {"method": "POST", "path": f"{V1}/budget_line_items/sync"},
        seed.WBS_CODE, refused={**BUDGET, "wbs_code_id": "999999999"}, again=False,
    ),
    "staged_record": Change(
        "staged_record", "staged_record.update", _staged, {"method": "PUT", "path": f"{TOOL}/staged_records/*"}, "",
        refused={"verb": "update", "id": "999999999", "item_type": "vendor", "origin_id": STAGED},
        seen=_staged_seen, then=[({"name": "After"}, "archived")],
    ),
    "erp_connection": Change(
        "erp_connection", "erp_connection.update", _connected, {"method": "PATCH", "path": f"{TOOL}/erp_connections/*"}, "",
        refused={"verb": "update", "id": "999999999", "service_url": AFTER},
        seen=_connection_seen, then=[AFTER],
    ),
    "erp_transaction": Change(
        "erp_transaction", "erp_transaction.sync", _transaction, {"method": "PATCH", "path": f"{V1}/erp_transactions/sync"}, "",
        refused={"project": seed.PROJECT, "id": "999999999", "origin_id": TRANSACTION},
        seen=_transaction_seen, then=(TRANSACTION, True),
    ),
    "payment": Change(
        "payment", "payment.free", _marked_payment, {"method": "PATCH", "path": f"{V1}/contract_payments/*"}, "",
        refused={"verb": "free", "project": seed.PROJECT, "id": "999999999"},
        seen=_payments_seen, then=[None],
    ),
}  # fmt: skip


async def _step(side: Side, change: Change, facts: Facts | None = None) -> Step:
    told = await change.facts(side.sandbox) if facts is None else facts
    return _stepped(side, change, told)


def _stepped(side: Side, one: "Change | Gone", facts: Facts) -> Step:
    (step,) = side.connector.steps(one.object_key, facts, {})
    assert step.operation == one.operation
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


@dataclass(frozen=True)
class Gone:
    """`facts` cause what is deleted; `left` is what people still see of it afterwards."""

    object_key: str
    operation: str
    facts: Callable[[Control], Awaitable[Facts]]
    left: Look


async def _hook(control: Control) -> str:
    made = {"namespace": "to-be-gone", "destination_url": "http://127.0.0.1:9/in", "api_version": "v2"}
    return await _made(control, f"{V1}/webhooks/hooks", {"company_id": int(seed.COMPANY), "hook": made})


async def _one_hook(control: Control) -> Facts:
    return {"verb": "delete", "id": await _hook(control)}


async def _hooks(control: Control) -> Any:
    answer = await control.get(f"{V1}/webhooks/hooks", params=OF_COMPANY, headers=await _as_the_hub(control))
    return answer.json()


async def _one_trigger(control: Control) -> Facts:
    hook, told = await _hook(control), {"resource_name": "ERP Requests", "event_type": "create"}
    body = {"company_id": int(seed.COMPANY), "trigger": told}
    made = await _made(control, f"{V1}/webhooks/hooks/{hook}/triggers", body)
    return {"verb": "delete", "hook": hook, "id": made}


async def _triggers(control: Control) -> Any:
    path = f"{V1}/webhooks/hooks/{seed.HOOK}/triggers"
    return (await control.get(path, params=OF_COMPANY, headers=await _as_the_hub(control))).json()


async def _freed_payment(control: Control) -> Facts:
    """One without a mark: what carries one stays until that is gone."""
    made, body = await _payment(control), {"origin_id": None}
    answer = await control.patch(
        f"{V1}/contract_payments/{made}",
        json={"project_id": int(seed.PROJECT), "contract_payment": body},
        headers=await _as_the_hub(control),
    )
    assert answer.is_success, answer.text
    return {"verb": "delete", "project": seed.PROJECT, "id": made}


GONE: Mapping[str, Gone] = {
    "hook": Gone("hook", "hook.delete", _one_hook, _hooks),
    "hook_trigger": Gone("hook_trigger", "hook_trigger.delete", _one_trigger, _triggers),
    "payment": Gone("payment", "payment.delete", _freed_payment, _payments_seen),
}


async def deleted_twice_is_gone(side: Side, gone: Gone) -> None:
    step = _stepped(side, gone, await gone.facts(side.sandbox))
    assert await gone.left(side.sandbox) != []
    first, second = [await push(side.connector, step) for _ in range(2)]

    assert first.external_id == second.external_id
    assert await gone.left(side.sandbox) == []


def _over(changes: Mapping[str, Any]) -> Callable[[Any], Mapping[str, Any]]:
    return lambda _subject: changes


OPERATIONS = frozenset(one.operation for one in (*CHANGES.values(), *GONE.values()))
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
    Case("procore.gone", "What is deleted twice is gone", deleted_twice_is_gone, WRITES, over=_over(GONE)),
)  # fmt: skip
