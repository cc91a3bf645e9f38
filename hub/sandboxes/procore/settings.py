"""What a Procore sandbox can be started with besides its store and its seed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits are generous, so that only tests that ask for tight ones meet them."""

    hourly_limit: int = 100_000
    spike_limit: int = 10_000
    token_seconds: int = 5400
    page_size: int = 100
    largest_page: int = 2000
    sync_limit: int = 1000
    locks_approved_contracts: bool = True  # the company may let approved contracts be edited
