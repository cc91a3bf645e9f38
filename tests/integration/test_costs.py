"""Direct costs on their way from the ERP into the hub: what enters, what stays out and is told, and what counts."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import orjson
import pytest_asyncio
from cost_bench import JOB, CostBench, cost, line
from imports_bench import record

from db.session import WritePool
from hub.settings import Settings


@pytest_asyncio.fixture
async def at(hub_settings: Settings, app_pool: WritePool, account: UUID) -> CostBench:
    return await CostBench.open(hub_settings, app_pool, account)


async def test_a_payable_without_a_contract_one_with_and_a_journal_entry_are_taken_in(at: CostBench):
    journal = record(
        "direct_cost", "202604/JE-9/GL", refs={"project": JOB}, lines=[line("JE-9/1", "-120.00", "01-900", "C")],
        kind="EXPENSE", invoice_number=None, status="APPROVED", amount=Decimal("-120.00"),
    )  # fmt: skip

    run = await at.read(cost("B-55"), cost("B-60", "75.50", contract="24-101/SC-001"), journal)

    assert await at.costs() == [
        ("B-55", "INVOICE", "APPROVED", "300.00"),
        ("B-60", "SUBCONTRACTOR_INVOICE", "APPROVED", "75.50"),
        (None, "EXPENSE", "APPROVED", "-120.00"),
    ]
    assert (run["state"], run["proof"]) == ("SUCCEEDED", "PROVEN")
    on = await at.bench.value("select commitment_id from direct_cost where invoice_number = 'B-60'")
    assert on == at.commitment


async def test_a_cost_on_a_code_that_the_project_lacks_stays_out_and_the_others_come_in(at: CostBench):
    good = [cost(f"B-{number}") for number in range(10, 19)]

    run = await at.read(*good, cost("B-56", code="99-100"))

    assert (run["state"], run["records_created"]) == ("PARTLY", 9)
    assert await at.said(run) == [("OKAF01/B-56", "CODE_NOT_ON_PROJECT", "99-100/C")]
    told = await at.bench.value("select details from sync_issue where run_id = $1", run["id"])
    assert orjson.loads(told) == {
        "kind": "INVOICE",
        "invoice_number": "B-56",
        "description": "Permit copies",
        "cost_date": "2026-04-03",
        "amount": "300.00",
        "vendor": "OKAF01",
        "project": JOB,
        "lines": [{"cost_code": "99-100", "cost_type": "C", "amount": "300.00"}],
    }


async def test_a_code_of_no_list_and_a_line_without_a_code_are_told_the_same_way(at: CostBench):
    run = await at.read(cost("B-1", code="nowhere"), cost("B-2", code=None))

    assert await at.costs() == []
    assert await at.said(run) == [
        ("OKAF01/B-1", "CODE_NOT_ON_PROJECT", "nowhere/C"),
        ("OKAF01/B-2", "CODE_NOT_ON_PROJECT", "no code/C"),
    ]


async def test_a_cost_that_stayed_out_enters_once_its_code_is_on_the_project_though_the_erp_lists_it_no_more(
    at: CostBench,
):
    bench, lists = at.bench, ("direct_cost",)
    await bench.declare(bench.erp_id, imports=lists, lists=lists, incremental=lists)
    long_ago = datetime(2026, 3, 1, 12, tzinfo=UTC)
    out = cost("B-56", code="99-100", updated_at=long_ago)
    await at.read(out)
    bench.erp.put("direct_cost")
    still = await at.read()
    assert bench.erp.since[-1] is not None
    assert await at.said(still) == [("OKAF01/B-56", "CODE_NOT_ON_PROJECT", "99-100/C")]

    await at.put_on_project("99-100")
    run = await at.read()

    assert await at.costs() == [("B-56", "INVOICE", "APPROVED", "300.00")]
    assert (run["records_created"], await at.said(run)) == (1, [])
    dated = await at.bench.one("select cost_date, received_date from direct_cost")
    assert [str(day) for day in dated] == ["2026-04-03", "2026-04-05"]
    assert await at.bench.value("select count(*) from kept_out") == 0


async def test_a_change_in_the_erp_replaces_what_was_remembered(at: CostBench):
    await at.read(cost("B-56", code="99-100"))

    await at.read(cost("B-56", "310.00", code="03-300"))

    assert await at.costs() == [("B-56", "INVOICE", "APPROVED", "310.00")]
    assert await at.bench.value("select count(*) from kept_out") == 0


async def test_an_invoice_of_a_vendor_that_the_hub_does_not_know_stays_out(at: CostBench):
    run = await at.read(cost("B-70", vendor="GHOST"))

    assert await at.costs() == []
    assert await at.said(run) == [("GHOST/B-70", "UNRESOLVED_REFERENCE", "GHOST")]


async def test_a_kind_that_nobody_knows_does_not_fit(at: CostBench):
    run = await at.read(cost("B-71", kind="BARTER"))

    assert await at.said(run) == [("OKAF01/B-71", "VALUE_DOES_NOT_FIT", "BARTER")]


async def test_a_contract_that_the_hub_never_sent_keeps_no_cost_out_and_is_told_to_nobody(at: CostBench):
    run = await at.read(cost("B-72", contract="24-101/OLD"))

    assert await at.costs() == [("B-72", "SUBCONTRACTOR_INVOICE", "APPROVED", "300.00")]
    assert (run["state"], await at.said(run)) == ("SUCCEEDED", [])


async def test_the_same_transaction_read_again_updates_the_same_row_and_adds_none(at: CostBench):
    await at.read(cost("B-55"))
    first = await at.bench.value("select id from direct_cost")

    again = await at.read(cost("B-55"))
    changed = await at.read(cost("B-55", "325.00"))

    assert (again["records_unchanged"], changed["records_updated"]) == (1, 1)
    assert await at.costs() == [("B-55", "INVOICE", "APPROVED", "325.00")]
    assert await at.bench.value("select id from direct_cost") == first


async def test_a_reversal_stands_beside_what_it_reverses(at: CostBench):
    await at.read(cost("B-55"), cost("B-55R", "-300.00"))

    assert await at.bench.value("select sum(amount)::text from direct_cost where status <> 'DRAFT'") == "0.00"


async def test_a_cost_that_the_erp_voids_becomes_a_draft_and_counts_no_more(at: CostBench):
    await at.read(cost("B-55"), cost("B-57", "20.00"))

    await at.read(cost("B-55", status="DRAFT"), cost("B-57", "20.00"))

    assert (
        await at.bench.value("select sum(amount)::text from direct_cost where status <> 'DRAFT'") == "20.00"
    )


async def test_the_payable_of_an_invoice_that_the_hub_exported_is_not_counted_twice(at: CostBench):
    run = await at.read(cost("INV-7", "9000.00", contract="24-101/SC-001"), cost("INV-8", "10.00"))

    assert await at.costs() == [("INV-8", "INVOICE", "APPROVED", "10.00")]
    assert (run["state"], await at.said(run)) == ("SUCCEEDED", [])


async def test_the_payable_of_an_invoice_that_is_being_exported_stays_out_too(at: CostBench):
    for state in ("READY_TO_EXPORT", "EXPORTING"):
        await at.bench.change("update link set state = $2 where object_id = $1", at.invoices["INV-8"], state)
    await at.read(cost("INV-8"))
    assert await at.costs() == []

    await at.bench.change("update link set state = 'IN_DOUBT' where object_id = $1", at.invoices["INV-8"])
    await at.read(cost("INV-8"))
    assert await at.costs() == []


async def test_the_payable_of_an_export_that_failed_after_all_enters_with_the_next_run(at: CostBench):
    for state in ("READY_TO_EXPORT", "EXPORTING"):
        await at.bench.change("update link set state = $2 where object_id = $1", at.invoices["INV-8"], state)
    await at.read(cost("INV-8"))

    await at.bench.change("update link set state = 'FAILED' where object_id = $1", at.invoices["INV-8"])
    await at.read()

    assert await at.costs() == [("INV-8", "INVOICE", "APPROVED", "300.00")]


async def test_a_payable_that_had_entered_before_its_invoice_was_linked_is_taken_out_of_the_counting(
    at: CostBench,
):
    await at.read(cost("INV-8"))
    assert await at.costs() == [("INV-8", "INVOICE", "APPROVED", "300.00")]

    for state in ("READY_TO_EXPORT", "EXPORTING", "SYNCED"):
        await at.bench.change(
            "update link set state = $2, external_id = 'OKAF01/INV-8' where object_id = $1",
            *(at.invoices["INV-8"], state),
        )
    for _ in range(2):
        await at.read(cost("INV-8"))
        assert await at.costs() == [("INV-8", "INVOICE", "DRAFT", "300.00")]

    causes = await at.bench.rows(
        "select e.cause, e.after ->> 'status' as status from event e join direct_cost t on t.id = e.object_id order by e.id"
    )
    invoice = at.invoices["INV-8"]
    assert [tuple(row) for row in causes] == [
        (None, "APPROVED"),
        (f"Counted as invoice INV-8, which the hub exported: {invoice}", "DRAFT"),
    ]


async def test_costs_of_a_project_whose_switch_is_off_stay_out_until_it_is_on(at: CostBench):
    await at.bench.change("update project set syncs_job_costs = false where id = $1", at.project)
    off = await at.read(cost("B-55"))
    assert (await at.costs(), off["state"], await at.said(off)) == ([], "SUCCEEDED", [])

    await at.bench.change("update project set syncs_job_costs = true where id = $1", at.project)
    await at.read()

    assert await at.costs() == [("B-55", "INVOICE", "APPROVED", "300.00")]


async def test_what_the_erp_takes_away_from_a_cost_is_gone_here_too(at: CostBench):
    await at.read(cost("B-55", paid_date=date(2026, 5, 10)))

    await at.read(cost("B-55"))

    assert await at.bench.value("select paid_date from direct_cost") is None
