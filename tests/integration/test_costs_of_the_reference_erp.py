"""Costs and payments of the reference ERP through the hub into Procore, over HTTP, compared to the cent."""

from decimal import Decimal
from typing import Any

import pytest_asyncio
from costs_plant import JOB, VENDOR, CostsPlant, counted
from plant import WORLD, Plant, System

from hub.core.link import LinkState
from hub.sandboxes import procore, reference
from hub.sandboxes.kit import serving

CREDENTIALS = {"client_id": "reference-hub", "client_secret": "reference-secret"}
CODE = JOB.chart[0]
CATEGORY = str(next(one for one in WORLD.cost_codes if one.code == CODE).default_category)
CONTRACT = next(one for one in WORLD.commitments if one.job_code == JOB.code)


@pytest_asyncio.fixture
async def at(desk: Any) -> Any:
    with serving(reference.create_app()) as ledger, serving(procore.create_app()) as tool:
        systems = System(ledger), System(tool)
        plant = await Plant.open(desk, *systems)
        await desk.change("update connection set kind = 'reference', settings = '{}' where id = $1", desk.erp)
        await plant.connect("MRI", "reference", ledger, CREDENTIALS, {})
        yield await CostsPlant.open(plant)
        for system in systems:
            await system.control.aclose()


async def booked(at: CostsPlant, number: str, amount: str, **more: Any) -> dict[str, Any]:
    line = {"cost_code": more.pop("code", CODE), "cost_type": CATEGORY, "amount": amount}
    row = {
        "job": JOB.code,
        "vendor": VENDOR.code,
        "number": number,
        "date": "2026-04-03",
        "amount": amount,
        "lines": [line],
    }
    return await document(at, "direct-costs", {**row, **more})


async def document(at: CostsPlant, collection: str, row: dict[str, Any]) -> dict[str, Any]:
    answer = await at.plant.mri.control.post(f"/__control/documents/{collection}", json=row)
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def carried(at: CostsPlant, key: str = "direct_cost") -> Any:
    await at.read(at.erp, key)
    return await at.carry()


async def ledger_sum(at: CostsPlant) -> Decimal:
    found = (await at.plant.mri.control.get("/__control/documents/direct-costs")).json()["documents"]
    rows = [Decimal(row["amount"]) for row in found if row["job"] == JOB.code and not row["void"]]
    return sum(rows, Decimal("0.00"))


async def test_the_three_sides_agree_to_the_cent(at: CostsPlant):
    await booked(at, "B-90", "0.01")
    await booked(at, "B-91", "123456.78", terms="Net 30", status="Open")
    await booked(at, "JE-1", "-120.00", kind="journal", vendor=None)

    run = await carried(at)

    assert (run["state"], await at.said(run)) == ("SUCCEEDED", [])
    there = await at.in_procore()
    assert counted(there) == await at.in_hub() == await ledger_sum(at)
    shown = {
        row["invoice_number"]: (row["direct_cost_type"], row["status"], row["grand_total"]) for row in there
    }
    assert shown["B-90"] == ("invoice", "approved", "0.01")
    assert shown["B-91"] == ("invoice", "pending", "123456.78")
    assert shown["JE-1"] == ("expense", "approved", "-120.00")


async def test_a_void_and_a_correction_reach_procore(at: CostsPlant):
    first = await booked(at, "B-90", "10.00")
    second = await booked(at, "B-91", "20.00")
    await carried(at)

    await at.plant.mri.control.post(
        "/__control/documents/direct-costs/void", json={"where": {"number": "B-90"}}
    )
    line = {"cost_code": CODE, "cost_type": CATEGORY, "amount": "22.22"}
    await document(at, "direct-costs", {"id": second["id"], "amount": "22.22", "lines": [line]})
    await carried(at)

    assert first["id"] != second["id"]
    assert counted(await at.in_procore()) == await at.in_hub() == await ledger_sum(at)


async def test_a_line_that_the_ledger_drops_is_worth_nothing_in_procore(at: CostsPlant):
    lines = [{"cost_code": CODE, "cost_type": CATEGORY, "amount": amount} for amount in ("7.00", "3.00")]
    made = await booked(at, "B-90", "10.00", lines=lines)
    await carried(at)

    await document(at, "direct-costs", {"id": made["id"], "amount": "7.00", "lines": lines[:1]})
    await carried(at)

    row = next(row for row in await at.in_procore() if row["invoice_number"] == "B-90")
    assert sorted(line["amount"] for line in row["line_items"]) == ["0.00", "7.00"]
    assert counted(await at.in_procore()) == await at.in_hub() == await ledger_sum(at)


async def test_a_code_that_the_job_lacks_is_reported_and_the_rest_arrives(at: CostsPlant):
    await booked(at, "B-90", "10.00")
    await booked(at, "B-91", "20.00", code="88-888")

    read = await at.read(at.erp, "direct_cost")

    assert [row[1] for row in await at.said(read)] == ["CODE_NOT_ON_PROJECT"]
    await at.carry()
    assert counted(await at.in_procore()) == await at.in_hub() == await ledger_sum(at) - Decimal("20.00")


async def exported_invoice(at: CostsPlant) -> None:
    """INV-7 of 900, which the hub exported for a commitment of Procore."""
    await at.read(at.plant.tool, "commitment")
    desk = at.plant.desk
    row = await desk.one("select * from commitment where origin_id = $1", str(CONTRACT.procore_id))
    for state in ("READY_TO_EXPORT", "EXPORTING", "SYNCED"):
        key = f"{JOB.code}/{CONTRACT.number}"
        await desk.change(
            "update link set state = $2, external_id = $3 where object_id = $1", row["id"], state, key
        )
    async with desk.books() as books:
        nothing = (
            "completed",
            "retainage_held",
            "retainage_released",
            "stored_materials",
            "stored_retainage",
        )
        values = {name: row[name] for name in ("project_id", "company_id", "currency")}
        await books.item(
            "subcontractor_invoice", "SubcontractorInvoice", LinkState.SYNCED, {"external_id": f"{VENDOR.code}/INV-7"},
            invoice_number="INV-7", status="APPROVED", is_final=False, commitment_id=row["id"],
            payment_due_amount=Decimal("900.00"), **values, **{f"{name}_amount": Decimal(0) for name in nothing},
        )  # fmt: skip


async def paid_once(at: CostsPlant) -> None:
    """Of the exported invoice 400 were paid by CHK-881; Procore has the payment."""
    await exported_invoice(at)
    payment = {
        "job": JOB.code, "contract": CONTRACT.number, "vendor": VENDOR.code, "invoice": "INV-7", "number": "CHK-881",
        "amount": "400.00", "date": "2026-05-10", "method": "wire",
    }  # fmt: skip
    await document(at, "payments", payment)
    await carried(at, "payment")
    [paid] = [one for one in await at.paid_in_procore(str(CONTRACT.procore_id)) if one["origin_id"]]
    assert (paid["amount"], paid["check_number"], paid["payment_method"]) == (
        "400.00",
        "CHK-881",
        "electronic",
    )


async def test_a_payment_and_its_void_reach_procore(at: CostsPlant):
    await paid_once(at)

    await at.plant.mri.control.post(
        "/__control/documents/payments/void", json={"where": {"number": "CHK-881"}}
    )
    await carried(at, "payment")

    assert [one for one in await at.paid_in_procore(str(CONTRACT.procore_id)) if one["origin_id"]] == []
    assert await at.in_hub("payment") == 0


async def test_a_payment_that_is_deleted_outright_is_taken_out_of_procore(at: CostsPlant):
    await paid_once(at)

    await delete(at, "payments", number="CHK-881")
    await in_full(at, "payment")
    await at.carry()

    assert [one for one in await at.paid_in_procore(str(CONTRACT.procore_id)) if one["origin_id"]] == []
    assert await at.in_hub("payment") == 0
    shown = await at.plant.desk.one(
        "select is_void, origin_deleted_at is not null as removed, l.gone_at is not null as gone"
        " from payment t join link l on l.object_id = t.id where l.external_id is not null"
    )
    assert tuple(shown) == (True, True, True)


async def delete(at: CostsPlant, collection: str, **where: str) -> None:
    control = at.plant.mri.control
    answer = await control.post(
        f"/__control/documents/{collection}/delete", json={"where": where, "force": True}
    )
    assert answer.is_success, answer.text


async def in_full(at: CostsPlant, key: str) -> None:
    """The next list is read whole, as it is once a week, and believed."""
    await at.plant.desk.change(
        'update connection set settings = settings || \'{"missing_share_cap": 1, "full_crawl_days": 0}\' where id = $1',
        at.erp,
    )
    await at.read(at.erp, key)


async def test_a_cost_that_is_deleted_outright_counts_in_procore_no_more_and_one_entered_anew_does(
    at: CostsPlant,
):
    await booked(at, "B-90", "10.00")
    await booked(at, "B-91", "20.00")
    await carried(at)
    before = counted(await at.in_procore())

    await delete(at, "direct-costs", number="B-91")
    await in_full(at, "direct_cost")
    await at.carry()

    assert (
        counted(await at.in_procore())
        == await at.in_hub()
        == await ledger_sum(at)
        == before - Decimal("20.00")
    )
    rows = {row["invoice_number"]: row["status"] for row in await at.in_procore()}
    assert (rows["B-90"], rows["B-91"]) == ("approved", "draft")

    await booked(at, "B-91", "20.00")
    await in_full(at, "direct_cost")
    await at.carry()

    assert counted(await at.in_procore()) == await at.in_hub() == await ledger_sum(at) == before
    again = [row["status"] for row in await at.in_procore() if row["invoice_number"] == "B-91"]
    assert sorted(again) == ["approved", "draft"]
