"""Stands before a sandbox: logs every request and lets scripted faults happen to it."""

import asyncio
from collections.abc import Callable
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.sandboxes.kit.answer import Answer, drop, spoil
from hub.sandboxes.kit.clock import Clock
from hub.sandboxes.kit.faults import Facts, Fault, Faults
from hub.sandboxes.kit.requestlog import SCOPE_KEY, LogEntry, RequestLog

CONTROL_PREFIX = "/__control"
ApiOf = Callable[[str], str | None]


class SandboxMiddleware:
    """Pure ASGI. It must be the outermost layer, for only there can it reach the connection to drop it.

    `api_of` reads the name of the called API out of the decoded query, for vendors with one path for all.
    """

    def __init__(
        self, app: ASGIApp, *, log: RequestLog, faults: Faults, clock: Clock, api_of: ApiOf | None = None
    ) -> None:
        self.app = app
        self.log = log
        self.faults = faults
        self.clock = clock
        self.api_of = api_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(CONTROL_PREFIX):
            await self.app(scope, receive, send)
            return
        body = await _read_body(receive)
        entry = self._open_entry(scope)
        fault = self.faults.take(_facts(entry, body))
        answer = await self._ask(scope, _replay(body, receive), entry, fault)
        await self._close(answer, entry, fault)
        if answer is None:
            await drop(receive, send)
        else:
            await answer.send(send)

    def _open_entry(self, scope: Scope) -> LogEntry:
        query = unquote(scope["query_string"].decode("latin-1"))
        api = self.api_of(query) if self.api_of else None
        at = self.clock.now().isoformat()
        entry = LogEntry(at=at, method=scope["method"], path=scope["path"], query=query, api=api)
        scope[SCOPE_KEY] = entry
        return entry

    async def _ask(
        self, scope: Scope, receive: Receive, entry: LogEntry, fault: Fault | None
    ) -> Answer | None:
        """The answer as the client is to see it, None for none; the sandbox itself may never be asked."""
        if fault is None:
            return await self._ask_sandbox(scope, receive, entry)
        entry.fault = fault.fault
        answer = None
        if fault.fault == "delay" and fault.happens_before:
            await asyncio.sleep(fault.params["seconds"])
        if fault.fault == "delay" or not fault.happens_before:
            answer = await self._ask_sandbox(scope, receive, entry)
        else:
            entry.outcome = "not seen"
        return spoil(answer, fault)

    async def _ask_sandbox(self, scope: Scope, receive: Receive, entry: LogEntry) -> Answer:
        answer = Answer()
        try:
            await self.app(scope, receive, answer.take)
        except Exception:
            entry.status, entry.outcome = 500, "crashed"
            self.log.add(entry)
            raise
        entry.outcome = entry.outcome or _usual_outcome(entry.method, answer.status)
        return answer

    async def _close(self, answer: Answer | None, entry: LogEntry, fault: Fault | None) -> None:
        """Logged before anything is sent: whoever has the answer finds its request in the log."""
        entry.status = answer.status if answer else None
        self.log.add(entry)
        if fault and fault.fault == "delay" and not fault.happens_before:
            await asyncio.sleep(fault.params["seconds"])


def _facts(entry: LogEntry, body: bytes) -> Facts:
    content = f"{entry.query}\n{body.decode('utf-8', 'replace')}"
    return Facts(method=entry.method, path=entry.path, api=entry.api, content=content)


def _usual_outcome(method: str, status: int) -> str:
    if status >= 400:
        return "refused"
    return "read" if method in ("GET", "HEAD", "OPTIONS") else "stored"


async def _read_body(receive: Receive) -> bytes:
    """All of it, also before a drop: a client cut off while sending would see another kind of failure."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body", False):
            return body


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body once more for the sandbox, and after it whatever the server says."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
