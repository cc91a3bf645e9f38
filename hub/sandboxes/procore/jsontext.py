"""JSON whose fractions are decimals on the way in, so that no amount passes through a float."""

import json
from decimal import Decimal
from typing import Any


def loads(text: str | bytes) -> Any:
    return json.loads(text, parse_float=Decimal)


def dumps(value: Any) -> str:
    return json.dumps(value, default=_plain)


def _plain(value: Any) -> float:
    """Money is text by now; what is left are numbers such as a latitude, kept as they came."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
