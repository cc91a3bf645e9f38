"""One page of what an ERP lists and the hub keeps no item of: as it stands there, set-based, only what changed is written.

Records that are documents of ours tell how these stand now: the link's snapshot, and the status in the ERP's words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from db.session import Connection
from hub.codes import ErrorCode
from hub.core.link import LinkState as S
from hub.core.spec import ErpObject
from hub.erp.connector import Incoming
from hub.keepable import keepable, keepable_document
from hub.sync.images import image
from hub.sync.intake import issues
from hub.sync.intake.fitting import issues_of
from hub.sync.intake.issues import Issue
from hub.sync.intake.merged import ACTION, Merged
from hub.sync.intake.missing import told
from hub.sync.intake.named import execute, fetch, keep, plan_for_any
from hub.sync.intake.newids import seed
from hub.sync.intake.resources import Resource
from hub.sync.intake.site import Site
from hub.sync.intake.staging import Row, stage

_STAGE = (
    ("n", "integer"),
    ("ext", "text"),
    ("code", "text"),
    ("project", "text"),
    ("amount", "numeric"),
    ("fields", "text"),
    ("shot", "text"),
    ("status", "text"),
)
_LONGEST, _LONGEST_PROJECT, _MOST = 200, 100, Decimal(10) ** 16
_CAUSE = "As the ERP shows it now"


async def register_page(
    connection: Connection,
    site: Site,
    resource: Resource,
    records: Sequence[Incoming],
    begun: datetime | None,
) -> Merged:
    """Take in one page. `begun`: when its crawl did; what was written to the ERP later than that is newer than the page."""
    latest = {record.external_id: record for record in records}.values()
    bad = [issue for record in latest for issue in _misfits(resource, record)]
    kept = [record for record in latest if _is_kept(record)]
    await issues.keep(connection, site, resource.type_name, bad)
    await plan_for_any(connection)
    values = _values(site, resource, begun)
    await fetch(connection, _ONE_AT_A_TIME, values)
    await stage(connection, "stage", _STAGE, [_row(resource, n, record) for n, record in enumerate(kept)])
    await keep(connection, "fate", _FATE, values)
    await execute(connection, _WRITE, values)
    if resource.documents is not None:
        await _show(connection, resource.documents, values)
    [row] = await fetch(connection, _COUNTS, values)
    await execute(connection, "drop table stage, fate", values)
    return Merged(
        len(records), row["created"], row["updated"], row["unchanged"], len(bad), row["items"] or []
    )


def _values(site: Site, resource: Resource, begun: datetime | None) -> dict[str, Any]:
    about = resource.documents
    return {
        "account": site.account,
        "connection": site.connection,
        "run": site.run,
        "key": resource.key,
        "type": about.name if about else None,
        "begun": begun,
        "action": ACTION,
        "cause": _CAUSE,
        **seed(),
    }


def _misfits(resource: Resource, record: Incoming) -> list[Issue]:
    """A record stands in the ERP whatever of it does not fit: only one without an id that can be kept stays out."""
    found = list(issues_of(record.problems, record.external_id))
    for line in record.lines:
        found += issues_of(line.problems, record.external_id, "lines.")
    amount = _amount(resource, record)
    if amount is not None and abs(amount) >= _MOST:
        found.append(
            Issue(record.external_id, ErrorCode.VALUE_DOES_NOT_FIT, "It is too large.", "amount", str(amount))
        )
    if not _is_kept(record):
        text = f"Its id has more than {_LONGEST} characters."
        found.append(Issue(record.external_id, ErrorCode.VALUE_DOES_NOT_FIT, text, "external_id"))
    return found


def _is_kept(record: Incoming) -> bool:
    return len(record.external_id) <= _LONGEST


def _amount(resource: Resource, record: Incoming) -> Decimal | None:
    found = (record.values.get(name) for name in resource.amounts)
    return next((value for value in found if isinstance(value, Decimal)), None)


def _row(resource: Resource, n: int, record: Incoming) -> Row:
    amount = _amount(resource, record)
    code, project, status = (
        record.external_code,
        record.refs.get("project"),
        record.values.get("erp_status"),
    )
    return (
        n,
        keepable(record.external_id),
        _cut(code, _LONGEST),
        _cut(project, _LONGEST_PROJECT),
        amount if amount is not None and abs(amount) < _MOST else None,
        _document({**_fields(record), "lines": [_fields(line) for line in record.lines]}),
        None if record.snapshot is None else _document(record.snapshot),
        _cut(status, 60),
    )


def _fields(record: Incoming) -> dict[str, Any]:
    """Values and what they name. Names go first: a field of our own is never hidden by one."""
    return {**{name: value for name, value in record.refs.items() if value}, **record.values}


def _cut(value: Any, longest: int) -> str | None:
    return None if value is None else keepable(str(value))[:longest]


def _document(value: Mapping[str, Any]) -> str:
    return orjson.dumps(keepable_document(value), default=str, option=orjson.OPT_NON_STR_KEYS).decode()


_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended('register' || $connection::uuid || $key, 0))"
_FATE = """
select s.*, r.external_id is null as is_new, r.external_id is not null and (r.gone_at is not null
    or (r.external_code, r.project_code, r.amount, r.fields) is distinct from (s.code, s.project, s.amount, s.fields::jsonb)
    ) as changed
from stage s
left join erp_record r on r.account_id = $account and r.connection_id = $connection and r.object_key = $key
    and r.external_id = s.ext"""
_WRITE = """
insert into erp_record as r
    (account_id, connection_id, object_key, external_id, external_code, project_code, amount, fields, run_id)
select $account, $connection, $key, f.ext, f.code, f.project, f.amount, f.fields::jsonb, $run
from fate f where f.is_new or f.changed
on conflict (account_id, connection_id, object_key, external_id) do update set
    external_code = excluded.external_code, project_code = excluded.project_code, amount = excluded.amount,
    fields = excluded.fields, run_id = excluded.run_id, seen_at = hub_now(), gone_at = null"""
_COUNTS = """
    select count(*) filter (where is_new) as created, count(*) filter (where changed) as updated,
        count(*) filter (where not is_new and not changed) as unchanged, array_agg(md5(ext)::uuid) as items
    from fate"""


async def _show(connection: Connection, spec: ErpObject, values: Mapping[str, Any]) -> None:
    """Items whose document the page shows otherwise than their link: under lock, with an event each."""
    status = "erp_status" in spec.table.columns
    other = f" or {_STATUS_DIFFERS}" if status else ""
    shown = _SHOWN.format(table=spec.table.name, other=other)
    locked = f"select from {spec.table.name} t where t.account_id = $account and t.id in (select x.id from ({shown}) x)"
    rows = await fetch(connection, f"{locked} order by t.id for update", values)
    if not rows:
        return
    await keep(connection, "shown", shown, values)
    changes = [_SNAPSHOT, _STATUS.format(table=spec.table.name)] if status else [_SNAPSHOT]
    which = "t.account_id = $account and t.id in (select x.id from shown x)"
    raised = f"update {spec.table.name} t set version = t.version + 1, updated_at = hub_now() where {which}"
    for statement in (
        *told(spec.name, spec.table.name, image(spec), which, *changes, raised),
        "drop table shown",
    ):
        await execute(connection, statement, values)


_STATUS_DIFFERS = "s.status is not null and t.erp_status is distinct from s.status"
_SHOWN = f"""
select t.id, s.shot, s.status from stage s
join link k on k.account_id = $account and k.connection_id = $connection and k.object_type = $type and k.external_id = s.ext
    and k.state in ('{S.SYNCED}', '{S.ORPHANED}', '{S.LINKED}')
join {{table}} t on t.account_id = $account and t.id = k.object_id
where s.shot is not null and (k.snapshot_at is null or k.snapshot_at <= $begun)
    and (k.snapshot is distinct from s.shot::jsonb{{other}})"""
_SNAPSHOT = """
update link k set snapshot = x.shot::jsonb, snapshot_at = hub_now(), updated_at = hub_now() from shown x
where k.account_id = $account and k.connection_id = $connection and k.object_id = x.id
    and k.snapshot is distinct from x.shot::jsonb"""
_STATUS = """
update {table} t set erp_status = x.status from shown x
where t.account_id = $account and t.id = x.id and x.status is not null"""
