"""Scalars: exact decimals as strings, dates and times in ISO 8601, JSON as it is."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

_DECIMAL = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,4})?")

Json = NewType("Json", object)


def _decimal(value: object) -> Decimal:
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise ValueError(
            'A decimal is a string such as "1250.00": at most 16 digits before and 4 after the point.'
        )
    return Decimal(value)


def _date(value: object) -> date:
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError('A date is a string such as "2026-03-15".')
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError('A date is a string such as "2026-03-15".') from None


def _datetime(value: object) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    if moment is None or moment.tzinfo is None:
        raise ValueError('A time is a string with its zone, such as "2026-03-15T14:00:00Z".')
    return moment


def _text(value: Any) -> str:
    """Values come out of SQL in their final form."""
    return value if isinstance(value, str) else str(value)


def _same(value: Any) -> Any:
    return value


SCALARS: dict[object, ScalarDefinition] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description="An exact decimal number as a string. Never a float.",
        serialize=_text,
        parse_value=_decimal,
    ),
    date: strawberry.scalar(
        name="Date", description="A calendar date, ISO 8601.", serialize=_text, parse_value=_date
    ),
    datetime: strawberry.scalar(
        name="DateTime", description="A moment in UTC, RFC 3339.", serialize=_text, parse_value=_datetime
    ),
    Json: strawberry.scalar(name="JSON", description="Any JSON value.", serialize=_same, parse_value=_same),
}
