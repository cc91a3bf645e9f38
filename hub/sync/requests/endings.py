"""The end of what was asked: written in the transaction that decides it; the project tool is told by a job of its own.

What ends well changes the item's mark in the project tool too. The request is closed after that, as people who see
it closed expect to find the item synced."""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from db.requests import DetailState
from db.session import Connection
from hub.sync.enqueue import enqueue

_END_OF_ITEM = """
    update erp_request_detail set state = $3, messages = $4::jsonb
    where account_id = $1 and object_id = $2 and state = 'IN_PROGRESS'"""
_END_OF_REQUEST = """
    update erp_request_detail set state = $3, messages = $4::jsonb
    where account_id = $1 and request_id = $2 and state = 'IN_PROGRESS'"""
_END_OF_PART = """
    update erp_request_detail set state = $4, messages = $5::jsonb
    where account_id = $1 and request_id = $2 and object_id = $3 and state = 'IN_PROGRESS'"""
_UNTOLD = """
    select distinct connection_id, request_id from erp_request_detail
    where account_id = $1 and (object_id = $2 or request_id = $2) and state <> 'IN_PROGRESS' and told_at is null
    order by request_id"""

# What an item's history says -> what is told of the request that set it going. An item in doubt keeps its request open.
ENDINGS: Mapping[str, DetailState] = {
    "EXPORT": DetailState.SUCCESS,
    "UNLINK": DetailState.SUCCESS,
    "FAIL": DetailState.FAILED,
    "REJECT": DetailState.REJECTED,
    "RETRIEVE": DetailState.STALE,
}
# These also change the item's mark; the job that does so has the request closed.
MARKED = frozenset({"EXPORT", "UNLINK"})


async def item_came_to_an_end(
    connection: Connection, account: UUID, object_ids: Sequence[UUID], action: str, cause: str | None
) -> None:
    """Ends the open requests of these items where the action is one that ends them."""
    state = ENDINGS.get(action)
    if state is None:
        return
    for object_id in object_ids:
        await item_ended_as(connection, account, object_id, state, [cause] if cause else [])
        if action not in MARKED:
            await tell(connection, account, object_id)


async def item_ended_as(
    connection: Connection, account: UUID, object_id: UUID, state: DetailState, messages: Sequence[str]
) -> None:
    """Ends the open requests of one item."""
    await connection.execute(_END_OF_ITEM, account, object_id, state.value, json.dumps(list(messages)))


async def part_ended_as(
    connection: Connection,
    account: UUID,
    request: UUID,
    object_id: UUID,
    state: DetailState,
    messages: Sequence[str],
) -> None:
    """Ends one item of a request alone; the item may be open in another request too."""
    words = json.dumps(list(messages))
    await connection.execute(_END_OF_PART, account, request, object_id, state.value, words)


async def request_came_to_an_end(
    connection: Connection, account: UUID, request: UUID, state: DetailState, messages: Sequence[str]
) -> None:
    """Ends all that is open of a request."""
    await connection.execute(_END_OF_REQUEST, account, request, state.value, json.dumps(list(messages)))
    await tell(connection, account, request)


async def tell(connection: Connection, account: UUID, of: UUID) -> None:
    """Has the project tool told of what has ended of an item or a request, and was not told yet."""
    for row in await connection.fetch(_UNTOLD, account, of):
        request = row["request_id"]
        args = {"connection_id": row["connection_id"], "request": request}
        await enqueue(connection, account, "tell_request", args=args, object_id=request)
