"""A prime contract that the ERP has comes into Procore through its inbox, and its amounts again whenever they change in the ERP."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from desk import Desk, Item, said
from ledger import Ledger, job
from plant import WORLD, System

from hub.sandboxes import procore, reference
from hub.sandboxes.kit import serving

HERE = job("24-101")
STAGED = f"/rest/v1.0/companies/{WORLD.company.procore_id}/staged_records"


@pytest.fixture
def servers() -> Iterator[tuple[str, str]]:
    with serving(reference.create_app()) as ledger, serving(procore.create_app()) as tool:
        yield ledger, tool


@pytest_asyncio.fixture
async def plant(desk: Desk, servers: tuple[str, str]) -> AsyncIterator[Ledger]:
    """The ledger holds PC-1 of the job: 125,000.00 on four lines."""
    ledger, tool = (System(url) for url in servers)
    made = await Ledger.begin(desk, ledger, tool)
    await made.project(HERE)
    for line in (await made.kept("prime-contracts", number="PC-1"))[0]["lines"]:
        await known_here(made, line["cost_code"], line["cost_type"])
    await made.read("prime_contract", erp=True)
    yield made
    await ledger.control.aclose()
    await tool.control.aclose()


async def known_here(plant: Ledger, code: str, category: str) -> None:
    """The project has the code and type in Procore as in the hub."""
    project = await plant.desk.value("select id from project where number = '24-101'")
    found = next(one for one in WORLD.project_codes if one.project_id == HERE.procore_id and one.code == code)
    async with plant.desk.books() as books:
        await plant._coded(books, project, found, category)


async def contract(plant: Ledger) -> Item:
    return await plant.item("pmc", number="PC-1")


async def added(plant: Ledger) -> Item:
    item = await contract(plant)
    assert said(await plant.desk.ask("boss", "addItems", item)) == []
    work = await plant.step("provision_prime_contract")
    assert work["state"] == "DONE", work["error_message"]
    return item


async def taken_in(plant: Ledger) -> Item:
    """Added, and imported from the inbox by a person of Procore."""
    item = await added(plant)
    [staged] = await inbox(plant)
    answer = await plant.procore.control.post(
        "/__control/erp/import", json={"staged_record_id": staged["id"]}
    )
    answer.raise_for_status()
    await plant.read("prime_contract")
    return item


async def inbox(plant: Ledger) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await plant.in_tool(STAGED, per_page=100)
    return [row for row in rows if row["item_type"] == "prime_contract"]


async def lines_there(plant: Ledger) -> list[tuple[str, str | None]]:
    [there] = [
        row
        for row in await plant.in_tool("/rest/v1.0/prime_contracts", project_id=HERE.procore_id)
        if row["number"] == "PC-1"
    ]
    path = f"/rest/v1.0/prime_contracts/{there['id']}/line_items"
    rows = await plant.in_tool(path, project_id=HERE.procore_id)
    return sorted((row["amount"], row["origin_id"]) for row in rows)


async def test_a_prime_contract_of_the_erp_is_ready_to_import_with_its_lines(plant: Ledger):
    item = await contract(plant)

    row = await plant.desk.one("select * from prime_contract where id = $1", item.id)
    lines = await plant.desk.rows("select amount, cost_code_id from prime_contract_line order by line_number")
    assert await plant.desk.state(item) == "READY_TO_IMPORT"
    assert (row["title"], str(row["original_amount"]), row["status"]) == (
        "Prime contract",
        "125000.00",
        "APPROVED",
    )
    assert [str(line["amount"]) for line in lines] == ["12500.00", "25000.00", "37500.00", "50000.00"]
    assert all(line["cost_code_id"] for line in lines)


async def test_added_it_lies_in_procores_inbox_once_however_often_it_is_added(plant: Ledger):
    item = await added(plant)
    await added(plant)

    [staged] = await inbox(plant)
    assert (staged["origin_id"], staged["status"]) == ("MRI:PRIM:24-101:PC-1", "staged")
    assert staged["data"]["project_origin_id"] == "MRI:JOB:24-101"
    assert await plant.desk.state(item) == "READY_TO_IMPORT"


async def test_taken_in_by_a_person_of_procore_it_is_linked_and_known_once(plant: Ledger):
    item = await taken_in(plant)

    rows = await plant.desk.rows("select id, origin_id from prime_contract where number = 'PC-1'")
    assert [row["id"] for row in rows] == [item.id]
    link = await plant.desk.one("select state, external_id from link where object_id = $1", rows[0]["id"])
    assert tuple(link) == ("LINKED", "24-101/PC-1")
    assert [amount for amount, _ in await lines_there(plant)] == [
        "12500.00",
        "25000.00",
        "37500.00",
        "50000.00",
    ]


async def test_the_erps_list_does_not_touch_the_lines_that_procore_has(plant: Ledger):
    await taken_in(plant)
    lines = "select origin_id, amount from prime_contract_line order by line_number"
    before = await plant.desk.rows(lines)
    version = await plant.desk.value("select version from prime_contract where number = 'PC-1'")

    await plant.read("prime_contract", erp=True)
    await plant.read("prime_contract")
    await plant.read("prime_contract", erp=True)

    assert await plant.desk.rows(lines) == before
    assert await plant.desk.value("select version from prime_contract where number = 'PC-1'") - version <= 1


async def grown(plant: Ledger) -> Item:
    """The ERP's contract is 10,000.00 larger than what Procore has."""
    await taken_in(plant)
    [there] = await plant.kept("prime-contracts", number="PC-1")
    lines = [
        {name: line[name] for name in ("line_number", "cost_code", "cost_type", "description", "amount")}
        for line in there["lines"]
    ]
    lines[0]["amount"] = "22500.00"
    await plant.enter("prime-contracts", id=there["id"], amount="135000.00", lines=lines)
    await plant.read("prime_contract", erp=True)
    return await contract(plant)


async def test_with_nothing_new_in_the_erp_there_is_nothing_to_take_over(plant: Ledger):
    await taken_in(plant)
    await plant.read("prime_contract", erp=True)

    assert said(await plant.desk.ask("boss", "importPrimeContracts", await contract(plant))) == [
        "NOTHING_NEW"
    ]


@pytest.mark.parametrize("mutation", ["importPrimeContracts", "refreshItems"])
async def test_amounts_that_changed_in_the_erp_are_taken_over_line_by_line(plant: Ledger, mutation: str):
    item = await grown(plant)

    outcome = await plant.desk.ask("boss", mutation, item)
    assert said(outcome) == []
    work = await plant.step("provision_prime_contract")
    assert work["state"] == "DONE", work["error_message"]

    assert sorted(await lines_there(plant)) == [
        ("22500.00", "MRI:PLIN:24-101:1:PC-1"),
        ("25000.00", "MRI:PLIN:24-101:2:PC-1"),
        ("37500.00", "MRI:PLIN:24-101:3:PC-1"),
        ("50000.00", "MRI:PLIN:24-101:4:PC-1"),
    ]
    await plant.step("import")
    assert (
        str(await plant.desk.value("select original_amount from prime_contract where id = $1", item.id))
        == "135000.00"
    )
    assert said(await plant.desk.ask("boss", mutation, item)) == ["NOTHING_NEW"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("prime_contract set status = 'DRAFT'", "STATUS_NOT_SENDABLE"),
        ("link set state = 'NOT_SENT' where object_type = 'Project'", "PROJECT_NOT_LINKED"),
    ],
)
async def test_a_contract_that_is_not_approved_or_whose_job_is_not_synced_is_not_taken_over(
    plant: Ledger, change: str, code: str
):
    item = await grown(plant)
    await plant.desk.change(f"update {change}")

    assert said(await plant.desk.ask("boss", "importPrimeContracts", item)) == [code]


async def test_units_travel_only_where_the_connection_is_told_so(plant: Ledger):
    """Off by default: amounts alone. What is in units never goes back to the ERP."""
    await plant.desk.change(
        "update prime_contract_line set quantity = 10, unit_cost = 1250, unit_of_measure = 'ea' where line_number = 1"
    )
    item = await added(plant)
    plain = [row for row in await plant.in_tool(STAGED, per_page=100) if row["origin_id"].endswith(":1:PC-1")]
    await plant.desk.change(
        "update connection set settings = settings || '{\"prime_contract_units\": true}' where id = $1",
        plant.desk.erp,
    )
    await plant.desk.ask("boss", "addItems", item)
    await plant.step("provision_prime_contract")
    united = [
        row for row in await plant.in_tool(STAGED, per_page=100) if row["origin_id"].endswith(":1:PC-1")
    ]

    assert "quantity" not in plain[0]["data"]
    assert (united[0]["data"]["quantity"], united[0]["data"]["uom"]) == ("10.0000", "ea")


@pytest.mark.parametrize(
    ("who", "add", "again", "refresh"),
    [
        ("administrator", [], [], ["FORBIDDEN"]),
        ("standard", [], [], ["FORBIDDEN", "FORBIDDEN"]),
        ("reader", ["FORBIDDEN"], ["FORBIDDEN"], ["FORBIDDEN", "FORBIDDEN"]),
    ],
)
async def test_who_may_add_a_prime_contract_and_take_it_over_again(
    plant: Ledger, who: str, add: list[str], again: list[str], refresh: list[str]
):
    item = await contract(plant)
    assert said(await plant.desk.ask(who, "addItems", item)) == add
    item = await grown(plant)

    assert said(await plant.desk.ask(who, "refreshItems", item)) == refresh
    assert said(await plant.desk.ask(who, "importPrimeContracts", item)) == again
