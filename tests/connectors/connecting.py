"""Both connectors on in-process sandboxes, and the control interface beside them."""

from dataclasses import dataclass, field
from typing import Any

import httpx
from driving import QUICK, everything
from starlette.applications import Starlette

from hub.connectors import open_connector
from hub.erp.connector import Connector, Incoming
from hub.http import Limits
from hub.sandboxes import mri, procore
from hub.sandboxes.world import build

WORLD = build(7)
COMPANY = str(WORLD.company.procore_id)


@dataclass
class Side:
    """A connector, its sandbox, and what a test asks of the sandbox's control."""

    connector: Connector
    app: Starlette
    control: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.control = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://sandbox")

    async def fault(
        self, fault: str, *, nth: int = 1, times: int = 1, match: Any = None, **params: Any
    ) -> None:
        script = {"fault": fault, "nth": nth, "times": times, "match": match or {}, "params": params}
        answer = await self.control.post("/__control/faults", json=script)
        assert answer.status_code < 300, answer.text

    async def requests(self, **filters: str) -> list[dict[str, Any]]:
        found = (await self.control.get("/__control/requests", params=filters)).json()
        return found["requests"] if isinstance(found, dict) else found

    async def all(self, resource: str, **scope: str) -> list[Incoming]:
        return await everything(self.connector, resource, **scope)

    async def close(self) -> None:
        await self.connector.close()
        await self.control.aclose()


def procore_side(app: Starlette | None = None, limits: Limits = QUICK, **settings: Any) -> Side:
    app = app or procore.create_app()
    credentials = {
        "client_id": "hub-sandbox",
        "client_secret": "hub-sandbox-secret",
        "webhook_authorization": "Bearer hook-secret",
    }
    connector = open_connector(
        "procore",
        "https://procore.example.com",
        credentials,
        {"company_id": COMPANY, **settings},
        transport=httpx.ASGITransport(app),
        limits=limits,
    )
    return Side(connector, app)


def mri_credentials(**changes: str) -> dict[str, str]:
    known = mri.Settings()
    key, password = known.keys[0].key, known.password
    named = {"client_id": known.client, "database": known.database, "user": known.user, "key": key}
    return {**named, "password": password, **changes}


def mri_side(
    app: Starlette | None = None, credentials: dict[str, str] | None = None, **settings: Any
) -> Side:
    app = app or mri.create_app()
    connector = open_connector(
        "mri",
        "https://mri.example.com",
        credentials or mri_credentials(),
        settings,
        transport=httpx.ASGITransport(app),
        limits=QUICK,
    )
    return Side(connector, app)
