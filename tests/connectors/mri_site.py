"""A small MRI of one's own: tables behind one entry point, in JSON or XML, written from the protocol alone."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import httpx
from driving import QUICK

from hub.connectors import open_connector

HOST = "https://ledger.example.com"
CREDENTIALS = {"client_id": "C1", "database": "LIVE", "user": "HUB", "key": "ab12", "password": "a:b"}
Rows = list[dict[str, Any]]


def connector_on(answer: Callable[[httpx.Request], httpx.Response], **settings: Any) -> Any:
    transport = httpx.MockTransport(answer)
    return open_connector("mri", HOST, CREDENTIALS, settings, transport=transport, limits=QUICK)


def saying(body: Any, kind: str = "application/json", status: int = 200, **settings: Any) -> Any:
    """A connector to a server that says the same to every call."""
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    return connector_on(
        lambda _: httpx.Response(status, content=content, headers={"Content-Type": kind}), **settings
    )


class Site:
    """`tables` are rows by API name. `refuse` says why an entry is not taken. `calls` are all requests that came."""

    def __init__(
        self, refuse: Callable[[dict[str, Any]], str | None] = lambda _: None, **tables: Rows
    ) -> None:
        self.tables = {f"MRI_S-{name}": rows for name, rows in tables.items()}
        self.refuse, self.calls, self.lost = refuse, list[httpx.Request](), False

    def connect(self, **settings: Any) -> Any:
        return connector_on(self.answer, **settings)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        asked = dict(request.url.params)
        form = asked["$format"]
        if request.method == "GET":
            return self._page(asked, form)
        kept = [self._take(asked["$api"], entry) for entry in self._entries(request)]
        if self.lost:
            raise httpx.ReadError("lost")
        return said(asked["$api"], kept, form)

    def _page(self, asked: dict[str, str], form: str) -> httpx.Response:
        wanted = {name.lower(): value for name, value in asked.items() if not name.startswith("$")}
        rows = [row for row in self.tables.get(asked["$api"], []) if _fits(row, wanted)]
        first, size = int(asked.get("$skip", 1)), int(asked.get("$top", 300))
        shown, link = rows[first - 1 : first - 1 + size], None
        if len(rows) >= first + size:
            link = f"{HOST}/mriapiservices/api.asp?" + urlencode(
                {**asked, "$skip": first + size}, quote_via=quote
            )
        return said(asked["$api"], shown, form, link)

    def _entries(self, request: httpx.Request) -> Rows:
        if "json" in request.headers["content-type"]:
            return json.loads(request.content)["value"]
        return [_row(entry) for entry in ET.fromstring(request.content)]

    def _take(self, api: str, entry: dict[str, Any]) -> dict[str, Any]:
        why = self.refuse(entry)
        if why is not None:
            return {**entry, "Error": {"Message": why}}
        self.tables.setdefault(api, []).append(entry)
        return entry


def _fits(row: dict[str, Any], wanted: dict[str, str]) -> bool:
    held = {name.lower(): value for name, value in row.items()}
    return all(held.get(name, value) == value for name, value in wanted.items())


def _row(element: ET.Element) -> dict[str, Any]:
    return {child.tag: _value(child) for child in element}


def _value(element: ET.Element) -> Any:
    entries = element.findall("entry")
    if entries:
        return {"entry": [_row(entry) for entry in entries]}
    return _row(element) if len(element) else element.text


def said(api: str, rows: Rows, form: str = "json", link: str | None = None) -> httpx.Response:
    if form == "json":
        body = {"odata.metadata": "x", **({"nextLink": link} if link else {}), "value": rows}
        return httpx.Response(200, json=body)
    return httpx.Response(200, content=xml_of(api, rows, link), headers={"Content-Type": "application/xml"})


def xml_of(api: str, rows: Rows, link: str | None = None) -> bytes:
    attribute = f' NextPageLink="{escape(link)}"' if link else ""
    inner = "".join(f"<entry>{_fields(row)}</entry>" for row in rows)
    return f"<{api.lower()}{attribute}>{inner}</{api.lower()}>".encode()


def _fields(row: dict[str, Any]) -> str:
    return "".join(f"<{name}>{_text(value)}</{name}>" for name, value in row.items())


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        held = value.get("entry")
        if isinstance(held, list):
            return "".join(f"<entry>{_fields(row)}</entry>" for row in held)
        return _fields(value)
    return escape(str(value), {"\r": "&#13;"})
