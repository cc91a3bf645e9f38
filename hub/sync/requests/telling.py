"""Telling the project tool how what was asked has ended."""

import json
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from db.session import Connection, Row
from hub.erp.connector import Connector
from hub.errors import ErpRefused
from hub.sync.attempts import Target, carry_out_now, close_tries, write_class
from hub.sync.enqueue import enqueue
from hub.sync.work import JobRow, Work

_UNTOLD = """
    select d.external_id, d.state, d.messages, c.capabilities from erp_request_detail d
    join connection c on c.account_id = $1 and c.id = d.connection_id
    where d.account_id = $1 and d.request_id = $2 and d.connection_id = $3 and d.state <> 'IN_PROGRESS' and d.told_at is null
    order by d.external_id"""
_TOLD = """
    update erp_request_detail set told_at = hub_now()
    where account_id = $1 and connection_id = $2 and external_id = $3"""
_DONE = """
    update erp_request r set state = 'DONE', finished_at = hub_now()
    where r.account_id = $1 and r.id = $2 and r.state = 'TAKEN' and not exists (
        select from erp_request_detail d where d.account_id = $1 and d.request_id = $2 and d.told_at is null)"""

_FORGOTTEN = """
    select distinct d.request_id from erp_request_detail d
    where d.account_id = $1 and d.connection_id = $2 and d.state <> 'IN_PROGRESS' and d.told_at is null
        and not exists (select from job j where j.account_id = $1 and j.state in ('QUEUED', 'RUNNING')
            and (j.kind = 'tell_request' and j.object_id = d.request_id
                or j.kind = 'mark_origin' and j.object_id = d.object_id))
    order by d.request_id limit 100"""


async def tell_request(work: Work) -> None:
    """Handler of the job kind `tell_request`: closes in the project tool what has ended here. Told twice, it is the same."""
    job = work.job
    system, request = UUID(str(job.args["connection_id"])), UUID(str(job.args["request"]))
    async with work.transaction() as connection:
        rows = await connection.fetch(_UNTOLD, job.account_id, request, system)
    connector = await work.connector(system) if rows else None
    for row in rows:
        assert connector is not None
        # What is refused is gone there or closed already, as its attempt tells; the others wait for us.
        with suppress(ErpRefused):
            await _close(work, connector, system, request, row)
        async with work.transaction() as connection:
            await connection.execute(_TOLD, job.account_id, system, row["external_id"])
    async with work.final() as connection:
        await connection.execute(_DONE, job.account_id, request)


async def _close(work: Work, connector: Connector, system: UUID, request: UUID, row: Row) -> None:
    facts = {
        "id": row["external_id"],
        "status": row["state"].lower(),
        "messages": json.loads(row["messages"]),
    }
    for step in connector.steps("request_detail", facts, {}):
        target = Target(
            connection_id=system,
            object_type="ErpRequest",
            object_id=request,
            export_revision=0,
            write_class=write_class(row["capabilities"], step.operation),
        )
        await carry_out_now(work, connector, target, replace(step, name=f"close {row['external_id']}"))


async def tell_forgotten(connection: Connection, account: UUID, system: UUID) -> None:
    """Ask again for what should have been told and was not: a job gives up after a day, people wait longer."""
    for row in await connection.fetch(_FORGOTTEN, account, system):
        request = row["request_id"]
        args = {"connection_id": system, "request": request}
        await enqueue(connection, account, "tell_request", args=args, object_id=request)


async def not_told(
    connection: Connection, job: JobRow, _code: str, _message: str, _erp_message: str | None
) -> None:
    """The details stay untold, and their attempts say why; polling asks for them to be told again."""
    await close_tries(connection, job)
