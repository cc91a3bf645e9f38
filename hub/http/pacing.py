"""How long to wait: what the other side's headers ask for, and our own backoff where they say nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from db.clock import fraction

_LONGEST = 3600.0


def wait_asked_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until the other side wants to be asked again; the later of its two ways to say so."""
    asked = [_retry_after(headers.get("retry-after"), now), _reset(headers, now)]
    waits = [wait for wait in asked if wait is not None]
    return min(max(waits), _LONGEST) if waits else None


def wait_until_reset(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until the rate window opens again, where this answer says it is used up."""
    return _reset(headers, now) if headers.get("x-rate-limit-remaining", "").strip() == "0" else None


def jittered(attempt: int, *, base: float, cap: float) -> float:
    """Full jitter: anything from nothing to the doubled base. `attempt` counts from 1."""
    return fraction() * min(cap, base * 2.0 ** (attempt - 1))


def _retry_after(text: str | None, now: datetime) -> float | None:
    if not text:
        return None
    if text.strip().isdigit():
        return min(float(text), _LONGEST)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (TypeError, ValueError):
        return None


def _reset(headers: Mapping[str, str], now: datetime) -> float | None:
    """`X-Rate-Limit-Reset` is Unix seconds; some gateways send milliseconds, some a time that has passed.

    The server's own `Date` is the zero point where there is one: its clock need not be ours."""
    text = headers.get("x-rate-limit-reset", "").strip()
    if not text.isdigit() or len(text) > 15:
        return None
    seconds = float(text) / 1000 if len(text) > 11 else float(text)
    wait = seconds - _server_time(headers, now).timestamp()
    return min(wait, _LONGEST) if wait > 0 else None


def _server_time(headers: Mapping[str, str], now: datetime) -> datetime:
    try:
        stated = parsedate_to_datetime(headers["date"])
    except (KeyError, TypeError, ValueError):
        return now
    return stated if stated.tzinfo else stated.replace(tzinfo=UTC)
