"""Members and what they may do, as the project tool tells: set-based, changes are events, every right has an age."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from db.people import Member, ProjectMember
from db.session import Connection
from hub.core.spec import table_of
from hub.erp.connector import Incoming
from hub.sync.images import row_image
from hub.sync.intake import issues
from hub.sync.intake.batch import Part, prepare_rows
from hub.sync.intake.columns import columns_of_record
from hub.sync.intake.merged import ACTION, Merged
from hub.sync.intake.named import execute, fetch, keep
from hub.sync.intake.newids import new_id, seed
from hub.sync.intake.site import Site
from hub.sync.intake.staging import stage

_MEMBER_COLUMNS = ("name", "email", "is_active", "can_push_to_accounting")
_MEMBER_LEVELS = ("erp", "directory", "admin", "reports")
_PROJECT_LEVELS = (
    "admin",
    "commitments",
    "change_orders",
    "budget",
    "prime_contracts",
    "direct_costs",
    "reports",
)
_AGE = ("rights_imported_at",)  # says how old a right is, not what it is


async def merge_members(connection: Connection, site: Site, records: Sequence[Incoming]) -> Merged:
    """Who is in the company, and what they may do there."""
    return await _merge(connection, site, _MEMBERS, records, {})


async def merge_project_members(
    connection: Connection, site: Site, records: Sequence[Incoming], project: str
) -> Merged:
    """What members may do on one project; `project` is its origin id. Whoever is no member is left out."""
    return await _merge(connection, site, _RIGHTS, records, {"project": project})


class _People:
    """How one of the two tables is filled from `stage`. `key` finds the row `t` of a staged row `s`."""

    def __init__(
        self, record: type[Member] | type[ProjectMember], levels: Sequence[str], plain: Sequence[str]
    ) -> None:
        known = columns_of_record(record)
        self.type, self.table, self.levels = record.__name__, table_of(record), levels
        self.columns = tuple(known[name] for name in (*plain, *(f"{tool}_level" for tool in levels)))
        self.names = [column.name for column in self.columns]
        self.has_version = "version" in self.table.columns
        self.image = row_image(self.table, "t", without=_AGE)


_MEMBERS = _People(Member, _MEMBER_LEVELS, _MEMBER_COLUMNS)
_RIGHTS = _People(ProjectMember, _PROJECT_LEVELS, ("granular",))

_FIND_MEMBERS = f"""
select s.*, coalesce(t.id, {new_id("member", "s.n")}) as id, t.id is null as is_new,
    {{differs}} and t.id is not null as changed, null::uuid as project_id, t.id as met
from stage s left join member t on t.account_id = $account and t.origin_id = s.their_id"""
_FIND_RIGHTS = """
select s.*, m.id, t.member_id is null as is_new, {differs} and t.member_id is not null as changed,
    p.id as project_id, m.id as met
from stage s
join member m on m.account_id = $account and m.origin_id = s.their_id
join project p on p.account_id = $account and p.origin_id = $project
left join project_member t on t.account_id = $account and t.member_id = m.id and t.project_id = p.id"""


async def _merge(
    connection: Connection, site: Site, people: _People, records: Sequence[Incoming], more: Mapping[str, Any]
) -> Merged:
    batch = prepare_rows(Part(people.columns, {}), [_flat(people, record) for record in records])
    await issues.keep(connection, site, people.type, batch.issues)
    await stage(connection, "stage", batch.head.stage, batch.rows)
    values = {
        "account": site.account,
        "run": site.run,
        "type": people.type,
        "action": ACTION,
        **seed(),
        **more,
    }
    await keep(connection, "fate", _judged(people), values)
    await execute(connection, _locked(people), values)
    await keep(connection, "before", _before(people), values)
    for statement in _writes(people):
        await execute(connection, statement, values)
    [row] = await fetch(connection, _COUNTS, values)
    unfit = await fetch(connection, _UNFIT, {**values, "unfit": list(batch.unfit)}) if batch.unfit else []
    await execute(connection, "drop table stage, fate", values)
    met = [*(row["items"] or []), *(known["id"] for known in unfit)]
    return Merged(batch.read, row["created"], row["updated"], row["unchanged"], len(batch.issues), met)


_COUNTS = """
    select count(*) filter (where is_new) as created, count(*) filter (where changed) as updated,
        count(*) filter (where not is_new and not changed) as unchanged, array_agg(id) as items
    from fate"""
_UNFIT = "select t.id from member t where t.account_id = $account and t.origin_id = any($unfit::text[])"


def _flat(people: _People, record: Incoming) -> Incoming:
    """Levels in columns of their own; a tool that is not named is closed."""
    levels: Mapping[str, Any] = record.values.get("levels") or {}
    columns = {f"{tool}_level": levels.get(tool, 0) for tool in people.levels}
    granular = list(record.values.get("granular") or ())
    return replace(record, values={**record.values, **columns, "granular": granular})


def _judged(people: _People) -> str:
    differs = " or ".join(f"t.{name} is distinct from {_new(people, name)}" for name in people.names)
    return (_FIND_MEMBERS if people.has_version else _FIND_RIGHTS).format(differs=f"({differs})")


def _mine(people: _People) -> str:
    """Which row `t` of the table a row `f` of `fate` is."""
    own = "t.id = f.id" if people.has_version else "t.member_id = f.id and t.project_id = f.project_id"
    return f"t.account_id = $account and {own}"


def _locked(people: _People) -> str:
    return f"""select from {people.table.name} t join fate f on {_mine(people)}
        where f.changed order by f.id for update of t"""


def _before(people: _People) -> str:
    return f"select f.n, {people.image} as image from fate f join {people.table.name} t on {_mine(people)} where f.changed"


def _writes(people: _People) -> list[str]:
    table, names, mine = people.table.name, people.names, _mine(people)
    keys = ("id", "origin_id") if people.has_version else ("member_id", "project_id")
    known = "f.id, f.their_id" if people.has_version else "f.id, f.project_id"
    changes = [f"{name} = {_new(people, name, 'f')}" for name in names]
    raised = ["version = t.version + 1"] if people.has_version else []
    return [
        f"update {table} t set {', '.join(changes + raised)} from fate f where {mine} and f.changed",
        f"""insert into {table} (account_id, {", ".join(keys)}, {", ".join(names)})
        select $account, {known}, {", ".join(_new(people, n, "f", old=False) for n in names)} from fate f where f.is_new""",
        f"update {table} t set rights_imported_at = hub_now() from fate f where {mine}",
        f"""insert into event (account_id, id, action, object_type, object_id, run_id, before, after)
        select $account, {new_id("event", "f.n")}, $action, $type, f.id, $run, b.image, {people.image}
        from fate f join {table} t on {mine} left join before b on b.n = f.n where f.is_new or f.changed""",
        "drop table before",
    ]


def _new(people: _People, name: str, row: str = "s", *, old: bool = True) -> str:
    """A staged value, or what is there, or the default, where a value is needed."""
    column = next(column for column in people.columns if column.name == name)
    if column.nullable:
        return f"{row}.{name}"
    parts = [f"{row}.{name}", f"t.{name}" if old else None, column.default]
    return f"coalesce({', '.join(part for part in parts if part)})"
