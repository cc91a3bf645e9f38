"""Asking a list of Procore: its address from a template, its pages, a range of changes, one record of it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from hub.connectors.procore.api import Api, address, filled, needs
from hub.connectors.procore.choosing import Chooser
from hub.connectors.procore.lists import List
from hub.connectors.procore.settings import Settings
from hub.connectors.procore.shapes import Row, Scope
from hub.erp import values
from hub.erp.incoming import records
from hub.erp.paging import Trail
from hub.errors import ErpUnexpected

_FOREVER = "2100-01-01T00:00:00Z"  # the open end of a range: the other side's clock may be ahead of ours
Ids = Mapping[str, str]


class Asking:
    """Knows the settings of lists. `ids` fill what a template names in braces."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self._api, self._settings = api, settings
        self._choose = Chooser(api, settings)

    async def rows(self, list_: List, asked: str) -> tuple[list[Row], str | None]:
        """One page, and the path of the next; None after the last."""
        found, following = await self._api.read(asked)
        if list_.root and isinstance(found, dict):
            found = found.get(list_.root)
        return records(found, list_.name), following

    async def all(self, list_: List, ids: Ids) -> list[Row]:
        trail = Trail()
        rows, following = await self.rows(list_, self.start(list_, {}, ids))
        while following is not None:
            more, following = await self.rows(list_, trail.on(following))
            rows += more
        return rows

    async def one(self, list_: List, ids: Ids) -> Row:
        """The record whose id is among `ids`."""
        path = filled(list_.show or f"{self._path(list_)}/{{id}}", ids)
        query = {
            name: value
            for name, value in list_.query.items()
            if "[" not in name and needs(value) <= ids.keys()
        }
        found, _ = await self._api.read(path, _query(query, ids))
        if not isinstance(found, dict):
            raise ErpUnexpected("The answer is not one record.")
        return found

    async def looked_up(self, lists: Sequence[List], ids: Ids) -> Ids:
        """The ids with those that no scope names: the ERP's list of codes, the view a budget is read through."""
        named = {name for each in lists for part in (each.path, *each.query.values()) for name in needs(part)}
        wanted = named & self._choose.names
        return {**ids, **{name: await self._choose.one(name, ids) for name in wanted}}

    def place(self, lists: Sequence[List], ids: Ids, cursor: str | None) -> int | None:
        """Which of the lists a cursor belongs to."""
        if cursor is None:
            return 0
        path = cursor.split("?")[0]
        return next((n for n, each in enumerate(lists) if path == filled(self._path(each), ids)), None)

    def start(self, list_: List, scope: Scope, ids: Ids, size: int | None = None) -> str:
        """Where a list begins."""
        query = next((query for name, query in list_.within.items() if name in scope), list_.query)
        full = _query(query, ids)
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


def _query(query: Mapping[str, str], ids: Ids) -> dict[str, str]:
    return {name: filled(value, ids) if "{" in value else value for name, value in query.items()}
