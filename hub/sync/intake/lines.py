"""The lines that arrive with a record: SQL that finds what became of each, and writes it.

`line_fate` has one row per line of the page and one per line that is gone: `act` is INSERT, UPDATE, DELETE or KEEP."""

from hub.core.spec import Billed, ErpObject, LineSpec
from hub.sync.intake.batch import Part
from hub.sync.intake.columns import Column, columns_of
from hub.sync.intake.fate import NEVER, lock
from hub.sync.intake.newids import new_id
from hub.sync.intake.references import joins, resolved


def line_fate(spec: ErpObject, lines: LineSpec, part: Part, *, from_erp: bool) -> str:
    """Takes $account, $moment and $seed, and $erp where there are references.

    The lines of an item that the project tool knows are its own, unless the ERP decides them."""
    known, wants = columns_of(lines), _wants(part, lines.billed)
    ours = " and f.origin_id is null" if from_erp and not spec.erp_lines else ""
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
        from (select *, (row_number() over ())::integer as place from stage_line) s
        join fate f on f.n = s.n{ours}
        {joins(part.references, from_erp=from_erp)}
        {_billed(lines.billed, part)}
    ) s
    full join (
        select f.id as parent, t.id, t.origin_id, {", ".join(f"t.{name}" for name in wants)}
        from fate f
        join {lines.table.name} t on t.account_id = $account and t.{lines.parent} = f.id
        where not f.is_new{ours}
    ) t on t.parent = s.parent and t.origin_id = s.their_id
    offset 0
) d"""


def changed_parents(spec: ErpObject) -> str:
    """Marks the items whose lines change, unless their lines are locked."""
    return f"""update fate f set changed = true
        where not f.is_new and not f.changed and not {lock(spec, "lines", "f.")}
            and exists (select from line_fate x where x.parent = f.id and x.act <> 'KEEP')"""


def writes(spec: ErpObject, lines: LineSpec, part: Part) -> dict[str, str]:
    """By act. Takes $account. Lines of locked items stay; what the page does not fill of a new line is the usual."""
    table, wants, locked = lines.table.name, _wants(part, lines.billed), lock(spec, "lines", "f.")
    free = f" and x.parent not in (select f.id from fate f where {locked})" if locked != NEVER else ""
    rest = {
        c.name: c.default
        for c in columns_of(lines).values()
        if c.default and c.name not in (*wants, "origin_id")
    }
    columns = ", ".join((*wants, *rest))
    values = ", ".join((*(f"x.v_{name}" for name in wants), *rest.values()))
    return {
        "DELETE": f"delete from {table} t using line_fate x where t.account_id = $account and t.id = x.id and x.act = 'DELETE'{free}",
        "UPDATE": f"""update {table} t set {", ".join(f"{name} = x.v_{name}" for name in wants)}
        from line_fate x where t.account_id = $account and t.id = x.id and x.act = 'UPDATE'{free}""",
        "INSERT": f"""insert into {table} (account_id, id, {lines.parent}, origin_id, {columns})
        select $account, x.id, x.parent, x.their_id, {values}
        from line_fate x where x.act = 'INSERT'{free}""",
    }


def _wants(part: Part, billed: Billed | None) -> dict[str, str]:
    plain = {column.name: f"s.{column.name}" for column in part.columns}
    refs = {name: resolved(name) for name in part.references}
    if _bills(billed, part):
        refs = {name: f"coalesce({found}, billed.{name})" for name, found in refs.items()}
    return plain | refs


def _bills(billed: Billed | None, part: Part) -> bool:
    return billed is not None and any(column.name == billed.names for column in part.columns)


def _billed(billed: Billed | None, part: Part) -> str:
    """Gives each line the codes of the line that it bills, as `billed`."""
    if billed is None or not part.references or not _bills(billed, part):
        return ""
    codes = ", ".join(f"x.{name}" for name in part.references)
    named = f"x.account_id = $account and x.origin_id = s.{billed.names}"
    return f"""left join lateral (
        select {codes} from {billed.lines} x where {named} and x.{billed.contract} = f.v_{billed.contract}
        union all
        select {codes} from {billed.orders} c join {billed.order_lines} x on {named} and x.{billed.orders}_id = c.id
        where c.account_id = $account and c.{billed.contract} = f.v_{billed.contract}
        limit 1) billed on true"""


def _filled(column: Column, want: str, before: str | None = None) -> str:
    if column.nullable or column.default is None:
        return want
    there = f"{before}.{column.name}, " if before else ""
    return f"coalesce({want}, {there}{column.default})"
