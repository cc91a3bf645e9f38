"""A prime contract, its change order and its invoice to the owner, from Procore into an ERP that takes them, and out of it again."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from desk import Desk, said
from ledger import Ledger, job
from plant import System

from hub.core.link import LinkState
from hub.sandboxes import procore, reference
from hub.sandboxes.kit import serving

HERE = job("24-101")
NUMBER = "PC-24-101"
OWNER = "HVH"


@pytest.fixture
def servers() -> Iterator[tuple[str, str]]:
    """Each test changes both systems, so each has its own."""
    with serving(reference.create_app()) as ledger, serving(procore.create_app()) as tool:
        yield ledger, tool


@pytest_asyncio.fixture
async def plant(desk: Desk, servers: tuple[str, str]) -> AsyncIterator[Ledger]:
    ledger, tool = (System(url) for url in servers)
    made = await Ledger.begin(desk, ledger, tool)
    await made.project(HERE)
    await made.read("prime_contract", "prime_contract_change_order", "owner_invoice")
    yield made
    await ledger.control.aclose()
    await tool.control.aclose()


async def owned(plant: Ledger) -> None:
    """The owner is a company that the ERP knows by its customer's id."""
    linked = {"external_id": OWNER, "external_code": OWNER}
    owner = await plant.desk.company("Harbor View Hospitals", LinkState.LINKED, link=linked)
    await plant.desk.change("update prime_contract set company_id = $1", owner.id)


async def test_what_procore_has_of_the_prime_side_is_read_to_the_line(plant: Ledger):
    desk = plant.desk

    contract = await desk.one("select * from prime_contract")
    order = await desk.one("select * from prime_contract_change_order")
    invoice = await desk.one("select * from owner_invoice")

    assert (contract["number"], contract["status"], str(contract["original_amount"])) == (
        NUMBER, "APPROVED", "1500000.00",
    )  # fmt: skip
    assert (order["number"], order["status"], str(order["amount"])) == ("001", "APPROVED", "12500.00")
    assert order["prime_contract_id"] == contract["id"] == invoice["prime_contract_id"]
    assert (invoice["invoice_number"], invoice["status"], str(invoice["amount"])) == (
        "OWN-24-101-1", "APPROVED", "150000.00",
    )  # fmt: skip
    assert (str(invoice["period_start"]), str(invoice["period_end"])) == ("2026-01-01", "2026-01-31")


@pytest.mark.parametrize(
    ("table", "amounts"),
    [
        ("prime_contract_line", ["750000.00", "750000.00"]),
        ("prime_contract_change_order_line", ["12500.00"]),
        ("owner_invoice_line", ["75000.00", "75000.00"]),
    ],
)
async def test_every_line_of_the_prime_side_stands_on_its_code_and_type(
    plant: Ledger, table: str, amounts: list[str]
):
    amount = "completed_amount" if table == "owner_invoice_line" else "amount"
    rows = await plant.desk.rows(
        f"select {amount} as amount, cost_code_id, cost_type_id from {table} order by line_number"
    )

    assert [str(row["amount"]) for row in rows] == amounts
    assert all(row["cost_code_id"] and row["cost_type_id"] for row in rows)


async def test_a_line_of_an_owner_invoice_names_the_line_of_the_contract_that_it_bills(plant: Ledger):
    billed = await plant.desk.rows("select contract_line_id from owner_invoice_line order by line_number")
    lines = await plant.desk.rows("select origin_id from prime_contract_line order by line_number")

    assert [row["contract_line_id"] for row in billed] == [row["origin_id"] for row in lines]


async def test_reading_the_prime_side_again_changes_nothing(plant: Ledger):
    before = await plant.desk.trace()

    await plant.read("prime_contract", "prime_contract_change_order", "owner_invoice")

    after = await plant.desk.trace()
    assert {
        name: after[name] for name in ("prime_contract", "prime_contract_change_order", "owner_invoice")
    } == {name: before[name] for name in ("prime_contract", "prime_contract_change_order", "owner_invoice")}


async def test_a_prime_contract_is_linked_once_the_erp_has_it_and_its_change_order_and_invoice_are_synced(
    plant: Ledger,
):
    await owned(plant)
    contract = await plant.item("pmc", number=NUMBER)
    order = await plant.item("pco", number="001")
    invoice = await plant.item("oin", invoice_number="OWN-24-101-1")

    assert said(await plant.desk.send("boss", order)) == ["PARENT_NOT_SYNCED"]
    assert said(await plant.desk.send("boss", invoice)) == ["PARENT_NOT_SYNCED"]

    link = await plant.exported(contract)
    assert (link["state"], link["external_id"], link["external_code"]) == (
        "LINKED",
        f"24-101/{NUMBER}",
        NUMBER,
    )
    link = await plant.exported(order, transaction_date="2026-02-14")
    assert (link["state"], link["external_id"]) == ("SYNCED", f"24-101/{NUMBER}/001")
    link = await plant.exported(invoice)
    assert (link["state"], link["external_id"]) == ("SYNCED", "24-101/OWN-24-101-1")

    [there] = await plant.kept("prime-contracts", number=NUMBER)
    assert (there["customer"], there["amount"]) == (OWNER, "1500000.00")
    [there] = await plant.kept("prime-change-orders")
    assert (there["contract"], there["amount"], there["transaction_date"]) == (
        NUMBER,
        "12500.00",
        "2026-02-14",
    )
    [there] = await plant.kept("owner-invoices")
    assert (there["amount"], there["period"], there["date"]) == ("150000.00", "2026-01", "2026-01-31")


async def test_procore_shows_what_the_erp_holds_of_the_prime_side(plant: Ledger):
    await owned(plant)
    for tag, name, value in (
        ("pmc", "number", NUMBER),
        ("pco", "number", "001"),
        ("oin", "invoice_number", "OWN-24-101-1"),
    ):
        await plant.exported(await plant.item(tag, **{name: value}))

    project = {"project_id": HERE.procore_id}
    [contract] = await plant.in_tool("/rest/v1.0/prime_contracts", **project)
    [invoice] = await plant.in_tool("/rest/v1.0/payment_applications", **project)
    orders = await plant.in_tool(f"/rest/v1.0/projects/{HERE.procore_id}/prime_change_orders")
    assert contract["origin_id"] == f"MRI:PRIM:24-101:{NUMBER}"
    assert invoice["origin_id"] == "MRI:OINV:24-101:OWN-24-101-1"
    assert [one["origin_id"] for one in orders] == [f"MRI:PORD:24-101:{NUMBER}:001"]


async def test_a_change_order_without_a_typed_date_is_booked_today(plant: Ledger):
    await owned(plant)
    await plant.exported(await plant.item("pmc", number=NUMBER))

    await plant.exported(await plant.item("pco", number="001"))

    today = await plant.desk.value("select hub_now()::date")
    [there] = await plant.kept("prime-change-orders")
    assert there["transaction_date"] == str(today)


async def test_a_change_order_that_waits_for_its_contract_over_midnight_is_booked_on_the_day_of_its_approval(
    plant: Ledger,
):
    await owned(plant)
    contract, order = await plant.item("pmc", number=NUMBER), await plant.item("pco", number="001")
    assert said(await plant.desk.send("boss", contract)) == []
    await plant.desk.change(
        "update link set state = 'READY_TO_EXPORT', export_revision = 1 where object_id = $1", order.id
    )
    for table in ("prime_contract", "prime_contract_change_order"):  # the same day in both zones
        await plant.desk.change(f"update {table} set origin_created_at = '2026-01-05 12:30+00'")
    await plant.desk.change("update account set time_zone = 'Etc/GMT+12'")
    approved = await plant.desk.value("select (hub_now() at time zone 'Etc/GMT+12')::date")
    assert [await plant.accept(item) for item in (contract, order)] == [[], []]

    await plant.desk.change("update account set time_zone = 'Etc/GMT-11'")  # there it is tomorrow
    await plant.step("export")
    await plant.step("export")

    link = await plant.desk.link(order)
    assert (link["state"], link["error_message"]) == ("SYNCED", None)
    [there] = await plant.kept("prime-change-orders")
    assert there["transaction_date"] == str(approved)


async def test_a_prime_contract_that_was_exported_is_not_listed_a_second_time_by_an_import(plant: Ledger):
    await owned(plant)
    contract = await plant.item("pmc", number=NUMBER)
    await plant.exported(contract)
    lines = (
        "select origin_id, amount from prime_contract_line where prime_contract_id = $1 order by line_number"
    )
    before = await plant.desk.rows(lines, contract.id)

    await plant.read("prime_contract", erp=True)
    await plant.read("prime_contract")

    rows = await plant.desk.rows("select id, origin_id from prime_contract where number = $1", NUMBER)
    assert [row["id"] for row in rows] == [contract.id]
    assert await plant.desk.state(contract) == "LINKED"
    assert await plant.desk.rows(lines, contract.id) == before


@pytest.mark.parametrize(("tag", "collection"), [("pco", "prime-change-orders"), ("oin", "owner-invoices")])
async def test_what_is_still_in_the_erp_is_not_unlinked(plant: Ledger, tag: str, collection: str):
    await owned(plant)
    await plant.exported(await plant.item("pmc", number=NUMBER))
    name, value = ("number", "001") if tag == "pco" else ("invoice_number", "OWN-24-101-1")
    item = await plant.item(tag, **{name: value})
    await plant.exported(item)

    outcome = await plant.desk.ask("boss", "unlinkItems", item)
    assert said(outcome) == []
    await plant.step("unlink")
    assert await plant.desk.run(outcome.run_id) == ("UNLINK", "FAILED", [("REFUSED", "STILL_IN_ERP")])
    assert await plant.desk.state(item) == "SYNCED"

    [there] = await plant.kept(collection)
    await plant.act(collection, "delete", id=there["id"])
    assert said(await plant.desk.ask("boss", "unlinkItems", item)) == []
    await plant.step("unlink")
    assert await plant.desk.state(item) == "UNLINKED"


async def test_where_the_erp_resets_a_change_order_is_unlinked_without_being_looked_for(plant: Ledger):
    """No check; somebody deletes the document in the ERP by hand."""
    await owned(plant)
    await plant.exported(await plant.item("pmc", number=NUMBER))
    item = await plant.item("pco", number="001")
    await plant.exported(item)
    await plant.flag("reset", True)

    await plant.desk.ask("boss", "unlinkItems", item)
    await plant.step("unlink")

    assert await plant.desk.state(item) == "UNLINKED"
    assert len(await plant.kept("prime-change-orders")) == 1
    assert (await plant.desk.history(item))[-1] == (
        "UNLINK", "reset: the ERP's document has to be deleted there by hand",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("status = 'DRAFT'", "STATUS_NOT_SENDABLE"),
        ("status = 'TERMINATED'", "STATUS_NOT_SENDABLE"),
        ("company_id = null", "VENDOR_MISSING"),
        ("title = ' '", "TITLE_MISSING"),
        ("number = ''", "NUMBER_MISSING"),
        ("contract_date = null, origin_created_at = null", "CONTRACT_DATE_MISSING"),
        ("retainage_percent = 101", "RETAINAGE_OUT_OF_RANGE"),
        ("original_amount = 1", "AMOUNT_NOT_SUM_OF_LINES"),
        ("origin_deleted_at = hub_now()", "DELETED_AT_ORIGIN"),
    ],
)
async def test_each_prerequisite_of_a_prime_contract_stands_alone(plant: Ledger, change: str, code: str):
    await owned(plant)
    contract = await plant.item("pmc", number=NUMBER)
    await plant.desk.change(f"update prime_contract set {change}")

    assert said(await plant.desk.send("boss", contract)) == [code]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("prime_contract_change_order set status = 'DRAFT'", "STATUS_NOT_SENDABLE"),
        ("prime_contract_change_order set number = ' '", "NUMBER_MISSING"),
        ("prime_contract_change_order set origin_created_at = null", "DATE_MISSING"),
        ("prime_contract_change_order set amount = 1", "AMOUNT_NOT_SUM_OF_LINES"),
        ("prime_contract_change_order_line set cost_type_id = null", "LINE_CODE_UNKNOWN"),
        ("owner_invoice set status = 'UNDER_REVIEW'", "STATUS_NOT_SENDABLE"),
        ("owner_invoice set invoice_number = null", "NUMBER_MISSING"),
        ("owner_invoice set billing_date = null", "DATE_MISSING"),
        ("owner_invoice set period_end = null", "DATE_MISSING"),
        ("owner_invoice_line set retainage_held_amount = completed_amount", "ZERO_INVOICE"),
        ("owner_invoice_line set cost_code_id = null", "LINE_CODE_UNKNOWN"),
        ("prime_contract set company_id = null", "VENDOR_NOT_LINKED"),
    ],
)
async def test_each_prerequisite_of_what_hangs_on_a_prime_contract_stands_alone(
    plant: Ledger, change: str, code: str
):
    await owned(plant)
    await plant.exported(await plant.item("pmc", number=NUMBER))
    item = await plant.item("pco", number="001")
    if not change.startswith("prime_contract_change_order"):
        item = await plant.item("oin", invoice_number="OWN-24-101-1")
    await plant.desk.change(f"update {change}")

    assert said(await plant.desk.send("boss", item)) == [code]


async def test_a_change_order_that_sums_to_zero_is_refused_where_the_erp_takes_none(plant: Ledger):
    await owned(plant)
    await plant.exported(await plant.item("pmc", number=NUMBER))
    await plant.desk.change("update prime_contract_change_order set amount = 0")
    await plant.desk.change("update prime_contract_change_order_line set amount = 0")

    found = said(await plant.desk.send("boss", await plant.item("pco", number="001")))

    assert found == ["ZERO_CO_NOT_SUPPORTED", "NO_NONZERO_LINE"]


async def test_an_invoice_that_bills_a_change_order_waits_until_that_is_in_the_erp(plant: Ledger):
    await owned(plant)
    await plant.exported(await plant.item("pmc", number=NUMBER))
    order, invoice = await plant.item("pco", number="001"), await plant.item("oin", number="1")
    line = await plant.desk.value("select origin_id from prime_contract_change_order_line")
    await plant.desk.change("update owner_invoice_line set contract_line_id = $1 where line_number = 1", line)

    assert said(await plant.desk.send("boss", invoice)) == ["PARENT_NOT_SYNCED"]
    await plant.exported(order)
    assert said(await plant.desk.send("boss", invoice)) == []


RIGHTS = [
    ("nobody", "pmc", ["NOT_FOUND"]),
    ("manager", "pmc", ["FORBIDDEN"]),
    ("manager", "pco", ["FORBIDDEN"]),
    ("manager", "oin", ["FORBIDDEN"]),
]


@pytest.mark.parametrize(("who", "tag", "verdict"), RIGHTS)
async def test_sending_on_the_prime_side_takes_admin_on_prime_contracts(
    plant: Ledger, who: str, tag: str, verdict: list[str]
):
    await owned(plant)
    table = {"pmc": "prime_contract", "pco": "prime_contract_change_order", "oin": "owner_invoice"}[tag]
    item = await plant.item(tag, id=await plant.desk.value(f"select id from {table}"))
    project = await plant.desk.value("select project_id from prime_contract")
    if who != "nobody":
        await plant.desk.change(
            "insert into project_member (account_id, member_id, project_id, prime_contracts_level) values ($1, $2, $3, 2)",
            *(plant.desk.account, plant.desk.people[who], project),
        )
    assert [code for code in said(await plant.desk.send(who, item)) if code != "PARENT_NOT_SYNCED"] == verdict
