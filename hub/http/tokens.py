"""Where what a sign-in yields is kept, so that one refresh serves all workers and a rotated token is never lost."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, Self


@dataclass(frozen=True, slots=True)
class Tokens:
    """An access token, from when on it counts as spent, and the refresh token that yields the next pair.

    `ended` says why no next pair can be had: a person has to sign in again. There is no token then."""

    access: str = field(repr=False)
    expires_at: datetime
    refresh: str | None = field(default=None, repr=False)
    ended: str = ""

    @classmethod
    def none_left(cls, why: str) -> Self:
        return cls(access="", expires_at=datetime.fromtimestamp(0, UTC), ended=why)


Obtain = Callable[[Tokens | None], Awaitable[Tokens]]


class TokenStore(Protocol):
    """One credential's tokens, shared by all workers."""

    async def read(self) -> Tokens | None: ...

    async def renewed(self, spent: Tokens | None, obtain: Obtain) -> Tokens:
        """The tokens after `spent`: those somebody else has stored since, or what `obtain` gives, asked by one at a time.

        `obtain` hears what is stored. They are stored before they are returned. `obtain` may raise; nothing is
        stored then."""
        ...


class MemoryTokens:
    """Tokens of one process, gone with it."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._tokens: Tokens | None = None

    async def read(self) -> Tokens | None:
        return self._tokens

    async def renewed(self, spent: Tokens | None, obtain: Obtain) -> Tokens:
        async with self._lock:
            if self._tokens is None or self._tokens == spent:
                self._tokens = await obtain(self._tokens)
            return self._tokens
