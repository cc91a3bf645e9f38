"""How an answer goes out to the client: whole, byte by byte, cut off, or not at all."""

import asyncio

import httpx
from starlette.types import Receive, Send

from hub.sandboxes.kit.answer import Answer, cut_at
from hub.sandboxes.kit.faults import Fault


async def deliver(answer: Answer | None, fault: Fault | None, receive: Receive, send: Send) -> None:
    if answer is None:
        await _drop(receive, send, "Server disconnected without sending a response.")
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    if fault and fault.fault == "truncate" and fault.params.get("declared") == "whole":
        await send(_piece(answer.body[: cut_at(answer, fault)], more=True))
        await _drop(receive, send, "peer closed connection without sending complete message body")
        return
    rest = await _drip(answer.body, fault, receive, send) if fault and fault.fault == "drip" else answer.body
    await send(_piece(rest))


async def _drip(body: bytes, fault: Fault, receive: Receive, send: Send) -> bytes:
    """Send the first bytes one at a time while the client listens, and give back those still to be sent."""
    slow, seconds = int(fault.params.get("bytes", 100)), float(fault.params.get("seconds", 0.1))
    leaving = asyncio.ensure_future(_left(receive))
    try:
        for place in range(min(slow, len(body))):
            await send(_piece(body[place : place + 1], more=True))
            await asyncio.wait({leaving}, timeout=seconds)
            if leaving.done():
                return b""
    finally:
        leaving.cancel()
    return body[slow:]


async def _drop(receive: Receive, send: Send, words: str) -> None:
    """Close the connection as it stands, whoever serves us.

    Under uvicorn `send` belongs to the request's cycle, which knows its transport. A client that calls the
    application in process has no connection; it gets the exception that a dropped one would have given it.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise httpx.RemoteProtocolError(words)
    transport.close()
    await _left(receive)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _piece(body: bytes, *, more: bool = False) -> dict[str, object]:
    return {"type": "http.response.body", "body": body, "more_body": more}
