"""The one spelling of a payload as bytes, so that what was approved can be compared with what is sent.

Keys are sorted, no spaces, UTF-8; Decimals become plain strings, dates ISO text. A float is refused."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

_CENT = Decimal("0.01")


def canonical(payload: Mapping[str, Any]) -> bytes:
    """Deterministic bytes of a payload. Raises `TypeError` for what has no exact text, such as a float."""
    text = json.dumps(_plain(payload), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8")


def digest(body: bytes) -> str:
    """SHA-256 in lower-case hex."""
    return hashlib.sha256(body).hexdigest()


def money_text(amount: Decimal) -> str:
    """An amount with exactly two decimals, as it travels. Raises `ValueError` where it has more."""
    cents = amount.quantize(_CENT)
    if cents != amount:
        raise ValueError("an amount has at most two decimals")
    return format(cents + 0, "f")  # + 0 turns -0.00 into 0.00


def decimal_text(number: Decimal) -> str:
    """A finite number without exponent."""
    if not number.is_finite():
        raise TypeError("a payload holds finite numbers only")
    return format(number, "f")


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return decimal_text(value)
        case datetime():
            return _instant(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {_key(key): _plain(item) for key, item in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray):
            return [_plain(item) for item in value]
    raise TypeError(f"a payload cannot hold a {type(value).__name__}")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("a payload's keys are strings")
    return key


def _instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError("a payload's times carry their zone")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
