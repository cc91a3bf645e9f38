"""The lines that arrive with a record: SQL that finds what became of each, and writes it.

`line_fate` has one row per line of the page and one per line that is gone: `act` is INSERT, UPDATE, DELETE or KEEP."""

from hub.core.spec import ErpObject, LineSpec
from hub.sync.intake import coding
from hub.sync.intake.batch import Part
from hub.sync.intake.columns import Column, columns_of
from hub.sync.intake.fate import lock
from hub.sync.intake.newids import new_id
from hub.sync.intake.references import joins, resolved


def line_fate(spec: ErpObject, lines: LineSpec, head: Part, part: Part, *, from_erp: bool) -> str:
    """Takes $account, $moment and $seed, $delimiter, and $erp where there are references.

    The lines of an item that the project tool knows are its own, unless the ERP decides them."""
    table, known = lines.table.name, columns_of(lines)
    looked_up = coding.is_looked_up(spec, lines, head, part, from_erp=from_erp)
    wants = _wants(part, looked_up=looked_up)
    values = ", ".join(f"{_filled(known[name], want)} as v_{name}" for name, want in wants.items())
    differs = " or ".join(f"d.v_{name} is distinct from d.o_{name}" for name in wants)
    ours = " and f.origin_id is null" if from_erp and not spec.erp_lines else ""
    return f"""
select d.parent, d.is_new, d.id, d.their_id,
    case when d.known is null then 'INSERT' when {differs} then 'UPDATE' else 'KEEP' end as act,
    {", ".join(f"d.v_{name}" for name in wants)}
from (
    select f.id as parent, f.is_new, s.their_id, t.id as known, coalesce(t.id, {new_id("line", "s.place::integer")}) as id,
        {", ".join(f"t.{name} as o_{name}" for name in wants)}, {values}
    from (select *, row_number() over () as place from stage_line) s
    join fate f on f.n = s.n{ours}
    left join {table} t on t.account_id = $account and t.{lines.parent} = f.id and t.origin_id = s.their_id
    {joins(part.references, from_erp=from_erp)}
    {coding.join() if looked_up else ""}
) d
union all
select f.id, false, t.id, t.origin_id, 'DELETE', {", ".join(f"t.{name}" for name in wants)}
from fate f
join {table} t on t.account_id = $account and t.{lines.parent} = f.id
where not f.is_new{ours} and not exists (select from stage_line s where s.n = f.n and s.their_id = t.origin_id)"""


def changed_parents(spec: ErpObject) -> str:
    """Marks the items whose lines change, unless their lines are locked."""
    return f"""update fate f set changed = true
        where not f.is_new and not f.changed and not {lock(spec, "lines", "f.")}
            and exists (select from line_fate x where x.parent = f.id and x.act <> 'KEEP')"""


def writes(spec: ErpObject, lines: LineSpec, head: Part, part: Part, *, from_erp: bool) -> list[str]:
    """Takes $account. Lines of locked items stay; what the page does not fill of a new line is the usual."""
    looked_up = coding.is_looked_up(spec, lines, head, part, from_erp=from_erp)
    table, wants = lines.table.name, _wants(part, looked_up=looked_up)
    parents = f"select f.id from fate f where {lock(spec, 'lines', 'f.')}"
    free = f"x.parent not in ({parents})"
    columns = ", ".join(wants)
    rest = {c.name: c.default for c in columns_of(lines).values() if c.default and c.name not in wants}
    more = "".join(f", {name}" for name in rest)
    usual = "".join(f", {default}" for default in rest.values())
    return [
        f"delete from {table} t using line_fate x where t.account_id = $account and t.id = x.id and x.act = 'DELETE' and {free}",
        f"""update {table} t set {", ".join(f"{name} = x.v_{name}" for name in wants)}
        from line_fate x where t.account_id = $account and t.id = x.id and x.act = 'UPDATE' and {free}""",
        f"""insert into {table} (account_id, id, {lines.parent}, origin_id, {columns}{more})
        select $account, x.id, x.parent, x.their_id, {", ".join(f"x.v_{name}" for name in wants)}{usual}
        from line_fate x where x.act = 'INSERT' and {free}""",
    ]


def _wants(part: Part, *, looked_up: bool) -> dict[str, str]:
    plain = {column.name: f"s.{column.name}" for column in part.columns}
    if not looked_up:
        return plain | {name: resolved(name) for name in part.references}
    named = (*part.references, *coding.columns(part))
    return plain | {name: coding.value(name, referred=name in part.references) for name in named}


def _filled(column: Column, want: str) -> str:
    if column.nullable or column.default is None:
        return want
    return f"coalesce({want}, t.{column.name}, {column.default})"
