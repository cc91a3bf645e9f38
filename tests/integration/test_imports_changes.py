"""Imports of what has changed: from where a list is read, what moves the watermark, and when all of it is read."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from imports_bench import Bench, record

from db.session import WritePool
from hub.codes import ErrorCode
from hub.errors import Refused
from hub.settings import Settings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LISTS = ("company", "project", "cost_code", "cost_type", "direct_cost")


@pytest_asyncio.fixture
async def bench(hub_settings: Settings, app_pool: WritePool, account: UUID) -> Bench:
    bench = await Bench.open(hub_settings, app_pool, account)
    told = ("company", "direct_cost", "commitment")
    await bench.declare(bench.erp_id, imports=LISTS, lists=LISTS, incremental=told)
    await bench.declare(bench.tool_id, imports=("company", "project", "commitment"), incremental=told)
    return bench


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def vendor(code: str, name: str, minutes: int | None = 0, **values: Any):
    when = None if minutes is None else at(minutes)
    return record(
        "company", code, external_code=code, name=name, updated_at=when, **{"is_active": True, **values}
    )


def cost(number: str, minutes: int = 0, project: str = "J1", **values: Any):
    given = {
        "kind": "EXPENSE",
        "invoice_number": number,
        "amount": Decimal(values.pop("amount", 5)),
        **values,
    }
    return record("direct_cost", number, updated_at=at(minutes), refs={"project": project}, **given)


async def moments(bench: Bench) -> list[str | None]:
    """From when on the last run asked for changes, once for each of its fetches."""
    found, bench.erp.since = bench.erp.since, []
    return found


async def test_a_list_is_read_in_full_first_and_from_ten_minutes_before_its_latest_change_after_that(
    bench: Bench,
):
    bench.erp.put("company", vendor("A1", "Alpha", 0), vendor("B1", "Beta", 30))
    await bench.from_erp("company")
    assert await moments(bench) == [None, None]
    bench.erp.put("company", vendor("A1", "Alpha", 0), vendor("B1", "Beta", 30), vendor("C1", "New", 45))

    run = await bench.from_erp("company")

    assert await moments(bench) == [at(20).isoformat(), at(20).isoformat()]  # the second read as well
    assert (run["records_read"], run["records_created"], run["records_unchanged"]) == (2, 1, 1)
    assert run["proof"] == "PROVEN"
    await bench.from_erp("company")
    assert await moments(bench) == [at(35).isoformat(), at(35).isoformat()]


async def test_what_lies_within_the_overlap_is_not_taken_for_a_change(bench: Bench):
    same_moment = [vendor(f"V{n}", f"Vendor {n}", 0) for n in range(5)]
    bench.erp.put("company", *same_moment)
    await bench.from_erp("company")
    events = await bench.events()

    run = await bench.from_erp("company")

    assert (run["records_read"], run["records_unchanged"], run["records_updated"]) == (5, 5, 0)
    assert await bench.events() == events


async def test_the_overlap_is_a_setting_of_the_connection(bench: Bench):
    await bench.tell(bench.erp_id, overlap_minutes=120)
    bench.erp.put("company", vendor("A1", "Alpha", 0))
    await bench.from_erp("company")
    await moments(bench)

    await bench.from_erp("company")

    assert await moments(bench) == [at(-120).isoformat()] * 2


@pytest.mark.parametrize("wrong", ["ten", -1, True, 100_000])
async def test_an_overlap_that_is_none_is_told_by_its_name(bench: Bench, wrong: object):
    await bench.tell(bench.erp_id, overlap_minutes=wrong)

    with pytest.raises(Refused) as refused:
        await bench.from_erp("company")

    assert (refused.value.code, refused.value.field) == (
        ErrorCode.INVALID_VALUE,
        "settings.overlap_minutes",
    )


async def test_a_list_that_tells_no_changes_is_always_read_in_full(bench: Bench):
    bench.erp.put("cost_type", record("cost_type", "L", code="L", name="Labor", updated_at=NOON))
    for _ in range(2):
        await bench.from_erp("cost_type")

    assert await moments(bench) == [None] * 4


async def test_after_seven_days_all_of_it_is_read_again(bench: Bench):
    bench.erp.put("company", vendor("A1", "Alpha"))
    await bench.from_erp("company")
    await bench.change("update cursor set full_at = full_at - interval '6 days 23 hours'")
    await bench.from_erp("company")
    await bench.change("update cursor set full_at = full_at - interval '1 hour'")
    await moments(bench)

    await bench.from_erp("company")

    assert await moments(bench) == [None, None]


async def test_reading_changes_does_not_put_off_the_day_on_which_all_is_read(bench: Bench):
    bench.erp.put("company", vendor("A1", "Alpha"))
    await bench.from_erp("company")
    first = await bench.value("select full_at from cursor")

    await bench.from_erp("company")

    assert await bench.value("select full_at from cursor") == first


async def test_somebody_may_ask_for_all_of_it(bench: Bench):
    bench.erp.put("company", vendor("A1", "Alpha"))
    await bench.from_erp("company")
    await moments(bench)

    await bench.in_full(bench.erp_id, "company")

    assert await moments(bench) == [None, None]


async def test_what_is_gone_is_looked_for_after_a_full_crawl_alone(bench: Bench):
    await bench.tell(bench.tool_id, missing_share_cap=1)
    bench.tool.put("company", vendor("1", "Alpha", 0), vendor("2", "Beta", 60))
    await bench.from_tool("company")
    bench.tool.put("company", vendor("2", "Beta", 60))
    gone = "select count(*) from company where origin_deleted_at is not null"

    await bench.from_tool("company")
    assert await bench.value(gone) == 0

    await bench.in_full(bench.tool_id, "company")
    assert await bench.value(gone) == 1
    assert await bench.value("select count(*) from crawl_key") == 0


async def test_the_watermark_stays_where_a_second_read_disagrees(bench: Bench):
    bench.erp.put("company", vendor("A1", "Alpha", 0))
    await bench.from_erp("company")
    bench.erp.put("company", vendor("A1", "Alpha", 0), vendor("B1", "Beta", 60))

    async def meanwhile(count: int) -> None:
        if count == 4:
            bench.erp.lists["company", ""].append(vendor("C1", "Gamma", 61))

    bench.erp.on_fetch = meanwhile
    run = await bench.from_erp("company")

    assert run["proof"] == "INCOMPLETE"
    assert await bench.value("select watermark from cursor where scope <> '*'") == NOON


async def test_the_watermark_stays_while_a_list_is_not_read_to_its_end(bench: Bench):
    bench.erp.put("company", *(vendor(f"V{n}", f"Vendor {n}", n) for n in range(5)))
    bench.erp.fails_at = 3
    job = await bench.ask(bench.erp_id, ["company"])
    with pytest.raises(ConnectionResetError):
        await bench.run(job)
    assert await bench.value("select watermark from cursor where scope <> '*'") is None

    await bench.run(job)

    assert await bench.value("select watermark from cursor where scope <> '*'") == at(4)


async def test_a_run_that_dies_among_changes_goes_on_among_them(bench: Bench):
    bench.erp.put("company", vendor("A1", "Alpha", 0))
    await bench.from_erp("company")
    bench.erp.put("company", *(vendor(f"V{n}", f"Vendor {n}", n) for n in range(5)))
    await moments(bench)
    bench.erp.fails_at = len(bench.erp.fetched) + 2
    job = await bench.ask(bench.erp_id, ["company"])
    with pytest.raises(ConnectionResetError):
        await bench.run(job)
    await bench.change("update cursor set full_at = full_at - interval '30 days'")  # time passes meanwhile

    run = await bench.run(job)

    assert set(await moments(bench)) == {at(-10).isoformat()}
    assert (run["records_read"], run["proof"]) == (5, "PROVEN")


async def test_a_run_that_dies_in_its_second_read_goes_on_with_that(bench: Bench):
    bench.erp.put("company", *(vendor(f"V{n}", f"Vendor {n}") for n in range(7)))
    bench.erp.fails_at = 7
    job = await bench.ask(bench.erp_id, ["company"])
    with pytest.raises(ConnectionResetError):
        await bench.run(job)

    run = await bench.run(job)

    first = [None, "2", "4", "6"]
    assert [cursor for _, _, cursor in bench.erp.fetched] == [*first, None, "2", "4", "4", "6"]
    assert run["proof"] == "PROVEN"


async def test_a_row_that_waits_for_something_else_is_read_again_until_it_fits(bench: Bench):
    bench.erp.put("project", record("project", "J1", number="J1", name="One", is_active=True))
    await bench.from_erp("project")
    bench.erp.put("direct_cost", cost("C1", 0), cost("C2", 5, project="J2"), cost("C3", 90))
    run = await bench.from_erp("direct_cost")
    assert (run["issues_count"], run["records_created"]) == (1, 2)
    await moments(bench)
    bench.erp.lists["project", ""].append(record("project", "J2", number="J2", name="Two", is_active=True))
    await bench.from_erp("project")
    await moments(bench)

    run = await bench.from_erp("direct_cost")

    assert await moments(bench) == [at(-5).isoformat()] * 4  # ten minutes before the one that waits
    assert (run["issues_count"], run["records_created"]) == (0, 1)
    await bench.from_erp("direct_cost")
    assert set(await moments(bench)) == {at(80).isoformat()}


async def test_a_time_to_come_hides_no_change(bench: Bench):
    far = timedelta(days=40_000) // timedelta(minutes=1)
    bench.erp.put("company", vendor("A1", "Alpha", 0), vendor("B1", "Beta", far))

    await bench.from_erp("company")

    assert await bench.value("select watermark = begun_at from cursor")


async def test_a_row_that_only_the_other_side_can_mend_holds_nothing_back(bench: Bench):
    bench.erp.put("company", vendor("A1", "Alpha", 0), vendor("B1", "x" * 300, 30), vendor("C1", "Gamma", 60))

    run = await bench.from_erp("company")

    assert run["issues_count"] == 1
    assert await bench.value("select watermark from cursor where scope <> '*'") == at(60)


async def test_a_list_whose_lines_name_codes_is_read_in_full_once_codes_have_come(bench: Bench):
    bench.erp.put("project", record("project", "J1", number="J1", name="One", is_active=True))
    bench.erp.put("cost_code", record("cost_code", "03", code="03", name="Concrete"))
    await bench.from_erp("cost_code", "project")
    refs = {"cost_code": "04", "cost_type": "L"}
    line = record("direct_cost_line", "1", line_number=1, amount=Decimal(5), refs=refs)
    bench.erp.put("direct_cost", cost("C1", lines=(line,)))
    await bench.from_erp("direct_cost")
    await bench.from_erp("direct_cost")
    assert (await moments(bench))[-1] is not None
    assert (
        await bench.value("select count(*) from direct_cost") == 0
    )  # a line's code has to be on the project
    bench.erp.lists["cost_code", ""].append(record("cost_code", "04", code="04", name="Masonry"))
    bench.erp.put("cost_type", record("cost_type", "L", code="L", name="Labor"))
    await bench.from_erp("cost_code", "cost_type")
    await bench.change(
        "insert into project_cost_code (account_id, id, project_id, cost_code_id, cost_type_id, in_erp)"
        " select p.account_id, gen_random_uuid(), p.id, c.id, y.id, true from project p, cost_code c, cost_type y where c.code = '04'"
    )
    await moments(bench)

    await bench.from_erp("direct_cost")

    assert await moments(bench) == [None, None]
    code = "select c.code from direct_cost_line l join cost_code c on c.id = l.cost_code_id"
    assert await bench.value(code) == "04"


def contract(title: str, minutes: int):
    return record(
        "commitment", "100", updated_at=at(minutes), refs={"company": "1", "project": "9"}, number="SC-1", title=title,
        kind="SUBCONTRACT", status="APPROVED", is_executed=True, is_private=False, original_amount=Decimal("10.00"),
    )  # fmt: skip


async def test_an_item_whose_fields_are_open_again_takes_what_the_tool_changed_while_they_were_not(
    bench: Bench,
):
    bench.tool.put("company", vendor("1", "Okafor Steel"))
    bench.tool.put("project", record("project", "9", number="24-101", name="Tower", is_active=True))
    bench.tool.put("commitment", contract("Concrete", 0), project="9")
    await bench.from_tool("company", "project", "commitment")
    moved = "update link set state = $1, updated_at = hub_now() where object_type = 'Commitment'"
    await bench.change(moved, "READY_TO_EXPORT")
    bench.tool.put("commitment", contract("Masonry", 60), project="9")
    await bench.from_tool("commitment")
    await bench.from_tool("commitment")
    assert await bench.value("select title from commitment") == "Concrete"
    assert bench.tool.since[-1] == at(50).isoformat()
    await bench.change(moved, "REJECTED")

    await bench.from_tool("commitment")

    assert bench.tool.since[-1] is None
    assert await bench.value("select title from commitment") == "Masonry"
    await bench.from_tool("commitment")
    assert bench.tool.since[-1] is not None


async def test_direct_costs_of_all_projects_come_in_one_read(bench: Bench):
    jobs = [record("project", f"J{n}", number=f"J{n}", name=f"Job {n}", is_active=True) for n in range(3)]
    bench.erp.put("project", *jobs)
    await bench.from_erp("project")
    bench.erp.put("direct_cost", *(cost(f"C{n}", project=f"J{n}") for n in range(3)))
    bench.erp.fetched.clear()

    await bench.from_erp("direct_cost")

    assert {(resource, project) for resource, project, _ in bench.erp.fetched} == {("direct_cost", "")}
    rows = await bench.rows(
        "select p.number, d.invoice_number from direct_cost d join project p on p.id = d.project_id order by 1"
    )
    assert [tuple(row) for row in rows] == [("J0", "C0"), ("J1", "C1"), ("J2", "C2")]


async def test_without_a_second_read_a_run_is_unproven(bench: Bench):
    await bench.tell(bench.erp_id, second_read=False)
    bench.erp.put("company", vendor("A1", "Alpha", 0))

    run = await bench.from_erp("company")

    assert (run["proof"], run["state"]) == ("UNPROVEN", "SUCCEEDED")
    assert len(bench.erp.fetched) == 1
    row = await bench.one("select proof, digest_again, records_again from sync_run_list")
    assert tuple(row) == ("UNPROVEN", None, None)
    assert await bench.value("select watermark from cursor where scope <> '*'") == NOON


async def test_a_run_keeps_count_sum_and_digest_of_each_list(bench: Bench):
    bench.erp.put("project", record("project", "J1", number="J1", name="One", is_active=True))
    bench.erp.put("direct_cost", cost("C1", amount=5), cost("C2", amount=7))

    run = await bench.from_erp("project", "direct_cost")

    rows = await bench.rows(
        "select resource, scope, since, records, amount, records_again, amount_again, digest = digest_again as same, proof"
        " from sync_run_list where run_id = $1 order by resource",
        run["id"],
    )
    assert [tuple(row) for row in rows] == [
        ("direct_cost", "", None, 2, 12, 2, 12, True, "PROVEN"),
        ("project", "", None, 1, 0, 1, 0, True, "PROVEN"),
    ]
