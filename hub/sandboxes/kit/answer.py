"""A whole HTTP answer held back, and what a fault makes of what it says."""

import gzip
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Self

from starlette.types import Message

from hub.sandboxes.kit.faults import Fault
from hub.sandboxes.kit.xmllie import lie_in_xml

_LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>"
_MEGABYTE = b" " * 1_000_000
Headers = list[tuple[bytes, bytes]]


@dataclass
class Answer:
    """`headers` are as the sandbox or a fault gave them; `take` is the `send` that a sandbox is called with."""

    status: int = 500
    headers: Headers = field(default_factory=list)
    body: bytes = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    def saying(self, body: bytes, **headers: str) -> Self:
        """The same answer with another body; underscores in the names of headers stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["content-length"] = str(len(body))
        kept = [pair for pair in self.headers if pair[0].decode().lower() not in named]
        return replace(self, headers=[*kept, *_encoded(named)], body=body)


def spoil(answer: Answer | None, fault: Fault) -> Answer | None:
    """What the client is to hear; None when it is to hear nothing at all."""
    match fault.fault:
        case "drop_before" | "drop_after" | "late":
            return None
        case "html":
            page = str(fault.params.get("body", "")).encode() or _LOGIN_PAGE
            return _made_up(fault, page, "text/html; charset=utf-8")
        case "status":
            return _made_up(fault, *_text_or_json(fault.params.get("body", "")))
        case "entity_bomb":
            return _made_up(fault, _entity_bomb(), "application/xml; charset=utf-8")
        case "gzip_bomb":
            bomb = _gzip_bomb(fault.params.get("megabytes", 64))
            return _made_up(fault, bomb, "application/json").saying(bomb, content_encoding="gzip")
    return None if answer is None else _changed(answer, fault)


def _changed(answer: Answer, fault: Fault) -> Answer:
    match fault.fault:
        case "truncate" if fault.params.get("declared", "cut") == "cut":
            return answer.saying(answer.body[: cut_at(answer, fault)])
        case "gzip":
            return answer.saying(gzip.compress(answer.body), content_encoding="gzip")
        case "lie":
            return _lying(answer, fault.params)
    return answer


def cut_at(answer: Answer, fault: Fault) -> int:
    """Where a truncated answer ends: at half its length unless the script says where."""
    return int(fault.params.get("bytes", len(answer.body) // 2))


def _made_up(fault: Fault, body: bytes, content_type: str) -> Answer:
    headers = {"content-type": content_type, "content-length": str(len(body))}
    headers |= {str(name).lower(): str(value) for name, value in (fault.params.get("headers") or {}).items()}
    return Answer(fault.params.get("status", 200), _encoded(headers), body)


def _text_or_json(body: Any) -> tuple[bytes, str]:
    if isinstance(body, str):
        return body.encode(), "text/plain; charset=utf-8"
    return json.dumps(body).encode(), "application/json"


def _encoded(headers: Mapping[str, str]) -> Headers:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


@lru_cache(maxsize=2)
def _gzip_bomb(megabytes: int) -> bytes:
    """An empty list behind so much white space: whoever unfolds it whole reads no rows and no error."""
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    return (
        b"".join(packer.compress(_MEGABYTE) for _ in range(megabytes))
        + packer.compress(b"[]")
        + packer.flush()
    )


def _entity_bomb() -> bytes:
    """Ten entities, each ten times the one before: a few hundred bytes that unfold to gigabytes."""
    entities = ['<!ENTITY e0 "row">'] + [
        f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 10)
    ]
    doctype = f"<!DOCTYPE rows [{''.join(entities)}]>"
    return f'<?xml version="1.0"?>{doctype}<rows><entry><Name>&e9;</Name></entry></rows>'.encode()


def _lying(answer: Answer, params: Mapping[str, Any]) -> Answer:
    """The answer with other values at the named places. A lie about a place that is not there is a 500."""
    named = {name.lower(): value for name, value in answer.headers}
    lie = lie_in_xml if b"xml" in named.get(b"content-type", b"") else _lie_in_json
    try:
        return answer.saying(lie(answer.body, params.get("set") or {}, params.get("drop") or ()))
    except (ValueError, KeyError, IndexError, TypeError) as error:
        return replace(answer, status=500).saying(f"The lie does not fit: {error!r}".encode())


def _lie_in_json(body: bytes, told: Mapping[str, Any], dropped: Sequence[str]) -> bytes:
    document = json.loads(body)
    for path, value in told.items():
        place, name = _place(document, path)
        place[name] = value
    for path in dropped:
        place, name = _place(document, path)
        del place[name]
    return json.dumps(document).encode()


def _place(document: Any, path: str) -> tuple[Any, Any]:
    """The object or list that holds what a path like `rows.0.amount` names, and its name or number in there."""
    *way, last = (int(part) if part.isdecimal() else part for part in path.split("."))
    for part in way:
        document = document[part]
    document[last]  # raises where there is no such place
    return document, last
