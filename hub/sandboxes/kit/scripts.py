"""How a fault is scripted: the kinds there are, what each is told, and what is wrong with a script."""

from collections.abc import Callable, Mapping
from typing import Any

# What the sandbox itself answers never reaches the client; another body stands in its place.
MADE_UP = frozenset({"status", "html", "gzip_bomb", "entity_bomb"})
# The sandbox is asked, and something becomes of the request or of its answer.
AFTER = frozenset({"drop_after", "truncate", "gzip", "drip", "lie", "twice"})
# The sandbox does not see the request, or not yet.
UNSEEN = frozenset({"drop_before", "late"})
KINDS = tuple(sorted({"delay"} | MADE_UP | AFTER | UNSEEN))
MATCHES = ("method", "path", "api", "contains")

Check = Callable[[Any], bool]


class InvalidFaultError(ValueError):
    """The script can't be understood; the text says where."""


def read_script(script: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a fault as they came in, all of them sound."""
    unknown = set(script) - {"match", "nth", "times", "fault", "params"}
    if unknown:
        raise InvalidFaultError(f"unknown field: {', '.join(sorted(unknown))}")
    kind = script.get("fault")
    if kind not in KINDS:
        raise InvalidFaultError(f"fault must be one of {', '.join(KINDS)}")
    return {
        "fault": kind,
        "match": _match(script.get("match") or {}),
        "nth": _count(script, "nth", at_least=1),
        "times": _count(script, "times", at_least=0),
        "params": _params(kind, script.get("params", {})),
    }


def _match(match: Any) -> dict[str, str]:
    if not isinstance(match, Mapping) or set(match) - set(MATCHES):
        raise InvalidFaultError(f"match takes only {', '.join(MATCHES)}")
    return {name: str(pattern) for name, pattern in match.items() if pattern is not None}


def _count(script: Mapping[str, Any], name: str, at_least: int) -> int:
    value = script.get(name, 1)
    if not _is_whole(value) or value < at_least:
        raise InvalidFaultError(f"{name} must be a whole number of at least {at_least}")
    return int(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


# Parameter -> what it must be, in whichever fault it stands.
_KNOWN: Mapping[str, tuple[Check, str]] = {
    "when": (lambda value: value in ("before", "after"), "before or after"),
    "headers": (lambda value: isinstance(value, Mapping), "an object"),
    "bytes": (lambda value: _is_whole(value) and value >= 0, "a whole number"),
    "seconds": (_is_seconds, "a number of at least 0"),
    "status": (lambda value: value in range(200, 600), "between 200 and 599"),
    "megabytes": (lambda value: value in range(1, 1025), "between 1 and 1024"),
    "declared": (lambda value: value in ("cut", "whole"), "cut or whole"),
    "answer": (lambda value: value in ("first", "second"), "first or second"),
    "set": (lambda value: isinstance(value, Mapping), "an object of paths and values"),
    "drop": (_is_names, "a list of paths"),
}
_NEEDED: Mapping[str, tuple[str, ...]] = {"delay": ("seconds",), "status": ("status",)}


def _params(kind: str, params: Any) -> Mapping[str, Any]:
    if not isinstance(params, Mapping):
        raise InvalidFaultError("params must be an object")
    for name in _NEEDED.get(kind, ()):
        if name not in params:
            raise InvalidFaultError(f"a fault of kind {kind} needs params.{name}, {_KNOWN[name][1]}")
    for name, value in params.items():
        if name in _KNOWN and not _KNOWN[name][0](value):
            raise InvalidFaultError(f"params.{name} must be {_KNOWN[name][1]}")
    if kind == "lie" and not (params.get("set") or params.get("drop")):
        raise InvalidFaultError("a lie needs params.set or params.drop, the paths that it changes")
    return params
