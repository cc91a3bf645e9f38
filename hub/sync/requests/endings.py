"""The end of what was asked: written in the transaction that decides it; the project tool is told by a job of its own."""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from db.requests import DetailState
from db.session import Connection
from hub.sync.enqueue import enqueue

_END_OF_ITEM = """
    update erp_request_detail set state = $3, messages = $4::jsonb
    where account_id = $1 and object_id = $2 and state = 'IN_PROGRESS' returning connection_id, request_id"""
_END_OF_REQUEST = """
    update erp_request_detail set state = $3, messages = $4::jsonb
    where account_id = $1 and request_id = $2 and state = 'IN_PROGRESS' returning connection_id, request_id"""

# What an item's history says -> what is told of the request that set it going. An item in doubt keeps its request open.
ENDINGS: Mapping[str, DetailState] = {
    "EXPORT": DetailState.SUCCESS,
    "UNLINK": DetailState.SUCCESS,
    "FAIL": DetailState.FAILED,
    "REJECT": DetailState.REJECTED,
    "RETRIEVE": DetailState.STALE,
}


async def item_came_to_an_end(
    connection: Connection, account: UUID, object_ids: Sequence[UUID], action: str, cause: str | None
) -> None:
    """Ends the open requests of these items where the action is one that ends them."""
    state = ENDINGS.get(action)
    if state is None:
        return
    for object_id in object_ids:
        await item_ended_as(connection, account, object_id, state, [cause] if cause else [])


async def item_ended_as(
    connection: Connection, account: UUID, object_id: UUID, state: DetailState, messages: Sequence[str]
) -> None:
    """Ends the open requests of one item."""
    await _end(connection, account, _END_OF_ITEM, object_id, state, messages)


async def request_came_to_an_end(
    connection: Connection, account: UUID, request: UUID, state: DetailState, messages: Sequence[str]
) -> None:
    """Ends all that is open of a request."""
    await _end(connection, account, _END_OF_REQUEST, request, state, messages)


async def _end(
    connection: Connection,
    account: UUID,
    statement: str,
    of: UUID,
    state: DetailState,
    messages: Sequence[str],
) -> None:
    rows = await connection.fetch(statement, account, of, state.value, json.dumps(list(messages)))
    for system, request in sorted({(row["connection_id"], row["request_id"]) for row in rows}):
        args = {"connection_id": system, "request": request}
        await enqueue(connection, account, "tell_request", args=args, object_id=request)
