"""A caller of the MRI sandbox's web services for tests, and builders of what it sends."""

from typing import Any

import httpx
from starlette.applications import Starlette

from hub.sandboxes.mri import SANDBOX_PARTNER_KEY

PATH = "/MRIAPIServices/api.asp"
USER = f"HUBCLIENT/SANDBOX/hubsvc/{SANDBOX_PARTNER_KEY}"
PASSWORD = "sandbox:password"
VENDORS, JOBS, CONTRACTS = "MRI_S-PMAP_Vendors", "MRI_S-PMJC_Jobs", "MRI_S-PMJC_Contracts"
COST_CODES, JOB_COST_CODES, CATEGORIES = (
    f"MRI_S-PMJC_{name}" for name in ("CostCodes", "JobCostCodes", "Categories")
)
ALL_APIS = [VENDORS, JOBS, COST_CODES, JOB_COST_CODES, CATEGORIES, CONTRACTS]


class Caller:
    """One client of the web services, by JSON unless told otherwise."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def get(self, api: str, form: str = "json", **params: Any) -> httpx.Response:
        named = {name.replace("_", "$", 1): str(value) for name, value in params.items()}
        return await self.client.get(PATH, params={"$api": api, "$format": form, **named})

    async def rows(self, api: str, **params: Any) -> list[dict]:
        answer = await self.get(api, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()["value"]

    async def post(self, *entries: dict, api: str = CONTRACTS) -> httpx.Response:
        return await self.client.post(
            PATH, params={"$api": api, "$format": "json"}, json={"value": list(entries)}
        )

    async def post_xml(self, xml: str, content_type: str = "application/xml") -> httpx.Response:
        return await self.client.post(
            PATH,
            params={"$api": CONTRACTS, "$format": "xml"},
            content=xml.encode(),
            headers={"Content-Type": content_type},
        )

    async def control(self, path: str, body: Any = None) -> Any:
        if body is None:
            return (await self.client.get(f"/__control/{path}")).json()
        return (await self.client.post(f"/__control/{path}", json=body)).json()


def caller_of(app: Starlette, user: str = USER, password: str = PASSWORD) -> Caller:
    transport = httpx.ASGITransport(app)
    return Caller(
        httpx.AsyncClient(transport=transport, base_url="http://mri.example", auth=(user, password))
    )


def line(number: int = 1, amount: str = "1000.00", **other: Any) -> dict:
    return {"LineNumber": number, "CostCode": "03-300", "Category": "S", "Amount": amount, **other}


def contract(number: str = "SC-24-101-001", lines: Any = None, **other: Any) -> dict:
    return {
        "JobCode": "24-101",
        "ContractNumber": number,
        "Description": "Concrete",
        "VendorID": "OKAF01",
        "OriginalAmount": "1000.00",
        "ContractDate": "2026-02-03",
        "ContractLines": {"entry": line()} if lines is None else lines,
        **other,
    }


def header_error(entry: dict) -> str | None:
    return entry.get("Error", {}).get("Message")
