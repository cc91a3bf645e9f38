"""Stands before a sandbox: logs every request and lets scripted faults happen to it."""

import asyncio
import hashlib
from collections.abc import Callable
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.sandboxes.kit.answer import Answer, spoil
from hub.sandboxes.kit.bench import Bench
from hub.sandboxes.kit.delivery import deliver
from hub.sandboxes.kit.faults import Facts, Fault
from hub.sandboxes.kit.requestlog import SCOPE_KEY, LogEntry

CONTROL_PREFIX = "/__control"
ApiOf = Callable[[str], str | None]


class SandboxMiddleware:
    """Pure ASGI. It must be the outermost layer, for only there can it reach the connection to drop it.

    `api_of` reads the name of the called API out of the decoded query, for vendors with one path for all.
    """

    def __init__(self, app: ASGIApp, *, bench: Bench, api_of: ApiOf | None = None) -> None:
        self.app = app
        self.bench = bench
        self.api_of = api_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await self._let_late_ones_in()
        if scope["path"].startswith(CONTROL_PREFIX):
            await self.app(scope, receive, send)
            await self._let_late_ones_in()
            return
        body = await _read_body(receive)
        entry = self._entry(scope, body)
        fault = self.bench.faults.take(_facts(entry, body))
        answer = await self._answer(scope, body, receive, entry, fault)
        await deliver(answer, fault, receive, send)

    def _entry(self, scope: Scope, body: bytes) -> LogEntry:
        query = unquote(scope["query_string"].decode("latin-1"))
        return LogEntry(
            at=self.bench.clock.now().isoformat(),
            method=scope["method"],
            path=scope["path"],
            query=query,
            api=self.api_of(query) if self.api_of else None,
            body_sha256=hashlib.sha256(body).hexdigest() if body else None,
        )

    async def _answer(
        self, scope: Scope, body: bytes, receive: Receive, entry: LogEntry, fault: Fault | None
    ) -> Answer | None:
        """What the client is to hear, None for nothing. Logged before anything is sent: whoever has an
        answer finds its request in the log."""
        era = self.bench.era
        if fault is None:
            answer: Answer | None = await self._ask(scope, body, receive, entry)
        else:
            entry.fault = fault.fault
            answer = await self._troubled(scope, body, receive, entry, fault)
        entry.status = answer.status if answer else None
        if self.bench.era == era:
            self.bench.log.add(entry)
        if fault:
            await asyncio.sleep(fault.delay(before=False))
        return answer

    async def _troubled(
        self, scope: Scope, body: bytes, receive: Receive, entry: LogEntry, fault: Fault
    ) -> Answer | None:
        era = self.bench.era
        await asyncio.sleep(fault.delay(before=True))
        if self.bench.era != era:
            return None  # the sandbox was reset meanwhile
        if fault.fault == "late":
            self.bench.late.hold(scope, body, self.bench.clock.now(), fault.params.get("seconds"))
        if not fault.reaches_sandbox:
            entry.outcome = "not seen"
            return spoil(None, fault)
        answer = await self._ask(scope, body, receive, entry)
        if fault.fault == "twice":
            second = await self._ask_unheard(scope, body, "twice")
            answer = second if fault.params.get("answer") == "second" else answer
        return spoil(answer, fault)

    async def _ask(self, scope: Scope, body: bytes, receive: Receive, entry: LogEntry) -> Answer:
        answer = Answer()
        try:
            await self.app({**scope, SCOPE_KEY: entry}, _replay(body, receive), answer.take)
        except Exception:
            entry.status, entry.outcome = 500, "crashed"
            self.bench.log.add(entry)
            raise
        entry.outcome = entry.outcome or _usual_outcome(entry.method, answer.status)
        return answer

    async def _ask_unheard(self, scope: Scope, body: bytes, fault: str) -> Answer:
        """The same request once more, or only now, with an entry of its own in the log."""
        entry = self._entry(scope, body)
        answer = await self._ask(dict(scope), body, _silence, entry)
        entry.status, entry.fault = answer.status, fault
        self.bench.log.add(entry)
        return answer

    async def _let_late_ones_in(self) -> None:
        for late in self.bench.late.take_due(self.bench.clock.now()):
            await self._ask_unheard(late.scope, late.body, "late")


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


async def _silence() -> Message:
    return {"type": "http.disconnect"}
