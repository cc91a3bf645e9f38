"""Where what a sign-in yields is kept, so that one refresh serves all workers and a rotated token is never lost."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Tokens:
    """An access token with its end, and the refresh token that yields the next pair where there is one."""

    access: str = field(repr=False)
    expires_at: datetime
    refresh: str | None = field(default=None, repr=False)


class TokenStore(Protocol):
    """One credential's tokens, shared by all workers."""

    async def read(self) -> Tokens | None: ...

    async def renewed(
        self, spent: Tokens | None, obtain: Callable[[Tokens | None], Awaitable[Tokens]]
    ) -> Tokens:
        """The tokens after `spent`: those somebody else has stored since, or what `obtain` gives, asked by one at a time.

        They are stored before they are returned. `obtain` may raise; nothing is stored then."""
        ...
