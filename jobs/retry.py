"""What becomes of a job whose handler raised: one table from the error to a decision."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg

from db.clock import fraction
from db.jobs import JobState
from hub.codes import ErrorCode
from hub.errors import (
    ErpError,
    ErpForbidden,
    ErpRefused,
    ErpUnauthorized,
    ErpUnavailable,
    ErpUnexpected,
    HubError,
    MappingError,
    Refused,
    RequestRefused,
)
from hub.settings import Settings
from hub.sync.watched import ConnectionUnauthorized
from hub.sync.work import LeaseLost, RetryLater

GIVE_UP_AFTER = timedelta(hours=24).total_seconds()
TRIES_OF_A_BUG = 5
TRIES_OF_A_KIND = 8  # minutes in all: while a new version is rolled out, old workers meet new kinds
WAIT_FOR_A_PERSON = 300.0

# What Postgres says when it is not there, not itself, or asks for the transaction to be done again.
DATABASE_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.LockNotAvailableError,
    ConnectionError,
    TimeoutError,
)


class UnknownKind(HubError):
    """This version of the hub has no handler for the job; a newer one may."""


@dataclass(frozen=True)
class Case:
    """A run that raised: the settings, the tries before it, the seconds since the job was first taken."""

    settings: Settings
    name: str  # under which its log is found
    tries: int
    age: float


@dataclass(frozen=True)
class Wait:
    """The job is due again in `seconds`. `failed` counts a try; `connection_id` needs new credentials."""

    seconds: float
    code: str
    message: str
    failed: bool = True
    connection_id: UUID | None = None


@dataclass(frozen=True)
class End:
    """The job is over."""

    state: JobState
    code: str
    message: str
    erp_message: str | None = None


@dataclass(frozen=True)
class Drop:
    """The job belongs to another run; nothing is written."""


Decision = Wait | End | Drop


def decide(error: BaseException, case: Case) -> Decision:
    """Look the error up; the first row that fits decides."""
    while isinstance(error, BaseExceptionGroup):
        error = min(_leaves(error), key=_rank)
    return TABLE[_rank(error)][1](error, case)


def parked(deaths: int) -> End:
    """The process died each time it ran this job."""
    message = f"The job was stopped: {deaths} times the process that ran it ended without a word."
    return End(JobState.PARKED, ErrorCode.JOB_PARKED, message)


def backoff(case: Case) -> float:
    """Full jitter: any time up to twice as long as the try before, up to the cap."""
    highest = min(
        case.settings.retry_cap_seconds, case.settings.retry_base_seconds * 2.0 ** min(case.tries, 40)
    )
    return fraction() * highest


def _drop(_: BaseException, __: Case) -> Decision:
    return Drop()


def _as_told(error: BaseException, case: Case) -> Decision:
    assert isinstance(error, RetryLater)
    seconds = error.seconds if error.seconds is not None else backoff(case)
    return Wait(seconds, "", error.message, failed=False)


def _await_credentials(error: BaseException, _: Case) -> Decision:
    assert isinstance(error, ErpUnauthorized)
    connection_id = error.connection_id if isinstance(error, ConnectionUnauthorized) else None
    return Wait(WAIT_FOR_A_PERSON, error.code, error.message, failed=False, connection_id=connection_id)


def _await_right(error: BaseException, case: Case) -> Decision:
    assert isinstance(error, ErpForbidden)
    if case.age >= GIVE_UP_AFTER:
        return End(JobState.FAILED, error.code, error.message)
    return Wait(WAIT_FOR_A_PERSON, error.code, error.message, failed=False)


def _erp_away(error: BaseException, case: Case) -> Decision:
    assert isinstance(error, ErpError)
    told = error.retry_after if isinstance(error, ErpUnavailable) else None
    if isinstance(error, ErpUnavailable) and not error.reached and told is not None:
        return Wait(told, error.code, error.message, failed=False)  # it had to stand in line: no try was made
    if case.age >= GIVE_UP_AFTER:
        return End(JobState.FAILED, error.code, error.message)
    return Wait(backoff(case) if told is None else told, error.code, error.message)


def _database_away(_: BaseException, case: Case) -> Decision:
    message = "The hub's database was not at hand."
    if case.age >= GIVE_UP_AFTER:
        return End(JobState.FAILED, ErrorCode.UNAVAILABLE, message)
    return Wait(backoff(case), ErrorCode.UNAVAILABLE, message)


def _erp_refused(error: BaseException, _: Case) -> Decision:
    assert isinstance(error, ErpRefused)
    return End(JobState.FAILED, error.code, "The other system refused it.", erp_message=error.words)


def _refused(error: BaseException, _: Case) -> Decision:
    assert isinstance(error, Refused)
    return End(JobState.FAILED, error.code, error.message, erp_message=error.erp_message)


def _not_acceptable(error: BaseException, _: Case) -> Decision:
    assert isinstance(error, RequestRefused)
    return End(JobState.FAILED, error.code, error.message)


def _does_not_fit(error: BaseException, _: Case) -> Decision:
    assert isinstance(error, MappingError)
    return End(JobState.FAILED, ErrorCode.VALUE_DOES_NOT_FIT, error.message)


def _unknown_kind(error: BaseException, case: Case) -> Decision:
    assert isinstance(error, UnknownKind)
    return _limited(case, TRIES_OF_A_KIND, ErrorCode.UNKNOWN_JOB_KIND, error.message)


def _bug(_: BaseException, case: Case) -> Decision:
    message = f"Something went wrong inside the hub. Its log has the details under {case.name}."
    return _limited(case, TRIES_OF_A_BUG, ErrorCode.INTERNAL, message)


def _limited(case: Case, tries: int, code: str, message: str) -> Decision:
    if case.tries + 1 >= tries:
        return End(JobState.FAILED, code, message)
    return Wait(backoff(case), code, message)


Rule = Callable[[BaseException, Case], Decision]
TABLE: tuple[tuple[tuple[type[BaseException], ...], Rule], ...] = (
    ((LeaseLost,), _drop),
    ((RetryLater,), _as_told),
    ((ErpForbidden,), _await_right),
    ((ErpUnauthorized,), _await_credentials),
    ((ErpUnavailable, ErpUnexpected), _erp_away),
    ((ErpRefused,), _erp_refused),
    ((Refused,), _refused),
    ((RequestRefused,), _not_acceptable),
    ((MappingError,), _does_not_fit),
    ((UnknownKind,), _unknown_kind),
    (DATABASE_AWAY, _database_away),
    ((BaseException,), _bug),
)


def is_bug(error: BaseException) -> bool:
    """Say whether nobody expected the error, so that it must be seen in the log."""
    if isinstance(error, BaseExceptionGroup):
        return all(is_bug(leaf) for leaf in _leaves(error))
    return TABLE[_rank(error)][1] is _bug


def _rank(error: BaseException) -> int:
    return next(place for place, (kinds, _) in enumerate(TABLE) if isinstance(error, kinds))


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    leaves: list[BaseException] = []
    for error in group.exceptions:
        leaves += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return leaves
