"""Keeps a circuit where all who call through it see it, and changes it only from what they saw."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Protocol

from redis.asyncio import Redis

from hub.http.circuit import Circuit, Phase
from hub.http.rules import BreakerRules
from hub.http.shared_budget import moment
from hub.http.traffic import Heard, Held

_TRIES = 20  # each one that is lost was won by somebody else
_KEPT = 86_400  # seconds
_SWAP = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""
_READ = "return {redis.call('GET', KEYS[1]) or '', redis.call('TIME')}"


class Cell(Protocol):
    """One text that many read, and that is changed by whoever saw its last value."""

    async def read(self) -> tuple[str, float]:
        """The text, empty at first, and the time by which all agree."""
        ...

    async def swap(self, before: str, after: str) -> bool: ...


class LocalCell:
    """A text of this process."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._text, self._clock = "", clock

    async def read(self) -> tuple[str, float]:
        return self._text, self._clock()

    async def swap(self, before: str, after: str) -> bool:
        if self._text != before:
            return False
        self._text = after
        return True


class SharedCell:
    """A text in Redis."""

    def __init__(self, redis: Redis, key: str) -> None:
        self._key = key
        self._reading, self._swapping = redis.register_script(_READ), redis.register_script(_SWAP)

    async def read(self) -> tuple[str, float]:
        text, (seconds, micros) = await self._reading(keys=[self._key])
        virtual = moment()
        return text.decode(errors="surrogateescape"), int(seconds) + int(
            micros
        ) / 1e6 if virtual is None else virtual

    async def swap(self, before: str, after: str) -> bool:
        return bool(
            await self._swapping(
                keys=[self._key], args=[before.encode(errors="surrogateescape"), after, _KEPT]
            )
        )


class Breaker:
    """The circuit of one credential and host."""

    def __init__(self, cell: Cell, rules: BreakerRules) -> None:
        self._cell, self._rules = cell, rules

    async def circuit(self) -> Circuit:
        return _read((await self._cell.read())[0])

    async def look(self) -> Phase:
        """The phase; raises `Held` where no call may leave now."""
        text, now = await self._cell.read()
        circuit = _read(text)
        if (wait := circuit.wait(now, self._rules)) > 0:
            raise Held(circuit.cause, wait)
        return circuit.phase

    async def probe(self) -> bool:
        """Leave as the one probe, or raise `Held`. Gives whether the phase has changed."""
        while True:
            text, now = await self._cell.read()
            circuit = _read(text)
            if (wait := circuit.wait(now, self._rules)) > 0:
                raise Held(circuit.cause, wait)
            if circuit.phase is Phase.CLOSED:
                return False
            if await self._cell.swap(text, _text(circuit.probing(now, self._rules))):
                return circuit.phase is not Phase.HALF_OPEN

    async def heard(self, heard: Heard) -> bool:
        """Note an answer. Gives whether the phase has changed."""
        for _ in range(_TRIES):
            text, now = await self._cell.read()
            before = _read(text)
            after = before.heard(heard.verdict, heard.words, now, self._rules)
            if after == before or await self._cell.swap(text, _text(after)):
                return after.phase is not before.phase
        return False  # one of many calls is not counted


def _text(circuit: Circuit) -> str:
    return json.dumps(asdict(circuit))


def _read(text: str) -> Circuit:
    """A text that is none of this version's is a circuit that nothing is known of."""
    if not text:
        return Circuit()
    try:
        kept = json.loads(text)
        slots = tuple((int(number), int(calls), int(bad)) for number, calls, bad in kept["slots"])
        return Circuit(
            Phase(kept["phase"]), slots, int(kept["refusals"]),
            _moment(kept["opened_at"]), _moment(kept["probe_at"]), str(kept["words"]),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError):
        return Circuit()


def _moment(kept: object) -> float | None:
    return None if kept is None else float(str(kept))
