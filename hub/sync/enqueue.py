"""How work is asked for: a job row in the caller's own transaction."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from db.clock import new_id
from db.jobs import Lane
from db.session import Connection

_INSERT = """
    insert into job (account_id, id, kind, lane, args, run_id, object_id, requested_by, due_at, rung_at)
    values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, hub_now() + make_interval(secs => $9),
        case when $9 <= 0 then hub_now() end)"""


_UNDER_WAY = """
    select run_id from job
    where account_id = $1 and kind = $2 and args = $3::jsonb and state in ('QUEUED', 'RUNNING') and ($4 or started_at is null)
    order by id limit 1"""


async def under_way(
    connection: Connection, account_id: UUID, kind: str, args: Mapping[str, Any], *, begun: bool = True
) -> UUID | None:
    """The run of an open job that does just this, to be joined. `begun` counts those that have started too."""
    found: UUID | None = await connection.fetchval(_UNDER_WAY, account_id, kind, _text(args), begun)
    return found


async def enqueue(
    connection: Connection,
    account_id: UUID,
    kind: str,
    *,
    args: Mapping[str, Any],
    run_id: UUID | None = None,
    object_id: UUID | None = None,
    requested_by: UUID | None = None,
    lane: Lane = Lane.INTERACTIVE,
    due_in: float = 0.0,
) -> UUID:
    """Write the job; it exists if and only if the caller's transaction commits.

    Ring the bell after the commit. A job that is due at once counts as rung already, so that the sweeper does
    not ring a second time at the same moment."""
    job_id = new_id()
    await connection.execute(
        _INSERT,
        *(account_id, job_id, kind, lane.value, _text(args), run_id, object_id, requested_by, float(due_in)),
    )
    return job_id


def _text(args: Mapping[str, Any]) -> str:
    return orjson.dumps(dict(args), default=str).decode()
