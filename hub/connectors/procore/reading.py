"""Reading Procore: one reader for every list, a page at a time, each record with its lines and rights.

A cursor is the next page's path, as the link header gave it; the last page is the one without such a link."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from hub.connectors.procore.api import Api, address, filled
from hub.connectors.procore.choosing import Chooser
from hub.connectors.procore.lists import Lines, List, Resource, Rights
from hub.connectors.procore.people import Templates
from hub.connectors.procore.problems import Absent
from hub.connectors.procore.resources import RESOURCES, VARIANTS
from hub.connectors.procore.rights import ERP_TOOL, granular, levels
from hub.connectors.procore.settings import Settings
from hub.connectors.procore.shapes import Builder, Row, Scope, at
from hub.erp import values
from hub.erp.connector import Incoming, Page
from hub.erp.incoming import records
from hub.erp.origin import OriginIds
from hub.errors import ErpUnexpected

_FOREVER = "2100-01-01T00:00:00Z"  # the open end of a range: the other side's clock may be ahead of ours
_NOT_IDS = frozenset({"since", "id"})
Ids = Mapping[str, str]


class Reader:
    """Reads pages of every resource."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self._api, self._settings = api, settings
        self._builder = Builder(OriginIds(settings.origin_prefix))
        self._templates, self._choose = Templates(api, settings.company_id), Chooser(api, settings)
        self._met: dict[tuple[str, frozenset[tuple[str, str]]], dict[tuple[str, datetime], str | None]] = {}

    async def fetch(self, key: str, scope: Scope, cursor: str | None) -> Page:
        """One page; with `id` in the scope that record alone, or nothing where it is gone."""
        resource = self._resource(key)
        ids = {"company": self._settings.company_id, **{k: v for k, v in scope.items() if k not in _NOT_IDS}}
        if "id" in scope:
            return Page(await self._single(resource, scope, ids), None)
        page = await self._page(resource, scope, ids, cursor)
        return replace(page, records=self._once(key, scope, cursor, page.records))

    def lists(self, key: str) -> tuple[List, ...]:
        """The lists a resource is read from first: those its records hang below, or its own."""
        resource = self._resource(key)
        return resource.under or resource.lists

    async def ask(self, list_: List, scope: Scope) -> None:
        """One row of a list, to see whether it answers."""
        ids = await self._looked_up([list_], {"company": self._settings.company_id, **scope})
        await self._rows(list_, self._start(list_, scope, ids, size=1))

    def _resource(self, key: str) -> Resource:
        if key not in RESOURCES:
            raise ErpUnexpected(f"Procore is not read for {key}.")
        variant = self._settings.variants.get(key)
        if variant is None:
            return RESOURCES[key]
        if (key, variant) not in VARIANTS:
            raise ErpUnexpected(f"There is no variant {variant} of {key}: see the setting variants.")
        return VARIANTS[key, variant]

    async def _page(self, resource: Resource, scope: Scope, ids: Ids, cursor: str | None) -> Page:
        lists = resource.under if resource.under and "contract" not in scope else resource.lists
        ids = await self._looked_up(lists, ids)
        place = self._place(lists, ids, cursor)
        if place is None and resource.instead is not None:
            return await self._page(resource.instead, scope, ids, cursor)
        if place is None:
            raise ErpUnexpected("The cursor belongs to another list.")
        try:
            start = cursor or self._start(lists[place], scope, ids)
            rows, following = await self._rows(lists[place], start)
        except Absent:
            if resource.instead is None or cursor is not None:
                raise
            return await self._page(resource.instead, scope, ids, None)
        if following is None and place + 1 < len(lists):
            following = self._start(lists[place + 1], scope, ids)
        found = [each for row in rows for each in await self._made(resource, lists[place], row, scope, ids)]
        return Page(found, following)

    async def _made(
        self, resource: Resource, list_: List, row: Row, scope: Scope, ids: Ids
    ) -> list[Incoming]:
        """The record a row becomes, or the records that hang below it."""
        if list_ not in resource.under:
            found = await self._record(resource, list_, row, scope, ids)
            return [] if found is None else [found]
        inner = {**ids, "contract": str(row.get("id"))}
        below = [(each, rows) for each in resource.lists for rows in [await self._all(each, inner)]]
        made = [await self._record(resource, each, row, scope, inner) for each, rows in below for row in rows]
        return [each for each in made if each is not None]

    async def _record(
        self, resource: Resource, list_: List, row: Row, scope: Scope, ids: Ids
    ) -> Incoming | None:
        """None where it was deleted since its list was read."""
        if resource.parse is not None:
            return resource.parse(row)
        try:
            whole = await self._whole(resource.lines, list_, row, ids)
        except Absent:
            return None
        given = await self._rights(resource.rights, row) if resource.rights else {}
        return self._builder.record(resource.shape, whole, scope, {**list_.given, **given})

    async def _whole(self, lines: Lines | None, list_: List, row: Row, ids: Ids) -> Row:
        if lines is None or (isinstance(row.get(lines.name), list) and not lines.summaries):
            return row
        inner = {**ids, "id": str(row.get("id"))}
        if lines.show:
            return await self._shown(list_, inner)
        try:
            return {**row, lines.name: await self._own_lines(lines, row, inner)}
        except Absent as error:
            raise ErpUnexpected(error.message, request_id=error.request_id) from error

    async def _own_lines(self, lines: Lines, row: Row, ids: Ids) -> list[Row]:
        holders = [ids["id"]]
        if lines.holders is not None:
            inner = {**ids, "contract": str(row.get("contract_id"))}
            listed = await self._all(lines.holders, inner)
            holders = [str(each.get("id")) for each in listed if str(at(each, lines.named)) == ids["id"]]
        found = [await self._all(each, {**ids, "id": holder}) for holder in holders for each in lines.lists]
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
                    row = await self._shown(list_, {**ids, "id": scope["id"]})
                except Absent:
                    continue
                found = await self._record(form, list_, row, scope, ids)
                return [] if found is None else [found]
        return []

    async def _shown(self, list_: List, ids: Ids) -> Row:
        path = filled(list_.show or f"{self._path(list_)}/{{id}}", ids)
        query = {name: value for name, value in list_.query.items() if "[" not in name}
        found, _ = await self._api.read(path, _filled_query(query, ids))
        if not isinstance(found, dict):
            raise ErpUnexpected("The answer is not one record.")
        return found

    async def _all(self, list_: List, ids: Ids) -> list[Row]:
        rows, following = await self._rows(list_, self._start(list_, {}, ids))
        while following is not None:
            more, following = await self._rows(list_, following)
            rows += more
        return rows

    async def _rows(self, list_: List, asked: str) -> tuple[list[Row], str | None]:
        found, following = await self._api.read(asked)
        if list_.root and isinstance(found, dict):
            found = found.get(list_.root)
        return records(found, list_.name), following

    async def _looked_up(self, lists: Sequence[List], ids: Ids) -> Ids:
        """The ids with those that no scope names: the ERP's list of codes, the view a budget is read through."""
        wanted = {name for name in self._choose.names if any(f"{{{name}}}" in _text(each) for each in lists)}
        return {**ids, **{name: await self._choose.one(name, ids) for name in wanted}}

    def _place(self, lists: Sequence[List], ids: Ids, cursor: str | None) -> int | None:
        """Which of the lists a cursor belongs to."""
        if cursor is None:
            return 0
        path = cursor.split("?")[0]
        found = [place for place, each in enumerate(lists) if path == filled(self._path(each), ids)]
        return found[0] if found else None

    def _start(self, list_: List, scope: Scope, ids: Ids, size: int | None = None) -> str:
        query = next((query for name, query in list_.within.items() if name in scope), list_.query)
        full = _filled_query(query, ids)
        if list_.changes:
            full |= self._since(scope)
        if self._settings.paged.get(list_.name, list_.paged):
            full |= {"per_page": str(min(size or self._settings.page_size, list_.most)), "page": "1"}
        return address(filled(self._path(list_), ids), full)

    def _path(self, list_: List) -> str:
        """The template of a list's path, its version in place."""
        template = self._settings.paths.get(list_.name, list_.path)
        return template.replace("{version}", self._settings.versions.get(list_.name, list_.version))

    def _since(self, scope: Scope) -> dict[str, str]:
        """Changes from a moment on, with an overlap; the moment is UTC or names its offset."""
        moment = values.instant(scope.get("since"))
        if moment is None:
            return {}
        start = moment - timedelta(seconds=self._settings.overlap_seconds)
        span = f"{start:%Y-%m-%dT%H:%M:%SZ}...{_FOREVER}"
        return {"filters[updated_at]": f'"{span}"' if self._settings.quoted_ranges else span}

    def _once(self, key: str, scope: Scope, cursor: str | None, found: Sequence[Incoming]) -> list[Incoming]:
        """Without what an earlier page of this crawl had in the same version: rows move while pages are read."""
        crawl = (key, frozenset(scope.items()))
        met = {} if cursor is None else self._met.get(crawl, {})
        self._met[crawl] = met
        return [each for each in found if _first(met, each, cursor)]


def _first(met: dict[tuple[str, datetime], str | None], each: Incoming, cursor: str | None) -> bool:
    """A page that is asked for again has all its records again."""
    if each.updated_at is None:
        return True
    return met.setdefault((each.external_id, each.updated_at), cursor) == cursor


def _text(list_: List) -> str:
    return f"{list_.path}?{urlencode(list_.query, safe='{}')}"


def _filled_query(query: Mapping[str, str], ids: Ids) -> dict[str, str]:
    return {name: filled(value, ids) if "{" in value else value for name, value in query.items()}
