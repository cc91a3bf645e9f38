"""Change orders and invoices that people make in the project tool's sandbox, and the way they take through the hub."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from desk import Item, said
from plant import PROCORE, WORLD, Plant, mri_credentials

from db.clock import new_id
from hub.objects import BY_TAG
from hub.sandboxes.world import Commitment, Line
from hub.sync.enqueue import enqueue

COMPANY = str(WORLD.company.procore_id)


@dataclass
class Works:
    """One plant with a commitment that is in the ledger."""

    plant: Plant
    wanted: Commitment
    contract: Item

    @classmethod
    async def begun(cls, plant: Plant, wanted: Commitment) -> "Works":
        """The commitment is exported, and its mark is set."""
        contract, _ = await plant.accepted(wanted)
        await plant.step()
        await plant.step("mark_origin")
        await plant.desk.change(
            "update project_member set change_orders_level = 3 where member_id = $1",
            plant.desk.people["manager"],
        )
        return cls(plant, wanted, contract)

    # --- people in the project tool ----------------------------------------------------------------------------------

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        control = self.plant.procore.control
        form = {"grant_type": "client_credentials", **PROCORE}
        token = (await control.post("/oauth/token", data=form)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Procore-Company-Id": COMPANY}
        answer = await control.request(method, path, json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        found = answer.json()
        return found["data"] if "/v2.0/" in path else found

    async def order(
        self,
        amounts: Mapping[Line, str],
        *,
        number: str,
        title: str = "Deeper footings",
        status: str = "approved",
    ) -> int:
        """A change order with a line for each line of the contract that it touches; its id there."""
        project = self.wanted.project_id
        base = f"/rest/v1.0/projects/{project}/commitment_change_orders"
        head = {"contract_id": self.wanted.procore_id, "number": number, "title": title, "status": "draft"}
        made = await self.call("POST", base, {"change_order": head})
        codes = await self.call(
            "GET", f"/rest/v1.0/projects/{project}/work_breakdown_structure/wbs_codes?per_page=2000"
        )
        ids = {code["flat_code"]: code["id"] for code in codes}
        lines = f"/rest/v2.0/companies/{COMPANY}/projects/{project}/commitment_change_orders/{made['id']}/line_items"
        for line, amount in amounts.items():
            row = {
                "wbs_code_id": ids[f"{line.code}.{line.category}"],
                "amount": amount,
                "description": "More",
            }
            await self.call("POST", lines, row)
        await self.call("PATCH", f"{base}/{made['id']}", {"change_order": {"status": status}})
        found: int = made["id"]
        return found

    async def invoice(self, number: str, work: Mapping[int, tuple[str, str]], **more: Any) -> int:
        """An invoice that bills lines by their ids: work completed and retainage held of each."""
        items = [
            {
                "line_item_id": line,
                "work_completed_this_period": done,
                "work_completed_retainage_retained_this_period": held,
            }
            for line, (done, held) in work.items()
        ]
        head = {
            "commitment_id": self.wanted.procore_id,
            "invoice_number": number,
            "status": "approved",
            "billing_date": "2026-04-30",
            "requisition_start": "2026-04-01",
            "requisition_end": "2026-04-30",
            "items": items,
            **more,
        }
        path = f"/rest/v1.1/requisitions?project_id={self.wanted.project_id}"
        found: int = (await self.call("POST", path, {"requisition": head}))["id"]
        return found

    async def shown(self, kind: str, id_: int) -> Any:
        """As the project tool shows it: `requisitions` or `change_order_packages`."""
        version = "v1.1" if kind == "requisitions" else "v1.0"
        return await self.call("GET", f"/rest/{version}/{kind}/{id_}?project_id={self.wanted.project_id}")

    async def pressed(self, button: str, kind: str, id_: int, user: str = "project_manager") -> Any:
        """A button of the ERP tool: its ticket or tickets, or the request where there is none."""
        body = {"item_type": kind, "item_id": id_, "user": user}
        answer = await self.plant.procore.control.post(f"/__control/erp/{button}", json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def answered(self, request: int) -> None:
        """A webhook has told of the request; it is read, read up on and acted on."""
        desk = self.plant.desk
        args = {"connection_id": self.plant.tool, "request": str(request)}
        async with desk.pool.transaction(desk.account) as connection:
            await enqueue(connection, desk.account, "take_request", args=args)
        await self.plant.step("take_request")
        await self.plant.step("answer_request")
        await self.plant.step("import")
        await self.plant.step("answer_request")

    # --- the hub -----------------------------------------------------------------------------------------------------

    async def read(self, *objects: str) -> str:
        """Imports of the commitment's project; the state of the run."""
        desk, run = self.plant.desk, new_id()
        project = await desk.value("select id from project where origin_id = $1", str(self.wanted.project_id))
        args = {
            "connection_id": str(self.plant.tool),
            "objects": list(objects),
            "scope": {"project_id": str(project)},
        }
        async with desk.pool.transaction(desk.account) as connection:
            await connection.execute(
                "insert into sync_run (account_id, id, action, connection_id) values ($1, $2, 'IMPORT', $3)",
                *(desk.account, run, self.plant.tool),
            )
            await enqueue(connection, desk.account, "import", args=args, run_id=run)
        job = await self.plant.step("import")
        assert job["state"] == "DONE", job
        state: str = await desk.value("select state from sync_run where id = $1", run)
        return state

    async def item(self, tag: str, origin: int) -> Item:
        table = BY_TAG[tag].table.name
        found: UUID | None = await self.plant.desk.value(
            f"select id from {table} where origin_id = $1", str(origin)
        )
        assert found is not None, f"{table} {origin} is not known"
        return Item(tag, found)

    async def exported(self, item: Item, **more: Any) -> str | None:
        """Sent, accepted and written; where it stands then."""
        assert said(await self.plant.desk.send("manager", item)) == []
        assert said(await self.plant.desk.accept("approver", item, **more)) == []
        await self.plant.step()
        return await self.plant.desk.state(item)

    # --- the ledger --------------------------------------------------------------------------------------------------

    async def current_amount(self) -> Decimal:
        [there] = await self.plant.in_mri(self.wanted)
        return Decimal(there["CurrentAmount"])

    async def posted(self, vendor: str, number: str) -> list[dict[str, str]]:
        """Invoices of accounts payable under a vendor's number."""
        known = mri_credentials()
        user = "/".join(known[name] for name in ("client_id", "database", "user", "key"))
        answer = await self.plant.mri.control.get(
            "/MRIAPIServices/api.asp",
            params={
                "$api": "MRI_S-PMAP_Invoices",
                "$format": "json",
                "VENDORID": vendor,
                "INVOICENUMBER": number,
            },
            auth=(user, known["password"]),
        )
        found: list[dict[str, str]] = answer.raise_for_status().json()["value"]
        return [row for row in found if row["InvoiceNumber"] == number]

    async def in_ledger(self, action: str, **key: str) -> None:
        answer = await self.plant.mri.control.post(f"/__control/{action}", json=key)
        answer.raise_for_status()
