"""What the sweeper's narrow login sees of all accounts: their ids, and which jobs nobody runs though they are due."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from db.session import Connection, WritePool

_LIMIT = 500
_ACCOUNTS = "select account_id from account order by account_id"
_SCHEDULES = """
    select account_id, connection_id, object_group from schedule where wake_at <= $1 order by wake_at limit $2"""


def _waiting(rank: int, lane: str, rung: str, order: str) -> str:
    """Some waiting jobs of one lane of an account, found by index however many wait."""
    return f"""
            (select job.id, {rank} as rank, {order} as since from job
             where job.account_id = roomy.account_id and job.state = 'QUEUED' and job.lane = '{lane}'
               and job.due_at <= hub_now() and job.rung_at {rung}
             order by {order} limit roomy.room)"""


_NOT_LATELY = "<= hub_now() - make_interval(secs => $1)"
_CANDIDATES = " union all ".join(
    (
        _waiting(1, "INTERACTIVE", "is null", "job.due_at"),
        _waiting(2, "INTERACTIVE", _NOT_LATELY, "job.rung_at"),
        _waiting(3, "BULK", "is null", "job.due_at"),
        _waiting(4, "BULK", _NOT_LATELY, "job.rung_at"),
    )
)
_DUE = f"""
    with roomy as (
        select account.account_id, $2 - coalesce(live.jobs, 0) as room from account left join (
            select account_id, count(*) as jobs from job
            where state = 'RUNNING' and lease_until > hub_now() group by account_id
        ) as live using (account_id)
        where $2 > coalesce(live.jobs, 0)
    ), found as (
        select account_id, id, 0 as rank, lease_until as since from job
        where state = 'RUNNING' and lease_until <= hub_now() and (rung_at is null or rung_at {_NOT_LATELY})
        union all
        select roomy.account_id, best.id, best.rank, best.since from roomy cross join lateral (
            select * from ({_CANDIDATES}) as each_kind order by rank, since limit roomy.room
        ) as best
    ), chosen as (
        select job.account_id, job.id, found.rank, found.since from found join job using (account_id, id)
        order by found.rank, found.since limit $3
        for update of job skip locked
    )
    update job set rung_at = hub_now() from chosen
    where job.account_id = chosen.account_id and job.id = chosen.id
    returning job.account_id, job.id, job.lane, chosen.rank, chosen.since,
        coalesce(job.lease_until, job.due_at) as turn"""
_END = """
    update job set lease_until = hub_now(), rung_at = null
    where state = 'RUNNING' and starts_with(lease_owner, $1) and lease_until > hub_now()
    returning account_id, id, lane, lease_until as turn"""


async def due(connection: Connection, *, rung_before: float, cap: int) -> Sequence[Mapping[str, Any]]:
    """Pick what to ring for, and mark it, so that nobody rings for it again within `rung_before` seconds.

    Lapsed leases come first, then per account no more than could run now. Those rung for longest ago come
    before others: a job that must wait for another one of its object does not keep back those behind it."""
    async with connection.transaction():
        rows = await connection.fetch(_DUE, rung_before, cap, _LIMIT)
    return sorted(rows, key=lambda row: (row["rank"], row["since"]))


async def end_of(connection: Connection, owner: str) -> Sequence[Mapping[str, Any]]:
    """End the leases of all owners that begin with `owner`; for whoever saw them die."""
    rows: Sequence[Mapping[str, Any]] = await connection.fetch(_END, owner)
    return rows


async def accounts(url: str) -> Sequence[UUID]:
    """The ids of all accounts. `url` logs in as the sweeper; what is done in each account is done by another login."""
    narrow = await WritePool.open(url, 1)
    try:
        async with narrow.plain() as connection:
            return await all_accounts(connection)
    finally:
        await narrow.close()


async def all_accounts(connection: Connection) -> Sequence[UUID]:
    return [row["account_id"] for row in await connection.fetch(_ACCOUNTS)]


async def schedules(connection: Connection, now: datetime) -> Sequence[Mapping[str, Any]]:
    """Which schedules are to be looked at, the longest due first."""
    rows: Sequence[Mapping[str, Any]] = await connection.fetch(_SCHEDULES, now, _LIMIT)
    return rows
