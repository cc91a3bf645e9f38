"""Reading what was sent into what is kept: every value checked against its field, amounts as decimal strings."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from hub.sandboxes.reference.declare import Collection, Field, Kind, Row
from hub.sandboxes.reference.problem import Problem, unfit

_OWN = {"external_ref", "source_revision"}  # what the sender may keep with any document
_LENGTH = 500
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,4})?", re.ASCII)
_PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


def read_document(collection: Collection, sent: Row) -> Row:
    """All fields of the collection, those not sent as their usual value. Raises `Problem`."""
    known = {one.name for one in collection.fields} | _OWN | ({"lines"} if collection.lines else set())
    _refuse_unknown(sent, known)
    row = _fields(collection.fields, sent, "")
    row |= {name: _text(name, sent.get(name)) for name in sorted(_OWN)}
    if collection.lines:
        row["lines"] = _lines(collection, sent.get("lines") or [])
    return row


def _lines(collection: Collection, sent: Any) -> list[Row]:
    if not isinstance(sent, list) or not all(isinstance(line, dict) for line in sent):
        raise unfit("lines", "must be a list of objects")
    names = {one.name for one in collection.lines}
    for number, line in enumerate(sent):
        _refuse_unknown(line, names, f"lines[{number}].")
    return [_fields(collection.lines, line, f"lines[{number}].") for number, line in enumerate(sent)]


def _refuse_unknown(sent: Row, known: set[str], place: str = "") -> None:
    for name in sent:
        if name not in known:
            raise Problem(422, "unknown_field", f"{place}{name} is not a field here.", f"{place}{name}")


def _fields(fields: tuple[Field, ...], sent: Row, place: str) -> Row:
    row = {}
    for one in fields:
        value = read_value(one, sent.get(one.name), place)
        if value is None:
            if one.required:
                raise Problem(422, "required", f"{place}{one.name} is required.", f"{place}{one.name}")
            value = one.usual
        row[one.name] = value
    return row


def read_value(one: Field, value: Any, place: str = "") -> Any:
    """The value as it is kept; None for one that is not there."""
    if value is None or value == "":
        return None
    name = place + one.name
    match one.kind:
        case Kind.MONEY:
            return decimal_text(name, value, 2)
        case Kind.NUMBER:
            return decimal_text(name, value, 4)
        case Kind.WHOLE:
            return _whole(name, value)
        case Kind.DAY:
            return _day(name, value)
        case Kind.PERIOD:
            return _period(name, value)
        case Kind.FLAG:
            return _flag(name, value)
        case Kind.TEXTS:
            return _texts(name, value)
        case Kind.TEXT:
            return _word(one, _text(name, value), name)


def decimal_text(name: str, value: Any, places: int) -> str:
    """A number is not taken: its cents would have passed through a float somewhere."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise unfit(name, "must be a decimal in a string")
    try:
        exact = Decimal(value)
        fitted = exact.quantize(Decimal(1).scaleb(-places))
    except InvalidOperation as error:
        raise unfit(name, "is too large") from error
    if fitted != exact:
        raise unfit(name, f"has more than {places} decimals")
    return format(fitted + 0, "f")


def _whole(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise unfit(name, "must be a whole number")
    return value


def _day(name: str, value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise unfit(name, "must be a day as YYYY-MM-DD") from error


def _period(name: str, value: Any) -> str:
    if not isinstance(value, str) or not _PERIOD.fullmatch(value):
        raise unfit(name, "must be a month as YYYY-MM")
    return value


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise unfit(name, "must be true or false")
    return value


def _texts(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise unfit(name, "must be a list of texts")
    return value


def _text(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _LENGTH:
        raise unfit(name, f"must be a text of at most {_LENGTH} characters")
    return value.strip() or None


def _word(one: Field, value: str | None, name: str) -> str | None:
    if not one.words or value is None:
        return value
    for word in one.words:
        if word.casefold() == value.casefold():
            return word
    raise unfit(name, f"must be one of {', '.join(one.words)}")
