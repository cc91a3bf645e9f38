"""What differs from one MRI installation to the next: who may log in and call what, page sizes, the zone."""

from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

# Of the sandbox alone; a real key has the same length.
SANDBOX_PARTNER_KEY = "0123456789abcdef" * 4


class Oddity(StrEnum):
    """Behaviours seen at some installations and not at others; switched on through the control interface."""

    WRONG_FORMAT_IN_LINK = "wrong_format_in_link"
    DOUBLY_ESCAPED_LINK = "doubly_escaped_link"
    EMPTY_IS_ERROR = "empty_is_error"
    WINDOWS_1252 = "windows_1252"


@dataclass(frozen=True)
class PartnerKey:
    """`apis` are those registered for the key, None for all; `calls` is what it may make per window."""

    key: str = SANDBOX_PARTNER_KEY
    apis: frozenset[str] | None = None
    calls: int = 1000


@dataclass(frozen=True)
class Settings:
    client: str = "HUBCLIENT"
    database: str = "SANDBOX"
    user: str = "hubsvc"
    # The colon is there on purpose: only the first one separates.
    password: str = "sandbox:password"  # noqa: S105 - the sandbox's own, for everybody to read
    keys: tuple[PartnerKey, ...] = field(default_factory=lambda: (PartnerKey(),))
    granted: frozenset[str] | None = None  # what the user's class may call; None for all
    page_size: int = 300
    page_limit: int = 1000
    window_seconds: float = 300
    entries_limit: int = 500
    zone: tzinfo = field(default_factory=lambda: ZoneInfo("America/New_York"))

    @property
    def basic_user(self) -> str:
        """The user part of Basic authentication with the first key."""
        return "/".join((self.client, self.database, self.user, self.keys[0].key))
