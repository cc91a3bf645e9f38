"""What a page would do to our records: SQL that fills the temporary table `fate`, one row per record that enters.

For each column of the page `v_*` is what the record shall hold; for each that may be locked `w_*` is what the
other side wants. They differ where the field is locked. Further columns, besides those of `pick`:

    id, is_new, version      the item, and its version as judged here
    led                      whether the ERP decides this item, whatever the project tool says of it
    sent, synced             whether fields are locked as of an item that was sent, or that is in the ERP
    origin_id                as it shall be
    new_snapshot             what the ERP holds of it, as the link shall keep it
    linked                   it has a link to that ERP
    record_changes           the record itself differs
    link_changes             its link differs from what was read, or one is missing
    unresolved               it names a record that we do not know
    changed                  something of the item changes"""

from collections.abc import Iterable

from hub.core.link import LOCKED, LinkState
from hub.core.spec import ErpObject, Way
from hub.sync.intake.batch import Part
from hub.sync.intake.columns import Column, columns_of
from hub.sync.intake.newids import new_id
from hub.sync.intake.references import joins, resolved

IN_ERP = frozenset({LinkState.SYNCED, LinkState.ORPHANED})
_SENT = LOCKED - IN_ERP
NEVER = "false"


_LED = "(p.snapshot is not null and $leads)"
_COLUMNS = (
    "n, their_id, their_code, their_time, id, is_new, version, absorbs, links, relinks, claim, external_code, issue,"
    " led, sent, synced, origin_id, new_snapshot, linked, link_changes"
)


def fate(spec: ErpObject, part: Part, *, from_erp: bool) -> str:
    """Takes $account, $erp, $leads, $moment and $seed; from the tool $erps. What is decided is decided once: the inner
    query is kept apart from those around it, which name its columns several times."""
    known, wants = columns_of(spec), _wants(part)
    decide = _erp_decides if from_erp else _tool_decides
    locked = locked_fields(spec, part)
    kept = [*(f"v_{name}" for name in wants), *(f"w_{name}" for name in locked)]
    differs = " or ".join(f"o_{name} is distinct from v_{name}" for name in wants)
    returned = "" if from_erp else " or old_deleted_at is not null"
    return f"""
select {", ".join((_COLUMNS, *kept))}, unresolved, record_changes, not is_new and (link_changes or record_changes) as changed
from (
    select *, {differs} or old_origin is distinct from origin_id{returned} as record_changes,
        {_ERP_LINK_CHANGES if from_erp else "tool_link_changes"} as link_changes, {_unresolved(part)} as unresolved
    from (
        select p.*, s.their_id, s.their_code, s.their_time, coalesce(p.known, {new_id("record", "p.n")}) as id,
            p.known is null as is_new, t.version, t.origin_id as old_origin, t.origin_deleted_at as old_deleted_at,
            {_LED if not from_erp else "false"} as led, {_locks(spec, from_erp=from_erp)},
            {"coalesce(t.origin_id, p.origin)" if from_erp else "s.their_id"} as origin_id,
            k.id is not null as linked,
            {f"{_snapshot(part)} as new_snapshot, {_OLD_LINK}" if from_erp else _TOOL_LINK},
            {_listed(f"s.r_{name}" for name in part.references) + "," if part.references else ""}
            {_listed(f"t.{name} as o_{name}" for name in wants)},
            {_listed(f"{decide(spec, known[name], want)} as v_{name}" for name, want in wants.items())}
            {"".join(f", {wants[name]} as w_{name}" for name in locked)}
        from pick p
        join stage s on s.n = p.n
        left join lateral (select t.* from {spec.table.name} t where t.account_id = $account and t.id = p.known offset 0) t on true
        left join lateral (select k.* from link k where k.account_id = $account and k.connection_id = $erp
            and k.object_id = p.known offset 0) k on true
        {_lock_join(spec, from_erp=from_erp)}
        {joins(part.references, from_erp=from_erp)}
        where p.enters
        offset 0
    ) decided
) judged"""


def _unresolved(part: Part) -> str:
    """Whether a reference names nothing we know."""
    missing = [f"r_{name} is not null and v_{name} is null" for name in part.references]
    return f"({' or '.join(missing)})" if missing else "false"


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def _wants(part: Part) -> dict[str, str]:
    """SQL for what the other side wants, for each column of our record that the page fills."""
    plain = {column.name: f"s.{column.name}" for column in part.columns}
    return plain | {name: resolved(name) for name in part.references}


def names(part: Part) -> list[str]:
    """The columns of our record that the page fills."""
    return [*(column.name for column in part.columns), *part.references]


def locked_fields(spec: ErpObject, part: Part) -> list[str]:
    known = set(names(part))
    return [
        name for name in dict.fromkeys((*spec.locked_after_send, *spec.locked_after_sync)) if name in known
    ]


def lock(spec: ErpObject, field: str, row: str = "") -> str:
    """SQL for whether a field of the item is locked; `row` prefixes the two flags."""
    if field == "lines" and spec.erp_lines:
        return f"({row}led)"
    flags = [
        f"{row}{flag}"
        for flag, fields in (("sent", spec.locked_after_send), ("synced", spec.locked_after_sync))
        if field in fields
    ]
    return f"({' or '.join(flags)})" if flags else NEVER


def _filled(column: Column, want: str) -> str:
    """A value where one is needed: what is wanted, else what is there, else the default."""
    if column.nullable:
        return want
    return f"coalesce({', '.join(part for part in (want, f't.{column.name}', column.default) if part)})"


def _tool_decides(spec: ErpObject, column: Column, want: str) -> str:
    value = _filled(column, want)
    if column.name in spec.references and spec.way is Way.IMPORT:
        value = f"coalesce(case when {_LED} then t.{column.name} end, {value})"
    if column.name in spec.erp_fields:
        theirs = f"(p.snapshot ->> '{column.name}')::{column.sql_type}"
        if spec.way is Way.IMPORT and column.nullable:  # that the ERP has no value is its decision too
            value = f"case when {_LED} and p.snapshot ? '{column.name}' then {theirs} else {value} end"
        else:
            value = f"coalesce(case when $leads then {theirs} end, {value})"
    if column.name in (*spec.locked_after_send, *spec.locked_after_sync):
        value = f"case when {lock(spec, column.name, 'g.')} then t.{column.name} else {value} end"
    return value


def _erp_decides(spec: ErpObject, column: Column, want: str) -> str:
    """The ERP fills what only it knows; of what both know, the fields that are its to decide."""
    alone, there = _filled(column, want), f"t.{column.name}"
    if column.name in spec.erp_fields and spec.way is Way.IMPORT:
        shared = f"case when $leads then {alone} else {there} end"
    elif column.name in spec.erp_fields:
        shared = f"case when $leads then coalesce({want}, {there}) else {there} end"
    else:
        shared = there
    if not column.nullable and column.default:
        shared = f"coalesce({shared}, {column.default})"
    return f"case when p.known is not null and coalesce(t.origin_id, p.origin) is not null then {shared} else {alone} end"


def _locks(spec: ErpObject, *, from_erp: bool) -> str:
    if from_erp or not (spec.locked_after_send or spec.locked_after_sync):
        return "false as sent, false as synced"
    return "coalesce(g.sent, false) as sent, coalesce(g.synced, false) as synced"


def _lock_join(spec: ErpObject, *, from_erp: bool) -> str:
    if from_erp or not (spec.locked_after_send or spec.locked_after_sync):
        return ""
    if spec.way is Way.IMPORT:
        return f"cross join lateral ({_CARRIED}) g"
    return f"""cross join lateral (
        select bool_or(x.state in {_words(_SENT)}) as sent, bool_or(x.state in {_words(IN_ERP)}) as synced
        from link x where x.account_id = $account and x.object_id = p.known) g"""


# What the hub has carried into the project tool is locked there; until it is carried anew, the tool is merely behind.
_CARRIED = f"""
    select false as sent, bool_or($leads and x.state = '{LinkState.LINKED}' and c.carried_at >= x.snapshot_at) as synced
    from link x
    join carried c on c.account_id = $account and c.connection_id = $connection and c.object_id = x.object_id
    where x.account_id = $account and x.object_id = p.known"""


def _words(states: frozenset[LinkState]) -> str:
    return "(" + ", ".join(f"'{state}'" for state in sorted(states)) + ")"


_TOOL_LINK = """p.snapshot as new_snapshot, (p.links or p.relinks or cardinality($erps::uuid[]) > (
                select count(*) from link x
                where x.account_id = $account and x.object_id = p.known and x.connection_id = any($erps::uuid[]))
            ) as tool_link_changes"""
_OLD_LINK = (
    "k.id as link_id, k.external_id as old_id, k.external_code as old_code, k.snapshot as old_snapshot"
)
_ERP_LINK_CHANGES = """(links or not linked or old_id is distinct from their_id or old_code is distinct from their_code
        or old_snapshot is distinct from new_snapshot)"""


def _snapshot(part: Part) -> str:
    """The ERP's values as the link keeps them: amounts as text."""
    values = [
        f"s.{column.name}{'::text' if column.digits else ''} as {column.name}" for column in part.columns
    ]
    return f"(select to_jsonb(x) from (select {', '.join(values)}) x)"
