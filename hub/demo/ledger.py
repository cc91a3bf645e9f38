"""The contractor's accountants at the ERP: what they pay and book there, and the books themselves."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx


class Ledger:
    """The ledger itself, asked directly, and what its accountants enter there."""

    def __init__(self, url: str, credentials: Mapping[str, str]) -> None:
        user = "/".join(credentials[part] for part in ("client_id", "database", "user", "key"))
        self._http = httpx.AsyncClient(base_url=url, timeout=30, auth=(user, credentials["password"]))

    async def close(self) -> None:
        await self._http.aclose()

    async def contracts(self, **keys: str) -> list[dict[str, Any]]:
        """Contracts with their lines; all of them where no key is given."""
        return await self.rows("MRI_S-PMJC_Contracts", **keys)

    async def log(self, number: str) -> list[dict[str, Any]]:
        """The ledger's own log of requests that name a contract number."""
        answer = (
            (await self._http.get("/__control/requests", params={"api": "MRI_S-PMJC_Contracts"}))
            .raise_for_status()
            .json()
        )
        rows = answer["requests"] if isinstance(answer, dict) else answer
        return [row for row in rows if number in str(row)]

    async def rows(self, api: str, **keys: str) -> list[dict[str, Any]]:
        """A whole list."""
        query = "&".join(f"{name}={quote(value)}" for name, value in {**keys, "$top": "1000"}.items())
        link: str | None = f"/MRIAPIServices/api.asp?$api={api}&$format=json&{query}"
        found: list[dict[str, Any]] = []
        while link:
            page = (await self._http.get(link)).raise_for_status().json()
            found += page["value"]
            link = page.get("nextLink")
        return found

    async def enter(self, what: str, entry: Mapping[str, Any]) -> Any:
        """An accountant's entry. Raises where the ERP refuses it."""
        answer = await self._http.post(f"/__control/{what}", json=dict(entry))
        if answer.is_error:
            raise RuntimeError(f"MRI refused {what}: {answer.text[:300]}")
        return answer.json()

    async def approve(self, vendor: str, number: str) -> None:
        await self.enter(
            "invoices/status", {"VendorID": vendor, "InvoiceNumber": number, "Status": "Approved"}
        )

    async def pay(self, day: str, check: str, vendor: str, number: str, amount: str | None = None) -> None:
        """A check for one invoice, in full unless an amount is given."""
        one = {"VendorID": vendor, "InvoiceNumber": number, **({"AmountPaid": amount} if amount else {})}
        await self.enter(
            "payments/run", {"PaymentDate": day, "CheckNumber": check, "BankID": "OPER", "Invoices": [one]}
        )

    async def void(self, check: str) -> None:
        await self.enter("payments/void", {"CheckNumber": check})

    async def journal(self, reference: str, day: str, job: str, code: str, kind: str, amount: str) -> None:
        """One line of a journal entry on a job."""
        entry = {
            "PERIOD": day[:7].replace("-", ""),
            "GLREFERENCE": reference,
            "ITEM": "1",
            "ENTITYID": "HV01",
            "ACCOUNTNUMBER": "5050-000",
            "AMOUNT": amount,
            "ENTRYDATE": day,
            "JOBCODE": job,
            "COSTCODE": code,
            "CATEGORY": kind,
            "DESCRIPTION": f"Entry {reference}",
        }
        await self.enter("journal", entry)

    async def payable(
        self, vendor: str, number: str, day: str, job: str, code: str, kind: str, amount: str
    ) -> None:
        """A vendor's invoice without a contract."""
        item = {
            "ItemNumber": "1",
            "EntityID": "HV01",
            "AccountNumber": "5050-000",
            "Amount": amount,
            "JobCode": job,
            "CostCode": code,
            "Category": kind,
        }
        entry = {
            "VendorID": vendor,
            "InvoiceNumber": number,
            "ExpensePeriod": day[:7].replace("-", ""),
            "InvoiceDate": day,
            "InvoiceAmount": amount,
            "JobCode": job,
            "InvoiceItems": {"entry": item},
        }
        await self.enter("invoices", entry)


def lines_of(contract: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The nested lines of a contract, whether one, many or none."""
    entry = (contract.get("ContractLines") or {}).get("entry")
    if entry is None:
        return []
    return entry if isinstance(entry, list) else [entry]
