"""Budgets between the reference ERP and Procore's sandbox: what the ERP has comes in, and what the project tool has goes out."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from budget_desk import accept, as_mri, budget, change, exported, made, refused
from budget_people import Site
from desk import Desk, Item, said
from plant import WORLD, Plant, System

from hub.connectors import capabilities
from hub.core.link import LinkState
from hub.erp.connector import Incoming
from hub.errors import ErpUnavailable, Refused
from hub.sandboxes import procore, reference
from hub.sandboxes.kit import serving
from hub.sandboxes.world.model import Job
from hub.sync.budgets.importing import ExistingLines, planned
from hub.sync.intake.imports import Import

CREDENTIALS = {"client_id": "reference-hub", "client_secret": "reference-secret"}
JOBS = iter([job for job in WORLD.jobs if job.linked])
KEEP, OVERWRITE = {"existing": "KEEP"}, {"existing": "OVERWRITE"}


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[str, str]]:
    with serving(reference.create_app()) as ledger, serving(procore.create_app()) as tool:
        yield ledger, tool


@pytest_asyncio.fixture
async def site(desk: Desk, servers: tuple[str, str]) -> AsyncIterator[Site]:
    """A project of its own for each test, empty on both sides."""
    ledger, tool = map(System, servers)
    await desk.change("update connection set kind = 'reference' where id = $1", desk.erp)
    plant = Plant(desk, ledger, tool)
    settings = {
        "company_id": str(WORLD.company.procore_id),
        "standard_cost_code_list_id": str(WORLD.company.cost_code_list_id),
        "login_url": tool.url,
    }
    known = {"client_id": "hub-sandbox", "client_secret": "hub-sandbox-secret"}
    plant.tool = await plant.connect("Procore", "procore", tool.url, known, settings)
    await plant.connect("MRI", "reference", ledger.url, CREDENTIALS, {})
    await desk.change("delete from job where kind = 'poll_requests'")
    made = await Site.open(plant, next(JOBS))
    await made.bring_own(plant.tool, "budget")
    yield made
    await ledger.control.aclose()
    await tool.control.aclose()


def pairs(job: Job) -> list[tuple[str, str]]:
    """Codes of the job with their default types."""
    return [(code.code, code.categories[0]) for code in WORLD.cost_codes if code.code in job.chart]


async def ledger_has(site: Site, *lines: tuple[str, str, str]) -> None:
    """The ERP's budget of the job, instead of any that it has."""
    control = site.plant.mri.control
    found = (await control.get("/__control/documents/budgets")).json()["documents"]
    for row in found:
        if row["job"] == site.job.code:
            gone = {"where": {"job": site.job.code}, "force": True}
            (await control.post("/__control/documents/budgets/delete", json=gone)).raise_for_status()
    total = sum((Decimal(amount) for _, _, amount in lines), Decimal("0.00"))
    rows = [{"cost_code": code, "cost_type": kind, "amount": amount} for code, kind, amount in lines]
    body = {"job": site.job.code, "amount": str(total), "lines": rows}
    (await control.post("/__control/documents/budgets", json=body)).raise_for_status()


async def the_budget(site: Site) -> Item:
    found = await site.plant.desk.value("select id from budget where project_id = $1", await site.project())
    return Item("bud", found)


async def imported(site: Site, item: Item, extra: dict[str, str]) -> Any:
    outcome = await site.plant.desk.ask("administrator", "importBudgets", item, extra=extra)
    assert said(outcome) == [], outcome
    job = await site.plant.step("import_budget")
    assert job["state"] in ("DONE", "QUEUED"), dict(
        await site.plant.desk.one(
            "select erp_message, message from sync_run_item where run_id = $1", outcome.run_id
        )
    )
    return job, outcome.run_id


async def in_tool(site: Site) -> list[tuple[str, str]]:
    """Code with type, and amount, of each line as the project tool has it."""
    return sorted(
        (f"{row['cost_code'].partition(' ')[0]}/{row['category']}", row["original_budget_amount"])
        for row in await site.lines()
    )


async def here(site: Site, item: Item) -> list[tuple[str, str, Decimal]]:
    rows = await site.plant.desk.rows(
        """select c.code, y.code as kind, n.original_amount from budget_line n
        join cost_code c on c.id = n.cost_code_id join cost_type y on y.id = n.cost_type_id
        where n.budget_id = $1 order by 1, 2""",
        item.id,
    )
    return [tuple(row) for row in rows]


async def test_an_imported_budget_agrees_on_all_sides_to_the_cent(site: Site):
    (one, kind), (two, other), (three, third) = pairs(site.job)[:3]
    await ledger_has(site, (one, kind, "1000.10"), (two, other, "0.00"), (three, third, "2500.05"))
    item = await the_budget(site)

    job, run = await imported(site, item, KEEP)

    assert job["state"] == "DONE", dict(job)
    assert await here(site, item) == [(one, kind, Decimal("1000.10")), (three, third, Decimal("2500.05"))]
    assert [amount for _, amount in await in_tool(site)] == ["1000.10", "2500.05"]
    assert await site.plant.desk.value(
        "select original_amount from budget where id = $1", item.id
    ) == Decimal("3500.15")
    assert await site.plant.desk.run(run) == ("IMPORT", "SUCCEEDED", [("DONE", None)])
    assert ("IMPORT", "3500.15 in the ERP, 3500.15 here") in await site.plant.desk.history(item)


async def test_existing_lines_are_kept_and_the_others_added(site: Site):
    (one, kind), (two, other) = pairs(site.job)[:2]
    await ledger_has(site, (one, kind, "10.00"), (two, other, "20.00"))
    await site.line(f"{one}.{kind}", "7.77")
    item = await site.budgets()

    await imported(site, item, KEEP)

    assert await here(site, item) == [(one, kind, Decimal("7.77")), (two, other, Decimal("20.00"))]


async def test_existing_lines_are_overwritten_and_what_the_erp_lacks_holds_nothing(site: Site):
    (one, kind), (two, other), (three, third) = pairs(site.job)[:3]
    await ledger_has(site, (one, kind, "10.00"), (two, other, "20.00"))
    await site.line(f"{one}.{kind}", "7.77")
    await site.line(f"{three}.{third}", "5.00")
    item = await site.budgets()

    await imported(site, item, OVERWRITE)

    assert await here(site, item) == [
        (one, kind, Decimal("10.00")),
        (two, other, Decimal("20.00")),
        (three, third, Decimal("0.00")),
    ]
    assert sum(Decimal(amount) for _, amount in await in_tool(site)) == Decimal("30.00")


async def test_what_the_erp_holds_below_zero_makes_no_line_and_the_import_still_agrees(site: Site):
    (one, kind), (two, other) = pairs(site.job)[:2]
    await ledger_has(site, (one, kind, "500.00"), (two, other, "-100.00"))
    await site.line(f"{one}.{kind}", "7.77")
    item = await site.budgets()

    job, run = await imported(site, item, OVERWRITE)

    assert job["state"] == "DONE", (job["error_code"], job["error_message"])
    assert await here(site, item) == [(one, kind, Decimal("500.00"))]
    assert await site.plant.desk.run(run) == ("IMPORT", "SUCCEEDED", [("DONE", None)])


async def test_a_write_that_was_stored_and_lost_is_found_and_never_sent_again(site: Site):
    (one, kind), (two, other) = pairs(site.job)[:2]
    await ledger_has(site, (one, kind, "10.00"), (two, other, "20.00"))
    item = await the_budget(site)
    await site.plant.procore.fault("drop_after", method="POST", contains="budget_line_items")

    job, _ = await imported(site, item, KEEP)
    assert (job["state"], job["error_code"]) == ("QUEUED", "ERP_UNAVAILABLE")
    job = await site.plant.step("import_budget")

    assert job["state"] == "DONE", (job["error_code"], job["error_message"])
    assert len(await site.lines()) == 2
    assert await here(site, item) == [(one, kind, Decimal("10.00")), (two, other, Decimal("20.00"))]


async def test_what_was_written_is_not_written_again_when_reading_it_back_has_to_be_tried_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
):
    (one, kind), (two, other) = pairs(site.job)[:2]
    await ledger_has(site, (one, kind, "10.00"), (two, other, "20.00"))
    item = await the_budget(site)

    async def away(_: Import) -> None:
        raise ErpUnavailable("The project tool is away.")

    with monkeypatch.context() as outage:
        outage.setattr(Import, "read", away)
        job, _ = await imported(site, item, KEEP)
    assert (job["state"], job["error_code"]) == ("QUEUED", "ERP_UNAVAILABLE")
    job = await site.plant.step("import_budget")

    assert job["state"] == "DONE", (job["error_code"], job["error_message"])
    assert await here(site, item) == [(one, kind, Decimal("10.00")), (two, other, Decimal("20.00"))]


async def test_of_several_slices_those_that_were_stored_are_not_sent_again(site: Site):
    codes = pairs(site.job)[:3]
    await ledger_has(site, *((code, kind, "10.00") for code, kind in codes))
    await site.plant.desk.change(
        "update connection set settings = settings || $2 where id = $1",
        *(site.plant.tool, json.dumps({"batch_size": 1})),
    )
    item = await the_budget(site)
    lost = {"fault": "drop_after", "match": {"method": "POST", "contains": "budget_line_items"}, "nth": 2}
    (await site.plant.procore.control.post("/__control/faults", json=lost)).raise_for_status()

    job, _ = await imported(site, item, KEEP)
    assert (job["state"], job["error_code"]) == ("QUEUED", "ERP_UNAVAILABLE")
    job = await site.plant.step("import_budget")

    assert job["state"] == "DONE", (job["error_code"], job["error_message"])
    assert [amount for _, _, amount in await here(site, item)] == [Decimal("10.00")] * 3


async def test_a_write_that_left_no_trace_is_in_doubt_and_not_repeated(site: Site):
    ((one, kind),) = pairs(site.job)[:1]
    await ledger_has(site, (one, kind, "10.00"))
    item = await the_budget(site)
    await site.plant.procore.fault("drop_before", method="POST", contains="budget_line_items")

    await imported(site, item, KEEP)
    job = await site.plant.step("import_budget")

    assert (job["state"], job["error_code"]) == ("FAILED", "OUTCOME_UNKNOWN")
    assert await site.lines() == []


# --- the other way -----------------------------------------------------------------------------------------------------


async def sent_out(site: Site, item: Item, **entries: Any) -> None:
    desk = site.plant.desk
    await desk.change("update project_member set budget_level = 3")
    assert said(await desk.send("manager", item)) == []
    assert said(await accept(desk, item, **entries)) == []
    job = await site.plant.step("export")
    assert job["state"] == "DONE", (job["error_code"], job["error_message"])
    await site.plant.step("mark_origin")


async def documents(site: Site, collection: str) -> list[dict[str, Any]]:
    found = (await site.plant.mri.control.get(f"/__control/documents/{collection}")).json()["documents"]
    return [row for row in found if row["job"] == site.job.code]


def lines_of(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [(line["cost_code"], line["cost_type"], line["amount"]) for line in document["lines"]]


# Typed from the field mapping of budgets and budget modifications.
async def test_a_budget_its_changes_and_what_changed_in_it_go_out_one_after_the_other(site: Site):
    (one, kind), (two, other), (three, third) = pairs(site.job)[:3]
    await ledger_has_none(site)
    await site.line(f"{one}.{kind}", "1000.00")
    await site.line(f"{two}.{other}", "500.00")
    await site.lock()
    item = await site.budgets()
    await sent_out(site, item, revision_type="Scope Change")
    [held] = await documents(site, "budgets")
    assert (held["amount"], lines_of(held)) == ("1500.00", [(one, kind, "1000.00"), (two, other, "500.00")])
    assert await documents(site, "budget-revisions") == []

    await site.change((f"{two}.{other}", "50.25"), (f"{one}.{kind}", "-50.25"), title="Move")
    await site.budgets()
    moved = await site.plant.desk.value(
        "select id from budget_change where project_id = $1", await site.project()
    )
    await sent_out(site, Item("bch", moved), revision_type="Budget Transfer", revision_date="2026-03-04")
    await site.plant.procore.control.post("/__control/settings", json={"unlocks_synced_budgets": True})
    await site.lock(locked=False)
    await site.line(f"{three}.{third}", "7.00")
    await site.lock()
    await site.budgets()
    await sent_out(site, item, revision_type="Scope Change", revision_date="2026-03-05", description="More")

    first, second = sorted(await documents(site, "budget-revisions"), key=lambda row: row["number"])
    named = ("number", "type", "status", "date", "description")
    assert [first[name] for name in named] == ["1", "Budget Transfer", "Approved", "2026-03-04", "Move"]
    assert lines_of(first) == [(one, kind, "-50.25"), (two, other, "50.25")]
    assert [second[name] for name in named] == ["2", "Scope Change", "Approved", "2026-03-05", "More"]
    assert lines_of(second) == [(three, third, "7.00")]
    assert await site.plant.desk.state(item) == "SYNCED"


async def test_the_same_change_in_both_forms_leaves_the_same_bytes_here_too(desk: Desk):
    await as_mri(desk)
    await exported(desk)
    await desk.change("update connection set kind = 'reference', settings = '{}' where role = 'ERP'")
    reversed_lines = (("03-200", "M", "5.00"), ("03-100", "L", "-5.00"))
    new = await change(desk, lines=reversed_lines, number="4")
    legacy = await change(desk, lines=tuple(reversed(reversed_lines)), kind="MODIFICATION")

    typed = {"revision_type": "Budget Transfer", "revision_date": "2026-05-04"}
    assert (await made(desk, new, **typed)).text == (await made(desk, legacy, **typed)).text
    with pytest.raises(Refused, match="Scope Change, Budget Transfer, Contingency"):
        await made(desk, new)


async def ledger_has_none(site: Site) -> None:
    """Neither a budget nor a revision of the job."""
    for collection in ("budget-revisions", "budgets"):
        for row in await documents(site, collection):
            gone = {"where": {"id": row["id"]}, "force": True}
            path = f"/__control/documents/{collection}/delete"
            (await site.plant.mri.control.post(path, json=gone)).raise_for_status()


# --- who may, and when -------------------------------------------------------------------------------------------------


async def asked(desk: Desk, who: str, item: Item) -> Any:
    return await desk.ask(who, "importBudgets", item, extra=KEEP)


async def as_reference(desk: Desk) -> None:
    """Everybody has Commitments' level on Budget, and the ERP can what the reference ERP can."""
    await as_mri(desk)
    can = json.dumps(capabilities("reference", {}).document())
    await desk.change("update connection set capabilities = $1::jsonb where role = 'ERP'", can)
    await desk.change(
        """insert into connection (account_id, id, name, kind, role, base_url)
        values ($1, $2, 'Procore', 'procore', 'PROJECT_TOOL', 'https://tool.example')""",
        *(desk.account, desk.ids()),
    )


@pytest.mark.parametrize(
    ("who", "verdict"),
    [
        ("nobody", ["NOT_FOUND"]),
        ("reader", ["FORBIDDEN"]),
        ("manager", ["FORBIDDEN"]),
        ("standard", []),
        ("approver", []),
        ("administrator", []),
    ],
)
async def test_importing_a_budget_takes_standard_on_erp_integrations(
    desk: Desk, who: str, verdict: list[str]
):
    await as_reference(desk)
    item = await budget(desk, is_locked=False)

    assert said(await asked(desk, who, item)) == verdict


async def test_mri_gives_no_budget(desk: Desk):
    await as_mri(desk)
    item = await budget(desk, is_locked=False)

    assert refused(await asked(desk, "administrator", item)) == [
        ("CAPABILITY_NOT_SUPPORTED", "This ERP gives no budgets to the project tool.")
    ]
    assert await desk.jobs() == []


async def test_a_locked_budget_is_not_imported(desk: Desk):
    await as_reference(desk)
    item = await budget(desk)

    assert refused(await asked(desk, "administrator", item)) == [("BUDGET_LOCKED", "The budget is locked.")]


async def test_after_the_export_a_budget_is_not_imported_any_more(desk: Desk):
    await as_mri(desk)
    item = await exported(desk)
    await desk.change("update job set state = 'DONE'")
    await as_reference(desk)
    await desk.change("update budget set is_locked = false where id = $1", item.id)

    assert said(await asked(desk, "administrator", item)) == ["BUDGET_IMPORT_CLOSED"]


async def test_only_the_budget_of_a_linked_project_is_imported(desk: Desk):
    await as_reference(desk)
    other = await desk.project("J200", LinkState.NOT_SENT)
    item = await budget(desk, is_locked=False, project_id=other.id)

    assert said(await asked(desk, "administrator", item)) == ["PROJECT_NOT_LINKED"]


async def test_a_budget_is_imported_by_one_run_at_a_time(desk: Desk):
    await as_reference(desk)
    item = await budget(desk, is_locked=False)
    assert said(await asked(desk, "administrator", item)) == []

    assert said(await asked(desk, "administrator", item)) == ["WRONG_STATE"]


@pytest.mark.parametrize("turn", range(3))
async def test_of_two_who_import_a_budget_at_once_one_does(desk: Desk, turn: int):
    await as_reference(desk)
    item = await budget(desk, is_locked=False)

    outcomes = await asyncio.gather(*(asked(desk, who, item) for who in ("administrator", "standard")))

    assert sorted(said(outcome) for outcome in outcomes) == [[], ["WRONG_STATE"]]
    assert [kind for kind, _ in await desk.jobs()] == ["import_budget"]


def test_what_is_written_is_the_amounts_above_zero():
    ledger = {
        ("03-100", "L"): Decimal("10.00"),
        ("03-200", "M"): Decimal("0.00"),
        ("03-300", "M"): Decimal("-4.00"),
    }
    ids = dict.fromkeys(ledger, ("1", "2"))

    assert planned(ledger, [], ids, ExistingLines.KEEP) == [
        {"cost_code_id": "1", "cost_type_id": "2", "original_amount": "10.00"}
    ]


def line(id_: str, code: str | None, amount: str) -> Incoming:
    kind = code and "L"
    refs = {"cost_code": code, "cost_type": kind, "wbs_code": f"W{id_}"}
    return Incoming("budget_line", id_, None, {"original_amount": Decimal(amount)}, refs)


def test_of_two_lines_on_one_code_the_first_holds_what_the_erp_has_and_the_other_nothing():
    ledger = {("03-100", "L"): Decimal("10.00")}
    lines = [
        line("1", "03-100", "3.00"),
        line("2", "03-100", "4.00"),
        line("3", None, "5.00"),
        line("4", None, "6.00"),
    ]

    found = planned(ledger, lines, {}, ExistingLines.OVERWRITE)

    assert [(each["external_id"], each["original_amount"]) for each in found] == [
        ("1", "10.00"),
        ("2", "0.00"),
        ("3", "0.00"),
        ("4", "0.00"),
    ]


def test_an_amount_of_the_erp_on_no_code_goes_onto_no_line_of_the_project_tool():
    with pytest.raises(Refused, match="lacks cost codes of the ERP's budget: None/None"):
        planned({(None, None): Decimal("10.00")}, [line("1", None, "3.00")], {}, ExistingLines.OVERWRITE)
