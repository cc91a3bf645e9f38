"""Linking all vendors to the companies that they certainly are, a batch a transaction. Each pair is judged anew under lock."""

import uuid

from db.jobs import Lane
from db.runs import Outcome
from db.session import Connection
from hub.codes import ErrorCode
from hub.objects import COMPANY
from hub.sync.enqueue import enqueue
from hub.sync.items import read_item
from hub.sync.log import happened
from hub.sync.matching import CERTAIN
from hub.sync.pairing import join
from hub.sync.runs import item_ended, progress
from hub.sync.work import JobRow, Work

BATCH = 50
_NO_LONGER = "It is no longer the one company of this name, or its vendor has been dealt with meanwhile."
# Companies of the run that this job has not come to: one that it has linked has a job that tells the project tool.
_NEXT = """
    select i.object_id from sync_run_item i
    where i.account_id = $1 and i.run_id = $2 and i.outcome = 'WAITING' and not exists (
        select from job j where j.account_id = $1 and j.run_id = $2 and j.object_id = i.object_id)
    order by i.position limit $3"""
_LOCK = """
    select t.id from company t join link l on l.account_id = $1 and l.object_id = t.id
    where t.account_id = $1 and t.id = any($2) order by t.id for update of t, l"""
_CALLED = "select coalesce(external_code, external_id) from link where account_id = $1 and object_id = $2"
_TOTAL = "select items_total from sync_run where account_id = $1 and id = $2"


async def link_all(work: Work) -> None:
    job = work.job
    assert job.run_id is not None
    done = 0
    while True:
        async with work.transaction() as connection:
            rows = await connection.fetch(_NEXT, job.account_id, job.run_id, BATCH)
            await _batch(connection, job, job.run_id, [row["object_id"] for row in rows])
            done += len(rows)
            total = await connection.fetchval(_TOTAL, job.account_id, job.run_id)
            await progress(connection, job.account_id, job.run_id, f"linked {min(done, total)} of {total}")
            await work.progressed(connection)
        if len(rows) < BATCH:
            break
    async with work.final():
        pass


async def _batch(connection: Connection, job: JobRow, run: uuid.UUID, companies: list[uuid.UUID]) -> None:
    pairs = await _certain(connection, job.account_id, companies)
    vendors = list(pairs.values())
    await connection.fetch(_LOCK, job.account_id, [*companies, *vendors])
    pairs = await _certain(connection, job.account_id, companies)  # as it is now that nobody can change it
    for company in companies:
        vendor = pairs.get(company)
        if vendor is None or vendor not in vendors:
            code = ErrorCode.WRONG_STATE.value
            await item_ended(
                connection, job.account_id, run, company, Outcome.REFUSED, code=code, message=_NO_LONGER
            )
        else:
            await _link(connection, job, run, vendor, company)


async def _certain(
    connection: Connection, account: uuid.UUID, companies: list[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    rows = await connection.fetch(f"{CERTAIN} and company = any($2)", account, companies)
    return {row["company"]: row["vendor"] for row in rows}


async def _link(
    connection: Connection, job: JobRow, run: uuid.UUID, vendor: uuid.UUID, company: uuid.UUID
) -> None:
    account, member = job.account_id, job.requested_by
    assert member is not None
    before = await read_item(connection, account, COMPANY, company, lock=True)
    code = await connection.fetchval(_CALLED, account, vendor)
    await join(connection, account, COMPANY, vendor, company, member=member, run=run)
    await happened(
        connection,
        account,
        COMPANY,
        "LINK",
        [(company, before["image"])],
        member=member,
        run=run,
        cause=f"linked to vendor {code}",
    )
    args = {"object": COMPANY.key}
    await enqueue(
        connection, account, "mark_origin",
        args=args, run_id=run, object_id=company, requested_by=member, lane=Lane.BULK,
    )  # fmt: skip


async def link_all_failed(
    connection: Connection, job: JobRow, code: str, message: str, erp_message: str | None
) -> None:
    """What the job had not come to ends with it; what it has linked goes on by jobs of its own."""
    assert job.run_id is not None
    while rows := await connection.fetch(_NEXT, job.account_id, job.run_id, 1000):
        for row in rows:
            await item_ended(
                connection, job.account_id, job.run_id, row["object_id"], Outcome.FAILED,
                code=code, message=message, erp_message=erp_message,
            )  # fmt: skip
