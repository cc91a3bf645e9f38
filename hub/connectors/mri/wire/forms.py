"""The two forms in which MRI speaks, JSON and XML, read into the same rows and written from the same body."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hub.erp import xml
from hub.erp.paging import LinkInBody
from hub.errors import ErpUnexpected
from hub.http import Reply

_LINK = LinkInBody(("nextlink", "odata.nextlink", "nextpagelink"))
_ERRORS = ("error", "odata.error")


class Form(StrEnum):
    JSON = "json"
    XML = "xml"

    @property
    def content_type(self) -> str:
        return f"application/{self}"


@dataclass(frozen=True, slots=True)
class Document:
    """An answer that could be read. `bare`: its rows came without a list around them; `error`: it is one error."""

    rows: Sequence[Mapping[str, Any]]
    link: str | None = None
    bare: bool = False
    error: Any = None


def read(reply: Reply, asked: Form) -> Document:
    """What an answer holds, by its content type, not by what was asked for. Anything else is no API answer."""
    form = form_of(reply, asked)
    body = reply.json() if form is Form.JSON else _xml_body(reply)
    document = _document(body)
    if document is None:
        raise reply.unexpected("not a set of rows")
    return document


def body_of(reply: Reply, asked: Form) -> Any:
    """The body of a refusal, in whatever form it can be read."""
    form = form_of(reply, asked)
    return reply.json() if form is Form.JSON else _xml_body(reply)


def rendered(form: Form, api: str, body: bytes) -> bytes:
    """What leaves: a JSON site is sent the very bytes that were approved, an XML site their only rendering."""
    if form is Form.JSON:
        return body
    rows = json.loads(body)["value"]
    return xml.written(xml.Element(api.lower(), children=[_element("entry", row) for row in rows]))


def form_of(reply: Reply, asked: Form) -> Form:
    """What an answer says it is written in. A page for people is no answer, whatever its status."""
    kind = reply.content_type
    if not kind:
        return asked
    if "json" in kind:
        return Form.JSON
    if kind in ("application/xml", "text/xml") or (kind.endswith("+xml") and "html" not in kind):
        return Form.XML
    raise reply.unexpected(f"not an API answer: {kind}")


def _document(body: Any) -> Document | None:
    if not isinstance(body, dict):
        return None
    around = {name.casefold(): value for name, value in body.items()}
    error = next((around[name] for name in _ERRORS if name in around), None)
    if error is not None and "value" not in body:
        return Document((), error=error)
    link = _LINK.next(around)
    if "value" not in body:
        row = {name: value for name, value in body.items() if not name.startswith("odata.")}
        return Document([row] if row else (), link, bare=True)
    found = body["value"]
    rows = [found] if isinstance(found, dict) else found or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None
    return Document(rows, link)


def _xml_body(reply: Reply) -> Any:
    """The JSON that the same answer would have been; the root's name is the API's, or says that it is an error."""
    try:
        root = xml.parse(reply.body, charset=_charset(reply))
    except ValueError as error:
        raise _unreadable(reply, error) from error
    if root.tag.lower() in ("html", "body"):
        raise reply.unexpected("not an API answer: html")
    if root.tag.lower() == "error":
        return {"error": _value(root)}
    if not root.children and root.text.strip():
        return {"error": root.text.strip()}
    link = dict(root.attributes)
    if root.children and any(child.tag != "entry" for child in root.children):
        return {**link, **_fields(root)}
    return {**link, "value": [_fields(child) for child in root.children]}


def _unreadable(reply: Reply, error: ValueError) -> ErpUnexpected:
    return reply.unexpected(f"not readable as XML: it {error}")


def _charset(reply: Reply) -> str | None:
    for parameter in reply.headers.get("content-type", "").split(";")[1:]:
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "charset" and value:
            return value.strip("\"' ")
    return None


def _fields(element: xml.Element) -> dict[str, Any]:
    """Named values; a name that comes twice has a list."""
    found: dict[str, Any] = {}
    for child in element.children:
        value = _value(child)
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found


def _value(element: xml.Element) -> Any:
    """A nested set, a group of values, or text; an empty element holds nothing."""
    return _fields(element) if element.children else element.text or None


def _element(tag: str, value: Any) -> xml.Element:
    if isinstance(value, Mapping):
        return xml.Element(
            tag, children=[part for name, held in value.items() for part in _elements(name, held)]
        )
    return xml.Element(tag, text="" if value is None else str(value))


def _elements(name: str, value: Any) -> list[xml.Element]:
    if isinstance(value, list):
        return [_element(name, each) for each in value]
    return [_element(name, value)]
