"""One list of one run: all its pages from where the run stands, then a second read of keys and amounts.

No transaction is open while the other side answers. A page, its cursor and the run's counters commit together,
so a run that dies goes on at the page after the last one that counted. The second read covers what the first did:
the whole list, or its changes since the same moment."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from db.session import Connection
from hub.core.crash import CRASH, CrashPoint
from hub.erp.connector import Connector, Incoming, Page
from hub.erp.paging import Trail
from hub.sync.intake import cursors, issues, telling, tools, vanishing
from hub.sync.intake.cursors import Again, Place
from hub.sync.intake.merge import merge_page
from hub.sync.intake.merged import Merged
from hub.sync.intake.people import merge_members, merge_project_members
from hub.sync.intake.project_codes import merge_codes
from hub.sync.intake.registering import register_page
from hub.sync.intake.resources import Resource
from hub.sync.intake.scopes import Scope
from hub.sync.intake.site import Site
from hub.sync.intake.tally import Tally
from hub.sync.work import Work


class Crawl:
    """One list on its way in."""

    def __init__(
        self,
        work: Work,
        site: Site,
        connector: Connector,
        resource: Resource,
        scope: Scope,
    ) -> None:
        self._work, self._site, self._connector = work, site, connector
        self._resource, self._scope = resource, scope

    async def run(self, *, full: bool) -> Place:
        """Where the run stands in the list in the end: read, and judged where it is one that is proven."""
        key, scope = self._resource.key, self._scope.key
        async with self._work.transaction() as connection:
            place = await cursors.place(connection, self._site, key, scope)
            if place is None:
                place = await cursors.start(connection, self._site, self._resource, self._scope, full=full)
        trail = Trail()
        while not place.done:
            page = await self._fetch(place, place.page, trail)
            CRASH.reached(CrashPoint.IMPORT_AFTER_PAGE)
            place = await self._take(place, page)
        if not self._resource.is_proven or place.judged:
            return place
        return await self._prove(place)

    async def _fetch(self, place: Place, cursor: str | None, trail: Trail) -> Page:
        asked = None if cursor is None else trail.on(cursor)
        return await self._connector.fetch(self._resource.key, self._scope.query(place.since), asked)

    async def _take(self, place: Place, page: Page) -> Place:
        """One page: records, cursor and counters in one transaction."""
        key, scope = self._resource.key, self._scope.key
        async with self._work.transaction() as connection:
            await tools.met(connection, self._site, key, self._scope.project, is_open=True)
            merged = await self._merge(connection, page.records, place.begun)
            met = await self._met(connection, page.records, merged)
            if place.is_full:  # what a whole list does not hold is missing
                await cursors.meet(connection, self._site, key, scope, met)
            reached = await self._reached(connection, place, page, merged)
            await cursors.reach(connection, self._site, key, scope, reached)
            step = telling.step(self._resource, self._scope, f"page {reached.pages}")
            await telling.count(connection, self._site, step, merged)
            await self._work.progressed(connection)
            CRASH.reached(CrashPoint.IMPORT_BEFORE_COMMIT)
        return reached

    async def _reached(self, connection: Connection, place: Place, page: Page, merged: Merged) -> Place:
        times = {record.external_id: record.updated_at for record in page.records}
        waits = await issues.passing(connection, self._site, times) if merged.issues else set[str]()
        held = [at for id_, at in times.items() if id_ in waits]
        return replace(
            place,
            page=page.cursor,
            pages=place.pages + 1,
            done=page.cursor is None,
            tally=place.tally.with_page(page.records, self._resource.amounts),
            latest=_bound(max, place.latest, times.values()),
            held=_bound(min, place.held, held),
            stuck=place.stuck or None in held,
        )

    async def _merge(
        self, connection: Connection, records: Sequence[Incoming], begun: datetime | None
    ) -> Merged:
        site, resource, scope = self._site, self._resource, self._scope
        if resource.register:
            return await register_page(connection, site, resource, records, begun)
        if resource.spec is not None:
            erp_read = not site.from_erp and await cursors.was_read(
                connection, site.account, site.erp, resource.key
            )
            return await merge_page(connection, site, resource.spec, records, erp_read=erp_read)
        if resource.key == "member":
            return await merge_members(connection, site, records)
        if resource.key == "project_member":
            return await merge_project_members(connection, site, records, scope.key)
        assert scope.project is not None
        return await merge_codes(connection, site, records, scope.project)

    async def _met(
        self, connection: Connection, records: Sequence[Incoming], merged: Merged
    ) -> Sequence[UUID]:
        """Which of our rows the page shows: of an ERP's record also one that the page did not change for want of something."""
        spec = self._resource.spec
        if spec is None or self._resource.register or not self._site.from_erp:
            return merged.items
        return await vanishing.listed(connection, self._site, spec, records)

    async def _prove(self, place: Place) -> Place:
        """Reads keys and amounts a second time and compares them with the first, unless the connection says no."""
        if self._site.reads_twice:
            place = await self._second_read(place)
        again = place.again.tally if place.again is not None else None
        judged = replace(place, judged=True, agrees=None if again is None else again == place.tally)
        async with self._work.transaction() as connection:
            await cursors.conclude(connection, self._site, self._resource.key, self._scope.key, judged)
            await telling.keep_list(connection, self._site, self._resource, self._scope, judged, again)
        return judged

    async def _second_read(self, place: Place) -> Place:
        """Remembers its place like the first, so that it need not begin anew either."""
        key, scope, trail = self._resource.key, self._scope.key, Trail()
        async with self._work.transaction() as connection:
            step = telling.step(self._resource, self._scope, "reading again")
            await telling.count(connection, self._site, step, Merged())
        while place.again is None or place.again.page is not None:
            known = place.again or Again(None, Tally())
            page = await self._fetch(place, known.page, trail)
            tally = known.tally.with_page(page.records, self._resource.amounts)
            place = replace(place, again=Again(page.cursor, tally))
            async with self._work.transaction() as connection:
                await cursors.reach(connection, self._site, key, scope, place)
                await self._work.progressed(connection)
        return place


def _bound(
    pick: Callable[[Iterable[datetime]], datetime], known: datetime | None, times: Iterable[datetime | None]
) -> datetime | None:
    found = [at for at in (known, *times) if at is not None]
    return pick(found) if found else None
