"""What looks like a credential, and how a text or a structure reads without it.

The second line of defence: nothing is to be logged that needs it."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "***"

_NAMES = (
    r"(?:[\w.-]*(?:password|passwd|secret|authorization|cookie|credential|api[_-]?key|private[_-]?key|partner[_-]?key"
    r"|access[_-]?key|signature|assertion)s?[\w.-]*|[\w.-]*token|pwd|passphrase)"
)
_NAME = re.compile(_NAMES, re.IGNORECASE)
# Which part of a match is kept: the text before the secret.
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(\b(?:bearer|basic|token)\s+)[\w.~+/=-]{8,}",
        r"((?:proxy-)?authorization['\"]?\s*[:=]\s*['\"]?(?:\w+\s+)?)[^\s'\",;]+",
        r"(\w://)[^\s/@'\"]*(?=@)",
        rf"([?&;](?:{_NAMES}|code|key|sig)=)[^&\s'\"#]+",
        rf"(['\"]{_NAMES}['\"]\s*[:=]\s*b?['\"])[^'\"]+",
        rf"((?<![\w.-]){_NAMES}\s*[:=]\s*)[^\s'\",;&)\]}}]+",
        r"(\bhub_[a-z0-9]{12}_)[\w-]{43}",  # the hub's own keys
        r"()\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*",  # signed tokens, whoever made them
    )
)


def redacted(value: Any) -> Any:
    """The same without what looks like a credential, by its name or by its form."""
    match value:
        case str():
            return _text(value)
        case bytes():
            return _text(value.decode("utf-8", "backslashreplace"))
        case Mapping():
            return {name: HIDDEN if is_secret(name) else redacted(inner) for name, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [redacted(inner) for inner in value]
        case bool() | int() | float() | None:
            return value
    return _text(str(value))


def is_secret(name: object) -> bool:
    return _NAME.fullmatch(str(name)) is not None


def _text(text: str) -> str:
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\g<1>{HIDDEN}", text)
    return text
