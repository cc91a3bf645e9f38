"""How many calls may leave: the port, what an answer teaches a budget, and the budget of one process alone."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from db.clock import Sources, now
from hub.http.pacing import calls_left, wait_until_reset
from hub.http.rules import BudgetRules, Window
from hub.http.traffic import Heard, Lane, Verdict

_GRACE = 1.0  # seconds by which bulk calls let a waiting interactive one go first
_LEAST = 0.001  # seconds; a shorter wait asks again at once


@dataclass(frozen=True, slots=True)
class Usage:
    """One window as it stands; `resets_at` is when the first counted call leaves it, in Unix seconds."""

    window: Window
    used: int
    resets_at: float | None

    @property
    def remaining(self) -> int:
        return max(0, self.window.count - self.used)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What an answer means for the budget. `left` is the place of a window and the calls left in it."""

    shut: float | None
    limited: bool
    fine: bool
    left: tuple[int, int] | None
    took: float


class Budget(Protocol):
    """The calls of one credential."""

    async def take(self, lane: Lane) -> float:
        """Seconds to wait; 0 where the call may leave, and then it is counted."""
        ...

    async def learn(self, lesson: Lesson) -> None: ...

    async def may_retry(self) -> bool: ...

    async def usage(self) -> Sequence[Usage]: ...


def lesson_of(heard: Heard, windows: Sequence[Window]) -> Lesson:
    """The server's own headers, read against the windows that are counted."""
    waits = [wait for wait in (heard.retry_after, wait_until_reset(heard.headers, now())) if wait is not None]
    return Lesson(
        shut=max(waits) if waits else None,
        limited=heard.verdict is Verdict.LIMITED,
        fine=heard.verdict is Verdict.FINE,
        left=_left(heard, windows),
        took=heard.took,
    )


def _left(heard: Heard, windows: Sequence[Window]) -> tuple[int, int] | None:
    """The window that the headers tell of: the one of the same size, else the first that their reset fits into."""
    told = calls_left(heard.headers, now())
    if told is None or told.remaining == 0 or not windows:
        return None
    same = [place for place, window in enumerate(windows) if window.count == told.limit]
    if same:
        return same[0], told.remaining
    if told.reset is None:
        return None
    by_length = sorted(range(len(windows)), key=lambda place: windows[place].seconds)
    fits = [place for place in by_length if windows[place].seconds >= told.reset]
    return (fits or by_length[-1:])[0], told.remaining


class LocalBudget:
    """Counts in this process. For clients without company, and for workers that cannot reach the others."""

    def __init__(self, rules: BudgetRules) -> None:
        self._rules = rules
        self._calls: list[float] = []
        self._bulk: list[float] = []
        self._unshared: list[tuple[float, bool]] = []
        self._shut = self._wanted = 0.0
        self._limited, self._tokens = 0, rules.retry_burst

    async def take(self, lane: Lane) -> float:
        moment, bulk = _moment(), lane is Lane.BULK
        until = [self._shut, *(self._room_at(window, bulk, moment) for window in self._rules.windows)]
        if bulk:
            until.append(self._wanted)
        wait = max(until) - moment
        if wait > 0:
            wait = max(wait, _LEAST)
            self._wanted = self._wanted if bulk else moment + wait + _GRACE
            return wait
        self._count(moment, bulk)
        return 0.0

    async def learn(self, lesson: Lesson) -> None:
        moment, rules = _moment(), self._rules
        was_open = self._shut <= moment
        if lesson.shut is not None:
            self._shut = max(self._shut, moment + lesson.shut)
        elif lesson.limited and was_open:
            self._shut = moment + min(rules.limited_first * 2.0**self._limited, rules.limited_most)
            self._limited = min(self._limited + 1, 30)
        elif lesson.fine and was_open:
            self._limited = 0

    async def may_retry(self) -> bool:
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def unshared(self) -> Sequence[tuple[float, bool]]:
        """The calls, and whether in bulk, that nobody else has been told of."""
        return tuple(self._unshared)

    def shared(self, calls: Sequence[tuple[float, bool]]) -> None:
        """They have been told of these, the oldest."""
        del self._unshared[: len(calls)]

    async def usage(self) -> Sequence[Usage]:
        moment = _moment()
        return [self._usage(window, moment) for window in self._rules.windows]

    def _usage(self, window: Window, moment: float) -> Usage:
        length = window.seconds + self._rules.slack
        counted = _since(self._calls, moment - length)
        return Usage(window, len(counted), counted[0] + length if counted else None)

    def _room_at(self, window: Window, bulk: bool, moment: float) -> float:
        """The moment from which the window lets the lane in."""
        length, rules = window.seconds + self._rules.slack, self._rules
        counted = _since(self._calls, moment - length)
        until = counted[0] + length if len(counted) >= window.count else -math.inf
        if not bulk:
            return until
        mine, room = _since(self._bulk, moment - length), window.share(1 - rules.reserve)
        if len(mine) >= room:
            return max(until, mine[0] + length)
        return max(until, mine[-1] + length / room) if len(mine) >= rules.pace_from * room and mine else until

    def _count(self, moment: float, bulk: bool) -> None:
        rules = self._rules
        self._tokens = min(rules.retry_burst, self._tokens + rules.retry_share)
        self._wanted = self._wanted if bulk else 0.0
        if not rules.windows:
            return
        oldest = moment - max(window.seconds for window in rules.windows) - rules.slack
        self._calls = [*_since(self._calls, oldest), moment]
        self._bulk = [*_since(self._bulk, oldest), moment] if bulk else self._bulk
        self._unshared = [call for call in self._unshared if call[0] > oldest] + [(moment, bulk)]


def _since(calls: list[float], start: float) -> list[float]:
    return calls[bisect_right(calls, start) :]


def _moment() -> float:
    return Sources.clock.now().timestamp()
