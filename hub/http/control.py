"""Traffic control: budget and circuit of a credential together, shared through Redis, or alone where it is away."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import structlog
from redis.asyncio import Redis
from redis.asyncio.connection import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from db.clock import Sources
from hub.http.breaker import Breaker, LocalCell, SharedCell
from hub.http.budget import Budget, LocalBudget, Usage, lesson_of
from hub.http.circuit import Circuit, Phase
from hub.http.rules import BudgetRules, Rules
from hub.http.shared_budget import SharedBudget
from hub.http.traffic import Heard, Lane, Traffic

T = TypeVar("T")
Changed = Callable[[], Awaitable[None]]
_log = structlog.get_logger(__name__)

_AWAY = (RedisError, OSError)
_WITHIN = 1.0  # seconds an answer of Redis may take
_LEAVE_ALONE = 5.0  # seconds for which a Redis that did not answer is not asked again


@dataclass(frozen=True, slots=True)
class View:
    """How the traffic of a credential stands. Moments are Unix seconds."""

    windows: Sequence[Usage]
    circuit: Circuit


class Controlled(Traffic, Protocol):
    """Traffic that can be looked at."""

    async def view(self) -> View: ...


class Governed:
    """One lane's way through a budget and a breaker. `changed` is called when the circuit has changed its phase."""

    def __init__(
        self, budget: Budget, breaker: Breaker, rules: BudgetRules, lane: Lane, changed: Changed | None = None
    ) -> None:
        self._budget, self._breaker, self._rules = budget, breaker, rules
        self._lane, self._changed = lane, changed

    async def admit(self) -> float:
        """A probe is spent only on a call that the budget lets out."""
        phase = await self._breaker.look()
        wait = await self._budget.take(self._lane)
        if wait == 0 and phase is not Phase.CLOSED:
            await self._told(await self._breaker.probe())
        return wait

    async def heard(self, heard: Heard) -> None:
        await self._budget.learn(lesson_of(heard, self._rules.windows))
        await self._told(await self._breaker.heard(heard))

    async def may_retry(self) -> bool:
        return await self._budget.may_retry()

    async def view(self) -> View:
        return View(await self._budget.usage(), await self._breaker.circuit())

    async def _told(self, changed: bool) -> None:
        if changed and self._changed is not None:
            await self._changed()


class _Line:
    """Whether Redis answers; known to all traffic of the process, so that its silence is waited for once."""

    def __init__(self) -> None:
        self._away_until = 0.0

    async def either(self, shared: Callable[[], Awaitable[T]], alone: Callable[[], Awaitable[T]]) -> T:
        if Sources.clock.monotonic() >= self._away_until:
            try:
                return await shared()
            except ResponseError as error:  # it is there, and cannot read what is kept of this one credential
                _log.warning("traffic of one credential is counted alone", error=type(error).__name__)
            except _AWAY as error:
                self._away_until = Sources.clock.monotonic() + _LEAVE_ALONE
                _log.warning("traffic is counted alone for a while", error=type(error).__name__)
        return await alone()


class _Degrading:
    """The shared traffic, or this process's own while Redis is away; then Redis is told what it has missed."""

    def __init__(
        self, line: _Line, shared: Governed, alone: Governed, budgets: tuple[SharedBudget, LocalBudget]
    ) -> None:
        self._line, self._shared, self._alone = line, shared, alone
        self._together, self._own = budgets

    async def admit(self) -> float:
        async def shared() -> float:
            if missed := self._own.unshared():
                await self._together.adopt(missed)
                self._own.shared(missed)
            return await self._shared.admit()

        return await self._line.either(shared, self._alone.admit)

    async def heard(self, heard: Heard) -> None:
        await self._line.either(lambda: self._shared.heard(heard), lambda: self._alone.heard(heard))

    async def may_retry(self) -> bool:
        return await self._line.either(self._shared.may_retry, self._alone.may_retry)

    async def view(self) -> View:
        return await self._line.either(self._shared.view, self._alone.view)


class TrafficControl:
    """All credentials of one worker process. It connects when it is first asked."""

    def __init__(self, redis_url: str, name: str) -> None:
        """`name` keeps two hubs on one Redis apart."""
        pool = ConnectionPool.from_url(
            redis_url,
            socket_connect_timeout=_WITHIN,
            socket_timeout=_WITHIN,
            max_connections=50,
            retry=Retry(NoBackoff(), 1),  # a connection of before its restart is broken, the next one is not
        )
        self._redis, self._name, self._line = Redis(connection_pool=pool), name, _Line()
        self._alone: dict[str, tuple[tuple[Rules, str], LocalBudget, Breaker]] = {}

    async def close(self) -> None:
        await self._redis.aclose(close_connection_pool=True)

    def traffic(
        self, key: str, rules: Rules, lane: Lane, changed: Changed | None = None, *, edition: str = ""
    ) -> Controlled:
        """The traffic of the credential that `key` names: account and connection, never the credential itself.

        Each `edition` of the credential has a circuit of its own: what was refused says nothing of its successor."""
        named = f"{self._name}:traffic:{{{key}}}"
        together = SharedBudget(self._redis, named, rules.budget)
        circuit = Breaker(
            SharedCell(self._redis, f"{named}:circuit{edition and ':'}{edition}"), rules.breaker
        )
        own, own_circuit = self._own(key, rules, edition)
        return _Degrading(
            self._line,
            Governed(together, circuit, rules.budget, lane, changed),
            Governed(own, own_circuit, rules.budget, lane, changed),
            (together, own),
        )

    def _own(self, key: str, rules: Rules, edition: str) -> tuple[LocalBudget, Breaker]:
        """What all jobs of this process share while Redis is away."""
        known = self._alone.get(key)
        if known is None or known[0] != (rules, edition):
            budget = known[1] if known and known[0][0] == rules else LocalBudget(rules.budget.shrunk())
            known = self._alone[key] = ((rules, edition), budget, _local_breaker(rules))
        return known[1], known[2]


def alone(rules: Rules, lane: Lane = Lane.INTERACTIVE) -> Traffic:
    """Traffic that is shared with nobody: for a client that was given none."""
    return Governed(LocalBudget(rules.budget), _local_breaker(rules), rules.budget, lane)


def _local_breaker(rules: Rules) -> Breaker:
    return Breaker(LocalCell(lambda: Sources.clock.now().timestamp()), rules.breaker)
