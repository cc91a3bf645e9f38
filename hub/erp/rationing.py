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
_DIVISORS = frozenset({"span"})
_WHOLE = frozenset({"calls", "refusals"})


def rules(declared: Sequence[RateLimit], settings: Mapping[str, Any]) -> Rules:
    """`rate_limits` in the settings, a list of `{count, window_s}`, takes the place of what is declared.

    `traffic` changes single numbers, `breaker` those of the circuit, by the names of their fields."""
    stated = settings.get("rate_limits")
    windows = [Window(each.count, each.window_s) for each in declared] if stated is None else _windows(stated)
    budget = _changed(BudgetRules(tuple(windows)), settings.get("traffic") or {}, "traffic")
    return Rules(budget, _changed(BreakerRules(), settings.get("breaker") or {}, "breaker"))


def _windows(stated: Any) -> list[Window]:
    if not isinstance(stated, list):
        raise _invalid("rate_limits", "A list of count and window_s is expected.")
    return [_window(each) for each in stated]


def _window(stated: Any) -> Window:
    pair = [stated.get(name) for name in ("count", "window_s")] if isinstance(stated, Mapping) else []
    numbers = [number for number in pair if isinstance(number, int) and number is not True and number > 0]
    if len(numbers) != 2:
        raise _invalid("rate_limits", "Each limit has a count and a window_s, whole numbers above zero.")
    return Window(*numbers)


def _changed(usual: R, stated: Any, name: str) -> R:
    known = {field.name for field in fields(usual)} - {"windows"}
    if not isinstance(stated, Mapping) or not set(stated) <= known:
        raise _invalid(name, f"Known here are {', '.join(sorted(known))}.")
    changes = {key: _number(f"{name}.{key}", key, value) for key, value in stated.items()}
    return type(usual)(**{field.name: getattr(usual, field.name) for field in fields(usual)} | changes)


def _number(path: str, key: str, value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise _invalid(path, "A number of at least zero is expected.")
    if key in _DIVISORS and value == 0:
        raise _invalid(path, "A number above zero is expected.")
    if key in _SHARES and value > 1:
        raise _invalid(path, "A share is a number from zero to one.")
    return int(value) if key in _WHOLE else float(value)


def _invalid(path: str, message: str) -> Refused:
    return Refused(ErrorCode.INVALID_VALUE, message, field=f"settings.{path}")
