"""The numbers of traffic control: windows of calls, the share of each lane, and when a circuit opens."""

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Window:
    """At most `count` calls in any `seconds`."""

    count: int
    seconds: float

    def share(self, part: float) -> int:
        """A part of the window in whole calls, never less than one."""
        return max(1, math.floor(self.count * part + 1e-9))


@dataclass(frozen=True, slots=True)
class BudgetRules:
    """How the calls of a credential are rationed. All waits are in seconds.

    `slack` lengthens every window: calls do not take equally long to the server, which counts arrivals."""

    windows: tuple[Window, ...] = ()
    reserve: float = 0.3  # of every window, kept from bulk calls
    pace_from: float = 0.5  # bulk's part in use from which its calls keep an even distance
    slack: float = 0.5
    limited_first: float = 5.0  # after a 429 that names no time; it doubles with each
    limited_most: float = 300.0
    retry_share: float = 0.1  # of all calls
    retry_burst: float = 10.0
    alone: float = 0.25  # of every window, for a worker that cannot reach the others

    def shrunk(self) -> "BudgetRules":
        """For a worker on its own: a share of every window."""
        windows = tuple(Window(window.share(self.alone), window.seconds) for window in self.windows)
        return replace(self, windows=windows)


@dataclass(frozen=True, slots=True)
class BreakerRules:
    """When the circuit of a credential opens. Spans are in seconds."""

    ratio: float = 0.5
    calls: int = 20  # fewer than these prove nothing
    span: float = 60.0
    refusals: int = 5  # of the sign-in, in a row: a further one may lock the account
    probe_every: float = 30.0


@dataclass(frozen=True, slots=True)
class Rules:
    """All of it."""

    budget: BudgetRules = BudgetRules()
    breaker: BreakerRules = BreakerRules()
