"""The import job: reads the lists of one connection, and says how sure it is to have them all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from db.runs import Proof
from db.session import Connection
from hub.codes import ErrorCode
from hub.erp.connector import Connector
from hub.errors import ErpForbidden, HubError, Refused
from hub.sync.carrying.carry import begin
from hub.sync.intake import cursors, issues, telling, tools, waiting
from hub.sync.intake.crawling import Crawl
from hub.sync.intake.cursors import Place
from hub.sync.intake.issues import Issue
from hub.sync.intake.merge import merge_page
from hub.sync.intake.merged import Merged
from hub.sync.intake.missing import mark_missing
from hub.sync.intake.orphans import bring_back, mark_gone
from hub.sync.intake.resources import Resource, chosen, given
from hub.sync.intake.scopes import Scope, scopes
from hub.sync.intake.site import Site, read_site
from hub.sync.intake.vanishing import mark_vanished
from hub.sync.intake.withdrawing import withdraw
from hub.sync.work import JobRow, Work

_START = """
    update sync_run set state = 'RUNNING', started_at = coalesce(started_at, hub_now()) where account_id = $1 and id = $2"""
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
        self._full = bool(args.get("full"))
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
        read: list[tuple[Scope, Place]] = []
        for scope in found:
            crawl = Crawl(self._work, self._site, self._connector, resource, scope)
            try:
                read.append((scope, await crawl.run(full=self._full)))
            except ErpForbidden as error:
                await self._closed(resource, scope, error)
        agreements = [place.agrees for _, place in read]
        self._agreements += agreements if resource.is_proven else []
        complete = len(read) == len(found) and False not in agreements
        await self._finish(resource, [scope for scope, place in read if place.is_full], complete=complete)
        await self._try_again(resource)  # what is not listed any more is forgotten by now

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
                step = f"{resource.words}: once more"
                await telling.count(connection, self._site, step, replace(merged, read=0))

    async def _closed(self, resource: Resource, scope: Scope, error: ErpForbidden) -> None:
        """A list that the other side keeps from us, as where a project has a tool switched off: people are told, the rest goes on."""
        self._agreements.append(False)
        name = telling.list_of(resource, scope)
        told = Issue(scope.key or resource.key, ErrorCode.ERP_FORBIDDEN, f"{name}: {error.message}")
        async with self._work.transaction() as connection:
            await issues.keep(connection, self._site, resource.type_name, [told])
            await tools.met(connection, self._site, resource.key, scope.project, is_open=False)
            await telling.keep_closed(connection, self._site, resource, scope)
            await telling.count(connection, self._site, name[:100], Merged(issues=1))

    async def _finish(self, resource: Resource, whole: Sequence[Scope], *, complete: bool) -> None:
        """What lists that were read in full did not hold is marked; what was remembered for that is forgotten.

        A list whose second read differs may have moved under the first, which then skipped what is still there."""
        site = self._site
        async with self._work.transaction() as connection:
            place = await cursors.place(connection, site, resource.key, cursors.MISSING)
            if place is not None and place.done:
                return
            if complete and whole:
                count = await self._mark(connection, resource, whole)
                step = f"{resource.words}: what is missing"
                await telling.count(connection, site, step, Merged(issues=count))
            if resource.register:
                await bring_back(connection, site, resource)
            await cursors.forget_met(connection, site, resource.key)
            await cursors.reach(connection, site, resource.key, cursors.MISSING, Place(done=True))

    async def _mark(self, connection: Connection, resource: Resource, whole: Sequence[Scope]) -> int:
        projects = [(scope.project, scope.key) for scope in whole if scope.project is not None]
        if resource.register:
            return await mark_gone(connection, self._site, resource, projects or None)
        if self._site.from_erp and resource.spec is not None:
            return await mark_vanished(connection, self._site, resource.spec, projects or None)
        return await mark_missing(connection, self._site, resource.key, projects)


def _resources(args: Mapping[str, Any], site: Site) -> list[Resource]:
    """What is to be read; everything the connection gives where nothing is named."""
    known = given(site.capabilities, from_erp=site.from_erp)
    keys = list(args.get("objects") or [resource.key for resource in known])
    unknown = set(keys) - {resource.key for resource in known}
    if unknown:
        raise Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, f"{min(unknown)} is not read from this system.")
    return chosen(known, keys)


def _proof(agreements: Sequence[bool | None]) -> Proof:
    """Of a whole run: as sure as the least sure of its lists."""
    if False in agreements:
        return Proof.INCOMPLETE
    return Proof.PROVEN if agreements and all(agreements) else Proof.UNPROVEN
