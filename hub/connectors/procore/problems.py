"""Procore's refusals in one form, whichever of its five shapes they come in."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.errors import ErpError, ErpRefused, ErpUnauthorized, ErpUnexpected
from hub.http import Reply

_DISCONNECTED = "not connected to this company"


def refusal(reply: Reply, *, write: bool) -> ErpError | None:
    """The error that a status of 4xx stands for, None for an answer that is none."""
    if reply.status < 400:
        return None
    words, known = words_of(reply), reply.request_id
    if reply.status == 403 and (not write or _DISCONNECTED in words.lower()):
        return ErpUnauthorized(words, request_id=known)
    if write:
        return ErpRefused(words, duplicate=reply.status == 409, request_id=known)
    return ErpUnexpected(words, request_id=known)


def words_of(reply: Reply) -> str:
    """What the answer says, in its own words; the status alone where it says nothing readable."""
    try:
        said = "; ".join(_sentences(reply.json()))
    except ErpUnexpected:
        said = ""
    return (said or f"Procore answers {reply.status}.")[:1000]


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
