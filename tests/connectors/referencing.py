"""The reference connector on its sandbox in process, and sound facts of every object it writes."""

from datetime import date
from decimal import Decimal
from typing import Any

import httpx
from connecting import WORLD, Side
from driving import QUICK, pushed
from starlette.applications import Starlette

from hub.connectors import open_connector
from hub.erp.connector import Answer, Step
from hub.sandboxes import reference

CREDENTIALS = {"client_id": "reference-hub", "client_secret": "reference-secret"}
JOB, VENDOR, CUSTOMER = "24-101", "OKAF01", "HVH"


class Reference(Side):
    """Adds what tests ask of this ledger: its documents, its actions, a step made and pushed."""

    async def kept(self, collection: str) -> list[dict[str, Any]]:
        return (await self.control.get(f"/__control/documents/{collection}")).json()["documents"]

    async def act(self, collection: str, action: str, where: dict[str, Any], **more: Any) -> dict[str, Any]:
        path = f"/__control/documents/{collection}/{action}"
        answer = await self.control.post(path, json={"where": where, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def switch(self, **switches: Any) -> None:
        answer = await self.control.post("/__control/switches", json=switches)
        assert answer.status_code == 200, answer.text

    def step(self, object_key: str, entries: dict[str, Any] | None = None, **changes: Any) -> Step:
        [step] = self.connector.steps(object_key, facts(object_key, **changes), entries or {})
        return step

    async def push(self, step: Step) -> Answer:
        return await pushed(self.connector, step)

    async def write(self, object_key: str, **changes: Any) -> Answer:
        return await self.push(self.step(object_key, **changes))


def reference_side(
    app: Starlette | None = None,
    credentials: dict[str, str] | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    **settings: Any,
) -> Reference:
    app = app or reference.create_app()
    connector = open_connector(
        "reference",
        "https://ledger.example.com",
        credentials or CREDENTIALS,
        settings,
        transport=transport or httpx.ASGITransport(app),
        limits=QUICK,
    )
    return Reference(connector, app)


def line(number: int = 1, amount: str = "1000.00", **changes: Any) -> dict[str, Any]:
    sound = {
        "line_number": number,
        "cost_code": "01-100",
        "cost_type": "O",
        "description": "General conditions",
        "amount": Decimal(amount),
    }
    return {**sound, **changes}


_LINES = {"lines": [line()]}
_HELD = [line(retainage_amount=Decimal("100.00"))]
_BILL = {
    "amount": Decimal("900.00"),
    "billing_date": date(2026, 4, 30),
    "expense_period": "2026-04",
    "retainage_amount": Decimal("100.00"),
    "status": "APPROVED",
    "lines": _HELD,
}
SOUND: dict[str, dict[str, Any]] = {
    "company": {"vendor_id": "NEWV01", "name": "New Vendor", "city": "Erie", "is_active": True},
    "project": {"job_code": "27-001", "name": "New Job", "start_date": date(2026, 5, 1)},
    "sub_job": {"job_code": JOB, "code": "C", "name": "Phase C"},
    "cost_code": {"code": "77-001", "name": "Own code", "cost_type": "O", "income_account": "5000"},
    "project_cost_code": {"job_code": JOB, "code": "77-002", "name": "Own code", "cost_type": "O"},
    "budget": {"job_code": "24-102", "original_amount": Decimal("1000.00"), **_LINES},
    "budget_change": {
        "job_code": JOB,
        "number": "1",
        "title": "Move",
        "revision_date": date(2026, 3, 1),
        "revision_type": "Budget Transfer",
        "revision_status": "Approved",
        "lines": [line(1, "-500.00"), line(2, "500.00", cost_code="01-300", cost_type="L")],
    },
    "commitment": {
        "kind": "SUBCONTRACT",
        "job_code": JOB,
        "vendor_id": VENDOR,
        "number": "SC-001",
        "title": "Béton für Ebene 2",
        "status": "APPROVED",
        "contract_date": date(2026, 3, 2),
        "start_date": date(2026, 4, 1),
        "retainage_percent": Decimal("10.00"),
        "original_amount": Decimal("1000.00"),
        **_LINES,
    },
    "commitment_change_order": {
        "job_code": JOB,
        "contract_number": "SC-001",
        "number": "CO-1",
        "title": "More",
        "status": "APPROVED",
        "created_on": date(2026, 4, 2),
        "amount": Decimal("1000.00"),
        **_LINES,
    },
    "subcontractor_invoice": {
        "job_code": JOB,
        "contract_number": "SC-001",
        "vendor_id": VENDOR,
        "invoice_number": "INV-7",
        **_BILL,
    },
    "prime_contract": {
        "job_code": JOB,
        "customer_id": CUSTOMER,
        "number": "PC-2",
        "title": "Second phase",
        "status": "APPROVED",
        "contract_date": date(2026, 3, 2),
        "original_amount": Decimal("1000.00"),
        **_LINES,
    },
    "prime_contract_change_order": {
        "job_code": JOB,
        "contract_number": "PC-1",
        "number": "PCO-1",
        "title": "More",
        "status": "APPROVED",
        "created_on": date(2026, 4, 2),
        "amount": Decimal("1000.00"),
        **_LINES,
    },
    "owner_invoice": {
        "job_code": JOB,
        "contract_number": "PC-1",
        "customer_id": CUSTOMER,
        "invoice_number": "OI-1",
        **_BILL,
    },
}


def facts(object_key: str, **changes: Any) -> dict[str, Any]:
    return {**SOUND[object_key], **changes}


__all__ = [
    "CREDENTIALS",
    "CUSTOMER",
    "JOB",
    "SOUND",
    "VENDOR",
    "WORLD",
    "Reference",
    "facts",
    "line",
    "reference_side",
]
