"""The one source of time and randomness on the Python side; `hub_now()` is its counterpart in SQL."""

import os
import time
import uuid
from datetime import UTC, datetime
from random import Random
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


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits, so that ids sort by birth."""
    millis = int(now().timestamp() * 1000)
    raw = bytearray(millis.to_bytes(6, "big") + Sources.chance.bits(10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return uuid.UUID(bytes=bytes(raw))
