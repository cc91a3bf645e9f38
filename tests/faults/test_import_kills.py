"""An import whose worker is killed again and again, whenever it may be: the same rows in the end, and hardly a page read twice.

Three times in a usual run; `python -m pytest tests/faults/test_import_kills.py --kills 10` kills it ten times."""

import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
import pytest_asyncio
from shopfloor import Floor, WorkerProcess, until

from db.clock import new_id
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.connectors import capabilities
from hub.core.crash import CrashPoint
from hub.sandboxes import reference
from hub.sandboxes.kit import serving
from hub.sandboxes.world import build
from hub.settings import Settings
from hub.sync.enqueue import enqueue
from jobs.sweeper import end_leases_of

SEED = 1  # the same moments in every run
COSTS, PAGE = 200, 10
OBJECTS = ["cost_type", "cost_code", "company", "project", "direct_cost", "accounting_period"]
POINTS = [CrashPoint.IMPORT_AFTER_PAGE, CrashPoint.IMPORT_BEFORE_COMMIT]
WORLD = build(7)
JOB = next(job.code for job in WORLD.jobs if job.in_erp)
CODE = next(code.code for code in WORLD.cost_codes if code.code in WORLD.job(JOB).chart)
# What an import leaves, without the ids and times that are a run's own.
ROWS = {
    "company": "select name, address, city, is_active, version from company order by name, address",
    "project": "select number, name, status, is_active, version from project order by number",
    "cost_code": "select code, name, version from cost_code order by code",
    "direct_cost": """
        select d.invoice_number, d.kind, d.amount, d.status, d.cost_date, d.version, p.number, n.line_number, n.amount, c.code, y.code
        from direct_cost d join project p on p.account_id = d.account_id and p.id = d.project_id
        left join direct_cost_line n on n.account_id = d.account_id and n.direct_cost_id = d.id
        left join cost_code c on c.account_id = d.account_id and c.id = n.cost_code_id
        left join cost_type y on y.account_id = d.account_id and y.id = n.cost_type_id
        order by d.invoice_number, n.line_number""",
    "link": "select object_type, state, external_id, external_code, snapshot::text from link order by 1, 3",
    "erp_record": "select object_key, external_id, external_code, fields::text from erp_record order by 1, 2",
    "sync_issue": "select object_type, external_id, code, field, value from sync_issue order by 1, 2, 3",
    "event": "select action, object_type, count(*) from event where object_type <> 'Job' group by 1, 2 order by 1, 2",
    "sync_run": """select state, proof, records_read, records_created, records_updated, records_unchanged, issues_count
        from sync_run""",
    "sync_run_list": """select resource, records, amount, digest, records_again, amount_again, digest_again, proof
        from sync_run_list order by 1""",
    "cursor": "select resource, watermark, page from cursor order by 1, scope",
    "crawl_key": "select resource from crawl_key",
}


@dataclass
class Site:
    """An account whose ERP is the reference ERP, at a real address."""

    floor: Floor
    url: str

    async def connect(self) -> UUID:
        floor, erp = self.floor, new_id()
        async with floor.pool.transaction(floor.account) as connection:
            await connection.execute(
                "insert into connection (account_id, id, name, kind, role, base_url, settings, capabilities)"
                " values ($1, $2, 'Books', 'reference', 'ERP', $3, $4::jsonb, $5::jsonb)",
                *(floor.account, erp, self.url, orjson.dumps({"page_size": PAGE}).decode()),
                orjson.dumps(capabilities("reference", {}).document()).decode(),
            )
            keys = {"client_id": "reference-hub", "client_secret": "reference-secret"}
            await Vault.of(floor.settings).put(connection, Place(floor.account, erp), keys)
        return erp

    async def ask(self, erp: UUID) -> UUID:
        """An import of everything that is read here, waiting for a worker."""
        floor, run = self.floor, new_id()
        async with floor.pool.transaction(floor.account) as connection:
            await connection.execute(
                "insert into sync_run (account_id, id, action, connection_id) values ($1, $2, 'IMPORT', $3)",
                *(floor.account, run, erp),
            )
            args = {"connection_id": str(erp), "objects": OBJECTS}
            return await enqueue(connection, floor.account, "import", args=args, run_id=run)

    async def hire(self, **more: object) -> WorkerProcess:
        """The worker as it is in production, but quicker to look."""
        hosts = self.url.removeprefix("http://")
        return await self.floor.hire("-m", "hub", "worker", allowed_hosts=hosts, **more)

    async def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        found = {}
        async with self.floor.pool.transaction(self.floor.account) as connection:
            for name, query in ROWS.items():
                found[name] = [tuple(row) for row in await connection.fetch(query)]
        return found

    async def fetched(self) -> int:
        """How many pages were asked for since the log was emptied."""
        async with httpx.AsyncClient(base_url=self.url) as http:
            rows = (await http.get("/__control/requests", params={"method": "GET"})).json()["requests"]
        return len([row for row in rows if row["path"].startswith("/v1/")])

    async def forget(self) -> None:
        async with httpx.AsyncClient(base_url=self.url) as http:
            await http.delete("/__control/requests")


@pytest.fixture(scope="module")
def books() -> Iterator[str]:
    """The reference ERP, with costs enough to be interrupted at."""
    with serving(reference.create_app()) as url, httpx.Client(base_url=url) as http:
        for n in range(COSTS):
            line = {"line_number": 1, "cost_code": CODE, "cost_type": "L", "amount": f"{n + 1}.25"}
            cost = {"kind": "journal", "number": f"JE-{n:04}", "amount": f"{n + 1}.25", "job": JOB}
            document = {**cost, "date": "2026-05-01", "description": "Fuel", "lines": [line]}
            http.post("/__control/documents/direct-costs", json=document).raise_for_status()
        http.post("/__control/switches", json={"calls": 100_000}).raise_for_status()
        yield url


@pytest_asyncio.fixture
async def site(floor: Floor, books: str) -> Site:
    site = Site(floor, books)
    await site.forget()
    return site


@pytest_asyncio.fixture
async def undisturbed(
    quick_settings: Settings, tmp_path_factory: pytest.TempPathFactory, books: str
) -> AsyncIterator[dict[str, list[tuple[Any, ...]]]]:
    """What an import leaves that nothing happens to; its number of pages is under `pages`."""
    async with Floor.of_a_new_account(quick_settings, tmp_path_factory.mktemp("first")) as floor:
        site = Site(floor, books)
        await site.forget()
        job = await site.ask(await site.connect())
        worker = await site.hire()
        await floor.wait(job, "DONE", 120)
        await worker.kill()
        yield {**await site.rows(), "pages": [(await site.fetched(),)]}
        await site.forget()


async def test_an_import_that_is_killed_again_and_again_ends_as_if_nothing_had_happened(
    undisturbed: dict[str, list[tuple[Any, ...]]], site: Site, tmp_path: Path, kills: int
) -> None:
    chance, floor = random.Random(SEED), site.floor
    [(pages,)] = undisturbed.pop("pages")
    job = await site.ask(await site.connect())
    moments = sorted(chance.sample(range(3, pages - 3), kills))

    for number, moment in enumerate(moments):
        flag = tmp_path / f"flag-{number}"
        worker = await site.hire(crash_at=chance.choice(POINTS).value, crash_flag=flag)

        async def there(wanted: int = moment + number) -> bool:
            return await site.fetched() >= wanted

        await until(there, 60)
        if chance.random() < 0.5:
            flag.touch()  # it dies at the next such point
            await worker.process.wait()
        else:
            await worker.kill()
        await end_leases_of(floor.settings, worker.pid)
    await site.hire()
    await floor.wait(job, "DONE", 120)

    assert await site.rows() == undisturbed
    assert pages <= await site.fetched() <= pages + kills
    row = await floor.row(job)
    assert (row["fence"], row["state"]) == (kills + 1, "DONE")
