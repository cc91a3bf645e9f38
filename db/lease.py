"""Leases on jobs: who may run one, until when, and the fence that every write of its run carries.

A take locks the row FOR UPDATE; the transactions of a run hold it FOR KEY SHARE. So no takeover happens
beneath an open transaction of the run before it, and a renewal, which touches no key, waits for none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from db.jobs import JobState
from db.session import Connection

OPEN = (JobState.QUEUED, JobState.RUNNING)
_OPEN_WORDS = ", ".join(f"'{state}'" for state in OPEN)
_LOCK_WAIT = "250ms"  # longer than any take, shorter than anybody would notice
_TAKEABLE = f"""
    job.state in ({_OPEN_WORDS}) and job.due_at <= hub_now()
    and (job.lease_until is null or job.lease_until <= hub_now())
    and (job.object_id is null or not exists (
        select from job older
        where older.account_id = $1 and older.object_id = job.object_id and older.state in ({_OPEN_WORDS})
          and (older.created_at, older.id) < (job.created_at, job.id)))
    and (select count(*) from job other
         where other.account_id = $1 and other.state = 'RUNNING' and other.lease_until > hub_now()) < $2"""
_ONE_AT_A_TIME = f"""
    select pg_advisory_xact_lock(hashtextextended($1, 0)), set_config('lock_timeout', '{_LOCK_WAIT}', true)"""
_TAKE = f"""
    with mine as (select id, state from job where account_id = $1 and id = $3 and {_TAKEABLE} for update)
    update job set
        state = 'RUNNING', lease_owner = $4, lease_until = hub_now() + make_interval(secs => $5),
        fence = job.fence + 1, deaths = job.deaths + (mine.state = 'RUNNING')::int,
        started_at = coalesce(job.started_at, hub_now()), rung_at = null
    from mine where job.account_id = $1 and job.id = mine.id
    returning job.id, job.kind, job.args, job.run_id, job.object_id, job.requested_by, job.fence, job.tries,
        job.deaths, job.lane, job.created_at,
        extract(epoch from hub_now() - coalesce(job.started_at, hub_now()))::float8 as age"""
_HOLD = """
    select set_config('idle_in_transaction_session_timeout', $4, true),
        set_config('client_connection_check_interval', $5, true)
    from job where account_id = $1 and id = $2 and fence = $3 and state = 'RUNNING' for key share"""
_WAITING = f"from job where job.account_id = $1 and job.state = 'QUEUED' and {_TAKEABLE}"
_NEXT = f"""
    update job set rung_at = hub_now() where job.account_id = $1 and job.id = (
        select id from (
            (select id, 1 as rank {_WAITING} and job.object_id = $3 order by job.created_at, job.id limit 1)
            union all
            (select id, 2 as rank {_WAITING} and job.lane = 'INTERACTIVE' order by job.rung_at limit 1)
            union all
            (select id, 3 as rank {_WAITING} and job.lane = 'BULK' order by job.rung_at limit 1)
        ) as waiting order by rank limit 1)
    returning job.id, job.lane"""


@dataclass(frozen=True)
class Ending:
    """How a run of a job ends for good."""

    state: JobState
    code: str | None = None
    message: str | None = None


async def take(
    connection: Connection, account_id: UUID, job_id: UUID, *, owner: str, seconds: float, cap: int
) -> Mapping[str, Any] | None:
    """Lease the job if it is due, free, first of its object, and its account has room; else None.

    Takes of one account follow each other, so that order and cap hold exactly. A lease that had run out
    counts as a death of the run that held it.
    """
    await connection.execute(_ONE_AT_A_TIME, f"take:{account_id}")
    try:
        row: Mapping[str, Any] | None = await connection.fetchrow(
            _TAKE, account_id, cap, job_id, owner, seconds
        )
    except asyncpg.LockNotAvailableError:
        return None
    return row


async def hold(
    connection: Connection, account_id: UUID, job_id: UUID, fence: int, *, idle_seconds: float
) -> bool:
    """Say whether the fence is still the newest, and keep it so until this transaction ends.

    The transaction ends by itself when its process stands still for `idle_seconds` or is gone."""
    limits = (f"{int(idle_seconds * 1000)}ms", f"{int(idle_seconds * 1000)}ms")
    return await connection.fetchrow(_HOLD, account_id, job_id, fence, *limits) is not None


async def renew(connection: Connection, account_id: UUID, job_id: UUID, fence: int, seconds: float) -> bool:
    return await _touched(
        connection,
        "update job set lease_until = hub_now() + make_interval(secs => $4)"
        " where account_id = $1 and id = $2 and fence = $3 and state = 'RUNNING'",
        *(account_id, job_id, fence, seconds),
    )


async def finish(connection: Connection, account_id: UUID, job_id: UUID, fence: int, ending: Ending) -> bool:
    """End the job for good."""
    return await _touched(
        connection,
        "update job set state = $4, error_code = $5, error_message = $6, finished_at = hub_now(),"
        " lease_owner = null, lease_until = null, rung_at = null,"
        " tries = tries + ($4 = 'FAILED')::int"
        " where account_id = $1 and id = $2 and fence = $3 and state = 'RUNNING'",
        *(account_id, job_id, fence, ending.state.value, ending.code, ending.message),
    )


async def put_back(
    connection: Connection,
    account_id: UUID,
    job_id: UUID,
    fence: int,
    *,
    seconds: float,
    failed: bool,
    code: str | None = None,
    message: str | None = None,
) -> bool:
    """Give the lease up and have the job wait. `failed` counts a try; the last error stays readable."""
    return await _touched(
        connection,
        "update job set state = 'QUEUED', due_at = hub_now() + make_interval(secs => $4), rung_at = null,"
        " lease_owner = null, lease_until = null, tries = tries + $5::boolean::int,"
        " error_code = $6, error_message = $7"
        " where account_id = $1 and id = $2 and fence = $3 and state = 'RUNNING'",
        *(account_id, job_id, fence, seconds, failed, code, message),
    )


async def progressed(connection: Connection, account_id: UUID, job_id: UUID, fence: int) -> None:
    """Forget earlier deaths and errors: the job came further than they did."""
    await connection.execute(
        "update job set deaths = 0, tries = 0"
        " where account_id = $1 and id = $2 and fence = $3 and (deaths, tries) <> (0, 0)",
        *(account_id, job_id, fence),
    )


async def cancel(connection: Connection, account_id: UUID, job_id: UUID) -> bool:
    """End a job that nobody runs. One that runs is left alone: its answer is on the way."""
    return await _touched(
        connection,
        "update job set state = 'CANCELLED', finished_at = hub_now(), rung_at = null"
        " where account_id = $1 and id = $2 and state = 'QUEUED'",
        *(account_id, job_id),
    )


async def next_of(
    connection: Connection, account_id: UUID, cap: int, object_id: UUID | None
) -> Mapping[str, Any] | None:
    """Choose the job to ring for next: of that object first, interactive before bulk.

    Whoever asks at the same time gets another one."""
    await connection.execute(_ONE_AT_A_TIME, f"take:{account_id}")
    row: Mapping[str, Any] | None = await connection.fetchrow(_NEXT, account_id, cap, object_id)
    return row


async def _touched(connection: Connection, statement: str, *arguments: object) -> bool:
    status: str = await connection.execute(statement, *arguments)
    return status != "UPDATE 0"
