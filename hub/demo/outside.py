"""What people do in the two other systems, over those systems' own APIs, and what the demonstration looks up there."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

COMPANY_HEADER = "Procore-Company-Id"


class ProcorePeople:
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
        return await self._said("POST", "/rest/v1.0/work_order_contracts", body)

    async def change_contract(self, project: str, contract: str, change: Mapping[str, Any]) -> Any:
        body = {"project_id": int(project), "work_order_contract": dict(change)}
        return await self._said(
            "PATCH", f"/rest/v1.0/work_order_contracts/{contract}", body, project_id=project
        )

    async def add_line(self, project: str, contract: str, line: Mapping[str, Any]) -> Any:
        path = f"/rest/v1.0/work_order_contracts/{contract}/line_items"
        return await self._said(
            "POST", path, {"project_id": int(project), "line_item": dict(line)}, project_id=project
        )

    async def contract(self, project: str, contract: str) -> Any:
        return await self.get(f"/rest/v1.0/work_order_contracts/{contract}", project_id=project)

    async def _said(self, method: str, path: str, body: Mapping[str, Any], **query: Any) -> Any:
        answer = await self._http.request(method, path, json=body, params=query)
        if answer.is_error:
            raise RuntimeError(f"Procore answered {answer.status_code}: {answer.text[:300]}")
        return answer.json()


class MriBooks:
    """The ledger itself, asked directly."""

    def __init__(self, url: str, credentials: Mapping[str, str]) -> None:
        user = "/".join(credentials[part] for part in ("client_id", "database", "user", "key"))
        self._http = httpx.AsyncClient(base_url=url, timeout=30, auth=(user, credentials["password"]))

    async def close(self) -> None:
        await self._http.aclose()

    async def contracts(self, **keys: str) -> list[dict[str, Any]]:
        """Contracts with their lines; all of them where no key is given."""
        found: list[dict[str, Any]] = []
        query = "&".join(f"{name}={quote(value)}" for name, value in {**keys, "$top": "300"}.items())
        link: str | None = f"/MRIAPIServices/api.asp?$api=MRI_S-PMJC_Contracts&$format=json&{query}"
        while link:
            page = (await self._http.get(link)).raise_for_status().json()
            found += page["value"]
            link = page.get("nextLink")
        return found

    async def log(self, number: str) -> list[dict[str, Any]]:
        """The ledger's own log of requests that name a contract number."""
        answer = (
            (await self._http.get("/__control/requests", params={"api": "MRI_S-PMJC_Contracts"}))
            .raise_for_status()
            .json()
        )
        rows = answer["requests"] if isinstance(answer, dict) else answer
        return [row for row in rows if number in str(row)]


def lines_of(contract: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The nested lines of a contract, whether one, many or none."""
    entry = (contract.get("ContractLines") or {}).get("entry")
    if entry is None:
        return []
    return entry if isinstance(entry, list) else [entry]
