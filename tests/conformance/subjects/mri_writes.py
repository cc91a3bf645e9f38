"""What is written to MRI: contracts through the whole suite, every other document through its core."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hub.sandboxes import world
from tests.conformance.subject import Control, Depth, Held, Write

WORLD = world.build(7)
JOB, ON_CONTRACT = "24-101", "SC-900"
# Each budget stands on a job of its own.
JOBS = ("24-102", "24-107", "24-115", "25-201", "25-204", "25-209", "25-213", "25-220")
VENDOR = next(vendor for vendor in WORLD.vendors if vendor.linked and vendor.erp_active).code
AMOUNT = Decimal("1000.10")
NOWHERE = {"cost_code": "99-999"}


def line(amount: Decimal, **changes: Any) -> dict[str, Any]:
    coded = {"line_number": 1, "cost_code": "01-100", "cost_type": "O"}
    return {**coded, "description": "Forms & pours", "amount": amount, **changes}


def contract(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    sound = {
        "kind": "SUBCONTRACT",
        "number": f"SC-{number:03}",
        "title": "Béton für Ebene 2",
        "status": "APPROVED",
        "contract_date": date(2026, 3, 2),
        "start_date": date(2026, 4, 1),
        "retainage_percent": Decimal("10.00"),
        "original_amount": amount,
        "job_code": JOB,
        "vendor_id": VENDOR,
        "lines": [line(amount)],
    }
    return {**sound, **changes}


def purchase_order(number: int, /, **changes: Any) -> dict[str, Any]:
    units = {"quantity": Decimal("10.0000"), "unit_of_measure": "ea", "unit_cost": Decimal("12.5000")}
    amount = Decimal("125.00")
    named = {"kind": "PURCHASE_ORDER", "number": f"PO-{number:03}", "title": "Rebar & ties"}
    return contract(number, amount, **{**named, "lines": [line(amount, **units)], **changes})


def budget(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    lines = [line(amount), line(Decimal("600.00"), line_number=2, cost_code="01-310", cost_type="L")]
    return {"job_code": JOBS[(number - 1) % len(JOBS)], "lines": lines, **changes}


def revision(number: int, amount: Decimal = Decimal("500.05"), /, **changes: Any) -> dict[str, Any]:
    lines = [line(-amount), line(amount, line_number=2, cost_code="01-300", cost_type="L")]
    typed = {"number": number, "revision_type": "Budget Transfer", "revision_date": "2026-05-04"}
    return {
        "job_code": JOB,
        "title": "Move",
        "status": "APPROVED",
        "lines": lines,
        "entries": typed,
        **changes,
    }


def change_order(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    sound = {"job_code": JOB, "contract_number": ON_CONTRACT, "number": f"CO-{number}", "title": "Deeper"}
    told = {"status": "APPROVED", "created_on": date(2026, 5, 4), "amount": amount, "lines": [line(amount)]}
    return {**sound, **told, **changes}


def invoice(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    held = Decimal("100.00")
    sound = {"job_code": JOB, "contract_number": ON_CONTRACT, "vendor_id": VENDOR, "amount": amount}
    dated = {"billing_date": date(2026, 4, 30), "expense_period": date(2026, 4, 30)}
    lines = [line(amount + held, retainage_amount=held)]
    return {**sound, **dated, "invoice_number": f"INV-{number}", "lines": lines, **changes}


def _held(collection: str, key: Callable[[int], Mapping[str, str]], amount: str = "") -> Any:
    """The documents of a collection under a key; rows that are lines of one are that one."""

    async def held(control: Control, number: int) -> list[Held]:
        found = (await control.get("/__control/world", params={"collection": collection})).json()[collection]
        mine = [row for row in found if key(number).items() <= row.items()]
        documents = mine if amount else mine[:1]
        return [Held("/".join(key(number).values()), row.get(amount)) for row in documents]

    return held


def _removed(path: str, key: Callable[[int], Mapping[str, str]]) -> Callable[[Control, int], Awaitable[None]]:
    async def remove(control: Control, number: int) -> None:
        await told(control, f"{path}/delete", key(number))

    return remove


async def told(control: Control, path: str, body: Any) -> None:
    answer = await control.post(f"/__control/{path}", json=body)
    assert answer.status_code == 200, answer.text


async def _stand(control: Control) -> None:
    """The contract that orders and invoices hang on."""
    head = {"JobCode": JOB, "ContractNumber": ON_CONTRACT, "Description": "Stands", "VendorID": VENDOR}
    sums = {"Status": "Approved", "OriginalAmount": "900000.00", "ContractDate": "2026-03-02"}
    coded = {"LineNumber": "1", "CostCode": "01-100", "Category": "O", "Amount": "900000.00"}
    row = {**head, **sums, "ContractLines": {"entry": [coded]}}
    await told(control, "rows", {"collection": "Contracts", "rows": [row]})


async def _no_budget(control: Control, number: int) -> None:
    for code, category in (("01-100", "O"), ("01-310", "L")):
        key = {"JobCode": JOBS[(number - 1) % len(JOBS)], "CostCode": code, "Category": category}
        await told(control, "rows/delete", {"collection": "JobBudgets", "key": key})


def _contract_key(number: int) -> dict[str, str]:
    return {"JobCode": JOB, "ContractNumber": f"SC-{number:03}"}


def _purchase_key(number: int) -> dict[str, str]:
    return {"JobCode": JOB, "PONumber": f"PO-{number:03}"}


def _revision_key(number: int) -> dict[str, str]:
    return {"JobCode": JOB, "RevisionNumber": str(number)}


def _order_key(number: int) -> dict[str, str]:
    return {"JobCode": JOB, "ContractNumber": ON_CONTRACT, "OrderNumber": f"CO-{number}"}


def _invoice_key(number: int) -> dict[str, str]:
    return {"VendorID": VENDOR, "InvoiceNumber": f"INV-{number}"}


def _says_no(_number: int) -> Any:
    return {"value": [{"JobCode": JOB, "Error": {"Message": "No such thing."}}]}


def _lies(key: str, amount: str) -> dict[str, Any]:
    """Answers without the key, under another one, and with another amount."""
    return {
        "without_id": {"drop": [f"value.0.{key}"]},
        "other_key": {"set": {f"value.0.{key}": "999"}},
        "other_amount": {"set": {f"value.0.{amount}": "1000.11"}},
    }


CONTRACTS = Write(
    name="commitment",
    object_key="commitment",
    operation="commitment.create",
    facts=contract,
    held=_held("Contracts", _contract_key, "OriginalAmount"),
    match={"method": "POST", "api": "MRI_S-PMJC_Contracts"},
    looks={"method": "GET", "api": "MRI_S-PMJC_Contracts"},
    depth=Depth.WHOLE,
    renamed=lambda number: contract(number, title="Something else"),
    refused=[
        ("does not exist", contract(1, vendor_id="NOBODY")),
        ("interface chart", contract(1, lines=[line(AMOUNT, **NOWHERE)])),
        ("not the sum", contract(1, original_amount=Decimal("999.00"))),
        ("at least one line", contract(1, lines=[])),
    ],
    unfit={
        "title too long": (contract(1, title="x" * 36), "title"),
        "number too long": (contract(1, number="9" * 21), "number"),
        "vendor too long": (contract(1, vendor_id="V" * 13), "vendor_id"),
        "no title": (contract(1, title=""), "title"),
        "no vendor": (contract(1, vendor_id=None), "vendor_id"),
        "no job": (contract(1, job_code=""), "job_code"),
        "no start": (contract(1, start_date=None), "start_date"),
        "status": (contract(1, status="DRAFT"), "status"),
        "half a cent": (contract(1, original_amount=Decimal("1.005")), "original_amount"),
        "no cost code": (contract(1, lines=[line(AMOUNT, cost_code=None)]), "lines.cost_code"),
        "no cost type": (contract(1, lines=[line(AMOUNT, cost_type=None)]), "lines.cost_type"),
    },
    says_no=_says_no,
    amount=contract,
    titled=lambda number, title: contract(number, title=title),
    numbered=lambda key: contract(1, number=key),
    remove=_removed("contracts", _contract_key),
    **_lies("ContractNumber", "OriginalAmount"),
)
PURCHASE_ORDERS = Write(
    name="purchase_order",
    object_key="commitment",
    operation="purchase_order.create",
    facts=purchase_order,
    held=_held("PurchaseOrders", _purchase_key, "OriginalAmount"),
    match={"method": "POST", "api": "MRI_S-PMAP_PurchaseOrders"},
    looks={"method": "GET", "api": "MRI_S-PMAP_PurchaseOrders"},
    renamed=lambda number: purchase_order(number, title="Something else"),
    refused=[("does not exist", purchase_order(1, vendor_id="NOBODY"))],
    unfit={"no title": (purchase_order(1, title=""), "title")},
    says_no=_says_no,
    remove=_removed("purchase-orders", _purchase_key),
    settings={"po_module": True},
    **_lies("PONumber", "OriginalAmount"),
)
BUDGETS = Write(
    name="budget",
    object_key="budget",
    operation="budget.export",
    facts=budget,
    held=_held("JobBudgets", lambda number: {"JobCode": JOBS[(number - 1) % len(JOBS)]}),
    match={"method": "PUT", "api": "MRI_S-PMJC_JobBudgets"},
    looks={"method": "GET", "api": "MRI_S-PMJC_JobBudgets"},
    renamed=lambda number: budget(number, Decimal("77.77")),
    unfit={
        "no lines": (budget(1, lines=[]), "lines"),
        "twice": (budget(1, lines=[line(AMOUNT)] * 2), "lines.cost_code"),
        "another sum": (budget(1, original_amount=Decimal("1.00")), "original_amount"),
    },
    remove=_no_budget,
    **_lies("CostCode", "OriginalBudget"),
)
REVISIONS = Write(
    name="budget_change",
    object_key="budget_change",
    operation="budget_change.create",
    facts=revision,
    held=_held("BudgetRevisions", _revision_key),
    match={"method": "POST", "api": "MRI_S-PMJC_BudgetRevisions"},
    looks={"method": "GET", "api": "MRI_S-PMJC_BudgetRevisions"},
    renamed=lambda number: revision(number, Decimal("77.77")),
    refused=[("interface chart", revision(1, lines=[line(AMOUNT, **NOWHERE), line(-AMOUNT)]))],
    unfit={
        "no number": (
            revision(1, entries={"revision_type": "Contingency", "revision_date": "2026-05-04"}),
            "entries.number",
        ),
        "no lines": (revision(1, lines=[]), "lines"),
        "not even": (revision(1, lines=[line(AMOUNT)]), "lines"),
    },
    says_no=_says_no,
    remove=_removed("revisions", _revision_key),
    **_lies("RevisionNumber", "Value"),
)
ORDERS = Write(
    name="commitment_change_order",
    object_key="commitment_change_order",
    operation="commitment_change_order.create",
    facts=change_order,
    held=_held("ContractOrders", _order_key, "Amount"),
    match={"method": "POST", "api": "MRI_S-PMJC_ContractOrders"},
    looks={"method": "GET", "api": "MRI_S-PMJC_ContractOrders"},
    renamed=lambda number: change_order(number, Decimal("77.77")),
    refused=[("interface chart", change_order(1, lines=[line(AMOUNT, **NOWHERE)]))],
    unfit={
        "nothing": (change_order(1, Decimal(0), lines=[line(Decimal(0))]), "amount"),
        "another sum": (change_order(1, Decimal("1.00"), lines=[line(AMOUNT)]), "amount"),
    },
    says_no=_says_no,
    remove=_removed("orders", _order_key),
    prepare=_stand,
    **_lies("OrderNumber", "Amount"),
)
INVOICES = Write(
    name="subcontractor_invoice",
    object_key="subcontractor_invoice",
    operation="subcontractor_invoice.create",
    facts=invoice,
    held=_held("Invoices", _invoice_key, "InvoiceAmount"),
    match={"method": "POST", "api": "MRI_S-PMAP_CreateInvoice"},
    looks={"method": "GET", "api": "MRI_S-PMAP_Invoices"},
    renamed=lambda number: invoice(number, Decimal("77.77")),
    refused=[
        ("not open", invoice(1, expense_period=date(2024, 1, 31))),
        ("interface chart", invoice(1, Decimal("1.00"), lines=[line(Decimal("1.00"), **NOWHERE)])),
    ],
    unfit={
        "no number": (invoice(1, invoice_number=""), "invoice_number"),
        "nothing": (invoice(1, Decimal(0), lines=[line(Decimal(0))]), "amount"),
    },
    says_no=_says_no,
    remove=_removed("invoices", _invoice_key),
    prepare=_stand,
    **_lies("InvoiceNumber", "InvoiceAmount"),
)
WRITES = (CONTRACTS, PURCHASE_ORDERS, BUDGETS, REVISIONS, ORDERS, INVOICES)
