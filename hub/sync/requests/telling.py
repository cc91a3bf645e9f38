"""Telling the project tool how what was asked has ended."""

import json
from dataclasses import replace
from uuid import UUID

from db.session import Connection
from hub.errors import ErpRefused
from hub.sync.attempts import Target, carry_out_now, write_class
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


async def tell_request(work: Work) -> None:
    """Handler of the job kind `tell_request`: closes in the project tool what has ended here. Told twice, it is the same."""
    job = work.job
    system, request = UUID(str(job.args["connection_id"])), UUID(str(job.args["request"]))
    async with work.transaction() as connection:
        rows = await connection.fetch(_UNTOLD, job.account_id, request, system)
    connector = await work.connector(system) if rows else None
    refused: ErpRefused | None = None
    for row in rows:
        assert connector is not None
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
            named = replace(step, name=f"close {row['external_id']}")
            try:
                await carry_out_now(work, connector, target, named)
            except ErpRefused as error:
                refused = error  # it must not keep the others from being told
                break
        else:
            async with work.transaction() as connection:
                await connection.execute(_TOLD, job.account_id, system, row["external_id"])
    if refused is not None:
        raise refused
    async with work.final() as connection:
        await connection.execute(_DONE, job.account_id, request)


async def not_told(
    _connection: Connection, _job: JobRow, _code: str, _message: str, _erp_message: str | None
) -> None:
    """The details stay untold; their attempts say why."""
