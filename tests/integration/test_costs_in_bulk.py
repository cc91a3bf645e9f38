"""Thousands of costs on their way into the project tool: what that takes grows with the slices, not with the rows."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import asyncpg
import pytest_asyncio
from costs_plant import JOB, VENDOR, CostsPlant, counted
from plant import Plant, System

from db.jobs import Lane
from db.session import Row, WritePool
from hub.bell import SilentBell
from hub.handlers import FAILURES, HANDLERS
from hub.sandboxes import mri, procore
from hub.sandboxes.kit import serving
from hub.sync.carrying.carry import begin
from jobs.run import Crew
from jobs.runner import Runner

# As an import leaves them: two lines each, on the first code of the job.
COSTS = """
    insert into direct_cost (account_id, id, project_id, company_id, kind, invoice_number, amount, status, cost_date, currency, origin_id)
    select p.account_id, md5('cost' || i)::uuid, p.id, v.id, 'INVOICE', 'B-' || i, 12.35, 'APPROVED', '2026-04-03', 'USD', null
    from generate_series($1::integer, $2::integer) i, project p, company v
    join link k on k.object_id = v.id and k.external_id = $4 where p.number = $3"""
LINES = """
    insert into direct_cost_line (account_id, id, direct_cost_id, origin_id, line_number, cost_code_id, cost_type_id, quantity, unit_cost, amount)
    select p.account_id, md5('line' || i || '/' || l.n)::uuid, md5('cost' || i)::uuid, 'B-' || i || '/' || l.n, l.n, x.cost_code_id,
        x.cost_type_id, 1, l.amount, l.amount
    from generate_series($1::integer, $2::integer) i, (values (1, 10.00), (2, 2.35)) l(n, amount), project p
    join lateral (select * from project_cost_code x where x.project_id = p.id and x.in_erp and x.origin_id is not null order by x.id limit 1) x
        on true
    where p.number = $3"""
LINKS = """
    insert into link (account_id, id, connection_id, object_type, object_id, state, external_id, snapshot)
    select t.account_id, gen_random_uuid(), $1, 'DirectCost', t.id, 'READY_TO_IMPORT', 'X/' || t.invoice_number, '{}'
    from direct_cost t where t.invoice_number like 'B-%' and not exists (select from link k where k.object_id = t.id)"""


@pytest_asyncio.fixture
async def at(desk: Any) -> Any:
    with serving(mri.create_app()) as ledger, serving(procore.create_app()) as tool:
        systems = System(ledger), System(tool)
        yield await CostsPlant.open(await Plant.open(desk, *systems))
        for system in systems:
            await system.control.aclose()


@dataclass(frozen=True)
class Effort:
    calls: int
    attempts: int
    statements: int


async def carried(at: CostsPlant) -> Row:
    """The run of the one carrying job, however long it takes."""
    plant, desk = at.plant, at.plant.desk
    job = await desk.one("select id, run_id from job where kind = 'carry' and state = 'QUEUED'")
    runner = Runner(Crew(plant.settings, "here:1:x", desk.pool, desk.pool, HANDLERS, FAILURES), SilentBell())
    assert await runner.start(desk.account, job["id"], Lane.BULK)
    await runner.drain(600)
    return await desk.one("select * from sync_run where id = $1", job["run_id"])


async def effort_of(at: CostsPlant, first: int, last: int) -> Effort:
    """Carries costs of these numbers, and counts what it took."""
    desk, sent = at.plant.desk, 0
    for statement in (COSTS, LINES):
        named = (JOB.code, VENDOR.code) if statement is COSTS else (JOB.code,)
        await desk.change(statement, first, last, *named)
    await desk.change(LINKS, at.erp)
    async with desk.pool.transaction(desk.account) as connection:
        assert len(await begin(connection, desk.account, at.erp, ["direct_cost"])) == 1
    await at.plant.procore.control.delete("/__control/requests")
    tried = await desk.value("select count(*) from attempt")

    def note(_: Any) -> None:
        nonlocal sent
        sent += 1

    async def listen(connection: asyncpg.Connection) -> None:
        connection.add_query_logger(note)

    pool, usual = await asyncpg.create_pool(desk.settings.url_of("app"), min_size=0, setup=listen), desk.pool
    desk.pool = WritePool(pool)
    try:
        run = await carried(at)
    finally:
        desk.pool = usual
        await pool.close()
    assert run["state"] == "SUCCEEDED"
    requests = await at.plant.procore.requests(method="PATCH")
    attempts = await desk.value("select count(*) from attempt") - tried
    return Effort(len(requests), attempts, sent)


async def test_calls_attempts_and_statements_of_three_thousand_lines_are_those_of_their_slices(
    at: CostsPlant,
):
    few = await effort_of(at, 1, 20)
    many = await effort_of(at, 21, 1520)  # three slices with 3,000 lines

    assert (few.calls, few.attempts) == (2, 2)
    # A slice is one update of 500 heads and two of 500 lines.
    assert (many.calls, many.attempts) == (9, 9)
    assert few.statements < 200
    assert many.statements < 500  # leases are renewed meanwhile, so that it is no certain number
    path = f"/rest/v1.1/projects/{JOB.procore_id}/direct_costs"
    pages = [await at.ask(path, page=str(page)) for page in range(1, 5)]
    there = [row for page in pages for row in page if row["origin_id"]]
    assert len({row["origin_id"] for row in there}) == len(there) == 1520
    assert counted(there) == await at.in_hub() == Decimal("18772.00")
