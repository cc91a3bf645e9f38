"""Changes that arrive on locked fields: kept as conflicts, shown, and closed when they are settled.

SQL that fills the temporary table `dispute`: one row per field that the other side wants otherwise, or did."""

from hub.core.spec import ErpObject
from hub.sync.intake.batch import Part
from hub.sync.intake.fate import lock, locked_fields, names
from hub.sync.intake.newids import new_id

_LINES = "lines"


def dispute(spec: ErpObject, part: Part, lines: Part | None) -> str:
    """Takes $account. A dispute `stands` while the field is locked and the two sides differ."""
    fields = [_field(spec, name) for name in locked_fields(spec, part)]
    if lines is not None and _LINES in (*spec.locked_after_send, *spec.locked_after_sync):
        fields.append(_lines_field(spec, names(lines)))
    return f"""
select f.n, f.id, f.is_new, c.field, c.ours, c.theirs, c.is_locked and c.ours is distinct from c.theirs as stands,
    k.id as open_id, (k.ours, k.theirs) is distinct from (c.ours, c.theirs) as moved
from (
    select f.* from fate f
    where f.sent or f.synced or exists (
        select from conflict k where k.account_id = $account and k.object_id = f.id and k.resolved_at is null)
) f
join {spec.table.name} t on t.account_id = $account and t.id = f.id
cross join lateral (values {", ".join(fields)}) c(field, ours, theirs, is_locked)
left join conflict k on k.account_id = $account and k.object_id = f.id and k.field = c.field and k.resolved_at is null
where k.id is not null or c.is_locked and c.ours is distinct from c.theirs"""


CHANGED_ITEMS = """update fate f set changed = true
    where not f.changed and exists (
        select from dispute d where d.id = f.id and (d.stands and (d.open_id is null or d.moved) or not d.stands))"""

WRITES = (
    """update conflict k set resolved_at = hub_now()
    from dispute d where k.account_id = $account and k.id = d.open_id and not d.stands""",
    """update conflict k set ours = d.ours, theirs = d.theirs, seen_at = hub_now()
    from dispute d where k.account_id = $account and k.id = d.open_id and d.stands and d.moved""",
    f"""insert into conflict (account_id, id, object_type, object_id, field, ours, theirs)
    select $account, {new_id("conflict", "d.place::integer")}, $type, d.id, d.field, d.ours, d.theirs
    from (select *, row_number() over (order by n, field) as place from dispute) d
    where d.stands and d.open_id is null""",
)


def _field(spec: ErpObject, name: str) -> str:
    return f"('{name}', t.{name}::text, f.w_{name}::text, {lock(spec, name, 'f.')})"


def _lines_field(spec: ErpObject, shown: list[str]) -> str:
    """Lines as text: number, code, amount of each, so that a person sees what differs."""
    assert spec.lines is not None
    table, parent, order = spec.lines.table.name, spec.lines.parent, spec.lines.order
    ours = ", ".join(f"'{name}', y.{name}::text" for name in shown)
    theirs = ", ".join(f"'{name}', y.v_{name}::text" for name in shown)
    return f"""('{_LINES}',
        (select jsonb_agg(jsonb_build_object({ours}) order by y.{order}, y.origin_id)::text from {table} y
            where y.account_id = $account and y.{parent} = f.id),
        (select jsonb_agg(jsonb_build_object({theirs}) order by y.v_{order}, y.their_id)::text from line_fate y
            where y.parent = f.id and y.act <> 'DELETE'),
        {lock(spec, _LINES, "f.")})"""
