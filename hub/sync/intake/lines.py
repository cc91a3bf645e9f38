"""The lines that arrive with a record: SQL that finds what became of each, and writes it.

`line_fate` has, of the items that were there before, one row per line of the page and one per line that is gone: `act`
is INSERT, UPDATE, DELETE or KEEP."""

from hub.core.spec import ErpObject, LineSpec
from hub.sync.intake.batch import Part
from hub.sync.intake.columns import Column, columns_of
from hub.sync.intake.fate import NEVER, lock
from hub.sync.intake.newids import new_id
from hub.sync.intake.references import joins, resolved


def line_fate(lines: LineSpec, part: Part, *, from_erp: bool) -> str:
    """Takes $account, $moment and $seed, and $erp where there are references."""
    known, wants = columns_of(lines), _wants(part)
    values = ", ".join(f"{_filled(known[name], f's.v_{name}', 't')} as v_{name}" for name in wants)
    differs = " or ".join(f"v_{name} is distinct from o_{name}" for name in wants)
    return f"""
select parent, id, their_id,
    case when known is null then 'INSERT' when gone then 'DELETE' when {differs} then 'UPDATE' else 'KEEP' end as act,
    {", ".join(f"v_{name}" for name in wants)}
from (
    select coalesce(s.parent, t.parent) as parent, t.id as known, s.parent is null as gone,
        coalesce(t.id, {new_id("line", "s.place")}) as id, coalesce(s.their_id, t.origin_id) as their_id,
        {", ".join(f"t.{name} as o_{name}" for name in wants)}, {values}
    from (
        select f.id as parent, s.their_id, s.place, {", ".join(f"{want} as v_{name}" for name, want in wants.items())}
        from {_NUMBERED} s
        join fate f on f.n = s.n and not f.is_new
        {joins(part.references, from_erp=from_erp)}
    ) s
    full join (
        select f.id as parent, t.id, t.origin_id, {", ".join(f"t.{name}" for name in wants)}
        from fate f
        join {lines.table.name} t on t.account_id = $account and t.{lines.parent} = f.id
        where not f.is_new
    ) t on t.parent = s.parent and t.origin_id = s.their_id
    offset 0
) d"""


def changed_parents(spec: ErpObject) -> str:
    """Marks the items whose lines change, unless their lines are locked."""
    return f"""update fate f set changed = true
        where not f.changed and not {lock(spec, "lines", "f.")}
            and exists (select from line_fate x where x.parent = f.id and x.act <> 'KEEP')"""


def writes(spec: ErpObject, lines: LineSpec, part: Part) -> list[str]:
    """What becomes of the lines of items that were there before. Takes $account. Lines of locked items stay."""
    table, wants, locked = lines.table.name, _wants(part), lock(spec, "lines", "f.")
    free = f" and x.parent not in (select f.id from fate f where {locked})" if locked != NEVER else ""
    columns = ", ".join(wants)
    return [
        f"delete from {table} t using line_fate x where t.account_id = $account and t.id = x.id and x.act = 'DELETE'{free}",
        f"""update {table} t set {", ".join(f"{name} = x.v_{name}" for name in wants)}
        from line_fate x where t.account_id = $account and t.id = x.id and x.act = 'UPDATE'{free}""",
        f"""insert into {table} (account_id, id, {lines.parent}, origin_id, {columns})
        select $account, x.id, x.parent, x.their_id, {", ".join(f"x.v_{name}" for name in wants)}
        from line_fate x where x.act = 'INSERT'{free}""",
    ]


def entering(lines: LineSpec, part: Part, *, from_erp: bool) -> str:
    """Writes the lines of new items, which nothing has to be compared with. Takes what `line_fate` takes."""
    known, wants = columns_of(lines), _wants(part)
    return f"""insert into {lines.table.name} (account_id, id, {lines.parent}, origin_id, {", ".join(wants)})
        select $account, {new_id("new line", "s.place")}, f.id, s.their_id,
            {", ".join(_filled(known[name], want) for name, want in wants.items())}
        from {_NUMBERED} s
        join fate f on f.n = s.n and f.is_new
        {joins(part.references, from_erp=from_erp)}"""


_NUMBERED = "(select *, (row_number() over ())::integer as place from stage_line)"


def _wants(part: Part) -> dict[str, str]:
    plain = {column.name: f"s.{column.name}" for column in part.columns}
    return plain | {name: resolved(name) for name in part.references}


def _filled(column: Column, want: str, before: str | None = None) -> str:
    if column.nullable or column.default is None:
        return want
    there = f"{before}.{column.name}, " if before else ""
    return f"coalesce({want}, {there}{column.default})"
