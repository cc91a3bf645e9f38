"""The codes and types of one project: which the project tool has on it, and which the ERP's job carries."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from db.session import Connection
from hub.codes import ErrorCode
from hub.erp.connector import Incoming
from hub.objects.project import PROJECT
from hub.sync.images import image
from hub.sync.intake import issues
from hub.sync.intake.fitting import issues_of
from hub.sync.intake.issues import Issue
from hub.sync.intake.merged import ACTION, Merged
from hub.sync.intake.named import Values, execute, fetch, keep
from hub.sync.intake.newids import new_id, seed
from hub.sync.intake.site import Site
from hub.sync.intake.staging import Row, stage

_STAGE = (
    ("n", "integer"),
    ("ext", "text"),
    ("cost_code", "text"),
    ("code", "text"),
    ("cost_type", "text"),
    ("type_origin", "text"),
)


async def merge_codes(
    connection: Connection, site: Site, records: Sequence[Incoming], project: UUID
) -> Merged:
    """Take in one page of one project. Codes and types that are not on the ERP's lists stay out.

    A code to which the ERP gives no type has its default types; where it has none, it stands on the project's list of codes
    without a type."""
    bad = [issue for record in records for issue in issues_of(record.problems, record.external_id)]
    unfit = {issue.external_id for issue in bad}
    kept = [record for record in records if record.external_id not in unfit]
    await issues.keep(connection, site, "ProjectCostCode", bad)
    pairs = list(_rows(kept, from_erp=site.from_erp))
    await stage(connection, "stage", _STAGE, pairs)
    values = _values(site, project)
    if not site.from_erp:
        await _remember_untyped(connection, values, kept)
    await keep(connection, "fate", _pairs(from_erp=site.from_erp), values)
    held = await _hold(connection, site, values)
    met = await write_pairs(connection, values, from_erp=site.from_erp)
    if site.from_erp or not await fetch(connection, _IN_ERP, values):
        await _keep_untyped(connection, values, kept)
    own = await _own_codes(connection, site, values, kept)
    await issues.keep(connection, site, "ProjectCostCode", [*own, *held])
    await execute(connection, "drop table stage, fate", values)
    typed, told = sum(bool(kind or origin) for *_, kind, origin in pairs), len(bad) + len(own) + len(held)
    return Merged(typed + len(bad), met.created, met.updated, met.unchanged, told, met.items)


async def _hold(connection: Connection, site: Site, values: Values) -> list[Issue]:
    """Codes that are new on the job stay out until the integration partner has approved the format of codes, as the
    connection's setting `code_format_approved` says. Those that are there already stay in use."""
    if not site.from_erp or site.settings.get("code_format_approved") is not False:
        return []
    rows = await fetch(connection, _HELD, values)
    await execute(connection, "delete from fate where is_new or changed", values)
    text = "The format of cost codes is not approved yet, so the code is held."
    return [Issue(row["ext"], ErrorCode.CODE_FORMAT_NOT_APPROVED, text, "code", row["code"]) for row in rows]


async def _own_codes(
    connection: Connection, site: Site, values: Values, records: Sequence[Incoming]
) -> list[Issue]:
    """Codes that a project has for itself alone, where the ERP has one list for all."""
    if site.from_erp or site.erp_behaviour.get("supports_project_cost_codes") is not False:
        return []
    met = {record.external_id: record for record in records if record.values.get("is_active") is not False}
    listed = [
        [record.external_id, record.refs.get("cost_code"), record.values.get("code")]
        for record in met.values()
    ]
    columns = {
        "ids": [row[0] for row in listed],
        "marks": [row[1] for row in listed],
        "codes": [row[2] for row in listed],
    }
    rows = await fetch(connection, _NOT_LISTED, {**values, **columns})
    text = "The ERP has one list of cost codes for all projects, and this one is not on it."
    return [
        Issue(row["id"], ErrorCode.PROJECT_CODES_NOT_SUPPORTED, text, "code", row["code"]) for row in rows
    ]


async def _remember_untyped(connection: Connection, values: Values, records: Sequence[Incoming]) -> None:
    """Codes without any type, but for divisions: those only have codes below them."""
    active = {
        str(record.values["code"]): bool(record.lines)
        for record in records
        if record.values.get("code") and record.values.get("is_active") is not False
    }
    more = {
        **values,
        "codes": sorted(active),
        "untyped": sorted(code for code, typed in active.items() if not typed),
    }
    for statement in _UNTYPED_IN_TOOL:
        await execute(connection, statement, more)


async def forget_untyped(connection: Connection, values: Values) -> None:
    """After a complete list: codes that it did not hold. Takes $account, $projects and $run."""
    await execute(connection, _FORGOTTEN, values)


def _values(site: Site, project: UUID) -> Values:
    ours = {"account": site.account, "erp": site.erp, "run": site.run, "action": ACTION, "project": project}
    return {**ours, "type": PROJECT.name, **seed()}


def _rows(records: Sequence[Incoming], *, from_erp: bool) -> Iterator[Row]:
    """One row per code and type; a code to which the ERP gives no type has one row without."""
    n = 0
    for record in records:
        if record.values.get("is_active") is False:
            continue
        code = record.refs.get("cost_code")
        for kind in record.lines:
            marks = (record.external_id, code, record.values.get("code"))
            yield (
                n,
                *marks,
                kind.refs.get("cost_type") or kind.linked_to,
                None if from_erp else kind.external_id,
            )
            n += 1
        if from_erp and not record.lines:
            yield (n, record.external_id, code, record.values.get("code"), None, None)
            n += 1


async def _keep_untyped(connection: Connection, values: Values, records: Sequence[Incoming]) -> None:
    """Which of the page's codes nothing can be booked on; the project's list changes where the page says otherwise."""
    active = [record for record in records if record.values.get("is_active") is not False]
    listed = {_code(record): bool(record.lines) for record in active}
    known = {**values, **seed(), "bare": [code for code, typed in listed.items() if not typed]}
    defaults = {row["code"] for row in await fetch(connection, _WITH_DEFAULT, known)}
    bare = {**known, **seed(), "bare": [code for code in known["bare"] if code not in defaults]}
    bare["typed"] = [code for code, typed in listed.items() if typed or code in defaults]
    if await fetch(connection, _UNTYPED_CHANGES, bare):
        await changing_project(connection, bare, _UNTYPED)


def _code(record: Incoming) -> str:
    return str(record.values.get("code") or record.refs.get("cost_code") or record.external_code)


def _pairs(*, from_erp: bool) -> str:
    """`fate`: each pair that both lists know, once, with the row it is now."""
    changes = "not t.in_erp" if from_erp else "t.origin_id is distinct from s.ext"
    return f"""
select distinct on (c.id, y.id) s.n, s.ext, c.id as cost_code_id, y.id as cost_type_id,
    coalesce(t.id, {new_id("pair", "(row_number() over (order by s.n, y.id))::integer")}) as id,
    t.id is null as is_new, t.id is not null and {changes} as changed
from stage s
left join link ck on ck.account_id = $account and ck.connection_id = $erp and ck.object_type = 'CostCode'
    and ck.external_id = s.cost_code
join cost_code c on c.account_id = $account and (c.id = ck.object_id or s.cost_code is null and c.code = s.code)
left join link yk on yk.account_id = $account and yk.connection_id = $erp and yk.object_type = 'CostType'
    and yk.external_id = s.cost_type
join cost_type y on y.account_id = $account and (y.id = yk.object_id or s.cost_type is null and y.origin_id = s.type_origin
    or s.cost_type is null and s.type_origin is null and exists (
        select from default_cost_type d where d.account_id = $account and d.cost_code_id = c.id and d.cost_type_id = y.id))
left join project_cost_code t on t.account_id = $account and t.project_id = $project
    and t.cost_code_id = c.id and t.cost_type_id = y.id
order by c.id, y.id, s.n"""


async def write_pairs(connection: Connection, values: Values, *, from_erp: bool) -> Merged:
    """One event per project for all that changes on it."""
    [row] = await fetch(connection, _COUNTS, values)
    counts = Merged(0, row["created"], row["updated"], row["unchanged"], 0, row["items"] or [])
    if counts.created or counts.updated:
        mark = "in_erp = true" if from_erp else "origin_id = f.ext"
        marks = "null, true" if from_erp else "f.ext, false"
        await changing_project(
            connection,
            values,
            f"update project_cost_code t set {mark} from fate f where t.account_id = $account and t.id = f.id and f.changed",
            f"""insert into project_cost_code (account_id, id, project_id, cost_code_id, cost_type_id, origin_id, in_erp)
            select $account, f.id, $project, f.cost_code_id, f.cost_type_id, {marks} from fate f where f.is_new""",
        )
    return counts


async def changing_project(connection: Connection, values: Values, *statements: str) -> None:
    """Runs the statements between the images of one event on the project, and raises its version."""
    await keep(connection, "before", _BEFORE, values)
    for statement in (*statements, _RAISE, _EVENT, "drop table before"):
        await execute(connection, statement, values)


_HELD = """
    select distinct f.ext, c.code from fate f join cost_code c on c.account_id = $account and c.id = f.cost_code_id
    where f.is_new or f.changed order by c.code"""
_COUNTS = """
    select count(*) filter (where is_new) as created, count(*) filter (where changed) as updated,
        count(*) filter (where not is_new and not changed) as unchanged, array_agg(id) as items
    from fate"""
_BEFORE = f"""select {image(PROJECT)} as image from
        (select * from project where account_id = $account and id = $project for update) t"""
_RAISE = "update project set version = version + 1, updated_at = hub_now() where account_id = $account and id = $project"
_EVENT = f"""insert into event (account_id, id, action, object_type, object_id, run_id, before, after)
    select $account, {new_id("event", "0")}, $action, $type, t.id, $run, b.image, {image(PROJECT)}
    from project t, before b where t.account_id = $account and t.id = $project"""
_IN_ERP = """
    select object_id from link where account_id = $account and object_id = $project and state = 'LINKED'"""
_NOT_LISTED = """
    select o.id, o.code from unnest($ids::text[], $marks::text[], $codes::text[]) as o(id, mark, code)
    where not exists (select from cost_code c where c.account_id = $account and c.code = o.code)
        and not exists (select from link k where k.account_id = $account and k.connection_id = $erp
            and k.object_type = 'CostCode' and k.external_id = o.mark)
    order by o.code"""
_WITH_DEFAULT = """
    select distinct c.code from default_cost_type d join cost_code c on c.account_id = $account and c.id = d.cost_code_id
    where d.account_id = $account and c.code = any($bare::text[])"""
_NEW_LIST = """array(select distinct x from unnest(codes_without_type || $bare::text[]) x
    where x <> all($typed::text[]) or x = any($bare::text[]) order by x)"""
_UNTYPED_CHANGES = f"select id from project where account_id = $account and id = $project and codes_without_type <> {_NEW_LIST}"
_UNTYPED = (
    f"update project set codes_without_type = {_NEW_LIST} where account_id = $account and id = $project"
)
_UNTYPED_IN_TOOL = (
    "delete from untyped_code where account_id = $account and project_id = $project and code = any($codes::text[])",
    """insert into untyped_code (account_id, project_id, code, run_id)
    select $account, $project, u.code, $run from unnest($untyped::text[]) u(code)
    where not exists (
        select from project_cost_code q join cost_code c on c.account_id = $account and c.id = q.cost_code_id
        where q.account_id = $account and q.project_id = $project and starts_with(c.code, u.code) and c.code <> u.code
            and substr(c.code, length(u.code) + 1, 1) !~ '[[:alnum:]]')
        and not exists (
            select from unnest($codes::text[]) o(code)
            where starts_with(o.code, u.code) and o.code <> u.code
                and substr(o.code, length(u.code) + 1, 1) !~ '[[:alnum:]]')""",
)
_FORGOTTEN = """
    delete from untyped_code where account_id = $account and project_id = any($projects::uuid[]) and run_id <> $run"""
