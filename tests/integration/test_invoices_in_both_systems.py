"""Subcontractor invoices from the project tool into accounts payable and back out, and what the tool is told."""

from collections.abc import Iterator
from decimal import Decimal

import pytest_asyncio
from desk import Item, said
from plant import WORLD, Plant
from works import Works

from hub.sandboxes.world import Commitment

SOUND: Iterator[Commitment] = (
    one
    for one in WORLD.sendable
    if one.kind == "work_order_contract" and not one.traits and all(line.amount > 100 for line in one.lines)
)


@pytest_asyncio.fixture
async def works(plant: Plant) -> Works:
    """The first of these has invoices from the start in six projects; the others bill nothing yet."""
    return await Works.begun(plant, next(SOUND))


def first_line(works: Works) -> int:
    return works.wanted.lines[0].procore_id


async def came_in(works: Works, made: int) -> Item:
    await works.read("commitment_change_order", "subcontractor_invoice")
    return await works.item("inv", made)


async def test_an_invoice_comes_in_with_the_codes_of_the_lines_that_it_bills(works: Works):
    first, second = works.wanted.lines[:2]
    order = await works.order({second: "80.00"}, number="CO-1")
    lines = await works.call(
        "GET",
        f"/rest/v2.0/companies/{WORLD.company.procore_id}/projects/{works.wanted.project_id}"
        f"/commitment_change_orders/{order}/line_items",
    )
    made = await works.invoice(
        "INV-7", {first.procore_id: ("50.00", "5.00"), int(lines[0]["id"]): ("20.00", "2.00")}
    )

    item = await came_in(works, made)

    head = await works.plant.desk.one(
        """select invoice_number, status, completed_amount, retainage_held_amount, period_end::text as period_end,
        commitment_id from subcontractor_invoice where id = $1""",
        item.id,
    )
    assert tuple(head) == (
        "INV-7",
        "APPROVED",
        Decimal("70.00"),
        Decimal("7.00"),
        "2026-04-30",
        works.contract.id,
    )
    rows = await works.plant.desk.rows(
        """select c.code, y.code, n.completed_amount, n.contract_line_id from subcontractor_invoice_line n
        join cost_code c on c.id = n.cost_code_id join cost_type y on y.id = n.cost_type_id
        where n.subcontractor_invoice_id = $1 and n.completed_amount <> 0 order by n.completed_amount desc""",
        item.id,
    )
    assert [tuple(row) for row in rows] == [
        (first.code, str(first.category), Decimal("50.00"), str(first.procore_id)),
        (second.code, str(second.category), Decimal("20.00"), str(lines[0]["id"])),
    ]


async def test_an_invoice_is_posted_in_accounts_payable_and_marked_in_the_tool(works: Works):
    number = f"A-{works.wanted.procore_id % 100000}"
    item = await came_in(works, made := await works.invoice(number, {first_line(works): ("100.00", "10.00")}))

    assert await works.exported(item) == "SYNCED"
    await works.plant.step("mark_origin")

    vendor = await works.plant.desk.value(
        "select external_id from link k join commitment c on c.company_id = k.object_id where c.id = $1",
        works.contract.id,
    )
    link = await works.plant.desk.link(item)
    assert (link["external_id"], link["external_code"]) == (f"{vendor}/{number}", number)
    shown = await works.shown("requisitions", made)
    assert (shown["origin_id"], shown["erp_status"]) == (f"MRI:INV:{vendor}:{number}", "synced")
    [there] = await works.posted(vendor, number)
    assert (there["InvoiceAmount"], there["ExpensePeriod"], there["Status"]) == ("90.00", "202604", "Pending")
    assert (there["JobCode"], there["ContractNumber"]) == (works.wanted.job_code, works.wanted.number)


async def test_an_invoice_is_unlinked_once_it_is_gone_from_the_ledger(works: Works):
    number = f"B-{works.wanted.procore_id % 100000}"
    item = await came_in(works, made := await works.invoice(number, {first_line(works): ("100.00", "10.00")}))
    assert await works.exported(item) == "SYNCED"
    await works.plant.step("mark_origin")
    vendor = (await works.plant.desk.link(item))["external_id"].partition("/")[0]

    assert said(await works.plant.desk.ask("approver", "unlinkItems", item)) == []
    refused = await works.plant.step("unlink")
    assert (refused["error_code"], await works.plant.desk.state(item)) == ("STILL_IN_ERP", "SYNCED")

    await works.in_ledger("invoices/delete", VendorID=vendor, InvoiceNumber=number)
    assert said(await works.plant.desk.ask("approver", "unlinkItems", item)) == []
    await works.plant.step("unlink")
    await works.plant.step("mark_origin")
    assert await works.plant.desk.state(item) == "UNLINKED"
    assert (await works.shown("requisitions", made))["origin_id"] is None


async def test_a_request_of_the_tool_sends_invoices_although_it_names_no_ticket(works: Works):
    number = f"C-{works.wanted.procore_id % 100000}"
    made = await works.invoice(number, {first_line(works): ("100.00", "10.00")})
    ticket = await works.pressed("export", "requisition", made)

    await works.answered(ticket["erp_request_id"])

    item = await works.item("inv", made)
    assert await works.plant.desk.state(item) == "READY_TO_EXPORT"
    assert said(await works.plant.desk.accept("approver", item)) == []
    for kind in ("export", "mark_origin", "tell_request"):
        await works.plant.step(kind)
    assert (await works.plant.detail(ticket["id"]))["status"] == "success"


async def test_an_invoice_that_cannot_be_sent_fails_in_the_tool_with_every_reason(works: Works):
    made = await works.invoice("", {first_line(works): ("10.00", "10.00")})
    ticket = await works.pressed("export", "requisition", made)

    await works.answered(ticket["erp_request_id"])
    await works.plant.step("tell_request")

    found = await works.plant.detail(ticket["id"])
    assert found["status"] == "failed"
    assert any("It has no invoice number." in words for words in found["messages"])
    assert any("0.00" in words for words in found["messages"])


async def test_a_reset_in_the_tool_gives_the_mark_back_while_the_ledger_has_the_invoice(works: Works):
    number = f"D-{works.wanted.procore_id % 100000}"
    item = await came_in(works, made := await works.invoice(number, {first_line(works): ("100.00", "10.00")}))
    assert await works.exported(item) == "SYNCED"
    await works.plant.step("mark_origin")
    mark = (await works.shown("requisitions", made))["origin_id"]
    [request] = await works.pressed("reset", "requisition", made, user="accounting_approver")
    assert (await works.shown("requisitions", made))["origin_id"] is None

    await works.answered(request["id"])
    refused = await works.plant.step("unlink")
    await works.plant.step("mark_origin")

    assert (refused["error_code"], await works.plant.desk.state(item)) == ("STILL_IN_ERP", "SYNCED")
    assert (await works.shown("requisitions", made))["origin_id"] == mark


async def test_after_it_was_sent_only_attachments_of_an_invoice_change(works: Works):
    number = f"E-{works.wanted.procore_id % 100000}"
    item = await came_in(works, made := await works.invoice(number, {first_line(works): ("100.00", "10.00")}))
    assert said(await works.plant.desk.send("manager", item)) == []
    files = [{"id": 1, "url": "https://files.example/1.pdf", "filename": "1.pdf"}]
    changes = {"billing_date": "2026-05-31", "attachments": files, "updated_at": "2099-01-01T00:00:00Z"}
    body = {"kind": "requisition", "id": made, "changes": changes}
    (await works.plant.procore.control.post("/__control/objects/change", json=body)).raise_for_status()

    await works.read("subcontractor_invoice")

    row = await works.plant.desk.one(
        "select billing_date::text as billed, attachment_urls from subcontractor_invoice where id = $1",
        item.id,
    )
    assert tuple(row) == ("2026-04-30", ["https://files.example/1.pdf"])
    fields = await works.plant.desk.rows("select field from conflict where object_id = $1", item.id)
    assert [found["field"] for found in fields] == ["billing_date"]


async def test_payments_are_read_from_the_ledger_when_the_tool_asks_for_them(works: Works):
    answer = await works.plant.procore.control.post(
        "/__control/erp/refresh", json={"item_type": "contract_payment", "user": "accounting_approver"}
    )
    [ticket] = answer.json()

    await works.answered(ticket["erp_request_id"])

    [asked] = await works.plant.desk.rows(
        "select args -> 'objects' as objects, args ->> 'connection_id' as system from job where kind = 'import'"
    )
    assert (asked["objects"], asked["system"]) == ('["payment"]', str(works.plant.desk.erp))
