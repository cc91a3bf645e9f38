"""Imports over real sockets: the reference ERP and MRI, everything they list, and then what has changed."""

from collections.abc import AsyncIterator, Iterator, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
import pytest_asyncio
from desk import said
from imports_bench import Bench
from plant import WORLD, Plant, mri_credentials

from db.session import WritePool
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.connectors import capabilities, open_connector
from hub.sandboxes import reference
from hub.sandboxes.kit import serving
from hub.settings import Settings

JOB = next(job.code for job in WORLD.jobs if job.in_erp)
CODE = next(code.code for code in WORLD.cost_codes if code.code in WORLD.job(JOB).chart)
REFERENCE = {"client_id": "reference-hub", "client_secret": "reference-secret"}


@pytest.fixture
def reference_server() -> Iterator[str]:
    with serving(reference.create_app()) as url:
        yield url


async def connected(
    settings: Settings, pool: WritePool, account: UUID, kind: str, url: str, credentials: Mapping[str, str]
) -> Bench:
    """An account whose ERP stands at this address."""
    known = settings.model_copy(update={"allowed_hosts": url.removeprefix("http://")})
    bench = await Bench.open(known, pool, account)
    bench.opener = open_connector
    document = orjson.dumps(capabilities(kind, {}).document()).decode()
    await bench.change(
        "update connection set kind = $2, base_url = $3, capabilities = $4::jsonb where id = $1",
        *(bench.erp_id, kind, url, document),
    )
    async with pool.transaction(account) as connection:
        await Vault.of(settings).put(connection, Place(account, bench.erp_id), dict(credentials))
    return bench


@pytest_asyncio.fixture
async def books(reference_server: str) -> AsyncIterator[httpx.AsyncClient]:
    """The control interface of the reference ERP."""
    async with httpx.AsyncClient(base_url=reference_server) as client:
        yield client


async def reference_erp(settings: Settings, pool: WritePool, account: UUID, url: str) -> Bench:
    return await connected(settings, pool, account, "reference", url, REFERENCE)


async def lists_of(bench: Bench, run: UUID) -> dict[str, tuple[int, str]]:
    rows = await bench.rows("select resource, records, proof from sync_run_list where run_id = $1", run)
    return {row["resource"]: (row["records"], row["proof"]) for row in rows}


async def registered(bench: Bench) -> dict[str, int]:
    return dict(
        await bench.rows("select object_key, count(*) from erp_record where gone_at is null group by 1")
    )


async def asked(books: httpx.AsyncClient, collection: str) -> list[str]:
    """The queries that a list was asked with, each told once."""
    rows = (await books.get("/__control/requests", params={"method": "GET"})).json()["requests"]
    await books.delete("/__control/requests")
    return [row["query"] for row in rows if row["path"] == f"/v1/{collection}"]


async def enter(books: httpx.AsyncClient, collection: str, **document: Any) -> None:
    (await books.post(f"/__control/documents/{collection}", json=document)).raise_for_status()


async def test_all_that_the_reference_erp_lists_comes_in_items_and_registers(
    hub_settings: Settings, app_pool: WritePool, account: UUID, reference_server: str
):
    bench = await reference_erp(hub_settings, app_pool, account, reference_server)

    run = await bench.from_erp()

    assert run["proof"] == "PROVEN"
    found = await lists_of(bench, run["id"])
    assert found["direct_cost"] == (2, "PROVEN")
    assert found["accounting_period"] == (84, "PROVEN")
    assert await registered(bench) == {
        "accounting_period": 84, "gl_account": 3, "entity": 1, "bank": 2, "budget_line": 4,
    }  # fmt: skip
    rows = await bench.rows("select invoice_number, kind, amount from direct_cost order by 1")
    assert [tuple(row) for row in rows] == [
        ("B-55", "INVOICE", Decimal("300.00")),
        ("JE-7", "EXPENSE", Decimal("-120.00")),
    ]
    closed = "select count(*) from erp_record where object_key = 'accounting_period' and fields ->> 'is_open' = 'false'"
    assert await bench.value(closed) == 12  # the months of 2023


async def test_the_reference_erp_is_asked_for_changes_of_what_it_tells_changes_of(
    hub_settings: Settings,
    app_pool: WritePool,
    account: UUID,
    reference_server: str,
    books: httpx.AsyncClient,
):
    bench = await reference_erp(hub_settings, app_pool, account, reference_server)
    await bench.from_erp()
    await asked(books, "direct-costs")
    await enter(
        books, "direct-costs", kind="journal", number="JE-8", amount="55.00", job=JOB, date="2026-05-01",
        description="Fuel", lines=[{"line_number": 1, "cost_code": CODE, "cost_type": "L", "amount": "55.00"}],
    )  # fmt: skip

    run = await bench.from_erp("direct_cost", "accounting_period")

    queries = await asked(books, "direct-costs")
    assert len(queries) == 2
    assert all("updated_since=2026-01-05T08:05:35+00:00" in query for query in queries)
    assert (run["records_created"], run["records_updated"], run["proof"]) == (1, 0, "PROVEN")
    assert run["records_unchanged"] == 84 + 2
    assert await bench.value("select count(*) from direct_cost") == 3
    await bench.in_full(bench.erp_id, "direct_cost")
    assert ["updated_since" in query for query in await asked(books, "direct-costs")] == [False, False]


async def test_a_period_that_is_closed_in_the_reference_erp_is_closed_in_the_register(
    hub_settings: Settings,
    app_pool: WritePool,
    account: UUID,
    reference_server: str,
    books: httpx.AsyncClient,
):
    bench = await reference_erp(hub_settings, app_pool, account, reference_server)
    await bench.from_erp("accounting_period")
    where = {"where": {"code": "2024-01"}}
    (await books.post("/__control/documents/accounting-periods/close", json=where)).raise_for_status()

    run = await bench.from_erp("accounting_period")

    assert (run["records_updated"], run["records_unchanged"]) == (1, 83)
    is_open = "select fields ->> 'is_open' from erp_record where external_code = '2024-01'"
    assert await bench.value(is_open) == "false"


async def bring(plant: Plant, *resources: str, full: bool = False) -> str:
    extra = {"system_id": f"sys_{plant.desk.erp}", "resources": list(resources), "full": full}
    outcome = await plant.desk.ask("administrator", "importRecords", extra=extra)
    assert said(outcome) == []
    assert (await plant.step("import"))["state"] == "DONE"
    return str(await plant.desk.value("select proof from sync_run where id = $1", outcome.run_id))


async def in_mri(plant: Plant, number: str) -> list[dict[str, Any]]:
    """The rows of a contract as MRI keeps them."""
    answer = await plant.mri.control.get("/__control/world", params={"collection": "Contracts"})
    return [row for row in answer.json()["Contracts"] if row["ContractNumber"] == number]


async def test_a_contract_is_read_back_from_mri_orphaned_when_it_is_gone_and_found_again(plant: Plant):
    """One life of a document that the hub wrote itself."""
    desk, wanted = plant.desk, next(c for c in reversed(WORLD.sendable) if c.kind == "work_order_contract")
    item, _ = await plant.accepted(wanted)
    await plant.step()
    key = f"{wanted.job_code}/{wanted.number}"

    assert await bring(plant, "commitment") == "PROVEN"

    row = await desk.one("select * from erp_record where object_key = 'commitment' and external_id = $1", key)
    assert (row["external_code"], row["project_code"], row["amount"]) == (
        wanted.number,
        wanted.job_code,
        wanted.total,
    )
    assert (await desk.link(item))["state"] == "SYNCED"

    await desk.change("update connection set settings = '{\"missing_share_cap\": 1}' where id = $1", desk.erp)
    [there] = await in_mri(plant, wanted.number)
    await plant.delete_in_mri(wanted)
    await bring(plant, "commitment")
    assert (await desk.link(item))["state"] == "ORPHANED"
    gone = "select gone_at is not null from erp_record where object_key = 'commitment' and external_id = $1"
    assert await desk.value(gone, key) is True
    assert [action for action, _ in await desk.history(item)][-1] == "VANISH"

    lines = [{name: value for name, value in line.items() if value} for line in there["ContractLines"]]
    kept = {name: value for name, value in there.items() if value and name != "ContractLines"}
    row = {**kept, "ContractLines": {"entry": lines}}
    body = {"collection": "Contracts", "rows": [row]}
    answer = await plant.mri.control.post("/__control/rows", json=body)
    assert answer.is_success, answer.text
    await bring(plant, "commitment")
    assert (await desk.link(item))["state"] == "SYNCED"
    assert await desk.value(gone, key) is False
    assert [action for action, _ in await desk.history(item)][-1] == "REAPPEAR"


async def test_what_mri_lists_comes_in_and_a_closed_period_is_known(
    hub_settings: Settings, app_pool: WritePool, account: UUID, mri_server: str
):
    bench = await connected(hub_settings, app_pool, account, "mri", mri_server, mri_credentials())

    run = await bench.from_erp()

    assert (run["state"], run["proof"]) == ("SUCCEEDED", "PROVEN")
    found = await registered(bench)
    assert (found["accounting_period"], found["gl_account"], found["entity"], found["bank"]) == (84, 16, 2, 2)
    again = await bench.from_erp()
    assert (again["records_created"], again["records_updated"], again["proof"]) == (0, 0, "PROVEN")
