"""A budget from the project tool into MRI and back: both sandboxes on real ports, whole first, then as revisions."""

import pytest
from budget_desk import TRANSFER, accept
from budget_people import MRI_BUDGETS, MRI_REVISIONS, Site
from desk import Item, said
from plant import WORLD, Plant

from hub.sandboxes.world.model import Job

JOBS = iter([job for job in WORLD.jobs if job.linked])


@pytest.fixture
def job() -> Job:
    """Each test takes a project of its own: both systems keep what earlier tests wrote."""
    return next(JOBS)


def two(site: Site) -> tuple[str, str]:
    """Two codes of the job with their default types, and without the ledger's own budget."""
    codes = [code for code in WORLD.cost_codes if code.code in site.job.chart]
    first, second = codes[0], codes[1]
    return f"{first.code}.{first.categories[0]}", f"{second.code}.{second.categories[0]}"


async def exported(site: Site, item: Item, **entries: object) -> None:
    desk = site.plant.desk
    assert said(await desk.send("manager", item)) == []
    assert said(await accept(desk, item, **entries)) == []
    job = await site.plant.step("export")
    assert job["state"] == "DONE", dict(job)
    await site.plant.step("mark_origin")


async def test_a_budget_goes_out_whole_and_its_lines_are_marked(plant: Plant, job: Job):
    site = await Site.open(plant, job)
    first, second = two(site)
    await site.line(first, "40000.00")
    await site.line(second, "0.00")
    assert said(await plant.desk.send("manager", await site.budgets())) == ["BUDGET_NOT_LOCKED"]
    await site.lock()

    item = await site.budgets()
    await exported(site, item)

    (code, _, kind), (other, _, type_) = first.rpartition("."), second.rpartition(".")
    fields = "JobCode", "CostCode", "Category", "OriginalBudget"
    assert set(await site.ledger(MRI_BUDGETS, *fields)) >= {
        (job.code, code, kind, "40000.00"),
        (job.code, other, type_, "0.00"),
    }
    link = await plant.desk.link(item)
    assert (link["state"], link["external_id"]) == ("SYNCED", job.code)
    made = await plant.desk.rows("select origin_id from budget_line where budget_id = $1", item.id)
    marks = [
        (await site.get(f"/rest/v1.1/budget_line_items/{row['origin_id']}", project_id=job.procore_id))[
            "origin_id"
        ]
        for row in made
    ]
    assert sorted(marks) == sorted(
        [f"MRI:BUDG:{job.code}:{code}:{kind}", f"MRI:BUDG:{job.code}:{other}:{type_}"]
    )


async def test_a_change_of_the_tool_becomes_a_revision_of_the_ledger(plant: Plant, job: Job):
    site = await Site.open(plant, job)
    first, second = two(site)
    await site.line(first, "40000.00")
    await site.line(second, "10000.00")
    await site.lock()
    item = await site.budgets()
    await exported(site, item)
    await site.change((second, "4500.00"), (first, "-4500.00"))
    await site.change((second, "1.00"), status="draft", title="Not yet")

    await site.budgets()
    rows = await plant.desk.rows(
        "select id, title from budget_change where project_id = $1 order by title", await site.project()
    )
    assert [row["title"] for row in rows] == ["Move money", "Not yet"]
    moved = Item("bch", rows[0]["id"])
    assert said(await plant.desk.send("manager", Item("bch", rows[1]["id"]))) == ["STATUS_NOT_SENDABLE"]
    await exported(site, moved, revision_date="2026-05-04", **TRANSFER)

    (code, _, kind), (other, _, type_) = first.rpartition("."), second.rpartition(".")
    fields = (
        "RevisionNumber",
        "RevisionDate",
        "RevisionType",
        "RevisionStatus",
        "Description",
        "CostCode",
        "Category",
        "Value",
    )
    head = "1", "2026-05-04T00:00:00", "Budget Transfer", "Approved", "Move money"
    assert await site.ledger(MRI_REVISIONS, *fields) == sorted(
        [(*head, code, kind, "-4500.00"), (*head, other, type_, "4500.00")]
    )
    assert (await plant.desk.link(moved))["external_id"] == f"{job.code}/1"
    held = dict(zip((code, other), ("35500.00", "14500.00"), strict=True))
    now = {row[0]: row[1] for row in await site.ledger(MRI_BUDGETS, "CostCode", "CurrentBudget")}
    assert {name: now[name] for name in held} == held


async def test_what_changed_in_the_budget_itself_follows_as_a_revision_and_it_is_unlinked_when_all_is_gone(
    plant: Plant, job: Job
):
    site = await Site.open(plant, job)
    first, second = two(site)
    await site.line(first, "100.00")
    await site.lock()
    item = await site.budgets()
    await exported(site, item)
    await plant.procore.control.post("/__control/settings", json={"unlocks_synced_budgets": True})
    await site.lock(locked=False)
    await site.line(second, "25.50")
    await site.lock()

    await site.budgets()
    await exported(site, item, revision_type="Scope Change", revision_date="2026-05-04")

    other, _, type_ = second.rpartition(".")
    assert await site.ledger(MRI_REVISIONS, "RevisionNumber", "CostCode", "Category", "Value") == [
        ("1", other, type_, "25.50")
    ]
    assert (await plant.desk.link(item))["external_id"] == job.code
    assert said(await plant.desk.ask("approver", "unlinkItems", item)) == []
    await plant.step("unlink")
    words = await plant.desk.value("select message from sync_run_item where code = 'STILL_IN_ERP'")
    assert words == (
        f"The budget revision 1 is still in the ERP. The original budget {job.code} is still in the ERP."
        " Delete there what is named, then unlink again."
    )
    assert await plant.desk.state(item) == "SYNCED"
