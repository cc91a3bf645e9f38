"""Payments on their way from the ERP into the hub."""

from uuid import UUID

import pytest_asyncio
from cost_bench import CostBench, paid

from db.session import WritePool
from hub.settings import Settings

PAID = """
    select coalesce(sum(p.amount) filter (where not p.is_void), 0)::text from payment p where p.subcontractor_invoice_id = $1"""


@pytest_asyncio.fixture
async def at(hub_settings: Settings, app_pool: WritePool, account: UUID) -> CostBench:
    return await CostBench.open(hub_settings, app_pool, account)


async def test_a_payment_of_an_exported_invoice_names_its_commitment_and_invoice(at: CostBench):
    run = await at.read_payments(paid("CHK-881", "9000.00"))

    row = await at.bench.one("select * from payment")
    assert (row["commitment_id"], row["subcontractor_invoice_id"]) == (at.commitment, at.invoices["INV-7"])
    assert (str(row["amount"]), str(row["paid_on"]), row["number"]) == ("9000.00", "2026-05-10", "CHK-881")
    assert run["state"] == "SUCCEEDED"


async def test_a_payment_without_a_contract_takes_it_from_its_invoice(at: CostBench):
    bare = paid("CHK-881", "9000.00")
    refs = {**bare.refs, "commitment": None}
    await at.read_payments(
        type(bare)(**{**{name: getattr(bare, name) for name in bare.__slots__}, "refs": refs})
    )

    assert await at.bench.value("select commitment_id from payment") == at.commitment


async def test_a_payment_for_an_invoice_that_was_never_exported_is_skipped_and_told(at: CostBench):
    run = await at.read_payments(paid("CHK-881", "9000.00"), paid("CHK-882", "5.00", "INV-8"))

    assert await at.bench.value("select count(*) from payment") == 1
    assert await at.said(run) == [("OKAF01/INV-8/CHK-882", "INVOICE_NOT_SYNCED", "OKAF01/INV-8")]


async def test_a_payment_enters_once_its_invoice_was_exported(at: CostBench):
    await at.read_payments(paid("CHK-882", "5.00", "INV-8"))
    for state in ("READY_TO_EXPORT", "EXPORTING", "SYNCED"):
        await at.bench.change(
            "update link set state = $2, external_id = 'OKAF01/INV-8' where object_id = $1",
            *(at.invoices["INV-8"], state),
        )

    await at.read_payments()

    assert await at.bench.value(PAID, at.invoices["INV-8"]) == "5.00"


async def test_partial_payments_add_up(at: CostBench):
    await at.read_payments(paid("CHK-881", "4000.00"), paid("CHK-882", "2500.50"))

    assert await at.bench.value(PAID, at.invoices["INV-7"]) == "6500.50"


async def test_a_later_void_updates_the_payment_and_the_paid_total_falls(at: CostBench):
    await at.read_payments(paid("CHK-881", "4000.00"), paid("CHK-882", "2500.50"))

    await at.read_payments(paid("CHK-881", "4000.00", is_void=True), paid("CHK-882", "2500.50"))

    assert await at.bench.value("select is_void from payment where number = 'CHK-881'")
    assert await at.bench.value(PAID, at.invoices["INV-7"]) == "2500.50"
    assert await at.bench.value("select count(*) from payment") == 2
