"""Change orders from the project tool into the ledger and back out: codes, amounts, marks, requests, unlinking."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest_asyncio
from desk import said
from plant import WORLD, Plant
from works import Works

from hub.sandboxes.world import Commitment

# Of each project the last sound subcontracts: tests of other files take the first.
SOUND: Iterator[Commitment] = (
    one for one in reversed(WORLD.sendable[:-20]) if one.kind == "work_order_contract" and not one.traits
)


@pytest_asyncio.fixture
async def works(plant: Plant) -> Works:
    return await Works.begun(plant, next(SOUND))


async def test_a_change_order_comes_in_with_its_lines_on_the_codes_of_the_ledger(works: Works):
    first, second = works.wanted.lines[:2]
    made = await works.order({first: "1500.00", second: "-250.25"}, number="CO-1")

    assert await works.read("commitment_change_order") in ("SUCCEEDED", "PARTLY")

    item = await works.item("cco", made)
    head = await works.plant.desk.one(
        "select number, title, status, amount, commitment_id from commitment_change_order where id = $1",
        item.id,
    )
    assert tuple(head) == ("CO-1", "Deeper footings", "APPROVED", Decimal("1249.75"), works.contract.id)
    assert await coded(works, "commitment_change_order_line", "commitment_change_order_id", item) == [
        (first.code, str(first.category), Decimal("1500.00")),
        (second.code, str(second.category), Decimal("-250.25")),
    ]


async def coded(works: Works, table: str, parent: str, item: Any) -> list[tuple[Any, ...]]:
    rows = await works.plant.desk.rows(
        f"""select c.code, y.code, n.amount from {table} n left join cost_code c on c.id = n.cost_code_id
        left join cost_type y on y.id = n.cost_type_id where n.{parent} = $1 order by n.line_number""",
        item.id,
    )
    return [tuple(row) for row in rows]


async def test_packages_of_the_older_kind_come_in_alike(works: Works):
    first = works.wanted.lines[0]
    made = await works.order({first: "700.00"}, number="CO-1")
    await works.plant.desk.change(
        """update connection set settings = settings || '{"variants": {"commitment_change_order": "legacy"}}'
        where id = $1""",
        works.plant.tool,
    )

    await works.read("commitment_change_order")

    item = await works.item("cco", made)
    assert await coded(works, "commitment_change_order_line", "commitment_change_order_id", item) == [
        (first.code, str(first.category), Decimal("700.00"))
    ]


async def test_the_ledgers_current_amount_is_the_original_and_all_synced_change_orders(works: Works):
    first = works.wanted.lines[0]
    original = works.wanted.total
    assert await works.current_amount() == original
    for number, amount in (("CO-1", "1500.00"), ("CO-2", "-1000.00")):
        made = await works.order({first: amount}, number=number)
        await works.read("commitment_change_order")
        assert await works.exported(await works.item("cco", made)) == "SYNCED"

    assert await works.current_amount() == original + Decimal("500.00")


async def test_the_project_tool_carries_the_mark_until_the_order_is_deleted_and_unlinked(works: Works):
    made = await works.order({works.wanted.lines[0]: "1500.00"}, number="CO-1")
    await works.read("commitment_change_order")
    item = await works.item("cco", made)
    await works.exported(item)
    await works.plant.step("mark_origin")

    job, number = works.wanted.job_code, works.wanted.number
    shown = await works.shown("change_order_packages", made)
    assert (shown["origin_id"], shown["origin_code"]) == (f"MRI:ORDR:{job}:{number}:CO-1", "CO-1")

    assert said(await works.plant.desk.ask("approver", "unlinkItems", works.contract)) == [
        "COMMITMENT_HAS_SYNCED_ITEMS"
    ]
    assert said(await works.plant.desk.ask("approver", "unlinkItems", item)) == []
    refused = await works.plant.step("unlink")
    assert (refused["error_code"], await works.plant.desk.state(item)) == ("STILL_IN_ERP", "SYNCED")
    assert "CO-1 is still in the ERP." in refused["error_message"]

    await works.in_ledger("orders/delete", JobCode=job, ContractNumber=number, OrderNumber="CO-1")
    assert said(await works.plant.desk.ask("approver", "unlinkItems", item)) == []
    await works.plant.step("unlink")
    await works.plant.step("mark_origin")
    assert await works.plant.desk.state(item) == "UNLINKED"
    assert (await works.shown("change_order_packages", made))["origin_id"] is None


async def test_what_the_project_tool_changes_while_it_waits_is_kept_as_a_conflict(works: Works):
    made = await works.order({works.wanted.lines[0]: "1500.00"}, number="CO-1")
    await works.read("commitment_change_order")
    item = await works.item("cco", made)
    assert said(await works.plant.desk.send("manager", item)) == []
    await changed(works, made, title="Other footings", description="A text that may change")

    await works.read("commitment_change_order")

    row = await works.plant.desk.one(
        "select title, description from commitment_change_order where id = $1", item.id
    )
    assert tuple(row) == ("Deeper footings", "A text that may change")
    assert await works.plant.desk.rows("select field from conflict where object_id = $1", item.id)
    outcome = await works.plant.desk.accept("approver", item)
    assert "CONTENT_CHANGED" in said(outcome)


async def changed(works: Works, id_: int, **changes: str) -> None:
    body = {"kind": "change_order", "id": id_, "changes": {**changes, "updated_at": "2099-01-01T00:00:00Z"}}
    (await works.plant.procore.control.post("/__control/objects/change", json=body)).raise_for_status()


async def test_what_the_ledger_refuses_is_listed_as_failed_in_its_own_words(works: Works):
    made = await works.order({works.wanted.lines[0]: "1500.00"}, number="CO-1")
    await works.read("commitment_change_order")
    item = await works.item("cco", made)
    await works.in_ledger(
        "contracts/delete", JobCode=works.wanted.job_code, ContractNumber=works.wanted.number
    )

    assert await works.exported(item) == "FAILED"

    assert works.wanted.number in (await works.plant.desk.link(item))["erp_message"]


async def test_a_request_of_the_tool_sends_the_change_order_and_closes_with_its_export(works: Works):
    made = await works.order({works.wanted.lines[0]: "1500.00"}, number="CO-1")
    ticket = await works.pressed("export", "change_order", made)

    await works.answered(ticket["erp_request_id"])

    item = await works.item("cco", made)
    assert await works.plant.desk.state(item) == "READY_TO_EXPORT"
    assert said(await works.plant.desk.accept("approver", item)) == []
    await works.plant.step()
    await works.plant.step("mark_origin")
    await works.plant.step("tell_request")
    assert (await works.plant.detail(ticket["id"]))["status"] == "success"


async def test_a_request_of_the_tool_unlinks_the_change_order_once_it_is_gone(works: Works):
    made = await works.order({works.wanted.lines[0]: "1500.00"}, number="CO-1")
    await works.read("commitment_change_order")
    item = await works.item("cco", made)
    await works.exported(item)
    await works.plant.step("mark_origin")
    await works.in_ledger(
        "orders/delete", JobCode=works.wanted.job_code, ContractNumber=works.wanted.number, OrderNumber="CO-1"
    )
    [ticket] = await works.pressed("unlink", "change_order", made, user="accounting_approver")

    await works.answered(ticket["erp_request_id"])
    await works.plant.step("unlink")
    await works.plant.step("mark_origin")
    await works.plant.step("tell_request")

    assert await works.plant.desk.state(item) == "UNLINKED"
    assert (await works.plant.detail(ticket["id"]))["status"] == "success"


async def test_a_list_that_is_closed_to_the_hub_closes_the_tool_until_it_is_met_open(works: Works):
    closed = "select inactive_tools from project where origin_id = $1"
    project = str(works.wanted.project_id)
    try:
        await disabled(works, "change_orders")
        assert await works.read("commitment_change_order") == "PARTLY"
    finally:
        await disabled(works)
    assert await works.plant.desk.value(closed, project) == ["change_orders"]

    await works.read("commitment_change_order")
    assert await works.plant.desk.value(closed, project) == []


async def disabled(works: Works, *tools: str) -> None:
    body = {"disabled_tools": list(tools)}
    (await works.plant.procore.control.post("/__control/settings", json=body)).raise_for_status()
