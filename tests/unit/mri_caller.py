"""A caller of the MRI sandbox's web services for tests, and builders of what it sends."""

from datetime import datetime
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
ORDERS, DRAWS, BUDGETS, REVISIONS = (
    f"MRI_S-PMJC_{name}" for name in ("ContractOrders", "ContractDraws", "JobBudgets", "BudgetRevisions")
)
INVOICES, PAYMENTS, CREATE_INVOICE, INVOICE_STATUS, PAY_INVOICE, PURCHASE_ORDERS, BANKS, BANK_MAPPING = (
    f"MRI_S-PMAP_{name}"
    for name in (
        "Invoices",
        "Payments",
        "CreateInvoice",
        "UpdateInvoiceStatus",
        "PayInvoice",
        "PurchaseOrders",
        "Bank",
        "BankAccountMapping",
    )
)
ENTITIES, ACCOUNTS, JOURNAL, PERIODS = (
    f"MRI_S-PMGL_{name}" for name in ("Entities", "ChartOfAccounts", "JournalEntries", "Periods")
)
PROPERTIES, SYSTEM = "MRI_S-PMRM_PropertyIDByNameOrAddress", "MRI_S-PMSY_SystemInformation"
ALL_APIS = [VENDORS, JOBS, COST_CODES, JOB_COST_CODES, CATEGORIES, CONTRACTS]
LISTS = [
    *ALL_APIS,
    *(ORDERS, DRAWS, BUDGETS, REVISIONS, INVOICES, PAYMENTS, PURCHASE_ORDERS, BANKS, BANK_MAPPING),
    *(ENTITIES, ACCOUNTS, JOURNAL, PERIODS, PROPERTIES),
]


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

    async def put(self, *entries: dict, api: str) -> httpx.Response:
        return await self.client.put(
            PATH, params={"$api": api, "$format": "json"}, json={"value": list(entries)}
        )

    async def stored(self, api: str, *entries: dict) -> list[dict]:
        """What was posted, none of it refused."""
        rows = (await self.post(*entries, api=api)).json()["value"]
        assert "Error" not in str(rows), rows
        return rows

    async def refusals(self, api: str, *entries: dict) -> list[str | None]:
        """What is said against each of the posted entries or, failing that, against a row inside it."""
        answer = await self.post(*entries, api=api)
        assert answer.status_code == 200, answer.text
        return [_said(entry) for entry in answer.json()["value"]]

    async def post_xml(self, xml: str, content_type: str = "application/xml") -> httpx.Response:
        return await self.client.post(
            PATH,
            params={"$api": CONTRACTS, "$format": "xml"},
            content=xml.encode(),
            headers={"Content-Type": content_type},
        )

    async def set_clock(self, moment: str) -> None:
        """To a moment with its zone; time goes on from there."""
        now = datetime.fromisoformat((await self.control("clock"))["now"])
        seconds = (datetime.fromisoformat(moment) - now).total_seconds()
        await self.control("clock", {"advance_seconds": seconds})

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


def _said(entry: dict) -> str | None:
    """The first message in the entry, wherever it stands."""
    if "Error" in entry:
        return entry["Error"]["Message"]
    inner = [value["entry"] for value in entry.values() if isinstance(value, dict)]
    rows = [row for rows in inner for row in (rows if isinstance(rows, list) else [rows])]
    return next((row["Error"]["Message"] for row in rows if "Error" in row), None)


def order(number: str = "CO-1", amount: str = "250.00", **other: Any) -> dict:
    return {
        "JobCode": "24-101",
        "ContractNumber": "SC-24-101-001",
        "OrderNumber": number,
        "Title": "Change",
        "OrderDate": "2026-03-02",
        "CostCode": "03-300",
        "Category": "S",
        "Amount": amount,
        **other,
    }


def item(number: int = 1, amount: str = "1000.00", **other: Any) -> dict:
    return {"ItemNumber": number, "CostCode": "03-300", "Category": "S", "Amount": amount, **other}


def draw(number: str = "INV-7", amount: str = "1000.00", **other: Any) -> dict:
    """An invoice on the contract of `contract()`."""
    return {
        "VendorID": "OKAF01",
        "InvoiceNumber": number,
        "ExpensePeriod": "202604",
        "InvoiceDate": "2026-04-30",
        "InvoiceAmount": amount,
        "JobCode": "24-101",
        "ContractNumber": "SC-24-101-001",
        "InvoiceItems": {"entry": item(1, amount)},
        **other,
    }


def payable(number: str = "RENT-4", amount: str = "1200.00", **other: Any) -> dict:
    """An invoice on an account, without job or contract."""
    coded = {"ItemNumber": 1, "EntityID": "HV01", "AccountNumber": "6010-000", "Amount": amount}
    bare = {"JobCode": None, "ContractNumber": None, "InvoiceItems": {"entry": coded}}
    return draw(number, amount, **{**bare, **other})


def payment(number: str = "RENT-4", check: str = "100001", **other: Any) -> dict:
    """Of all that is left of an invoice."""
    due = {"PaymentDate": "2026-05-15", "PaymentPeriod": "202605", "BankID": "OPER"}
    return {"VendorID": "OKAF01", "InvoiceNumber": number, "CheckNumber": check, **due, **other}


def revision(value: str, code: str = "03-300", number: str = "1", **other: Any) -> dict:
    return {
        "JobCode": "24-101",
        "RevisionNumber": number,
        "RevisionDate": "2026-03-10",
        "RevisionType": "Scope Change",
        "CostCode": code,
        "Category": "S",
        "Value": value,
        **other,
    }


def journal_line(item: int = 1, period: str = "202603", amount: str = "250.00", **other: Any) -> dict:
    return {
        "PERIOD": period,
        "GLREFERENCE": "JE-1",
        "ITEM": item,
        "GLSOURCE": "GL",
        "ENTITYID": "HV01",
        "ACCOUNTNUMBER": "5050-000",
        "AMOUNT": amount,
        "ENTRYDATE": "2026-03-15",
        **other,
    }


def purchase_order(number: str = "PO-1", **other: Any) -> dict:
    return {
        "JobCode": "24-101",
        "PONumber": number,
        "Description": "Anchor bolts",
        "VendorID": "OKAF01",
        "OriginalAmount": "1000.00",
        "OrderDate": "2026-03-03",
        "PurchaseOrderLines": {"entry": line(Units="100", UnitDescription="ea", UnitCost="10.00")},
        **other,
    }


async def one_of_each(mri: Caller) -> None:
    """A document of every kind, the invoice paid in part."""
    await mri.stored(CONTRACTS, contract())
    await mri.stored(ORDERS, order())
    await mri.stored(PURCHASE_ORDERS, purchase_order())
    await mri.stored(
        BUDGETS, {"JobCode": "24-101", "CostCode": "03-300", "Category": "S", "OriginalBudget": "5000"}
    )
    await mri.stored(REVISIONS, revision("250.00"))
    await mri.stored(DRAWS, draw())
    await mri.stored(CREATE_INVOICE, payable())
    await mri.stored(JOURNAL, journal_line(JOBCODE="24-101", COSTCODE="03-300", CATEGORY="S"))
    run = {"PaymentDate": "2026-05-15", "CheckNumber": "100001", "Percent": "50"}
    assert (await mri.control("payments/run", run))["count"] == 2
