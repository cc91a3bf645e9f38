"""What an import of jobs, codes, templates and vendors does with what the ERP says of them: states, types, what is put aside."""

from uuid import UUID

import pytest_asyncio
from imports_bench import Bench, record

from db.session import WritePool
from hub.codes import ErrorCode
from hub.erp.connector import Incoming, Problem
from hub.settings import Settings


@pytest_asyncio.fixture
async def bench(hub_settings: Settings, app_pool: WritePool, account: UUID) -> Bench:
    return await Bench.open(hub_settings, app_pool, account)


def job(number: str, **values) -> Incoming:
    return record("project", number, external_code=number, number=number, name=f"Job {number}", **values)


def unknown(status: str) -> Problem:
    return Problem("is_active", status, "is not a known status of a job", ErrorCode.UNKNOWN_JOB_STATUS)


def code(number: str, *types: str, active: bool = True) -> Incoming:
    return record(
        "project_cost_code",
        f"J1/{number}",
        code=number,
        is_active=active,
        refs={"cost_code": number, "project": "J1"},
        lines=tuple(record("cost_type", f"J1/{number}/{k}", code=k, refs={"cost_type": k}) for k in types),
    )


@pytest_asyncio.fixture
async def coded(bench: Bench) -> Bench:
    """Job J1, the company's codes and types."""
    bench.erp.put("project", job("J1", is_active=True))
    bench.erp.put("cost_code", *(record("cost_code", c, code=c, name=c) for c in ("03-100", "05-100")))
    bench.erp.put("cost_type", *(record("cost_type", c, code=c, name=c) for c in ("L", "M")))
    await bench.from_erp("cost_type", "cost_code", "project")
    return bench


async def pairs(bench: Bench) -> list[tuple]:
    rows = await bench.rows(
        "select c.code, y.code as kind from project_cost_code p join cost_code c on c.id = p.cost_code_id"
        " join cost_type y on y.id = p.cost_type_id where p.in_erp order by 1, 2"
    )
    return [tuple(row) for row in rows]


async def untyped(bench: Bench) -> list[str]:
    return await bench.value("select codes_without_type from project")


async def default(bench: Bench, number: str, kind: str) -> None:
    await bench.change(
        "insert into default_cost_type (account_id, id, cost_code_id, cost_type_id)"
        " select c.account_id, gen_random_uuid(), c.id, y.id from cost_code c, cost_type y where c.code = $1 and y.code = $2",
        *(number, kind),
    )


# --- a job's status ---------------------------------------------------------------------------------------------------


async def test_an_unknown_status_leaves_active_as_it_was_and_warns(bench: Bench):
    bench.erp.put("project", job("J1", is_active=False, status="Closed"))
    await bench.from_erp("project")
    bench.erp.put("project", job("J1", status="Frozen", problems=(unknown("Frozen"),)))

    run = await bench.from_erp("project")

    row = await bench.one("select status, is_active from project")
    assert tuple(row) == ("Frozen", False)
    assert (run["records_read"], run["records_updated"], run["issues_count"]) == (1, 1, 1)
    issue = await bench.one("select external_id, code, field, value from sync_issue")
    assert tuple(issue) == ("J1", "UNKNOWN_JOB_STATUS", "is_active", "Frozen")


async def test_a_new_job_of_unknown_status_is_taken_in_as_active(bench: Bench):
    bench.erp.put(
        "project", job("J1", status="Frozen", problems=(unknown("Frozen"),)), job("J2", is_active=False)
    )

    await bench.from_erp("project")

    rows = await bench.rows("select number, is_active from project order by number")
    assert [tuple(row) for row in rows] == [("J1", True), ("J2", False)]


async def test_a_job_with_another_problem_stays_out_though_it_also_warns(bench: Bench):
    phases = Problem("phase", "['1', '2']", "names several phases; a project has one")
    bench.erp.put("project", job("J1", problems=(unknown("Frozen"), phases)))

    run = await bench.from_erp("project")

    assert await bench.rows("select 1 from project") == []
    assert run["issues_count"] == 2


# --- K5, K6, K7: codes of a job ---------------------------------------------------------------------------------------


async def test_a_code_without_a_type_is_told_on_the_project_until_the_erp_names_one(coded: Bench):
    coded.erp.put("project_cost_code", code("03-100", "L"), code("05-100"), project="J1")
    await coded.from_erp("project_cost_code")
    assert (await pairs(coded), await untyped(coded)) == ([("03-100", "L")], ["05-100"])

    coded.erp.put("project_cost_code", code("03-100", "L"), code("05-100", "M"), project="J1")
    await coded.from_erp("project_cost_code")

    assert (await pairs(coded), await untyped(coded)) == ([("03-100", "L"), ("05-100", "M")], [])


async def test_a_code_without_a_type_is_told_once(coded: Bench):
    coded.erp.put("project_cost_code", code("05-100"), project="J1")
    await coded.from_erp("project_cost_code")
    events = await coded.events()

    await coded.from_erp("project_cost_code")

    assert await coded.events() == events


async def test_a_code_without_a_type_has_its_default_types(coded: Bench):
    await default(coded, "05-100", "L")
    await default(coded, "05-100", "M")
    coded.erp.put("project_cost_code", code("03-100", "L"), code("05-100"), project="J1")

    await coded.from_erp("project_cost_code")

    assert await pairs(coded) == [("03-100", "L"), ("05-100", "L"), ("05-100", "M")]
    assert await untyped(coded) == []


async def test_where_the_erp_names_a_type_the_default_is_not_added(coded: Bench):
    await default(coded, "05-100", "L")
    coded.erp.put("project_cost_code", code("05-100", "M"), project="J1")

    await coded.from_erp("project_cost_code")

    assert await pairs(coded) == [("05-100", "M")]


async def test_a_deactivated_code_is_not_added_until_it_is_active_again(coded: Bench):
    coded.erp.put("project_cost_code", code("05-100", "M", active=False), project="J1")
    await coded.from_erp("project_cost_code")
    assert (await pairs(coded), await untyped(coded)) == ([], [])

    coded.erp.put("project_cost_code", code("05-100", "M"), project="J1")
    await coded.from_erp("project_cost_code")

    assert await pairs(coded) == [("05-100", "M")]


async def test_reading_codes_again_adds_some_and_takes_none_away(coded: Bench):
    coded.erp.put("project_cost_code", code("03-100", "L"), project="J1")
    await coded.from_erp("project_cost_code")
    coded.erp.put("project_cost_code", code("05-100", "M"), project="J1")

    await coded.from_erp("project_cost_code")

    assert await pairs(coded) == [("03-100", "L"), ("05-100", "M")]


async def test_new_codes_are_held_until_their_format_is_approved(coded: Bench):
    coded.erp.put("project_cost_code", code("03-100", "L"), project="J1")
    await coded.from_erp("project_cost_code")
    await approve(coded, "false")
    coded.erp.put("project_cost_code", code("03-100", "L"), code("05-100", "M"), project="J1")

    run = await coded.from_erp("project_cost_code")

    assert await pairs(coded) == [("03-100", "L")]
    told = await coded.rows("select code, value from sync_issue where run_id = $1", run["id"])
    assert [tuple(row) for row in told] == [("CODE_FORMAT_NOT_APPROVED", "05-100")]
    listed = await coded.rows("select code from cost_code order by code")
    assert [row["code"] for row in listed] == ["03-100", "05-100"]

    await approve(coded, "true")
    await coded.from_erp("project_cost_code")
    assert await pairs(coded) == [("03-100", "L"), ("05-100", "M")]


async def test_a_code_that_only_the_tool_has_on_the_project_is_not_booked_on_while_it_is_held(coded: Bench):
    await approve(coded, "false")
    await coded.change(
        "insert into project_cost_code (account_id, id, project_id, cost_code_id, cost_type_id, origin_id, in_erp)"
        " select c.account_id, gen_random_uuid(), p.id, c.id, y.id, '9', false"
        " from cost_code c, cost_type y, project p where c.code = '03-100' and y.code = 'L'"
    )
    coded.erp.put("project_cost_code", code("03-100", "L"), project="J1")

    await coded.from_erp("project_cost_code")

    assert await pairs(coded) == []


async def approve(bench: Bench, word: str) -> None:
    await bench.change(
        "update connection set settings = settings || jsonb_build_object('code_format_approved', $1::jsonb) where role = 'ERP'",
        word,
    )


# --- templates --------------------------------------------------------------------------------------------------------


async def test_a_templates_codes_follow_the_project_tool(bench: Bench):
    def template(*codes: str) -> Incoming:
        lines = tuple(record("project_template_line", f"c{each}", code=each) for each in codes)
        return record("project_template", "71", name="Ground-up", lines=lines)

    bench.tool.put("project_template", template("03-100", "09-999"))
    await bench.from_tool("project_template")
    bench.tool.put("project_template", template("03-100", "05-100"))
    await bench.from_tool("project_template")

    rows = await bench.rows("select code from project_template_code order by code")
    assert [row["code"] for row in rows] == ["03-100", "05-100"]


# --- V4: vendors that the ERP puts out of use -------------------------------------------------------------------------


async def test_a_listed_vendor_that_turns_inactive_stays_listed_until_somebody_archives_it(bench: Bench):
    bench.erp.put("company", record("company", "V1", name="Okafor", is_active=True))
    await bench.from_erp("company")
    bench.erp.put("company", record("company", "V1", name="Okafor", is_active=False))

    await bench.from_erp("company")

    row = await bench.one("select state, (snapshot ->> 'is_active')::boolean as active from link")
    assert tuple(row) == ("READY_TO_IMPORT", False)
    await bench.change("update link set state = 'ARCHIVED'")
    bench.erp.put("company", record("company", "V1", name="Okafor Steel", is_active=True))
    await bench.from_erp("company")
    row = await bench.one(
        "select l.state, t.name, t.is_active from company t join link l on l.object_id = t.id"
    )
    assert tuple(row) == ("ARCHIVED", "Okafor Steel", True)


async def test_a_vendor_that_was_never_listed_and_is_inactive_does_not_enter(bench: Bench):
    bench.erp.put("company", record("company", "V1", name="Okafor", is_active=False))

    await bench.from_erp("company")

    assert await bench.rows("select 1 from company") == []


async def test_an_id_that_the_directory_shows_is_kept_and_the_erp_does_not_take_it_away(bench: Bench):
    bench.erp.put("company", record("company", "V1", name="Okafor", is_active=True))
    bench.tool.put("company", record("company", "7", "V1", name="Okafor Steel", code="V1", is_active=True))

    await bench.from_tool("company")
    await bench.from_erp("company")

    assert await bench.value("select match_code from company") == "v1"
