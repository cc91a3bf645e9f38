"""Reading single values as other systems write them. Each function returns our type or raises `ValueError`.

Empty text and null are None everywhere."""

import re
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,20})?|\.\d{1,20})", re.ASCII)
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_UNKEEPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_YES, _NO = frozenset({"y", "yes", "true", "1", "t"}), frozenset({"n", "no", "false", "0", "f"})


def text(value: Any) -> str | None:
    """Trimmed text; numbers keep their spelling."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("is not text")
    found = str(value).strip()
    if _UNKEEPABLE.search(found):
        raise ValueError("holds control characters")
    return found or None


def keepable(found: str) -> str:
    """Text without the characters that no database keeps: for what is stored as it came."""
    return _UNKEEPABLE.sub("", found)


def identifier(value: Any) -> str | None:
    """An id as text. Some payloads spell an absent id as the word null."""
    found = text(value)
    return None if found == "null" else found


def number(value: Any, places: int) -> Decimal | None:
    """A decimal with at most `places` decimals that fits 18 digits."""
    if isinstance(value, float | bool):
        raise ValueError("is not a decimal")  # a float has lost its cents already
    found = text(value)
    if found is None:
        return None
    if not _NUMBER.fullmatch(found) and not isinstance(value, Decimal):
        raise ValueError("is not a decimal")
    try:
        exact = Decimal(found)
        fitted = exact.quantize(Decimal(1).scaleb(-places))
    except InvalidOperation as error:
        raise ValueError("is too large") from error
    if fitted != exact:
        raise ValueError(f"has more than {places} decimals")
    if fitted.adjusted() >= 18 - places and fitted:
        raise ValueError("is too large")
    return fitted + 0


def money(value: Any) -> Decimal | None:
    return number(value, 2)


def quantity(value: Any) -> Decimal | None:
    """Quantities and unit costs."""
    return number(value, 4)


def percent(value: Any) -> Decimal | None:
    """A percentage from 0 to 100, an optional percent sign dropped."""
    found = number(value.rstrip().removesuffix("%") if isinstance(value, str) else value, 2)
    if found is not None and not 0 <= found <= 100:
        raise ValueError("is not between 0 and 100")
    return found


def whole(value: Any) -> int | None:
    found = number(value, 0)
    return None if found is None else int(found)


def flag(value: Any) -> bool | None:
    """True and false, and the letters and words that stand for them."""
    if value is None or isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _YES or word in _NO:
        return word in _YES
    if not word:
        return None
    raise ValueError("is neither yes nor no")


def day(value: Any) -> date | None:
    """A date, from a date or from the day part of a time."""
    found = text(value)
    if found is None:
        return None
    if not re.fullmatch(r"\d{4}-\d\d-\d\d([T ].*)?", found, re.ASCII):
        raise ValueError("is not a date")
    return date.fromisoformat(found[:10])


def instant(value: Any, zone: tzinfo = UTC) -> datetime | None:
    """A moment in UTC. `zone` is meant where the text names none; digits beyond microseconds are dropped."""
    found = text(value)
    if found is None:
        return None
    parts = _INSTANT.fullmatch(found)
    if parts is None:
        raise ValueError("is not a time")
    days, clock, fraction, offset = parts.groups()
    plain = datetime.fromisoformat(f"{days}T{clock}{(fraction or '')[:7]}{offset or ''}")
    try:
        return (plain if plain.tzinfo else plain.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is not a time of the calendar") from error
