"""The job that carries costs or payments of one ERP into the project tool: slice by slice, each exactly once.

What the project tool refuses becomes an issue of the run, in its own words; the rest goes on."""

import json
from collections.abc import Sequence
from uuid import UUID

from db.jobs import Lane
from db.session import Connection
from hub.codes import ErrorCode
from hub.core.crash import CRASH, CrashPoint
from hub.core.spec import ErpObject
from hub.errors import HubError, Refused
from hub.objects import BY_KEY, DIRECT_COST, PAYMENT
from hub.sync.attempts import close_tries
from hub.sync.carrying.costs import carry_costs
from hub.sync.carrying.course import Course, told_of
from hub.sync.carrying.payments import carry_payments
from hub.sync.carrying.pending import TOOL, Pending, Place, any_pending, pending
from hub.sync.carrying.settling import ACTION, Landed, seen, settle_landed
from hub.sync.enqueue import enqueue, under_way
from hub.sync.intake import issues
from hub.sync.intake.issues import Issue
from hub.sync.runs import open_run, progress, run_ended
from hub.sync.tool import origins, project_tool
from hub.sync.work import JobRow, RetryLater, Work

CARRIED: Sequence[ErpObject] = (DIRECT_COST, PAYMENT)
_COUNT = """
    update sync_run r set records_read = r.records_read + $3, records_created = r.records_created + $4,
        records_updated = r.records_updated + $5, records_unchanged = r.records_unchanged + $6, issues_count = r.issues_count + $7
    where r.account_id = $1 and r.id = $2"""
_EARLIER = """
    select exists (select from job j join job own on own.account_id = $1 and own.id = $2
        where j.account_id = $1 and j.kind = own.kind and j.args = $3::jsonb and j.state in ('QUEUED', 'RUNNING')
            and (j.created_at, j.id) < (own.created_at, own.id))"""
_TURN_SECONDS = 10.0
_END = """
    update sync_run r set finished_at = hub_now(), step = null, state = case when r.issues_count > 0 then 'PARTLY' else 'SUCCEEDED' end
    where r.account_id = $1 and r.id = $2"""


async def begin(connection: Connection, account: UUID, erp: UUID, keys: Sequence[str]) -> list[UUID]:
    """Jobs for what an import of these objects has left to carry, in the transaction that ends it."""
    tool = await project_tool(connection, account)
    jobs: list[UUID] = []
    for spec in CARRIED if tool is not None else ():
        assert tool is not None
        args = {"connection_id": str(erp), "object": spec.key}
        if spec.key not in keys or not await any_pending(connection, account, erp, tool["id"], spec):
            continue
        if await under_way(connection, account, "carry", args, begun=False) is None:
            run = await open_run(connection, account, ACTION, None, [], connection_id=tool["id"])
            jobs.append(await enqueue(connection, account, "carry", args=args, run_id=run, lane=Lane.BULK))
    return jobs


async def carry(work: Work) -> None:
    """Handler of the job kind `carry`. What it has settled is not pending any more, so it may start anew at any point."""
    job, spec = work.job, BY_KEY[work.job.args["object"]]
    erp = UUID(str(job.args["connection_id"]))
    await _in_turn(work)
    course = await _course(work, spec)
    each = carry_costs if spec is DIRECT_COST else carry_payments
    after: Place | None = None
    waits: HubError | None = None
    while True:
        async with work.transaction() as connection:
            found = await pending(connection, job.account_id, erp, course.tool["id"], spec, after)
            await progress(
                connection, job.account_id, job.run_id, f"carrying {spec.plural} to the project tool"
            )
        if not found:
            break
        after = found[-1].place
        changed = [one for one in found if one.carried != one.digest]
        landed, told, late = await each(course, [one for one in changed if not one.is_closed])
        told = [*told, *(_closed(one, spec) for one in changed if one.is_closed)]
        waits = waits or late
        CRASH.reached(CrashPoint.EXPORT_AFTER_WRITE)
        await _settle(course, found, landed, told)
    if waits is not None:
        raise waits
    async with work.final() as connection:
        await connection.execute(_END, job.account_id, job.run_id)


def _closed(item: Pending, spec: ErpObject) -> Issue:
    tool = TOOL[spec.key].replace("_", " ").title()
    text = f"The tool {tool} is not active on the project, or not open to the hub: it is carried once it is."
    return told_of(item, ErrorCode.TOOL_INACTIVE, text, "project")


async def _in_turn(work: Work) -> None:
    """One at a time: two that look for a payment at the same moment would both miss it, and both write it."""
    async with work.transaction() as connection:
        waits = await connection.fetchval(
            _EARLIER, work.job.account_id, work.job.id, json.dumps(work.job.args)
        )
    if waits:
        raise RetryLater(_TURN_SECONDS, "waiting until what was asked for before has been carried")


async def _course(work: Work, spec: ErpObject) -> Course:
    async with work.transaction() as connection:
        tool = await project_tool(connection, work.job.account_id)
    if tool is None:
        raise Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, "The account has no connection to a project tool.")
    return Course(work, await work.connector(tool["id"]), spec, tool, origins(tool))


async def _settle(
    course: Course,
    found: Sequence[Pending],
    landed: Sequence[Landed],
    told: Sequence[Issue],
) -> None:
    work, account = course.work, course.work.job.account_id
    unchanged = [one for one in found if one.carried == one.digest]
    made = sum(one.item.origin_id is None for one in landed)
    counts = (len(found), made, len(landed) - made, len(unchanged), len(told))
    async with work.transaction() as connection:
        if landed:
            await settle_landed(connection, account, course.tool["id"], work.job.run_id, course.spec, landed)
        if unchanged:
            await seen(connection, account, course.tool["id"], unchanged)
        if work.job.run_id is not None:
            await issues.keep_of_run(connection, account, work.job.run_id, course.spec.name, told)
            await connection.execute(_COUNT, account, work.job.run_id, *counts)
        if landed:
            await work.progressed(connection)


async def carry_failed(
    connection: Connection, job: JobRow, code: str, message: str, erp_message: str | None
) -> None:
    """The run of a job that ended FAILED or PARKED. What was settled stays so; the next import begins another."""
    await close_tries(connection, job)
    said = f"{message} {erp_message}" if erp_message and erp_message != message else message
    await run_ended(connection, job.account_id, job.run_id, "FAILED", code=code[:60], message=said)
