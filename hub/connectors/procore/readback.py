"""Looking up what a write may have stored already, in the list it went into: by origin id, or by what tells a record."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hub.connectors.procore.api import Api
from hub.connectors.procore.operations import OPERATIONS, Answered, Operation
from hub.connectors.procore.shapes import at
from hub.connectors.procore.writing import key_of
from hub.erp import values
from hub.erp.connector import Found, Step
from hub.erp.incoming import quiet, records

Row = Mapping[str, Any]
_PAGE = "500"


async def find(api: Api, step: Step) -> Found | None:
    """What is there under the step's keys, None unless all are.

    Marks, notices and closed requests cannot be read back; setting them a second time changes nothing."""
    operation = OPERATIONS[step.operation]
    if operation.lists is None:
        return None
    if operation.answered is Answered.ONE:
        return await _made(api, step, operation)
    return await _stored(api, step, operation)


async def _made(api: Api, step: Step, operation: Operation) -> Found | None:
    """The record that one creation makes, known by all parts of its natural key, whatever their case.

    Procore may hold several under one key: then somebody has to look, so that shows as a difference."""
    query = {name: value.format_map(step.natural_key) for name, value in (operation.lists or {}).items()}
    rows = [row for row in await _rows(api, step, operation, query) if _is_named(row, step, operation)]
    if not rows:
        return None
    record = step.body.get(operation.wrapper, step.body)
    beside = {name: value for name, value in record.items() if name not in step.natural_key}
    found = _found([beside], rows[:1], operation, [""])
    if len(rows) == 1:
        return found
    return replace(found, differences={**found.differences, "count": ("1", str(len(rows)))})


def _is_named(row: Row, step: Step, operation: Operation) -> bool:
    parts = {path.split("|")[0]: at(row, path) for path in operation.key}
    return all(_word(parts.get(name)) == _word(value) for name, value in step.natural_key.items())


async def _stored(api: Api, step: Step, operation: Operation) -> Found | None:
    updates: Sequence[Row] = step.body[operation.wrapper]
    keys = [key_of(operation, update) for update in updates]
    only = {"filters[origin_id]": keys[0]} if len(keys) == 1 and operation.by_origin else {}
    listed = await _rows(api, step, operation, {**(operation.lists or {}), **only})
    rows = {
        str(row["origin_id"]): row for row in listed if row.get("origin_id") and row.get("id") is not None
    }
    if any(key not in rows for key in keys):
        return None
    return _found(updates, [rows[key] for key in keys], operation, keys)


def _found(updates: Sequence[Row], rows: Sequence[Row], operation: Operation, keys: Sequence[str]) -> Found:
    differences = {
        ".".join(part for part in (key, name) if part): (_said(value), _said(row[name]))
        for update, row, key in zip(updates, rows, keys, strict=True)
        for name, value in update.items()
        if name != "id" and name not in operation.unread and name in row and not _same(value, row[name])
    }
    single = rows[0] if len(rows) == 1 else {}
    return Found(
        external_id=str(single.get("id", "")),
        external_code=single.get("origin_code"),
        differences=differences,
        snapshot=dict(single),
    )


async def _rows(api: Api, step: Step, operation: Operation, query: Mapping[str, str]) -> list[Row]:
    """The list above the operation, within the same scope."""
    parts = urlsplit(step.target)
    beside = {operation.wrapper, *operation.fixed}
    scope = {name: str(value) for name, value in step.body.items() if name not in beside}
    full = {**dict(parse_qsl(parts.query)), **scope, **query, "per_page": _PAGE}
    found, following = await api.read(parts.path.removesuffix("/sync"), full)
    rows = records(found, "records")
    while following is not None:
        found, following = await api.read(following)
        rows += records(found, "records")
    return rows


def _same(ours: Any, theirs: Any) -> bool:
    """Numbers travel as text and come back as either."""
    if ours == theirs or (ours in (None, "") and theirs in (None, "")):
        return True
    first, second = quiet(_number, ours), quiet(_number, theirs)
    return first is not None and first == second


def _number(value: Any) -> Any:
    return values.number(value, 6)


def _word(value: Any) -> str:
    return _said(value).lower()


def _said(value: Any) -> str:
    return "" if value is None else str(value)
