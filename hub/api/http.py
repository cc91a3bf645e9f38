"""GraphQL over HTTP: media types, bodies and statuses as the draft says, and streams for subscriptions."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import ExecutionResult, OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from db.session import Unreachable
from hub.access.door import Door
from hub.api.context import Context, Means, Viewer
from hub.api.documents import InvalidDocument
from hub.api.engine import UNAVAILABLE, Answer, Engine
from hub.codes import ErrorCode
from hub.errors import RequestRefused

log = logging.getLogger("hub.api")
NEW, OLD, STREAM = "application/graphql-response+json", "application/json", "text/event-stream"
MAX_BODY = 4 * 1024 * 1024
MAX_NESTING = 64
BODY_SECONDS = 15.0


@dataclass(frozen=True)
class Ask:
    """A well-formed GraphQL request."""

    query: str
    variables: Mapping[str, Any] | None
    operation_name: str | None


class GraphQLEndpoint:
    """POST /graphql."""

    def __init__(self, engine: Engine, means: Means, door: Door) -> None:
        self._engine, self._means, self._door = engine, means, door

    async def __call__(self, request: Request) -> Response:
        media = OLD
        try:
            media = _media(request.headers.get("accept"))
            if request.method != "POST":
                return _refused(
                    RequestRefused(ErrorCode.BAD_REQUEST, "Send a POST.", status=405),
                    media,
                    {"Allow": "POST"},
                )
            viewer = await self._viewer(request)
            ask = await _read(request)
            context = Context(viewer, self._means, self._engine)
            if media == STREAM:
                return await self._stream(context, ask)
            answer = await self._engine.run(context, ask.query, ask.variables, ask.operation_name)
            return _answered(answer, media)
        except InvalidDocument as invalid:
            return _refused(invalid, media)
        except RequestRefused as refused:
            return _refused(refused, media)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:  # the edge: logged, and masked to the caller
            log.exception("request failed")
            return _refused(
                RequestRefused(ErrorCode.INTERNAL, "Something failed on our side.", status=500), media
            )

    async def _viewer(self, request: Request) -> Viewer:
        try:
            identity = await self._door.identify(request.headers.get("authorization"))
        except Unreachable as error:
            raise RequestRefused(ErrorCode.UNAVAILABLE, UNAVAILABLE, status=503) from error
        if identity is None:
            raise RequestRefused(
                ErrorCode.UNAUTHENTICATED, "Send a valid key as `Authorization: Bearer ...`.", status=401
            )
        return Viewer(identity.account_id, identity.member_id, bulk=identity.bulk)

    async def _stream(self, context: Context, ask: Ask) -> Response:
        if self._engine.kind_of(ask.query, ask.operation_name) is not OperationType.SUBSCRIPTION:
            answer = await self._engine.run(context, ask.query, ask.variables, ask.operation_name)
            return StreamingResponse(_one_event(_body(answer)), media_type=STREAM)
        events = await self._engine.stream(context, ask.query, ask.variables, ask.operation_name)
        if isinstance(events, ExecutionResult):
            return StreamingResponse(_one_event(_formatted(events)), media_type=STREAM)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_events(events, context), media_type=STREAM, headers=headers)


def _media(accept: str | None) -> str:
    """The media type of the answer: the newer one where it is asked for, a stream only where nothing else would do."""
    if not accept:
        return OLD
    wanted = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    if NEW in wanted:
        return NEW
    if any(kind in (OLD, "*/*", "application/*") for kind in wanted):
        return OLD
    if STREAM in wanted:
        return STREAM
    raise RequestRefused(ErrorCode.BAD_REQUEST, f"Accept {NEW}, {OLD} or {STREAM}.", status=406)


async def _read(request: Request) -> Ask:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise RequestRefused(ErrorCode.BAD_REQUEST, "Send the body as application/json.", status=415)
    charset = request.headers.get("content-type", "").partition("charset=")[2].strip(' ";').lower()
    if charset not in ("", "utf-8", "utf8"):
        raise RequestRefused(ErrorCode.BAD_REQUEST, "Send the body in UTF-8.", status=415)
    return _ask(await _bytes(request))


async def _bytes(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > MAX_BODY:
                    raise RequestRefused(
                        ErrorCode.BAD_REQUEST, f"A body has at most {MAX_BODY} bytes.", status=413
                    )
                chunks.append(chunk)
    except TimeoutError as error:
        raise RequestRefused(ErrorCode.BAD_REQUEST, "The body took too long.", status=408) from error
    return b"".join(chunks)


def _ask(body: bytes) -> Ask:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestRefused(ErrorCode.BAD_REQUEST, "The body is not JSON.", status=400) from error
    if body.count(b"[") + body.count(b"{") > MAX_NESTING and _deeper(document, MAX_NESTING):
        raise RequestRefused(ErrorCode.BAD_REQUEST, "The body is nested too deeply.", status=400)
    if not isinstance(document, dict):
        raise RequestRefused(ErrorCode.BAD_REQUEST, "The body is a JSON object with `query`.", status=422)
    query, variables, name = document.get("query"), document.get("variables"), document.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise RequestRefused(ErrorCode.BAD_REQUEST, "`query` is a GraphQL document.", status=422)
    if not (variables is None or isinstance(variables, dict)):
        raise RequestRefused(ErrorCode.BAD_REQUEST, "`variables` is an object.", status=422)
    if not (name is None or isinstance(name, str)):
        raise RequestRefused(ErrorCode.BAD_REQUEST, "`operationName` is a string.", status=422)
    if not (document.get("extensions") is None or isinstance(document["extensions"], dict)):
        raise RequestRefused(ErrorCode.BAD_REQUEST, "`extensions` is an object.", status=422)
    return Ask(query, variables, name or None)


def _deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects are nested in more levels than these."""
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper(item, levels - 1) for item in inner)


def _answered(answer: Answer, media: str) -> Response:
    failed = answer.result is not None and answer.result.data is None and answer.result.errors
    status = 200
    if failed and media == NEW:
        status = _status_of(answer.result)
    return Response(_body(answer), status_code=status, media_type=f"{media}; charset=utf-8")


def _status_of(result: ExecutionResult | None) -> int:
    codes = {(error.extensions or {}).get("code") for error in (result.errors or [])} if result else set()
    if ErrorCode.UNAVAILABLE.value in codes:
        return 503
    return 500 if ErrorCode.INTERNAL.value in codes else 200


def _body(answer: Answer) -> bytes:
    cost = f',"extensions":{{"cost":{{"rows":{answer.cost}}}}}' if answer.cost is not None else ""
    if answer.text is not None:
        return f'{{"data":{answer.text}{cost}}}'.encode()
    assert answer.result is not None
    return _formatted(answer.result, answer.cost)


def _formatted(result: ExecutionResult, cost: int | None = None) -> bytes:
    found: dict[str, Any] = {}
    if result.errors:
        found["errors"] = [error.formatted for error in result.errors]
    found["data"] = result.data
    if cost is not None:
        found["extensions"] = {"cost": {"rows": cost}}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def _refused(refused: RequestRefused, media: str, headers: Mapping[str, str] | None = None) -> Response:
    """Errors of the request itself: no `data`. Older clients get 200 where the request was well formed but not accepted."""
    if isinstance(refused, InvalidDocument):
        errors = [{**error.formatted, "extensions": {"code": refused.code.value}} for error in refused.errors]
    else:
        errors = [{"message": refused.message, "extensions": {"code": refused.code.value}}]
    graphql_level = refused.code in _GRAPHQL_LEVEL
    status = 200 if media == OLD and graphql_level else refused.status
    media = NEW if media == STREAM else media
    body = json.dumps({"errors": errors}, ensure_ascii=False, separators=(",", ":")).encode()
    extra = {"WWW-Authenticate": "Bearer"} if status == 401 else {"Retry-After": "1"} if status == 503 else {}
    return Response(
        body, status_code=status, media_type=f"{media}; charset=utf-8", headers={**extra, **(headers or {})}
    )


_GRAPHQL_LEVEL = frozenset(
    {
        ErrorCode.GRAPHQL_PARSE_FAILED,
        ErrorCode.GRAPHQL_VALIDATION_FAILED,
        ErrorCode.BAD_VARIABLES,
        ErrorCode.BAD_STRING,
        ErrorCode.BAD_PAGE,
        ErrorCode.BAD_CURSOR,
        ErrorCode.BAD_ID,
        ErrorCode.OPERATION_AMBIGUOUS,
        ErrorCode.COST_LIMIT,
        ErrorCode.TOO_MANY_ITEMS,
    }
)


async def _one_event(body: bytes) -> AsyncIterator[bytes]:
    yield b"event: next\ndata: " + body + b"\n\n"
    yield b"event: complete\ndata: \n\n"


async def _events(events: AsyncIterator[ExecutionResult], context: Context) -> AsyncIterator[bytes]:
    from hub.api.engine import masked

    async for result in events:
        yield b"event: next\ndata: " + _formatted(masked(result, context)) + b"\n\n"
    yield b"event: complete\ndata: \n\n"
