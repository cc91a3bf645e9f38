"""Answers in JSON and XML from one model: rows of texts and nested rows, with the next page's link."""

import json
import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from starlette.responses import Response

from hub.sandboxes.mri.call import Call
from hub.sandboxes.mri.declare import NUMBERS, Api, Field, Row
from hub.sandboxes.mri.links import ENTRY_POINT, next_link
from hub.sandboxes.mri.settings import Oddity
from hub.sandboxes.mri.values import writable, write_value

# `text`, a nested row list, or an Error with its Message; always in the order of the API's fields.
Entry = dict[str, Any]

_ERROR = "Error"

# Put before a number that is to leave without quotes; no value of a row can hold this character.
_UNQUOTED = "\x01"
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_QUOTED_NUMBER = re.compile(r'"\\u0001(-?[0-9.]+)"')


@dataclass(frozen=True)
class Page:
    """`next_row` is the number of the row that the next page begins with; `bare`: one row, not in a list.

    With a `result`, that text is the whole answer."""

    entries: list[Entry]
    next_row: int | None = None
    bare: bool = False
    result: str | None = None


def outgoing_entry(api: Api, row: Row) -> Entry:
    """A kept row as it travels."""
    entry: Entry = _texts(api.fields, row)
    for nested in api.nested:
        entry[nested.name] = [_texts(nested.fields, one) for one in row.get(nested.name) or ()]
    return entry


def error_entry(message: str, entry: Entry | None = None, others: tuple[str, ...] = ()) -> Entry:
    """Several errors are several elements in XML and a list in JSON."""
    errors = [{"Message": writable(one)} for one in (message, *others)]
    return {**(entry or {}), _ERROR: errors if others else errors[0]}


def _texts(fields: tuple[Field, ...], row: Row) -> Entry:
    return {field.name: write_value(field, row.get(field.name)) for field in fields}


class Renderer:
    def __init__(self, api: Api, call: Call, oddities: frozenset[Oddity]) -> None:
        self._api = api
        self._call = call
        self._oddities = oddities

    def render(self, page: Page) -> Response:
        text = self._json(page) if self._call.format == "json" else self._xml(page)
        return Response(self._spelled(text), media_type=f"application/{self._call.format}; charset=utf-8")

    def _spelled(self, text: str) -> bytes:
        """Some installations lose every character that their old code page lacks."""
        if Oddity.WINDOWS_1252 in self._oddities:
            text = text.encode("cp1252", "replace").decode("cp1252")
        return text.encode()

    def _json(self, page: Page) -> str:
        lower = self._api.name.lower()
        address = f"{self._call.base_url}{ENTRY_POINT}?$api={self._api.name}&$metadata"
        document: dict[str, Any] = {"odata.metadata": f"{address}#MRI.{lower}-container/{lower}"}
        if page.next_row is not None:
            document["nextLink"] = self._link(page.next_row)
        text = json.dumps(document | self._json_content(page), ensure_ascii=False)
        return _QUOTED_NUMBER.sub(r"\1", text)

    def _json_content(self, page: Page) -> dict[str, Any]:
        if page.result is not None:
            return {"Result": page.result or None}
        rows = [self._json_row(entry) for entry in page.entries]
        return rows[0] if page.bare and rows else {"value": rows}

    def _xml(self, page: Page) -> str:
        root = ET.Element(self._api.name.lower())
        if page.next_row is not None:
            root.set("NextPageLink", self._link(page.next_row))
        if page.result is not None:
            ET.SubElement(root, "Result").text = page.result
        elif page.bare and page.entries:
            _fill(root, page.entries[0])
        else:
            for entry in page.entries:
                _fill(ET.SubElement(root, "entry"), entry)
        return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")

    def _json_row(self, entry: Entry) -> dict[str, Any]:
        numbers = _number_names(self._api) if Oddity.UNQUOTED_NUMBERS in self._oddities else frozenset()
        return {name: _json_value(value, name, numbers) for name, value in entry.items()}

    def _link(self, next_row: int) -> str:
        return next_link(self._api.name, self._call, next_row, self._oddities)


def _number_names(api: Api) -> frozenset[str]:
    fields = [*api.fields, *(field for nested in api.nested for field in nested.fields)]
    return frozenset(field.name for field in fields if field.kind in NUMBERS)


def _json_value(value: Any, name: str, numbers: frozenset[str]) -> Any:
    """A set of one row travels as that row, not as a list of one; an empty set as null."""
    if isinstance(value, list) and name != _ERROR:
        rows = [{inner: _json_value(one, inner, numbers) for inner, one in row.items()} for row in value]
        return {"entry": rows[0] if len(rows) == 1 else rows} if rows else None
    return f"{_UNQUOTED}{value}" if name in numbers and _NUMBER.fullmatch(value or "") else value


def _fill(element: ET.Element, entry: Entry) -> None:
    for name, value in entry.items():
        if name == _ERROR:
            _add_errors(element, value)
            continue
        child = ET.SubElement(element, name)
        if isinstance(value, list):
            for row in value:
                _fill(ET.SubElement(child, "entry"), row)
        else:
            child.text = value


def _add_errors(element: ET.Element, errors: dict[str, str] | list[dict[str, str]]) -> None:
    for error in errors if isinstance(errors, list) else [errors]:
        child = ET.SubElement(element, _ERROR)
        ET.SubElement(child, "Message").text = error["Message"]
