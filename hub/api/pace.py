"""How many of a kind this process lets in: so many a second, and a burst of some more."""

from collections import OrderedDict
from collections.abc import Hashable

from db.clock import Sources

_KEPT = 10_000  # whoever is forgotten begins with a full burst again


class Pace:
    """A bucket of tokens for each name."""

    def __init__(self, per_second: float, burst: float) -> None:
        self._rate, self._burst = per_second, burst
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def lets(self, name: Hashable) -> bool:
        """Whether one more may come in now; if so, it is counted."""
        moment = Sources.clock.monotonic()
        left, then = self._left.pop(name, (self._burst, moment))
        left = min(self._burst, left + (moment - then) * self._rate)
        self._left[name] = (left - 1 if left >= 1 else left, moment)
        if len(self._left) > _KEPT:
            self._left.popitem(last=False)
        return left >= 1
