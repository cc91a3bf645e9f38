"""Costs of the ERP on their way through the hub into the project tool, over HTTP, and back again."""

from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from costs_plant import JOB, VENDOR, CostsPlant, counted
from plant import WORLD, Plant, System

from hub.core.crash import CRASH, CrashPoint
from hub.sandboxes import mri, procore
from hub.sandboxes.kit import serving


@pytest_asyncio.fixture
async def at(desk: Any) -> Any:
    with serving(mri.create_app()) as ledger, serving(procore.create_app()) as tool:
        systems = System(ledger), System(tool)
        yield await CostsPlant.open(await Plant.open(desk, *systems))
        for system in systems:
            await system.control.aclose()


# What the ledger knows; Procore has costs of its own besides.
OURS = "select t.id, t.version from direct_cost t join link l on l.object_id = t.id where l.external_id is not null order by t.id"
# The desk's own vendor and job are none of Procore's, which is a matter of theirs.
DISPUTED = "select count(*) from conflict where object_type = 'DirectCost'"
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


async def fault(at: CostsPlant, what: str, path: str, *, nth: int = 1) -> None:
    script = {"fault": what, "nth": nth, "match": {"path": path}}
    (await at.plant.procore.control.post("/__control/faults", json=script)).raise_for_status()


async def carried(at: CostsPlant) -> None:
    await at.read(at.erp, "direct_cost")
    await at.carry()


async def test_what_was_carried_is_not_carried_again(at: CostsPlant):
    await payable(at, "B-55", "300.00")
    await carried(at)

    await at.read(at.erp, "direct_cost")

    assert await at.nothing_to_carry()


async def test_a_cost_that_changes_in_the_ledger_changes_the_same_cost_in_procore(at: CostsPlant):
    await journal(at, "JE-9", "-120.00")
    await carried(at)
    [first] = await at.in_procore()

    await journal(at, "JE-9", "-95.50")
    await carried(at)

    [changed] = await at.in_procore()
    assert (changed["id"], changed["grand_total"]) == (first["id"], "-95.50")
    assert len(changed["line_items"]) == 1
    assert await at.in_hub() == Decimal("-95.50")


async def test_a_payable_that_the_ledger_voids_counts_in_procore_no_more(at: CostsPlant):
    await payable(at, "B-55", "300.00")
    await payable(at, "B-56", "20.00")
    await carried(at)

    await at.mri("invoices/status", VendorID=VENDOR.code, InvoiceNumber="B-55", Status="Void")
    await carried(at)

    assert counted(await at.in_procore()) == await at.in_hub() == Decimal("20.00")


@pytest.mark.parametrize("path", ["*/direct_costs/sync", "*/line_items/sync"])
@pytest.mark.parametrize("what", ["drop_after", "drop_before"])
async def test_an_answer_that_is_lost_leaves_each_cost_there_once(at: CostsPlant, path: str, what: str):
    await payable(at, "B-55", "300.00", "12.35")
    await journal(at, "JE-9", "-120.00")
    await at.read(at.erp, "direct_cost")
    await fault(at, what, path)

    assert (await at.carry())["state"] == "RUNNING"
    run = await at.carry()

    there = await at.in_procore()
    assert (run["state"], len(there), counted(there)) == ("SUCCEEDED", 2, Decimal("192.35"))
    assert sum(len(row["line_items"]) for row in there) == 3
    open_tries = "select count(*) from attempt where state in ('SENDING', 'UNKNOWN', 'IN_DOUBT')"
    assert await at.plant.desk.value(open_tries) == 0


async def test_costs_go_in_slices_of_the_size_that_the_connection_says(at: CostsPlant):
    for number in range(5):
        await payable(at, f"B-{number}", "10.00", "1.50")
    await at.plant.desk.change(
        "update connection set settings = settings || '{\"batch_size\": 2}' where id = $1", at.plant.tool
    )

    await carried(at)

    assert counted(await at.in_procore()) == Decimal("57.50")
    steps = await at.plant.desk.rows(
        "select step from attempt where state = 'CONFIRMED' order by created_at, id"
    )
    assert [row["step"] for row in steps] == [
        *("direct_cost 1 of 3", "direct_cost 2 of 3", "direct_cost 3 of 3"),
        *(f"direct_cost_line {place} of 5" for place in range(1, 6)),
    ]


async def test_what_procore_refuses_is_told_in_its_words_and_the_rest_is_there(at: CostsPlant):
    await payable(at, "B-55", "300.00")
    await journal(at, "JE-9", "-120.00")
    await at.plant.desk.change(
        "update company set origin_id = '777' where origin_id = $1", str(VENDOR.procore_id)
    )
    await at.read(at.erp, "direct_cost")

    run = await at.carry()

    assert run["state"] == "PARTLY"
    assert await at.said(run) == [(f"{VENDOR.code}/B-55", "ERP_REFUSED", "vendor_id: is invalid")]
    assert [row["grand_total"] for row in await at.in_procore()] == ["-120.00"]
    state = await at.plant.desk.value(
        "select l.state from direct_cost t join link l on l.object_id = t.id where t.invoice_number = 'B-55'"
    )
    assert state == "READY_TO_IMPORT"


async def test_a_cost_of_a_vendor_that_procore_does_not_know_waits_until_it_is_linked(at: CostsPlant):
    await payable(at, "B-55", "300.00")
    await at.plant.desk.change(
        "update company set origin_id = null where origin_id = $1", str(VENDOR.procore_id)
    )
    await at.read(at.erp, "direct_cost")
    run = await at.carry()
    assert [row[:2] for row in await at.said(run)] == [(f"{VENDOR.code}/B-55", "UNRESOLVED_REFERENCE")]

    known = (VENDOR.code, str(VENDOR.procore_id))
    await at.plant.desk.change(
        "update company c set origin_id = $2 from link l where l.object_id = c.id and l.external_id = $1",
        *known,
    )
    await carried(at)

    assert counted(await at.in_procore()) == Decimal("300.00")


async def test_costs_of_a_project_whose_direct_costs_tool_is_closed_wait_until_it_is_open(at: CostsPlant):
    await payable(at, "B-55", "300.00")
    await at.read(at.erp, "direct_cost")
    await at.plant.desk.change("update project set inactive_tools = '{direct_costs}'")
    run = await at.carry()
    assert [row[:2] for row in await at.said(run)] == [(f"{VENDOR.code}/B-55", "TOOL_INACTIVE")]
    assert await at.in_procore() == []

    await at.plant.desk.change("update project set inactive_tools = '{}'")
    await carried(at)

    assert counted(await at.in_procore()) == Decimal("300.00")


async def test_read_back_from_procore_they_are_the_same_items_and_nothing_is_disputed(at: CostsPlant):
    await payable(at, "B-55", "300.00", "12.35")
    await journal(at, "JE-9", "-120.00")
    await carried(at)
    before = await at.plant.desk.rows(OURS)

    run = await at.read(at.plant.tool, "direct_cost")

    assert (run["state"], await at.said(run)) == ("SUCCEEDED", [])
    assert len(before) == 2
    assert await at.plant.desk.rows(OURS) == before
    assert await at.plant.desk.value(DISPUTED) == 0
    await at.read(at.erp, "direct_cost")
    assert await at.nothing_to_carry()


async def test_procore_read_before_the_hub_learns_of_the_answer_makes_no_second_item(at: CostsPlant):
    await payable(at, "B-55", "300.00")
    await at.read(at.erp, "direct_cost")
    await fault(at, "drop_after", "*/line_items/sync")
    await at.carry()

    await at.read(at.plant.tool, "direct_cost")
    await at.carry()

    [row] = await at.plant.desk.rows(
        "select l.state, t.amount::text from direct_cost t join link l on l.object_id = t.id where t.invoice_number = 'B-55'"
    )
    assert tuple(row) == ("LINKED", "300.00")
    assert [row["grand_total"] for row in await at.in_procore()] == ["300.00"]


async def test_a_cost_that_somebody_enters_in_procore_is_the_project_tools_own(at: CostsPlant):
    body = {"direct_cost_type": "expense", "status": "approved", "description": "Parking"}
    await at.ask(f"/rest/v1.1/projects/{JOB.procore_id}/direct_costs", "POST", {"direct_cost": body})

    await at.read(at.plant.tool, "direct_cost")
    await at.read(at.erp, "direct_cost")

    [row] = await at.plant.desk.rows(
        "select l.state, t.description from direct_cost t join link l on l.object_id = t.id where t.description = 'Parking'"
    )
    assert tuple(row) == ("NOT_SENT", "Parking")
    assert await at.nothing_to_carry()


async def changed_in_procore(at: CostsPlant, **values: Any) -> None:
    """By an integration that is not bound by the lock."""
    [row] = await at.in_procore()
    path = f"/rest/v1.0/projects/{JOB.procore_id}/direct_costs/sync"
    await at.ask(path, "PATCH", {"updates": [{"id": row["id"], **values}]})
    await at.read(at.plant.tool, "direct_cost")


async def test_an_edit_of_a_synced_cost_in_procore_is_kept_as_a_conflict(at: CostsPlant):
    await payable(at, "B-55", "300.00")
    await carried(at)

    await changed_in_procore(at, description="Mine now")

    desk = at.plant.desk
    [conflict] = await desk.rows(
        "select field, code, theirs from conflict where resolved_at is null and object_type = 'DirectCost'"
    )
    assert tuple(conflict) == ("description", "FIELD_LOCKED", "Mine now")
    assert await desk.value("select description from direct_cost where invoice_number = 'B-55'") is None


async def test_where_the_setting_allows_it_an_edit_stays_is_logged_and_the_next_sync_overwrites_it(
    at: CostsPlant,
):
    await payable(at, "B-55", "300.00")
    await carried(at)
    desk = at.plant.desk
    await desk.change(
        """update connection set capabilities = jsonb_set(capabilities, '{behaviour,direct_cost_editable}', 'true') where id = $1""",
        at.erp,
    )

    await changed_in_procore(at, description="Mine now")

    assert await desk.value(DISPUTED) == 0
    described = "select description from direct_cost where invoice_number = 'B-55'"
    assert await desk.value(described) == "Mine now"
    ours = "(select object_id from link where external_id is not null and object_type = 'DirectCost')"
    event = await desk.one(
        "select before ->> 'description' as before, after ->> 'description' as after from event"
        f" where object_id = {ours} order by id desc limit 1"
    )
    assert tuple(event) == (None, "Mine now")

    await carried(at)

    assert await desk.value(described) is None
    assert [row["description"] for row in await at.in_procore()] == [None]


@pytest.mark.parametrize(
    "point", [CrashPoint.EXPORT_BEFORE_INTENT, CrashPoint.EXPORT_AFTER_INTENT, CrashPoint.EXPORT_AFTER_WRITE]
)
@pytest.mark.parametrize("nth", [1, 2])
async def test_a_worker_that_dies_at_any_point_leaves_each_cost_there_once(
    at: CostsPlant, monkeypatch: pytest.MonkeyPatch, point: CrashPoint, nth: int
):
    await payable(at, "B-55", "300.00", "12.35")
    await at.read(at.erp, "direct_cost")
    passed = 0

    def dies(reached: CrashPoint) -> None:
        nonlocal passed
        passed += reached is point
        if reached is point and passed == nth:
            raise ConnectionResetError("the process is gone")

    monkeypatch.setattr(CRASH, "reached", dies)
    await at.plant.step("carry")
    assert passed == nth
    run = await at.carry()

    [row] = await at.in_procore()
    assert (run["state"], row["grand_total"], len(row["line_items"])) == ("SUCCEEDED", "312.35", 2)


async def test_of_two_that_carry_the_same_the_later_waits_for_the_earlier(at: CostsPlant):
    await payable(at, "B-55", "300.00")
    await at.read(at.erp, "direct_cost")
    desk = at.plant.desk
    late = await desk.value("select id from job where kind = 'carry'")
    # One that was asked for before, and has not ended.
    await desk.change(
        "insert into job (account_id, id, kind, lane, args, due_at, created_at) select account_id, gen_random_uuid(), kind, lane, args,"
        " hub_now() + interval '1 hour', created_at - interval '1 minute' from job where id = $1",
        late,
    )

    await at.run(late)

    assert await at.in_procore() == []
    assert await desk.value("select state from job where id = $1", late) == "QUEUED"
    await desk.change("update job set state = 'CANCELLED' where kind = 'carry' and id <> $1", late)
    await at.run(late)
    assert counted(await at.in_procore()) == Decimal("300.00")
