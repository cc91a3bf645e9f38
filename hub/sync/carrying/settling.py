"""What is written once the project tool has answered: the item's id there, its link, and in which form it was carried."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from db.session import Connection
from hub.core.spec import ErpObject
from hub.sync.carrying.pending import Pending
from hub.sync.images import image
from hub.sync.intake.named import execute, fetch
from hub.sync.intake.newids import new_id, seed

ACTION = "CARRY"


@dataclass(frozen=True)
class Landed:
    """An item that the project tool holds now, or no longer (`gone`)."""

    item: Pending
    origin_id: str
    lines: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    gone: bool = False


async def settle_landed(
    connection: Connection,
    account: UUID,
    tool: UUID,
    run: UUID | None,
    spec: ErpObject,
    landed: Sequence[Landed],
) -> None:
    """All of a slice in one go. An item that changed meanwhile is carried again with the next run."""
    values: dict[str, Any] = {
        "account": account,
        "tool": tool,
        "run": run,
        "type": spec.name,
        "action": ACTION,
        "ids": [one.item.id for one in landed],
        "origins": [one.origin_id for one in landed],
        "gone": [one.gone for one in landed],
        "versions": [one.item.version for one in landed],
        "digests": [one.item.digest for one in landed],
        "lines": [json.dumps(one.lines) for one in landed],
        "read": [one.item.read_at for one in landed],
        **seed(),
    }
    for statement in _statements(spec):
        await execute(connection, statement, values)


async def seen(connection: Connection, account: UUID, tool: UUID, unchanged: Sequence[Pending]) -> None:
    """What stands there as it is, though something else of the item has changed."""
    values = {
        "account": account,
        "tool": tool,
        "ids": [one.id for one in unchanged],
        "versions": [one.version for one in unchanged],
        "read": [one.read_at for one in unchanged],
    }
    await fetch(
        connection,
        """update carried c set version = s.version, carried_at = s.read_at
        from unnest($ids::uuid[], $versions::integer[], $read::timestamptz[]) s(id, version, read_at)
        where c.account_id = $account and c.connection_id = $tool and c.object_id = s.id""",
        values,
    )


def _statements(spec: ErpObject) -> tuple[str, ...]:
    table = spec.table.name
    return (
        """create temp table landed on commit drop as
        select *, false as moves from unnest($ids::uuid[], $origins::text[], $gone::boolean[], $versions::integer[], $digests::text[],
            $lines::text[], $read::timestamptz[]) with ordinality s(id, origin_id, gone, version, digest, lines, read_at, place)""",
        f"select from {table} t where t.account_id = $account and t.id in (select s.id from landed s) order by t.id for update",
        f"""update landed s set moves = true from {table} t join link l on l.account_id = $account and l.object_id = t.id
        where t.account_id = $account and t.id = s.id and (l.state = 'READY_TO_IMPORT' or t.origin_id is distinct from s.origin_id
            or (t.origin_deleted_at is not null) <> s.gone)""",
        f"""create temp table before on commit drop as
        select t.id, {image(spec)} as image from {table} t where t.account_id = $account and t.id in (select s.id from landed s where s.moves)""",
        """insert into carried as c (account_id, connection_id, object_id, object_type, digest, version, lines, carried_at)
        select $account, $tool, t.id, $type, s.digest, s.version + (s.moves and t.version = s.version)::integer, s.lines::jsonb, s.read_at
        from landed s join """
        + table
        + """ t on t.account_id = $account and t.id = s.id
        on conflict (account_id, connection_id, object_id) do update set digest = excluded.digest, version = excluded.version,
            lines = excluded.lines, carried_at = excluded.carried_at""",
        f"""update {table} t set origin_id = s.origin_id, version = t.version + 1, updated_at = hub_now(),
            origin_deleted_at = case when s.gone then coalesce(t.origin_deleted_at, hub_now()) end
        from landed s where s.moves and t.account_id = $account and t.id = s.id""",
        """update link l set state = 'LINKED', synced_at = hub_now(), updated_at = hub_now()
        from landed s where l.account_id = $account and l.object_id = s.id and l.state = 'READY_TO_IMPORT'""",
        f"""insert into event (account_id, id, action, object_type, object_id, run_id, before, after)
        select $account, {new_id("carried", "s.place::integer")}, $action, $type, t.id, $run, b.image, {image(spec)}
        from landed s join before b on b.id = s.id join {table} t on t.account_id = $account and t.id = s.id where s.moves""",
        "drop table landed, before",
    )
