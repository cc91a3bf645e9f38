"""People at work on budgets in the project tool, over its own API, and accountants in the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from desk import Item
from plant import WORLD, Plant

from db.clock import new_id
from hub.demo.office import COMPANY_HEADER
from hub.sandboxes.world.model import Job
from hub.sync.enqueue import enqueue

MRI_BUDGETS, MRI_REVISIONS = "MRI_S-PMJC_JobBudgets", "MRI_S-PMJC_BudgetRevisions"


@dataclass
class Site:
    """One project, in both systems and in the hub."""

    plant: Plant
    job: Job
    headers: Mapping[str, str]
    wbs: Mapping[str, int] = field(default_factory=dict)  # flat code -> id

    @classmethod
    async def open(cls, plant: Plant, job: Job) -> "Site":
        """Structure comes in from both systems, and the desk's people are on the project."""
        form = {
            "grant_type": "client_credentials",
            "client_id": "people-sandbox",
            "client_secret": "people-sandbox-secret",
        }
        token = (
            (await plant.procore.control.post("/oauth/token", data=form))
            .raise_for_status()
            .json()["access_token"]
        )
        headers = {"Authorization": f"Bearer {token}", COMPANY_HEADER: str(WORLD.company.procore_id)}
        site = cls(plant, job, headers)
        desk = plant.desk
        for table, name in (("project_cost_code", ""), ("cost_code", "CostCode"), ("cost_type", "CostType")):
            await desk.change("delete from link where object_type = $1", name)
            await desk.change(f"delete from {table}")
        await site.bring(desk.erp, "cost_type", "cost_code", "project")
        await site.bring(plant.tool, "cost_type", "cost_code", "project")
        await site.bring_own(desk.erp, "project_cost_code")
        await site.bring_own(plant.tool, "project_cost_code")
        for name in ("manager", "approver", "administrator"):
            await desk.change(
                """insert into project_member (account_id, member_id, project_id, budget_level, admin_level)
                values ($1, $2, $3, 3, 3)""",
                *(desk.account, desk.people[name], await site.project()),
            )
        rows = await site.get(f"{site.path}/work_breakdown_structure/wbs_codes", per_page=2000)
        site.wbs = {row["flat_code"]: row["id"] for row in rows}
        await site.emptied()
        return site

    async def emptied(self) -> None:
        """A budget without lines, open, and no changes of it."""
        wanted = {"kind": "project", "id": self.job.procore_id, "changes": {"budget_locked": False}}
        (await self.plant.procore.control.post("/__control/objects/change", json=wanted)).raise_for_status()
        found = {
            "budget_modification": await self.get(f"{self.path}/budget_modifications"),
            "budget_change": (await self.get(f"{self.path}/budget_changes"))["data"],
            "budget": await self.lines(),
        }
        for kind, rows in found.items():
            for row in rows:
                gone = {"kind": kind, "id": row["id"]}
                (
                    await self.plant.procore.control.post("/__control/objects/delete", json=gone)
                ).raise_for_status()

    @property
    def path(self) -> str:
        return f"/rest/v1.0/projects/{self.job.procore_id}"

    async def project(self) -> UUID:
        found: UUID = await self.plant.desk.value(
            "select id from project where origin_id = $1", str(self.job.procore_id)
        )
        return found

    # --- the project tool --------------------------------------------------------------------------------------------

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.plant.procore.control.get(path, params=query, headers=self.headers)
        return answer.raise_for_status().json()

    async def said(self, method: str, path: str, body: Mapping[str, Any] | None = None, **query: Any) -> Any:
        answer = await self.plant.procore.control.request(
            method, path, json=body, params=query, headers=self.headers
        )
        assert answer.is_success, f"{answer.status_code}: {answer.text}"
        return answer.json() if answer.content else None

    async def line(self, flat_code: str, amount: str) -> int:
        """A new line of the budget, on a code that is made where the project lacks it."""
        body = {"wbs_code_id": await self.code(flat_code), "original_budget_amount": amount}
        whole = {"project_id": self.job.procore_id, "budget_line_item": body}
        found: int = (await self.said("POST", "/rest/v1.1/budget_line_items", whole))["id"]
        return found

    async def code(self, flat_code: str) -> int:
        if flat_code in self.wbs:
            return self.wbs[flat_code]
        code, _, kind = flat_code.rpartition(".")
        codes = await self.get("/rest/v1.0/cost_codes", project_id=self.job.procore_id, per_page=2000)
        types = await self.get("/rest/v1.0/line_item_types", company_id=WORLD.company.procore_id)
        items = [
            {
                "segment_id": 301,
                "segment_item_id": next(row["id"] for row in codes if row["full_code"] == code),
            },
            {"segment_id": 302, "segment_item_id": next(row["id"] for row in types if row["code"] == kind)},
        ]
        made = await self.said(
            "POST", f"{self.path}/work_breakdown_structure/wbs_codes", {"segment_items": items}
        )
        self.wbs = {**self.wbs, flat_code: made["id"]}
        return int(made["id"])

    async def lock(self, *, locked: bool = True) -> None:
        await self.said("POST" if locked else "DELETE", f"{self.path}/budget/lock")

    async def drop(self, line: int) -> None:
        company = WORLD.company.procore_id
        path = f"/rest/v2.0/companies/{company}/projects/{self.job.procore_id}/budget_line_items/{line}"
        await self.said("DELETE", path)

    async def change(self, *parts: tuple[str, str], **values: Any) -> int:
        """A budget change of amounts on codes."""
        lines = [
            {"type": "change_event" if not amount.startswith("-") else "budget_change", "amount": float(amount),
             "wbs_code_id": await self.code(flat_code)}
            for flat_code, amount in parts
        ]  # fmt: skip
        content = {"title": "Move money", "status": "approved", "adjustment_line_items": lines, **values}
        found: int = (await self.said("POST", f"{self.path}/budget_changes", content))["data"]["id"]
        return found

    async def lines(self) -> list[Mapping[str, Any]]:
        """The budget's lines as the project tool lists them, without their ids."""
        views = await self.get("/rest/v1.0/budget_views", project_id=self.job.procore_id)
        rows: list[Mapping[str, Any]] = await self.get(
            f"/rest/v1.0/budget_views/{views[0]['id']}/detail_rows",
            project_id=self.job.procore_id,
            per_page=2000,
        )
        return rows

    # --- the hub -----------------------------------------------------------------------------------------------------

    async def bring(self, system: UUID, *resources: str, scope: Mapping[str, Any] | None = None) -> None:
        """An import of these lists, of one project where the scope names it, run to its end."""
        desk, run = self.plant.desk, new_id()
        args = {"connection_id": str(system), "objects": list(resources), "scope": dict(scope or {})}
        async with desk.pool.transaction(desk.account) as connection:
            await connection.execute(
                "insert into sync_run (account_id, id, action, connection_id) values ($1, $2, 'IMPORT', $3)",
                *(desk.account, run, system),
            )
            await enqueue(connection, desk.account, "import", args=args, run_id=run)
        await self.plant.step("import")
        # Codes of a project are read once, so nothing proves them.
        proven = {"PROVEN"} if resources != ("project_cost_code",) else {"PROVEN", "UNPROVEN"}
        assert await desk.value("select proof from sync_run where id = $1", run) in proven

    async def bring_own(self, system: UUID, *resources: str) -> None:
        """The lists of this project alone."""
        await self.bring(system, *resources, scope={"project_id": str(await self.project())})

    async def budgets(self) -> Item:
        """The project's budget, as the project tool has it now."""
        await self.bring_own(self.plant.tool, "budget", "budget_change")
        found = await self.plant.desk.value(
            "select id from budget where project_id = $1", await self.project()
        )
        assert found is not None
        return Item("bud", found)

    # --- the ledger --------------------------------------------------------------------------------------------------

    async def ledger(self, api: str, *fields: str) -> Sequence[tuple[str, ...]]:
        """What MRI holds of the job, by the given fields."""
        from plant import mri_credentials

        known = mri_credentials()
        user = "/".join(known[part] for part in ("client_id", "database", "user", "key"))
        url = f"/MRIAPIServices/api.asp?$api={api}&$format=json&JOBCODE={self.job.code}&$top=300"
        answer = await self.plant.mri.control.get(url, auth=(user, known["password"]))
        rows = answer.raise_for_status().json().get("value") or []
        return sorted(tuple(str(row.get(name)) for name in fields) for row in rows if "Error" not in row)
