"""What differs from one installation to the next: who may sign in, page sizes, the rate, how writes behave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Writes(StrEnum):
    """What the ledger does about a second write of the same thing."""

    K1 = "K1"  # honours the header Idempotency-Key
    K2 = "K2"  # updates the document that carries the same external_ref
    K3 = "K3"  # refuses a number it has
    K4 = "K4"  # takes a second one, and shows both
    K5 = "K5"  # takes a second one, and shows none


@dataclass(frozen=True)
class Settings:
    """`writes` is per collection, `*` for all that are not named. `calls` may be made in `window_seconds`."""

    client_id: str = "reference-hub"
    client_secret: str = "reference-secret"  # noqa: S105 - the sandbox's own, for everybody to read
    token_seconds: int = 3600
    page_size: int = 100
    page_limit: int = 500
    calls: int = 600
    window_seconds: float = 60
    key_seconds: float = 86400  # how long an idempotency key is remembered
    body_limit: int = 1024 * 1024
    zero_amounts: bool = False
    writes: Mapping[str, Writes] = field(default_factory=lambda: {"*": Writes.K1})
