"""Sub jobs cross both ways between Procore and an ERP that divides jobs; each is one record however it was first known."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from desk import Desk, Item, said
from ledger import Ledger, job
from plant import System

from hub.core.link import LinkState
from hub.sandboxes import procore, reference
from hub.sandboxes.kit import serving

HERE, NEW_JOB = job("24-101"), job("26-305")


@pytest.fixture
def servers() -> Iterator[tuple[str, str]]:
    with serving(reference.create_app()) as ledger, serving(procore.create_app()) as tool:
        yield ledger, tool


@pytest_asyncio.fixture
async def plant(desk: Desk, servers: tuple[str, str]) -> AsyncIterator[Ledger]:
    ledger, tool = (System(url) for url in servers)
    yield await Ledger.begin(desk, ledger, tool)
    await ledger.control.aclose()
    await tool.control.aclose()


async def in_procore(plant: Ledger, project: int | None) -> list[tuple[str, str, str | None]]:
    rows = await plant.in_tool("/rest/v1.0/sub_jobs", project_id=project)
    return sorted((row["code"], row["name"], row["origin_id"]) for row in rows)


async def of_procore(plant: Ledger) -> Item:
    """Sub job A of a project that has its job in the ERP, read from Procore."""
    await plant.exported(await plant.project(NEW_JOB, LinkState.NOT_SENT))
    await plant.read("sub_job")
    return await plant.item("sub", code="A")


async def of_the_erp(plant: Ledger) -> Item:
    """Sub job A, which the ERP has for the job and Procore has not for its project."""
    await plant.project(HERE)
    await plant.read("sub_job", erp=True)
    return await plant.item("sub", code="A")


# --- into the ERP -----------------------------------------------------------------------------------------------------


async def test_a_sub_job_of_procore_is_made_in_the_erp_and_marked(plant: Ledger):
    item = await of_procore(plant)
    assert await plant.desk.state(item) == "NOT_SENT"

    link = await plant.exported(item)

    assert (link["state"], link["external_id"]) == ("LINKED", "26-305/A")
    assert [(row["code"], row["name"]) for row in await plant.kept("sub-jobs", job="26-305")] == [
        ("A", "North Wing")
    ]
    assert ("A", "North Wing", "MRI:SUBJ:26-305:A") in await in_procore(plant, NEW_JOB.procore_id)


async def test_a_sub_job_that_was_exported_is_one_after_imports_of_both_sides(plant: Ledger):
    item = await of_procore(plant)
    await plant.exported(item)

    await plant.read("sub_job", erp=True)
    await plant.read("sub_job")

    rows = await plant.desk.rows("select id from sub_job where code = 'A'")
    assert [row["id"] for row in rows] == [item.id]
    assert await plant.desk.state(item) == "LINKED"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("sub_job set code = repeat('a', 31)", "ID_TOO_LONG"),
        ("project set name = name", None),
        (
            "link set state = 'NOT_SENT', external_id = null where object_type = 'Project'",
            "PROJECT_NOT_LINKED",
        ),
        ("sub_job set origin_deleted_at = hub_now()", "DELETED_AT_ORIGIN"),
    ],
)
async def test_each_prerequisite_of_a_sub_job_stands_alone(plant: Ledger, change: str, code: str | None):
    item = await of_procore(plant)
    await plant.desk.change(f"update {change}")

    assert said(await plant.desk.send("boss", item)) == ([code] if code else [])


async def test_a_sub_job_waits_for_the_cost_codes_of_its_project(plant: Ledger):
    item = await of_procore(plant)
    await plant.desk.change("delete from project_cost_code")

    assert said(await plant.desk.send("boss", item)) == ["COST_CODES_MISSING"]


async def test_sub_jobs_stay_in_procore_where_the_erp_divides_no_jobs(plant: Ledger):
    """Sub jobs cannot be switched on for a project whose ERP has none."""
    item = await of_procore(plant)
    await plant.flag("supports_sub_jobs", False)

    outcome = await plant.desk.send("boss", item)

    assert said(outcome) == ["CAPABILITY_NOT_SUPPORTED"]
    assert outcome.items[0].errors[0].field == "subJobs"


async def test_sub_jobs_are_sent_by_the_projects_administrators(plant: Ledger):
    item = await of_procore(plant)
    project = await plant.desk.value("select project_id from sub_job where id = $1", item.id)
    for who, level in (("standard", 2), ("project administrator", 3)):
        await plant.desk.change(
            "insert into project_member (account_id, member_id, project_id, admin_level) values ($1, $2, $3, $4)",
            *(plant.desk.account, plant.desk.people[who], project, level),
        )

    assert said(await plant.desk.send("standard", item)) == ["FORBIDDEN"]
    assert said(await plant.desk.send("project administrator", item)) == []


# --- into Procore -----------------------------------------------------------------------------------------------------


async def test_a_sub_job_of_the_erp_is_ready_to_import_and_made_in_procore_when_somebody_adds_it(
    plant: Ledger,
):
    item = await of_the_erp(plant)
    assert await plant.desk.state(item) == "READY_TO_IMPORT"

    outcome = await plant.desk.ask("boss", "addItems", item)
    work = await plant.step("provision_sub_job")

    assert (said(outcome), work["state"]) == ([], "DONE")
    assert await plant.desk.state(item) == "LINKED"
    assert await in_procore(plant, HERE.procore_id) == [("A", "Phase A", "MRI:SUBJ:24-101:A")]
    assert await plant.desk.run(outcome.run_id) == ("ADD", "SUCCEEDED", [("DONE", None)])


async def test_a_sub_job_that_was_added_is_one_after_an_import_of_procore(plant: Ledger):
    item = await of_the_erp(plant)
    await plant.desk.ask("boss", "addItems", item)
    await plant.step("provision_sub_job")

    await plant.read("sub_job")

    rows = await plant.desk.rows("select id from sub_job where code = 'A'")
    assert [row["id"] for row in rows] == [item.id]


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
async def test_a_lost_answer_makes_no_second_sub_job(plant: Ledger, fault: str):
    item = await of_the_erp(plant)
    await plant.desk.ask("boss", "addItems", item)
    await plant.procore.fault(fault, method="PATCH")

    assert (await plant.step("provision_sub_job"))["state"] == "QUEUED"
    assert (await plant.step("provision_sub_job"))["state"] == "DONE"

    assert len(await in_procore(plant, HERE.procore_id)) == 1
    assert await plant.desk.state(item) == "LINKED"


async def test_a_sub_job_that_procore_has_under_the_same_code_takes_on_the_erps_id(plant: Ledger):
    item = await of_the_erp(plant)
    there = {"project_id": HERE.procore_id, "updates": [{"code": "A", "name": "Wing"}]}
    await plant.say_in_tool("PATCH", "/rest/v1.0/sub_jobs/sync", there, project_id=HERE.procore_id)
    await plant.read("sub_job")
    assert await plant.desk.value("select count(*) from sub_job where code = 'A'") == 2

    await plant.desk.ask("boss", "addItems", item)
    await plant.step("provision_sub_job")

    assert await in_procore(plant, HERE.procore_id) == [("A", "Phase A", "MRI:SUBJ:24-101:A")]
    rows = await plant.desk.rows("select id from sub_job where code = 'A'")
    assert [row["id"] for row in rows] == [item.id]


@pytest.mark.parametrize(
    ("who", "verdict"),
    [
        ("reader", ["NOT_FOUND"]),
        ("standard", ["NOT_FOUND"]),
        ("administrator", ["NOT_FOUND"]),
        ("directory administrator", []),
    ],
)
async def test_a_sub_job_is_seen_and_added_by_who_may_make_projects(
    plant: Ledger, who: str, verdict: list[str]
):
    """Who is on the project sees it too; the company's list is for Standard on ERP Integrations with the right to make projects."""
    item = await of_the_erp(plant)

    assert said(await plant.desk.ask(who, "addItems", item)) == verdict


async def test_who_is_on_the_project_alone_sees_a_sub_job_and_may_not_add_it(plant: Ledger):
    item = await of_the_erp(plant)
    project = await plant.desk.value("select project_id from sub_job where id = $1", item.id)
    await plant.desk.change(
        "insert into project_member (account_id, member_id, project_id, admin_level) values ($1, $2, $3, 3)",
        *(plant.desk.account, plant.desk.people["project administrator"], project),
    )

    assert said(await plant.desk.ask("project administrator", "addItems", item)) == ["FORBIDDEN"]


async def test_a_right_to_make_projects_is_as_good_as_admin_on_the_directory(plant: Ledger):
    item = await of_the_erp(plant)
    await plant.desk.change(
        "update member set granular = array['create_new_project'] where id = $1",
        plant.desk.people["standard"],
    )

    assert said(await plant.desk.ask("standard", "addItems", item)) == []
