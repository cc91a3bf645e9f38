"""What the ERP alone knows is made in Procore: a vendor, a job with its codes; once, however often it is asked for."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from desk import Item, said
from plant import WORLD, Plant

from hub.core.link import LinkState
from hub.demo.office import Office
from hub.sandboxes.world import Vendor

JOB = next(job for job in WORLD.jobs if job.procore_id is None)
LINKED = next(job for job in WORLD.jobs if job.linked and job.code == "24-101")
VENDORS: Iterator[Vendor] = iter(
    [one for one in WORLD.vendors if one.in_erp and one.procore_id is None and one.erp_active]
)


@pytest.fixture
def wanted() -> Vendor:
    return next(VENDORS)


async def procore(plant: Plant, path: str, **query: Any) -> list[dict[str, Any]]:
    people = Office(plant.procore.url)
    await people.sign_in()
    found: list[dict[str, Any]] = await people.get(path, per_page=2000, **query)
    await people.close()
    return found


async def vendors(plant: Plant, wanted: Vendor) -> list[dict[str, Any]]:
    company = WORLD.company.procore_id
    rows = await procore(plant, "/rest/v1.0/vendors", company_id=company)
    return [row for row in rows if row.get("origin_id") == f"MRI:VEND:{wanted.code}"]


async def company(plant: Plant, wanted: Vendor) -> Item:
    link = {"external_id": wanted.code, "external_code": wanted.code}
    place = {
        "address": wanted.address,
        "city": wanted.city,
        "state_code": wanted.state,
        "postal_code": wanted.zip,
    }
    return await plant.desk.company(
        wanted.name, LinkState.READY_TO_IMPORT, origin_id=None, link=link, **place
    )


async def test_a_vendor_becomes_a_company_of_the_directory_and_the_two_are_one(plant: Plant, wanted: Vendor):
    item = await company(plant, wanted)
    outcome = await plant.desk.ask("standard", "addItems", item)

    job = await plant.step("provision_company")

    [there] = await vendors(plant, wanted)
    link = await plant.desk.link(item)
    assert (job["state"], link["state"], link["external_id"]) == ("DONE", "LINKED", wanted.code)
    assert await plant.desk.value("select origin_id from company where id = $1", item.id) == str(there["id"])
    assert (there["name"], there["city"], there["zip"], there["origin_code"]) == (
        wanted.name, wanted.city, wanted.zip, wanted.code,
    )  # fmt: skip
    assert await plant.desk.run(outcome.run_id) == ("ADD", "SUCCEEDED", [("DONE", None)])
    assert [action for action, _ in await plant.desk.history(item)] == ["ADD"]
    assert await plant.desk.version(item) == 2


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "truncate"])
async def test_a_lost_answer_makes_no_second_company(plant: Plant, wanted: Vendor, fault: str):
    item = await company(plant, wanted)
    await plant.desk.ask("standard", "addItems", item)
    await plant.procore.fault(fault, method="PATCH")

    assert (await plant.step("provision_company"))["state"] == "QUEUED"
    assert await plant.desk.state(item) == "READY_TO_IMPORT"
    assert (await plant.step("provision_company"))["state"] == "DONE"

    assert len(await vendors(plant, wanted)) == 1
    assert await plant.desk.state(item) == "LINKED"


async def test_asked_twice_it_makes_one_company_and_both_runs_succeed(plant: Plant, wanted: Vendor):
    item = await company(plant, wanted)
    runs = [(await plant.desk.ask("standard", "addItems", item, version=1)).run_id for _ in range(2)]

    await plant.step("provision_company")
    await plant.step("provision_company")

    assert len(await vendors(plant, wanted)) == 1
    assert [await plant.desk.run(run) for run in runs] == [("ADD", "SUCCEEDED", [("DONE", None)])] * 2
    assert [action for action, _ in await plant.desk.history(item)] == ["ADD"]


async def test_what_procore_refuses_is_told_in_its_words(plant: Plant, wanted: Vendor):
    item = await company(plant, wanted)
    outcome = await plant.desk.ask("standard", "addItems", item)
    await plant.procore.fault("status", method="PATCH", status=422, body={"errors": "Name is reserved"})

    job = await plant.step("provision_company")

    assert job["state"] == "FAILED"
    assert await plant.desk.state(item) == "READY_TO_IMPORT"
    assert (await plant.desk.run(outcome.run_id))[:2] == ("ADD", "FAILED")
    words = await plant.desk.value("select erp_message from sync_run_item where run_id = $1", outcome.run_id)
    assert "Name is reserved" in words


async def test_a_vendor_on_its_way_into_procore_is_not_linked_until_its_run_has_ended(
    plant: Plant, wanted: Vendor
):
    """Its company may have been made there already, though the answer is still to come."""
    item = await company(plant, wanted)
    other = await plant.desk.company("Ours", LinkState.NOT_SENT)
    await plant.desk.ask("standard", "addItems", item)
    await plant.procore.fault("drop_after", method="PATCH")
    await plant.step("provision_company")
    before = await plant.desk.trace()

    outcome = await plant.desk.ask("administrator", "linkItems", item, target_id=other.name)

    assert said(outcome) == ["WRONG_STATE"]
    assert await plant.desk.trace() == before
    await plant.step("provision_company")
    assert len(await vendors(plant, wanted)) == 1
    assert await plant.desk.state(item) == "LINKED"


async def test_a_record_that_is_gone_when_its_turn_comes_is_not_made(plant: Plant, wanted: Vendor):
    item = await company(plant, wanted)
    outcome = await plant.desk.ask("standard", "addItems", item)
    await plant.desk.change("delete from link where object_id = $1", item.id)
    await plant.desk.change("delete from company where id = $1", item.id)

    await plant.step("provision_company")

    assert await vendors(plant, wanted) == []
    assert await plant.desk.run(outcome.run_id) == ("ADD", "FAILED", [("FAILED", "NOT_FOUND")])


async def test_without_a_project_tool_nothing_can_be_added(plant: Plant, wanted: Vendor):
    item = await company(plant, wanted)
    outcome = await plant.desk.ask("standard", "addItems", item)
    await plant.desk.change("delete from connection where id = $1", plant.tool)

    await plant.step("provision_company")

    assert await plant.desk.run(outcome.run_id) == ("ADD", "FAILED", [("FAILED", "CAPABILITY_NOT_SUPPORTED")])


# --- a job and its codes ----------------------------------------------------------------------------------------------


async def job(plant: Plant, codes: int = 3) -> Item:
    """The job that only the ERP knows, with some of its codes."""
    desk, link = plant.desk, {"external_id": JOB.code, "external_code": JOB.code}
    item = await desk.project(
        JOB.code,
        LinkState.READY_TO_IMPORT,
        origin_id=None,
        name=JOB.name,
        link=link,
        start_date=JOB.start,
        city=JOB.city,
    )
    known = {code.code: code for code in WORLD.cost_codes}
    types = {kind.category: kind for kind in WORLD.cost_types}
    async with desk.books() as books:
        for code in [known[name] for name in JOB.chart[:codes]]:
            standard = await books.cost_code(code.code, code.name)
            await books.connection.execute(
                "update cost_code set origin_id = $2 where id = $1", standard, str(code.standard_id)
            )
            for category in code.categories:
                if category not in desk.types:
                    desk.types[category] = await books.cost_type(category, types[category].name)
                await books.connection.execute(
                    "update cost_type set origin_id = $2 where id = $1",
                    *(desk.types[category], str(types[category].procore_id)),
                )
                pair = {"cost_code_id": standard, "cost_type_id": desk.types[category], "in_erp": True}
                await books.row("project_cost_code", project_id=item.id, **pair)
    return item


async def projects(plant: Plant) -> list[dict[str, Any]]:
    rows = await procore(
        plant, "/rest/v1.0/projects", company_id=WORLD.company.procore_id, **{"filters[by_status]": "All"}
    )
    return [row for row in rows if row.get("origin_id") == f"MRI:JOB:{JOB.code}"]


async def test_a_job_becomes_a_project_with_its_codes_once_however_often_it_is_asked_for(plant: Plant):
    item = await job(plant)
    runs = [(await plant.desk.ask("administrator", "addItems", item, version=1)).run_id for _ in range(2)]
    await plant.procore.fault("drop_after", method="PATCH", contains=JOB.code)

    assert (await plant.step("provision_project"))["state"] == "QUEUED"
    assert await plant.desk.state(item) == "READY_TO_IMPORT"
    await plant.step("provision_project")
    await plant.step("provision_project")

    [there] = await projects(plant)
    assert (there["name"], there["project_number"]) == (JOB.name, JOB.code)
    assert await plant.desk.state(item) == "LINKED"
    assert await plant.desk.value("select origin_id from project where id = $1", item.id) == str(there["id"])
    assert [await plant.desk.run(run) for run in runs] == [("ADD", "SUCCEEDED", [("DONE", None)])] * 2
    codes = await procore(plant, "/rest/v1.0/cost_codes", project_id=there["id"])
    assert sorted(code["origin_id"] for code in codes) == sorted(f"MRI:CODE:{code}" for code in JOB.chart[:3])
    ours = await plant.desk.rows(
        "select distinct origin_id from project_cost_code where project_id = $1", item.id
    )
    assert {row["origin_id"] for row in ours} == {str(code["id"]) for code in codes}


# --- a refresh --------------------------------------------------------------------------------------------------------


async def linked_project(plant: Plant) -> Item:
    desk, link = (
        plant.desk,
        {"external_id": LINKED.code, "external_code": LINKED.code, "snapshot": {"number": LINKED.code}},
    )
    item = await desk.project(LINKED.code, LinkState.LINKED, origin_id=str(LINKED.procore_id), link=link)
    await desk.change(
        "insert into project_member (account_id, member_id, project_id, admin_level) values ($1, $2, $3, 3)",
        *(desk.account, desk.people["project administrator"], item.id),
    )
    for code in WORLD.cost_codes:
        await desk.change(
            "update cost_code set origin_id = $2 where code = $1", code.code, str(code.standard_id)
        )
    for kind in WORLD.cost_types:
        await desk.change(
            "update cost_type set origin_id = $2 where code = $1", kind.category, str(kind.procore_id)
        )
    return item


async def test_a_refresh_reads_the_jobs_codes_from_the_erp_and_carries_them_over(plant: Plant):
    item = await linked_project(plant)
    before = await procore(plant, "/rest/v1.0/cost_codes", project_id=LINKED.procore_id)
    outcome = await plant.desk.ask("project administrator", "refreshItems", item)

    work = await plant.step("provision_project")

    words = await plant.desk.value("select erp_message from sync_run_item where run_id = $1", outcome.run_id)
    assert work["state"] == "DONE", words
    chart = set(LINKED.chart)
    ours = await plant.desk.rows(
        "select distinct c.code from project_cost_code p join cost_code c on c.id = p.cost_code_id"
        " where p.project_id = $1 and p.in_erp", item.id,
    )  # fmt: skip
    assert {row["code"] for row in ours} == chart
    after = await procore(plant, "/rest/v1.0/cost_codes", project_id=LINKED.procore_id)
    assert {code["id"] for code in before} <= {code["id"] for code in after}, "a refresh takes none away"
    assert {f"MRI:CODE:{code}" for code in chart} <= {code["origin_id"] for code in after}
    assert await plant.desk.run(outcome.run_id) == ("REFRESH", "SUCCEEDED", [("DONE", None)])
    assert await plant.desk.state(item) == "LINKED"
    read = await plant.desk.value("select records_read from sync_run where id = $1", outcome.run_id)
    assert read >= len(chart)


async def test_a_refresh_waits_for_an_erp_that_is_away(plant: Plant):
    item = await linked_project(plant)
    outcome = await plant.desk.ask("administrator", "refreshItems", item)
    await plant.mri.fault("status", method="GET", status=503)

    assert (await plant.step("provision_project"))["state"] == "QUEUED"
    assert (await plant.desk.run(outcome.run_id))[1] == "RUNNING"
    assert (await plant.step("provision_project"))["state"] == "DONE"
    assert await plant.desk.run(outcome.run_id) == ("REFRESH", "SUCCEEDED", [("DONE", None)])


# --- what a link and its end mean for Procore -------------------------------------------------------------------------


async def test_procore_learns_of_a_link_and_of_its_end(plant: Plant):
    ours = next(
        one
        for one in WORLD.vendors
        if one.in_erp and one.procore_id and not one.linked and one.procore_active
    )
    desk, link = (
        plant.desk,
        {"external_id": ours.code, "external_code": ours.code, "snapshot": {"name": ours.name}},
    )
    vendor = await desk.company(ours.name, LinkState.READY_TO_IMPORT, origin_id=None, link=link)
    known = await desk.company(ours.procore_name, LinkState.NOT_SENT, origin_id=str(ours.procore_id))

    linked = await desk.ask("administrator", "linkItems", vendor, target_id=known.name)
    await plant.step("mark_origin")
    [there] = await vendors(plant, ours)
    assert (there["id"], there["origin_code"]) == (ours.procore_id, ours.code)
    assert await desk.run(linked.run_id) == ("LINK", "SUCCEEDED", [("DONE", None)])

    parted = await desk.ask("standard", "unlinkItems", known)
    await plant.step("mark_origin")
    assert await vendors(plant, ours) == []
    assert await desk.run(parted.run_id) == ("UNLINK", "SUCCEEDED", [("DONE", None)])


async def test_a_mark_that_comes_late_says_what_is_true_by_then(plant: Plant):
    ours = [
        one
        for one in WORLD.vendors
        if one.in_erp and one.procore_id and not one.linked and one.procore_active
    ][1]
    desk, link = (
        plant.desk,
        {"external_id": ours.code, "external_code": ours.code, "snapshot": {"name": ours.name}},
    )
    vendor = await desk.company(ours.name, LinkState.READY_TO_IMPORT, origin_id=None, link=link)
    known = await desk.company(ours.procore_name, LinkState.NOT_SENT, origin_id=str(ours.procore_id))
    await desk.ask("administrator", "linkItems", vendor, target_id=known.name)
    await desk.ask("standard", "unlinkItems", known)

    await plant.step("mark_origin")
    assert await vendors(plant, ours) == []
    await plant.step("mark_origin")
    assert await vendors(plant, ours) == []
    assert json.loads(await desk.value("select count(*)::text from job where state = 'DONE'")) == 2
