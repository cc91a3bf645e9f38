"""Imports of commitments: lines, references, fields that are locked while an item is with accounting."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
import pytest_asyncio
from imports_bench import Bench, document, record

from db.clock import new_id
from db.session import Connection, Row, WritePool
from hub.codes import ErrorCode
from hub.erp.connector import Incoming
from hub.settings import Settings

WAY = {
    "SYNCED": ("READY_TO_EXPORT", "EXPORTING", "SYNCED"),
    "READY_TO_EXPORT": ("READY_TO_EXPORT",),
    "FAILED": ("READY_TO_EXPORT", "EXPORTING", "FAILED"),
    "IN_DOUBT": ("READY_TO_EXPORT", "EXPORTING", "IN_DOUBT"),
    "ORPHANED": ("READY_TO_EXPORT", "EXPORTING", "SYNCED", "ORPHANED"),
}


def line(
    external_id: str, number: int, amount: str, code: str | None = "03-300", kind: str | None = "S", **values
) -> Incoming:
    return record(
        "commitment_line",
        external_id,
        line_number=number,
        amount=Decimal(amount),
        cost_code_text=code,
        refs={"cost_code": code, "cost_type": kind},
        **values,
    )


def contract(
    external_id: str, number: str, lines=(), *, company: str | None = "1", linked_to=None, **values
) -> Incoming:
    words = {
        "kind": "SUBCONTRACT",
        "title": "Concrete",
        "status": "APPROVED",
        "is_executed": True,
        "is_private": False,
    }
    total = sum((item.values["amount"] for item in lines), Decimal("0.00"))
    return record(
        "commitment",
        external_id,
        linked_to,
        number=number,
        lines=tuple(lines),
        refs={"company": company, "project": "9"},
        **{**words, "original_amount": total, **values},
    )


LINES = (line("11", 1, "1000.00"), line("12", 2, "0.50", "05-100"))


@pytest_asyncio.fixture
async def bench(hub_settings: Settings, app_pool: WritePool, account: UUID) -> Bench:
    """A linked project and vendor, the ERP's codes, and one commitment read."""
    bench = await Bench.open(hub_settings, app_pool, account)
    bench.erp.put("cost_code", *(record("cost_code", c, code=c, name=c) for c in ("03-300", "05-100")))
    bench.erp.put("cost_type", record("cost_type", "S", code="S", name="Subcontract"))
    bench.tool.put("company", record("company", "1", name="Okafor Steel", is_active=True))
    bench.tool.put("project", record("project", "9", number="24-101", name="Harbour Tower", is_active=True))
    bench.tool.put("commitment", contract("100", "SC-1", LINES, start_date=date(2026, 4, 1)), project="9")
    await bench.from_erp("cost_code", "cost_type")
    await bench.from_tool("company", "project", "commitment")
    return bench


async def put(bench: Bench, *contracts: Incoming):
    bench.tool.put("commitment", *contracts, project="9")
    return await bench.from_tool("commitment")


async def move_to(bench: Bench, state: str) -> None:
    for word in WAY[state]:
        await bench.change("update link set state = $1 where object_type = 'Commitment'", word)


async def conflicts(bench: Bench) -> list[tuple]:
    rows = await bench.rows(
        "select field, ours, theirs, resolved_at is not null from conflict order by field, resolved_at"
    )
    return [tuple(row) for row in rows]


async def test_a_commitment_comes_in_with_its_lines_and_references(bench: Bench):
    row = await bench.one(
        "select c.*, p.number as job, v.name as vendor from commitment c join project p on p.id = c.project_id"
        " join company v on v.id = c.company_id"
    )
    lines = await bench.rows(
        "select n.line_number, n.amount, k.code, y.code as kind from commitment_line n"
        " join cost_code k on k.id = n.cost_code_id join cost_type y on y.id = n.cost_type_id order by 1"
    )

    assert (row["number"], row["original_amount"], row["job"], row["vendor"]) == (
        "SC-1",
        Decimal("1000.50"),
        "24-101",
        "Okafor Steel",
    )
    assert (row["start_date"], row["currency"], row["version"]) == (date(2026, 4, 1), "USD", 1)
    assert row["is_executed"] is True
    assert [tuple(found) for found in lines] == [
        (1, Decimal("1000.00"), "03-300", "S"),
        (2, Decimal("0.50"), "05-100", "S"),
    ]
    assert await bench.links("Commitment") == [("NOT_SENT", None, "100")]
    after = document(await bench.value("select after from event where object_type = 'Commitment'"))
    assert after["original_amount"] == "1000.50"
    assert [found["amount"] for found in after["lines"]] == ["1000.00", "0.50"]


async def test_the_same_commitment_again_writes_nothing(bench: Bench):
    events = await bench.events()

    run = await bench.from_tool("company", "project", "commitment")

    assert await bench.events() == events
    assert (run["records_unchanged"], run["records_updated"], run["proof"]) == (3, 0, "PROVEN")


async def test_lines_added_changed_and_dropped_raise_the_version_by_one(bench: Bench):
    ids = {
        row["origin_id"]: row["id"] for row in await bench.rows("select id, origin_id from commitment_line")
    }

    await put(
        bench,
        contract(
            "100", "SC-1", (line("11", 1, "900.00"), line("13", 2, "5.00")), start_date=date(2026, 4, 1)
        ),
    )

    rows = await bench.rows("select id, origin_id, amount from commitment_line order by line_number")
    assert [tuple(row)[1:] for row in rows] == [("11", Decimal("900.00")), ("13", Decimal("5.00"))]
    assert rows[0]["id"] == ids["11"]
    assert await bench.value("select version from commitment") == 2
    event = await bench.one(
        "select before, after from event where object_type = 'Commitment' and before is not null"
    )
    assert [n["amount"] for n in document(event["before"])["lines"]] == ["1000.00", "0.50"]
    assert [n["amount"] for n in document(event["after"])["lines"]] == ["900.00", "5.00"]


async def test_a_line_alone_changes_the_commitment(bench: Bench):
    await put(
        bench,
        contract(
            "100",
            "SC-1",
            (LINES[0], replace(LINES[1], values={**LINES[1].values, "description": "rebar"})),
            start_date=date(2026, 4, 1),
        ),
    )

    assert await bench.value("select version from commitment") == 2
    assert await bench.value("select description from commitment_line where origin_id = '12'") == "rebar"


async def test_lines_on_codes_that_are_not_the_erps_keep_the_tools_words(bench: Bench):
    own = replace(line("14", 3, "1.00", "P-77"), refs={"cost_code": None, "cost_type": "S"})
    lost = line("15", 4, "1.00", "77-777")

    run = await put(bench, contract("100", "SC-1", (own, lost)))

    rows = await bench.rows("select cost_code_id, cost_code_text from commitment_line order by line_number")
    assert [tuple(row) for row in rows] == [(None, "P-77"), (None, "77-777")]
    assert run["issues_count"] == 0


async def test_a_commitment_of_an_unknown_project_stays_out_and_one_of_an_unknown_vendor_comes_in(
    bench: Bench,
):
    stray = replace(contract("101", "SC-2"), refs={"company": "1", "project": "77"})

    run = await put(bench, contract("100", "SC-1", LINES), stray, contract("102", "SC-3", company="55"))

    rows = await bench.rows("select number, company_id is null from commitment order by number")
    assert [tuple(row) for row in rows] == [("SC-1", False), ("SC-3", True)]
    issues = await bench.rows("select external_id, code, field, value from sync_issue order by external_id")
    assert [tuple(row) for row in issues] == [
        ("101", ErrorCode.UNRESOLVED_REFERENCE, "project", "77"),
        ("102", ErrorCode.UNRESOLVED_REFERENCE, "company", "55"),
    ]
    assert run["state"] == "PARTLY"


async def test_a_bad_line_keeps_the_whole_commitment_out(bench: Bench):
    run = await put(
        bench,
        contract(
            "100", "SC-1", (line("11", 1, "1.00"), line("12", 2, "0.001")), original_amount=Decimal("1.00")
        ),
    )

    assert await bench.value("select original_amount from commitment") == Decimal("1000.50")
    issue = await bench.one("select external_id, field, value from sync_issue")
    assert tuple(issue) == ("100", "lines.amount", "0.001")
    assert run["records_updated"] == 0


async def test_a_mark_of_an_erp_record_that_the_hub_did_not_send_is_told(bench: Bench):
    await put(bench, contract("100", "SC-1", LINES, linked_to="24-101/SC-1", start_date=date(2026, 4, 1)))

    assert await bench.links("Commitment") == [("NOT_SENT", None, "100")]
    issue = await bench.one("select code, value from sync_issue")
    assert tuple(issue) == (ErrorCode.UNRESOLVED_REFERENCE, "24-101/SC-1")


@pytest.mark.parametrize("state", ["READY_TO_EXPORT", "FAILED", "IN_DOUBT"])
async def test_after_it_was_sent_locked_fields_stay_and_the_rest_follows(bench: Bench, state: str):
    await move_to(bench, state)

    run = await put(
        bench,
        contract(
            "100", "SC-1", (line("11", 1, "7.00"),), title="Concrete and more", start_date=date(2026, 5, 1)
        ),
    )

    row = await bench.one("select title, start_date, original_amount, version from commitment")
    assert tuple(row) == ("Concrete", date(2026, 5, 1), Decimal("7.00"), 2)
    assert await conflicts(bench) == [("title", "Concrete", "Concrete and more", False)]
    assert run["records_updated"] == 1


@pytest.mark.parametrize("state", ["SYNCED", "ORPHANED"])
async def test_once_in_the_erp_lines_and_amount_stay_too(bench: Bench, state: str):
    await move_to(bench, state)

    await put(bench, contract("100", "SC-1", (line("11", 1, "7.00"),), start_date=date(2026, 5, 1)))

    row = await bench.one("select start_date, original_amount from commitment")
    assert tuple(row) == (date(2026, 5, 1), Decimal("1000.50"))
    assert await bench.value("select count(*) from commitment_line") == 2
    found = await conflicts(bench)
    assert [(field, resolved) for field, _, _, resolved in found] == [
        ("lines", False),
        ("original_amount", False),
    ]
    assert [n["amount"] for n in document(found[0][1])] == ["1000.00", "0.50"]
    assert [n["amount"] for n in document(found[0][2])] == ["7.00"]
    assert found[1][1:3] == ("1000.50", "7.00")


async def test_a_standing_conflict_is_not_written_again(bench: Bench):
    await move_to(bench, "SYNCED")
    changed = contract("100", "SC-1", LINES, title="Other", start_date=date(2026, 4, 1))
    await put(bench, changed)
    events, seen = await bench.events(), await bench.value("select seen_at from conflict")

    run = await put(bench, changed)

    assert (await bench.events(), await bench.value("select seen_at from conflict")) == (events, seen)
    assert (run["records_updated"], run["records_unchanged"]) == (0, 1)


async def test_a_conflict_closes_when_the_tool_takes_its_change_back(bench: Bench):
    await move_to(bench, "SYNCED")
    await put(bench, contract("100", "SC-1", LINES, title="Other", start_date=date(2026, 4, 1)))

    await put(bench, contract("100", "SC-1", LINES, start_date=date(2026, 4, 1)))

    assert await conflicts(bench) == [("title", "Concrete", "Other", True)]
    assert await bench.value("select title from commitment") == "Concrete"
    event = await bench.one(
        "select before, after from event where object_type = 'Commitment' order by id desc limit 1"
    )
    assert [c["theirs"] for c in document(event["before"])["conflicts"]] == ["Other"]
    assert document(event["after"])["conflicts"] == []


async def test_a_conflict_closes_when_the_item_is_unlocked_and_takes_the_value(bench: Bench):
    await move_to(bench, "READY_TO_EXPORT")
    changed = contract("100", "SC-1", LINES, title="Other", start_date=date(2026, 4, 1))
    await put(bench, changed)
    await bench.change("update link set state = 'RETRIEVED' where object_type = 'Commitment'")

    await put(bench, changed)

    assert await conflicts(bench) == [("title", "Concrete", "Other", True)]
    assert await bench.value("select title from commitment") == "Other"


async def test_what_somebody_does_while_a_page_is_judged_is_not_overwritten(
    bench: Bench, app_pool: WritePool
):
    """The page is judged while somebody sends the item; it waits for that, and is judged again."""
    changed = contract("100", "SC-1", LINES, title="Other", start_date=date(2026, 4, 1))
    async with app_pool.transaction(bench.account) as other:
        await other.execute("update link set state = 'READY_TO_EXPORT' where object_type = 'Commitment'")
        await other.execute("update commitment set version = version + 1")
        reading = asyncio.create_task(put(bench, changed))
        await until_it_waits(other, reading)

    await reading

    assert tuple(await bench.one("select title, version from commitment")) == ("Concrete", 3)
    assert [field for field, *_ in await conflicts(bench)] == ["title"]


async def until_it_waits(connection: Connection, task: "asyncio.Task[Row]") -> None:
    """Until the task's transaction waits for a lock of this connection's."""
    behind = "select exists (select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid)))"
    while not await connection.fetchval(behind):
        await asyncio.wait([task], timeout=0.01)
        assert not task.done(), task.exception()


async def test_one_project_alone_can_be_read(bench: Bench):
    project = await bench.value("select id from project")
    bench.tool.put(
        "project",
        record("project", "9", number="24-101", name="Harbour Tower", is_active=True),
        record("project", "10", number="24-102", name="Depot", is_active=True),
    )
    bench.tool.put(
        "commitment",
        record(
            "commitment",
            "200",
            number="SC-1",
            title="T",
            kind="SUBCONTRACT",
            status="DRAFT",
            refs={"company": None, "project": "10"},
        ),
        project="10",
    )
    await bench.from_tool("project")
    bench.tool.fetched.clear()

    await bench.from_tool("commitment", project_id=str(project))

    assert {project for _, project, _ in bench.tool.fetched} == {"9"}
    assert await bench.value("select count(*) from commitment where origin_deleted_at is not null") == 0


async def test_another_account_sees_and_touches_nothing(
    bench: Bench, app_pool: WritePool, hub_settings: Settings
):
    other_account = new_id()
    async with app_pool.transaction(other_account) as connection:
        await connection.execute(
            "insert into account (account_id, name, currency, time_zone) values ($1, 'Other', 'USD', 'UTC')",
            other_account,
        )
    other = await Bench.open(hub_settings, app_pool, other_account)
    other.erp.put("cost_code", record("cost_code", "03-300", code="03-300", name="Theirs"))
    other.tool.put("company", record("company", "1", name="Same id elsewhere", is_active=True))
    events = await bench.events()

    await other.from_erp("cost_code")
    await other.from_tool("company")

    assert await other.value("select count(*) from commitment") == 0
    assert [tuple(row) for row in await other.rows("select name from company")] == [("Same id elsewhere",)]
    assert [tuple(row) for row in await bench.rows("select name from company")] == [("Okafor Steel",)]
    assert await bench.value("select name from cost_code where code = '03-300'") == "03-300"
    assert await bench.events() == events
