"""When calls to a system stop for a while: the states of its circuit and what moves it between them."""

from dataclasses import dataclass, replace
from enum import StrEnum

from hub.http.rules import BreakerRules
from hub.http.traffic import Verdict

_TOLERANCE = 1.0  # seconds
_SLOTS = 12  # parts of the span that is looked back on; the oldest is forgotten as a whole


class Phase(StrEnum):
    """Calls leave while it is closed; while it is half open, one probe at a time does."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Circuit:
    """`slots` hold (number of the slot, calls, failures). Moments are Unix seconds. `words` tell the last failure."""

    phase: Phase = Phase.CLOSED
    slots: tuple[tuple[int, int, int], ...] = ()
    refusals: int = 0
    opened_at: float | None = None
    probe_at: float | None = None
    words: str = ""

    @property
    def cause(self) -> str:
        """Why calls are held back. Refused credentials are a cause of their own, and nothing passes by waiting."""
        held = f"Calls are held back for a while after failures. The last: {self.words}"
        return self.words if self.refusals else held

    def wait(self, now: float, rules: BreakerRules) -> float:
        """Seconds until a call may leave; none where the clock was put back since the wait was set."""
        left = 0.0 if self.phase is Phase.CLOSED else (self.probe_at or 0.0) - now
        return left if 0 < left <= rules.probe_every + _TOLERANCE else 0.0

    def probing(self, now: float, rules: BreakerRules) -> "Circuit":
        """A probe leaves; the next one may when this one has had its time, whether it was heard of or not."""
        return replace(self, phase=Phase.HALF_OPEN, probe_at=now + rules.probe_every)

    def heard(self, verdict: Verdict, words: str, now: float, rules: BreakerRules) -> "Circuit":
        """The circuit after an answer. What neither proves health nor failure changes nothing."""
        if verdict in (Verdict.LIMITED, Verdict.STALE_SIGN_IN) or self.phase is Phase.OPEN:
            return self
        if self.phase is Phase.HALF_OPEN:
            return Circuit() if verdict is Verdict.FINE else self._opened(verdict, words, now, rules)
        counted = self._counted(verdict, words, now, rules)
        return counted._opened(verdict, counted.words, now, rules) if counted._too_bad(rules) else counted

    def _counted(self, verdict: Verdict, words: str, now: float, rules: BreakerRules) -> "Circuit":
        failed, refused = verdict is not Verdict.FINE, verdict is Verdict.REFUSED_SIGN_IN
        current = int(now // (rules.span / _SLOTS))
        recent = {number: (calls, bad) for number, calls, bad in self.slots if abs(current - number) < _SLOTS}
        calls, bad = recent.get(current, (0, 0))
        recent[current] = (calls + 1, bad + failed)
        return replace(
            self,
            slots=tuple((number, *counts) for number, counts in sorted(recent.items())),
            refusals=self.refusals + 1 if refused else 0 if verdict is Verdict.FINE else self.refusals,
            words=words if failed else self.words,
        )

    def _too_bad(self, rules: BreakerRules) -> bool:
        calls, bad = (sum(slot[place] for slot in self.slots) for place in (1, 2))
        return self.refusals >= rules.refusals or (calls >= rules.calls and bad >= rules.ratio * calls)

    def _opened(self, verdict: Verdict, words: str, now: float, rules: BreakerRules) -> "Circuit":
        refusals = self.refusals if verdict is Verdict.REFUSED_SIGN_IN else 0
        opened = self.opened_at or now
        return Circuit(
            Phase.OPEN, (), refusals, opened_at=opened, probe_at=now + rules.probe_every, words=words
        )
