"""An accepted item reaches the ERP: its frozen payload, step by step, then the link, then the project tool is told."""

import json
import uuid
from collections.abc import Sequence

from db.requests import DetailState
from db.runs import Outcome
from db.session import Connection
from hub.codes import ErrorCode
from hub.core.crash import CRASH, CrashPoint
from hub.core.link import LinkState
from hub.core.spec import ErpObject
from hub.errors import Refused
from hub.objects import BUDGET, BY_KEY
from hub.sync import ordering
from hub.sync.attempts import Target, Written, carry_out, close_tries, settle, write_class
from hub.sync.budgets import standing
from hub.sync.enqueue import enqueue
from hub.sync.following import parents_first
from hub.sync.intake.absorbing import absorb
from hub.sync.items import read_item
from hub.sync.log import happened
from hub.sync.payload import steps_of
from hub.sync.requests.endings import item_ended_as, tell
from hub.sync.runs import item_ended, progress
from hub.sync.work import JobRow, Work

_SYNCED = """
    update link set state = $6, external_id = coalesce(external_id, $3),
        external_code = coalesce(external_code, $4), snapshot = $5::jsonb, snapshot_at = hub_now(),
        synced_at = hub_now(), error_code = null, error_message = null, erp_message = null, updated_at = hub_now()
    where account_id = $1 and object_id = $2"""
_RESET = "reset: the ERP's document has to be deleted there by hand"
_LISTED_MEANWHILE = """
    select t.id from link l join "{table}" t on t.account_id = $1 and t.id = l.object_id
    where l.account_id = $1 and l.connection_id = $2 and l.object_type = $3 and l.external_id = $4
        and l.object_id <> $5 and t.origin_id is null for update of t, l"""
_UNSYNCED = """
    update link set state = 'UNLINKED', external_id = null, external_code = null, snapshot = null, snapshot_at = null,
        synced_at = null, updated_at = hub_now()
    where account_id = $1 and object_id = $2"""
_TROUBLE = """
    update link set error_code = $3, error_message = $4, erp_message = $5, updated_at = hub_now()
    where account_id = $1 and object_id = $2"""
_FAILED = """
    update link set state = $3, error_code = $4, error_message = $5, erp_message = $6, updated_at = hub_now()
    where account_id = $1 and object_id = $2"""


async def export(work: Work) -> None:
    """Carries an EXPORTING item out. Runs any number of times; the ERP holds the document once."""
    job, spec = work.job, BY_KEY[work.job.args["object"]]
    assert job.object_id is not None
    async with work.transaction() as connection:
        item = await read_item(connection, job.account_id, spec, job.object_id)
        await progress(connection, job.account_id, job.run_id, "writing to the ERP")
    if item["state"] != LinkState.EXPORTING:
        async with work.final():
            return
    await parents_first(work, spec)
    connector = await work.connector(item["connection_id"])
    written: list[Written] = []
    for step in steps_of(item["payload"]):
        target = Target(
            connection_id=item["connection_id"],
            object_type=spec.name,
            object_id=job.object_id,
            export_revision=item["export_revision"],
            write_class=write_class(item["capabilities"], step.operation),
        )
        written.append(await carry_out(work, connector, target, step))
    await _confirmed(work, spec, job.object_id, written)
    CRASH.reached(CrashPoint.EXPORT_AFTER_COMMIT)


async def _confirmed(work: Work, spec: ErpObject, id_: uuid.UUID, written: list[Written]) -> None:
    job, head = work.job, written[0]
    async with work.final() as connection:
        item = await read_item(connection, job.account_id, spec, id_, lock=True)
        for one in written:
            await settle(connection, work, one)
        if spec.comes_in:
            await _meet(connection, work, spec, id_, item["connection_id"], head.external_id)
        await connection.execute(
            _SYNCED,
            job.account_id,
            id_,
            head.external_id,
            head.external_code,
            json.dumps(dict(head.snapshot), default=str),
            (LinkState.LINKED if spec.comes_in else LinkState.SYNCED).value,
        )
        if spec is BUDGET:
            await standing.exported(connection, job.account_id, id_)
        await happened(
            connection,
            job.account_id,
            spec,
            "EXPORT",
            [(id_, item["image"])],
            run=job.run_id,
            cause=f"{head.external_code or head.external_id} confirmed by the ERP",
        )
        await item_ended(connection, job.account_id, job.run_id, id_, Outcome.DONE)
        await ordering.wake(connection, job.account_id, id_)
        await enqueue(connection, job.account_id, "mark_origin", args={"object": spec.key}, object_id=id_)


async def _meet(
    connection: Connection, work: Work, spec: ErpObject, id_: uuid.UUID, erp: uuid.UUID, external_id: str
) -> None:
    """An import may have listed the document before the ERP's answer came: that record is this item."""
    account = work.job.account_id
    statement = _LISTED_MEANWHILE.format(table=spec.table.name)
    twin = await connection.fetchval(statement, account, erp, spec.name, external_id, id_)
    if twin is not None:
        await absorb(connection, account, spec, [(id_, twin)], action="EXPORT", run=work.job.run_id)


async def export_failed(
    connection: Connection, job: JobRow, code: str, message: str, erp_message: str | None
) -> None:
    """The item says what went wrong. Where a write was sent whose outcome nobody knows, it is in doubt, not failed."""
    spec = BY_KEY[job.args["object"]]
    assert job.object_id is not None
    item = await read_item(connection, job.account_id, spec, job.object_id, lock=True)
    if item["state"] != LinkState.EXPORTING:
        return
    unsure = await close_tries(connection, job)
    in_doubt = unsure or code == ErrorCode.OUTCOME_UNKNOWN
    state = LinkState.IN_DOUBT if in_doubt else LinkState.FAILED
    await connection.execute(_FAILED, job.account_id, job.object_id, state.value, code, message, erp_message)
    await happened(
        connection,
        job.account_id,
        spec,
        "LOSE_SIGHT" if in_doubt else "FAIL",
        [(job.object_id, item["image"])],
        run=job.run_id,
        cause=erp_message or message,
    )
    outcome = Outcome.IN_DOUBT if in_doubt else Outcome.FAILED
    await ordering.wake(connection, job.account_id, job.object_id)
    await item_ended(
        connection,
        job.account_id,
        job.run_id,
        job.object_id,
        outcome,
        code=code,
        message=message,
        erp_message=erp_message,
    )


async def unlink(work: Work) -> None:
    """Asks the ERP whether its document is gone, and only then cuts the link.

    An ERP that resets is not asked: somebody deletes the document there by hand before it is sent again."""
    job, spec = work.job, BY_KEY[work.job.args["object"]]
    assert job.object_id is not None
    async with work.transaction() as connection:
        item = await read_item(connection, job.account_id, spec, job.object_id)
        documents = [item["payload"]]
        if spec is BUDGET:  # each revision is a document of its own
            documents = await standing.documents(connection, job.account_id, job.object_id) or documents
        await progress(connection, job.account_id, job.run_id, "asking the ERP whether its document is gone")
    if item["state"] not in (LinkState.SYNCED, LinkState.ORPHANED):
        raise Refused(ErrorCode.WRONG_STATE, f"The item is {item['state']}.")
    resets = bool((json.loads(item["capabilities"]).get("behaviour") or {}).get("reset"))
    if not resets:
        await _gone(work, item["connection_id"], documents)
    async with work.final() as connection:
        item = await read_item(connection, job.account_id, spec, job.object_id, lock=True)
        await connection.execute(_UNSYNCED, job.account_id, job.object_id)
        if spec is BUDGET:
            await standing.parted(connection, job.account_id, job.object_id)
        await happened(
            connection,
            job.account_id,
            spec,
            "UNLINK",
            [(job.object_id, item["image"])],
            member=job.requested_by,
            run=job.run_id,
            cause=_RESET if resets else None,
        )
        await item_ended(connection, job.account_id, job.run_id, job.object_id, Outcome.DONE)
        await enqueue(
            connection, job.account_id, "mark_origin", args={"object": spec.key}, object_id=job.object_id
        )


_REMEDY = "Delete there what is named, then unlink again."


async def _gone(work: Work, erp: uuid.UUID, documents: Sequence[str]) -> None:
    """Raises `Refused` while a document, or what hangs on it, is in the ERP."""
    connector = await work.connector(erp)
    asked = [await connector.obstacles(steps_of(document)[0]) for document in documents]
    obstacles = [obstacle for found in asked for obstacle in found]
    if obstacles:
        raise Refused(
            ErrorCode.STILL_IN_ERP,
            " ".join([*(obstacle.message for obstacle in obstacles[:20]), _REMEDY]),
        )


async def item_refused(
    connection: Connection, job: JobRow, code: str, message: str, erp_message: str | None
) -> None:
    """The item stays as it was; its run tells why, or its link where the hub itself asked. No try stays open."""
    assert job.object_id is not None
    await close_tries(connection, job)
    if job.run_id is None:
        await connection.execute(_TROUBLE, job.account_id, job.object_id, code, message, erp_message)
    if job.kind == "unlink":
        await item_ended_as(connection, job.account_id, job.object_id, DetailState.FAILED, [message])
    await tell(connection, job.account_id, job.object_id)
    outcome = Outcome.REFUSED if code in (ErrorCode.STILL_IN_ERP, ErrorCode.WRONG_STATE) else Outcome.FAILED
    await item_ended(
        connection,
        job.account_id,
        job.run_id,
        job.object_id,
        outcome,
        code=code,
        message=message,
        erp_message=erp_message,
    )
