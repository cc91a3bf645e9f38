"""Procore's two request allowances per client, an hourly one and a spike one, both rolling."""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.sandboxes.procore.problem import Problem
from hub.sandboxes.procore.settings import Live

HOUR, SPIKE = 3600, 10


@dataclass
class _Window:
    """The moments of the calls still counted, in seconds of the sandbox's clock."""

    seconds: int
    limit: int
    calls: deque[float] = field(default_factory=deque)

    def forget(self, now: float) -> None:
        while self.calls and self.calls[0] <= now - self.seconds:
            self.calls.popleft()

    @property
    def remaining(self) -> int:
        return max(0, self.limit - len(self.calls))

    def reset_at(self, now: float) -> int:
        oldest = self.calls[0] if self.calls else now
        return math.ceil(oldest + self.seconds)

    def headers(self, now: float) -> Mapping[str, str]:
        return {
            "X-Rate-Limit-Limit": str(self.limit),
            "X-Rate-Limit-Remaining": str(self.remaining),
            "X-Rate-Limit-Reset": str(self.reset_at(now)),
        }


class Rates:
    """The headers of an answer tell of the window that is nearer to its end."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._windows: dict[str, list[_Window]] = {}

    def count(self, client: str, now: float) -> Mapping[str, str]:
        """Count one call of the client, or refuse it; a refused call is not counted."""
        windows = self._windows.setdefault(client, [_Window(HOUR, 0), _Window(SPIKE, 0)])
        limits = (self._live.now.hourly_limit, self._live.now.spike_limit)
        for window, limit in zip(windows, limits, strict=True):
            window.limit = limit
            window.forget(now)
        spent = [window for window in windows if window.remaining == 0]
        if spent:
            latest = max(spent, key=lambda window: window.reset_at(now))
            raise Problem(429, {"message": "You have surpassed the rate limit."}, latest.headers(now))
        for window in windows:
            window.calls.append(now)
        return min(windows, key=lambda window: window.remaining).headers(now)

    def clear(self) -> None:
        self._windows.clear()
