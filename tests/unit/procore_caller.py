"""A caller of the Procore sandbox for tests: a token, the seeded ids, and the calls that tests make often."""

from typing import Any

import httpx

from hub.sandboxes.procore import Settings, create_app

HUB = {"client_id": "hub-sandbox", "client_secret": "hub-sandbox-secret"}


class Procore:
    """A caller with a token, and the ids that the sandbox says it was seeded with."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.world: dict[str, Any] = {}
        self.headers: dict[str, str] = {}

    async def enter(self) -> "Procore":
        self.world = (await self.client.get("/__control/world")).json()
        self.headers = {
            "Authorization": f"Bearer {await self.token()}",
            "Procore-Company-Id": str(self.company),
        }
        return self

    async def token(self) -> str:
        return (await self.ask_token()).json()["access_token"]

    async def ask_token(self, **changes: str) -> httpx.Response:
        return await self.client.post(
            "/oauth/token", data={"grant_type": "client_credentials"} | HUB | changes
        )

    async def call(self, method: str, path: str, *, version: str = "v1.0", **options: Any) -> httpx.Response:
        return await self.client.request(method, f"/rest/{version}/{path}", headers=self.headers, **options)

    async def get(self, path: str, *, version: str = "v1.0", **query: Any) -> Any:
        answer = await self.call("GET", path, version=version, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def sync(self, path: str, updates: list[Any], **body: Any) -> dict[str, Any]:
        answer = await self.call("PATCH", f"{path}/sync", json={"updates": updates, **body})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, /, *, version: str = "v1.0", **body: Any) -> Any:
        answer = await self.call("POST", path, version=version, json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def control(self, path: str, /, **body: Any) -> httpx.Response:
        return await self.client.post(f"/__control/{path}", json=body)

    async def set(self, **settings: Any) -> None:
        assert (await self.control("settings", **settings)).status_code == 200

    async def link(self, item_type: str, item_id: int, origin_id: str | None) -> dict[str, Any]:
        entry = {"item_type": item_type, "item_id": item_id, "origin_id": origin_id, "origin_code": origin_id}
        return await self.sync(f"companies/{self.company}/external_data", [entry])

    @property
    def company(self) -> int:
        return self.world["company"]["id"]

    @property
    def project(self) -> int:
        """A linked project that has some of everything, save budget changes, which the fifth has."""
        return self.world["projects"][0]["id"]

    @property
    def v2(self) -> str:
        return f"companies/{self.company}/projects/{self.project}"

    def contract(self, *, broken: list[str] | None = None, trait: str | None = None) -> dict[str, Any]:
        """Of the seeded subcontracts, one with exactly these broken rules."""
        return next(
            one
            for one in self.world["contracts"]
            if one["broken"] == (broken or [])
            and (trait is None or trait in one["traits"])
            and one["kind"] == "work_order_contract"
        )

    async def show(self, contract: dict[str, Any]) -> dict[str, Any]:
        return await self.get(f"work_order_contracts/{contract['id']}", project_id=contract["project_id"])

    async def patch(self, contract: dict[str, Any], **values: Any) -> httpx.Response:
        body = {"project_id": contract["project_id"], "work_order_contract": values}
        return await self.call("PATCH", f"work_order_contracts/{contract['id']}", json=body)

    async def advance(self, seconds: float) -> None:
        await self.client.post("/__control/clock", json={"advance_seconds": seconds})


def connect(settings: Settings | None = None, store: Any = None) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(store, settings=settings))
    return httpx.AsyncClient(transport=transport, base_url="http://procore.test")
