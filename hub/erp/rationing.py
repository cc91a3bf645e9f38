"""The traffic rules of one connection: what its system declares, and what the account has set otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from hub.codes import ErrorCode
from hub.erp.capabilities import RateLimit
from hub.errors import Refused
from hub.http import BreakerRules, BudgetRules, Rules, Window

R = TypeVar("R", BudgetRules, BreakerRules)
_SHARES = frozenset({"reserve", "pace_from", "retry_share", "alone", "ratio"})
_LEAST: Mapping[str, float] = {"span": 1, "calls": 1, "refusals": 1, "ratio": 0.01}  # below, all is too bad
_WHOLE = frozenset({"calls", "refusals"})
# Every call of a window is kept in a Redis that all accounts share, for as long as the window is.
_MOST_WINDOWS, _MOST_CALLS, _LONGEST = 10, 100_000, 31 * 86_400
_MOST = 86_400.0


def rules(declared: Sequence[RateLimit], settings: Mapping[str, Any]) -> Rules:
    """`rate_limits` in the settings, a list of `{count, window_s}`, takes the place of what is declared.

    `traffic` changes single numbers, `breaker` those of the circuit, by the names of their fields."""
    stated = settings.get("rate_limits")
    windows = [Window(each.count, each.window_s) for each in declared] if stated is None else _windows(stated)
    budget = _changed(BudgetRules(tuple(windows)), settings.get("traffic") or {}, "traffic")
    return Rules(budget, _changed(BreakerRules(), settings.get("breaker") or {}, "breaker"))


def _windows(stated: Any) -> list[Window]:
    if not isinstance(stated, list) or len(stated) > _MOST_WINDOWS:
        raise _invalid("rate_limits", f"A list of at most {_MOST_WINDOWS} count and window_s is expected.")
    return [_window(each) for each in stated]


def _window(stated: Any) -> Window:
    pair = [stated.get(name) for name in ("count", "window_s")] if isinstance(stated, Mapping) else []
    numbers = [number for number in pair if isinstance(number, int) and number is not True and number > 0]
    if len(numbers) != 2:
        raise _invalid("rate_limits", "Each limit has a count and a window_s, whole numbers above zero.")
    count, seconds = numbers
    if count > _MOST_CALLS or seconds > _LONGEST:
        raise _invalid("rate_limits", f"A limit has at most {_MOST_CALLS} calls and {_LONGEST} seconds.")
    return Window(count, seconds)


def _changed(usual: R, stated: Any, name: str) -> R:
    known = {field.name for field in fields(usual)} - {"windows"}
    if not isinstance(stated, Mapping) or not set(stated) <= known:
        raise _invalid(name, f"Known here are {', '.join(sorted(known))}.")
    changes = {key: _number(f"{name}.{key}", key, value) for key, value in stated.items()}
    return type(usual)(**{field.name: getattr(usual, field.name) for field in fields(usual)} | changes)


def _number(path: str, key: str, value: Any) -> float:
    least, most = _LEAST.get(key, 0), 1 if key in _SHARES else _MOST
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
        raise _invalid(path, f"A number from {least:g} to {most:g} is expected.")
    return int(value) if key in _WHOLE else float(value)


def _invalid(path: str, message: str) -> Refused:
    return Refused(ErrorCode.INVALID_VALUE, message, field=f"settings.{path}")
