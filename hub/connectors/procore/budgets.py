"""Budgets and their changes, put together from the lists that Procore has of them.

A budget is a lock, the rows of a view and the types of the company. A change of it is a budget change, or the older budget
modification, which names two lines of the budget and no codes. Each project's are read whole, as one page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hub.connectors.procore.api import Api
from hub.connectors.procore.asking import Asking, Ids
from hub.connectors.procore.lists import List
from hub.connectors.procore.mapping import money
from hub.connectors.procore.problems import Absent
from hub.connectors.procore.resources import LISTS
from hub.connectors.procore.settings import Settings
from hub.connectors.procore.shapes import Builder, Row, Scope, at
from hub.erp import values
from hub.erp.connector import Found, Incoming, Page, Step
from hub.erp.incoming import incoming, quiet
from hub.erp.origin import OriginKind

Codes = Mapping[str, tuple[str | None, str | None]]  # a WBS code's id -> the ERP's cost code and cost type
_MODIFICATION = "budget_modification"
_LINE = LISTS["budget_line"]
_SEGMENTS = ("cost_code", "line_item_type")


class Budgets:
    """Reads `budget` and `budget_change`. Nothing is read twice for one page."""

    def __init__(self, ask: Asking, builder: Builder, settings: Settings) -> None:
        self._ask, self._builder, self._form = ask, builder, settings.budget_form

    async def fetch(self, key: str, scope: Scope, ids: Ids) -> Page:
        """All of the project, or with `id` in the scope that record alone."""
        found = await (self._budget(scope, ids) if key == "budget" else self._changes(scope, ids))
        wanted = scope.get("id")
        return Page([each for each in found if wanted in (None, each.external_id)], None)

    async def _budget(self, scope: Scope, ids: Ids) -> list[Incoming]:
        project = {**ids, "id": ids.get("project", "")}
        try:
            budget = await self._ask.one(LISTS["budget"].lists[0], project)
        except Absent:
            return []
        types = await self._types(ids)
        rows = await self._all(_LINE.lists[0], ids)
        lines = [self._line(place, row, types) for place, row in enumerate(rows, 1)]
        total = sum((line.values.get("original_amount") or Decimal(0) for line in lines), Decimal("0.00"))
        return [
            incoming(
                money.BUDGET,
                budget,
                external_id=ids.get("project"),
                refs={"project": scope.get("project")},
                lines=lines,
                defaults={"original_amount": total},
            )
        ]

    def _line(self, place: int, row: Row, types: Mapping[str, str | None]) -> Incoming:
        read = self._builder.record(_LINE.shape, row, {})
        kind = types.get(str(at(row, "category_id")))
        refs = {"cost_code": read.refs["cost_code"], "cost_type": kind, "wbs_code": read.refs["wbs_code"]}
        return replace(read, values={**read.values, "line_number": place}, refs=refs)

    async def _changes(self, scope: Scope, ids: Ids) -> list[Incoming]:
        found: list[Incoming] = []
        if self._form != "modifications":
            found += await self._new(scope, ids)
        if self._form != "changes":
            found += await self._legacy(scope, ids)
        return found

    async def _new(self, scope: Scope, ids: Ids) -> list[Incoming]:
        """The list leaves the lines out, so each change is asked for."""
        resource = LISTS["budget_change"]
        (list_,) = resource.lists
        rows = [row for row in await self._all(list_, ids) if row.get("id") is not None]
        codes = await self._codes(ids) if rows else {}
        made = []
        for row in rows:
            try:
                whole = await self._ask.one(list_, {**ids, "id": str(row["id"])})
            except Absent:
                continue
            read = self._builder.record(resource.shape, whole, scope, {"kind": "CHANGE"})
            lines = [_coded(line, codes) for line in read.lines]
            made.append(replace(read, values={**read.values, "amount": _sum(lines)}, lines=lines))
        return made

    async def _legacy(self, scope: Scope, ids: Ids) -> list[Incoming]:
        """Two lines, from and to, on the codes of the budget lines that it names; a transfer may come from nowhere."""
        rows = await self._all(LISTS[_MODIFICATION].lists[0], ids)
        types = await self._types(ids) if rows else {}
        budget = await self._all(_LINE.lists[0], ids) if rows else []
        lines = {str(row.get("id")): self._line(0, row, types) for row in budget}
        return [self._modification(row, scope, lines) for row in rows]

    def _modification(self, row: Row, scope: Scope, lines: Mapping[str, Incoming]) -> Incoming:
        read = self._builder.record(LISTS[_MODIFICATION].shape, row, scope)
        moved = read.values.get("amount")
        ends = (
            ("from", at(row, "from_budget_line_item_id"), None if moved is None else -moved),
            ("to", at(row, "to_budget_line_item_id"), moved),
        )
        made = [
            _end(f"{read.external_id}/{name}", place, amount, lines.get(str(line)))
            for place, (name, line, amount) in enumerate(ends, 1)
            if line is not None
        ]
        content = {
            "kind": "MODIFICATION",
            "title": (read.values.get("notes") or "")[:255] or None,
            "description": read.values.get("notes"),
            "status": "APPROVED",
            "amount": _sum(made),
            "origin_created_at": read.values.get("origin_created_at"),
        }
        return replace(
            read,
            object_key="budget_change",
            # A budget change may have the same id.
            external_id=f"{_MODIFICATION}/{read.external_id}",
            values=content,
            refs={"project": scope.get("project")},
            lines=made,
        )

    async def _types(self, ids: Ids) -> dict[str, str | None]:
        """The ERP's cost type of each type of the company."""
        return await self._keys("cost_type", OriginKind.COST_TYPE, ids)

    async def _codes(self, ids: Ids) -> Codes:
        """The ERP's code and type of each WBS code of the project, by the items of its segments."""
        known = {
            "cost_code": await self._keys("project_cost_code", OriginKind.COST_CODE, ids),
            "line_item_type": await self._types(ids),
        }
        found: dict[str, tuple[str | None, str | None]] = {}
        for row in await self._all(LISTS["wbs_code"].lists[0], ids):
            parts = {
                str(at(item, "segment.type")): str(at(item, "id")) for item in row.get("segment_items") or ()
            }
            code, kind = (known[name].get(parts.get(name, "")) for name in _SEGMENTS)
            found[str(row.get("id"))] = code, kind
        return found

    async def _keys(self, key: str, kind: OriginKind, ids: Ids) -> dict[str, str | None]:
        rows = await self._all(LISTS[key].lists[0], ids)
        origins = self._builder.origins
        return {
            str(row.get("id")): origins.key(kind, quiet(values.identifier, row.get("origin_id")))
            for row in rows
        }

    async def _all(self, list_: List, ids: Ids) -> Sequence[Row]:
        return await self._ask.all(list_, await self._ask.looked_up([list_], ids))


async def written(api: Api, settings: Settings, step: Step) -> Found | None:
    """What is there of the lines that a step writes; None where none of the new ones is. Lines carry no origin id."""
    ask = Asking(api, settings)
    ids = {"company": settings.company_id, "project": str(step.body["project_id"])}
    list_ = _LINE.lists[0]
    rows = await ask.all(list_, await ask.looked_up([list_], ids))
    by_id = {str(row.get("id")): row for row in rows}
    by_code = {f"{row.get('cost_code_id')}/{row.get('category_id')}": row for row in rows}
    unequal: dict[str, tuple[str, str]] = {}
    there = 0
    for line in step.body["budget_line_items"]:
        name = str(line.get("id") or f"{line.get('cost_code_id')}/{line.get('line_item_type_id')}")
        row = by_id.get(name) if line.get("id") else by_code.get(name)
        ours = quiet(values.money, line.get("original_budget_amount"))
        theirs = quiet(values.money, row.get("original_budget_amount")) if row else None
        there += int(ours == theirs)
        if ours != theirs:
            unequal[f"line {name}"] = str(ours), "" if theirs is None else str(theirs)
    return Found("", None, unequal, {}) if there else None


def _coded(line: Incoming, codes: Codes) -> Incoming:
    code, kind = codes.get(str(line.refs.get("wbs_code")), (None, None))
    return replace(line, refs={"cost_code": code, "cost_type": kind})


def _end(name: str, place: int, amount: Any, line: Incoming | None) -> Incoming:
    """One side of a modification, on the codes of the budget line where that is still there."""
    return Incoming(
        object_key="budget_change_line",
        external_id=name,
        values={
            "line_number": place,
            "amount": amount,
            "cost_code_text": line.values.get("cost_code_text") if line else None,
        },
        refs={name: line.refs.get(name) if line else None for name in ("cost_code", "cost_type")},
    )


def _sum(lines: Sequence[Incoming]) -> Decimal:
    return sum((line.values.get("amount") or Decimal(0) for line in lines), Decimal("0.00"))
