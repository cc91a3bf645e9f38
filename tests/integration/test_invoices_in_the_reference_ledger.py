"""Change orders and invoices in an ERP that has what the first lacks: written, posted, marked by profile, deleted, unlinked."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from desk import LINE, Desk, Item, said
from paperwork import CHANGE, WORK, Paperwork
from plant import Plant, System

from hub.core.link import LinkState
from hub.sandboxes import reference
from hub.sandboxes.kit import serving

CREDENTIALS = {"client_id": "reference-hub", "client_secret": "reference-secret"}
KNOWN = (
    ("jobs", {"code": "J100", "name": "Job J100"}),
    ("vendors", {"code": "V000123", "name": "Acme Concrete"}),
    ("job-cost-codes", {"job": "J100", "code": "03-100", "cost_types": ["L", "M"]}),
)


@pytest.fixture(scope="module")
def ledger_server() -> Iterator[str]:
    with serving(reference.create_app()) as url:
        yield url


@pytest_asyncio.fixture
async def ledger(ledger_server: str) -> AsyncIterator[System]:
    system = System(ledger_server)
    (await system.control.post("/__control/reset")).raise_for_status()
    for collection, row in KNOWN:
        (await system.control.post(f"/__control/documents/{collection}", json=row)).raise_for_status()
    yield system
    await system.control.aclose()


async def opened(desk: Desk, ledger: System, **settings: Any) -> tuple[Plant, Paperwork]:
    """The account's ERP is the ledger, under these settings."""
    plant = Plant(desk, ledger, ledger)
    paper = await Paperwork.under(desk, "reference", **settings)
    await plant.connect("MRI", "reference", ledger.url, CREDENTIALS, settings)
    return plant, paper


async def exported(plant: Plant, item: Item, **entries: str) -> str | None:
    assert said(await plant.desk.send("manager", item)) == []
    assert said(await plant.desk.accept("approver", item, entries=entries)) == []
    await plant.step()
    await plant.step("mark_origin")  # there is no project tool to tell
    return await plant.desk.state(item)


async def documents(ledger: System, collection: str) -> list[dict[str, Any]]:
    found = (await ledger.control.get(f"/__control/documents/{collection}")).raise_for_status().json()
    return list(found["documents"])


async def test_a_contract_its_change_order_and_its_invoice_go_in_one_after_the_other(
    desk: Desk, ledger: System
):
    plant, paper = await opened(desk, ledger)
    contract = await desk.subcontract()
    assert await exported(plant, contract) == "SYNCED"
    order = await paper.order(contract, lines=[{**CHANGE, "id": "L77"}], description="Rock at 3 m")
    assert await exported(plant, order, description="As agreed") == "SYNCED"
    billed = [WORK, {**WORK, "bills": "L77", "work": "1500.00", "held": "150.00"}]
    invoice = await paper.invoice(contract, lines=billed, attachment_urls=["https://files.example/1.pdf"])
    assert await exported(plant, invoice) == "SYNCED"

    [there] = await documents(ledger, "change-orders")
    assert (there["job"], there["contract"], there["number"], there["description"], there["amount"]) == (
        "J100",
        "SC-001",
        "CO-1",
        "As agreed",
        "1500.00",
    )
    [bill] = await documents(ledger, "invoices")
    assert (bill["vendor"], bill["number"], bill["amount"], bill["retainage_amount"], bill["period"]) == (
        "V000123",
        "INV-7",
        "10350.00",
        "1150.00",
        "2026-04",
    )
    assert bill["attachment_url"] == "https://files.example/1.pdf"
    assert [(line["amount"], line.get("order_number")) for line in bill["lines"]] == [
        ("10000.00", None),
        ("1500.00", "CO-1"),
    ]
    assert (await desk.link(invoice))["external_id"] == "V000123/INV-7"


async def test_an_invoice_is_unlinked_once_it_is_deleted_there(desk: Desk, ledger: System):
    plant, paper = await opened(desk, ledger)
    contract = await desk.subcontract()
    await exported(plant, contract)
    invoice = await paper.invoice(contract)
    await exported(plant, invoice)

    assert said(await desk.ask("approver", "unlinkItems", invoice)) == []
    assert (await plant.step("unlink"))["error_code"] == "STILL_IN_ERP"
    assert said(await desk.ask("approver", "unlinkItems", contract)) == ["COMMITMENT_HAS_SYNCED_ITEMS"]

    [there] = await documents(ledger, "invoices")
    await void(ledger, "invoices", there)
    assert said(await desk.ask("approver", "unlinkItems", invoice)) == []
    await plant.step("unlink")
    assert await desk.state(invoice) == LinkState.UNLINKED


async def void(ledger: System, collection: str, row: dict[str, Any]) -> None:
    answer = await ledger.control.post(
        f"/__control/documents/{collection}/void", json={"where": {"id": row["id"]}}
    )
    answer.raise_for_status()


async def test_a_bill_arrives_on_hold_under_the_profile_that_says_so(desk: Desk, ledger: System):
    plant, paper = await opened(desk, ledger, profile="acumatica_vision")
    contract = await desk.subcontract()
    assert await exported(plant, contract) == "SYNCED"
    assert await exported(plant, await paper.invoice(contract)) == "SYNCED"

    [bill] = await documents(ledger, "invoices")
    assert bill["status"] == "On Hold"


async def test_a_purchase_order_is_one_there_and_takes_a_change_order(desk: Desk, ledger: System):
    plant, paper = await opened(desk, ledger)
    contract = await desk.subcontract("PO-1", kind="PURCHASE_ORDER", lines=[LINE])
    assert await exported(plant, contract) == "SYNCED"
    assert await exported(plant, await paper.order(contract)) == "SYNCED"

    [there] = await documents(ledger, "contracts")
    assert (there["number"], there["kind"]) == ("PO-1", "purchase_order")


async def test_a_purchase_order_becomes_a_subcontract_where_the_profile_has_no_other(
    desk: Desk, ledger: System
):
    plant, _ = await opened(desk, ledger, profile="spectrum")
    contract = await desk.subcontract("PO-1", kind="PURCHASE_ORDER")
    assert await exported(plant, contract) == "SYNCED"

    [there] = await documents(ledger, "contracts")
    assert there["kind"] == "subcontract"
