"""Finding the requests that no webhook brought: rounds over the project tool's list, each asking for the next.

A webhook that stays unanswered for half a day is given up by its sender; the list is the truth."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from db.jobs import Lane
from db.session import Connection
from hub.codes import ErrorCode
from hub.erp.paging import Trail
from hub.errors import Refused
from hub.sync.enqueue import enqueue
from hub.sync.requests.taking import RESOURCE, take_in, with_tickets
from hub.sync.requests.telling import tell_forgotten
from hub.sync.work import JobRow, Work

_EVERY_SECONDS, _LEAST_SECONDS, _DAY = 300.0, 1.0, 86_400.0
# A project tool that was never watched may hold years of requests that were answered by others: they are left alone.
_FIRST_LOOK = timedelta(hours=12)

_BEGIN = "select least(max(asked_at), hub_now() - $3::interval) from erp_request where account_id = $1 and connection_id = $2"
_SETTINGS = "select settings from connection where account_id = $1 and id = $2"
_POLLED = """
    select true from job where account_id = $1 and kind = 'poll_requests' and state in ('QUEUED', 'RUNNING')
        and args ->> 'connection_id' = $2 limit 1"""

_FORGET = """
    delete from notice where account_id = $1 and connection_id = $2
        and received_at < hub_now() - make_interval(days => $3)"""
_KEPT_DAYS = 8  # of notices: longer than any sender repeats itself


async def poll_requests(work: Work) -> None:
    """Handler of the job kind `poll_requests`.

    A round begins where the last one came to by the project tool's own clock, not at the newest request that is
    known: a webhook may have brought that one past others which were lost."""
    account, system = work.job.account_id, UUID(str(work.job.args["connection_id"]))
    since = reached = datetime.fromisoformat(work.job.args["since"])
    connector, cursor, trail = await work.connector(system), None, Trail()
    while True:
        page = await connector.fetch(RESOURCE, {"since": since.isoformat()}, cursor)
        fresh = await with_tickets(work, connector, system, page.records)
        async with work.transaction() as connection:
            for record in fresh:
                await take_in(connection, account, system, record)
        reached = max([reached, *(each.updated_at for each in page.records if each.updated_at is not None)])
        if page.cursor is None:
            break
        cursor = trail.on(page.cursor)
    async with work.final() as connection:
        await tell_forgotten(connection, account, system)
        await connection.execute(_FORGET, account, system, _KEPT_DAYS)
        await next_round(connection, account, system, reached)


async def poll_failed(
    connection: Connection, job: JobRow, _code: str, _message: str, _erp_message: str | None
) -> None:
    """Polling goes on from where it stood, whatever became of one round."""
    system, since = UUID(str(job.args["connection_id"])), datetime.fromisoformat(job.args["since"])
    await next_round(connection, job.account_id, system, since)


async def keep_polling(connection: Connection, account: UUID, system: UUID) -> None:
    """Begin to poll, unless that is under way."""
    if not await connection.fetchval(_POLLED, account, str(system)):
        since = await connection.fetchval(_BEGIN, account, system, _FIRST_LOOK)
        await next_round(connection, account, system, since, at_once=True)


async def next_round(
    connection: Connection, account: UUID, system: UUID, since: datetime, *, at_once: bool = False
) -> None:
    """Polling ends by the connection's setting `request_poll_seconds` of 0, and with the connection."""
    text = await connection.fetchval(_SETTINGS, account, system)
    every = _seconds(json.loads(text)) if text is not None else 0.0
    if every > 0:
        await enqueue(
            connection,
            account,
            "poll_requests",
            args={"connection_id": system, "since": since},
            lane=Lane.BULK,
            due_in=0.0 if at_once else every,
        )


def _seconds(settings: Mapping[str, object]) -> float:
    """What is no number of seconds, or beyond a day, is taken for the usual: a slip may not silence what people ask."""
    try:
        return poll_seconds(settings)
    except Refused:
        return _EVERY_SECONDS


def poll_seconds(settings: Mapping[str, object]) -> float:
    """How long after a round the next begins, 0 for never; `Refused` for what is no such number."""
    stated = settings.get("request_poll_seconds", _EVERY_SECONDS)
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not 0 <= stated <= _DAY:
        text = f"A number of seconds from 0 to {_DAY:.0f} is expected; 0 ends polling."
        raise Refused(ErrorCode.INVALID_VALUE, text, field="settings.request_poll_seconds")
    return float(stated) and max(float(stated), _LEAST_SECONDS)
