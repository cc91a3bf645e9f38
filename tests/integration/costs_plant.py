"""Both sandboxes with an account that has read all of them, and what a test asks of the books on either side."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from plant import PROCORE, WORLD, Plant

from db.clock import new_id
from db.jobs import Lane
from db.session import Row
from hub.bell import SilentBell
from hub.handlers import FAILURES, HANDLERS
from hub.sync.enqueue import enqueue
from jobs.run import Crew
from jobs.runner import Runner

COMPANY = str(WORLD.company.procore_id)
STRUCTURE = ("company", "project", "cost_code", "cost_type", "project_cost_code")
JOB = next(job for job in WORLD.jobs if job.linked and job.chart)
VENDOR = next(one for one in WORLD.vendors if one.linked and one.erp_active and one.procore_active)


# The desk's own codes carry ids that Procore does not have.
_NO_CODES = (
    "delete from project_cost_code",
    "delete from link where object_type in ('CostCode', 'CostType')",
    "delete from cost_code",
    "delete from cost_type",
)


@dataclass
class CostsPlant:
    """`erp` is the connection whose costs are carried, `project` and `vendor` are known on both sides."""

    plant: Plant
    erp: UUID

    @classmethod
    async def open(cls, plant: Plant) -> "CostsPlant":
        made = cls(plant, plant.desk.erp)
        for statement in _NO_CODES:
            await plant.desk.change(statement)
        await made.read(plant.tool, *STRUCTURE)
        await made.read(made.erp, *STRUCTURE)
        # The desk's own vendor is no company of Procore, which is told as a deletion.
        await plant.desk.change("delete from conflict")
        return made

    async def read(self, system: UUID, *objects: str) -> Row:
        """A run that reads these lists of one system to their end."""
        desk, run = self.plant.desk, new_id()
        args = {"connection_id": str(system), "objects": list(objects), "scope": {}}
        async with desk.pool.transaction(desk.account) as connection:
            await connection.execute(
                "insert into sync_run (account_id, id, action, connection_id) values ($1, $2, 'IMPORT', $3)",
                *(desk.account, run, system),
            )
            await enqueue(connection, desk.account, "import", args=args, run_id=run)
        job = await self.plant.step("import")
        assert job["state"] == "DONE", dict(job)
        return await desk.one("select * from sync_run where id = $1", run)

    async def carry(self) -> Row:
        """The oldest carrying job runs once; its run."""
        job = await self.plant.step("carry")
        return await self.plant.desk.one("select * from sync_run where id = $1", job["run_id"])

    async def run(self, job: UUID) -> None:
        """This job once, due or not."""
        plant, desk = self.plant, self.plant.desk
        await desk.change("update job set due_at = hub_now() where id = $1", job)
        crew = Crew(plant.settings, "here:1:x", desk.pool, desk.pool, HANDLERS, FAILURES)
        runner = Runner(crew, SilentBell())
        assert await runner.start(desk.account, job, Lane.BULK)
        await runner.drain(30)

    async def nothing_to_carry(self) -> bool:
        found = await self.plant.desk.value(
            "select count(*) from job where kind = 'carry' and state in ('QUEUED', 'RUNNING')"
        )
        return bool(found == 0)

    async def in_hub(self, table: str = "direct_cost", job: str = JOB.code) -> Decimal:
        """What counts there, to the cent."""
        counted = "t.status <> 'DRAFT'" if table == "direct_cost" else "not t.is_void"
        found: Decimal = await self.plant.desk.value(
            f"select coalesce(sum(t.amount), 0) from {table} t join project p on p.id = t.project_id"
            f" where p.number = $1 and {counted}",
            job,
        )
        return found

    async def said(self, run: Row) -> list[tuple[Any, ...]]:
        rows = await self.plant.desk.rows(
            "select external_id, code, message from sync_issue where run_id = $1 order by external_id, code",
            run["id"],
        )
        return [tuple(row) for row in rows]

    # --- the project tool ----------------------------------------------------------------------------------------------

    async def ask(self, path: str, method: str = "GET", json: Any = None, **query: str) -> Any:
        form = {"grant_type": "client_credentials", **PROCORE}
        token = (await self.plant.procore.control.post("/oauth/token", data=form)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Procore-Company-Id": COMPANY}
        answer = await self.plant.procore.control.request(
            method, path, headers=headers, params={"per_page": "500", **query}, json=json
        )
        return answer.raise_for_status().json() if answer.content else None

    async def in_procore(self) -> list[dict[str, Any]]:
        """The direct costs that the hub has put there."""
        rows = await self.ask(f"/rest/v1.1/projects/{JOB.procore_id}/direct_costs")
        return [row for row in rows if row["origin_id"]]

    async def paid_in_procore(self, contract: str) -> list[dict[str, Any]]:
        found = await self.ask(
            "/rest/v1.0/contract_payments", project_id=str(JOB.procore_id), contract_id=contract
        )
        return list(found)

    # --- MRI -----------------------------------------------------------------------------------------------------------

    async def mri(self, path: str, **sent: Any) -> Any:
        answer = await self.plant.mri.control.post(f"/__control/{path}", json=sent)
        assert answer.is_success, answer.text
        return answer.json()


def counted(rows: list[dict[str, Any]]) -> Decimal:
    return sum((Decimal(row["grand_total"]) for row in rows if row["status"] != "draft"), Decimal("0.00"))
