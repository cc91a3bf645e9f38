"""Reading commitments: two kinds, one list after the other, each contract with its schedule of values."""

from collections.abc import Mapping
from typing import Any

from hub.connectors.procore.api import Api, path_id
from hub.connectors.procore.mapping import COMMITMENT, LINE
from hub.erp import values
from hub.erp.connector import Incoming, Problem
from hub.erp.incoming import incoming, quiet, records
from hub.erp.origin import OriginIds, OriginKind

# In the order they are read.
KINDS = {"work_order_contracts": "SUBCONTRACT", "purchase_order_contracts": "PURCHASE_ORDER"}


def list_path(resource: str) -> str:
    return f"/rest/v1.0/{resource}"


def resource_of(path: str) -> str:
    """Which of the two lists a page's path belongs to; the first where it is neither."""
    found = [name for name in KINDS if path.startswith(list_path(name))]
    return found[0] if found else next(iter(KINDS))


def following(resource: str) -> str | None:
    names = list(KINDS)
    place = names.index(resource) + 1
    return names[place] if place < len(names) else None


async def with_lines(api: Api, row: Mapping[str, Any], resource: str, project: str) -> Mapping[str, Any]:
    """The row itself, or the show answer where the list left the lines out."""
    if isinstance(row.get("line_items"), list):
        return row
    found, _ = await api.read(f"{list_path(resource)}/{path_id(row.get('id'))}", {"project_id": project})
    return found if isinstance(found, dict) else row


def commitment(row: Mapping[str, Any], resource: str, project: str, origins: OriginIds) -> Incoming:
    lines = [_line(line, place, origins) for place, line in _numbered(row)]
    return incoming(
        COMMITMENT,
        row,
        external_id=row.get("id"),
        external_code=row.get("number"),
        linked_to=origins.key(OriginKind.CONTRACT, quiet(values.identifier, row.get("origin_id"))),
        updated_at=quiet(values.instant, row.get("updated_at")),
        refs={"company": _id_of(row.get("vendor")), "project": project},
        lines=lines,
        defaults={"kind": KINDS[resource], "is_executed": False, "is_private": False},
    )


def _numbered(row: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    """Lines with their numbers: their positions where those are sound, else the order they come in."""
    lines = records(row.get("line_items") or [], "lines")
    positions = [quiet(values.whole, line.get("position")) or 0 for line in lines]
    sound = all(place > 0 for place in positions) and len(set(positions)) == len(positions)
    return list(zip(positions if sound else range(1, len(lines) + 1), lines, strict=True))


def _line(line: Mapping[str, Any], place: int, origins: OriginIds) -> Incoming:
    return incoming(
        LINE,
        line,
        external_id=line.get("id"),
        refs={
            "cost_code": _erp_key(line.get("cost_code"), OriginKind.COST_CODE, origins),
            "cost_type": _erp_key(line.get("line_item_type"), OriginKind.COST_TYPE, origins),
        },
        defaults={"line_number": place, "cost_code_text": _flat_code(line)},
        problems=_missing_amount(line),
    )


def _missing_amount(line: Mapping[str, Any]) -> list[Problem]:
    blank = line.get("amount") in (None, "")
    return [Problem("amount", "", "is missing")] if blank else []


def _flat_code(line: Mapping[str, Any]) -> str | None:
    """The code of a line that names a work breakdown code in place of a cost code."""
    wbs = line.get("wbs_code")
    return quiet(values.text, wbs.get("flat_code")) if isinstance(wbs, dict) else None


def _erp_key(part: Any, kind: OriginKind, origins: OriginIds) -> str | None:
    """The ERP's code behind an embedded object, None where it is not one of the ERP's."""
    origin_id = part.get("origin_id") if isinstance(part, dict) else None
    return origins.key(kind, quiet(values.identifier, origin_id))


def _id_of(part: Any) -> str | None:
    return quiet(values.identifier, part.get("id")) if isinstance(part, dict) else None
