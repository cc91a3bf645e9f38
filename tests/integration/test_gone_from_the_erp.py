"""What an ERP has deleted outright: a complete list that no longer holds it marks it, reversibly, and it counts for nothing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from cost_bench import JOB, CostBench, cost, paid
from factories import Books
from imports_bench import record

from db.clock import new_id
from db.session import WritePool
from hub.core.link import LinkState
from hub.erp.connector import Incoming
from hub.settings import Settings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FOLLOWS = '{"behaviour": {"direct_cost_follow_deletes": true}}'


@pytest_asyncio.fixture
async def at(hub_settings: Settings, app_pool: WritePool, account: UUID) -> CostBench:
    return await CostBench.open(hub_settings, app_pool, account)


async def follows(at: CostBench) -> None:
    await at.bench.change(
        "update connection set capabilities = $2::jsonb where id = $1", at.bench.erp_id, FOLLOWS
    )


async def gone(at: CostBench) -> list[str]:
    """The ids in the ERP of what is marked."""
    rows = await at.bench.rows("select external_id from link where gone_at is not null order by 1")
    return [row["external_id"] for row in rows]


async def history(at: CostBench, external_id: str) -> list[tuple[Any, ...]]:
    """Marks and returns of one record: whether its link was marked before and after, and why."""
    rows = await at.bench.rows(
        "select action, before -> 'links' -> 0 ->> 'gone_at' is not null, after -> 'links' -> 0 ->> 'gone_at' is not null, cause"
        " from event where object_id = (select object_id from link where external_id = $1)"
        " and action in ('VANISH', 'REAPPEAR') order by id",
        external_id,
    )
    return [tuple(row) for row in rows]


def vendors(*numbers: int, at: int | None = None) -> list[Incoming]:
    when = {} if at is None else {"updated_at": NOON + timedelta(minutes=at)}
    return [
        record("company", f"V{n}", external_code=f"V{n}", name=f"Vendor {n}", is_active=True, **when)
        for n in numbers
    ]


async def read_vendors(at: CostBench, *records: Incoming) -> Any:
    """The bench's own vendor is listed too."""
    own = record("company", "OKAF01", name="Okafor Concrete", is_active=True)
    at.bench.erp.put("company", own, *records)
    return await at.bench.from_erp("company")


async def test_a_vendor_that_is_deleted_in_the_erp_is_marked_and_its_return_is_noticed_with_history(
    at: CostBench,
):
    await read_vendors(at, *vendors(*range(9)))
    version = "select version from company t join link k on k.object_id = t.id where k.external_id = 'V8'"
    before = await at.bench.value(version)

    await read_vendors(at, *vendors(*range(8)))

    assert await gone(at) == ["V8"]
    assert await at.bench.value("select count(*) from company where name = 'Vendor 8'") == 1
    assert await at.bench.value(version) == before + 1
    marked = await at.bench.value("select gone_at from link where external_id = 'V8'")
    await read_vendors(at, *vendors(*range(8)))
    assert await at.bench.value("select gone_at from link where external_id = 'V8'") == marked

    await read_vendors(at, *vendors(*range(9)))

    assert await gone(at) == []
    assert await history(at, "V8") == [
        ("VANISH", False, True, "The ERP no longer lists it."),
        ("REAPPEAR", True, False, "The ERP lists it again."),
    ]
    assert await at.bench.value("select count(*) from crawl_key") == 0


async def test_a_list_of_changes_marks_nothing_and_shows_what_is_back(at: CostBench):
    bench, lists = at.bench, ("company",)
    await bench.declare(bench.erp_id, imports=lists, lists=lists, incremental=lists)
    first = [*vendors(*range(9), at=0), *vendors(9, at=60)]
    await read_vendors(at, *first)
    await read_vendors(at, *vendors(9, at=60))
    assert bench.erp.since[-1] is not None
    assert await gone(at) == []
    bench.erp.put("company", *first[:8])
    await bench.change("update connection set settings = '{\"missing_share_cap\": 0.5}' where role = 'ERP'")
    await bench.in_full(bench.erp_id, "company")
    assert await gone(at) == ["OKAF01", "V8", "V9"]

    await read_vendors(at, *vendors(9, at=70))

    assert bench.erp.since[-1] is not None
    assert await gone(at) == ["V8"]  # the bench's own is listed without a time, so with every change


async def test_more_gone_than_the_share_cap_allows_is_not_believed_and_forgets_nothing(at: CostBench):
    await follows(at)
    costs = [cost(f"B-{n}") for n in range(7)]
    await at.read(*costs, cost("B-8", code="99-100"))

    run = await at.read(*costs[:6])

    assert (await gone(at), run["state"]) == ([], "PARTLY")
    assert await at.said(run) == [
        ("OKAF01/B-8", "CODE_NOT_ON_PROJECT", "99-100/C"),
        ("direct_cost", "MANY_MISSING", "2"),
    ]
    assert await at.bench.value("select external_id from kept_out") == "OKAF01/B-8"


@pytest.mark.parametrize("state", ["READY_TO_IMPORT", "ARCHIVED", "LINKED"])
@pytest.mark.parametrize("key", ["company", "project", "sub_job", "prime_contract", "direct_cost", "payment"])
async def test_whatever_came_in_and_wherever_it_stands_is_marked(at: CostBench, key: str, state: str):
    await at.bench.change("update connection set settings = '{\"missing_share_cap\": 1}' where role = 'ERP'")
    rows = {
        "company": ("Company", {"name": "Gone", "is_active": True}),
        "project": ("Project", {"number": "X", "name": "Gone", "is_active": True}),
        "sub_job": ("SubJob", {"code": "X", "name": "Gone", "project_id": at.project, "is_active": True}),
        "prime_contract": (
            "PrimeContract",
            {
                "number": "X", "title": "Gone", "status": "APPROVED", "project_id": at.project, "is_executed": True,
                "currency": "USD", "original_amount": Decimal(0),
            },
        ),
        "direct_cost": (
            "DirectCost",
            {"kind": "EXPENSE", "amount": Decimal(5), "currency": "USD", "project_id": at.project},
        ),
        "payment": (
            "Payment",
            {"amount": Decimal(5), "is_void": False, "currency": "USD", "project_id": at.project, "commitment_id": at.commitment},
        ),
    }  # fmt: skip
    name, values = rows[key]
    async with at.bench.pool.transaction(at.bench.account) as connection:
        books = Books(connection, at.bench.account, at.ids)
        books.erp = at.bench.erp_id
        link = {"external_id": "X", "snapshot": {}, "updated_at": NOON}
        item = await books.item(key, name, LinkState(state), link, **values)

    await at.bench.from_erp(key)

    row = await at.bench.one("select state, gone_at is not null from link where object_id = $1", item)
    assert tuple(row) == (state, True)
    assert await at.bench.value(f"select count(*) from {key} where id = $1", item) == 1


async def test_what_the_erp_lists_but_cannot_be_taken_in_now_is_not_gone(at: CostBench):
    await follows(at)
    await at.bench.change("update connection set settings = '{\"missing_share_cap\": 1}' where role = 'ERP'")
    await at.read(cost("B-55"), cost("B-56"))

    await at.read(
        cost("B-55", code="99-100"), cost("B-56", kind="WINDFALL")
    )  # a code off the project, an unknown kind

    assert await gone(at) == []
    assert await at.bench.value("select count(*) from direct_cost where status = 'APPROVED'") == 2


async def test_what_a_job_is_busy_with_is_left_to_the_next_run(at: CostBench):
    await read_vendors(at, *vendors(*range(9)))
    item = await at.bench.value("select object_id from link where external_id = 'V8'")
    await at.bench.change(
        "insert into job (account_id, id, kind, lane, args, object_id) values ($1, $2, 'provision_company', 'BULK', '{}', $3)",
        *(at.bench.account, new_id(), item),
    )

    await read_vendors(at, *vendors(*range(8)))
    assert await gone(at) == []

    await at.bench.change("update job set state = 'DONE' where object_id = $1", item)
    await read_vendors(at, *vendors(*range(8)))
    assert await gone(at) == ["V8"]


async def test_what_was_linked_while_the_list_was_read_is_younger_than_the_list(at: CostBench):
    await read_vendors(at, *vendors(*range(9)))

    async def meanwhile(_: int) -> None:
        await at.bench.change("update link set updated_at = hub_now() where external_id = 'V8'")

    at.bench.erp.on_fetch = meanwhile
    await read_vendors(at, *vendors(*range(8)))

    assert await gone(at) == []


async def test_a_list_of_one_project_marks_nothing_of_another(at: CostBench):
    await follows(at)
    await at.bench.change("update connection set settings = '{\"missing_share_cap\": 1}' where role = 'ERP'")
    async with at.bench.pool.transaction(at.bench.account) as connection:
        books = Books(connection, at.bench.account, at.ids)
        books.erp = at.bench.erp_id
        other = await books.project(
            "24-102", LinkState.LINKED, link={"snapshot": {}, "external_id": "24-102"}
        )
    await at.read(cost("B-55"), cost("B-56", code="99-100"))
    of_other = {"kind": "EXPENSE", "amount": Decimal(5), "refs": {"project": "24-102"}}
    at.bench.erp.put("direct_cost", project="24-102")
    await at.read(cost("B-55"), cost("B-56", code="99-100"), record("direct_cost", "Z", **of_other))

    await at.bench.from_erp("direct_cost", project_id=str(other))

    assert await gone(at) == ["Z"]
    assert await at.bench.value("select external_id from kept_out") == "OKAF01/B-56"


# --- costs and payments -----------------------------------------------------------------------------------------------------


async def test_a_cost_that_is_deleted_in_the_erp_is_a_draft_where_deletions_are_followed_and_counts_again_when_it_is_back(
    at: CostBench,
):
    await follows(at)
    all_of_them = [cost(f"B-{n}") for n in range(5)]
    await at.read(*all_of_them)

    await at.read(*all_of_them[:4])

    drafts = "select array_agg(invoice_number) from direct_cost where status = 'DRAFT'"
    assert await at.bench.value(drafts) == ["B-4"]
    snapshot = "select snapshot ->> 'status' from link where external_id = 'OKAF01/B-4'"
    assert await at.bench.value(snapshot) == "DRAFT"

    await at.read(*all_of_them)

    assert await at.bench.value(drafts) is None
    assert await at.bench.value(snapshot) == "APPROVED"
    assert [row[0] for row in await history(at, "OKAF01/B-4")] == ["VANISH", "REAPPEAR"]


async def test_a_cost_that_is_deleted_in_the_erp_is_only_marked_where_deletions_are_not_followed(
    at: CostBench,
):
    all_of_them = [cost(f"B-{n}") for n in range(5)]
    await at.read(*all_of_them)

    await at.read(*all_of_them[:4])

    assert await gone(at) == ["OKAF01/B-4"]
    assert await at.bench.value("select count(*) from direct_cost where status = 'APPROVED'") == 5


async def test_a_payment_that_is_deleted_in_the_erp_counts_for_nothing_until_it_is_back(at: CostBench):
    all_of_them = [paid(str(n), "10.00") for n in range(5)]
    await at.read_payments(*all_of_them)

    await at.read_payments(*all_of_them[:4])

    total = "select sum(amount) from payment where not is_void"
    assert await at.bench.value(total) == Decimal("40.00")
    assert await gone(at) == ["OKAF01/INV-7/4"]

    await at.read_payments(*all_of_them)

    assert await at.bench.value(total) == Decimal("50.00")


async def test_a_cost_that_was_kept_out_and_is_deleted_in_the_erp_does_not_enter_later(at: CostBench):
    others = [cost(f"B-{n}") for n in range(5)]
    await at.read(*others, cost("B-9", code="99-100"))
    await at.put_on_project("99-100")

    run = await at.read(*others)

    assert run["records_created"] == 0
    assert await at.bench.value("select count(*) from kept_out") == 0
    await at.read(*others)
    assert await at.bench.value("select count(*) from direct_cost") == 5


async def test_what_is_listed_and_still_kept_out_stays_remembered(at: CostBench):
    records = [*(cost(f"B-{n}") for n in range(5)), cost("B-9", code="99-100")]
    await at.read(*records)

    await at.read(*records)

    assert await at.bench.value("select external_id from kept_out") == "OKAF01/B-9"
    assert JOB in str(await at.bench.value("select record from kept_out"))
