"""A caller of the reference sandbox for tests: a token, sound documents, and the calls that tests make often."""

from typing import Any

import httpx
from starlette.applications import Starlette

from hub.sandboxes.reference import create_app

JOB, VENDOR = "24-101", "OKAF01"
CODE, TYPE = "01-100", "O"
SIGN_IN = {
    "grant_type": "client_credentials",
    "client_id": "reference-hub",
    "client_secret": "reference-secret",
}


def line(amount: str = "1000.00", **changes: Any) -> dict[str, Any]:
    sound = {"line_number": 1, "cost_code": CODE, "cost_type": TYPE, "description": "Forms", "amount": amount}
    return sound | changes


def contract(number: str = "SC-001", amount: str = "1000.00", **changes: Any) -> dict[str, Any]:
    sound = {
        "kind": "subcontract",
        "vendor": VENDOR,
        "job": JOB,
        "number": number,
        "title": "Concrete",
        "amount": amount,
        "contract_date": "2026-03-01",
        "lines": [line(amount)],
    }
    return sound | changes


def order(number: str = "CO-1", amount: str = "500.00", **changes: Any) -> dict[str, Any]:
    sound = {"job": JOB, "contract": "SC-001", "number": number, "amount": amount, "date": "2026-04-01"}
    return {**sound, "lines": [line(amount)], **changes}


def invoice(number: str = "INV-7", amount: str = "900.00", **changes: Any) -> dict[str, Any]:
    """900.00 is what remains of a line of 1000.00 that retains 100.00."""
    sound = {"vendor": VENDOR, "job": JOB, "contract": "SC-001", "number": number, "amount": amount}
    lines = [line("1000.00", retainage_amount="100.00")]
    return {**sound, "date": "2026-04-30", "period": "2026-04", "lines": lines, **changes}


class Ledger:
    """A signed-in caller. `write` sends a key of its own each time unless told one."""

    def __init__(self, app: Starlette | None = None) -> None:
        self.app = app or create_app()
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://ledger.example"
        )
        self.headers: dict[str, str] = {}
        self._keys = 0

    async def enter(self) -> "Ledger":
        answer = await self.client.post("/oauth/token", data=SIGN_IN)
        self.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        return self

    async def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> httpx.Response:
        return await self.client.get(f"/v1/{path}", params=query, headers={**self.headers, **(headers or {})})

    async def write(self, collection: str, body: Any, key: str | None = None) -> httpx.Response:
        self._keys += 1
        headers = {**self.headers, "Idempotency-Key": key or f"key-{self._keys}"}
        return await self.client.post(f"/v1/{collection}", json=body, headers=headers)

    async def delete(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.delete(f"/v1/{path}", headers={**self.headers, **headers})

    async def rows(self, collection: str, **query: Any) -> list[dict[str, Any]]:
        return (await self.get(collection, **query)).json()["data"]

    async def act(self, collection: str, action: str, where: dict[str, Any], **more: Any) -> httpx.Response:
        path = f"/__control/documents/{collection}/{action}"
        return await self.client.post(path, json={"where": where, **more})

    async def switch(self, **switches: Any) -> None:
        answer = await self.client.post("/__control/switches", json=switches)
        assert answer.status_code == 200, answer.text

    async def kept(self, collection: str) -> list[dict[str, Any]]:
        return (await self.client.get(f"/__control/documents/{collection}")).json()["documents"]
