"""How single values are read from a caller and written back: everything is text, dates have no zone."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.sandboxes.mri.declare import Field, Kind
from hub.sandboxes.mri.errors import EntryRefusedError

_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,2})?")
_COUNT = re.compile(r"\d{1,9}")
_PERIOD = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DAY_MONTH_FIRST = re.compile(r"\d\d-\d\d-\d{4}")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def read_value(field: Field, sent: Any) -> str | None:
    """The value in the form in which it is kept; refused with the field's name in front."""
    text = _text(field, sent) or field.default
    if not text:
        if field.is_needed:
            raise _refusal(field, "A value is required.")
        return None
    if field.limit is not None and len(text) > field.limit:
        raise _refusal(field, f"The specified value is longer than {field.limit} characters.")
    kept = _by_kind(field, text)
    if field.choices and kept not in field.choices:
        raise _refusal(field, f"The specified value {text} does not match one of {', '.join(field.choices)}.")
    return kept


def _text(field: Field, sent: Any) -> str:
    if sent is None:
        return ""
    if isinstance(sent, bool) or not isinstance(sent, str | int | Decimal):
        raise _refusal(field, "The specified value is not text or a number.")
    text = str(sent).strip()
    if _NOT_IN_XML.search(text):
        raise _refusal(field, "The specified value holds a character that is not allowed.")
    return text


def _by_kind(field: Field, text: str) -> str:
    match field.kind:
        case Kind.AMOUNT | Kind.PERCENT:
            return str(_number(field, text))
        case Kind.COUNT:
            if not _COUNT.fullmatch(text) or int(text) == 0:
                raise _refusal(field, f"The specified value {text} is not a positive whole number.")
            return str(int(text))
        case Kind.DATE:
            day = read_moment(text)
            if day is None:
                raise _refusal(field, f"The specified value {text} is not a date.")
            return day.date().isoformat()
        case Kind.PERIOD:
            if not _PERIOD.fullmatch(text):
                raise _refusal(field, f"The specified value {text} is not a period of the form YYYYMM.")
        case Kind.FLAG:
            if text not in ("Y", "N"):
                raise _refusal(field, f"The specified value {text} is not Y or N.")
    return text


def _number(field: Field, text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise _refusal(field, f"The specified value {text} is not an amount with at most two decimals.")
    number = Decimal(text).quantize(Decimal("0.01"))
    if field.kind is Kind.PERCENT and not 0 <= number <= 100:
        raise _refusal(field, f"The specified value {text} is not a percentage between 0 and 100.")
    return number


def read_moment(text: str) -> datetime | None:
    """A date or a date with time as MRI takes them, at the site's own time; None when it is neither."""
    if _DAY_MONTH_FIRST.fullmatch(text):
        text = f"{text[6:]}-{text[:5]}"
    if not (_DAY.fullmatch(text) or _STAMP.fullmatch(text)):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def write_value(field: Field, kept: str | None) -> str | None:
    """The value in the form in which it travels."""
    if not kept:
        return None
    if field.kind is Kind.DATE:
        return f"{kept}T00:00:00"
    if field.kind is Kind.STAMP:
        return kept[:19]
    if field.kind is Kind.FINE_STAMP:
        return f"{kept[:19]}.{kept[20:].ljust(7, '0')[:7]}"
    return kept


def writable(text: str) -> str:
    """The text without what no XML can hold."""
    return _NOT_IN_XML.sub("?", text)


def _refusal(field: Field, message: str) -> EntryRefusedError:
    return EntryRefusedError(f"{field.name}: {message}")
