"""Items that came from an ERP and that a complete list of it holds no more: their link says since when, until they are listed again.

Nothing is deleted, here or in the project tool. What has a way to count for nothing is treated as if the ERP had voided it.
What was kept out and is not listed any more is forgotten, so that it cannot enter later."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from db.lease import OPEN
from db.session import Connection
from hub.core.link import Event
from hub.core.link import LinkState as S
from hub.core.spec import ErpObject, Void
from hub.erp.connector import Incoming
from hub.sync.images import image
from hub.sync.intake import issues
from hub.sync.intake.admission import words
from hub.sync.intake.missing import told, too_many
from hub.sync.intake.named import execute, fetch, keep
from hub.sync.intake.newids import seed
from hub.sync.intake.site import Site

_CAUSES: Mapping[Event, str] = {
    Event.VANISH: "The ERP no longer lists it.",
    Event.REAPPEAR: "The ERP lists it again.",
}


async def listed(
    connection: Connection, site: Site, spec: ErpObject, records: Sequence[Incoming]
) -> list[UUID]:
    """The items that stand for these records, taken in or not. Those that had been gone are back."""
    values = {**_values(site, spec), "listed": [record.external_id for record in records]}
    rows = await fetch(connection, _LISTED, values)
    back = [row["id"] for row in rows if row["gone"]]
    if back:
        await _moved(
            connection, spec, Event.REAPPEAR, "gone_at = null", "", {**values, "back": back}, "$back::uuid[]"
        )
    return [row["id"] for row in rows]


async def mark_vanished(
    connection: Connection, site: Site, spec: ErpObject, projects: Sequence[tuple[UUID, str]] | None
) -> int:
    """Marks what was not met, of these projects alone where they are named. Returns how many issues that made."""
    values = {
        **_values(site, spec),
        "projects": [project for project, _ in projects or ()],
        "scopes": [scope for _, scope in projects or ()],
    }
    await keep(connection, "missing", _missing(spec, projects is not None), values)
    [row] = await fetch(connection, _SHARE, values)
    refused = bool(row["gone"] > site.missing_share_cap * row["all"])
    if refused:
        await issues.keep(connection, site, spec.name, [too_many(spec.key, row["gone"], row["all"])])
    elif row["gone"]:
        void = _void(site, spec)
        of_link = f"gone_at = hub_now(){_in_snapshot(void)}"
        of_item = f", {void.column} = {void.value}" if void else ""
        which = "array(select m.id from missing m where not m.met and m.id is not null)"
        await _moved(connection, spec, Event.VANISH, of_link, of_item, values, which)
        await execute(connection, _FORGET, values)
    await execute(connection, "drop table missing", values)
    return int(refused)


def _values(site: Site, spec: ErpObject) -> dict[str, Any]:
    return {
        "account": site.account,
        "connection": site.connection,
        "run": site.run,
        "key": spec.key,
        "type": spec.name,
        **seed(),
    }


def _void(site: Site, spec: ErpObject) -> Void | None:
    """How it comes to count for nothing, where the connection follows the ERP in that."""
    void = spec.void
    follows = void is not None and (void.follows is None or bool(site.erp_behaviour.get(void.follows)))
    return void if follows else None


def _in_snapshot(void: Void | None) -> str:
    if void is None:
        return ""
    return f", snapshot = jsonb_set(k.snapshot, '{{{void.column}}}', to_jsonb({void.value})), snapshot_at = hub_now()"


_STARTED = "(select u.started_at from sync_run u where u.account_id = $account and u.id = $run)"
_STATES = words((S.READY_TO_IMPORT, S.ARCHIVED, S.LINKED))
_BUSY = ", ".join(f"'{state}'" for state in OPEN)
_LISTED = """
select k.object_id as id, k.gone_at is not null as gone from link k
where k.account_id = $account and k.connection_id = $connection and k.object_type = $type
    and k.external_id = any($listed::text[])"""


def _missing(spec: ErpObject, by_project: bool) -> str:
    """All that is known of the list, and whether it was met: items, and records without one that were kept out.

    What was linked or written since the run began is younger than the list; what a job is busy with is left to the next run."""
    items = f"and t.{spec.project_column} = any($projects::uuid[])" if by_project else ""
    records = "and r.record -> 'refs' ->> 'project' = any($scopes::text[])" if by_project else ""
    return f"""
select t.id, k.external_id, k.updated_at >= {_STARTED} or exists (
        select from crawl_key x where x.account_id = $account and x.run_id = $run and x.resource = $key and x.object_id = t.id)
    or exists (select from job j where j.account_id = $account and j.object_id = t.id and j.state in ({_BUSY})) as met
from link k join {spec.table.name} t on t.account_id = $account and t.id = k.object_id
where k.account_id = $account and k.connection_id = $connection and k.object_type = $type and k.state in {_STATES}
    and k.external_id is not null and k.snapshot is not null and k.gone_at is null {items}
union all
select null, r.external_id, r.seen_at >= {_STARTED} from kept_out r
where r.account_id = $account and r.connection_id = $connection and r.object_key = $key {records}
    and not exists (
        select from link k where k.account_id = $account and k.connection_id = $connection and k.object_type = $type
            and k.external_id = r.external_id and k.gone_at is null)"""


_SHARE = "select count(*) as all, count(*) filter (where not met) as gone from missing"
_FORGET = """
delete from kept_out r using missing m
where not m.met and r.account_id = $account and r.connection_id = $connection and r.object_key = $key
    and r.external_id = m.external_id"""


async def _moved(
    connection: Connection,
    spec: ErpObject,
    event: Event,
    of_link: str,
    of_item: str,
    values: Mapping[str, Any],
    which: str,
) -> None:
    """The links of these items and the items themselves, with history."""
    these = "(select b.id from before b)"
    changes = (
        f"""update link k set {of_link}, updated_at = hub_now()
        where k.account_id = $account and k.connection_id = $connection and k.object_id in {these}""",
        f"""update {spec.table.name} t set version = t.version + 1, updated_at = hub_now(){of_item}
        where t.account_id = $account and t.id in {these}""",
    )
    named = {**values, "action": event.value, "cause": _CAUSES[event]}
    mine = f"t.account_id = $account and t.id = any({which})"
    for statement in told(spec.name, spec.table.name, image(spec), mine, *changes):
        await execute(connection, statement, named)
