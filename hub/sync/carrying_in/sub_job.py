"""A sub job that the ERP alone knows is made in the project tool, and the two are one from then on."""

import uuid
from collections.abc import Mapping
from typing import Any

from db.session import Connection
from hub.codes import ErrorCode
from hub.erp.origin import OriginKind
from hub.errors import ErpUnexpected, Refused
from hub.objects import SUB_JOB
from hub.sync.intake.absorbing import absorb
from hub.sync.provision import Provision
from hub.sync.tool import origins
from hub.sync.work import Work

_PROJECT = """
    select p.origin_id, l.external_id from project p
    join link l on l.account_id = $1 and l.object_id = p.id and l.state = 'LINKED'
    where p.account_id = $1 and p.id = $2"""
# One that the project tool has under the same code, and that nobody has sent.
_THERE = """
    select t.id, t.origin_id from sub_job t join link l on l.account_id = $1 and l.object_id = t.id
    where t.account_id = $1 and t.project_id = $2 and t.code = $3 and t.origin_id is not null and t.origin_deleted_at is null
        and l.state in ('NOT_SENT', 'REJECTED', 'RETRIEVED')
    order by t.id limit 1"""


async def project_of(connection: Connection, account: uuid.UUID, project: str) -> Mapping[str, Any]:
    """The project on both sides. Raises `Refused` where it is not linked."""
    row = await connection.fetchrow(_PROJECT, account, uuid.UUID(project))
    if row is None or row["origin_id"] is None:
        raise Refused(ErrorCode.PROJECT_NOT_LINKED, "Its project is not linked to a job of the ERP.")
    return dict(row)


async def provision_sub_job(work: Work) -> None:
    """One that the project tool has already under the same code takes on the ERP's id instead of being made twice."""
    it, account = Provision(work, SUB_JOB), work.job.account_id
    connector = await it.begin("adding the sub job to the project tool")
    record = it.record
    async with work.transaction() as connection:
        project = await project_of(connection, account, record["project_id"])
        there = await connection.fetchrow(_THERE, account, uuid.UUID(record["project_id"]), record["code"])
    job = project["external_id"]
    facts = {"project": project["origin_id"], "job_code": job, "code": record["code"], "name": record["name"]}
    if there is not None:
        facts["external_id"] = there["origin_id"]
    mark = origins(it.tool).make(OriginKind.SUB_JOB, job, record["code"])
    made = await it.push(connector, SUB_JOB.key, facts)
    if mark not in made:
        raise ErpUnexpected(f"The project tool did not say which record {mark} became.")
    async with work.final() as connection:
        if there is not None:
            await absorb(
                connection, account, SUB_JOB, [(it.id, there["id"])], action="ADD", run=work.job.run_id
            )
        await it.linked(connection, made[mark])
