"""Costs of the ERP on their way through the hub into the project tool, over HTTP, and back again."""

from decimal import Decimal
from typing import Any

import pytest_asyncio
from costs_plant import JOB, VENDOR, CostsPlant, counted
from plant import WORLD, Plant, System

from hub.sandboxes import mri, procore
from hub.sandboxes.kit import serving


@pytest_asyncio.fixture
async def at(desk: Any) -> Any:
    with serving(mri.create_app()) as ledger, serving(procore.create_app()) as tool:
        systems = System(ledger), System(tool)
        yield await CostsPlant.open(await Plant.open(desk, *systems))
        for system in systems:
            await system.control.aclose()


CODE = JOB.chart[0]
CATEGORY = str(next(one for one in WORLD.cost_codes if one.code == CODE).default_category)


def item(number: str, amount: str, code: str = CODE) -> dict[str, str]:
    return {
        "ItemNumber": number, "EntityID": "HV01", "AccountNumber": "5030-000", "Amount": amount,
        "JobCode": JOB.code, "CostCode": code, "Category": CATEGORY,
    }  # fmt: skip


async def payable(at: CostsPlant, number: str, *amounts: str, **more: str) -> None:
    due = str(sum((Decimal(amount) for amount in amounts), Decimal("0.00")))
    items = [item(str(place), amount) for place, amount in enumerate(amounts, 1)]
    head = {
        "VendorID": VENDOR.code,
        "InvoiceNumber": number,
        "InvoiceAmount": due,
        "JobCode": JOB.code,
        **more,
    }
    dated = {"ExpensePeriod": "202604", "InvoiceDate": "2026-04-03"}
    await at.mri("invoices", **head, **dated, InvoiceItems={"entry": items})


async def journal(at: CostsPlant, reference: str, amount: str) -> None:
    await at.mri(
        "journal", PERIOD="202604", GLREFERENCE=reference, ITEM="1", ENTITYID="HV01", ACCOUNTNUMBER="5050-000",
        AMOUNT=amount, ENTRYDATE="2026-04-15", JOBCODE=JOB.code, COSTCODE=CODE, CATEGORY=CATEGORY,
    )  # fmt: skip


async def test_costs_of_mri_reach_procore_to_the_cent_each_once(at: CostsPlant):
    await payable(at, "B-55", "300.00", "12.35")
    await payable(at, "B-56", "1000.01")
    await journal(at, "JE-9", "-120.00")

    read = await at.read(at.erp, "direct_cost")
    run = await at.carry()

    assert (read["state"], run["state"], await at.said(run)) == ("SUCCEEDED", "SUCCEEDED", [])
    there = await at.in_procore()
    assert sorted((row["direct_cost_type"], row["invoice_number"], row["grand_total"]) for row in there) == [
        ("expense", None, "-120.00"),
        ("invoice", "B-55", "312.35"),
        ("invoice", "B-56", "1000.01"),
    ]
    assert counted(there) == await at.in_hub() == Decimal("1192.36")
    desk = at.plant.desk
    states = await desk.rows(
        "select l.state, t.origin_id from direct_cost t join link l on l.object_id = t.id"
    )
    assert {row["state"] for row in states} == {"LINKED"}
    assert {row["origin_id"] for row in states} == {str(row["id"]) for row in there}
