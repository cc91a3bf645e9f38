"""How polling for requests keeps going: each round asks for the next, and the connection's settings say when."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from db.jobs import Lane
from db.session import Connection
from hub.sync.enqueue import enqueue

_POLL_SECONDS, _LEAST_SECONDS, _DAY = 300.0, 1.0, 86_400.0
_SETTINGS = "select settings from connection where account_id = $1 and id = $2"
_POLLED = """
    select true from job where account_id = $1 and kind = 'poll_requests' and state in ('QUEUED', 'RUNNING')
        and args ->> 'connection_id' = $2 limit 1"""


async def keep_polling(connection: Connection, account: UUID, system: UUID) -> None:
    """Begin to poll, unless that is under way."""
    if not await connection.fetchval(_POLLED, account, str(system)):
        await poll_again(connection, account, system, due_in=0.0)


async def poll_again(
    connection: Connection,
    account: UUID,
    system: UUID,
    *,
    due_in: float | None = None,
    since: str | None = None,
) -> None:
    """The next round, for what has changed `since`; the connection's setting `request_poll_seconds` of 0 ends polling."""
    text = await connection.fetchval(_SETTINGS, account, system)
    every = _poll_seconds(json.loads(text)) if text is not None else 0.0  # the connection is gone
    if every > 0:
        wait = every if due_in is None else due_in
        args = {"connection_id": system, "since": since}
        await enqueue(connection, account, "poll_requests", args=args, lane=Lane.BULK, due_in=wait)


def _poll_seconds(settings: Mapping[str, Any]) -> float:
    """What is no number of seconds, or beyond a day, is taken for the usual: a slip may not silence what people ask."""
    stated = settings.get("request_poll_seconds", _POLL_SECONDS)
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not 0 <= stated <= _DAY:
        return _POLL_SECONDS
    return float(stated) and max(float(stated), _LEAST_SECONDS)
