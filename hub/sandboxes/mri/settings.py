"""What differs from one MRI installation to the next: who may log in and call what, page sizes, the zone."""

from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

# Of the sandbox alone; a real key has the same length.
SANDBOX_PARTNER_KEY = "0123456789abcdef" * 4
SANDBOX_DEVELOPER_KEY = "fedcba9876543210" * 4

JOB_COST, PAYABLES, GENERAL_LEDGER, PURCHASING = "JC", "AP", "GL", "PO"
MODULES = {
    JOB_COST: "Job Cost",
    PAYABLES: "Accounts Payable",
    GENERAL_LEDGER: "General Ledger",
    PURCHASING: "Purchase Order",
}


class Oddity(StrEnum):
    """Behaviours seen at some installations and not at others; switched on through the control interface."""

    WRONG_FORMAT_IN_LINK = "wrong_format_in_link"
    DOUBLY_ESCAPED_LINK = "doubly_escaped_link"
    DOLLAR_IN_LINK = "dollar_in_link"  # `$` instead of `%24`
    LINK_DROPS_PARAMETERS = "link_drops_parameters"
    LINK_REORDERS_PARAMETERS = "link_reorders_parameters"
    LINK_TO_EMPTY_PAGE = "link_to_empty_page"  # a full last page has a link, too
    FOLDED_KEYS = "folded_keys"  # the database takes capital and small letters for the same
    UNPAGED = "unpaged"  # everything at once, whatever $top and $skip say
    BARE_ROW = "bare_row"  # a list of one row comes as that row
    UNQUOTED_NUMBERS = "unquoted_numbers"
    STRICT_DATES = "strict_dates"  # an API takes date parameters in its own form only
    EMPTY_IS_ERROR = "empty_is_error"
    WINDOWS_1252 = "windows_1252"
    RESULT_ROOT = "result_root"  # a write is answered by one Result, which says Success when it went well
    SILENT_RESULT = "silent_result"  # ... or says nothing then
    EVERY_ERROR = "every_error"  # an entry comes back with all that is wrong with it, not with the first
    ERROR_AS_TEXT = "error_as_text"  # a refused request is a bare JSON string
    ERROR_AS_PAGE = "error_as_page"  # ... or an HTML page


@dataclass(frozen=True)
class PartnerKey:
    """`apis` are those registered for the key, None for all; `calls` is what it may make per window.

    A partner key runs what is registered for it; a developer key runs everything, but less often."""

    key: str = SANDBOX_PARTNER_KEY
    apis: frozenset[str] | None = None
    calls: int = 1000


@dataclass(frozen=True)
class Site:
    """How the ledger is set up; every value can be changed at run time through the control interface."""

    version: str = "10.5.2"  # of Platform X
    modules: tuple[str, ...] = tuple(MODULES)
    invoice_status: str = "Approved"  # of a posted invoice that names none: Pending or Approved
    transfers_sum_to_zero: bool = True  # whether a Budget Transfer that doesn't is refused
    closed_from: str | None = None  # nightly, by the site's own clock, `HH:MM`; see `closed_until`
    closed_until: str | None = None
    calls: int | None = None  # per window, in the place of what every key may make
    window_seconds: int | None = None  # in the place of that of `Settings`
    partner_apis: tuple[str, ...] | None = None  # registered for the first key, in the place of its own


@dataclass(frozen=True)
class Settings:
    client: str = "HUBCLIENT"
    database: str = "SANDBOX"
    user: str = "hubsvc"
    # The colon is there on purpose: only the first one separates.
    password: str = "sandbox:password"  # noqa: S105 - the sandbox's own, for everybody to read
    keys: tuple[PartnerKey, ...] = (PartnerKey(), PartnerKey(SANDBOX_DEVELOPER_KEY, calls=200))
    takes_three_parts: bool = False  # a user string without a key, which then counts as the first key
    granted: frozenset[str] | None = None  # what the user's class may call; None for all
    page_size: int = 300
    page_limit: int = 1000
    window_seconds: float = 300
    entries_limit: int = 500
    zone: tzinfo = field(default_factory=lambda: ZoneInfo("America/New_York"))
    site: Site = field(default_factory=Site)

    @property
    def basic_user(self) -> str:
        """The user part of Basic authentication with the first key."""
        return "/".join((self.client, self.database, self.user, self.keys[0].key))
