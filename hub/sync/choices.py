"""Settings of a connection that rules and actions read, whatever the system: what each may be. A setting that means nothing is refused."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from hub.codes import ErrorCode
from hub.errors import Refused

_Fits = Callable[[Any], bool]


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _day(value: Any) -> bool:
    try:
        return bool(date.fromisoformat(value).isoformat() == value)
    except (TypeError, ValueError):
        return False


CHOICES: Mapping[str, tuple[_Fits, str]] = {
    "suggestion_likeness": (lambda v: _number(v) and 0 < v <= 1, "A number above 0 and up to 1 is expected."),
    "default_project_template": (
        lambda v: isinstance(v, str) and bool(v.strip()),
        "A template's name or id is expected.",
    ),
    "copy_template_codes": (lambda v: isinstance(v, bool), "Yes or no is expected."),
    "project_limit": (
        lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0,
        "A whole number is expected.",
    ),
    "go_live_on": (_day, "A day such as 2026-01-31 is expected."),
    "direct_export": (
        lambda v: v in ("off", "on", "with_workflow"),
        "One of off, on, with_workflow is expected.",
    ),
    "code_format_approved": (lambda v: isinstance(v, bool), "Yes or no is expected."),
    "project_limit_words": (lambda v: isinstance(v, str) and bool(v.strip()), "Words are expected."),
}


def go_live_on(settings: Mapping[str, Any]) -> date | None:
    """The day before which the project tool's projects were made without this ERP; None where nobody said."""
    stated = settings.get("go_live_on")
    return None if stated is None else date.fromisoformat(stated)


def check_choices(settings: Mapping[str, Any]) -> None:
    """Raises `Refused` with the field that is wrong; null takes a setting back."""
    for name, (fits, words) in CHOICES.items():
        if settings.get(name) is not None and not fits(settings[name]):
            raise Refused(ErrorCode.INVALID_VALUE, words, field=f"settings.{name}")
