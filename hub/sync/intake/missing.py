"""What a complete crawl did not meet: marked as gone, reversibly, unless it is too much to be believed."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from db.people import Member, ProjectMember
from db.session import Connection
from hub.codes import ErrorCode
from hub.core.spec import ErpObject, table_of
from hub.objects import BY_KEY
from hub.sync.images import image, row_image
from hub.sync.intake import issues, judging
from hub.sync.intake.issues import Issue
from hub.sync.intake.merged import ACTION
from hub.sync.intake.named import execute, fetch
from hub.sync.intake.newids import new_id, seed
from hub.sync.intake.project_codes import changing_project, forget_untyped
from hub.sync.intake.site import Site

_MET = "select x.object_id from crawl_key x where x.account_id = $account and x.run_id = $run and x.resource = $resource"
# Added or linked by somebody while the list was read: the pages were older, so the next run will tell.
_YOUNGER = (
    "t.updated_at >= (select r.started_at from sync_run r where r.account_id = $account and r.id = $run)"
)
NO_LONGER_LISTED = "Not in the list any more"


async def mark_missing(
    connection: Connection, site: Site, resource: str, projects: Sequence[tuple[UUID, str]]
) -> int:
    """Marks what was not met of `resource`, in the given projects where it is read per project: our id and its scope.

    Returns how many issues that made: one where more is missing than the connection's share cap allows."""
    values: dict[str, Any] = {
        "account": site.account,
        "run": site.run,
        "resource": resource,
        "projects": [project for project, _ in projects],
        "scopes": [scope for _, scope in projects],
        "action": ACTION,
        "cause": NO_LONGER_LISTED,
        **seed(),
    }
    name, listing = _known(resource, from_erp=site.from_erp)
    await execute(connection, f"create temp table missing on commit drop as {listing}", values)
    [row] = await fetch(
        connection, "select count(*) as all, count(*) filter (where not met) as gone from missing", {}
    )
    refused = row["gone"] > site.missing_share_cap * row["all"]
    if refused:
        await issues.keep(connection, site, name, [too_many(resource, row["gone"], row["all"])])
    elif row["gone"]:
        await _mark(connection, resource, values, from_erp=site.from_erp)
    if not refused and not site.from_erp:
        await judging.deletions(connection, resource, values)
        if resource == "project_cost_code":
            await forget_untyped(connection, values)
    await execute(connection, "drop table missing", {})
    return int(refused)


def too_many(resource: str, gone: int, of: int) -> Issue:
    """What people are told where a list is not believed."""
    message = f"{gone} of {of} are not in the list any more: too many to be believed, so none is marked."
    return Issue(resource, ErrorCode.MANY_MISSING, message, None, str(gone))


def _known(resource: str, *, from_erp: bool) -> tuple[str, str]:
    """The name of the type, and SQL for all we know of it with whether it was met."""
    if resource == "project_cost_code":
        mark = "t.in_erp" if from_erp else "t.origin_id is not null"
        return "ProjectCostCode", _in_projects("project_cost_code", "t.id", mark)
    if resource == "project_member":
        return ProjectMember.__name__, _in_projects("project_member", "t.member_id", "true")
    if resource == "member":
        table, alive, met = Member.__tablename__, "t.is_active", f"t.id in ({_MET})"
        name = Member.__name__
    else:
        spec = BY_KEY[resource]
        name, table, alive = spec.name, spec.table.name, "t.origin_deleted_at is null"
        met = f"t.id in ({_MET}) or {_YOUNGER}"
        if spec.project_column not in (None, "id"):
            alive += f" and t.{spec.project_column} = any($projects::uuid[])"
    return (
        name,
        f"""select t.id, null::uuid as project_id, {met} as met from {table} t
        where t.account_id = $account and t.origin_id is not null and {alive}""",
    )


def _in_projects(table: str, met_id: str, mark: str) -> str:
    return f"""select {met_id} as id, t.project_id, exists (
            select from crawl_key x where x.account_id = $account and x.run_id = $run and x.resource = $resource
                and x.scope = p.scope and x.object_id = {met_id}) as met
        from {table} t
        join unnest($projects::uuid[], $scopes::text[]) p(id, scope) on p.id = t.project_id
        where t.account_id = $account and {mark}"""


async def _mark(connection: Connection, resource: str, values: Mapping[str, Any], *, from_erp: bool) -> None:
    if resource == "project_cost_code":
        await _unmark_codes(connection, values, from_erp=from_erp)
    elif resource == "project_member":
        await _run(connection, values, *_REVOKE)
    elif resource == "member":
        await _run(connection, values, *_DEACTIVATE)
    else:
        await _run(connection, values, *_mark_deleted(BY_KEY[resource]))


async def _run(connection: Connection, values: Mapping[str, Any], *statements: str) -> None:
    for statement in statements:
        await execute(connection, statement, values)


async def _unmark_codes(connection: Connection, values: Mapping[str, Any], *, from_erp: bool) -> None:
    """A pair that neither side has any more goes."""
    gone = "t.account_id = $account and t.project_id = $project and t.id in (select m.id from missing m where not m.met)"
    mark = "in_erp = false" if from_erp else "origin_id = null"
    rows = await fetch(
        connection, "select distinct project_id from missing where not met order by project_id", {}
    )
    for row in rows:
        one = {**values, "project": row["project_id"], "type": "Project", **seed()}
        await changing_project(
            connection,
            one,
            f"update project_cost_code t set {mark} where {gone}",
            f"delete from project_cost_code t where {gone} and not t.in_erp and t.origin_id is null",
        )


def _mark_deleted(spec: ErpObject) -> tuple[str, ...]:
    of_missing = "t.account_id = $account and t.id in (select m.id from missing m where not m.met)"
    return told(
        spec.name,
        spec.table.name,
        image(spec),
        of_missing,
        f"""update {spec.table.name} t set origin_deleted_at = hub_now(), version = t.version + 1, updated_at = hub_now()
        where {of_missing}""",
    )


def told(name: str, table: str, picture: str, which: str, *changes: str) -> tuple[str, ...]:
    """A change of many rows with an event for each. Takes $account, $action, $run, $cause and what `new_id` draws on."""
    return (
        f"select from {table} t where {which} order by t.id for update",
        f"""create temp table before on commit drop as
        select t.id, row_number() over (order by t.id)::integer as place, {picture} as image from {table} t where {which}""",
        *changes,
        f"""insert into event (account_id, id, action, object_type, object_id, run_id, cause, before, after)
        select $account, {new_id("gone", "b.place")}, $action, '{name}', t.id, $run, $cause, b.image, {picture}
        from before b join {table} t on t.account_id = $account and t.id = b.id""",
        "drop table before",
    )


_MEMBER = table_of(Member)
_GONE_MEMBERS = "t.account_id = $account and t.id in (select m.id from missing m where not m.met)"
_DEACTIVATE = told(
    Member.__name__,
    "member",
    row_image(_MEMBER, "t", without=("rights_imported_at",)),
    _GONE_MEMBERS,
    f"""update member t set is_active = false, version = t.version + 1 where {_GONE_MEMBERS}""",
)
_GONE_RIGHTS = """t.account_id = $account and (t.member_id, t.project_id) in (
    select m.id, m.project_id from missing m where not m.met)"""
_REVOKE = (
    f"""insert into event (account_id, id, action, object_type, object_id, run_id, cause, before)
    select $account, {new_id("gone", "t.place::integer")}, $action, '{ProjectMember.__name__}', t.member_id, $run, $cause,
        {row_image(table_of(ProjectMember), "t", without=("rights_imported_at",))}
    from (select t.*, row_number() over (order by t.member_id, t.project_id) as place
          from project_member t where {_GONE_RIGHTS}) t""",
    f"delete from project_member t where {_GONE_RIGHTS}",
)
