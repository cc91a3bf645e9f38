"""The one source of time and randomness on the Python side; `hub_now()` is its counterpart in SQL."""

import os
import time
import uuid
from datetime import UTC, datetime
from random import Random
from threading import Lock
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits. A simulation puts a virtual one in its place."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class Chance(Protocol):
    """Gives random bytes and fractions. A simulation seeds it."""

    def bits(self, count: int) -> bytes: ...

    def fraction(self) -> float: ...


class SystemChance:
    def __init__(self) -> None:
        self._random = Random(os.urandom(16))

    def bits(self, count: int) -> bytes:
        return os.urandom(count)

    def fraction(self) -> float:
        return self._random.random()


class Sources:
    """Where the process takes time and randomness from; replaced as a whole by a simulation."""

    clock: Clock = SystemClock()
    chance: Chance = SystemChance()


def now() -> datetime:
    return Sources.clock.now()


def fraction() -> float:
    """A random number in [0, 1), for jitter."""
    return Sources.chance.fraction()


class _Ids:
    """UUIDv7 (RFC 9562): 48 bits of milliseconds, a counter of 12 bits within one, then random bits.

    Ids of one process sort by birth, also within a millisecond: what is written first is read first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._millis = self._count = 0

    def next(self) -> uuid.UUID:
        random = Sources.chance.bits(9)
        with self._lock:
            millis = int(now().timestamp() * 1000)
            if millis > self._millis:
                self._millis, self._count = millis, random[8]  # starts low, so that a burst has room
            else:
                self._count += 1
                if self._count > _LAST:
                    self._millis, self._count = self._millis + 1, 0
            millis, count = self._millis, self._count
        head = millis << 80 | 0x7 << 76 | count << 64
        tail = 0b10 << 62 | int.from_bytes(random[:8], "big") >> 2
        return uuid.UUID(int=head | tail)


_LAST = 0xFFF
_IDS = _Ids()


def new_id() -> uuid.UUID:
    """A new id; see `_Ids`."""
    return _IDS.next()
