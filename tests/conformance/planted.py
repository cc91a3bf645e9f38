"""The faults that the suite must find, one by one, and the hunt for them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from hub.erp.connector import Connector
from hub.erp.reach import Reach
from tests.conformance import spoilt
from tests.conformance.case import Run, runs_of
from tests.conformance.cases import CASES
from tests.conformance.running import Place, Verdict, sandbox_of, tried
from tests.conformance.spoilt import Spoilt, Wire
from tests.conformance.subject import Subject
from tests.conformance.subjects import SUBJECTS

MRI, XML = SUBJECTS["mri"], SUBJECTS["mri-xml"]
PROCORE, REFERENCE = SUBJECTS["procore"], SUBJECTS["reference"]


@dataclass(frozen=True)
class Planted:
    """A fault in one connector. `by` is a case that must find it, whichever others do."""

    does: str
    subject: Subject
    fault: type[Spoilt] | type[Wire]
    by: str

    @property
    def name(self) -> str:
        return f"{self.subject.name}.{self.fault.__name__}"

    @property
    def spoilt(self) -> Subject:
        return _wrapped(self.subject, self.fault)

    @property
    def sound(self) -> Subject:
        """Wrapped in the same way, without the fault."""
        return _wrapped(self.subject, Wire if issubclass(self.fault, Wire) else Spoilt)


def _wrapped(subject: Subject, fault: type[Spoilt] | type[Wire]) -> Subject:
    def on_the_wire(reach: Reach) -> Connector:
        return subject.open(replace(reach, transport=fault(reach.transport)))

    def at_the_port(reach: Reach) -> Connector:
        return fault(subject.open(fault.reaching(reach)), lambda: subject.secret)

    return replace(subject, open_with=on_the_wire if issubclass(fault, Wire) else at_the_port)


PLANTED: tuple[Planted, ...] = (
    Planted("reads the first page alone", PROCORE, spoilt.FirstPageOnly, "read.truth"),
    Planted("reads the first page alone", MRI, spoilt.FirstPageOnly, "page.sizes[7]"),
    Planted("stops at a short page", PROCORE, spoilt.ShortPageEnds, "page.short"),
    Planted("stops at a short page", MRI, spoilt.ShortPageEnds, "page.empty"),
    Planted("leaves out rows that hold a bad value", MRI, spoilt.SkipsBadRows, "read.bad_value"),
    Planted("keeps times without their zone", PROCORE, spoilt.LocalTimes, "since.stamps"),
    Planted("takes a refused sign-in for an empty list", MRI, spoilt.SwallowsUnauthorized, "sign_in.wrong"),
    Planted("leaks the password in an error", MRI, spoilt.LeaksInErrors, "secrets.errors"),
    Planted("leaks the secret in a log", PROCORE, spoilt.LeaksInLogs, "secrets.logs"),
    Planted("follows a redirect with credentials", PROCORE, spoilt.FollowsRedirects, "hostile.redirect[302]"),
    Planted("asks again after a refusal", MRI, spoilt.AsksRefusalsAgain, "retry.refusal[422]"),
    Planted("computes money by float", MRI, spoilt.MoneyByFloat, "value.cents[commitment]"),
    Planted("cuts a long title", MRI, spoilt.CutsTitles, "value.unfit[commitment, title too long]"),
    Planted("loses leading zeros", MRI, spoilt.LosesZeros, "value.zeros[commitment]"),
    Planted("sends what is no capability", PROCORE, spoilt.SendsWhatNobodyAsked, "identity.none"),
    Planted("sends other bytes than were approved", MRI, spoilt.SendsOtherBytes, "write.bytes[commitment]"),
    Planted(
        "takes an error in a 200 for success",
        MRI,
        spoilt.TakesErrorsForSuccess,
        "write.error_in_200[commitment]",
    ),
    Planted(
        "takes an answer without id for success",
        PROCORE,
        spoilt.TakesAnyAnswerForSuccess,
        "write.no_id[company]",
    ),
    Planted(
        "takes an answer about another for success",
        MRI,
        spoilt.TakesAnyAnswerForSuccess,
        "write.other[commitment]",
    ),
    Planted("matches results by position", PROCORE, spoilt.MatchesByPosition, "batch.matched[company]"),
    Planted("sends a write again", MRI, spoilt.RepeatsWrites, "refuse.passing[commitment, 503]"),
    Planted("calls a lost answer unsent", MRI, spoilt.CallsLostUnsent, "lost.applied[commitment, dropped]"),
    Planted("calls a lost answer a refusal", PROCORE, spoilt.CallsLostRefused, "lost.refusal[company]"),
    Planted(
        "takes a failed look-up for absence", MRI, spoilt.FindsNothingInTrouble, "find.fails[commitment]"
    ),
    Planted(
        "ignores differences in what it finds", MRI, spoilt.IgnoresDifferences, "find.differs[commitment]"
    ),
    Planted("ignores what stands in the way", MRI, spoilt.IgnoresObstacles, "unlink.obstacle[commitment]"),
    Planted("calls while told to wait", PROCORE, spoilt.ForgetsTraffic, "traffic.read"),
    Planted("calls while told to wait", REFERENCE, spoilt.ForgetsTraffic, "traffic.limited[429]"),
    Planted("stops at a short page in XML", XML, spoilt.ShortPageEnds, "page.short"),
    Planted("ignores differences in what it finds", XML, spoilt.IgnoresDifferences, "find.differs[budget]"),
    Planted("never finds what it wrote", PROCORE, spoilt.NeverFinds, "lost.applied[payment, dropped]"),
    Planted("names another document than it made", MRI, spoilt.NamesAnother, "write.id[budget_change]"),
    Planted("gives rows twice", REFERENCE, spoilt.RepeatsRows, "read.sample"),
    Planted("takes two documents for one", REFERENCE, spoilt.IgnoresDuplicates, "again.twice[commitment K4]"),
)


async def hunted(planted: Sequence[Planted]) -> AsyncIterator[tuple[Planted, str | None]]:
    """Each fault with the case that finds it, None where no case of the suite does."""
    for subject in SUBJECTS.values():
        async with sandbox_of(subject) as place:
            for one in planted:
                if one.subject is subject:
                    yield one, await _found_by(one, place)


async def _found_by(one: Planted, place: Place) -> str | None:
    """The case that must find it is asked first, the others only where it does not."""
    runs = runs_of(one.subject, (*CASES, *one.subject.cases))
    for run in sorted(runs, key=lambda run: run.id != one.by):
        if await finds(one, place, run):
            return run.id
    return None


async def finds(one: Planted, place: Place, run: Run) -> bool:
    """Whether the case fails with the fault and passes without it."""
    if (await tried(one.spoilt, place, run)).verdict is not Verdict.FAILED:
        return False
    return (await tried(one.sound, place, run)).verdict is Verdict.PASSED
