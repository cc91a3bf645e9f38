"""Looking up what a bulk update may have stored already: by origin id, in the list it went into."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hub.connectors.procore.api import Api
from hub.connectors.procore.writing import key_of
from hub.erp.connector import Found, Step
from hub.erp.incoming import records

Row = Mapping[str, Any]

# Operation -> what its records are read back with, beside the scope.
_LISTS: Mapping[str, Mapping[str, str]] = {
    "company.sync": {"view": "extended"},
    "project.sync": {"filters[by_status]": "All"},
    "cost_code.sync": {"view": "extended"},
    "cost_type.sync": {},
    "project_cost_code.sync": {},
}
_UNREAD = frozenset({"id", "csv_import_code"})  # keys of an update that a list does not show


async def find(api: Api, step: Step) -> Found | None:
    """What is there under the step's origin ids, None unless all are.

    Marks and closed requests cannot be read back; setting them a second time changes nothing."""
    if step.operation not in _LISTS:
        return None
    updates: Sequence[Row] = step.body["updates"]
    rows = await _rows(api, step, updates)
    if any(key_of(update) not in rows for update in updates):
        return None
    differences = {
        f"{key_of(update)}.{name}": (_said(value), _said(rows[key_of(update)].get(name)))
        for update in updates
        for name, value in update.items()
        if name not in _UNREAD
        and name in rows[key_of(update)]
        and not _same(value, rows[key_of(update)][name])
    }
    first = rows[key_of(updates[0])]
    single = len(updates) == 1
    return Found(
        external_id=str(first["id"]) if single else "",
        external_code=first.get("origin_code") if single else None,
        differences=differences,
        snapshot=dict(first) if single else {},
    )


async def _rows(api: Api, step: Step, updates: Sequence[Row]) -> dict[str, Row]:
    """Records of the list by origin id: one filtered look-up for a single entry, else the whole list."""
    parts = urlsplit(step.target)
    scope = {name: str(value) for name, value in step.body.items() if name != "updates"}
    query = {**dict(parse_qsl(parts.query)), **scope, **_LISTS[step.operation], "per_page": "500"}
    if len(updates) == 1:
        query["filters[origin_id]"] = key_of(updates[0])
    found, following = await api.read(parts.path.removesuffix("/sync"), query)
    rows = records(found, "records")
    while following is not None:
        found, following = await api.read(following)
        rows += records(found, "records")
    return {str(row["origin_id"]): row for row in rows if row.get("origin_id") and row.get("id") is not None}


def _same(ours: Any, theirs: Any) -> bool:
    return ours == theirs or (ours in (None, "") and theirs in (None, ""))


def _said(value: Any) -> str:
    return "" if value is None else str(value)
