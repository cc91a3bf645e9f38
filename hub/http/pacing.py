"""How long to wait: what the other side's headers ask for, and our own backoff where they say nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from db.clock import fraction

_LONGEST = 3600.0


@dataclass(frozen=True, slots=True)
class Left:
    """What an answer says of a rate window; `reset` is in seconds from now."""

    limit: int | None
    remaining: int
    reset: float | None


def wait_asked_for(headers: Mapping[str, str], now: datetime, *, limited: bool) -> float | None:
    """Seconds until the other side wants to be asked again; the later of its two ways to say so.

    A reset counts where the window is used up, as every answer may carry one: `limited` says it is."""
    reset = _reset(headers, now) if limited else wait_until_reset(headers, now)
    waits = [wait for wait in (_retry_after(headers.get("retry-after"), now), reset) if wait is not None]
    return min(max(waits), _LONGEST) if waits else None


def calls_left(headers: Mapping[str, str], now: datetime) -> Left | None:
    """The rate window that the answer tells of; None where it tells of none."""
    remaining = _whole(headers.get("x-rate-limit-remaining"))
    if remaining is None:
        return None
    return Left(_whole(headers.get("x-rate-limit-limit")), remaining, _reset(headers, now))


def wait_until_reset(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until the rate window opens again, where this answer says it is used up."""
    return _reset(headers, now) if _whole(headers.get("x-rate-limit-remaining")) == 0 else None


def jittered(attempt: int, *, base: float, cap: float) -> float:
    """Full jitter: anything from nothing to the doubled base. `attempt` counts from 1."""
    return fraction() * min(cap, base * 2.0 ** (attempt - 1))


def _retry_after(text: str | None, now: datetime) -> float | None:
    if not text:
        return None
    if _is_whole(text.strip()):
        return min(float(text), _LONGEST)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (TypeError, ValueError):
        return None


def _reset(headers: Mapping[str, str], now: datetime) -> float | None:
    """`X-Rate-Limit-Reset` is Unix seconds; some gateways send milliseconds, some a time that has passed.

    The server's own `Date` is the zero point where there is one: its clock need not be ours."""
    text = headers.get("x-rate-limit-reset", "").strip()
    if not _is_whole(text) or len(text) > 15:
        return None
    seconds = float(text) / 1000 if len(text) > 11 else float(text)
    wait = seconds - _server_time(headers, now).timestamp()
    return min(wait, _LONGEST) if wait > 0 else None


def _whole(text: str | None) -> int | None:
    stated = (text or "").strip()
    return int(stated) if _is_whole(stated) and len(stated) <= 15 else None


def _is_whole(text: str) -> bool:
    """Digits as headers have them; other writings have digits too, and some are no numbers."""
    return text.isascii() and text.isdigit()


def _server_time(headers: Mapping[str, str], now: datetime) -> datetime:
    try:
        stated = parsedate_to_datetime(headers["date"])
    except (KeyError, TypeError, ValueError):
        return now
    return stated if stated.tzinfo else stated.replace(tzinfo=UTC)
