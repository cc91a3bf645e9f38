"""Two items that turn out to be one: the one the ERP alone knows goes up in the one the project tool knows.

What names the dropped item names the survivor from then on; the log keeps both."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.types import Boolean

from db.session import Connection
from hub.core.spec import ErpObject, LineSpec
from hub.objects import OBJECTS
from hub.sync.images import image
from hub.sync.intake.named import Values, execute
from hub.sync.intake.newids import new_id, seed

_TABLE = "create temp table absorbed (survivor uuid, dropped uuid) on commit drop"
_FILL = "insert into absorbed select * from unnest($survivors::uuid[], $dropped::uuid[])"


async def absorb(
    connection: Connection,
    account: UUID,
    spec: ErpObject,
    pairs: Sequence[tuple[UUID, UUID]],
    *,
    action: str,
    run: UUID | None = None,
    member: UUID | None = None,
) -> None:
    """Drop the second of each pair with its links, once everything that names it names the first.

    The caller holds both records' locks, and then gives the survivor's link what the dropped one's carried."""
    values: Values = {
        "account": account,
        "type": spec.name,
        "run": run,
        "member": member,
        "action": action,
        "survivors": [survivor for survivor, _ in pairs],
        "dropped": [dropped for _, dropped in pairs],
        **seed(),
    }
    for statement in (_TABLE, _FILL, _event(spec), *_repointed(spec), *_moved(spec), *_dropped(spec)):
        await execute(connection, statement, values)


async def repoint(
    connection: Connection, account: UUID, spec: ErpObject, pairs: Sequence[tuple[UUID, UUID]]
) -> None:
    """What names the second of each pair names the first from then on; both stay."""
    values: Values = {
        "account": account,
        "survivors": [survivor for survivor, _ in pairs],
        "dropped": [dropped for _, dropped in pairs],
    }
    for statement in (_TABLE, _FILL, *_repointed(spec), "drop table absorbed"):
        await execute(connection, statement, values)


def _event(spec: ErpObject) -> str:
    return f"""insert into event (account_id, id, action, object_type, object_id, member_id, run_id, cause, before)
        select $account, {new_id("absorbed", "a.place::integer")}, $action, $type, t.id, $member, $run,
            'The same as ' || a.survivor, {image(spec)}
        from (select *, row_number() over (order by dropped) as place from absorbed) a
        join {spec.table.name} t on t.account_id = $account and t.id = a.dropped"""


def _repointed(spec: ErpObject) -> list[str]:
    owners: list[ErpObject | LineSpec] = [*OBJECTS, *(one.lines for one in OBJECTS if one.lines)]
    return [
        f"update {owner.table.name} t set {column} = a.survivor from absorbed a"
        f" where t.account_id = $account and t.{column} = a.dropped"
        for owner in owners
        for column, key in owner.references.items()
        if key == spec.key and not _is_unique(owner, column)
    ]


def _is_unique(owner: ErpObject | LineSpec, column: str) -> bool:
    return any(
        isinstance(rule, UniqueConstraint) and column in rule.columns for rule in owner.table.constraints
    )


def _moved(spec: ErpObject) -> list[str]:
    """Lines that are read on their own go over to the survivor; those it has already are joined."""
    lines = spec.lines
    if lines is None or lines.resource is None:
        return []
    rule = next(rule for rule in lines.table.constraints if isinstance(rule, UniqueConstraint))
    keys = [column.name for column in rule.columns]
    others = [column for column in lines.table.columns if column.name not in (*keys, "id")]
    listed = [*keys, *(column.name for column in others)]
    found = ", ".join("a.survivor" if name == lines.parent else f"t.{name}" for name in listed)
    joined = ", ".join(
        f"{c.name} = {lines.table.name}.{c.name} or excluded.{c.name}"
        if isinstance(c.type, Boolean)
        else f"{c.name} = coalesce({lines.table.name}.{c.name}, excluded.{c.name})"
        for c in others
    )
    return [
        f"""insert into {lines.table.name} (id, {", ".join(listed)})
        select {new_id("moved", "a.place::integer")}, {found}
        from (select a.*, t.id as line, row_number() over (order by t.id) as place
              from absorbed a join {lines.table.name} t on t.account_id = $account and t.{lines.parent} = a.dropped) a
        join {lines.table.name} t on t.account_id = $account and t.id = a.line
        on conflict ({", ".join(keys)}) do update set {joined}"""
    ]


def _dropped(spec: ErpObject) -> list[str]:
    return [
        "delete from link k using absorbed a where k.account_id = $account and k.object_id = a.dropped",
        f"delete from {spec.table.name} t using absorbed a where t.account_id = $account and t.id = a.dropped",
        "drop table absorbed",
    ]
