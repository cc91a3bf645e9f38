"""Payments of MRI on their way through the hub into Procore, over HTTP: each once, and taken back where MRI takes it back."""

from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from costs_plant import CostsPlant
from plant import WORLD, Plant, System

from hub.core.link import LinkState
from hub.sandboxes import mri, procore
from hub.sandboxes.kit import serving
from hub.sync import attempts

CONTRACT = next(one for one in WORLD.commitments if one.number.startswith("SC"))
VENDOR = next(one for one in WORLD.vendors if one.procore_id == CONTRACT.vendor_id)
LINE = CONTRACT.lines[0]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "LATE_APPLY_SECONDS", 0.0)
    monkeypatch.setattr(attempts, "BETWEEN_LOOKS_SECONDS", 0.0)


@pytest_asyncio.fixture
async def at(desk: Any) -> Any:
    """A commitment of Procore that MRI holds too, with invoice INV-7 of 9,000 that the hub exported and MRI approved."""
    with serving(mri.create_app()) as ledger, serving(procore.create_app()) as tool:
        systems = System(ledger), System(tool)
        plant = await Plant.open(desk, *systems)
        made = await CostsPlant.open(plant)
        await made.read(plant.tool, "commitment")
        await in_the_ledger(made)
        await exported(made)
        yield made
        for system in systems:
            await system.control.aclose()


async def in_the_ledger(at: CostsPlant) -> None:
    amount = str(CONTRACT.total)
    line = {"LineNumber": "1", "CostCode": LINE.code, "Category": str(LINE.category), "Amount": amount}
    contract = {
        "JobCode": CONTRACT.job_code, "ContractNumber": CONTRACT.number, "VendorID": VENDOR.code, "Description": "Works",
        "OriginalAmount": amount, "ContractDate": "2026-03-01", "ContractLines": {"entry": line},
    }  # fmt: skip
    await at.mri("rows", collection="Contracts", rows=[contract])
    line = {
        "ItemNumber": "1",
        "EntityID": "HV01",
        "Amount": "9000.00",
        "CostCode": LINE.code,
        "Category": str(LINE.category),
    }
    await at.mri(
        "invoices", VendorID=VENDOR.code, InvoiceNumber="INV-7", InvoiceAmount="9000.00", JobCode=CONTRACT.job_code,
        ContractNumber=CONTRACT.number, ExpensePeriod="202604", InvoiceDate="2026-04-30", Status="Approved",
        InvoiceItems={"entry": line},
    )  # fmt: skip


async def exported(at: CostsPlant) -> None:
    desk = at.plant.desk
    row = await desk.one("select * from commitment where origin_id = $1", str(CONTRACT.procore_id))
    key = f"{CONTRACT.job_code}/{CONTRACT.number}"
    for state in ("READY_TO_EXPORT", "EXPORTING", "SYNCED"):
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
            "subcontractor_invoice", "SubcontractorInvoice", LinkState.SYNCED,
            {"external_id": f"{VENDOR.code}/INV-7"}, invoice_number="INV-7", status="APPROVED", is_final=False,
            commitment_id=row["id"], payment_due_amount=Decimal("9000.00"), **values,
            **{f"{name}_amount": Decimal(0) for name in nothing},
        )  # fmt: skip


async def pay(at: CostsPlant, check: str, amount: str) -> None:
    invoice = {"VendorID": VENDOR.code, "InvoiceNumber": "INV-7", "AmountPaid": amount}
    await at.mri(
        "payments/run", PaymentDate="2026-05-10", CheckNumber=check, BankID="OPER", Invoices=[invoice]
    )


async def there(at: CostsPlant) -> list[tuple[str, str]]:
    rows = await at.ask(
        "/rest/v1.0/contract_payments", project_id=PROJECT, contract_id=str(CONTRACT.procore_id)
    )
    return sorted((row["check_number"], row["amount"]) for row in rows)


PROJECT = str(WORLD.job(CONTRACT.job_code).procore_id)


async def carried(at: CostsPlant) -> Any:
    run = await at.read(at.erp, "payment")
    assert run["state"] == "SUCCEEDED"
    return await at.carry()


async def paid_in_hub(at: CostsPlant) -> Decimal:
    return await at.in_hub("payment", CONTRACT.job_code)


async def test_a_payment_of_mri_stands_in_procore_with_its_check_and_day(at: CostsPlant):
    await pay(at, "881", "9000.00")

    run = await carried(at)

    assert (run["state"], await at.said(run)) == ("SUCCEEDED", [])
    [payment] = await at.ask(
        "/rest/v1.0/contract_payments", project_id=PROJECT, contract_id=str(CONTRACT.procore_id)
    )
    shown = {
        name: payment[name] for name in ("amount", "date", "check_number", "invoice_number", "origin_id")
    }
    assert shown == {
        "amount": "9000.00",
        "date": "2026-05-10",
        "check_number": "881",
        "invoice_number": "INV-7",
        "origin_id": f"MRI:PAY:{VENDOR.code}/INV-7/881",
    }
    row = await at.plant.desk.one(
        "select l.state, t.origin_id from payment t join link l on l.object_id = t.id"
    )
    assert tuple(row) == ("LINKED", str(payment["id"]))


async def test_payments_in_part_stand_there_once_each_however_often_they_are_synced(at: CostsPlant):
    await pay(at, "881", "4000.00")
    await carried(at)
    await pay(at, "882", "2500.50")
    await carried(at)
    await at.read(at.erp, "payment")

    assert await at.nothing_to_carry()
    assert await there(at) == [("881", "4000.00"), ("882", "2500.50")]
    assert await paid_in_hub(at) == Decimal("6500.50")


async def test_a_check_that_mri_voids_later_is_taken_out_of_procore_and_the_paid_total_falls(at: CostsPlant):
    await pay(at, "881", "4000.00")
    await pay(at, "882", "2500.50")
    await carried(at)

    await at.mri("payments/void", CheckNumber="881")
    run = await carried(at)

    assert (run["state"], await at.said(run)) == ("SUCCEEDED", [])
    assert await there(at) == [("882", "2500.50")]
    assert await paid_in_hub(at) == Decimal("2500.50")
    void = await at.plant.desk.one(
        "select is_void, origin_deleted_at is not null as gone from payment where check_number = '881'"
    )
    assert tuple(void) == (True, True)
    await at.read(at.erp, "payment")
    assert await at.nothing_to_carry()


@pytest.mark.parametrize("what", ["drop_after", "drop_before"])
async def test_a_payment_whose_answer_was_lost_stands_there_once_and_the_others_do_not_wait(
    at: CostsPlant, what: str
):
    await pay(at, "881", "4000.00")
    await pay(at, "882", "2500.50")
    await at.read(at.erp, "payment")
    script = {"fault": what, "match": {"path": "*/contract_payments", "method": "POST"}}
    (await at.plant.procore.control.post("/__control/faults", json=script)).raise_for_status()

    await at.carry()
    assert ("882", "2500.50") in await there(at)
    for _ in range(3):
        if not await at.nothing_to_carry():
            await at.carry()

    assert await there(at) == [("881", "4000.00"), ("882", "2500.50")]
    rows = await at.plant.desk.rows("select l.state from payment t join link l on l.object_id = t.id")
    assert [row["state"] for row in rows] == ["LINKED", "LINKED"]


async def test_a_payment_that_procore_has_already_is_found_and_not_made_twice(at: CostsPlant):
    await pay(at, "881", "4000.00")
    body = {
        "contract_id": CONTRACT.procore_id, "amount": "4000.00", "date": "2026-05-10", "check_number": "881",
        "invoice_number": "INV-7", "origin_id": f"MRI:PAY:{VENDOR.code}/INV-7/881",
    }  # fmt: skip
    sent = {"project_id": int(PROJECT), "contract_payment": body}
    await at.ask("/rest/v1.0/contract_payments", "POST", sent)

    await carried(at)

    assert await there(at) == [("881", "4000.00")]


async def test_read_back_it_is_the_same_payment_and_keeps_the_number_that_people_gave_it(at: CostsPlant):
    await pay(at, "881", "4000.00")
    await carried(at)
    desk = at.plant.desk
    await at.read(at.plant.tool, "payment")
    await desk.change(
        "update payment set number = 'MINE-1', version = version + 1 where check_number = '881'"
    )

    await at.read(at.erp, "payment")

    row = await desk.one("select number, check_number, amount::text from payment where check_number = '881'")
    assert tuple(row) == ("MINE-1", "881", "4000.00")
    assert await desk.value("select count(*) from payment where check_number = '881'") == 1
    assert await desk.value("select count(*) from conflict where object_type = 'Payment'") == 0
    assert (
        await desk.value("select subcontractor_invoice_id from payment where check_number = '881'")
        is not None
    )


async def test_an_amount_that_somebody_changes_in_procore_is_a_conflict(at: CostsPlant):
    await pay(at, "881", "4000.00")
    await carried(at)
    desk = at.plant.desk
    id_ = await desk.value("select origin_id from payment")
    path, project = f"/rest/v1.0/contract_payments/{id_}", {"project_id": int(PROJECT)}
    mark = f"MRI:PAY:{VENDOR.code}/INV-7/881"
    for change in ({"origin_id": None}, {"amount": "1.00", "origin_id": mark}):
        await at.ask(path, "PATCH", {**project, "contract_payment": change})

    await at.read(at.plant.tool, "payment")

    [conflict] = await desk.rows(
        "select field, code, ours, theirs from conflict where object_type = 'Payment'"
    )
    assert tuple(conflict) == ("amount", "FIELD_LOCKED", "4000.00", "1.00")
    assert await desk.value("select amount::text from payment where check_number = '881'") == "4000.00"


async def test_the_payable_of_the_exported_invoice_is_no_direct_cost_on_either_side(at: CostsPlant):
    run = await at.read(at.erp, "direct_cost")

    assert (run["records_read"], run["records_created"], run["state"]) == (1, 0, "SUCCEEDED")
    assert await at.nothing_to_carry()
    assert await at.plant.desk.value("select count(*) from direct_cost") == 0


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_void_whose_answers_are_lost_takes_the_payment_out_all_the_same(at: CostsPlant, method: str):
    await pay(at, "881", "4000.00")
    await pay(at, "882", "2500.50")
    await carried(at)
    await at.mri("payments/void", CheckNumber="881")
    await at.read(at.erp, "payment")
    script = {"fault": "drop_after", "match": {"path": "*/contract_payments/*", "method": method}}
    (await at.plant.procore.control.post("/__control/faults", json=script)).raise_for_status()

    for _ in range(3):
        if not await at.nothing_to_carry():
            await at.carry()

    assert await there(at) == [("882", "2500.50")]
    assert await at.nothing_to_carry()
