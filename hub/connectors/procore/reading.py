"""Reading Procore: one reader for every list, a page at a time, each record with its lines and rights.

A cursor is the next page's path, as the link header gave it; the last page is the one without such a link."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from hub.connectors.procore.api import Api
from hub.connectors.procore.asking import Asking, Ids
from hub.connectors.procore.breakdown import Breakdown
from hub.connectors.procore.budgets import Budgets
from hub.connectors.procore.lists import Lines, List, Resource, Rights
from hub.connectors.procore.people import Templates
from hub.connectors.procore.problems import Absent, NotOffered
from hub.connectors.procore.resources import RESOURCES
from hub.connectors.procore.rights import ERP_TOOL, granular, levels
from hub.connectors.procore.settings import Settings
from hub.connectors.procore.shapes import Builder, Row, Scope, Shape, at
from hub.connectors.procore.variants import VARIANTS
from hub.erp.connector import Incoming, Page
from hub.erp.incoming import records
from hub.erp.origin import OriginIds
from hub.erp.refusing import not_read
from hub.errors import ErpUnexpected

_WHOLE = frozenset({"budget", "budget_change"})
_NOT_IDS = frozenset({"since", "id"})
_Crawl = tuple[str, frozenset[tuple[str, str]]]
_Met = dict[tuple[str, datetime], str | None]  # a version of a record -> the cursor of the page that had it


class Reader:
    """Reads pages of every resource."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self._ask, self._settings = Asking(api, settings), settings
        self._builder = Builder(OriginIds(settings.origin_prefix))
        self._breakdown = Breakdown(self._ask, self._builder.origins)
        self._budgets = Budgets(self._ask, self._builder, settings)
        self._templates = Templates(api, settings.company_id)
        self._met: dict[_Crawl, _Met] = {}

    async def fetch(self, key: str, scope: Scope, cursor: str | None) -> Page:
        """One page; with `id` in the scope that record alone, or nothing where it is gone."""
        resource, ids = self._resource(key), self._ids(scope)
        if key in _WHOLE:
            return await self._budgets.fetch(key, scope, ids)
        if "id" in scope:
            return Page(await self._single(resource, scope, ids), None)
        page = await self._page(resource, scope, ids, cursor)
        return replace(page, records=self._once(key, scope, cursor, page.records))

    def lists(self, key: str) -> tuple[List, ...]:
        """The lists a resource is read from first: those its records hang below, or its own."""
        resource = self._resource(key)
        return resource.under or resource.lists

    async def try_out(self, list_: List, scope: Scope) -> None:
        """One row of a list, to see whether it answers."""
        ids = await self._ask.looked_up([list_], self._ids(scope))
        await self._ask.rows(list_, self._ask.start(list_, scope, ids, size=1))

    def _ids(self, scope: Scope) -> Ids:
        named = {name: value for name, value in scope.items() if name not in _NOT_IDS}
        return {"company": self._settings.company_id, **named}

    def _resource(self, key: str) -> Resource:
        if key not in RESOURCES:
            raise not_read("Procore", key)
        variant = self._settings.variants.get(key)
        if variant is None:
            return RESOURCES[key]
        if (key, variant) not in VARIANTS:
            raise ErpUnexpected(f"There is no variant {variant} of {key}: see the setting variants.")
        return VARIANTS[key, variant]

    async def _page(self, resource: Resource, scope: Scope, ids: Ids, cursor: str | None) -> Page:
        lists = resource.under if resource.under and "contract" not in scope else resource.lists
        ids = await self._ask.looked_up(lists, ids)
        place = self._ask.place(lists, ids, cursor)
        if place is None:
            return await self._other(resource, scope, ids, cursor)
        try:
            rows, following = await self._ask.rows(
                lists[place], cursor or self._ask.start(lists[place], scope, ids)
            )
        except NotOffered:
            if resource.instead is None or cursor is not None:
                raise
            return await self._page(resource.instead, scope, ids, None)
        if following is None and place + 1 < len(lists):
            following = self._ask.start(lists[place + 1], scope, ids)
        found = [each for row in rows for each in await self._made(resource, lists[place], row, scope, ids)]
        return Page(found, following)

    async def _other(self, resource: Resource, scope: Scope, ids: Ids, cursor: str | None) -> Page:
        """A page of what is read instead, since the cursor is none of this resource's."""
        if resource.instead is None:
            raise ErpUnexpected("The cursor belongs to another list.")
        return await self._page(resource.instead, scope, ids, cursor)

    async def _made(
        self, resource: Resource, list_: List, row: Row, scope: Scope, ids: Ids
    ) -> list[Incoming]:
        """The record a row becomes, or the records that hang below it."""
        if list_ not in resource.under:
            found = await self._record(resource, list_, row, scope, ids)
            return [] if found is None else [found]
        inner = {**ids, "contract": str(row.get("id"))}
        rows = [(below, each) for below in resource.lists for each in await self._ask.all(below, inner)]
        made = [await self._record(resource, below, each, scope, inner) for below, each in rows]
        return [each for each in made if each is not None]

    async def _record(
        self, resource: Resource, list_: List, row: Row, scope: Scope, ids: Ids
    ) -> Incoming | None:
        """None where it was deleted since its list was read, or belongs to another resource."""
        if resource.only is not None and row.get(resource.only[0]) not in (None, resource.only[1]):
            return None
        if resource.parse is not None:
            return resource.parse(row)
        try:
            whole = await self._explained(
                resource.shape, await self._whole(resource.lines, list_, row, ids), ids
            )
        except Absent:
            return None
        given = await self._rights(resource.rights, row) if resource.rights else {}
        return self._builder.record(resource.shape, whole, scope, {**list_.given, **given})

    async def _explained(self, shape: Shape, row: Row, ids: Ids) -> Row:
        """With the codes of its lines, where these name but one of the work breakdown."""
        lines = row.get(shape.lines) if shape.line is not None and shape.line.on_breakdown else None
        if not isinstance(lines, list):
            return row
        return {
            **row,
            shape.lines: [await self._breakdown.explained(line, ids) for line in records(lines, "lines")],
        }

    async def _whole(self, lines: Lines | None, list_: List, row: Row, ids: Ids) -> Row:
        """The row with its lines. Lines that can't be had are an error, never no lines, but for those a site may lack."""
        if lines is None or (isinstance(row.get(lines.name), list) and not lines.summaries):
            return row
        inner = {**ids, "id": str(row.get("id"))}
        if lines.show:
            shown = await self._ask.one(list_, inner)
            if not isinstance(shown.get(lines.name), list):
                raise ErpUnexpected(f"A record of {list_.name} does not show its lines.")
            return shown
        try:
            return {**row, lines.name: await self._own_lines(lines, row, inner)}
        except NotOffered as error:
            if lines.may_lack:
                return row
            raise ErpUnexpected(error.message, request_id=error.request_id) from error

    async def _own_lines(self, lines: Lines, row: Row, ids: Ids) -> list[Row]:
        holders = [ids["id"]]
        if lines.holders is not None:
            listed = await self._ask.all(lines.holders, {**ids, "contract": str(row.get("contract_id"))})
            holders = [str(each.get("id")) for each in listed if str(at(each, lines.named)) == ids["id"]]
        found = [await self._ask.all(each, {**ids, "id": one}) for one in holders for each in lines.lists]
        return [line for rows in found for line in rows]

    async def _rights(self, rights: Rights, row: Row) -> dict[str, Any]:
        tools = await self._templates.tools(row)
        found: dict[str, Any] = {"levels": levels(tools, rights.tools)}
        if rights.granular:
            return {**found, "granular": granular(tools)}
        privilege = f"{ERP_TOOL}.{self._settings.push_action}"
        return {**found, "can_push_to_accounting": privilege in granular(tools)}

    async def _single(self, resource: Resource, scope: Scope, ids: Ids) -> list[Incoming]:
        """The record of this id, from whichever of its lists has it."""
        for form in (resource, *([resource.instead] if resource.instead else [])):
            for list_ in form.lists:
                try:
                    row = await self._ask.one(list_, {**ids, "id": scope["id"]})
                except NotOffered:
                    continue
                found = await self._record(form, list_, row, scope, ids)
                return [] if found is None else [found]
        return []

    def _once(self, key: str, scope: Scope, cursor: str | None, found: Sequence[Incoming]) -> list[Incoming]:
        """Without what an earlier page of this crawl had in the same version: rows move while pages are read."""
        crawl = (key, frozenset(scope.items()))
        if cursor is None:
            self._met[crawl] = {}
        met = self._met.setdefault(crawl, {})
        return [each for each in found if _first(met, each, cursor)]


def _first(met: _Met, each: Incoming, cursor: str | None) -> bool:
    """A page that is asked for again has all its records again."""
    if each.updated_at is None:
        return True
    return met.setdefault((each.external_id, each.updated_at), cursor) == cursor
