"""Answers in JSON and XML from one model: rows of texts and nested rows, with the next page's link."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET

from starlette.responses import Response

from hub.sandboxes.mri.call import Call
from hub.sandboxes.mri.declare import Api, Field, Row
from hub.sandboxes.mri.settings import Oddity
from hub.sandboxes.mri.values import write_value

# `text`, a nested row list, or an Error with its Message; always in the order of the API's fields.
Entry = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """`next_row` is the number of the row that the next page begins with."""

    entries: list[Entry]
    next_row: int | None = None


def outgoing_entry(api: Api, row: Row) -> Entry:
    """A kept row as it travels."""
    entry: Entry = _texts(api.fields, row)
    for nested in api.nested:
        entry[nested.name] = [_texts(nested.fields, one) for one in row[nested.name]]
    return entry


def error_entry(message: str, entry: Entry | None = None) -> Entry:
    return {**(entry or {}), "Error": {"Message": message}}


def _texts(fields: tuple[Field, ...], row: Row) -> Entry:
    return {field.name: write_value(field, row[field.name]) for field in fields}


class Renderer:
    def __init__(self, api: str, call: Call, oddities: frozenset[Oddity]) -> None:
        self._api = api
        self._call = call
        self._oddities = oddities

    def render(self, page: Page) -> Response:
        if self._call.format == "json":
            return Response(self._spelled(self._json(page)), media_type="application/json; charset=utf-8")
        return Response(self._spelled(self._xml(page)), media_type="application/xml; charset=utf-8")

    def _spelled(self, text: str) -> bytes:
        """Some installations lose every character that their old code page lacks."""
        if Oddity.WINDOWS_1252 in self._oddities:
            text = text.encode("cp1252", "replace").decode("cp1252")
        return text.encode()

    def _json(self, page: Page) -> str:
        lower = self._api.lower()
        document: dict[str, Any] = {
            "odata.metadata": f"{self._address()}?$api={self._api}&$metadata#MRI.{lower}-container/{lower}"
        }
        if page.next_row is not None:
            document["nextLink"] = self._link(page.next_row)
        document["value"] = [
            {name: _json_value(value) for name, value in row.items()} for row in page.entries
        ]
        return json.dumps(document, ensure_ascii=False)

    def _xml(self, page: Page) -> str:
        root = ET.Element(self._api.lower())
        if page.next_row is not None:
            link = self._link(page.next_row)
            doubly = Oddity.DOUBLY_ESCAPED_LINK in self._oddities
            root.set("NextPageLink", link.replace("&", "&amp;") if doubly else link)
        for entry in page.entries:
            _add_entry(root, entry)
        return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")

    def _link(self, next_row: int) -> str:
        other = {"json": "xml", "xml": "json"}[self._call.format]
        wrong = Oddity.WRONG_FORMAT_IN_LINK in self._oddities
        query = [
            ("$api", self._api),
            ("$format", other if wrong else self._call.format),
            *self._call.sent,
            ("$top", str(self._call.top)),
            ("$skip", str(next_row)),
        ]
        return f"{self._address()}?{urlencode(query, quote_via=quote)}"

    def _address(self) -> str:
        return f"{self._call.base_url}/mriapiservices/api.asp"


def _json_value(value: Any) -> Any:
    """A set of one row travels as that row, not as a list of one."""
    if not isinstance(value, list):
        return value
    if not value:
        return None
    return {"entry": value[0] if len(value) == 1 else value}


def _add_entry(parent: ET.Element, entry: Entry) -> None:
    element = ET.SubElement(parent, "entry")
    for name, value in entry.items():
        child = ET.SubElement(element, name)
        if isinstance(value, list):
            for row in value:
                _add_entry(child, row)
        elif isinstance(value, dict):
            for inner, text in value.items():
                ET.SubElement(child, inner).text = text
        else:
            child.text = value


def refusal(status: int, message: str, wanted: str) -> Response:
    """A whole request turned away: 401 by a bare page, the same for all, the others in their format."""
    if status == 401:
        page = f"<html><head><title>401</title></head><body>{message}</body></html>"
        headers = {"WWW-Authenticate": 'Basic realm="MRIAPIServices"'}
        return Response(page, status, headers, media_type="text/html; charset=utf-8")
    if wanted == "json":
        body = json.dumps({"error": {"code": str(status), "message": message}})
        return Response(body, status, media_type="application/json; charset=utf-8")
    root = ET.Element("error")
    ET.SubElement(root, "code").text = str(status)
    ET.SubElement(root, "message").text = message
    return Response(
        ET.tostring(root, encoding="unicode"), status, media_type="application/xml; charset=utf-8"
    )
