"""How amounts are made on their way to MRI, to the cent. All functions are pure."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_CENT, _NOTHING = Decimal("0.01"), Decimal("0.00")


def line_amount(quantity: Decimal, unit_cost: Decimal) -> Decimal:
    """Quantity times unit cost, rounded half up: 2.5 at 0.33 is 0.83."""
    return (quantity * unit_cost).quantize(_CENT, ROUND_HALF_UP)


def total(lines: Iterable[Mapping[str, Any]], name: str = "amount") -> Decimal:
    """The sum of one column; a line without it adds nothing."""
    return sum((line[name] for line in lines if line.get(name) is not None), _NOTHING)


def invoice_amount(lines: Iterable[Mapping[str, Any]]) -> Decimal:
    """Work completed this period less the retainage held on it. What is released or stored does not count."""
    known = list(lines)
    return total(known) - total(known, "retainage_amount")
