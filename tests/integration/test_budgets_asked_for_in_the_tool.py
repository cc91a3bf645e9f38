"""A budget that is sent from the project tool goes with its changes, first as a whole and later with what is new."""

from typing import Any

import pytest
from budget_desk import TRANSFER, accept
from budget_people import MRI_BUDGETS, MRI_REVISIONS, Site
from desk import Item, said
from plant import WORLD, Plant

from hub.sandboxes.world.model import Job
from hub.sync.enqueue import enqueue

JOBS = iter([job for job in reversed(WORLD.jobs) if job.linked])


@pytest.fixture
def job() -> Job:
    """Each test takes a project of its own: both systems keep what earlier tests wrote."""
    return next(JOBS)


async def pressed(site: Site, event: str) -> Any:
    """Somebody presses the button in Procore; its request is read, read up on and answered."""
    plant, desk = site.plant, site.plant.desk
    body = {"event": event, "item_type": "budget", "item_id": site.job.procore_id, "user": "project_manager"}
    answer = await plant.procore.control.post("/__control/erp/press", json=body)
    assert answer.status_code == 201, answer.text
    detail = answer.json()
    detail = detail[0] if isinstance(detail, list) else detail
    args = {"connection_id": plant.tool, "request": str(detail["erp_request_id"])}
    async with desk.pool.transaction(desk.account) as connection:
        await enqueue(connection, desk.account, "take_request", args=args)
    await plant.step("take_request")
    await plant.step("answer_request")
    await plant.step("import")
    await plant.step("answer_request")
    return detail


async def answered(site: Site, item: Item, **entries: str) -> None:
    assert said(await accept(site.plant.desk, item, **entries)) == []
    job = await site.plant.step("export")
    assert job["state"] == "DONE", dict(job)
    await site.plant.step("mark_origin")
    await site.plant.step("tell_request")


async def the(site: Site, tag: str, table: str, **where: str) -> Item:
    clause = " and ".join(f"{name} = ${place}" for place, name in enumerate(where, 2))
    more = f" and {clause}" if clause else ""
    found = await site.plant.desk.value(
        f"select id from {table} where project_id = $1{more}", await site.project(), *where.values()
    )
    return Item(tag, found)


def two(site: Site) -> tuple[str, str]:
    codes = [code for code in WORLD.cost_codes if code.code in site.job.chart]
    first, second = codes[0], codes[1]
    return f"{first.code}.{first.categories[0]}", f"{second.code}.{second.categories[0]}"


async def test_one_send_carries_the_budget_and_its_approved_changes(plant: Plant, job: Job):
    site = await Site.open(plant, job)
    first, second = two(site)
    await site.line(first, "40000.00")
    await site.line(second, "10000.00")
    await site.change((second, "4500.00"), (first, "-4500.00"), title="Approved")
    await site.change((second, "1.00"), status="draft", title="Draft")
    await site.lock()

    detail = await pressed(site, "create_budget")

    budget = await the(site, "bud", "budget")
    moved = await the(site, "bch", "budget_change", title="Approved")
    drafted = await the(site, "bch", "budget_change", title="Draft")
    states = [await plant.desk.state(item) for item in (budget, moved, drafted)]
    assert states == ["READY_TO_EXPORT", "READY_TO_EXPORT", "NOT_SENT"]
    assert (await plant.detail(detail["id"]))["status"] == "in_progress"

    await answered(site, budget)
    assert (await plant.detail(detail["id"]))["status"] == "success"
    code, _, kind = first.rpartition(".")
    held = await site.ledger(MRI_BUDGETS, "CostCode", "Category", "OriginalBudget")
    assert (code, kind, "40000.00") in held


async def test_an_update_sends_the_changes_that_were_approved_since_though_the_budget_is_the_same(
    plant: Plant, job: Job
):
    site = await Site.open(plant, job)
    first, second = two(site)
    await site.line(first, "40000.00")
    await site.line(second, "10000.00")
    await site.lock()
    await pressed(site, "create_budget")
    budget = await the(site, "bud", "budget")
    await answered(site, budget)
    await site.change((second, "4500.00"), (first, "-4500.00"), title="Since")

    detail = await pressed(site, "update_budget")

    moved = await the(site, "bch", "budget_change", title="Since")
    assert [await plant.desk.state(item) for item in (budget, moved)] == ["SYNCED", "READY_TO_EXPORT"]
    assert (await plant.detail(detail["id"]))["status"] == "in_progress"
    await answered(site, moved, revision_date="2026-05-04", **TRANSFER)
    assert (await plant.detail(detail["id"]))["status"] == "success"
    values = [row[0] for row in await site.ledger(MRI_REVISIONS, "Value")]
    assert values == ["-4500.00", "4500.00"]


async def test_an_update_with_nothing_new_ends_with_words(plant: Plant, job: Job):
    site = await Site.open(plant, job)
    first, _ = two(site)
    await site.line(first, "40000.00")
    await site.lock()
    await pressed(site, "create_budget")
    await answered(site, await the(site, "bud", "budget"))

    detail = await pressed(site, "update_budget")
    await plant.step("tell_request")

    told = await plant.detail(detail["id"])
    assert told["status"] == "failed"
    assert told["messages"] == ["Nothing has changed in the budget since it was exported."]


async def test_a_budget_that_may_not_be_sent_takes_no_change_along(plant: Plant, job: Job):
    site = await Site.open(plant, job)
    first, second = two(site)
    await site.line(first, "40000.00")
    await site.change((second, "4500.00"), (first, "-4500.00"), title="Approved")

    await pressed(site, "create_budget")

    budget, moved = await the(site, "bud", "budget"), await the(site, "bch", "budget_change")
    assert [await plant.desk.state(item) for item in (budget, moved)] == ["NOT_SENT", "NOT_SENT"]
