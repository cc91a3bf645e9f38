"""GraphQL over HTTP: media types, bodies and statuses as the draft says, and streams for subscriptions."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from functools import lru_cache

from graphql import ExecutionResult, OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from hub.access.door import Door
from hub.api.callers import Watch, viewer_of
from hub.api.context import Context, Means
from hub.api.documents import Recent
from hub.api.engine import Answer, Engine, Ready
from hub.api.events import with_pauses
from hub.api.wire import MAX_BODY, Ask, answer_json, ask_of, errors_json, parsed, result_json
from hub.codes import ErrorCode
from hub.errors import RequestRefused

log = logging.getLogger("hub.api")
NEW, OLD, STREAM = "application/graphql-response+json", "application/json", "text/event-stream"
BODY_SECONDS = 15.0
MAX_ACCEPT = 500  # characters of an Accept header that is worth remembering
MAX_KNOWN = 8192  # bytes of a body that is worth remembering


class GraphQLEndpoint:
    """POST /graphql."""

    def __init__(self, engine: Engine, means: Means, door: Door) -> None:
        self._engine, self._means, self._door = engine, means, door
        self._known: Recent[Ready] = Recent(1000)

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
            authorization = request.headers.get("authorization")
            viewer = await viewer_of(self._door, authorization)
            _expect_json(request.headers.get("content-type", ""))
            body = await _bytes(request)
            context = Context(viewer, self._means, self._engine)
            if media == STREAM:
                return await self._stream(context, ask_of(parsed(body)), authorization)
            answer = await self._answer(context, body)
            return _answered(answer, media)
        except RequestRefused as refused:
            return _refused(refused, media)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:  # the edge: logged, and masked to the caller
            log.exception("request failed")
            return _refused(
                RequestRefused(ErrorCode.INTERNAL, "Something failed on our side.", status=500), media
            )

    async def _answer(self, context: Context, body: bytes) -> Answer:
        """Parsed, checked and bound once for all requests of a viewer that are the same to the byte."""
        key = (context.viewer, body)
        ready = self._known.get(key)
        if ready is None:
            ask = ask_of(parsed(body))
            asked = (context, ask.query, ask.variables, ask.operation_name)
            ready = self._engine.ready(*asked)
            if ready is None:
                return await self._engine.run(*asked)
            if len(body) <= MAX_KNOWN:
                self._known.put(key, ready)
        return await self._engine.answer(context, ready)

    async def _stream(self, context: Context, ask: Ask, authorization: str | None) -> Response:
        if self._engine.kind_of(ask.query, ask.operation_name) is not OperationType.SUBSCRIPTION:
            answer = await self._engine.run(context, ask.query, ask.variables, ask.operation_name)
            return StreamingResponse(_one_event(answer_json(answer)), media_type=STREAM)
        events = await self._engine.stream(context, ask.query, ask.variables, ask.operation_name)
        watch = Watch(self._door, context, authorization)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_events(events, watch), media_type=STREAM, headers=headers)


def _media(accept: str | None) -> str:
    """The media type of the answer: the newer one where it is asked for, a stream only where nothing else would do."""
    if not accept:
        return OLD
    return _chosen(accept) if len(accept) <= MAX_ACCEPT else _chosen.__wrapped__(accept)


@lru_cache(maxsize=256)
def _chosen(accept: str) -> str:
    wanted = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    if NEW in wanted:
        return NEW
    if any(kind in (OLD, "*/*", "application/*") for kind in wanted):
        return OLD
    if STREAM in wanted:
        return STREAM
    raise RequestRefused(ErrorCode.BAD_REQUEST, f"Accept {NEW}, {OLD} or {STREAM}.", status=406)


def _expect_json(content_type: str) -> None:
    """Refuses what is no JSON in UTF-8."""
    if content_type == OLD:
        return
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise RequestRefused(ErrorCode.BAD_REQUEST, "Send the body as application/json.", status=415)
    if content_type.partition("charset=")[2].strip(' ";').lower() not in ("", "utf-8", "utf8"):
        raise RequestRefused(ErrorCode.BAD_REQUEST, "Send the body in UTF-8.", status=415)


async def _bytes(request: Request) -> bytes:
    chunks: list[bytes] = []
    size, more = 0, True
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while more:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                chunk: bytes = message.get("body", b"")
                more = message.get("more_body", False)
                size += len(chunk)
                if size > MAX_BODY:
                    raise RequestRefused(
                        ErrorCode.BAD_REQUEST, f"A body has at most {MAX_BODY} bytes.", status=413
                    )
                chunks.append(chunk)
    except TimeoutError as error:
        raise RequestRefused(ErrorCode.BAD_REQUEST, "The body took too long.", status=408) from error
    return b"".join(chunks)


def _answered(answer: Answer, media: str) -> Response:
    failed = answer.result is not None and answer.result.data is None and answer.result.errors
    status = 200
    if failed and media == NEW:
        status = _status_of(answer.result)
    return Response(answer_json(answer), status_code=status, media_type=f"{media}; charset=utf-8")


def _status_of(result: ExecutionResult | None) -> int:
    codes = {(error.extensions or {}).get("code") for error in (result.errors or [])} if result else set()
    if ErrorCode.UNAVAILABLE.value in codes:
        return 503
    return 500 if ErrorCode.INTERNAL.value in codes else 200


def _refused(refused: RequestRefused, media: str, headers: Mapping[str, str] | None = None) -> Response:
    """Errors of the request itself: no `data`. Older clients get 200 where the request was well formed but not accepted."""
    graphql_level = refused.code in _GRAPHQL_LEVEL
    status = 200 if media == OLD and graphql_level else refused.status
    media = NEW if media == STREAM else media
    body = b'{"errors":' + errors_json(refused) + b"}"
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


# --- streams: events end in LF alone, as some readers know no other -------------------------------------------------


def _next(body: bytes) -> bytes:
    return b"event: next\ndata: " + body + b"\n\n"


COMPLETE = b"event: complete\ndata: \n\n"
PING = b":\n\n"


async def _one_event(body: bytes) -> AsyncIterator[bytes]:
    yield _next(body) + COMPLETE


async def _events(events: AsyncIterator[ExecutionResult], watch: Watch) -> AsyncIterator[bytes]:
    """The events, a sign of life while there are none, and an end as soon as the key no longer opens."""
    async for result in with_pauses(events, watch.settings.ping_seconds):
        try:
            await watch.look()
        except RequestRefused as refused:
            yield _next(b'{"errors":' + errors_json(refused) + b"}")
            break
        yield PING if result is None else _next(result_json(result))
    yield COMPLETE
