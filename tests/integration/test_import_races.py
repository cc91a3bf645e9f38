"""An import and what happens beside it: nothing is taken for gone that came, or was skipped, while the list was read."""

from uuid import UUID

import pytest_asyncio
from imports_bench import Bench, record

from db.session import WritePool
from hub.settings import Settings

GONE = "select count(*) from company where origin_deleted_at is not null"


@pytest_asyncio.fixture
async def bench(hub_settings: Settings, app_pool: WritePool, account: UUID) -> Bench:
    return await Bench.open(hub_settings, app_pool, account)


def company(number: int):
    return record("company", str(number), name=f"Company {number}", is_active=True)


async def test_a_company_that_was_added_while_the_list_was_read_is_not_missing(bench: Bench):
    everybody = [company(n) for n in range(10)]
    bench.tool.put("company", *everybody)
    await bench.from_tool("company")
    bench.erp.put("company", record("company", "V1", external_code="V1", name="Vendor", is_active=True))
    await bench.from_erp("company")

    async def meanwhile(count: int) -> None:
        if count == len(bench.tool.fetched) and bench.tool.fetched[-1][2] == "8":
            await bench.change(
                "update company set origin_id = '99', updated_at = hub_now() where origin_id is null"
            )

    bench.tool.on_fetch = meanwhile
    await bench.from_tool("company")

    assert await bench.value("select count(*) from company where origin_id = '99'") == 1
    assert await bench.value(GONE) == 0
    bench.tool.on_fetch = None
    await bench.from_tool("company")
    assert await bench.value(GONE) == 1, "the tool does not have it, and now the whole list is younger"


async def test_a_list_that_moved_while_it_was_read_marks_nothing(bench: Bench):
    everybody = [company(n) for n in range(10)]
    bench.tool.put("company", *everybody)
    await bench.from_tool("company")
    first = len(bench.tool.fetched)

    async def meanwhile(count: int) -> None:
        if count == first + 2:  # one is gone from the first page: the next pages begin one too late
            bench.tool.put("company", *everybody[1:])

    bench.tool.on_fetch = meanwhile
    run = await bench.from_tool("company")

    assert run["proof"] == "INCOMPLETE"
    assert await bench.value(GONE) == 0
    assert await bench.value("select count(*) from crawl_key") == 0
    await bench.from_tool("company")
    assert [
        row["origin_id"]
        for row in await bench.rows("select origin_id from company where origin_deleted_at is not null")
    ] == ["0"]
