"""What MRI has no way to do is refused before any request leaves for it; the reference ERP does the same.

Typed from the table of objects that MRI takes and gives: vendors, jobs and codes come in; sub jobs, prime contracts, their change
orders and invoices to owners cross neither way."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from desk import Desk, Item, said
from ledger import COMPANY, PROJECT, Ledger
from plant import WORLD, Plant, System

from db.session import WritePool
from hub.actions.decide import lock
from hub.core.action import Action
from hub.core.link import LinkState
from hub.objects import BY_KEY
from hub.sandboxes import procore, reference
from hub.sandboxes.kit import serving
from hub.sandboxes.world import Job
from hub.settings import Settings

UNABLE = "CAPABILITY_NOT_SUPPORTED"
# Object -> what the approver types, and the collection of the reference ERP it goes to.
SENT: dict[str, tuple[dict[str, str], str]] = {
    "company": ({"erp_id": "NEWV01"}, "vendors"),
    "project": ({}, "jobs"),
    "sub_job": ({}, "sub-jobs"),
    "cost_code": ({"income_account": "5000"}, "cost-codes"),
    "prime_contract": ({}, "prime-contracts"),
    "prime_contract_change_order": ({}, "prime-change-orders"),
    "owner_invoice": ({}, "owner-invoices"),
}
ANSWERED = ("sendItems", "retrieveItems", "acceptItems", "rejectItems")
# What the ERP would give: action, object.
GIVEN = (
    ("addItems", "sub_job"),
    ("addItems", "prime_contract"),
    ("importPrimeContracts", "prime_contract"),
    ("refreshItems", "prime_contract"),
)


@pytest_asyncio.fixture
async def mri(plant: Plant) -> Plant:
    """An account whose ERP is MRI, with somebody who may do everything."""
    async with plant.desk.books() as books:
        plant.desk.people["boss"] = await books.member(on={plant.desk.job.id: PROJECT}, **COMPANY)
    return plant


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[str, str]]:
    """The reference ERP and a Procore beside it, of their own: tests add codes there."""
    with serving(reference.create_app()) as ledger, serving(procore.create_app()) as tool:
        yield ledger, tool


@pytest_asyncio.fixture
async def ledger(
    app_pool: WritePool, hub_settings: Settings, servers: tuple[str, str]
) -> AsyncIterator[Ledger]:
    """An account whose ERP is the reference ERP, which knows its job, codes and owner."""
    desk = await Desk.open(app_pool, hub_settings)
    systems = System(servers[0]), System(servers[1])
    (await systems[0].control.post("/__control/reset")).raise_for_status()
    made = await Ledger.begin(desk, *systems)
    await desk.change("update project set origin_deleted_at = null")
    await made.enter("jobs", code="J100", name="Job J100")
    await made.enter("customers", code="V000123", name="Acme Concrete")
    await made.enter("job-cost-codes", job="J100", code="03-100", cost_types=["L", "M"])
    await made.enter(
        "prime-contracts",
        job="J100",
        number="PC-0",
        customer="V000123",
        amount="10.00",
        contract_date="2026-02-01",
    )
    yield made
    for system in systems:
        await system.control.aclose()


# --- one sound item of each object ------------------------------------------------------------------------------------

Make = Callable[[Desk], Awaitable[Item]]


async def _made(desk: Desk, key: str, state: LinkState = LinkState.NOT_SENT, **values: Any) -> Item:
    spec = BY_KEY[key]
    link = values.pop("link", None)
    async with desk.books() as books:
        return Item(spec.tag, await books.item(spec.table.name, spec.name, state, link, **values))


async def company(desk: Desk) -> Item:
    return await _made(desk, "company", name="Ours", is_active=True)


async def project(desk: Desk) -> Item:
    item = await _made(desk, "project", number="27-001", name="New Job", is_active=True)
    async with desk.books() as books:
        await books.insert("project_member", member_id=desk.people["boss"], project_id=item.id, **PROJECT)
    return item


async def sub_job(desk: Desk) -> Item:
    return await _made(desk, "sub_job", project_id=desk.job.id, code="C", name="Phase C", is_active=True)


async def cost_code(desk: Desk) -> Item:
    return await _made(desk, "cost_code", code="77-001", name="Own code")


async def contract(
    desk: Desk, number: str = "PC-1", state: LinkState = LinkState.NOT_SENT, **values: Any
) -> Item:
    given = {
        "project_id": desk.job.id,
        "company_id": desk.vendor.id,
        "number": number,
        "title": "With the owner",
        "status": "APPROVED",
        "is_executed": False,
        "currency": "USD",
        "contract_date": date(2026, 2, 1),
        "original_amount": Decimal("100.00"),
        **values,
    }
    item = await _made(desk, "prime_contract", state, **given)
    await _line(desk, "prime_contract", item, amount=Decimal("100.00"))
    return item


async def _line(desk: Desk, key: str, item: Item, **values: Any) -> None:
    codes = {"cost_code_id": desk.codes["03-100"], "cost_type_id": desk.types["L"]}
    async with desk.books() as books:
        await books.row(
            f"{key}_line", **{f"{key}_id": item.id}, line_number=1, origin_id="L1", **codes, **values
        )


async def _parent(desk: Desk) -> Item:
    linked = {"external_id": "J100/PC-0", "external_code": "PC-0"}
    return await contract(desk, "PC-0", LinkState.LINKED, link=linked)


async def change_order(desk: Desk) -> Item:
    parent = await _parent(desk)
    item = await _made(
        desk, "prime_contract_change_order", project_id=desk.job.id, prime_contract_id=parent.id, number="001",
        title="More", status="APPROVED", is_executed=False, currency="USD", amount=Decimal("5.00"),
        origin_created_at=datetime(2026, 2, 2, tzinfo=UTC),
    )  # fmt: skip
    await _line(desk, "prime_contract_change_order", item, amount=Decimal("5.00"))
    return item


async def owner_invoice(desk: Desk) -> Item:
    parent = await _parent(desk)
    item = await _made(
        desk, "owner_invoice", project_id=desk.job.id, prime_contract_id=parent.id, invoice_number="OI-1",
        status="APPROVED", currency="USD", amount=Decimal("5.00"), billing_date=date(2026, 2, 28),
        period_start=date(2026, 2, 1), period_end=date(2026, 2, 28),
    )  # fmt: skip
    amounts = ("retainage_held", "retainage_released", "stored_materials", "stored_retainage")
    none = {f"{name}_amount": Decimal("0.00") for name in amounts}
    await _line(desk, "owner_invoice", item, completed_amount=Decimal("5.00"), **none)
    return item


MAKE: dict[str, Make] = {
    "company": company,
    "project": project,
    "sub_job": sub_job,
    "cost_code": cost_code,
    "prime_contract": contract,
    "prime_contract_change_order": change_order,
    "owner_invoice": owner_invoice,
}


async def of_the_erp(desk: Desk, key: str) -> Item:
    """As an import would have listed it."""
    if key == "sub_job":
        link = {"external_id": "J100/A", "external_code": "A"}
        values = {"project_id": desk.job.id, "code": "A", "name": "Phase A", "is_active": True}
        return await _made(desk, key, LinkState.READY_TO_IMPORT, origin_id=None, link=link, **values)
    link = {"external_id": "J100/PC-9", "external_code": "PC-9"}
    return await contract(desk, "PC-9", LinkState.READY_TO_IMPORT, origin_id=None, link=link)


async def known_on_both_sides(desk: Desk) -> Item:
    """A prime contract whose amount the ERP has changed."""
    link = {"external_id": "J100/PC-0", "external_code": "PC-0", "snapshot": {"original_amount": "101.00"}}
    return await contract(desk, "PC-0", LinkState.LINKED, link=link)


async def asked(desk: Desk, mutation: str, item: Item) -> list[str]:
    each: dict[str, Any] = {
        "acceptItems": {"digest": "0" * 64, "entries": {}},
        "rejectItems": {"comment": "No"},
    }.get(mutation, {})
    return said(await desk.ask("boss", mutation, item, **each))


# --- what goes out ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mutation", ANSWERED)
@pytest.mark.parametrize("key", SENT)
async def test_mri_takes_none_of_these_and_is_not_even_asked(mri: Plant, key: str, mutation: str):
    item = await MAKE[key](mri.desk)
    before = await mri.desk.trace()

    found = await asked(mri.desk, mutation, item)

    assert found[0] == UNABLE
    assert await mri.desk.trace() == before
    assert await mri.mri.requests() == []


@pytest.mark.parametrize("key", SENT)
async def test_the_reference_erp_takes_each_of_these(ledger: Ledger, key: str):
    entries, collection = SENT[key]
    item, before = await MAKE[key](ledger.desk), len(await ledger.kept(collection))
    assert said(await ledger.desk.send("boss", item)) == []
    assert await ledger.accept(item, **entries) == []

    work = await ledger.step("export")

    assert work["state"] == "DONE", work["error_message"]
    assert len(await ledger.kept(collection)) == before + 1
    assert await ledger.desk.state(item) in ("LINKED", "SYNCED")


@pytest.mark.parametrize("key", SENT)
async def test_the_reference_erps_items_are_taken_back_and_sent_back(ledger: Ledger, key: str):
    item = await MAKE[key](ledger.desk)
    assert said(await ledger.desk.send("boss", item)) == []
    assert await asked(ledger.desk, "retrieveItems", item) == []
    assert said(await ledger.desk.send("boss", item)) == []

    rejected = await asked(ledger.desk, "rejectItems", item)

    assert rejected == (["ALL_OR_NONE"] if key == "cost_code" else [])


@pytest.mark.parametrize("key", ["prime_contract_change_order", "owner_invoice"])
async def test_nothing_is_unlinked_from_mri_that_it_never_had(mri: Plant, key: str):
    item = await MAKE[key](mri.desk)

    assert (await asked(mri.desk, "unlinkItems", item))[0] == UNABLE
    assert await mri.mri.requests() == []


# --- what comes in ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mutation", "key"), GIVEN)
async def test_mri_gives_none_of_these_and_is_not_even_asked(mri: Plant, mutation: str, key: str):
    item = await of_the_erp(mri.desk, key)
    before = await mri.desk.trace()

    assert (await asked(mri.desk, mutation, item))[0] == UNABLE
    assert await mri.desk.trace() == before
    assert await mri.mri.requests() == []
    assert await mri.procore.requests(method="PATCH") == []


@pytest.mark.parametrize(("mutation", "key"), GIVEN)
async def test_the_reference_erp_gives_each_of_these(ledger: Ledger, mutation: str, key: str):
    item = await (
        of_the_erp(ledger.desk, key) if mutation == "addItems" else known_on_both_sides(ledger.desk)
    )

    assert await asked(ledger.desk, mutation, item) == []


@pytest.mark.parametrize("key", ["sub_job", "prime_contract", "budget"])
async def test_a_list_that_mri_does_not_give_is_not_asked_for(mri: Plant, key: str):
    extra = {"system_id": f"sys_{mri.desk.erp}", "resources": [key]}

    assert said(await mri.desk.ask("boss", "importRecords", extra=extra)) == [UNABLE]
    assert await mri.mri.requests() == []


@pytest.mark.parametrize("key", ["sub_job", "prime_contract"])
async def test_the_reference_erp_gives_the_list(ledger: Ledger, key: str):
    await ledger.read(key, erp=True)


# --- codes ------------------------------------------------------------------------------------------------------------


async def verdict(desk: Desk, action: Action, item: Item) -> list[str]:
    """What `viewerCan` says of an action that people take in the project tool."""
    spec = BY_KEY["cost_code"]
    async with desk.pool.transaction(desk.account) as connection:
        found = await lock(connection, desk.account, desk.people["boss"], spec, action, [item.id])
    return [reason.code.value for reason in found[item.id].reasons]


async def test_of_mri_a_code_is_deleted_by_the_partner_alone(mri: Plant):
    """Whatever the code's state."""
    assert (await verdict(mri.desk, Action.DELETE, await cost_code(mri.desk)))[0] == "PARTNER_ONLY"
    linked = Item("ccd", mri.desk.codes["03-100"])
    assert (await verdict(mri.desk, Action.DELETE, linked))[0] == "PARTNER_ONLY"


async def test_of_the_reference_erp_a_code_is_deleted_while_the_erp_does_not_know_it(ledger: Ledger):
    assert await verdict(ledger.desk, Action.DELETE, await cost_code(ledger.desk)) == []
    linked = Item("ccd", ledger.desk.codes["03-100"])
    assert await verdict(ledger.desk, Action.DELETE, linked) == ["DELETE_NOT_ALLOWED"]


OWN_CODE = "99-900"  # somebody typed it into one project of Procore by hand


async def project_codes(plant: Plant, job: Job) -> list[tuple[str, str]]:
    """What is told of the codes of a project after they are read from Procore."""
    desk = plant.desk
    await desk.change("update project set origin_deleted_at = hub_now()")
    linked = {"external_id": job.code, "external_code": job.code}
    await desk.project(job.code, LinkState.LINKED, origin_id=str(job.procore_id), link=linked)
    async with desk.books() as books:
        for code in WORLD.cost_codes:
            if code.code not in desk.codes:
                desk.codes[code.code] = await books.cost_code(code.code, code.name)
    extra = {"system_id": f"sys_{plant.tool}", "resources": ["project_cost_code"]}
    assert said(await desk.ask("boss", "importRecords", extra=extra)) == []
    work = await plant.step("import")
    assert work["state"] == "DONE", work["error_message"]
    rows = await desk.rows("select code, value from sync_issue order by value")
    return [tuple(row) for row in rows]


def with_own_code() -> Job:
    project = next(one.project_id for one in WORLD.project_codes if one.code == OWN_CODE)
    return next(job for job in WORLD.jobs if job.procore_id == project)


async def test_a_code_of_one_project_alone_is_refused_where_one_list_serves_all(mri: Plant):
    assert await project_codes(mri, with_own_code()) == [("PROJECT_CODES_NOT_SUPPORTED", OWN_CODE)]
    assert await mri.desk.rows("select id from cost_code where code = $1", OWN_CODE) == []
    assert await mri.mri.requests() == []


async def test_a_code_of_one_project_alone_is_nothing_to_tell_of_where_the_erp_takes_such(ledger: Ledger):
    assert await project_codes(ledger, with_own_code()) == []


# --- an ERP first ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("has_erp", [True, False])
async def test_a_code_of_the_project_tool_enters_once_the_company_has_an_erp_that_takes_it(
    ledger: Ledger, *, has_erp: bool
):
    desk, company = ledger.desk, WORLD.company
    own = {"code": "77-900", "name": "Own code"}
    body = {
        "company_id": company.procore_id,
        "standard_cost_code_list_id": company.cost_code_list_id,
        "updates": [own],
    }
    await ledger.say_in_tool("PATCH", "/rest/v1.0/standard_cost_codes/sync", body)
    if not has_erp:
        for table in ("project_cost_code", "link", "cost_code"):
            await desk.change(f"delete from {table}")
        await desk.change("delete from connection where id = $1", desk.erp)

    await ledger.read("cost_code")

    assert bool(await desk.rows("select id from cost_code where code = '77-900'")) is has_erp
