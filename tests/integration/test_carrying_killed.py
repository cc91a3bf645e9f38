"""An import and a carrying whose worker process is killed between Procore's write and the hub's own: nothing stands there twice."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest_asyncio
from costs_plant import JOB, VENDOR, CostsPlant, counted
from desk import Desk
from killing import Hands, own_database
from plant import Plant, System
from test_costs_of_the_reference_erp import CONTRACT, CREDENTIALS, booked, document, exported_invoice

from db.clock import new_id
from db.session import WritePool
from hub.core.crash import CrashPoint
from hub.sandboxes import procore, reference
from hub.sandboxes.kit import serving
from hub.settings import Settings
from hub.sync.enqueue import enqueue

AFTER_WRITE = CrashPoint.EXPORT_AFTER_WRITE.value


@pytest_asyncio.fixture
async def at(hub_settings: Settings) -> AsyncIterator[CostsPlant]:
    """An account in a database of its own, connected to the reference ERP and to Procore."""
    async with own_database(hub_settings) as settings:
        pool = await WritePool.open(settings.url_of("app"), 5)
        with serving(reference.create_app()) as ledger, serving(procore.create_app()) as tool:
            systems = System(ledger), System(tool)
            desk = await Desk.open(pool, settings)
            plant = await Plant.open(desk, *systems)
            await desk.change(
                "update connection set kind = 'reference', settings = '{}' where id = $1", desk.erp
            )
            await plant.connect("MRI", "reference", ledger, CREDENTIALS, {})
            yield await CostsPlant.open(plant)
            for system in systems:
                await system.control.aclose()
        await pool.close()


async def asked(at: CostsPlant, key: str) -> None:
    """An import of the list waits for a worker; nothing else does."""
    desk, run = at.plant.desk, new_id()
    await desk.change("delete from job where state in ('QUEUED', 'RUNNING')")
    await desk.change("update schedule set next_at = null, wake_at = null")
    args = {"connection_id": str(at.erp), "objects": [key], "scope": {}}
    async with desk.pool.transaction(desk.account) as connection:
        await connection.execute(
            "insert into sync_run (account_id, id, action, connection_id) values ($1, $2, 'IMPORT', $3)",
            *(desk.account, run, at.erp),
        )
        await enqueue(connection, desk.account, "import", args=args, run_id=run)


async def ended(at: CostsPlant) -> bool:
    """Whether both, the import and what it has carried, have ended well."""
    rows = await at.plant.desk.rows("select kind, state from job where kind in ('import', 'carry')")
    assert not [row for row in rows if row["state"] in ("FAILED", "PARKED")], rows
    return sum(row["kind"] == "carry" and row["state"] == "DONE" for row in rows) >= 1


async def late(at: CostsPlant, path: str) -> Any:
    """Procore does what is asked there, and keeps its answer to itself; says whether it was asked."""
    script = {
        "fault": "delay",
        "match": {"path": path, "method": "PATCH"},
        "params": {"seconds": 300, "when": "after"},
    }
    (await at.plant.procore.control.post("/__control/faults", json=script)).raise_for_status()

    async def lines_there() -> bool:
        return any(row["line_items"] for row in await at.in_procore())

    return lines_there


async def test_costs_whose_worker_is_killed_between_procores_write_and_ours_stand_there_once(
    at: CostsPlant, tmp_path: Path
):
    for number in range(6):
        await booked(at, f"B-{number}", "10.00")
    await asked(at, "direct_cost")
    hands = Hands(at.plant.settings, tmp_path)

    await hands.killed_at(CrashPoint.IMPORT_BEFORE_COMMIT.value)
    await hands.killed_at(AFTER_WRITE)  # the heads are there
    await hands.killed_once(await late(at, "*/line_items/sync"))  # and the lines
    await at.plant.procore.calm()
    await hands.finishes(lambda: ended(at))

    there = [row for row in await at.in_procore() if row["invoice_number"].startswith("B-")]
    assert sorted(row["invoice_number"] for row in there if row["grand_total"] == "10.00") == [
        f"B-{number}" for number in range(6)
    ]
    assert len(await at.in_procore()) == len({row["origin_id"] for row in await at.in_procore()})
    assert counted(await at.in_procore()) == await at.in_hub()
    assert all(len(row["line_items"]) == 1 for row in there)
    open_tries = "select count(*) from attempt where state in ('SENDING', 'UNKNOWN', 'IN_DOUBT')"
    assert await at.plant.desk.value(open_tries) == 0


async def test_payments_whose_worker_is_killed_between_procores_write_and_ours_stand_there_once(
    at: CostsPlant, tmp_path: Path
):
    await exported_invoice(at)
    for number in (1, 2):
        payment = {
            "job": JOB.code, "contract": CONTRACT.number, "vendor": VENDOR.code, "invoice": "INV-7", "number": f"CHK-{number}",
            "amount": "200.00", "date": "2026-05-10", "method": "wire",
        }  # fmt: skip
        await document(at, "payments", payment)
    await asked(at, "payment")
    hands = Hands(at.plant.settings, tmp_path)

    await hands.killed_at(AFTER_WRITE)  # the first is there
    await hands.killed_at(AFTER_WRITE)  # it is found, and the second is there
    await hands.finishes(lambda: ended(at))

    there = [row for row in await at.paid_in_procore(str(CONTRACT.procore_id)) if row["origin_id"]]
    assert sorted((row["check_number"], row["amount"]) for row in there) == [
        ("CHK-1", "200.00"),
        ("CHK-2", "200.00"),
    ]
    assert await at.in_hub("payment") == Decimal("400.00")
    states = "select distinct l.state from payment t join link l on l.object_id = t.id where l.external_id is not null"
    assert await at.plant.desk.value(states) == "LINKED"
