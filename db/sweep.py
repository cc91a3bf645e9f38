"""What the sweeper's narrow login sees of all accounts: which jobs nobody runs though they are due."""

from collections.abc import Mapping, Sequence
from typing import Any

from db.session import Connection

_DUE = """
    with live as (
        select account_id, count(*) as jobs from job
        where state = 'RUNNING' and lease_until > hub_now() group by account_id
    ), waiting as (
        select account_id, id, row_number() over (
            partition by account_id order by lane desc, rung_at nulls first, due_at, id) as place
        from job
        where state in ('QUEUED', 'RUNNING') and due_at <= hub_now()
          and (lease_until is null or lease_until <= hub_now())
          and (rung_at is null or rung_at <= hub_now() - make_interval(secs => $1))
    ), chosen as (
        select job.account_id, job.id, place from waiting
        join job using (account_id, id) left join live using (account_id)
        where place <= $2 - coalesce(live.jobs, 0)
        order by lane desc, place, due_at limit $3
        for update of job skip locked
    )
    update job set rung_at = hub_now() from chosen
    where job.account_id = chosen.account_id and job.id = chosen.id
    returning job.account_id, job.id, job.lane, chosen.place,
        coalesce(job.lease_until, job.due_at) as since"""
_END = """
    update job set lease_until = hub_now(), rung_at = null
    where state = 'RUNNING' and starts_with(lease_owner, $1) and lease_until > hub_now()
    returning account_id, id, lane, lease_until as since"""
_LIMIT = 500


async def due(connection: Connection, *, rung_before: float, cap: int) -> Sequence[Mapping[str, Any]]:
    """Pick what to ring for, and mark it, so that nobody rings for it again within `rung_before` seconds.

    Per account no more than could run now. Those rung for longest ago come first: a job that must wait for
    another one of its object does not keep those behind it from being tried."""
    async with connection.transaction():
        rows = await connection.fetch(_DUE, rung_before, cap, _LIMIT)
    return sorted(rows, key=lambda row: (row["lane"] == "BULK", row["place"], row["since"]))


async def end_of(connection: Connection, owner: str) -> Sequence[Mapping[str, Any]]:
    """End the leases of all owners that begin with `owner`; for whoever saw them die."""
    rows: Sequence[Mapping[str, Any]] = await connection.fetch(_END, owner)
    return rows
