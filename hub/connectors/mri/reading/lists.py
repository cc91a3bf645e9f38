"""Asking for lists: page by page where a row is a record, as a whole where a record is spread over rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hub.connectors.mri.settings import Settings
from hub.connectors.mri.wire.answers import Row
from hub.connectors.mri.wire.api import Api
from hub.connectors.mri.wire.names import Source
from hub.connectors.mri.writing.shape import Gathered, gathered, key_of
from hub.erp import values
from hub.erp.connector import Incoming, Problem
from hub.erp.incoming import quiet

Scope = Mapping[str, str]
# What a scope calls a thing -> what parameters call it.
_SCOPED = {"project": "job_code"}


class Lists:
    """Reads of one connection. A cursor is the next page's path on our entry point."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self.api, self.settings = api, settings

    def source(self, name: str) -> Source:
        return self.settings.sources[name]

    def query(self, source: Source, scope: Scope) -> dict[str, str]:
        """The parameters that this API has for a scope, and the size of a page."""
        top = {"$top": str(self.settings.page_size)} if source.paged else {}
        named = {_SCOPED.get(name, name): value for name, value in scope.items() if name != "since" and value}
        known = source.parameters
        own = {known[name]: value for name, value in named.items() if name in known}
        return {**top, **own, **self._since(source, scope)}

    def _since(self, source: Source, scope: Scope) -> dict[str, str]:
        """Changes from a moment on, told in the site's own time, for APIs that can be asked so.

        A form without the hour asks from the beginning of that day."""
        name = source.parameters.get("since")
        moment = values.instant(scope.get("since"))
        if name is None or moment is None:
            return {}
        return {name: moment.astimezone(self.settings.zone).strftime(source.date_format.pattern)}

    async def page(self, source: Source, scope: Scope, cursor: str | None) -> tuple[list[Row], str | None]:
        return await self.api.read(source, self.query(source, scope), cursor)

    async def whole(self, source: Source, scope: Scope) -> list[Row]:
        return await self.api.read_all(source, self.query(source, scope))

    async def documents(self, source: Source, scope: Scope, narrow: Mapping[str, str]) -> list[Gathered]:
        """Documents of a row per line, each with all its lines, wherever pages fall and whatever has changed.

        A list of changes may hold some lines of a document only. So those touched are read once more in full:
        `narrow` are the parameters that ask for a document's surroundings, each with the field it takes."""
        rows = await self.whole(source, scope)
        if not self._since(source, scope):
            return gathered(rows, source)
        touched = {key_of(row, source.key) for row in rows}
        named = {name: their for name, their in narrow.items() if name in source.parameters}
        around = {key_of(row, tuple(named.values())) for row in rows}
        again: list[Row] = []
        for place in sorted(around):
            inside = dict(zip(named, place, strict=True))
            again += await self.whole(source, {**scope, **inside, "since": ""})
        return [each for each in gathered(again, source) if key_of(each.head, source.key) in touched]

    def changed(self, row: Row, source: Source) -> datetime | None:
        return quiet(lambda value: values.instant(value, self.settings.zone), row.get(source.changed))

    def last_change(self, rows: Sequence[Row], source: Source) -> datetime | None:
        return max((at for row in rows if (at := self.changed(row, source))), default=None)


def of_job(rows: Sequence[Row], scope: Scope) -> list[Row]:
    """Rows of the scope's job: a site may ignore the parameter."""
    job = scope.get("project")
    return [row for row in rows if not job or str(row.get("JobCode", job)) == job]


def with_more(found: Incoming, more: Mapping[str, object], problems: Sequence[Problem] = ()) -> Incoming:
    return replace(found, values={**found.values, **more}, problems=(*found.problems, *problems))
