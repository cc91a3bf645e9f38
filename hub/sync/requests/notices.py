"""A webhook's news: kept once under the sender's id, and turned into work that reads what changed."""

from collections.abc import Sequence
from uuid import UUID

from db.jobs import Lane
from db.session import Connection
from hub.erp.notice import News
from hub.sync.enqueue import enqueue, under_way
from hub.sync.runs import open_run

_KEEP = """
    insert into notice (account_id, connection_id, external_id, resource, event, resource_id, project_id, occurred_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning true"""
_HEARD = "update webhook set heard_at = hub_now() where account_id = $1 and id = $2"


async def keep(
    connection: Connection, account: UUID, system: UUID, hook: UUID, told: News
) -> list[UUID] | None:
    """The jobs that follow from the news, or None where it was told before."""
    fresh = await connection.fetchval(
        _KEEP,
        account,
        system,
        told.id,
        told.resource,
        told.event,
        told.resource_id,
        told.project_id,
        told.occurred_at,
    )
    await connection.execute(_HEARD, account, hook)
    if not fresh:
        return None
    if told.asks:
        args = {"connection_id": system, "request": told.resource_id}
        return [await enqueue(connection, account, "take_request", args=args)]
    return await _read_again(connection, account, system, told.lists) if told.lists else []


async def _read_again(
    connection: Connection, account: UUID, system: UUID, lists: Sequence[str]
) -> list[UUID]:
    """An import that has not begun yet will see this change too."""
    args = {"connection_id": system, "objects": list(lists)}
    if await under_way(connection, account, "import", args, begun=False) is not None:
        return []
    run = await open_run(connection, account, "IMPORT", None, [], connection_id=system)
    return [await enqueue(connection, account, "import", args=args, run_id=run, lane=Lane.BULK)]
