"""Telling the project tool how what was asked has ended."""

import json
from dataclasses import replace
from uuid import UUID

from db.session import Connection, Row
from hub.errors import ErpRefused
from hub.sync.attempts import Target, carry_out_now, close_tries, write_class
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
    """Handler of the job kind `tell_request`: closes in the project tool what has ended here. Told twice, it is the same.

    One that is refused there does not keep the others from being told."""
    job, refused = work.job, list[ErpRefused]()
    async with work.transaction() as connection:
        rows = await connection.fetch(_UNTOLD, job.account_id, _request(job), _system(job))
    for row in rows:
        try:
            await _tell(work, row)
        except ErpRefused as error:
            refused.append(error)
    if refused:
        raise refused[0]
    async with work.final() as connection:
        await connection.execute(_DONE, job.account_id, _request(job))


async def _tell(work: Work, row: Row) -> None:
    """One item of the request."""
    system, detail = _system(work.job), row["external_id"]
    connector = await work.connector(system)
    facts = {"id": detail, "status": row["state"].lower(), "messages": json.loads(row["messages"])}
    for step in connector.steps("request_detail", facts, {}):
        target = Target(
            connection_id=system,
            object_type="ErpRequest",
            object_id=_request(work.job),
            export_revision=0,
            write_class=write_class(row["capabilities"], step.operation),
        )
        await carry_out_now(work, connector, target, replace(step, name=f"close {detail}"))
    async with work.transaction() as connection:
        await connection.execute(_TOLD, work.job.account_id, system, detail)


def _system(job: JobRow) -> UUID:
    return UUID(str(job.args["connection_id"]))


def _request(job: JobRow) -> UUID:
    return UUID(str(job.args["request"]))


async def not_told(
    connection: Connection, job: JobRow, _code: str, _message: str, _erp_message: str | None
) -> None:
    """The items stay untold; their attempts say why."""
    await close_tries(connection, job)
