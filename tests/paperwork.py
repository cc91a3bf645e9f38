"""Change orders and invoices of the desk's commitments, under what a real ERP connection can do."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from desk import Desk, Item

from hub.connectors import capabilities
from hub.core.link import LinkState

MADE = datetime(2026, 5, 4, 12, tzinfo=UTC)
CHANGE = {"code": "03-100", "type": "L", "amount": "1500.00"}
WORK = {"code": "03-100", "type": "L", "work": "10000.00", "held": "1000.00"}


@dataclass
class Paperwork:
    """Writes what breaks no rule unless told otherwise."""

    desk: Desk

    @classmethod
    async def under(cls, desk: Desk, kind: str = "mri", **settings: Any) -> "Paperwork":
        """The desk's ERP is of this kind, and the manager may send change orders."""
        can = json.dumps(capabilities(kind, settings).document())
        await desk.change(
            "update connection set kind = $2, settings = $3::jsonb, capabilities = $4::jsonb where id = $1",
            *(desk.erp, kind, json.dumps(settings), can),
        )
        await desk.change(
            "update project_member set change_orders_level = 3 where member_id = $1", desk.people["manager"]
        )
        return cls(desk)

    async def contract(
        self, number: str = "SC-001", state: LinkState = LinkState.SYNCED, **more: Any
    ) -> Item:
        """A subcontract of 40,000.00 that is in the ERP."""
        link = {"external_id": f"J100/{number}", "external_code": number}
        return await self.desk.subcontract(number, state, link=link, **more)

    async def order(
        self,
        contract: Item,
        number: str = "CO-1",
        state: LinkState = LinkState.NOT_SENT,
        *,
        lines: Sequence[Mapping[str, Any]] = (CHANGE,),
        link: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> Item:
        given = {
            "number": number,
            "title": "Deeper footings",
            "status": "APPROVED",
            "project_id": self.desk.job.id,
            "commitment_id": contract.id,
            "currency": "USD",
            "is_executed": True,
            "origin_created_at": MADE,
            "amount": sum((Decimal(line["amount"]) for line in lines), Decimal("0.00")),
            **values,
        }
        async with self.desk.books() as books:
            made = await books.item(
                "commitment_change_order", "CommitmentChangeOrder", state, dict(link or {}), **given
            )
            for place, line in enumerate(lines, 1):
                await books.row(
                    "commitment_change_order_line",
                    commitment_change_order_id=made,
                    line_number=place,
                    origin_id=line.get("id", f"{number}/{place}"),
                    amount=Decimal(line["amount"]),
                    custom_segment=line.get("segment"),
                    **self._coded(line),
                )
        return Item("cco", made)

    async def invoice(
        self,
        contract: Item,
        number: str | None = "INV-7",
        state: LinkState = LinkState.NOT_SENT,
        *,
        lines: Sequence[Mapping[str, Any]] = (WORK,),
        link: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> Item:
        work, held, released, stored = (_sum(lines, name) for name in ("work", "held", "released", "stored"))
        given = {
            "invoice_number": number,
            "status": "APPROVED",
            "project_id": self.desk.job.id,
            "commitment_id": contract.id,
            "company_id": self.desk.vendor.id,
            "billing_date": date(2026, 4, 30),
            "period_start": date(2026, 4, 1),
            "period_end": date(2026, 4, 30),
            "payment_due_amount": work - held + released + stored,
            "completed_amount": work,
            "retainage_held_amount": held,
            "retainage_released_amount": released,
            "stored_materials_amount": stored,
            "stored_retainage_amount": Decimal("0.00"),
            "is_final": False,
            "currency": "USD",
            **values,
        }
        async with self.desk.books() as books:
            made = await books.item(
                "subcontractor_invoice", "SubcontractorInvoice", state, dict(link or {}), **given
            )
            for place, line in enumerate(lines, 1):
                await books.row(
                    "subcontractor_invoice_line",
                    subcontractor_invoice_id=made,
                    line_number=place,
                    origin_id=f"I{place}",
                    contract_line_id=line.get("bills", f"L{place}"),
                    completed_amount=Decimal(line.get("work", "0.00")),
                    retainage_held_amount=Decimal(line.get("held", "0.00")),
                    retainage_released_amount=Decimal(line.get("released", "0.00")),
                    stored_materials_amount=Decimal(line.get("stored", "0.00")),
                    stored_retainage_amount=Decimal("0.00"),
                    **self._coded(line),
                )
        return Item("inv", made)

    async def register(self, key: str, external_id: str, **fields: Any) -> None:
        """What the ERP listed when it was last read."""
        async with self.desk.books() as books:
            await books.insert(
                "erp_record",
                connection_id=self.desk.erp,
                object_key=key,
                external_id=external_id,
                external_code=external_id.rpartition("/")[2],
                fields=fields,
                run_id=self.desk.ids(),
            )

    def _coded(self, line: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "cost_code_id": self.desk.codes.get(line.get("code", "")),
            "cost_type_id": self.desk.types.get(line.get("type", "")),
            "cost_code_text": line.get("code"),
        }


def _sum(lines: Sequence[Mapping[str, Any]], name: str) -> Decimal:
    return sum((Decimal(line.get(name, "0.00")) for line in lines), Decimal("0.00"))
