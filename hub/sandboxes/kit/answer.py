"""A whole HTTP answer held back until it is decided what becomes of it on its way to the client."""

import json
from dataclasses import dataclass, field

import httpx
from starlette.types import Message, Receive, Send

from hub.sandboxes.kit.faults import Fault

_LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>"


@dataclass
class Answer:
    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    async def take(self, message: Message) -> None:
        """The `send` that a sandbox is called with."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


def spoil(answer: Answer | None, fault: Fault) -> Answer | None:
    """What the fault makes of the answer; None when the client is to get none at all."""
    if fault.fault in ("drop_before", "drop_after"):
        return None
    if fault.fault == "truncate" and answer is not None:
        return _truncated(answer, fault)
    if fault.fault == "html":
        page = str(fault.params.get("body", "")).encode() or _LOGIN_PAGE
        return _made_up(fault.params.get("status", 200), page, "text/html; charset=utf-8", fault)
    if fault.fault == "status":
        body = fault.params.get("body", "")
        if isinstance(body, str):
            return _made_up(fault.params["status"], body.encode(), "text/plain; charset=utf-8", fault)
        return _made_up(fault.params["status"], json.dumps(body).encode(), "application/json", fault)
    return answer


def _truncated(answer: Answer, fault: Fault) -> Answer:
    """A body cut short whose length is declared as cut: the transport is content, the parser is not."""
    body = answer.body[: fault.params.get("bytes", len(answer.body) // 2)]
    headers = [pair for pair in answer.headers if pair[0].lower() != b"content-length"]
    return Answer(answer.status, [*headers, (b"content-length", str(len(body)).encode())], body)


def _made_up(status: int, body: bytes, content_type: str, fault: Fault) -> Answer:
    headers = {"content-type": content_type, "content-length": str(len(body))}
    headers |= {str(name).lower(): str(value) for name, value in (fault.params.get("headers") or {}).items()}
    return Answer(status, [(name.encode(), value.encode()) for name, value in headers.items()], body)


async def drop(receive: Receive, send: Send) -> None:
    """Close the connection without a byte of answer, whoever serves us.

    Under uvicorn `send` belongs to the request's cycle, which knows its transport. A client that calls the
    application in process has no connection; it gets the exception that a dropped one would have given it.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
    transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
