"""Procore's refusals in one form, whichever of its shapes they come in, each with what the caller should do."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.connectors.procore.settings import Settings
from hub.errors import ErpError, ErpForbidden, ErpRefused, ErpUnauthorized, ErpUnexpected
from hub.http import Reply

_TOO_LARGE = (
    "Procore refuses the request as too large (413). Send fewer entries at once: lower the batch size."
)
_MIGRATED = (
    "Procore lets this be read only (405). The company has moved from budget modifications to budget changes."
)
_READ_ONLY = "Procore does not take this call here (405)."
_CONNECT = "Connect it in Procore's App Management."


class NotOffered(ErpUnexpected):
    """Procore does not offer this operation to this company or project."""


class Absent(NotOffered):
    """Procore does not have this, or does not show it."""


def refusal(reply: Reply, path: str, settings: Settings, *, write: bool) -> ErpError | None:
    """The error that a status of 4xx stands for, None for an answer that is none."""
    if reply.status < 400:
        return None
    words, known = words_of(reply, path), reply.request_id
    if reply.status == 403 and settings.disconnected_words.lower() in words.lower():
        return ErpUnauthorized(f"{words.rstrip('.')}. {_CONNECT}", request_id=known)
    if write:
        return ErpRefused(words, duplicate=reply.status == 409, request_id=known)
    if reply.status == 403:
        return ErpForbidden(words, request_id=known)
    return _kind(reply.status, settings)(words, request_id=known)


def _kind(status: int, settings: Settings) -> type[ErpUnexpected]:
    if status == 404:
        return Absent
    return NotOffered if status in settings.not_offered else ErpUnexpected


def words_of(reply: Reply, path: str) -> str:
    """What to do about the status, where it says that by itself, and the answer's own words."""
    try:
        said = "; ".join(_sentences(reply.json()))
    except ErpUnexpected:
        said = ""
    found = f"{_meaning(reply, path)} {said}".strip()
    return (found or f"Procore answers {reply.status}.")[:1000]


def _meaning(reply: Reply, path: str) -> str:
    match reply.status:
        case 405:
            return _MIGRATED if "/budget_modifications" in path else _READ_ONLY
        case 413:
            return _TOO_LARGE
    return ""


def _sentences(body: Any) -> Iterator[str]:
    match body:
        case str():
            yield body
        case list():
            for item in body:
                yield from _sentences(item)
        case {"errors": errors}:
            yield from field_sentences(errors) if isinstance(errors, dict) else _sentences(errors)
        case {"error": {"message": message, **rest}}:
            yield str(message)
            yield from _sentences(rest.get("details") or [])
        case {"message": message}:
            yield str(message)
        case {"error_description": text} | {"error": text}:
            yield str(text)


def field_sentences(errors: Mapping[str, Any]) -> Iterator[str]:
    """`{"name": ["can't be blank"]}` as sentences."""
    for name, reasons in errors.items():
        listed = reasons if isinstance(reasons, list) else [reasons]
        yield f"{name}: {', '.join(str(reason) for reason in listed)}"
