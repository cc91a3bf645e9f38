"""Jobs in Procore itself: a project from a template, a project that was there and is linked, and the limit of projects."""

from typing import Any

import pytest
from desk import Item, said
from plant import WORLD, Plant

from hub.core.link import LinkState
from hub.demo.office import Office

OURS = next(job for job in WORLD.jobs if not job.in_erp)
TYPES = {kind.category: kind for kind in WORLD.cost_types}
CODES = {code.code: code for code in WORLD.cost_codes}


async def procore(plant: Plant, path: str, **query: Any) -> list[dict[str, Any]]:
    people = Office(plant.procore.url)
    await people.sign_in()
    found: list[dict[str, Any]] = await people.get(path, per_page=2000, **query)
    await people.close()
    return found


async def project_of(plant: Plant, job: str) -> list[dict[str, Any]]:
    query = {"company_id": WORLD.company.procore_id, "filters[by_status]": "All"}
    rows = await procore(plant, "/rest/v1.0/projects", **query)
    return [row for row in rows if row.get("origin_id") == f"MRI:JOB:{job}"]


async def job(plant: Plant, number: str, *codes: str) -> Item:
    """A job that only the ERP knows, with codes of the company's list on it, each with its first type."""
    desk = plant.desk
    link = {"external_id": number, "external_code": number, "snapshot": {"number": number}}
    item = await desk.project(number, LinkState.READY_TO_IMPORT, origin_id=None, link=link)
    async with desk.books() as books:
        for code in codes:
            category = CODES[code].default_category
            if code not in desk.codes:
                desk.codes[code] = await books.cost_code(code, CODES[code].name)
            if category not in desk.types:
                desk.types[category] = await books.cost_type(category, TYPES[category].name)
            for table, id_, known in (
                ("cost_code", desk.codes[code], CODES[code].standard_id),
                ("cost_type", desk.types[category], TYPES[category].procore_id),
            ):
                await books.connection.execute(
                    f"update {table} set origin_id = $2 where id = $1", id_, str(known)
                )
            pair = {
                "cost_code_id": desk.codes[code],
                "cost_type_id": desk.types[category],
                "in_erp": True,
            }
            await books.row("project_cost_code", project_id=item.id, **pair)
    return item


async def templates(plant: Plant) -> dict[str, tuple[Item, list[str]]]:
    """The templates as they are imported: by name, each with its codes."""
    extra = {"system_id": f"sys_{plant.tool}", "resources": ["project_template"]}
    assert said(await plant.desk.ask("administrator", "importRecords", extra=extra)) == []
    assert (await plant.step("import"))["state"] == "DONE"
    rows = await plant.desk.rows(
        "select t.id, t.name, array(select code::text from project_template_code c where c.project_template_id = t.id order by code)"
        " as codes from project_template t"
    )
    return {row["name"]: (Item("tpl", row["id"]), row["codes"]) for row in rows}


async def test_templates_are_imported_with_their_cost_codes(plant: Plant):
    found = await templates(plant)

    assert found["Tenant fit-out"][1] == ["99-999"]
    assert len(found["Ground-up building"][1]) == 2
    assert set(found["Ground-up building"][1]) <= set(CODES)


async def test_a_project_from_a_template_has_each_code_once(plant: Plant):
    """Procore copies the template's codes into the project; the job's are taken on, not made a second time."""
    template, codes = (await templates(plant))["Ground-up building"]
    one = await job(plant, "98-001", *codes, "01-900" if "01-900" not in codes else "01-100")
    outcome = await plant.desk.ask("administrator", "addItems", one, template_id=template.name)
    assert said(outcome) == []

    work = await plant.step("provision_project")

    assert work["state"] == "DONE", work["last_error"]
    [there] = await project_of(plant, "98-001")
    assert there["project_template_id"] is not None
    found = await procore(plant, "/rest/v1.0/cost_codes", project_id=there["id"])
    assert len({code["full_code"] for code in found}) == len(found) == 3
    assert {code["origin_id"] for code in found} == {f"MRI:CODE:{code['full_code']}" for code in found}
    assert await plant.desk.run(outcome.run_id) == ("ADD", "SUCCEEDED", [("DONE", None)])


async def test_a_template_whose_codes_the_job_has_lost_meanwhile_makes_no_project(plant: Plant):
    template, codes = (await templates(plant))["Ground-up building"]
    one = await job(plant, "98-002", *codes)
    outcome = await plant.desk.ask("administrator", "addItems", one, template_id=template.name)
    await plant.desk.change("update project_cost_code set in_erp = false where project_id = $1", one.id)

    assert (await plant.step("provision_project"))["state"] == "FAILED"

    assert await project_of(plant, "98-002") == []
    assert await plant.desk.run(outcome.run_id) == (
        "ADD",
        "FAILED",
        [("FAILED", "TEMPLATE_CODES_MISSING")],
    )


async def test_a_project_that_was_there_is_linked_and_takes_on_the_jobs_codes(plant: Plant):
    """It has codes of its own already, of which two are the job's: they get the job's mark, and none is made twice."""
    before = await procore(plant, "/rest/v1.0/cost_codes", project_id=OURS.procore_id)
    one = await job(plant, "98-003", "03-100", "03-200")
    there = await plant.desk.project(OURS.code, LinkState.NOT_SENT, origin_id=str(OURS.procore_id))
    outcome = await plant.desk.ask("administrator", "linkItems", one, target_id=there.name)
    assert said(outcome) == []
    await plant.procore.fault("drop_after", method="PATCH", contains="MRI:CODE:03-100")

    assert (await plant.step("provision_project"))["state"] == "QUEUED"
    work = await plant.step("provision_project")

    assert work["state"] == "DONE", work["last_error"]
    [project] = await project_of(plant, "98-003")
    assert (project["id"], project["origin_code"]) == (OURS.procore_id, "98-003")
    after = await procore(plant, "/rest/v1.0/cost_codes", project_id=OURS.procore_id)
    assert {code["id"] for code in after} == {code["id"] for code in before}
    marked = {code["full_code"] for code in after if code["origin_id"]}
    assert marked == {"03-100", "03-200"}
    assert await plant.desk.run(outcome.run_id) == ("LINK", "SUCCEEDED", [("DONE", None)])

    parted = await plant.desk.ask("standard", "unlinkItems", there)
    assert said(parted) == []
    await plant.step("mark_origin")
    assert await project_of(plant, "98-003") == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Your company has reached its Project Limit", "PROJECT_LIMIT_REACHED"),
        ("Name is reserved", "ERP_REFUSED"),
    ],
)
async def test_a_limit_of_projects_that_procore_tells_has_its_own_code(plant: Plant, words: str, code: str):
    one = await job(plant, "98-004")
    outcome = await plant.desk.ask("administrator", "addItems", one)
    await plant.procore.fault("status", method="PATCH", status=422, body={"errors": words})

    await plant.step("provision_project")

    assert await plant.desk.run(outcome.run_id) == ("ADD", "FAILED", [("FAILED", code)])
    said_ = await plant.desk.value("select erp_message from sync_run_item where run_id = $1", outcome.run_id)
    assert words in said_
    assert await plant.desk.state(one) == "READY_TO_IMPORT"


async def test_a_cost_type_that_procore_had_before_gets_the_mark_that_lines_name_it_by(plant: Plant):
    """A contract's line says which type it is on by the type's mark alone; one of another ERP says nothing."""
    foreign = {"origin_id": "OTHER:CAT:O"}
    body = {"kind": "line_item_type", "id": TYPES["O"].procore_id, "changes": foreign}
    (await plant.procore.control.post("/__control/objects/change", json=body)).raise_for_status()
    one = await job(plant, "98-004", "01-100")
    outcome = await plant.desk.ask("administrator", "addItems", one)
    assert said(outcome) == []

    work = await plant.step("provision_project")

    assert work["state"] == "DONE", work["last_error"]
    types = await procore(plant, "/rest/v1.0/line_item_types", company_id=WORLD.company.procore_id)
    assert {row["origin_id"] for row in types if row["code"] == "O"} == {"MRI:CAT:O"}
