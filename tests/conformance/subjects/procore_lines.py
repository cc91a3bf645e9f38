"""Lines that are written to Procore: one kind of record, whatever it stands on."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.conformance.subject import Control, Write
from tests.conformance.subjects import procore_seed as seed
from tests.conformance.subjects.procore_writes import AMOUNT, JOB, OF_PROJECT, PROJECT, V1, as_people, synced

Lines = Callable[..., dict[str, Any]]


def _line(contract: str, amount: Decimal, /, **told: Any) -> dict[str, Any]:
    named = {"project": PROJECT, "contract": contract, "description": "Forms & pours"}
    return {**named, "wbs_code_id": seed.WBS_CODE, "amount": amount, **told}


def subcontract(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    named = {"kind": "SUBCONTRACT", "job_code": JOB, "number": "CF-900", "line_number": number}
    return _line(seed.CONTRACT, amount, **{**named, **changes})


def purchase_order(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    named = {"kind": "PURCHASE_ORDER", "job_code": JOB, "number": "CP-900", "line_number": number}
    return _line(seed.FIRST_MADE, amount, **{**named, **changes})


def prime(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    return _line(seed.PRIME, amount, **{"origin_id": f"MRI:LINE:{JOB}:{number}:PC-900", **changes})


def order(number: int, amount: Decimal = AMOUNT, /, **changes: Any) -> dict[str, Any]:
    return _line(seed.ORDER, amount, **{"origin_id": f"MRI:LINE:{JOB}:{number}:CO-900", **changes})


async def _stand(control: Control) -> None:
    """The purchase order that lines stand on."""
    asked = {"project_id": int(PROJECT), "purchase_order_contract": {"number": "CP-900", "title": "Rebar"}}
    headers, path = await as_people(control), f"{V1}/purchase_order_contracts"
    there = await control.get(path, params=OF_PROJECT, headers=headers)
    if not any(str(row["id"]) == seed.FIRST_MADE for row in there.json()):
        answer = await control.post(path, json=asked, headers=headers)
        assert (answer.status_code, str(answer.json()["id"])) == (201, seed.FIRST_MADE), answer.text


def _lines(name: str, facts: Lines, origin: str, above: str, operation: str, **more: Any) -> Write:
    return synced(
        name,
        facts,
        origin.format,
        f"{V1}/{above}/line_items",
        OF_PROJECT,
        operation=operation,
        renamed=lambda number: facts(number, Decimal("77.77")),
        other_amount={"set": {"entities.0.amount": "1000.11"}},
        **more,
    )


LINES = (
    _lines(
        "commitment_line", subcontract, f"MRI:LINE:{JOB}:{{}}:CF-900",
        f"work_order_contracts/{seed.CONTRACT}", "work_order_contract_line.sync",
        unfit={
            "no code": (subcontract(1, wbs_code_id=None), "wbs_code_id"),
            "no line": (subcontract(0), "line_number"),
            "no contract": (subcontract(1, contract="x"), "contract"),
        },
    ),
    _lines(
        "purchase_order_line", purchase_order, f"MRI:LINE:{JOB}:{{}}:CP-900",
        f"purchase_order_contracts/{seed.FIRST_MADE}", "purchase_order_contract_line.sync",
        object_key="commitment_line",
        unfit={"kind": (purchase_order(1, kind="OTHER"), "kind")},
        prepare=_stand,
    ),
    _lines(
        "prime_contract_line", prime, f"MRI:LINE:{JOB}:{{}}:PC-900",
        f"prime_contracts/{seed.PRIME}", "prime_contract_line.sync",
        unfit={
            "no code": (prime(1, wbs_code_id=None), "wbs_code_id"),
            "no id": (prime(1, origin_id=""), "origin_id"),
        },
    ),
    _lines(
        "potential_change_order_line", order, f"MRI:LINE:{JOB}:{{}}:CO-900",
        f"potential_change_orders/{seed.ORDER}", "potential_change_order_line.sync",
        object_key="commitment_change_order_line",
        unfit={"no contract": (order(1, contract="x"), "contract")},
    ),
)  # fmt: skip
