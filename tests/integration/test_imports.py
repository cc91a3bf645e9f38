"""Imports of companies, projects and codes: identity, links from both sides, what a run says of itself."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
import pytest_asyncio
from imports_bench import Bench, document, record

from db.session import WritePool
from hub.codes import ErrorCode
from hub.erp.connector import Page, Problem
from hub.errors import ErpUnexpected, Refused
from hub.settings import Settings
from hub.sync.intake.imports import import_failed
from hub.sync.work import JobRow


@pytest_asyncio.fixture
async def bench(hub_settings: Settings, app_pool: WritePool, account: UUID) -> Bench:
    return await Bench.open(hub_settings, app_pool, account)


def vendor(code: str, name: str, **values):
    return record("company", code, external_code=code, name=name, **{"is_active": True, **values})


def listed(number: str, name: str, linked_to: str | None = None, **values):
    return record("company", number, linked_to, name=name, **{"is_active": True, **values})


async def test_first_import_of_vendors_makes_records_links_and_events(bench: Bench):
    bench.erp.put(
        "company",
        vendor("OKAF01", "Okafor Steel", city="Boston"),
        vendor("ROSS02", "Ross & Co"),
        vendor("GONE03", "Gone Ltd", is_active=False),
    )

    run = await bench.from_erp("company")

    assert await bench.links() == [("READY_TO_IMPORT", "OKAF01", None), ("READY_TO_IMPORT", "ROSS02", None)]
    assert (run["state"], run["proof"], run["records_read"], run["records_created"]) == (
        "SUCCEEDED",
        "PROVEN",
        3,
        2,
    )
    event = await bench.one("select * from event e where e.after ->> 'name' = 'Okafor Steel'")
    assert event["before"] is None
    after = document(event["after"])
    assert after["links"][0]["state"] == "READY_TO_IMPORT"
    assert after["links"][0]["snapshot"]["city"] == "Boston"
    assert await bench.events() == 2


async def test_a_second_import_of_the_same_writes_nothing(bench: Bench):
    bench.erp.put(
        "company", vendor("OKAF01", "Okafor Steel", city="Boston"), vendor("GONE03", "Gone", is_active=False)
    )
    bench.tool.put("company", listed("7", "Okafor Steel", "OKAF01", phone="555"), listed("8", "Nobody's"))
    await bench.from_erp("company")
    await bench.from_tool("company")
    before = await bench.rows(
        "select to_jsonb(t) || jsonb_build_object('place', t.ctid) from company t order by id"
    )
    events = await bench.events()

    again = [await bench.from_erp("company"), await bench.from_tool("company")]

    assert await bench.events() == events
    assert (
        await bench.rows(
            "select to_jsonb(t) || jsonb_build_object('place', t.ctid) from company t order by id"
        )
        == before
    )
    assert [(r["records_created"], r["records_updated"], r["records_unchanged"]) for r in again] == [
        (0, 0, 1),
        (0, 0, 2),
    ]


async def test_a_change_in_the_erp_raises_the_version_once_and_shows_both_images(bench: Bench):
    bench.erp.put("company", vendor("OKAF01", "Okafor Steel", city="Boston"))
    await bench.from_erp("company")
    bench.erp.put("company", vendor("OKAF01", "Okafor Steel Inc", city="Salem"))

    run = await bench.from_erp("company")

    assert (run["records_updated"], run["records_created"]) == (1, 0)
    row = await bench.one("select name, city, version from company")
    assert tuple(row) == ("Okafor Steel Inc", "Salem", 2)
    event = await bench.one("select before, after from event where before is not null")
    assert (document(event["before"])["city"], document(event["after"])["city"]) == ("Boston", "Salem")
    assert document(event["after"])["version"] == 2


WORLD_ERP = (
    vendor("A1", "Alpha", city="Boston", phone="111"),
    vendor("B1", "Beta", city=None),
    vendor("D1", "Delta", is_active=False),
    vendor("E1", "Only in the ERP"),
)
WORLD_TOOL = (
    listed("1", "alpha inc", "A1", city="Chicago", phone="222"),
    listed("2", "Beta", "B1", city="Denver", phone=None),
    listed("3", "Gamma"),
    listed("4", "Delta", "D1"),
)
LINKS = [("LINKED", "A1", "1"), ("LINKED", "B1", "2"), ("NOT_SENT", None, "3"), ("LINKED", "D1", "4")]


@pytest.mark.parametrize("first", ["erp", "tool"])
async def test_either_side_first_ends_in_the_same_links_and_records(bench: Bench, first: str):
    bench.erp.put("company", *WORLD_ERP)
    bench.tool.put("company", *WORLD_TOOL)

    for side in ("erp", "tool") if first == "erp" else ("tool", "erp"):
        await (bench.from_erp if side == "erp" else bench.from_tool)("company")

    assert await bench.links() == [*LINKS, ("READY_TO_IMPORT", "E1", None)]
    rows = await bench.rows(
        "select name, city, phone from company where origin_id is not null order by origin_id"
    )
    assert [tuple(row) for row in rows] == [
        ("Alpha", "Boston", "222"),  # name and city from the ERP, phone from the directory
        ("Beta", "Denver", None),  # the ERP names no city
        ("Gamma", None, None),
        ("Delta", None, None),
    ]
    assert await bench.value("select count(*) from unlisted") == 0
    quiet = [
        await bench.from_erp("company"),
        await bench.from_tool("company"),
        await bench.from_erp("company"),
    ]
    assert [run["records_updated"] for run in quiet] == [0, 0, 0]


@pytest.mark.parametrize("first", ["erp", "tool"])
async def test_with_vendor_updates_off_the_directory_keeps_its_words(bench: Bench, first: str):
    await bench.change(
        "update connection set settings = '{\"update_vendors\": false}' where id = $1", bench.erp_id
    )
    bench.erp.put("company", *WORLD_ERP)
    bench.tool.put("company", *WORLD_TOOL)

    for side in ("erp", "tool") if first == "erp" else ("tool", "erp"):
        await (bench.from_erp if side == "erp" else bench.from_tool)("company")

    row = await bench.one("select name, city from company where origin_id = '1'")
    assert tuple(row) == ("alpha inc", "Chicago")
    assert (
        document(await bench.value("select snapshot from link where external_id = 'A1'"))["name"] == "Alpha"
    )


async def test_a_link_made_later_in_the_tool_joins_two_items_into_one(bench: Bench):
    bench.erp.put("company", vendor("A1", "Alpha"))
    bench.tool.put("company", listed("1", "alpha"))
    await bench.from_erp("company")
    await bench.from_tool("company")
    survivor = await bench.value("select id from company where origin_id = '1'")
    assert await bench.links() == [("NOT_SENT", None, "1"), ("READY_TO_IMPORT", "A1", None)]
    bench.tool.put("company", listed("1", "alpha", "A1"))

    await bench.from_tool("company")

    assert await bench.links() == [("LINKED", "A1", "1")]
    row = await bench.one("select id, name, version from company")
    assert tuple(row) == (survivor, "Alpha", 2)
    dropped = await bench.one("select before, after, cause from event where after is null")
    assert document(dropped["before"])["name"] == "Alpha"
    assert dropped["cause"] == f"The same as {survivor}"


async def test_a_vendor_put_aside_comes_back_when_the_tool_says_it_is_linked(bench: Bench):
    bench.erp.put("company", vendor("A1", "Alpha"))
    await bench.from_erp("company")
    await bench.change("update link set state = 'ARCHIVED'")
    bench.tool.put("company", listed("1", "alpha", "A1"))

    await bench.from_tool("company")

    assert await bench.links() == [("LINKED", "A1", "1")]


async def test_two_companies_that_claim_one_vendor_are_told_apart(bench: Bench):
    bench.tool.page_size = 1
    bench.erp.put("company", vendor("A1", "Alpha"))
    bench.tool.put("company", listed("1", "alpha", "A1"), listed("2", "alpha again", "A1"))
    await bench.from_erp("company")

    run = await bench.from_tool("company")

    assert await bench.links() == [("LINKED", "A1", "1"), ("NOT_SENT", None, "2")]
    issue = await bench.one("select * from sync_issue")
    assert (issue["code"], issue["external_id"], issue["value"]) == (ErrorCode.ERP_ID_TAKEN, "2", "A1")
    assert (run["state"], run["issues_count"]) == ("PARTLY", 1)


async def test_a_claim_that_the_erp_does_not_know_waits_and_is_told(bench: Bench):
    bench.tool.put("company", listed("1", "alpha", "NOWHERE"))
    await bench.from_erp("company")

    await bench.from_tool("company")

    assert await bench.links() == [("NOT_SENT", "NOWHERE", "1")]
    issue = await bench.one("select code, value from sync_issue")
    assert tuple(issue) == (ErrorCode.UNRESOLVED_REFERENCE, "NOWHERE")


async def test_a_claim_is_not_taken_up_while_a_job_of_the_item_is_under_way(bench: Bench):
    bench.erp.put("company", vendor("A1", "Alpha"))
    bench.tool.put("company", listed("1", "alpha"))
    await bench.from_erp("company")
    await bench.from_tool("company")
    item = await bench.value("select id from company where origin_id = '1'")
    await bench.change(
        "insert into job (account_id, id, kind, object_id) values ($1, gen_random_uuid(), 'mark_origin', $2)",
        *(bench.account, item),
    )
    bench.tool.put("company", listed("1", "alpha", "A1"))

    await bench.from_tool("company")

    assert await bench.links() == [("NOT_SENT", None, "1"), ("READY_TO_IMPORT", "A1", None)]


async def test_a_vendor_listed_before_stays_when_it_turns_inactive(bench: Bench):
    bench.erp.put("company", vendor("A1", "Alpha"))
    await bench.from_erp("company")
    bench.erp.put("company", vendor("A1", "Alpha", is_active=False))

    await bench.from_erp("company")

    assert await bench.links() == [("READY_TO_IMPORT", "A1", None)]
    assert await bench.value("select is_active from company") is False


@pytest.mark.parametrize("first", ["erp", "tool"])
async def test_the_list_of_codes_is_the_erps_whichever_side_comes_first(bench: Bench, first: str):
    bench.erp.put(
        "cost_code",
        record("cost_code", "03-300", external_code="03-300", code="03-300", name="Concrete"),
        record("cost_code", "05-100", external_code="05-100", code="05-100", name="Steel"),
        record("cost_code", "09-900", external_code="09-900", code="09-900", name="Paint"),
    )
    bench.tool.put(
        "cost_code",
        record("cost_code", "71", "03-300", code="03-300", name="concrete works"),
        record("cost_code", "72", code="05-100", name="steel"),
        record("cost_code", "73", code="99-999", name="The tool's own"),
    )

    for side in ("erp", "tool") if first == "erp" else ("tool", "erp"):
        await (bench.from_erp if side == "erp" else bench.from_tool)("cost_code")

    rows = await bench.rows(
        "select c.code, c.name, c.origin_id, k.state, k.external_id from cost_code c"
        " join link k on k.object_id = c.id order by c.code"
    )
    assert [tuple(row) for row in rows] == [
        ("03-300", "Concrete", "71", "LINKED", "03-300"),
        ("05-100", "Steel", "72", "LINKED", "05-100"),
        ("09-900", "Paint", None, "READY_TO_IMPORT", "09-900"),
    ]
    again = [await bench.from_erp("cost_code"), await bench.from_tool("cost_code")]
    assert [run["records_updated"] + run["records_created"] for run in again] == [0, 0]


async def test_a_project_follows_its_job_in_number_name_status_and_dates(bench: Bench):
    bench.tool.put(
        "project",
        record("project", "9", "24-101", number="24-101x", name="tower", city="Boston", is_active=True),
    )
    bench.erp.put(
        "project",
        record(
            "project",
            "24-101",
            external_code="24-101",
            number="24-101",
            name="Harbour Tower",
            is_active=True,
            city="Salem",
        ),
    )
    await bench.from_tool("project")
    await bench.from_erp("project")

    row = await bench.one("select number, name, city from project")

    assert tuple(row) == ("24-101", "Harbour Tower", "Boston")
    assert await bench.links("Project") == [("LINKED", "24-101", "9")]


async def test_rows_that_do_not_fit_become_issues_and_the_rest_goes_on(bench: Bench):
    bench.tool.put(
        "company",
        listed("1", "x" * 256),
        listed("2", "Fits"),
        listed("3", "nul \x00 inside"),
        record("company", "4", is_active=True),
        listed("5", "half", problems=[Problem("phone", "\x07", "holds control characters")]),
        listed("6", "lone \ud800 surrogate"),
        listed("7" * 65, "long id"),
    )
    bench.tool.page_size = 10

    run = await bench.from_tool("company")

    assert (run["state"], run["records_created"], run["issues_count"], run["records_read"]) == (
        "PARTLY",
        1,
        6,
        7,
    )
    rows = await bench.rows("select external_id, field, code from sync_issue order by external_id")
    assert [(row["external_id"], row["field"]) for row in rows] == [
        ("1", "name"),
        ("3", "name"),
        ("4", "name"),
        ("5", "phone"),
        ("6", "name"),
        ("7" * 65, "external_id"),
    ]
    assert {row["code"] for row in rows} == {ErrorCode.VALUE_DOES_NOT_FIT}
    assert await bench.value("select name from company") == "Fits"


async def test_pages_that_overlap_do_no_harm(bench: Bench):
    bench.erp.put(
        "company",
        vendor("A1", "Alpha"),
        vendor("B1", "Beta"),
        vendor("B1", "Beta two"),
        vendor("A1", "Alpha"),
    )

    run = await bench.from_erp("company")

    assert [tuple(r) for r in await bench.rows("select name from company order by name")] == [
        ("Alpha",),
        ("Beta two",),
    ]
    assert run["records_created"] == 2


async def test_what_a_complete_crawl_does_not_meet_is_marked_and_comes_back(bench: Bench):
    everybody = [listed(str(n), f"Company {n}") for n in range(10)]
    bench.tool.put("company", *everybody)
    await bench.from_tool("company")
    bench.tool.put("company", *everybody[1:])

    await bench.from_tool("company")

    gone = await bench.one("select name, version from company where origin_deleted_at is not null")
    assert tuple(gone) == ("Company 0", 2)
    event = await bench.one("select after, cause from event where before is not null")
    assert document(event["after"])["origin_deleted_at"] is not None
    bench.tool.put("company", *everybody)
    await bench.from_tool("company")
    assert await bench.value("select count(*) from company where origin_deleted_at is not null") == 0
    assert await bench.value("select count(*) from crawl_key") == 0


async def test_too_much_missing_is_not_believed(bench: Bench):
    everybody = [listed(str(n), f"Company {n}") for n in range(10)]
    bench.tool.put("company", *everybody)
    await bench.from_tool("company")
    bench.tool.put("company", *everybody[3:])

    run = await bench.from_tool("company")

    assert await bench.value("select count(*) from company where origin_deleted_at is not null") == 0
    assert (run["state"], run["issues_count"]) == ("PARTLY", 1)
    assert await bench.value("select code from sync_issue") == ErrorCode.MANY_MISSING


async def test_a_row_that_no_longer_fits_is_not_missing(bench: Bench):
    bench.tool.put("company", *(listed(str(n), f"Company {n}") for n in range(5)))
    await bench.from_tool("company")
    bench.tool.put("company", listed("0", "x" * 300), *(listed(str(n), f"Company {n}") for n in range(1, 5)))

    await bench.from_tool("company")

    assert await bench.value("select count(*) from company where origin_deleted_at is not null") == 0
    assert await bench.value("select count(*) from company where name = 'Company 0'") == 1


async def test_a_job_that_dies_goes_on_at_the_page_it_had_reached(bench: Bench):
    bench.erp.put("company", *(vendor(f"V{n}", f"Vendor {n}") for n in range(7)))
    bench.erp.fails_at = 3
    job = await bench.ask(bench.erp_id, ["company"])
    with pytest.raises(ConnectionResetError):
        await bench.run(job)
    assert await bench.value("select count(*) from company") == 4

    run = await bench.run(job)

    assert [cursor for _, _, cursor in bench.erp.fetched] == [None, "2", "4", "4", "6", None, "2", "4", "6"]
    assert (run["records_read"], run["records_created"], run["proof"]) == (7, 7, "PROVEN")
    assert await bench.value("select state from job") == "DONE"


async def test_another_run_starts_from_the_first_page(bench: Bench):
    bench.erp.put("company", *(vendor(f"V{n}", f"Vendor {n}") for n in range(5)))
    bench.erp.fails_at = 2
    with pytest.raises(ConnectionResetError):
        await bench.from_erp("company")

    run = await bench.from_erp("company")

    assert bench.erp.fetched[2] == ("company", "", None)
    assert (run["records_read"], run["records_created"], run["records_unchanged"]) == (5, 3, 2)


async def test_a_second_read_that_disagrees_leaves_the_run_incomplete(bench: Bench):
    bench.erp.put("company", vendor("A1", "Alpha"), vendor("B1", "Beta"))

    async def meanwhile(count: int) -> None:
        if count == 2:
            bench.erp.put("company", vendor("A1", "Alpha"), vendor("C1", "Gamma"))

    bench.erp.on_fetch = meanwhile
    run = await bench.from_erp("company")

    assert (run["proof"], run["state"]) == ("INCOMPLETE", "PARTLY")


async def test_the_run_says_what_it_is_doing(bench: Bench):
    bench.erp.put("company", *(vendor(f"V{n}", f"Vendor {n}") for n in range(3)))
    seen = []

    async def look(_: int) -> None:
        seen.append(await bench.value("select step from sync_run"))

    bench.erp.on_fetch = look
    run = await bench.from_erp("company")

    assert seen == [None, "companies: page 1", "companies: reading again", "companies: reading again"]
    assert run["step"] is None


async def test_a_list_that_the_system_does_not_give_is_refused(bench: Bench):
    await bench.change('update connection set capabilities = \'{"imports": ["company"]}\'')

    with pytest.raises(Refused) as refused:
        await bench.from_erp("commitment")

    assert refused.value.code is ErrorCode.CAPABILITY_NOT_SUPPORTED
    assert (await bench.from_erp())["state"] == "SUCCEEDED"


async def test_the_latest_change_seen_is_kept_with_the_finished_list(bench: Bench):
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    bench.erp.put("company", replace(vendor("A1", "Alpha"), updated_at=moment), vendor("B1", "Beta"))

    await bench.from_erp("company")

    row = await bench.one(
        "select watermark, finished_at is not null as finished, page from cursor where scope = ''"
    )
    assert tuple(row) == (moment, True, None)


async def test_a_run_that_dies_after_a_list_was_finished_does_not_take_all_of_it_for_missing(bench: Bench):
    await bench.change(
        "update connection set settings = '{\"missing_share_cap\": 1}' where id = $1", bench.tool_id
    )
    bench.tool.put("company", listed("1", "Alpha"), listed("2", "Beta"))
    bench.tool.fails_at = 3
    job = await bench.ask(bench.tool_id, ["company", "project"])
    with pytest.raises(ConnectionResetError):
        await bench.run(job)

    run = await bench.run(job)

    assert [resource for resource, _, _ in bench.tool.fetched] == [
        "company",
        "company",
        "project",
        "project",
        "project",
    ]
    assert await bench.value("select count(*) from company where origin_deleted_at is not null") == 0
    assert (run["records_read"], run["proof"]) == (2, "PROVEN")


async def test_a_list_that_does_not_end_is_an_answer_that_cannot_be_read(bench: Bench):
    async def stuck(resource, scope, cursor):
        return Page([vendor("A1", "Alpha")], "again")

    bench.erp.fetch = stuck

    with pytest.raises(ErpUnexpected):
        await bench.from_erp("company")


async def test_a_failed_import_is_told_to_its_run(bench: Bench):
    job = await bench.ask(bench.erp_id, ["company"])
    async with bench.pool.transaction(bench.account) as connection:
        row = await connection.fetchrow("select * from job where id = $1", job)
        await import_failed(
            connection, JobRow.read(bench.account, row), "ERP_UNAVAILABLE", "It does not answer.", "503"
        )

    run = await bench.one("select * from sync_run")
    assert (run["state"], run["proof"], run["error_code"]) == ("FAILED", "INCOMPLETE", "ERP_UNAVAILABLE")
    assert run["error_message"] == "It does not answer. 503"
    assert run["finished_at"] is not None


async def test_both_sides_at_once_end_as_one_after_the_other(bench: Bench):
    bench.tool.page_size = bench.erp.page_size = 1
    bench.erp.put("company", *WORLD_ERP)
    bench.tool.put("company", *WORLD_TOOL)

    await asyncio.gather(bench.from_erp("company"), bench.from_tool("company"))

    assert await bench.links() == [*LINKS, ("READY_TO_IMPORT", "E1", None)]


@pytest.mark.parametrize("prove", [False, True])
async def test_a_list_that_goes_round_ends_the_import(bench: Bench, prove: bool):
    bench.tool.put("company", *(record("company", str(number), name=f"C{number}") for number in range(6)))
    fetch = bench.tool.fetch

    async def round_and_round(resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        page = await fetch(resource, scope, cursor)
        goes_round = len(bench.tool.fetched) > (3 if prove else 0)
        return replace(page, cursor="2" if cursor == "4" and goes_round else page.cursor)

    bench.tool.fetch = round_and_round  # type: ignore[method-assign]  # a system that answers otherwise

    with pytest.raises(ErpUnexpected, match="circle"):
        await bench.from_tool("company")
    assert len(bench.tool.fetched) < 10
