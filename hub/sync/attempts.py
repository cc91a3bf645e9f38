"""One step carried out on the other side, exactly once: intent written before the socket opens, read-back before any second write."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from db.clock import new_id
from db.jobs import AttemptState
from db.session import Connection
from hub.codes import ErrorCode
from hub.core.crash import CRASH, CrashPoint
from hub.erp.canonical import digest
from hub.erp.capabilities import WriteClass
from hub.erp.connector import Answer, Connector, Found, Step
from hub.errors import ErpError, ErpRefused, ErpUnauthorized, ErpUnavailable
from hub.keepable import keepable, keepable_document
from hub.sync.payload import body_of
from hub.sync.work import JobRow, RetryLater, Work

S = AttemptState
OPEN = (S.SENDING.value, S.UNKNOWN.value)
_IN_DOUBT = """
    update attempt set state = 'IN_DOUBT', finished_at = hub_now()
    where account_id = $1 and job_id = $2 and state in ('SENDING', 'UNKNOWN')"""
# How long a write may still take effect on a side that only can be searched, and how far apart two looks must lie.
LATE_APPLY_SECONDS = 120.0
BETWEEN_LOOKS_SECONDS = 30.0


@dataclass(frozen=True)
class Target:
    """Which item on which connection an attempt is for."""

    connection_id: uuid.UUID
    object_type: str
    object_id: uuid.UUID
    export_revision: int
    write_class: WriteClass
    partly: bool = False  # of many records in one step some may be refused: they are told, the others count


@dataclass(frozen=True)
class Written:
    """What the other side holds now; the attempt still has to be settled in the transaction that says so."""

    attempt_id: uuid.UUID
    state: AttemptState
    external_id: str
    external_code: str | None
    snapshot: Mapping[str, Any]
    entries: Mapping[str, str] = field(default_factory=dict)
    request_id: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


async def close_tries(connection: Connection, job: JobRow) -> bool:
    """No try of a job that has failed stays open: nobody looks any more, so it is in doubt. Says whether there was one."""
    done: str = await connection.execute(_IN_DOUBT, job.account_id, job.id)
    return done != "UPDATE 0"


def write_class(capabilities: str, operation: str) -> WriteClass:
    """The class the connection declares for an operation; the weakest where it says nothing."""
    declared = json.loads(capabilities).get("write_classes", {}).get(operation)
    return WriteClass(declared) if declared else WriteClass.K5


class ReferenceTaken(ErpRefused):
    """The other side holds something else under this number."""

    code = ErrorCode.REFERENCE_TAKEN


class InDoubt(ErpRefused):
    """Whether the write took effect cannot be known; a person has to look."""

    code = ErrorCode.OUTCOME_UNKNOWN


async def carry_out(work: Work, connector: Connector, target: Target, step: Step) -> Written:
    """Makes the step true on the other side. Raises `ErpRefused` where it said no, and what asks for a retry where it is not known."""
    earlier = await open_try(work, target, step)
    if earlier is not None:
        looked = await _look(work, connector, step, earlier)
        if looked.found is not None and target.write_class is not WriteClass.K2:
            return await _present(work, earlier, step, looked.found)
        await _not_there(work, target, earlier, looked)
    return await _write(work, connector, target, step)


async def settle(connection: Connection, work: Work, written: Written) -> None:
    """Writes the outcome, in the transaction in which the item learns of it."""
    await connection.execute(
        """
        update attempt set state = $3, external_id = $4, request_id = $5, finished_at = hub_now()
        where account_id = $1 and id = $2 and fence <= $6""",
        work.job.account_id,
        written.attempt_id,
        written.state.value,
        written.external_id[:200] or None,
        written.request_id,
        work.job.fence,
    )


async def carry_out_now(work: Work, connector: Connector, target: Target, step: Step) -> Written:
    """Carries a step out and settles it at once: for what no item waits to learn of."""
    written = await carry_out(work, connector, target, step)
    async with work.transaction() as connection:
        await settle(connection, work, written)
    return written


async def carried_out(work: Work, target: Target, step: Step) -> bool:
    """Whether this job is known to have made the step true: what cannot be written twice over itself is not sent again."""
    async with work.transaction() as connection:
        found = await connection.fetchval(
            """
            select 1 from attempt
            where account_id = $1 and job_id = $2 and object_id = $3 and step = $4 and state in ('CONFIRMED', 'PRESENT') limit 1""",
            *(work.job.account_id, work.job.id, target.object_id, _name(step)),
        )
    return found is not None


def _name(step: Step) -> str:
    """The step's name as the attempt keeps it."""
    return step.name[:40]


async def open_try(work: Work, target: Target, step: Step) -> uuid.UUID | None:
    """The newest try of this step whose outcome is not known."""
    async with work.transaction() as connection:
        found: uuid.UUID | None = await connection.fetchval(
            """
            select id from attempt
            where account_id = $1 and object_id = $2 and connection_id = $3 and export_revision = $4 and step = $5
                and state = any($6::text[]) order by id desc limit 1""",
            work.job.account_id,
            target.object_id,
            target.connection_id,
            target.export_revision,
            _name(step),
            list(OPEN),
        )
    return found


@dataclass(frozen=True)
class Looked:
    """What a look showed; for how many seconds the outcome has been unknown, and the record seen to be absent.

    Only looks after the longest time a write may still take effect count as absence."""

    found: Found | None
    unknown_for: float
    absent_for: float | None


# Somebody who died did not write when; then the outcome is unknown from the first look on.
_LOOKED = """
    update attempt set read_backs = read_backs + 1, state = 'UNKNOWN',
        finished_at = case when state = 'UNKNOWN' then coalesce(finished_at, hub_now()) else hub_now() end,
        absent_since = case
            when $3 or state <> 'UNKNOWN' or hub_now() < finished_at + make_interval(secs => $4) then null
            else coalesce(absent_since, hub_now()) end
    where account_id = $1 and id = $2
    returning extract(epoch from hub_now() - finished_at)::float8 as unknown_for,
        extract(epoch from hub_now() - absent_since)::float8 as absent_for"""


async def _look(work: Work, connector: Connector, step: Step, earlier: uuid.UUID) -> Looked:
    """Reads back before any write; the look itself is counted."""
    found = await connector.find(step)
    async with work.transaction() as connection:
        row = await connection.fetchrow(
            _LOOKED, work.job.account_id, earlier, found is not None, LATE_APPLY_SECONDS
        )
    return Looked(found, row["unknown_for"], row["absent_for"])


async def _present(work: Work, attempt: uuid.UUID, step: Step, found: Found) -> Written:
    if found.differences:
        words = f"{step.name}: the other side holds something else under this number ({_listed(found.differences)})."
        words = keepable(words)
        await _end(work, attempt, S.REFUSED, ErrorCode.REFERENCE_TAKEN, words)
        raise ReferenceTaken(words)
    snapshot = keepable_document(found.snapshot)
    return Written(attempt, S.PRESENT, found.external_id, found.external_code, snapshot)


def _listed(differences: Mapping[str, tuple[str, str]]) -> str:
    return ", ".join(
        f"{name}: ours {ours or 'none'}, theirs {theirs or 'none'}"
        for name, (ours, theirs) in differences.items()
    )[:1000]


async def _not_there(work: Work, target: Target, earlier: uuid.UUID, looked: Looked) -> None:
    """Decides whether a write that left no trace may be repeated. How sure one can be depends on the other side."""
    match target.write_class:
        case WriteClass.K1 | WriteClass.K2 | WriteClass.K3:
            # A late first write and a second one cannot both stand: the other side keeps one per key.
            state = S.PRESENT if looked.found is not None else S.ABSENT_PROVEN
            await _end(work, earlier, state, None, None)
        case WriteClass.K4:
            _wait_for_absence(looked)
            await _end(work, earlier, S.ABSENT_PROVEN, None, None)
        case WriteClass.K5:
            words = "The answer to the write was lost, and the other side cannot be asked."
            await _end(work, earlier, S.IN_DOUBT, ErrorCode.OUTCOME_UNKNOWN, words)
            raise InDoubt(words)


def _wait_for_absence(looked: Looked) -> None:
    """Absence is proven by two empty looks, far enough apart, after the longest time a write may still take effect."""
    late = LATE_APPLY_SECONDS - looked.unknown_for
    if late > 0:
        raise RetryLater(late, "waiting until a late write would show")
    between = BETWEEN_LOOKS_SECONDS - (looked.absent_for or 0.0)
    if looked.absent_for is None or between > 0:
        raise RetryLater(max(between, 0.0), "looking once more whether it is there")


async def _write(work: Work, connector: Connector, target: Target, step: Step) -> Written:
    body = body_of(step)
    CRASH.reached(CrashPoint.EXPORT_BEFORE_INTENT)
    attempt = await _intend(work, target, step, body)
    CRASH.reached(CrashPoint.EXPORT_AFTER_INTENT)
    work.still_mine()
    try:
        answer: Answer = await connector.push(step, body)
    except ErpRefused as refused:
        return await _refused(work, connector, attempt, step, refused)
    except ErpUnauthorized as error:
        await _end(work, attempt, S.ABSENT_PROVEN, error.code, error.message)
        raise
    except ErpError as error:
        await _lost(work, attempt, error)
        raise AssertionError("unreachable") from error
    CRASH.reached(CrashPoint.EXPORT_AFTER_WRITE)
    if answer.errors and not target.partly:
        words = keepable("; ".join(f"{key}: {said}" for key, said in answer.errors.items()))[:2000]
        await _end(work, attempt, S.REFUSED, ErrorCode.ERP_REFUSED, words)
        raise ErpRefused(words, request_id=answer.request_id)
    return Written(
        attempt,
        S.CONFIRMED,
        answer.external_id,
        answer.external_code,
        keepable_document(answer.snapshot),
        answer.entries,
        answer.request_id,
        answer.errors,
    )


async def _intend(work: Work, target: Target, step: Step, body: bytes) -> uuid.UUID:
    """Commits that the request is about to leave."""
    attempt, job = new_id(), work.job
    async with work.transaction() as connection:
        await connection.execute(
            """
            insert into attempt (account_id, id, job_id, connection_id, object_type, object_id, export_revision, step, operation,
                state, fence, request_digest, sent_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'SENDING', $10, $11, hub_now())""",
            job.account_id,
            attempt,
            job.id,
            target.connection_id,
            target.object_type,
            target.object_id,
            target.export_revision,
            _name(step),
            step.operation,
            job.fence,
            digest(body),
        )
    return attempt


async def _refused(
    work: Work, connector: Connector, attempt: uuid.UUID, step: Step, refused: ErpRefused
) -> Written:
    """A duplicate may be ours: it is read back and compared. Any other refusal is final."""
    if refused.duplicate:
        found = await connector.find(step)
        if found is not None:
            return await _present(work, attempt, step, found)
    await _end(work, attempt, S.REFUSED, refused.code, refused.words)
    await _outlast_late_write(work, attempt)
    raise refused


async def _outlast_late_write(work: Work, refused: uuid.UUID) -> None:
    """An earlier write of this very request that was lost may still take effect, although this one was refused.

    The refusal is final only when it no longer can: a person may then choose another number without risk of a second document."""
    async with work.transaction() as connection:
        left: float | None = await connection.fetchval(
            _LATE, work.job.account_id, refused, LATE_APPLY_SECONDS
        )
    if left is not None and left > 0:
        raise RetryLater(left, "waiting until a late write would show")


_LATE = """
    select max($3 - extract(epoch from hub_now() - a.sent_at))::float8 from attempt a
    join attempt r on r.account_id = a.account_id and r.object_id = a.object_id and r.connection_id = a.connection_id
        and r.step = a.step and r.job_id = a.job_id
    where a.account_id = $1 and r.id = $2 and a.state = 'ABSENT_PROVEN' and a.read_backs > 0"""


async def _lost(work: Work, attempt: uuid.UUID, error: ErpError) -> None:
    """No usable answer: not sent at all, or not known. The job comes back and looks before it writes."""
    if isinstance(error, ErpUnavailable) and not error.reached:
        await _end(work, attempt, S.ABSENT_PROVEN, error.code, error.message)
        raise error
    await _end(work, attempt, S.UNKNOWN, error.code, error.message)
    if isinstance(error, ErpUnavailable):
        raise error
    raise ErpUnavailable(error.message, request_id=error.request_id) from error


async def _end(
    work: Work, attempt: uuid.UUID, state: AttemptState, code: ErrorCode | None, words: str | None
) -> None:
    async with work.transaction() as connection:
        await connection.execute(
            """
            update attempt set state = $3, error_code = coalesce($4, error_code), erp_message = coalesce($5, erp_message),
                finished_at = hub_now()
            where account_id = $1 and id = $2""",
            work.job.account_id,
            attempt,
            state.value,
            code.value if code else None,
            words,
        )
