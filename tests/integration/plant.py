"""An account connected to both sandboxes on real ports, and a worker that is stepped job by job."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from desk import Desk, Item, said

from db.jobs import Lane
from db.session import Row
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.bell import SilentBell
from hub.connectors import open_connector
from hub.core.link import LinkState
from hub.erp.connector import Connector
from hub.handlers import FAILURES, HANDLERS
from hub.http import Limits
from hub.sandboxes.world import Commitment, World, build
from hub.settings import Settings
from hub.sync import connecting
from jobs.run import Crew
from jobs.runner import Runner

WORLD: World = build(7)
CONTRACTS = "MRI_S-PMJC_Contracts"
MRI = {
    "client_id": "HUBCLIENT",
    "database": "SANDBOX",
    "user": "hubsvc",
    "key": "",
    "password": "sandbox:password",
}
PROCORE = {"client_id": "hub-sandbox", "client_secret": "hub-sandbox-secret"}
QUICK = Limits(tries=1, backoff=0.0, read=5.0, whole=5.0, whole_write=5.0)


@dataclass
class System:
    """One sandbox: where it is, and what a test asks of its control interface."""

    url: str
    control: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.control = httpx.AsyncClient(base_url=self.url, timeout=30)

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    async def fault(
        self, fault: str, *, times: int = 1, method: str = "*", contains: str = "", **params: Any
    ) -> None:
        match = {"method": method, "contains": contains}
        script = {"fault": fault, "times": times, "match": match, "params": params}
        (await self.control.post("/__control/faults", json=script)).raise_for_status()

    async def calm(self) -> None:
        """No faults, no rights taken away, and an empty log."""
        await self.control.delete("/__control/faults")
        await self.control.post("/__control/rights", json={"denied": []})  # MRI's alone
        await self.control.delete("/__control/requests")

    async def requests(self, **filters: str) -> list[dict[str, Any]]:
        answer = await self.control.get("/__control/requests", params=filters)
        found: list[dict[str, Any]] = answer.raise_for_status().json()["requests"]
        return found

    async def posts(self) -> list[tuple[str | None, str | None]]:
        """Outcome and fault of each write that arrived."""
        return [(row["outcome"], row["fault"]) for row in await self.requests(method="POST", api=CONTRACTS)]


@dataclass
class Plant:
    """The desk, both systems, and what of the fictional contractor the account knows."""

    desk: Desk
    mri: System
    procore: System
    tool: UUID = field(init=False)
    opener: Any = None

    @classmethod
    async def open(cls, desk: Desk, mri: System, procore: System) -> "Plant":
        plant = cls(desk, mri, procore)
        tool = {
            "company_id": str(WORLD.company.procore_id),
            "standard_cost_code_list_id": str(WORLD.company.cost_code_list_id),
            "login_url": procore.url,
        }
        plant.tool = await plant.connect("Procore", "procore", procore.url, PROCORE, tool)
        await plant.connect("MRI", "mri", mri.url, mri_credentials(), {})
        await desk.change("delete from job where kind = 'poll_requests'")  # a test begins it when it wants it
        return plant

    async def connect(
        self, name: str, kind: str, url: str, credentials: Mapping[str, str], settings: Mapping[str, Any]
    ) -> UUID:
        """As an operator does it; the ERP's row is the desk's."""
        wanted = connecting.Wanted(name, kind, url, settings, credentials)
        async with self.desk.pool.transaction(self.desk.account) as connection:
            return (await connecting.connect(connection, self.settings, self.desk.account, wanted)).id

    @property
    def settings(self) -> Settings:
        """The desk's, with both systems let past the guard."""
        hosts = f"{self.mri.host},{self.procore.host},127.0.0.1:1"
        return self.desk.settings.model_copy(update={"allowed_hosts": hosts})

    async def enter(self, id_: UUID, credentials: Mapping[str, str]) -> None:
        """Keep the credentials of a connection, sealed."""
        async with self.desk.pool.transaction(self.desk.account) as connection:
            vault = Vault.of(self.desk.settings)
            await vault.put(connection, Place(self.desk.account, id_), credentials)

    async def sign_in(self, password: str = MRI["password"]) -> None:
        """Give the ERP connection a password, as a person who mends it does."""
        await self.connect("MRI", "mri", self.mri.url, mri_credentials(password), {})

    async def mri_is_at(self, url: str) -> None:
        await self.desk.change("update connection set base_url = $2 where id = $1", self.desk.erp, url)

    # --- what the account knows --------------------------------------------------------------------------------------

    async def commitment(self, wanted: Commitment) -> Item:
        """A commitment of the contractor with its project, vendor and codes, as imports would have brought them."""
        desk, job = self.desk, WORLD.job(wanted.job_code)
        vendor = next(one for one in WORLD.vendors if one.procore_id == wanted.vendor_id)
        assert vendor.code
        async with desk.books() as books:
            linked = {"external_id": job.code, "external_code": job.code}
            project = await books.project(
                job.code, LinkState.LINKED, origin_id=str(job.procore_id), link=linked
            )
            known = {"external_id": vendor.code, "external_code": vendor.code}
            company = await books.company(
                vendor.name, LinkState.LINKED, origin_id=str(vendor.procore_id), link=known
            )
            for name, on in (("manager", 3), ("approver", 3), ("administrator", 1)):
                levels = {"commitments_level": on, "admin_level": on}
                await books.insert(
                    "project_member", member_id=desk.people[name], project_id=project, **levels
                )
            item = await books.commitment(
                wanted.number, project, company,
                origin_id=str(wanted.procore_id), title=wanted.title, status=wanted.status.upper(),
                contract_date=wanted.contract_date, start_date=wanted.start, retainage_percent=wanted.retainage,
                original_amount=wanted.total,
            )  # fmt: skip
            for line in wanted.lines:
                code, kind = await self._pair(books, project, line.code, str(line.category))
                await books.row(
                    "commitment_line", commitment_id=item, line_number=line.position, origin_id=str(line.procore_id),
                    amount=line.amount, description=line.description, cost_code_id=code, cost_type_id=kind,
                )  # fmt: skip
        return Item("cmt", item)

    async def _pair(self, books: Any, project: UUID, code: str, category: str) -> tuple[UUID, UUID]:
        desk = self.desk
        if code not in desk.codes:
            desk.codes[code] = await books.cost_code(code, code)
        if category not in desk.types:
            desk.types[category] = await books.cost_type(category, category)
        pair = {"project_id": project, "cost_code_id": desk.codes[code], "cost_type_id": desk.types[category]}
        known = await books.connection.fetchval(
            "select 1 from project_cost_code where project_id = $1 and cost_code_id = $2 and cost_type_id = $3",
            *pair.values(),
        )
        if not known:
            await books.row("project_cost_code", in_erp=True, **pair)
        return pair["cost_code_id"], pair["cost_type_id"]

    async def accepted(self, wanted: Commitment, **more: Any) -> tuple[Item, UUID]:
        """A commitment on its way into the ERP, and the run of its export."""
        item = await self.commitment(wanted)
        assert said(await self.desk.send("manager", item)) == []
        outcome = await self.desk.accept("approver", item, **more)
        assert said(outcome) == []
        assert outcome.run_id is not None
        return item, outcome.run_id

    # --- the worker --------------------------------------------------------------------------------------------------

    async def step(self, kind: str = "export") -> Row:
        """Run the oldest open job of the kind once, due or not, and read what is left of it."""
        desk = self.desk
        job = await desk.value(
            "select id from job where kind = $1 and state in ('QUEUED', 'RUNNING') order by created_at, id limit 1",
            kind,
        )
        assert job is not None, f"there is no open {kind} job"
        await desk.change("update job set due_at = hub_now() where id = $1", job)
        crew = Crew(
            self.settings, "here:1:x", desk.pool, desk.pool, HANDLERS, FAILURES, opener=self.opener or _open
        )
        runner = Runner(crew, SilentBell())
        assert await runner.start(desk.account, job, Lane.INTERACTIVE), f"the {kind} job cannot be taken"
        await runner.drain(30)
        return await desk.one("select * from job where id = $1", job)

    async def attempts(self, item: Item, connection: UUID | None = None) -> list[tuple[str, int]]:
        """State and number of looks of each try to write the item, oldest first."""
        rows = await self.desk.rows(
            "select state, read_backs from attempt where object_id = $1 and connection_id = $2 order by created_at, id",
            *(item.id, connection or self.desk.erp),
        )
        return [tuple(row) for row in rows]

    async def detail(self, id_: int) -> dict[str, Any]:
        """An item of a request as people see it in the project tool."""
        form = {"grant_type": "client_credentials", **PROCORE}
        token = (await self.procore.control.post("/oauth/token", data=form)).json()["access_token"]
        company = str(WORLD.company.procore_id)
        answer = await self.procore.control.get(
            f"/rest/v1.0/companies/{company}/erp_request_details/{id_}",
            headers={"Authorization": f"Bearer {token}", "Procore-Company-Id": company},
        )
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    async def in_mri(self, wanted: Commitment, number: str | None = None) -> list[dict[str, Any]]:
        """What the ledger holds under the commitment's job and number."""
        found = (await self.mri.control.get("/__control/contracts")).raise_for_status().json()["contracts"]
        key = (wanted.job_code, number or wanted.number)
        return [row for row in found if (row["JobCode"], row["ContractNumber"]) == key]

    async def delete_in_mri(self, wanted: Commitment) -> None:
        key = {"JobCode": wanted.job_code, "ContractNumber": wanted.number}
        (await self.mri.control.post("/__control/contracts/delete", json=key)).raise_for_status()


def mri_credentials(password: str = MRI["password"]) -> dict[str, str]:
    from hub.sandboxes.mri import SANDBOX_PARTNER_KEY

    return {**MRI, "key": SANDBOX_PARTNER_KEY, "password": password}


def _open(
    kind: str,
    base_url: str,
    credentials: Mapping[str, str],
    settings: Mapping[str, Any],
    allowed_hosts: Collection[str] = (),
    **shared: Any,
) -> Connector:
    """As in production, but for the patience."""
    return open_connector(kind, base_url, credentials, settings, allowed_hosts, limits=QUICK, **shared)
