"""Which error of a handler becomes which decision."""

from uuid import uuid4

import asyncpg
import pytest

from db.clock import Sources
from db.jobs import JobState
from hub.codes import ErrorCode
from hub.errors import (
    ErpForbidden,
    ErpRefused,
    ErpUnauthorized,
    ErpUnavailable,
    ErpUnexpected,
    MappingError,
    Refused,
)
from hub.settings import Settings
from hub.sync.watched import ConnectionUnauthorized
from hub.sync.work import LeaseLost, RetryLater
from jobs import retry
from jobs.retry import Case, Drop, End, Wait, decide

DAY = 24 * 3600.0


class Fixed:
    """Chance that always gives the same fraction."""

    def __init__(self, fraction: float) -> None:
        self._fraction = fraction

    def bits(self, count: int) -> bytes:
        return bytes(count)

    def fraction(self) -> float:
        return self._fraction


@pytest.fixture
def settings() -> Settings:
    return Settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", secret="0123456789abcdef")


@pytest.fixture
def half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sources, "chance", Fixed(0.5))


def case(settings: Settings, tries: int = 0, age: float = 0.0) -> Case:
    return Case(settings, "run 7", tries, age)


@pytest.mark.usefixtures("half")
@pytest.mark.parametrize(
    ("tries", "seconds"), [(0, 1.0), (1, 2.0), (2, 4.0), (8, 256.0), (9, 450.0), (500, 450.0)]
)
def test_backoff_doubles_up_to_the_cap(settings: Settings, tries: int, seconds: float) -> None:
    assert retry.backoff(case(settings, tries)) == seconds


@pytest.mark.parametrize(("fraction", "seconds"), [(0.0, 0.0), (0.25, 2.0), (0.999, 7.992)])
def test_jitter_is_full(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, fraction: float, seconds: float
) -> None:
    monkeypatch.setattr(Sources, "chance", Fixed(fraction))
    assert retry.backoff(case(settings, 2)) == pytest.approx(seconds)


@pytest.mark.usefixtures("half")
@pytest.mark.parametrize(
    ("error", "decision"),
    [
        (LeaseLost(), Drop()),
        (RetryLater(30, "not yet"), Wait(30, "", "not yet", failed=False)),
        (RetryLater(None, "not yet"), Wait(1.0, "", "not yet", failed=False)),
        (ErpUnauthorized("no"), Wait(300, "ERP_AUTH_FAILED", "no", failed=False)),
        (ErpForbidden("closed"), Wait(300, "ERP_FORBIDDEN", "closed", failed=False)),
        (ErpUnavailable("down"), Wait(1.0, "ERP_UNAVAILABLE", "down")),
        (ErpUnavailable("slow down", retry_after=90), Wait(90, "ERP_UNAVAILABLE", "slow down")),
        (
            ErpUnavailable("held back", retry_after=90, reached=False),
            Wait(90, "ERP_UNAVAILABLE", "held back", failed=False),
        ),
        (ErpUnavailable("no connection", reached=False), Wait(1.0, "ERP_UNAVAILABLE", "no connection")),
        (ErpUnavailable("at once", retry_after=0), Wait(0, "ERP_UNAVAILABLE", "at once")),
        (ErpUnexpected("html"), Wait(1.0, "ERP_BAD_RESPONSE", "html")),
        (
            ErpRefused("Vendor is on hold"),
            End(JobState.FAILED, "ERP_REFUSED", "The other system refused it.", "Vendor is on hold"),
        ),
        (
            Refused(ErrorCode.REFERENCE_TAKEN, "taken", erp_message="PO 7 exists"),
            End(JobState.FAILED, "REFERENCE_TAKEN", "taken", "PO 7 exists"),
        ),
        (MappingError("too long", field="title"), End(JobState.FAILED, "VALUE_DOES_NOT_FIT", "too long")),
        (retry.UnknownKind("no handler"), Wait(1.0, "UNKNOWN_JOB_KIND", "no handler")),
        (asyncpg.DeadlockDetectedError("d"), Wait(1.0, "UNAVAILABLE", "The hub's database was not at hand.")),
        (asyncpg.AdminShutdownError("s"), Wait(1.0, "UNAVAILABLE", "The hub's database was not at hand.")),
        (TimeoutError(), Wait(1.0, "UNAVAILABLE", "The hub's database was not at hand.")),
        (ExceptionGroup("two", [ValueError(), ErpUnavailable("down")]), Wait(1.0, "ERP_UNAVAILABLE", "down")),
    ],
)
def test_each_error_has_its_decision(settings: Settings, error: Exception, decision: retry.Decision) -> None:
    assert decide(error, case(settings)) == decision


def test_refused_credentials_name_their_connection(settings: Settings) -> None:
    some_id = uuid4()
    decision = decide(ConnectionUnauthorized("no", some_id), case(settings))
    assert isinstance(decision, Wait)
    assert (decision.connection_id, decision.failed) == (some_id, False)


@pytest.mark.parametrize(
    "error", [ErpUnavailable("down"), ErpUnavailable("down", retry_after=5), ErpUnexpected("?")]
)
def test_an_erp_that_stays_away_for_a_day_is_given_up(settings: Settings, error: Exception) -> None:
    assert isinstance(decide(error, case(settings, 40, DAY - 1)), Wait)
    assert decide(error, case(settings, 40, DAY)) == End(JobState.FAILED, error.code, str(error))


def test_waiting_for_a_person_has_no_end(settings: Settings) -> None:
    assert isinstance(decide(ErpUnauthorized("no"), case(settings, 40, 30 * DAY)), Wait)
    assert isinstance(decide(ErpForbidden("closed"), case(settings, 40, 30 * DAY)), End)
    assert isinstance(decide(RetryLater(60, "in doubt"), case(settings, 40, 30 * DAY)), Wait)


def test_a_job_that_is_held_back_waits_without_end_and_spends_no_try(settings: Settings) -> None:
    held = ErpUnavailable("The rate limit is used up.", retry_after=12.5, reached=False)

    assert decide(held, case(settings, 40, 30 * DAY)) == Wait(
        12.5, "ERP_UNAVAILABLE", "The rate limit is used up.", failed=False
    )


def test_a_bug_is_tried_five_times_and_its_text_stays_inside(settings: Settings) -> None:
    error = RuntimeError("password=hunter2")
    for tries in range(4):
        decision = decide(error, case(settings, tries))
        assert isinstance(decision, Wait), tries
        assert "hunter2" not in decision.message
    last = decide(error, case(settings, 4))
    assert isinstance(last, End)
    assert (last.state, last.code) == (JobState.FAILED, "INTERNAL")
    assert "run 7" in last.message
    assert "hunter2" not in last.message


def test_a_kind_nobody_knows_ends_with_a_code_that_says_so(settings: Settings) -> None:
    error = retry.UnknownKind("No handler is known for jobs of the kind dance.")
    assert isinstance(decide(error, case(settings, 6)), Wait)
    assert decide(error, case(settings, 7)) == End(JobState.FAILED, "UNKNOWN_JOB_KIND", str(error))


def test_only_what_nobody_expected_is_a_bug() -> None:
    assert retry.is_bug(KeyError("x"))
    assert retry.is_bug(ExceptionGroup("g", [KeyError("x")]))
    assert not retry.is_bug(ExceptionGroup("g", [KeyError("x"), ErpUnavailable("down")]))
    assert not retry.is_bug(Refused(ErrorCode.WRONG_STATE, "no"))
