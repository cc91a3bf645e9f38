"""Filters of a list as SQL conditions whose values are bound."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hub.api.plan.binds import Arguments, Binds, Request
from hub.api.plan.fields import FilterField, RowKind
from hub.codes import ErrorCode
from hub.core.ids import parse_id
from hub.errors import RequestRefused

OPERATORS = {"eq": "=", "gte": ">=", "lte": "<="}


def conditions(kind: RowKind, given: Mapping[str, Any] | None, binds: Binds, of: int) -> list[str]:
    """Templates that all must hold. `given` is the filter of the request that the plan is made for."""
    found: list[str] = []
    for name, comparison in (given or {}).items():
        if comparison is None:
            continue
        field = kind.filters[name]
        if field.kind == "search":
            text = binds.add(of, _search(name), "text")
            found.append(f"position(lower({text}) in lower({field.column})) > 0")
            continue
        found += [
            _compare(field, name, operator, operand, binds, of) for operator, operand in comparison.items()
        ]
    return [condition for condition in found if condition]


def _compare(field: FilterField, name: str, operator: str, operand: Any, binds: Binds, of: int) -> str:
    if operand is None:
        return f"{field.column} is null" if operator == "eq" else ""
    if operator == "in":
        placeholder = binds.add(
            of,
            _value(name, operator, lambda items: [_bound(field, item) for item in items]),
            f"{field.cast}[]",
        )
        return f"{field.column} = any({placeholder})"
    placeholder = binds.add(of, _value(name, operator, lambda item: _bound(field, item)), field.cast)
    return f"{field.column} {OPERATORS[operator]} {placeholder}"


def _value(name: str, operator: str, convert: Callable[[Any], Any]) -> Callable[[Arguments, Request], Any]:
    return lambda arguments, _: convert(arguments["filter"][name][operator])


def _search(name: str) -> Callable[[Arguments, Request], Any]:
    return lambda arguments, _: arguments["filter"][name]


def _cents(value: Decimal) -> int:
    cents = value * 100
    if cents != int(cents):
        raise RequestRefused(
            ErrorCode.BAD_VARIABLES, "An amount is compared to the cent: two decimals at most."
        )
    return int(cents)


def _bound(field: FilterField, value: Any) -> Any:
    match field.kind:
        case "id":
            parsed = parse_id(value)
            if parsed is None:
                raise RequestRefused(ErrorCode.BAD_ID, "A filter holds an id that is none of ours.")
            return parsed[1]
        case "money":
            return _cents(value)
        case "word":
            return getattr(value, "value", value)
        case "date":
            return value if isinstance(value, date) else date.fromisoformat(value)
    return value
