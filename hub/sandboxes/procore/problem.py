"""Procore's refusals, in the several shapes that version 1 of its API has for them."""

from collections.abc import Mapping
from typing import Any

Fields = Mapping[str, list[str]]


class Problem(Exception):
    """An answer other than 2xx; raising it undoes what the request has written so far."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


class InvalidFieldsError(ValueError):
    """Values that don't fit: the field's name and the reasons, as they are shown to the caller."""

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self.fields = fields


def bad_request(text: str) -> Problem:
    return Problem(400, {"errors": text})


def unauthorized(text: str) -> Problem:
    return Problem(401, {"message": text})


def forbidden(text: str) -> Problem:
    return Problem(403, {"errors": text})


def not_found() -> Problem:
    return Problem(404, {"errors": "Not found"})


def unknown_fields(names: list[str]) -> Problem:
    return Problem(406, {"errors": {name: ["is not a known field"] for name in names}})


def busy(seconds: int) -> Problem:
    return Problem(503, {"message": "The service is under heavy load."}, {"Retry-After": str(seconds)})


def unprocessable(fields: Fields) -> Problem:
    return Problem(422, {"errors": dict(fields)})
