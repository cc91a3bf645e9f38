"""What all workers share about the calls on one credential: how many may leave now, and whether any should."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hub.errors import ErpUnavailable


class Lane(StrEnum):
    """A person waits for interactive calls; bulk calls leave them a share of every window."""

    INTERACTIVE = "interactive"
    BULK = "bulk"


class Verdict(StrEnum):
    """What an answer says about the other side's health."""

    FINE = "fine"  # it answered, whatever it said
    FAILED = "failed"  # no answer, or one of the fives
    LIMITED = "limited"  # it asked for fewer calls
    STALE_SIGN_IN = "stale_sign_in"  # a token had ended and a new one was had; says nothing of health
    REFUSED_SIGN_IN = "refused_sign_in"


class Held(ErpUnavailable):
    """A call was not let out: the rate limit is used up, or the circuit is open. Nothing has left."""

    def __init__(self, message: str, wait: float) -> None:
        super().__init__(message, retry_after=wait, reached=False)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one call taught. `headers` has lower-case names and is empty where no answer came.

    `took` are the seconds from leaving to the answer, `words` our own for what went wrong, free of secrets."""

    verdict: Verdict
    headers: Mapping[str, str]
    retry_after: float | None = None
    took: float = 0.0
    words: str = ""


class Traffic(Protocol):
    """Asked before a call leaves, told after it. Both are shared by all workers that use the credential."""

    async def admit(self) -> float:
        """Seconds to wait before asking again; 0 where the call may leave now, and then it is counted.

        Raises `Held` where the circuit is open."""
        ...

    async def heard(self, heard: Heard) -> None: ...

    async def may_retry(self) -> bool:
        """Whether a failed read may be tried again; retries are a small share of all calls."""
        ...
