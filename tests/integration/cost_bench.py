"""An account whose one project is linked on both sides, with its codes, a vendor, a commitment and two invoices; and costs to read."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from factories import Books, Ids
from imports_bench import Bench, record

from db.session import Row, WritePool
from hub.core.link import LinkState
from hub.erp.connector import Incoming
from hub.settings import Settings

JOB, VENDOR, CONTRACT = "24-101", "OKAF01", "24-101/SC-001"


@dataclass
class CostBench:
    """`invoices` are INV-7, which the hub exported, and INV-8, which it did not."""

    bench: Bench
    ids: Ids
    project: UUID
    vendor: UUID
    commitment: UUID
    invoices: dict[str, UUID]
    codes: dict[str, UUID]
    types: dict[str, UUID]

    @classmethod
    async def open(cls, settings: Settings, pool: WritePool, account: UUID) -> "CostBench":
        bench, ids = await Bench.open(settings, pool, account), Ids(5)
        async with pool.transaction(account) as connection:
            books = Books(connection, account, ids)
            books.erp = bench.erp_id
            known = {"snapshot": {}, "external_id": JOB, "external_code": JOB}
            project = await books.project(JOB, LinkState.LINKED, origin_id="9", link=known)
            vendor = await books.company(
                "Okafor Concrete", LinkState.LINKED, origin_id="31", link={"external_id": VENDOR}
            )
            commitment = await books.commitment(
                "SC-001", project, vendor, LinkState.SYNCED, origin_id="41", link={"external_id": CONTRACT}
            )
            invoices = {}
            for number, state in (("INV-7", LinkState.SYNCED), ("INV-8", LinkState.NOT_SENT)):
                link = {"external_id": f"{VENDOR}/{number}"} if state is LinkState.SYNCED else {}
                values = {"project_id": project, "commitment_id": commitment, "company_id": vendor}
                nothing = (
                    "completed",
                    "retainage_held",
                    "retainage_released",
                    "stored_materials",
                    "stored_retainage",
                )
                invoices[number] = await books.item(
                    "subcontractor_invoice", "SubcontractorInvoice", state, link,
                    invoice_number=number, status="APPROVED", payment_due_amount=Decimal("9000.00"), currency="USD",
                    is_final=False, **{f"{name}_amount": Decimal(0) for name in nothing}, **values,
                )  # fmt: skip
            codes = {code: await books.cost_code(code, code) for code in ("01-900", "03-300", "99-100")}
            types = {kind: await books.cost_type(kind, kind) for kind in ("C", "S")}
            made = cls(bench, ids, project, vendor, commitment, invoices, codes, types)
            for code in ("01-900", "03-300"):
                await made._on_project(books, code)
        return made

    async def _on_project(self, books: Books, code: str) -> None:
        for kind in self.types.values():
            pair = {"project_id": self.project, "cost_code_id": self.codes[code], "cost_type_id": kind}
            await books.row("project_cost_code", in_erp=True, origin_id=f"7{len(code)}", **pair)

    async def put_on_project(self, code: str) -> None:
        async with self.bench.pool.transaction(self.bench.account) as connection:
            await self._on_project(Books(connection, self.bench.account, self.ids), code)

    async def read(self, *records: Incoming) -> Row:
        """The ERP's costs are these, and a run reads them."""
        self.bench.erp.put("direct_cost", *records)
        return await self.bench.from_erp("direct_cost")

    async def read_payments(self, *records: Incoming) -> Row:
        self.bench.erp.put("payment", *records)
        return await self.bench.from_erp("payment")

    async def costs(self) -> list[tuple[Any, ...]]:
        """Number, kind, status and amount of every cost, in order of number."""
        rows = await self.bench.rows(
            "select invoice_number, kind, status, amount::text from direct_cost order by invoice_number, amount"
        )
        return [tuple(row) for row in rows]

    async def said(self, run: Row) -> list[tuple[str, str, str | None]]:
        """The issues of a run: number in the ERP, code and value."""
        rows = await self.bench.rows(
            "select external_id, code, value from sync_issue where run_id = $1 order by external_id, code",
            run["id"],
        )
        return [tuple(row) for row in rows]


def cost(number: str, amount: str = "300.00", /, **more: Any) -> Incoming:
    """A payable on one code. `code`, `type`, `vendor`, `contract` and `lines` are told by these names."""
    code, kind = more.pop("code", "01-900"), more.pop("type", "C")
    vendor, contract = more.pop("vendor", VENDOR), more.pop("contract", None)
    lines = more.pop("lines", None) or [line(f"{number}/1", amount, code, kind)]
    refs = {"project": JOB, "company": vendor, "commitment": contract}
    values = {
        "kind": "SUBCONTRACTOR_INVOICE" if contract else "INVOICE",
        "invoice_number": number,
        "description": "Permit copies",
        "status": "APPROVED",
        "cost_date": date(2026, 4, 3),
        "received_date": date(2026, 4, 5),
        "paid_date": None,
        "amount": Decimal(amount),
        **more,
    }
    return record("direct_cost", f"{vendor}/{number}", refs=refs, lines=lines, external_code=number, **values)


def line(id_: str, amount: str, code: str | None, kind: str | None, number: int = 1) -> Incoming:
    refs = {"cost_code": code, "cost_type": kind}
    values = {
        "line_number": number,
        "quantity": Decimal(1),
        "unit_cost": Decimal(amount),
        "amount": Decimal(amount),
    }
    return record("direct_cost_line", id_, refs=refs, **values)


def paid(number: str, amount: str, invoice: str = "INV-7", **more: Any) -> Incoming:
    refs = {"project": JOB, "commitment": CONTRACT, "subcontractor_invoice": f"{VENDOR}/{invoice}"}
    values = {
        "invoice_number": invoice,
        "number": number,
        "check_number": number,
        "amount": Decimal(amount),
        "paid_on": date(2026, 5, 10),
        "method": "CHECK",
        "is_void": False,
        **more,
    }
    return record("payment", f"{VENDOR}/{invoice}/{number}", refs=refs, external_code=number, **values)
