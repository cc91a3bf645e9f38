"""Requests and answers as JSON: what every way to the API, HTTP and WebSocket, reads and writes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import ExecutionResult

from hub.api.documents import InvalidDocument
from hub.api.engine import Answer
from hub.codes import ErrorCode
from hub.errors import RequestRefused

MAX_BODY = 4 * 1024 * 1024
MAX_NESTING = 64


@dataclass(frozen=True)
class Ask:
    """A well-formed GraphQL request."""

    query: str
    variables: Mapping[str, Any] | None
    operation_name: str | None


def parsed(body: bytes | str) -> Any:
    """JSON of a bounded depth. What is no JSON is refused."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _bad("The body is not JSON.", status=400) from error
    opening = ("[", "{") if isinstance(body, str) else (b"[", b"{")
    if sum(map(body.count, opening)) > MAX_NESTING and _deeper(document, MAX_NESTING):  # type: ignore[arg-type]  # opening is of the kind of the body
        raise _bad("The body is nested too deeply.", status=400)
    return document


def _deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects are nested in more levels than these."""
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper(item, levels - 1) for item in inner)


def ask_of(document: Any) -> Ask:
    """The request that a JSON value holds. Keys that nobody knows are ignored."""
    if not isinstance(document, dict):
        raise _bad("The body is a JSON object with `query`.")
    query, variables, name = document.get("query"), document.get("variables"), document.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise _bad("`query` is a GraphQL document.")
    if not (variables is None or isinstance(variables, dict)):
        raise _bad("`variables` is an object.")
    if not (name is None or isinstance(name, str)):
        raise _bad("`operationName` is a string.")
    if not (document.get("extensions") is None or isinstance(document["extensions"], dict)):
        raise _bad("`extensions` is an object.")
    return Ask(query, variables, name or None)


def _bad(message: str, *, status: int = 422) -> RequestRefused:
    return RequestRefused(ErrorCode.BAD_REQUEST, message, status=status)


def answer_json(answer: Answer) -> bytes:
    """An answer: the bytes that Postgres made, or graphql-core's result."""
    if answer.text is None:
        assert answer.result is not None
        return result_json(answer.result, answer.cost)
    cost = f',"extensions":{{"cost":{{"rows":{answer.cost}}}}}' if answer.cost is not None else ""
    return f'{{"data":{answer.text}{cost}}}'.encode()


def result_json(result: ExecutionResult, cost: int | None = None) -> bytes:
    found: dict[str, Any] = {}
    if result.errors:
        found["errors"] = [error.formatted for error in result.errors]
    found["data"] = result.data
    if cost is not None:
        found["extensions"] = {"cost": {"rows": cost}}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def errors_json(refused: RequestRefused) -> bytes:
    """The list of errors that tells why a request was not acceptable."""
    code = {"code": refused.code.value}
    if isinstance(refused, InvalidDocument):
        errors = [{**error.formatted, "extensions": code} for error in refused.errors]
    else:
        errors = [{"message": refused.message, "extensions": code}]
    return json.dumps(errors, ensure_ascii=False, separators=(",", ":")).encode()
