"""GraphQL over WebSocket: the graphql-transport-ws protocol, its messages and its close codes.

Strawberry's own handler executes through Strawberry's schema and is made for one version of its views; ours hands
every operation to the engine, so that a query is compiled here as well."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import orjson
from graphql import OperationType
from starlette.datastructures import Headers
from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.access.door import Door
from hub.api.callers import Watch, viewer_of
from hub.api.context import Context, Means
from hub.api.engine import Engine
from hub.api.wire import MAX_BODY, Ask, answer_json, ask_of, errors_json, parsed, result_json
from hub.codes import ErrorCode
from hub.errors import RequestRefused

log = logging.getLogger("hub.api")
PROTOCOL = "graphql-transport-ws"
MAX_OPERATIONS = 20


class Closed(Exception):
    """The conversation ends with a code of the protocol."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class WebSocketEndpoint:
    """The WebSocket at /graphql."""

    def __init__(self, engine: Engine, means: Means, door: Door) -> None:
        self._engine, self._means, self._door = engine, means, door

    async def __call__(self, socket: WebSocket) -> None:
        if not _same_origin(socket.headers):
            await socket.close()  # before it was accepted: an HTTP 403
            return
        if PROTOCOL not in socket.scope["subprotocols"]:
            await socket.accept()
            await socket.close(4406, "Subprotocol not acceptable")
            return
        await socket.accept(PROTOCOL)
        await Conversation(socket, self._engine, self._means, self._door).hold()


def _same_origin(headers: Headers) -> bool:
    """A browser names the page that opens the socket; other programs name none."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


class Conversation:
    """One socket: who speaks, and the operations under way."""

    def __init__(self, socket: WebSocket, engine: Engine, means: Means, door: Door) -> None:
        self._socket, self._engine, self._means, self._door = socket, engine, means, door
        self._greeted = asyncio.Event()
        self._welcome: Context | None = None
        self._watch: Watch | None = None
        self._operations: dict[str, asyncio.Task[None]] = {}

    async def hold(self) -> None:
        """Until either side ends it. No operation outlives it."""
        parts = {asyncio.create_task(self._listen()), asyncio.create_task(self._guard())}
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            left = [*parts, *self._operations.values()]
            for task in left:
                task.cancel()
            ends = await asyncio.gather(*left, return_exceptions=True)
        await self._close(next((end for end in ends[: len(parts)] if isinstance(end, Exception)), None))

    async def _close(self, end: Exception | None) -> None:
        if end is None or isinstance(end, WebSocketDisconnect):
            return
        if not isinstance(end, Closed):
            log.error("a conversation failed", exc_info=end)
            end = Closed(1011, "Something failed on our side")
        with suppress(RuntimeError, WebSocketDisconnect):  # the other side was quicker
            await self._socket.close(end.code, end.reason)

    async def _guard(self) -> None:
        """Ends the conversation of those who never say who they are, and of those who are no longer let in."""
        settings = self._means.settings
        try:
            async with asyncio.timeout(settings.greeting_seconds):
                await self._greeted.wait()
        except TimeoutError as error:
            raise Closed(4408, "Connection initialisation timeout") from error
        while True:
            await asyncio.sleep(settings.recheck_seconds)
            if self._watch is not None:
                try:
                    await self._watch.look_now()
                except RequestRefused as refused:
                    raise _refused(refused) from refused

    # --- messages -----------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        while True:
            received = await self._socket.receive()
            if received["type"] == "websocket.disconnect":
                return
            await self._take(_message(received.get("text")))

    async def _take(self, message: Mapping[str, Any]) -> None:
        match message:
            case {"type": "connection_init"}:
                await self._greet(message.get("payload"))
            case {"type": "ping"}:
                await self._send({"type": "pong"})
            case {"type": "pong"}:
                pass
            case {"type": "subscribe", "id": str(id_), "payload": payload} if id_:
                await self._begin(id_, payload)
            case {"type": "complete", "id": str(id_)}:
                if (task := self._operations.pop(id_, None)) is not None:
                    task.cancel()
            case _:
                raise Closed(4400, "Invalid message")

    async def _greet(self, payload: Any) -> None:
        if self._greeted.is_set():
            raise Closed(4429, "Too many initialisation requests")
        if not (payload is None or isinstance(payload, dict)):
            raise Closed(4400, "Invalid message")
        self._greeted.set()
        given = {str(name).lower(): value for name, value in (payload or {}).items()}
        named = given.get("authorization", self._socket.headers.get("authorization"))
        authorization = named if isinstance(named, str) else None
        try:
            viewer = await viewer_of(self._door, authorization)
            context = Context(viewer, self._means, self._engine)
            await self._engine.run(context, "{ __typename }")
        except RequestRefused as refused:
            raise _refused(refused) from refused
        self._welcome, self._watch = context, Watch(self._door, context, authorization)
        await self._send({"type": "connection_ack"})

    async def _begin(self, id_: str, payload: Any) -> None:
        if self._welcome is None:
            raise Closed(4401, "Unauthorized")
        if id_ in self._operations:
            raise Closed(4409, f"Subscriber for {id_} already exists"[:120])
        try:
            ask = ask_of(payload)
        except RequestRefused as refused:
            raise Closed(4400, "Invalid message") from refused
        if len(self._operations) >= MAX_OPERATIONS:
            text = f"A socket carries at most {MAX_OPERATIONS} operations at once."
            await self._send(
                {"id": id_, "type": "error"}, errors_json(RequestRefused(ErrorCode.COST_LIMIT, text))
            )
            return
        context = Context(self._welcome.viewer, self._means, self._engine)
        self._operations[id_] = asyncio.create_task(self._operate(id_, context, ask))

    # --- operations ---------------------------------------------------------------------------------------------------

    async def _operate(self, id_: str, context: Context, ask: Ask) -> None:
        """Runs one operation to its end. Its id is free again before the last message says so."""
        last: tuple[dict[str, str], bytes | None] = ({"id": id_, "type": "complete"}, None)
        try:
            async for body in self._bodies(context, ask):
                await self._send({"id": id_, "type": "next"}, body)
        except RequestRefused as refused:
            last = ({"id": id_, "type": "error"}, errors_json(refused))
        except WebSocketDisconnect:  # nobody is there to be told
            return
        except Exception:  # the edge: logged, and masked to the caller
            log.exception("operation failed")
            masked = RequestRefused(ErrorCode.INTERNAL, "Something failed on our side.")
            last = ({"id": id_, "type": "error"}, errors_json(masked))
        if self._operations.pop(id_, None) is not None:
            with suppress(WebSocketDisconnect):
                await self._send(*last)

    async def _bodies(self, context: Context, ask: Ask) -> AsyncIterator[bytes]:
        asked = (context, ask.query, ask.variables, ask.operation_name)
        if self._engine.kind_of(ask.query, ask.operation_name) is not OperationType.SUBSCRIPTION:
            yield answer_json(await self._engine.run(*asked))
            return
        async for result in await self._engine.stream(*asked):
            yield result_json(result)

    async def _send(self, message: Mapping[str, str], payload: bytes | None = None) -> None:
        text = orjson.dumps(message)
        if payload is not None:
            text = text[:-1] + b',"payload":' + payload + b"}"
        try:
            await self._socket.send_text(text.decode())
        except RuntimeError as error:  # closed meanwhile, by either side
            raise WebSocketDisconnect from error


def _message(text: str | None) -> Mapping[str, Any]:
    if text is None or len(text) > MAX_BODY:
        raise Closed(4400, "Invalid message")
    try:
        message = parsed(text)
    except RequestRefused as refused:
        raise Closed(4400, "Invalid message") from refused
    if not isinstance(message, dict):
        raise Closed(4400, "Invalid message")
    return message


def _refused(refused: RequestRefused) -> Closed:
    if refused.code is ErrorCode.UNAUTHENTICATED:
        return Closed(4403, "Forbidden")
    return Closed(1013, "Try again later")
