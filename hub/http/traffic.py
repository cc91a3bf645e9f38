"""What all workers share about the calls on one credential: how many may leave now, and whether any should."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Lane(StrEnum):
    """A person waits for interactive calls; bulk calls leave them a share of every window."""

    INTERACTIVE = "interactive"
    BULK = "bulk"


class Verdict(StrEnum):
    """What an answer says about the other side's health."""

    FINE = "fine"  # it answered, whatever it said
    FAILED = "failed"  # no answer, or one of the fives
    LIMITED = "limited"  # it asked for fewer calls
    REFUSED_SIGN_IN = "refused_sign_in"


@dataclass(frozen=True, slots=True)
class Heard:
    """What one call taught. `headers` has lower-case names and is empty where no answer came."""

    verdict: Verdict
    headers: Mapping[str, str]
    retry_after: float | None = None


class Traffic(Protocol):
    """Asked before a call leaves, told after it. Both are shared by all workers that use the credential."""

    async def admit(self) -> float:
        """Seconds to wait before asking again; 0 where the call may leave now, and then it is counted.

        Raises `ErpUnavailable` with `reached` false where the circuit is open."""
        ...

    async def heard(self, heard: Heard) -> None: ...
