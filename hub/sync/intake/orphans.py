"""What a complete list of an ERP no longer holds: its record is gone from the register, and the item that stood for it
is orphaned; both come back when the list holds it again.

The list is believed unless too large a share of what is known of it were gone at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from db.session import Connection
from hub.core.link import Event, LinkState, move
from hub.core.spec import ErpObject
from hub.sync.images import image
from hub.sync.intake import issues
from hub.sync.intake.missing import NO_LONGER_LISTED, told, too_many
from hub.sync.intake.named import execute, fetch, keep
from hub.sync.intake.newids import seed
from hub.sync.intake.resources import Resource
from hub.sync.intake.site import Site

_STATE: Mapping[Event, tuple[LinkState, str]] = {
    Event.VANISH: (LinkState.SYNCED, "The ERP no longer lists its document."),
    Event.REAPPEAR: (LinkState.ORPHANED, "The ERP lists its document again."),
}


async def mark_gone(
    connection: Connection, site: Site, resource: Resource, projects: Sequence[tuple[UUID, str]] | None
) -> int:
    """Marks what was not met, of these projects alone where they are named. Returns how many issues that made."""
    values = _values(site, resource, projects)
    await keep(connection, "missing", _missing(projects is not None), values)
    await keep(connection, "lost", _lost(resource.documents, projects is not None, resource.key), values)
    [row] = await fetch(connection, _SHARE, values)
    refused = bool(row["gone"] > site.missing_share_cap * row["all"])
    if refused:
        issue = too_many(resource.key, row["gone"], row["all"])
        await issues.keep(connection, site, resource.type_name, [issue])
    elif row["gone"] or row["lost"]:
        await execute(connection, _GONE, values)
        if resource.documents is not None and row["lost"]:
            await _moved(connection, resource.documents, Event.VANISH, "select x.id from lost x", values)
    await execute(connection, "drop table missing, lost", values)
    return int(refused)


async def bring_back(connection: Connection, site: Site, resource: Resource) -> None:
    """Orphaned items whose document is listed are synced again."""
    spec = resource.documents
    if spec is None:
        return
    values = _values(site, resource, None)
    await keep(connection, "found", _FOUND.format(document=_document(spec, resource.key)), values)
    if (await fetch(connection, "select exists (select from found) as any", {}))[0]["any"]:
        await _moved(connection, spec, Event.REAPPEAR, "select x.id from found x", values)
    await execute(connection, "drop table found", values)


def _values(site: Site, resource: Resource, projects: Sequence[tuple[UUID, str]] | None) -> dict[str, Any]:
    return {
        "account": site.account,
        "connection": site.connection,
        "run": site.run,
        "key": resource.key,
        "type": resource.documents.name if resource.documents else None,
        "projects": [project for project, _ in projects or ()],
        "scopes": [scope for _, scope in projects or ()],
        "cause": NO_LONGER_LISTED,
        **seed(),
    }


def _document(spec: ErpObject, key: str) -> str:
    """Which document of ours a record `r` of the register belongs to: a list of lines names its job alone."""
    return "r.external_id" if key == spec.key else "r.project_code"


def _missing(by_project: bool) -> str:
    """All that the register holds of the list, and whether it was met."""
    scoped = "and r.project_code = any($scopes::text[])" if by_project else ""
    return f"""
select r.external_id, r.project_code, r.seen_at >= {_STARTED} or exists (
        select from crawl_key x where x.account_id = $account and x.run_id = $run and x.resource = $key
            and x.object_id = md5(r.external_id)::uuid) as met
from erp_record r
where r.account_id = $account and r.connection_id = $connection and r.object_key = $key and r.gone_at is null {scoped}"""


def _lost(spec: ErpObject | None, by_project: bool, key: str) -> str:
    """Items that are in the ERP and whose document was not met. What was written, or is under way, since the run
    began is younger than the list."""
    if spec is None:
        return "select null::uuid as id, false as listed where false"
    document = _document(spec, key).replace("r.", "m.")
    scoped = f"and t.{spec.project_column} = any($projects::uuid[])" if by_project else ""
    return f"""
select t.id, exists (select from missing m where {document} = k.external_id) as listed
from link k join {spec.table.name} t on t.account_id = $account and t.id = k.object_id
where k.account_id = $account and k.connection_id = $connection and k.object_type = $type
    and k.state = '{LinkState.SYNCED}' and k.external_id is not null and k.synced_at < {_STARTED} {scoped}
    and not exists (select from missing m where m.met and {document} = k.external_id)
    and not exists (select from job j where j.account_id = $account and j.object_id = t.id
        and j.kind in ('export', 'unlink') and j.state in ('QUEUED', 'RUNNING'))"""


_STARTED = "(select u.started_at from sync_run u where u.account_id = $account and u.id = $run)"
_SHARE = """
with counted as (select count(*) as all, count(*) filter (where not met) as gone from missing),
    alone as (select count(*) as lost, count(*) filter (where not listed) as unlisted from lost)
select c.all + a.unlisted as all, c.gone + a.unlisted as gone, a.lost from counted c, alone a"""
_GONE = """
update erp_record r set gone_at = hub_now(), run_id = $run from missing m
where r.account_id = $account and r.connection_id = $connection and r.object_key = $key
    and r.external_id = m.external_id and not m.met and r.gone_at is null"""
_FOUND = f"""
select k.object_id as id from link k
where k.account_id = $account and k.connection_id = $connection and k.object_type = $type
    and k.state = '{LinkState.ORPHANED}' and exists (
        select from erp_record r where r.account_id = $account and r.connection_id = $connection and r.object_key = $key
            and r.gone_at is null and {{document}} = k.external_id)"""


async def _moved(
    connection: Connection, spec: ErpObject, event: Event, which: str, values: Mapping[str, Any]
) -> None:
    """The links of these items, with history. One that moved meanwhile stays where it is."""
    before, cause = _STATE[event]
    mine = f"""t.account_id = $account and t.id in ({which}) and exists (
        select from link k where k.account_id = $account and k.connection_id = $connection and k.object_id = t.id
            and k.state = '{before}')"""
    moved = "(select b.id from before b)"
    change = f"""update link k set state = '{move(before, event)}', updated_at = hub_now()
        where k.account_id = $account and k.connection_id = $connection and k.object_id in {moved}"""
    raised = f"""update {spec.table.name} t set version = t.version + 1, updated_at = hub_now()
        where t.account_id = $account and t.id in {moved}"""
    named = {**values, "action": event.value, "cause": cause}
    for statement in told(spec.name, spec.table.name, image(spec), mine, change, raised):
        await execute(connection, statement, named)
