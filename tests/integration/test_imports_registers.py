"""The register of what an ERP lists and the hub keeps no item of, and the items that its documents stand for."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from imports_bench import Bench, document, record

from db.clock import new_id
from db.session import WritePool
from hub.codes import ErrorCode
from hub.erp.connector import Incoming, Problem
from hub.errors import Refused
from hub.settings import Settings

IMPORTS = ("company", "project", "cost_code", "cost_type", "accounting_period", "gl_account")
LISTS = (*IMPORTS, "commitment", "subcontractor_invoice", "budget_line")
SYNCED = ("READY_TO_EXPORT", "EXPORTING", "SYNCED")


@pytest_asyncio.fixture
async def bench(hub_settings: Settings, app_pool: WritePool, account: UUID) -> Bench:
    """A project and a vendor of the tool, and an ERP that reads back what it is sent."""
    bench = await Bench.open(hub_settings, app_pool, account)
    bench.tool.put("company", record("company", "1", name="Okafor Steel", is_active=True))
    bench.tool.put("project", record("project", "9", number="24-101", name="Harbour Tower", is_active=True))
    await bench.from_tool("company", "project")
    await bench.declare(bench.erp_id, imports=IMPORTS, lists=LISTS)
    return bench


def contract(number: str, amount: str = "1000.00", job: str = "J1", **values: Any) -> Incoming:
    """A contract as the ERP lists it."""
    line = record(
        "commitment_line", f"{job}/{number}/1", amount=Decimal(amount), refs={"cost_code": "03-300"}
    )
    return record(
        "commitment", f"{job}/{number}", external_code=number, refs={"project": job, "company": "OKAF01"},
        lines=(line,), snapshot={"ContractNumber": number, "Amount": amount}, number=number,
        original_amount=Decimal(amount), **values,
    )  # fmt: skip


def period(code: str, *, is_open: bool) -> Incoming:
    return record("accounting_period", code, external_code=code, code=code, is_open=is_open)


async def commitment(bench: Bench, number: str, external_id: str | None = None) -> UUID:
    """A commitment of the tool, synced under an id of the ERP a minute ago."""
    read = record(
        "commitment", f"t-{number}", number=number, kind="SUBCONTRACT", title="Concrete", status="APPROVED",
        is_executed=True, is_private=False, original_amount=Decimal("1000.00"), refs={"company": "1", "project": "9"},
    )  # fmt: skip
    bench.tool.put("commitment", read, project="9")
    await bench.from_tool("commitment")
    item: UUID = await bench.value("select id from commitment where number = $1", number)
    await synced(bench, item, external_id or f"J1/{number}")
    return item


async def synced(bench: Bench, item: UUID, external_id: str, snapshot: str = "{}") -> None:
    for state in SYNCED:
        await bench.change("update link set state = $2 where object_id = $1", item, state)
    await bench.change(
        "update link set external_id = $2, snapshot = $3::jsonb, snapshot_at = hub_now() - interval '1 minute',"
        " synced_at = hub_now() - interval '1 minute' where object_id = $1",
        *(item, external_id, snapshot),
    )


async def registered(bench: Bench, key: str = "commitment") -> list[tuple[Any, ...]]:
    rows = await bench.rows(
        "select external_id, external_code, project_code, amount, gone_at is not null from erp_record"
        " where object_key = $1 order by external_id",
        key,
    )
    return [tuple(row) for row in rows]


async def state(bench: Bench, item: UUID) -> str:
    return str(await bench.value("select state from link where object_id = $1", item))


async def test_what_only_goes_out_is_read_back_into_the_register(bench: Bench):
    bench.erp.put("commitment", contract("SC-1"), contract("SC-2", "0.50", "J2"))

    run = await bench.from_erp("commitment")

    assert await registered(bench) == [
        ("J1/SC-1", "SC-1", "J1", Decimal("1000.00"), False),
        ("J2/SC-2", "SC-2", "J2", Decimal("0.50"), False),
    ]
    assert await bench.value("select count(*) from commitment") == 0
    assert (run["records_created"], run["proof"]) == (2, "PROVEN")
    assert document(await bench.value("select fields from erp_record where external_code = 'SC-1'")) == {
        "project": "J1",
        "company": "OKAF01",
        "number": "SC-1",
        "original_amount": "1000.00",
        "lines": [{"cost_code": "03-300", "amount": "1000.00"}],
    }


async def test_a_closed_period_and_an_account_stand_in_the_register(bench: Bench):
    bench.erp.put("accounting_period", period("2026-02", is_open=False), period("2026-03", is_open=True))
    bench.erp.put(
        "gl_account", record("gl_account", "5010", external_code="5010", code="5010", name="Concrete")
    )

    await bench.from_erp("accounting_period", "gl_account")

    closed = "select external_code from erp_record where object_key = 'accounting_period' and fields ->> 'is_open' = 'false'"
    assert [row[0] for row in await bench.rows(closed)] == ["2026-02"]
    assert await registered(bench, "gl_account") == [("5010", "5010", None, None, False)]


async def test_a_second_reading_writes_only_what_changed(bench: Bench):
    bench.erp.put("commitment", contract("SC-1"), contract("SC-2"))
    first = await bench.from_erp("commitment")
    bench.erp.put("commitment", contract("SC-1"), contract("SC-2", "7.00"))

    run = await bench.from_erp("commitment")

    assert (run["records_updated"], run["records_unchanged"]) == (1, 1)
    rows = await bench.rows("select external_code, run_id from erp_record order by 1")
    assert [tuple(row) for row in rows] == [("SC-1", first["id"]), ("SC-2", run["id"])]


async def test_a_page_of_the_register_and_its_cursor_commit_together(bench: Bench):
    bench.erp.put("commitment", *(contract(f"SC-{n}") for n in range(5)))
    bench.erp.fails_at = 3
    job = await bench.ask(bench.erp_id, ["commitment"])
    with pytest.raises(ConnectionResetError):
        await bench.run(job)
    assert len(await registered(bench)) == 4

    run = await bench.run(job)

    assert [cursor for _, _, cursor in bench.erp.fetched] == [None, "2", "4", "4", None, "2", "4"]
    assert (run["records_read"], run["records_created"], run["proof"]) == (5, 5, "PROVEN")


async def test_what_a_complete_list_no_longer_holds_is_gone_and_comes_back(bench: Bench):
    bench.erp.put("commitment", *(contract(f"SC-{n}") for n in range(5)))
    await bench.from_erp("commitment")
    bench.erp.put("commitment", *(contract(f"SC-{n}") for n in range(4)))
    await bench.from_erp("commitment")
    assert [row[1] for row in await registered(bench) if row[4]] == ["SC-4"]

    bench.erp.put("commitment", *(contract(f"SC-{n}") for n in range(5)))
    await bench.from_erp("commitment")

    assert [row[1] for row in await registered(bench) if row[4]] == []
    assert await bench.value("select count(*) from crawl_key") == 0


async def test_more_missing_than_the_share_cap_allows_is_not_believed(bench: Bench):
    bench.erp.put("commitment", *(contract(f"SC-{n}") for n in range(5)))
    await bench.from_erp("commitment")
    bench.erp.put("commitment", *(contract(f"SC-{n}") for n in range(3)))

    run = await bench.from_erp("commitment")

    assert [row for row in await registered(bench) if row[4]] == []
    issue = await bench.one("select object_type, code, value from sync_issue where run_id = $1", run["id"])
    assert tuple(issue) == ("Commitment", "MANY_MISSING", "2")


async def test_an_empty_list_orphans_nothing(bench: Bench):
    item = await commitment(bench, "SC-1")

    run = await bench.from_erp("commitment")

    assert await state(bench, item) == "SYNCED"
    assert run["issues_count"] == 1


async def test_an_item_whose_document_is_gone_is_orphaned_and_comes_back_with_history(bench: Bench):
    item = await commitment(bench, "SC-9")
    others = [contract(f"SC-{n}") for n in range(5)]
    bench.erp.put("commitment", *others)
    version = await bench.value("select version from commitment")

    await bench.from_erp("commitment")
    assert await state(bench, item) == "ORPHANED"

    bench.erp.put("commitment", *others, contract("SC-9"))
    await bench.from_erp("commitment")
    assert await state(bench, item) == "SYNCED"

    rows = await bench.rows(
        "select action, before -> 'links' -> 0 ->> 'state', after -> 'links' -> 0 ->> 'state', cause from event"
        " where object_id = $1 and action in ('VANISH', 'REAPPEAR') order by id",
        item,
    )
    assert [tuple(row) for row in rows] == [
        ("VANISH", "SYNCED", "ORPHANED", "The ERP no longer lists its document."),
        ("REAPPEAR", "ORPHANED", "SYNCED", "The ERP lists its document again."),
    ]
    assert (
        await bench.value("select version from commitment") == version + 3
    )  # the snapshot that came with it too


async def test_an_item_that_was_written_while_the_list_was_read_is_not_orphaned(bench: Bench):
    item = await commitment(bench, "SC-9")
    bench.erp.put("commitment", *(contract(f"SC-{n}") for n in range(5)))

    async def meanwhile(_: int) -> None:
        await bench.change("update link set synced_at = hub_now() where object_id = $1", item)

    bench.erp.on_fetch = meanwhile
    await bench.from_erp("commitment")

    assert await state(bench, item) == "SYNCED"


async def test_an_item_that_a_job_is_busy_with_is_not_orphaned(bench: Bench):
    item = await commitment(bench, "SC-9")
    bench.erp.put("commitment", *(contract(f"SC-{n}") for n in range(5)))
    await bench.change(
        "insert into job (account_id, id, kind, lane, args, object_id) values ($1, $2, 'unlink', 'INTERACTIVE', '{}', $3)",
        *(bench.account, new_id(), item),
    )

    await bench.from_erp("commitment")

    assert await state(bench, item) == "SYNCED"


async def test_reading_changes_orphans_nothing_and_brings_back_what_is_there(bench: Bench):
    await bench.declare(bench.erp_id, imports=IMPORTS, lists=LISTS, incremental=("commitment",))
    gone, back = await commitment(bench, "SC-1"), await commitment(bench, "SC-9")
    await bench.change("update link set state = 'ORPHANED' where object_id = $1", back)
    moment = await bench.value("select hub_now()")
    bench.erp.put("commitment", *(_at(contract(f"SC-{n}"), moment) for n in range(1, 7)))
    await bench.from_erp("commitment")
    bench.erp.put("commitment", _at(contract("SC-9"), moment))

    await bench.from_erp("commitment")

    assert (await state(bench, gone), await state(bench, back)) == ("SYNCED", "SYNCED")
    assert bench.erp.since[-1] is not None


async def test_reading_back_shows_what_the_erp_holds_now(bench: Bench):
    item = await commitment(bench, "SC-1")
    before = await bench.one("select version from commitment")
    bench.erp.put("commitment", contract("SC-1", "1200.00"))

    await bench.from_erp("commitment")

    link = await bench.one("select snapshot, snapshot_at, state from link where object_id = $1", item)
    assert document(link["snapshot"]) == {"ContractNumber": "SC-1", "Amount": "1200.00"}
    assert link["snapshot_at"] == await bench.value("select seen_at from erp_record")
    event = await bench.one("select action, cause from event where cause is not null")
    assert tuple(event) == ("IMPORT", "As the ERP shows it now")
    row = await bench.one("select version, original_amount from commitment")
    assert tuple(row) == (before["version"] + 1, Decimal("1000.00"))
    await bench.from_erp("commitment")
    assert await bench.value("select version from commitment") == before["version"] + 1


async def test_a_page_that_is_older_than_a_write_changes_nothing_of_the_item(bench: Bench):
    item = await commitment(bench, "SC-1")
    bench.erp.put("commitment", contract("SC-1"))

    async def meanwhile(_: int) -> None:
        await bench.change("update link set snapshot_at = hub_now() where object_id = $1", item)

    bench.erp.on_fetch = meanwhile
    await bench.from_erp("commitment")

    assert document(await bench.value("select snapshot from link where object_id = $1", item)) == {}


async def test_an_invoice_shows_its_status_in_the_erps_words(bench: Bench):
    contract_ = await commitment(bench, "SC-1")
    invoice = new_id()
    await bench.change(
        "insert into subcontractor_invoice (account_id, id, project_id, commitment_id, origin_id, invoice_number, status,"
        " payment_due_amount, completed_amount, retainage_held_amount, retainage_released_amount, stored_materials_amount,"
        " stored_retainage_amount, is_final, currency)"
        " select account_id, $2, project_id, id, '5', 'INV-1', 'APPROVED', 10, 10, 0, 0, 0, 0, false, 'USD'"
        " from commitment where id = $1",
        *(contract_, invoice),
    )
    await bench.change(
        "insert into link (account_id, id, connection_id, object_type, object_id, state)"
        " values ($1, $2, $3, 'SubcontractorInvoice', $4, 'NOT_SENT')",
        *(bench.account, new_id(), bench.erp_id, invoice),
    )
    await synced(bench, invoice, "OKAF01/INV-1")
    read = record(
        "subcontractor_invoice", "OKAF01/INV-1", external_code="INV-1", refs={"project": "J1"},
        snapshot={"Status": "Paid"}, erp_status="Paid", payment_due_amount=Decimal("10.00"),
    )  # fmt: skip
    bench.erp.put("subcontractor_invoice", read)

    await bench.from_erp("subcontractor_invoice")

    row = await bench.one("select erp_status, status, version from subcontractor_invoice")
    assert tuple(row) == ("Paid", "APPROVED", 2)
    assert await registered(bench, "subcontractor_invoice") == [
        ("OKAF01/INV-1", "INV-1", "J1", Decimal("10.00"), False)
    ]


async def test_a_budget_is_orphaned_once_its_job_has_no_line(bench: Bench):
    budget = new_id()
    await bench.change(
        "insert into budget (account_id, id, project_id, origin_id, is_locked, original_amount, currency)"
        " select account_id, $1, id, '5', true, 10, 'USD' from project",
        budget,
    )
    await bench.change(
        "insert into link (account_id, id, connection_id, object_type, object_id, state)"
        " values ($1, $2, $3, 'Budget', $4, 'NOT_SENT')",
        *(bench.account, new_id(), bench.erp_id, budget),
    )
    await synced(bench, budget, "J1")
    await bench.tell(bench.erp_id, missing_share_cap=0.5)
    bench.erp.put("budget_line", *(_budget_line("J1", n) for n in range(2)), _budget_line("J2", 0))
    await bench.from_erp("budget_line")
    assert await state(bench, budget) == "SYNCED"

    bench.erp.put("budget_line", _budget_line("J1", 1), _budget_line("J2", 0))
    await bench.from_erp("budget_line")
    assert await state(bench, budget) == "SYNCED"
    bench.erp.put("budget_line", _budget_line("J2", 0))
    await bench.from_erp("budget_line")

    assert await state(bench, budget) == "ORPHANED"


async def test_a_record_stands_in_the_register_whatever_of_it_does_not_fit(bench: Bench):
    bad = contract("SC-1", problems=(Problem("contract_date", "31.02.", "is no date"),))
    far = record("commitment", "J1/" + "9" * 200, external_code="far")
    odd = contract("SC-\x002")
    bench.erp.put("commitment", bad, far, odd)

    run = await bench.from_erp("commitment")

    assert [row[1] for row in await registered(bench)] == ["SC-1", "SC-2"]
    rows = await bench.rows("select code, field from sync_issue where run_id = $1 order by field", run["id"])
    assert [tuple(row) for row in rows] == [
        ("VALUE_DOES_NOT_FIT", "contract_date"),
        ("VALUE_DOES_NOT_FIT", "external_id"),
    ]


async def test_an_erp_gives_all_it_lists_items_first(bench: Bench):
    await bench.from_erp()

    found = list(dict.fromkeys(resource for resource, _, _ in bench.erp.fetched))
    assert found == [
        "cost_type", "cost_code", "company", "project",
        "gl_account", "accounting_period", "budget_line", "commitment", "subcontractor_invoice",
    ]  # fmt: skip


async def test_what_an_erp_does_not_list_is_refused(bench: Bench):
    with pytest.raises(Refused) as refused:
        await bench.from_erp("commitment", "owner_invoice")

    assert refused.value.code is ErrorCode.CAPABILITY_NOT_SUPPORTED


def _at(read: Incoming, moment: Any) -> Incoming:
    return replace(read, updated_at=moment)


def _budget_line(job: str, n: int) -> Incoming:
    return record(
        "budget_line", f"{job}/0{n}/S", refs={"project": job}, original_amount=Decimal(n), line_number=n
    )
