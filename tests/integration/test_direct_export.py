"""Direct export: commitments, change orders and invoices leave when they are sent; budgets, and what takes a decision, still wait."""

from typing import Any

import pytest
import pytest_asyncio
from budget_desk import budget, change, exported
from desk import Desk, Item, said
from paperwork import Paperwork
from plant import WORLD, Plant

from hub.core.link import LinkState


@pytest_asyncio.fixture
async def paper(desk: Desk) -> Paperwork:
    return await Paperwork.under(desk, direct_export="on")


async def made(paper: Paperwork, kind: str) -> Item:
    """Something to be sent, with all that it hangs on in the ERP."""
    if kind == "commitment":
        return await paper.desk.subcontract("SC-009")
    contract = await paper.contract()
    return await (paper.order(contract) if kind == "change order" else paper.invoice(contract))


async def mode(desk: Desk, word: str) -> None:
    await desk.change(
        "update connection set settings = settings || jsonb_build_object('direct_export', $2::text) where id = $1",
        *(desk.erp, word),
    )


@pytest.mark.parametrize("kind", ["commitment", "change order", "invoice"])
async def test_direct_export_on_what_is_sent_is_exporting_with_no_approver(paper: Paperwork, kind: str):
    desk, item = paper.desk, await made(paper, kind)

    outcome = await desk.send("manager", item)

    assert said(outcome) == []
    link = await desk.link(item)
    assert (link["state"], link["answered_by"], link["answered_at"]) == ("EXPORTING", None, None)
    assert link["sent_by"] == desk.people["manager"]
    assert (link["payload"], link["digest"]) == (
        (await desk.payload(item)).text,
        (await desk.payload(item)).digest,
    )
    assert await desk.jobs() == [("export", item.id)]
    assert await desk.run(outcome.run_id) == ("DIRECT_EXPORT", "QUEUED", [("WAITING", None)])
    assert desk.bell.rung == outcome.jobs
    assert await desk.history(item) == [("SEND", None)]


@pytest.mark.parametrize("kind", ["commitment", "change order", "invoice"])
async def test_direct_export_is_off_unless_it_is_switched_on(paper: Paperwork, kind: str):
    await paper.desk.change("update connection set settings = settings - 'direct_export'")
    item = await made(paper, kind)

    outcome = await paper.desk.send("manager", item)

    assert await paper.desk.state(item) == "READY_TO_EXPORT"
    assert (await paper.desk.run(outcome.run_id))[0] == "SEND"


async def test_a_budget_and_its_changes_still_need_an_approver(paper: Paperwork):
    desk = paper.desk
    await desk.change("update project_member set budget_level = commitments_level")
    first = await budget(desk)
    assert said(await desk.send("manager", first)) == []
    waiting = await desk.state(first)
    await desk.change("delete from link where object_id = $1", first.id)
    await desk.change("delete from budget_line")
    await desk.change("delete from budget")
    await exported(desk)
    moved = await change(desk)
    assert said(await desk.send("manager", moved)) == []

    assert (waiting, await desk.state(moved)) == ("READY_TO_EXPORT", "READY_TO_EXPORT")


async def test_direct_export_asks_for_the_same_rights_and_prerequisites(paper: Paperwork):
    desk = paper.desk
    untitled = await desk.subcontract("SC-010", title="T" * 36)

    assert said(await desk.send("approver", untitled)) == ["TITLE_TOO_LONG"]
    assert said(await desk.send("administrator", await desk.subcontract("SC-011"))) == ["FORBIDDEN"]
    assert await desk.jobs() == []


async def test_what_takes_an_entry_waits_and_the_run_says_so(paper: Paperwork):
    desk = paper.desk
    await desk.change(
        "update connection set settings = settings || '{\"use_procore_contract_number\": false}' where id = $1",
        desk.erp,
    )
    contract = await paper.contract()
    typed, free = await desk.subcontract("SC-010"), await paper.invoice(contract)

    outcome = await desk.send("manager", typed, free)

    assert [await desk.state(item) for item in (typed, free)] == ["READY_TO_EXPORT", "EXPORTING"]
    rows = await desk.rows(
        "select outcome, message from sync_run_item where run_id = $1 order by position", outcome.run_id
    )
    assert [tuple(row) for row in rows] == [
        ("DONE", "It waits for an accounting approver, who has to enter something."),
        ("WAITING", None),
    ]


async def test_of_two_that_would_get_one_number_the_second_waits(paper: Paperwork):
    desk = paper.desk
    first, second = await desk.subcontract("SC-010"), await desk.subcontract("sc-010")

    assert said(await desk.send("manager", first, second)) == []

    states = [await desk.state(item) for item in (first, second)]
    assert states == ["EXPORTING", "READY_TO_EXPORT"]


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        ("APPROVED", []),
        ("APPROVED_AS_NOTED", []),
        ("PENDING_OWNER_APPROVAL", ["STATUS_NOT_SENDABLE"]),
    ],
)
async def test_with_workflow_it_has_to_end_in_approval_before_sending(
    paper: Paperwork, status: str, codes: list[str]
):
    await mode(paper.desk, "with_workflow")
    item = await paper.invoice(await paper.contract(), status=status)

    assert said(await paper.desk.send("manager", item)) == codes
    assert await paper.desk.state(item) == ("NOT_SENT" if codes else "EXPORTING")


async def test_what_waited_before_a_workflow_was_asked_for_is_the_approvers_to_answer(paper: Paperwork):
    desk = paper.desk
    await mode(desk, "off")
    item = await paper.invoice(await paper.contract(), status="PENDING_OWNER_APPROVAL")
    assert said(await desk.send("manager", item)) == []
    await mode(desk, "with_workflow")

    assert said(await desk.accept("approver", item)) == []


async def test_what_failed_on_its_direct_way_is_the_approvers_to_answer(paper: Paperwork):
    desk = paper.desk
    item = await desk.subcontract("SC-010")
    await desk.send("manager", item)
    await desk.move(item, LinkState.FAILED)

    assert said(await desk.accept("approver", item)) == []
    assert (await desk.link(item))["answered_by"] == desk.people["approver"]


async def test_a_direct_export_reaches_the_ledger_and_switching_it_off_hands_it_back_unchanged(plant: Plant):
    desk = plant.desk
    wanted = next(one for one in WORLD.sendable if one.kind == "work_order_contract" and not one.traits)
    item = await plant.commitment(wanted)
    await mode(desk, "on")

    assert said(await desk.send("manager", item)) == []
    assert (await plant.step("export"))["state"] == "DONE"

    await plant.step("mark_origin")
    synced = dict(await desk.link(item))
    assert (synced["state"], synced["answered_by"]) == ("SYNCED", None)
    assert len(await plant.in_mri(wanted)) == 1
    await mode(desk, "off")
    assert dict(await desk.link(item)) == synced
    await plant.delete_in_mri(wanted)
    assert said(await desk.ask("approver", "unlinkItems", item)) == []
    await plant.step("unlink")
    assert await desk.state(item) == "UNLINKED"


async def test_under_one_key_a_direct_export_makes_one_job(paper: Paperwork):
    item: Any = await paper.desk.asked(await paper.desk.subcontract("SC-010"))

    first = await paper.desk.ask("manager", "sendItems", item, key="once")
    second = await paper.desk.ask("manager", "sendItems", item, key="once")

    assert first.run_id == second.run_id
    assert len(await paper.desk.jobs()) == 1
