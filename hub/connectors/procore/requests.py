"""Reading what a person asked for in Procore's ERP tool: a request whose parts stand wherever an event put them.

The id of the ticket to close may be in the data, in each of its elements, beside it, or nowhere; the data may be
an object, a list or a JSON text; the wrapper may be missing; an absent origin id may be the word null. Nothing is
made up: what is not an id is none."""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from hub.connectors.procore.mapping.directory import ERP_REQUEST
from hub.connectors.procore.shapes import at
from hub.erp import values
from hub.erp.connector import Incoming
from hub.erp.incoming import incoming, quiet

Row = Mapping[str, Any]
_DETAIL, _NAME, _DATA = "request_detail_id", "request_name", "request_data"
_ENVELOPES = ("erp_request", "request", "data")
_OWN = frozenset({"id", "company_id", _NAME, "created_at", "updated_at", "integration_app_name"})
_AMOUNT = re.compile(
    r"(^|_)(amount|total|cost|costs|price|payment|quantity|sum|estimate|budget|retainage|units|balance)$"
)
_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,6})?", re.ASCII)
_NUMERAL = re.compile(r"[1-9]\d{0,19}", re.ASCII)
_DEEP = 12


def erp_request(row: Row) -> Incoming:
    """Raises `ErpUnexpected` only where the request itself has no id."""
    whole = {**_opened(row), "id": row.get("id") or _opened(row).get("id")}
    data = _data(whole)
    found = {"details": details(whole), "items": items(data), "requested_by": _person(whole, data)}
    return incoming(
        ERP_REQUEST,
        {_NAME: at(whole, f"{_NAME}|{_DATA}.{_NAME}"), "created_at": whole.get("created_at")},
        external_id=whole["id"],
        updated_at=quiet(values.instant, whole.get("updated_at")),
        defaults=found,
    )


def details(whole: Row) -> list[dict[str, str | None]]:
    """The tickets to close, each with the item it stands for where that is told."""
    found = {_detail_id(each): _ticket(each) for each in _objects(_data(whole), 0)}
    outside = _detail_id(whole)
    if outside is not None and outside not in found:
        found[outside] = _ticket(whole)
    return [ticket for key, ticket in found.items() if key is not None]


def items(data: Any) -> list[Any]:
    """What the request carries: the elements of a list, or the one object. Amounts are Decimals, ids as they came."""
    listed = data if isinstance(data, list) else [data]
    return [_clean("", each, 0) for each in listed if isinstance(each, dict) and set(each) - {_DETAIL}]


def _opened(row: Row) -> Row:
    """Without an envelope around the whole, where there is one."""
    for name in _ENVELOPES:
        inner = row.get(name)
        if isinstance(inner, dict) and (_NAME in inner or _DATA in inner):
            return inner
    return row


def _data(whole: Row) -> Any:
    """The payload; where the wrapper is missing it is everything that is not the request's own."""
    if _DATA in whole:
        return _json(whole[_DATA])
    return {name: value for name, value in whole.items() if name not in _OWN}


def _json(value: Any) -> Any:
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return json.loads(value, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, ArithmeticError, RecursionError):
        return value


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")


def _objects(data: Any, depth: int) -> Iterator[Row]:
    """Every object of the payload that names a ticket, the outermost first."""
    if depth > _DEEP:
        return
    if isinstance(data, dict):
        if _DETAIL in data:
            yield data
        data = list(data.values())
    if isinstance(data, list):
        for each in data:
            yield from _objects(each, depth + 1)


def _detail_id(row: Row) -> str | None:
    return _id(row.get(_DETAIL))


def _id(value: Any) -> str | None:
    """An id of Procore is a whole number above nothing, as a number or as text."""
    found = quiet(values.identifier, value)
    return found if found is not None and _NUMERAL.fullmatch(found) else None


def _ticket(row: Row) -> dict[str, str | None]:
    kind = quiet(values.text, row.get("item_type"))
    item = _id(row.get("item_id")) or (_id(row.get("id")) if _NAME not in row and _DATA not in row else None)
    return {"id": _detail_id(row), "item_type": kind, "item_id": item}


def _person(whole: Row, data: Any) -> str | None:
    """Who asked, as the request says; its data may be a record that somebody else made."""
    inner = data if isinstance(data, dict) else {}
    path = "requested_by.id|requested_by|user_id|created_by.id|created_by_id"
    return _id(at(whole, path)) or _id(at(inner, path))


def _clean(name: str, value: Any, depth: int) -> Any:
    if depth > _DEEP:
        return None
    match value:
        case dict():
            named = {values.keepable(str(key)): each for key, each in value.items()}
            return {key: _clean(key, each, depth + 1) for key, each in named.items()}
        case list():
            return [_clean(name, each, depth + 1) for each in value]
        case str() if name == "origin_data" and not isinstance(opened := _json(value), str):
            return _clean("", opened, depth + 1)
        case "null":
            return None
        case str() if _AMOUNT.search(name) and _NUMBER.fullmatch(value.strip()):
            return Decimal(value.strip())
        case int() if _AMOUNT.search(name) and not isinstance(value, bool):
            return Decimal(value)
        case str():
            return values.keepable(value)
    return value
