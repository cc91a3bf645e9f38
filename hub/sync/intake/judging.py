"""Judging what the project tool did: by the rules that `viewerCan` explains, those that ask nothing of a person.

A change that no rule forbids is taken over. One that is forbidden is kept as a conflict with the rule's code and words,
and whoever approved the item has to look again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from db.session import Connection
from hub.access.in_tool import LOCKED_FIELD, WAITING
from hub.access.rules import RULES
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.core.expression import template
from hub.core.rule import Rule, RuleKind
from hub.core.spec import ErpObject
from hub.objects import BUDGET, BUDGET_CHANGE, BY_KEY
from hub.sync.intake.batch import Part
from hub.sync.intake.fate import names
from hub.sync.intake.named import execute
from hub.sync.intake.newids import new_id

DELETED = "origin_deleted_at"
CHANGES = "budget_changes"
_PLACES = {place: place for place in ("t", "l", "c", "pm", "v")}


@dataclass(frozen=True)
class Judged:
    """A locked field whose change is an action of its own. `free` is SQL over `fate f`: a change that is always open."""

    field: str
    action: Action
    free: str


_OWN: Mapping[str, Judged] = {BUDGET.key: Judged("is_locked", Action.UNLOCK, "f.w_is_locked")}


def taken_over(spec: ErpObject, part: Part) -> tuple[str, ...]:
    """Before anything is written: lets a change through that is no dispute, since no rule forbids it. Takes $account."""
    own = _OWN.get(spec.key)
    if own is None or own.field not in names(part):
        return ()
    allowed = f"""select d.id from dispute d join fate f on f.id = d.id {_around("d.id", spec)}
        where d.field = '{own.field}' and d.stands and ({own.free} or {_code(spec, own.action)} is null)"""
    return (
        f"""update fate f set v_{own.field} = f.w_{own.field}, record_changes = true, changed = true
            where f.id in ({allowed})""",
        f"update dispute d set stands = false where d.field = '{own.field}' and d.id in ({allowed})",
        "delete from dispute d where not d.stands and d.open_id is null",
    )


def explained(spec: ErpObject) -> tuple[str, ...]:
    """After the conflicts of the page are written: each says by which rule it is one. Takes $account."""
    own = _OWN.get(spec.key)
    special = f"case when k.field = '{own.field}' then {{0}} else {{1}} end" if own else "{1}"
    code, words = (
        special.format(made(spec, own.action) if own else "null", made(spec, Action.EDIT))
        for made in (_code, _words)
    )
    return (
        f"""update conflict k set resolved_at = hub_now() from fate f
            where k.account_id = $account and k.object_id = f.id and k.field = '{DELETED}' and k.resolved_at is null""",
        f"""update conflict w set code = j.code, message = j.message
            from (
                select k.id, coalesce({code}, '{ErrorCode.FIELD_LOCKED.value}') as code,
                    coalesce({words}, '{LOCKED_FIELD}') as message
                from conflict k join fate f on f.id = k.object_id {_around("k.object_id", spec)}
                where k.account_id = $account and k.resolved_at is null and k.field not in ('{DELETED}', '{CHANGES}')) j
            where w.account_id = $account and w.id = j.id and (w.code, w.message) is distinct from (j.code, j.message)""",
        *(_LATE_CHANGES if spec is BUDGET_CHANGE else ()),
    )


async def deletions(connection: Connection, resource: str, values: Mapping[str, Any]) -> None:
    """After what is missing was marked: which of it the project tool should have kept. Takes $account, $moment and $seed."""
    spec = BY_KEY.get(resource)
    if spec is None or Action.DELETE not in RULES[spec.name]:
        return
    for statement in _deletions(spec.key):
        await execute(connection, statement, values)


@lru_cache(maxsize=32)
def _deletions(key: str) -> Sequence[str]:
    spec = BY_KEY[key]
    code, words = _code(spec, Action.DELETE), _words(spec, Action.DELETE)
    return (
        f"""insert into conflict (account_id, id, object_type, object_id, field, code, message, theirs)
        select $account, {new_id("deletion", "row_number() over (order by t.id)::integer")}, '{spec.name}', t.id, '{DELETED}', {code},
            {words}, t.{DELETED}::text
        from missing m {_around("m.id", spec)}
        where not m.met and t.{DELETED} is not null and {code} is not null
        on conflict do nothing""",
        f"""update conflict w set resolved_at = hub_now()
        where w.account_id = $account and w.object_type = '{spec.name}' and w.field = '{DELETED}' and w.resolved_at is null
            and exists (select from conflict k {_around("k.object_id", spec)}
                where k.account_id = $account and k.id = w.id and (t.{DELETED} is null or {code} is null))""",
    )


def _around(item: str, spec: ErpObject) -> str:
    """The item with its link and the link's connection, as rules name them."""
    return f"""join {spec.table.name} t on t.account_id = $account and t.id = {item}
            join link l on l.account_id = $account and l.object_id = t.id
            join connection c on c.account_id = $account and c.id = l.connection_id"""


def _rules(spec: ErpObject, action: Action) -> list[Rule]:
    return [rule for rule in RULES[spec.name].get(action, ()) if rule.kind is not RuleKind.PERMISSION]


def _sql(expression: Any, spec: ErpObject) -> str:
    return template(expression, spec.table).format_map(_PLACES)


def _code(spec: ErpObject, action: Action) -> str:
    """SQL for the code of the first rule that does not hold; null where all do."""
    return _first(spec, action, lambda rule: _text(rule.code.value))


def _words(spec: ErpObject, action: Action) -> str:
    return _first(
        spec,
        action,
        lambda rule: _text(rule.message) if isinstance(rule.message, str) else _sql(rule.message, spec),
    )


def _first(spec: ErpObject, action: Action, shown: Any) -> str:
    cases = [
        f"when ({_sql(rule.holds, spec)}) is not true then {shown(rule)}" for rule in _rules(spec, action)
    ]
    return f"(case {' '.join(cases)} end)" if cases else "null::text"


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


_WAITS = "(" + ", ".join(f"'{state}'" for state in sorted(WAITING)) + ")"
# Changes that were approved while the project's budget waits for its answer.
_LATE = f"""
    select b.id, string_agg(coalesce(m.title, m.number, m.origin_id), ', ' order by m.id) as theirs
    from budget b
    join link l on l.account_id = $account and l.object_id = b.id and l.state in {_WAITS}
    join budget_change m on m.account_id = $account and m.project_id = b.project_id and m.status = 'APPROVED'
        and m.origin_deleted_at is null and coalesce(m.origin_created_at, m.created_at) > l.sent_at
    where b.account_id = $account group by b.id"""
_WAITING_WORDS = next(
    rule for rule in RULES[BUDGET.name][Action.EDIT] if rule.kind is not RuleKind.PERMISSION
)
_LATE_CHANGES = (
    f"""with late as ({_LATE}),
    settled as (
        update conflict k set resolved_at = hub_now()
        where k.account_id = $account and k.object_type = 'Budget' and k.field = '{CHANGES}' and k.resolved_at is null
            and not exists (select from late x where x.id = k.object_id)
        returning k.object_id),
    fresh as (
        insert into conflict (account_id, id, object_type, object_id, field, code, message, theirs)
        select $account, {new_id("late", "row_number() over (order by x.id)::integer")}, 'Budget', x.id, '{CHANGES}',
            '{_WAITING_WORDS.code.value}', {_text(str(_WAITING_WORDS.message))}, x.theirs
        from late x
        on conflict do nothing returning object_id)
    update budget b set version = version + 1, updated_at = hub_now()
    where b.account_id = $account and b.id in (select object_id from settled union all select object_id from fresh)""",
)
