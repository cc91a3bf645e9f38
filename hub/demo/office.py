"""The contractor's people at the project tool: budgets, commitments, change orders and invoices, over its own API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

COMPANY_HEADER = "Procore-Company-Id"


@dataclass(frozen=True)
class Pair:
    """A cost code with a cost type on a project, by the project tool's ids and the ERP's words."""

    wbs_id: int
    cost_code_id: int
    cost_type_id: int
    code: str
    kind: str


class Office:
    """People at work in Procore."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=30)
        self.world: Mapping[str, Any] = {}

    async def sign_in(self) -> None:
        self.world = (await self._http.get("/__control/world")).raise_for_status().json()
        form = {
            "grant_type": "client_credentials",
            "client_id": "people-sandbox",
            "client_secret": "people-sandbox-secret",
        }
        token = (await self._http.post("/oauth/token", data=form)).raise_for_status().json()["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"
        self._http.headers[COMPANY_HEADER] = str(self.world["company"]["id"])

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, path: str, **query: Any) -> Any:
        return (await self._http.get(path, params=query)).raise_for_status().json()

    async def create_contract(self, project: str, contract: Mapping[str, Any]) -> Any:
        body = {"project_id": int(project), "work_order_contract": dict(contract)}
        return await self.said("POST", "/rest/v1.0/work_order_contracts", body)

    async def change_contract(self, project: str, contract: str, change: Mapping[str, Any]) -> Any:
        body = {"project_id": int(project), "work_order_contract": dict(change)}
        return await self.said(
            "PATCH", f"/rest/v1.0/work_order_contracts/{contract}", body, project_id=project
        )

    async def add_line(self, project: str, contract: str, line: Mapping[str, Any]) -> Any:
        path = f"/rest/v1.0/work_order_contracts/{contract}/line_items"
        return await self.said(
            "POST", path, {"project_id": int(project), "line_item": dict(line)}, project_id=project
        )

    async def contract(self, project: str, contract: str) -> Any:
        return await self.get(f"/rest/v1.0/work_order_contracts/{contract}", project_id=project)

    async def said(self, method: str, path: str, body: Mapping[str, Any], **query: Any) -> Any:
        answer = await self._http.request(method, path, json=body, params=query)
        if answer.is_error:
            raise RuntimeError(f"Procore answered {answer.status_code}: {answer.text[:300]}")
        return answer.json()

    @property
    def company(self) -> int:
        return int(self.world["company"]["id"])

    async def join(self, project: int, model: int) -> None:
        """The project manager joins a project, with the rights they have on another one."""
        user = self.world["users"]["project_manager"]["id"]
        people = await self.every(f"/rest/v1.0/projects/{model}/users")
        template = next(row["permission_template"]["id"] for row in people if row["id"] == user)
        path = f"/rest/v1.0/projects/{project}/users/{user}/actions/add"
        await self.said("POST", path, {"user": {"permission_template_id": template}})

    async def pairs(self, project: int) -> list[Pair]:
        """The combinations that amounts may be booked on; those that no amount stands on yet have no WBS code."""
        codes = await self.every("/rest/v1.0/cost_codes", project_id=project)
        known = await self.every(f"/rest/v1.0/projects/{project}/work_breakdown_structure/wbs_codes")
        ids = {row["flat_code"]: int(row["id"]) for row in known}
        found = [
            Pair(
                ids.get(f"{code['full_code']}.{kind['code']}", 0),
                code["id"],
                kind["id"],
                code["full_code"],
                kind["code"],
            )
            for code in codes
            for kind in code["line_item_types"]
        ]
        return sorted(found, key=lambda pair: (pair.code, pair.kind))

    async def put_together(self, project: int, pairs: Sequence[Pair]) -> list[Pair]:
        """The same combinations, each with its WBS code."""
        base = f"/rest/v1.0/projects/{project}/work_breakdown_structure"
        segments = {row["type"]: row["id"] for row in await self.get(f"{base}/segments")}
        missing = [
            [(segments["cost_code"], pair.cost_code_id), (segments["line_item_type"], pair.cost_type_id)]
            for pair in pairs
            if not pair.wbs_id
        ]
        codes = [
            {"segment_items": [{"segment_id": s, "segment_item_id": i} for s, i in parts]}
            for parts in missing
        ]
        if codes:
            await self.said("POST", f"{base}/wbs_codes/bulk_create", {"wbs_codes": codes})
        wanted = {(pair.cost_code_id, pair.cost_type_id) for pair in pairs}
        return [
            pair for pair in await self.pairs(project) if (pair.cost_code_id, pair.cost_type_id) in wanted
        ]

    async def every(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """All pages of a list."""
        found: list[dict[str, Any]] = []
        page = 1
        while rows := await self.get(path, **query, page=page, per_page=100):
            found += rows
            if len(rows) < 100:
                break
            page += 1
        return found

    async def budget(self, project: int, lines: Mapping[Pair, Decimal]) -> None:
        """Budget lines, then the lock."""
        for pair, amount in lines.items():
            line = {"wbs_code_id": pair.wbs_id, "original_budget_amount": str(amount)}
            body = {"project_id": project, "budget_line_item": line}
            await self.said("POST", "/rest/v1.1/budget_line_items", body)
        await self.lock_budget(project)

    async def lock_budget(self, project: int | str) -> None:
        await self.said("POST", f"/rest/v1.0/projects/{project}/budget/lock", {})

    async def unlock_budget(self, project: int) -> None:
        path = f"/rest/v1.0/projects/{project}/budget/lock"
        (await self._http.delete(path)).raise_for_status()

    async def drop_budget_line(self, project: int, line: int) -> None:
        """Takes a line out of an unlocked budget."""
        base = f"/rest/v2.0/companies/{self.company}/projects/{project}/budget_line_items"
        (await self._http.delete(f"{base}/{line}")).raise_for_status()

    async def transfer(self, project: int, source: Pair, target: Pair, amount: Decimal, notes: str) -> None:
        """A budget modification: money moves from one line to another."""
        rows = await self.detail_rows(project)
        ids = {(row["cost_code_id"], row["category_id"]): row["id"] for row in rows}
        move = {
            "from_budget_line_item_id": ids[source.cost_code_id, source.cost_type_id],
            "to_budget_line_item_id": ids[target.cost_code_id, target.cost_type_id],
            "transfer_amount": str(amount),
            "notes": notes,
        }
        body = {"budget_modification": move}
        await self.said("POST", f"/rest/v1.0/projects/{project}/budget_modifications", body)

    async def detail_rows(self, project: int) -> list[dict[str, Any]]:
        [view, *_] = await self.get("/rest/v1.0/budget_views", project_id=project)
        path = f"/rest/v1.0/budget_views/{view['id']}/detail_rows"
        return await self.every(path, project_id=project)

    async def commitment(
        self, project: int, number: str, title: str, vendor: int, lines: Mapping[Pair, Decimal]
    ) -> int:
        """An approved subcontract with its schedule of values."""
        made = await self.create_contract(
            str(project),
            {
                "number": number,
                "title": title,
                "status": "Draft",
                "vendor_id": vendor,
                "retainage_percent": "10.00",
            },
        )
        for place, (pair, amount) in enumerate(lines.items(), 1):
            line = {
                "description": f"Part {place}",
                "amount": str(amount),
                "cost_code_id": pair.cost_code_id,
                "line_item_type_id": pair.cost_type_id,
            }
            await self.add_line(str(project), str(made["id"]), line)
        dates = {"contract_date": "2026-01-05", "contract_start_date": "2026-01-12"}
        await self.change_contract(str(project), str(made["id"]), {"status": "Approved", **dates})
        return int(made["id"])

    async def change_order(
        self, project: int, contract: int, number: str, title: str, lines: Sequence[tuple[Pair, Decimal]]
    ) -> int:
        """An approved change order of a commitment."""
        orders = f"/rest/v1.0/projects/{project}/commitment_change_orders"
        fields = {"contract_id": contract, "number": number, "title": title, "status": "draft"}
        made = await self.said("POST", orders, {"change_order": fields})
        path = f"/rest/v2.0/companies/{self.company}/projects/{project}/commitment_change_orders/{made['id']}/line_items"
        for pair, amount in lines:
            line = {"description": title, "amount": str(amount), "wbs_code_id": str(pair.wbs_id)}
            await self.said("POST", path, line)
        await self.said("PATCH", f"{orders}/{made['id']}", {"change_order": {"status": "approved"}})
        return int(made["id"])

    async def invoice(
        self,
        project: int,
        contract: int,
        number: str,
        month: tuple[str, str],
        billed: Sequence[tuple[Decimal, Decimal]],
    ) -> int:
        """An approved invoice for a month: per line of contract and change orders, work completed and retainage held."""
        start, end = month
        fields = {
            "commitment_id": contract,
            "invoice_number": number,
            "requisition_start": start,
            "requisition_end": end,
            "billing_date": end,
            "status": "draft",
        }
        made = await self.said(
            "POST", "/rest/v1.1/requisitions", {"project_id": project, "requisition": fields}
        )
        rows = await self.billed_lines(project, made["id"])
        items = [
            {
                "id": row["id"],
                "item_type": row["item_type"],
                "work_completed_this_period": str(work),
                "work_completed_retainage_retained_this_period": str(held),
            }
            for row, (work, held) in zip(rows, billed, strict=False)
        ]
        body = {"project_id": project, "requisition_items": items}
        await self.said(
            "PATCH", f"/rest/v1.0/requisitions/{made['id']}/bulk_item_update", body, project_id=project
        )
        await self.approve_invoice(project, made["id"])
        return int(made["id"])

    async def billed_lines(self, project: int, invoice: int) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for name in ("contract_items", "change_order_items"):
            rows += await self.get(f"/rest/v1.0/requisitions/{invoice}/{name}", project_id=project)
        return rows

    async def approve_invoice(self, project: int, invoice: int) -> None:
        body = {"project_id": project, "requisition": {"status": "approved"}}
        await self.said("PATCH", f"/rest/v1.1/requisitions/{invoice}", body, project_id=project)
