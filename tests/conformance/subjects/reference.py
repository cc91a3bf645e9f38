"""The reference ERP under test: its sandbox, the vendors as the sample, contracts written under each class."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

from hub.sandboxes import reference, world
from tests.conformance.subject import Control, Held, Listing, Subject, Write

WORLD, SITE = world.build(7), reference.Settings()
JOB, VENDOR = "24-101", "OKAF01"


async def _add_vendor(control: Control) -> str:
    vendor = {"code": "AAAA01", "name": "A new company"}
    answer = await control.post("/__control/documents/vendors", json=vendor)
    assert answer.status_code == 200, answer.text
    return "AAAA01"


async def _contracts(control: Control, number: int) -> list[Held]:
    rows = (await control.get("/__control/documents/contracts")).json()["documents"]
    mine = [row for row in rows if row["number"] == f"SC-{number:03}"]
    return [Held(f"{row['job']}/{row['number']}", row["amount"]) for row in mine]


async def _remove(control: Control, number: int) -> None:
    named = {"where": {"number": f"SC-{number:03}"}, "force": True}
    answer = await control.post("/__control/documents/contracts/delete", json=named)
    assert answer.status_code == 200, answer.text


def line(amount: Decimal, **changes: Any) -> dict[str, Any]:
    coded = {"line_number": 1, "cost_code": "01-100", "cost_type": "O"}
    return {**coded, "description": "General conditions", "amount": amount, **changes}


def contract(number: int, amount: Decimal = Decimal("1000.10"), /, **changes: Any) -> dict[str, Any]:
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


def _played(kind: str) -> Callable[[Control], Awaitable[None]]:
    async def switch(control: Control) -> None:
        answer = await control.post("/__control/switches", json={"writes": {"contracts": kind}})
        assert answer.status_code == 200, answer.text

    return switch


def contracts(kind: str) -> Write:
    """Contracts where the ledger and the connection are of this class."""
    return Write(
        name=f"commitment {kind}",
        object_key="commitment",
        operation="commitment.create",
        facts=contract,
        held=_contracts,
        match={"method": "POST", "path": "/v1/contracts"},
        looks={"method": "GET", "path": "/v1/contracts"},
        renamed=lambda number: contract(number, title="Something else"),
        refused=[
            ("unknown_vendor", contract(1, vendor_id="NOBODY")),
            ("unknown_cost_code", contract(1, lines=[line(Decimal("1000.10"), cost_code="99-999")])),
            ("amount_mismatch", contract(1, original_amount=Decimal("999.00"))),
        ],
        unfit={
            "no job": (contract(1, job_code=""), "job_code"),
            "no vendor": (contract(1, vendor_id=None), "vendor_id"),
            "no date": (contract(1, contract_date=None), "contract_date"),
            "no cost code": (
                contract(1, lines=[line(Decimal("1000.10"), cost_code=None)]),
                "lines.cost_code",
            ),
            "half a cent": (contract(1, original_amount=Decimal("1.005")), "original_amount"),
        },
        without_id={"drop": ["id"]},
        other_key={"set": {"number": "SC-999"}},
        other_amount={"set": {"amount": "1000.11"}},
        amount=contract,
        titled=lambda number, title: contract(number, title=title),
        numbered=lambda key: contract(1, number=key),
        remove=_remove,
        settings={"write_classes": {"commitment.create": kind}},
        prepare=_played(kind),
    )


def _says(words: str, status: int) -> Any:
    return {"error": {"code": "forbidden" if status == 403 else "refused", "message": words, "field": None}}


SUBJECT = Subject(
    name="reference",
    sandbox=reference.create_app,
    credentials={"client_id": SITE.client_id, "client_secret": SITE.client_secret},
    secret=SITE.client_secret,
    settings={},
    listing=Listing(
        resource="company",
        match={"method": "GET", "path": "/v1/vendors"},
        truth=lambda: {str(one.code): one.name for one in WORLD.vendors if one.in_erp},
        id_field="code",
        spoilt=("active", "perhaps", "is_active"),
        add=_add_vendor,
        nothing={"data": [], "next_cursor": None},
        no_rows=("text", 5, None, [1], {"data": "rows"}, {"data": [1]}),
        rows="data",
    ),
    writes=tuple(contracts(kind) for kind in ("K1", "K2", "K3", "K4")),
    scope={"project": JOB},
    token={"method": "POST", "path": "/oauth/token"},
    token_seconds=SITE.token_seconds,
    tells_rates=True,
    says=_says,
)
