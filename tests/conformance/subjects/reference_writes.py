"""What is written to the reference ERP: every object it takes, each under every class of write."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tests.conformance.subject import Control, Depth, Facts, Held, Write

CLASSES = ("K1", "K2", "K3", "K4", "K5")
JOB, VENDOR, CUSTOMER, ON_CONTRACT = "24-101", "OKAF01", "HVH", "SC-900"
# Jobs that the seed gives no budget.
JOBS = ("24-102", "24-107", "24-115", "25-201", "25-204", "25-209", "25-213", "25-220")
AMOUNT = Decimal("1000.10")


def line(amount: Decimal, **changes: Any) -> dict[str, Any]:
    coded = {"line_number": 1, "cost_code": "01-100", "cost_type": "O"}
    return {**coded, "description": "General conditions", "amount": amount, **changes}


def contract(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    sound = {
        "kind": "SUBCONTRACT",
        "job_code": JOB,
        "vendor_id": VENDOR,
        "number": f"SC-{number:03}",
        "title": "Béton für Ebene 2",
        "status": "APPROVED",
        "contract_date": date(2026, 3, 2),
        "start_date": date(2026, 4, 1),
        "retainage_percent": Decimal("10.00"),
        "original_amount": amount,
        "lines": [line(amount)],
    }
    return {**sound, **changes}


def company(number: int, /, **changes: Any) -> dict[str, Any]:
    return {"vendor_id": f"NEW{number:03}", "name": f"New & Söhne {number}", "city": "Erie", **changes}


def project(number: int, /, **changes: Any) -> dict[str, Any]:
    return {"job_code": f"27-{number:03}", "name": "New job", "start_date": date(2026, 5, 1), **changes}


def sub_job(number: int, /, **changes: Any) -> dict[str, Any]:
    return {"job_code": JOB, "code": f"N{number:02}", "name": "Phase of ours", **changes}


def cost_code(number: int, /, **changes: Any) -> dict[str, Any]:
    return {
        "code": f"77-{number:03}",
        "name": "Code of ours",
        "cost_type": "O",
        "income_account": "5000",
        **changes,
    }


def job_cost_code(number: int, /, **changes: Any) -> dict[str, Any]:
    return cost_code(number, job_code=JOB, **changes)


def budget(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    return {
        "job_code": JOBS[(number - 1) % len(JOBS)],
        "original_amount": amount,
        "lines": [line(amount)],
        **changes,
    }


def budget_change(number: int, amount: Decimal = Decimal("500.05"), /, **changes: Any) -> dict[str, Any]:
    moved = [line(-amount), line(amount, line_number=2, cost_code="01-300", cost_type="L")]
    sound = {"job_code": JOB, "number": str(number), "title": "Move", "revision_date": date(2026, 3, 1)}
    words = {"revision_type": "Budget Transfer", "revision_status": "Approved"}
    return {**sound, **words, "lines": moved, **changes}


def _order(on: str, prefix: str, number: int, amount: Decimal, **changes: Any) -> dict[str, Any]:
    sound = {"job_code": JOB, "contract_number": on, "number": f"{prefix}-{number}", "title": "More & more"}
    told = {"status": "APPROVED", "created_on": date(2026, 4, 2), "amount": amount, "lines": [line(amount)]}
    return {**sound, **told, **changes}


def change_order(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    return _order(ON_CONTRACT, "CO", number, amount, **changes)


def prime_change_order(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    return _order("PC-1", "PCO", number, amount, **changes)


def _bill(on: str, number: str, amount: Decimal, **changes: Any) -> dict[str, Any]:
    held = Decimal("100.00")
    sound = {"job_code": JOB, "contract_number": on, "invoice_number": number, "status": "APPROVED"}
    dated = {"billing_date": date(2026, 4, 30), "expense_period": "2026-04"}
    amounts = {"amount": amount, "retainage_amount": held}
    return {**sound, **dated, **amounts, "lines": [line(amount + held, retainage_amount=held)], **changes}


def invoice(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    return _bill(ON_CONTRACT, f"INV-{number}", amount, vendor_id=VENDOR, **changes)


def owner_invoice(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    return _bill("PC-1", f"OI-{number}", amount, customer_id=CUSTOMER, **changes)


def prime_contract(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    sound = {"job_code": JOB, "customer_id": CUSTOMER, "number": f"PC-{100 + number}", "title": "Phase two"}
    told = {"status": "APPROVED", "contract_date": date(2026, 3, 2), "original_amount": amount}
    return {**sound, **told, "lines": [line(amount)], **changes}


@dataclass(frozen=True)
class Kept:
    """An object and the collection it is kept in: `key` are our fields of its key, each with the ledger's name for it.

    `other` are facts with other content under the same key. `refused` are refusals, by the ledger's code for each."""

    object_key: str
    collection: str
    facts: Callable[..., dict[str, Any]]
    key: Mapping[str, str]
    other: Callable[[int], dict[str, Any]]
    refused: Mapping[str, Facts] = field(default_factory=dict)
    asked_as: str = ""
    amount: bool = True


_NUMBERED = {"job_code": "job", "number": "number"}
_ORDERED = {"job_code": "job", "contract_number": "contract", "number": "number"}
_OTHER = Decimal("77.77")
_NOWHERE = {"unknown_cost_code": {"lines": [line(AMOUNT, cost_code="99-999")]}}

KEPT: tuple[Kept, ...] = (
    Kept("company", "vendors", company, {"vendor_id": "code"}, lambda n: company(n, name="Another"),
         amount=False),
    Kept("project", "jobs", project, {"job_code": "code"}, lambda n: project(n, name="Another"),
         amount=False),
    Kept("sub_job", "sub-jobs", sub_job, {"job_code": "job", "code": "code"},
         lambda n: sub_job(n, name="Another"), {"unknown_job": {"job_code": "99-999"}}, amount=False),
    Kept("cost_code", "cost-codes", cost_code, {"code": "code"}, lambda n: cost_code(n, name="Another"),
         amount=False),
    Kept("project_cost_code", "job-cost-codes", job_cost_code, {"job_code": "job", "code": "code"},
         lambda n: job_cost_code(n, name="Another"), {"unknown_job": {"job_code": "99-999"}},
         asked_as="cost_code", amount=False),
    Kept("budget", "budgets", budget, {"job_code": "job"}, lambda n: budget(n, _OTHER),
         {**_NOWHERE, "amount_mismatch": {"original_amount": _OTHER}}),
    Kept("budget_change", "budget-revisions", budget_change, _NUMBERED, lambda n: budget_change(n, _OTHER),
         {"unknown_job": {"job_code": "99-999"}}, amount=False),
    Kept("commitment", "contracts", contract, _NUMBERED, lambda n: contract(n, title="Something else"),
         {**_NOWHERE, "unknown_vendor": {"vendor_id": "NOBODY"},
          "amount_mismatch": {"original_amount": Decimal("999.00")}}),
    Kept("commitment_change_order", "change-orders", change_order, _ORDERED,
         lambda n: change_order(n, title="Something else"),
         {"unknown_contract": {"contract_number": "SC-999"}, "amount_mismatch": {"amount": _OTHER}}),
    Kept("subcontractor_invoice", "invoices", invoice, {"vendor_id": "vendor", "invoice_number": "number"},
         lambda n: invoice(n, _OTHER), {"closed_period": {"expense_period": "2023-12"}}),
    Kept("prime_contract", "prime-contracts", prime_contract, _NUMBERED,
         lambda n: prime_contract(n, title="Something else"), {"unknown_customer": {"customer_id": "NOBODY"}}),
    Kept("prime_contract_change_order", "prime-change-orders", prime_change_order, _ORDERED,
         lambda n: prime_change_order(n, title="Something else"),
         {"unknown_contract": {"contract_number": "PC-9"}}),
    Kept("owner_invoice", "owner-invoices", owner_invoice, {"job_code": "job", "invoice_number": "number"},
         lambda n: owner_invoice(n, _OTHER), {"unknown_customer": {"customer_id": "NOBODY"}}),
)  # fmt: skip
# What must be there before: a contract that orders and invoices hang on.
_STANDING = {
    "job": JOB,
    "vendor": VENDOR,
    "number": ON_CONTRACT,
    "kind": "subcontract",
    "amount": "900000.00",
    "contract_date": "2026-03-02",
}


def _where(kept: Kept, number: int) -> dict[str, str]:
    facts = kept.facts(number)
    return {theirs: str(facts[ours]) for ours, theirs in kept.key.items()}


def _held(kept: Kept) -> Callable[[Control, int], Awaitable[list[Held]]]:
    async def held(control: Control, number: int) -> list[Held]:
        rows = (await control.get(f"/__control/documents/{kept.collection}")).json()["documents"]
        where = _where(kept, number)
        mine = [row for row in rows if where.items() <= row.items()]
        return [Held("/".join(where.values()), row.get("amount")) for row in mine]

    return held


def _played(kept: Kept, kind: str) -> Callable[[Control], Awaitable[None]]:
    async def prepare(control: Control) -> None:
        switched = await control.post("/__control/switches", json={"writes": {kept.collection: kind}})
        assert switched.status_code == 200, switched.text
        if kept.facts(1).get("contract_number") == ON_CONTRACT:
            await _stand(control)

    return prepare


async def _stand(control: Control) -> None:
    there = (await control.get("/__control/documents/contracts")).json()["documents"]
    if not any(row["number"] == ON_CONTRACT for row in there):
        answer = await control.post("/__control/documents/contracts", json=_STANDING)
        assert answer.status_code == 200, answer.text


def _remove(kept: Kept) -> Callable[[Control, int], Awaitable[None]]:
    async def remove(control: Control, number: int) -> None:
        named = {"where": _where(kept, number), "force": True}
        answer = await control.post(f"/__control/documents/{kept.collection}/delete", json=named)
        assert answer.status_code == 200, answer.text

    return remove


def _write(kept: Kept, kind: str) -> Write:
    """The object where ledger and connection are of this class; contracts go through the whole suite."""
    path, last = f"/v1/{kept.collection}", list(kept.key.values())[-1]
    whole: dict[str, Any] = _WHOLE if kept.object_key == "commitment" else {}
    return Write(
        name=f"{kept.object_key} {kind}",
        object_key=kept.asked_as or kept.object_key,
        operation=f"{kept.object_key}.create",
        facts=kept.facts,
        held=_held(kept),
        match={"method": "POST", "path": path},
        looks=None if kind == "K5" else {"method": "GET", "path": path},
        renamed=kept.other,
        refused=[(word, {**kept.facts(1), **changes}) for word, changes in kept.refused.items()],
        without_id={"drop": ["id"]},
        other_key={"set": {last: "OTHER-9"}},
        other_amount={"set": {"amount": "1000.11"}} if kept.amount else None,
        remove=_remove(kept),
        settings={"write_classes": {f"{kept.object_key}.create": kind}},
        prepare=_played(kept, kind),
        spared=kept.object_key != "commitment" and CLASSES[KEPT.index(kept) % len(CLASSES)] != kind,
        **whole,
    )


_WHOLE: Mapping[str, Any] = {
    "depth": Depth.WHOLE,
    "unfit": {
        "no job": (contract(1, job_code=""), "job_code"),
        "no vendor": (contract(1, vendor_id=None), "vendor_id"),
        "no date": (contract(1, contract_date=None), "contract_date"),
        "no cost code": (contract(1, lines=[line(AMOUNT, cost_code=None)]), "lines.cost_code"),
        "half a cent": (contract(1, original_amount=Decimal("1.005")), "original_amount"),
    },
    "amount": contract,
    "titled": lambda number, title: contract(number, title=title),
    "numbered": lambda key: contract(1, number=key),
}
WRITES = tuple(_write(kept, kind) for kept in KEPT for kind in CLASSES)
