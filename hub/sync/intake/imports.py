"""The import job: reads the lists of one connection, page by page, and says how sure it is to have them all.

No transaction is open while the other side answers. A page, its cursor and the run's counters commit together,
so a run that dies goes on at the page after the last one that counted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from db.runs import Proof
from db.session import Connection
from hub.codes import ErrorCode
from hub.core.crash import CRASH, CrashPoint
from hub.erp.connector import Connector, Incoming, Page
from hub.erp.paging import Trail
from hub.errors import ErpForbidden, HubError, Refused
from hub.sync.carrying.carry import begin
from hub.sync.intake import cursors, issues, waiting
from hub.sync.intake.cursors import Place
from hub.sync.intake.issues import Issue
from hub.sync.intake.merge import merge_page
from hub.sync.intake.merged import Merged
from hub.sync.intake.missing import mark_missing
from hub.sync.intake.people import merge_members, merge_project_members
from hub.sync.intake.project_codes import merge_codes
from hub.sync.intake.resources import KEYS, Resource, chosen
from hub.sync.intake.scopes import Scope, scopes
from hub.sync.intake.site import Site, read_site
from hub.sync.intake.tally import Tally
from hub.sync.intake.withdrawing import withdraw
from hub.sync.work import JobRow, Work

_START = """
    update sync_run set state = 'RUNNING', started_at = coalesce(started_at, hub_now()) where account_id = $1 and id = $2"""
_STEP = "update sync_run set step = $3 where account_id = $1 and id = $2"
_COUNT = """
    update sync_run set step = $3, records_read = records_read + $4, records_created = records_created + $5,
        records_updated = records_updated + $6, records_unchanged = records_unchanged + $7, issues_count = issues_count + $8
    where account_id = $1 and id = $2"""
_END = """
    update sync_run set proof = $3, finished_at = hub_now(), step = null,
        state = case when issues_count > 0 or $3 = 'INCOMPLETE' then 'PARTLY' else 'SUCCEEDED' end
    where account_id = $1 and id = $2"""
_FAIL = """
    update sync_run set state = 'FAILED', proof = 'INCOMPLETE', finished_at = hub_now(), error_code = $3, error_message = $4
    where account_id = $1 and id = $2"""
_PROJECT = "project_id"


async def run_import(work: Work) -> None:
    """Handler of the job kind `import`."""
    await Import(work).run()


async def import_failed(
    connection: Connection, job: JobRow, code: str, message: str, erp_message: str | None
) -> None:
    """The run of an import job that ended FAILED or PARKED."""
    said = f"{message} {erp_message}" if erp_message and erp_message != message else message
    await connection.execute(_FAIL, job.account_id, job.run_id, code[:60], said)
    await connection.execute(
        "delete from crawl_key where account_id = $1 and run_id = $2", job.account_id, job.run_id
    )


class Import:
    """One import run, from where it stands to its end."""

    _site: Site
    _connector: Connector

    def __init__(self, work: Work) -> None:
        if work.job.run_id is None:
            raise HubError("An import needs a run.")
        self._work, self._run_id, args = work, work.job.run_id, work.job.args
        self._connection_id = UUID(str(args["connection_id"]))
        project = (args.get("scope") or {}).get(_PROJECT)
        self._only = UUID(str(project)) if project else None
        self._agreements: list[bool | None] = []

    async def run(self) -> None:
        await self.read()
        async with self._work.final() as connection:
            await connection.execute(_END, self._site.account, self._run_id, _proof(self._agreements).value)
            if self._site.from_erp:
                keys = [resource.key for resource in _resources(self._work.job.args, self._site)]
                await begin(connection, self._site.account, self._connection_id, keys)

    async def read(self) -> None:
        """Everything but the end, for a job that has more to do with what was read."""
        async with self._work.transaction() as connection:
            self._site = await read_site(
                connection, self._work.job.account_id, self._connection_id, self._run_id
            )
            await connection.execute(_START, self._site.account, self._run_id)
        resources = _resources(self._work.job.args, self._site)
        self._connector = await self._work.connector(self._connection_id)
        for resource in resources:
            await self._read(resource)

    async def _read(self, resource: Resource) -> None:
        async with self._work.transaction() as connection:
            found = await scopes(connection, self._site, resource, self._only)
        before = len(self._agreements)
        for scope in found:
            try:
                await self._crawl(resource, scope)
            except ErpForbidden as error:
                await self._closed(resource, scope, error)
        await self._try_again(resource)
        await self._finish(resource, found, complete=all(self._agreements[before:]))

    async def _try_again(self, resource: Resource) -> None:
        """What earlier runs kept out may enter now, although the other side did not change it."""
        spec = resource.spec
        if spec is None or spec.admission is None or not self._site.from_erp:
            return
        while True:
            async with self._work.transaction() as connection:
                records = await waiting.remembered(connection, self._site, spec)
                if not records:
                    await withdraw(connection, self._site, spec)
                    return
                merged = await merge_page(connection, self._site, spec, records, erp_read=True)
                await waiting.tried(connection, self._site, spec, records)
                await self._count(connection, f"{resource.words}: once more", replace(merged, read=0))

    async def _closed(self, resource: Resource, scope: Scope, error: ErpForbidden) -> None:
        """A list that the other side keeps from us, as where a project has a tool switched off: people are told, the rest goes on."""
        self._agreements.append(False)
        kind = resource.spec.name if resource.spec is not None else resource.key
        told = Issue(
            scope.key or resource.key,
            ErrorCode.ERP_FORBIDDEN,
            f"{_list_of(resource, scope)}: {error.message}",
        )
        async with self._work.transaction() as connection:
            await issues.keep(connection, self._site, kind, [told])
            await self._count(connection, _list_of(resource, scope)[:100], Merged(issues=1))

    async def _crawl(self, resource: Resource, scope: Scope) -> None:
        """All pages of one list from where the run stands, then its second read."""
        async with self._work.transaction() as connection:
            place = await cursors.place(connection, self._site, resource.key, scope.key)
        trail = Trail()
        while not place.done:
            page = await self._fetch(resource, scope, place.page, trail)
            CRASH.reached(CrashPoint.IMPORT_AFTER_PAGE)
            place = await self._take(resource, scope, place, page)
        if resource.spec is not None:
            await self._prove(resource, scope, place)

    async def _fetch(self, resource: Resource, scope: Scope, cursor: str | None, trail: Trail) -> Page:
        asked = None if cursor is None else trail.on(cursor)
        return await self._connector.fetch(resource.key, scope.query, asked)

    async def _take(self, resource: Resource, scope: Scope, place: Place, page: Page) -> Place:
        """One page: records, cursor and counters in one transaction."""
        amount = resource.spec.amount if resource.spec else None
        reached = Place(
            page=page.cursor,
            pages=place.pages + 1,
            done=page.cursor is None,
            tally=place.tally.with_page(page.records, amount),
        )
        async with self._work.transaction() as connection:
            merged = await self._merge(connection, resource, scope, page.records)
            if _remembers(resource, self._site):
                await cursors.meet(connection, self._site, resource.key, scope.key, merged.items)
            await cursors.reach(
                connection, self._site, resource.key, scope.key, reached, _latest(page.records)
            )
            await self._count(connection, _step(resource, scope, reached.pages), merged)
            await self._work.progressed(connection)
            CRASH.reached(CrashPoint.IMPORT_BEFORE_COMMIT)
        return reached

    async def _merge(
        self, connection: Connection, resource: Resource, scope: Scope, records: Sequence[Incoming]
    ) -> Merged:
        site = self._site
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

    async def _count(self, connection: Connection, step: str, merged: Merged) -> None:
        counts = (merged.read, merged.created, merged.updated, merged.unchanged, merged.issues)
        await connection.execute(_COUNT, self._site.account, self._run_id, step, *counts)

    async def _prove(self, resource: Resource, scope: Scope, place: Place) -> None:
        """Reads keys and amounts a second time and compares them with the first."""
        agrees = place.agrees
        if agrees is None:
            again = await self._second_read(resource, scope)
            agrees = again == place.tally
            async with self._work.transaction() as connection:
                await cursors.conclude(connection, self._site, resource.key, scope.key, agrees=agrees)
        self._agreements.append(agrees)

    async def _second_read(self, resource: Resource, scope: Scope) -> Tally:
        async with self._work.transaction() as connection:
            step = f"{_list_of(resource, scope)}: reading again"
            await connection.execute(_STEP, self._site.account, self._run_id, step[:100])
        tally, cursor, trail = Tally(), None, Trail()
        while True:
            page = await self._fetch(resource, scope, cursor, trail)
            tally = tally.with_page(page.records, resource.spec.amount if resource.spec else None)
            cursor = page.cursor
            if cursor is None:
                return tally

    async def _finish(self, resource: Resource, read: Sequence[Scope], *, complete: bool) -> None:
        """What the complete list did not hold is marked; what was remembered for that is forgotten.

        A list whose second read differs may have moved under the first, which then skipped what is still there."""
        if not _remembers(resource, self._site):
            return
        projects = [(scope.project, scope.key) for scope in read if scope.project is not None]
        async with self._work.transaction() as connection:
            if (await cursors.place(connection, self._site, resource.key, cursors.MISSING)).done:
                return
            count = await mark_missing(connection, self._site, resource.key, projects) if complete else 0
            await self._count(connection, f"{resource.words}: what is missing", Merged(issues=count))
            await cursors.forget_met(connection, self._site, resource.key)
            await cursors.reach(connection, self._site, resource.key, cursors.MISSING, Place(done=True), None)


def _resources(args: Mapping[str, Any], site: Site) -> list[Resource]:
    """What is to be read; everything the connection can give where nothing is named."""
    keys = list(args.get("objects") or (site.imports or KEYS))
    unknown = [key for key in keys if key not in KEYS or (site.imports and key not in site.imports)]
    if unknown and args.get("objects"):
        raise Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, f"{unknown[0]} is not read from this system.")
    return chosen(keys)


def _remembers(resource: Resource, site: Site) -> bool:
    """Whether what is not met is marked: all that the project tool lists, and the codes of the ERP's jobs."""
    return not site.from_erp or resource.key == "project_cost_code"


def _proof(agreements: Sequence[bool | None]) -> Proof:
    if not agreements:
        return Proof.UNPROVEN
    return Proof.PROVEN if all(agreements) else Proof.INCOMPLETE


def _list_of(resource: Resource, scope: Scope) -> str:
    return f"{resource.words} of {scope.label}" if scope.project is not None else resource.words


def _step(resource: Resource, scope: Scope, page: int) -> str:
    tail = f": page {page}"
    return _list_of(resource, scope)[: 100 - len(tail)] + tail


def _latest(records: Sequence[Incoming]) -> datetime | None:
    return max((record.updated_at for record in records if record.updated_at is not None), default=None)
