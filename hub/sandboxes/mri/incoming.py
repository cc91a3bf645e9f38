"""Bodies of writes: the entries they carry, from JSON or XML, and a clean row from one entry."""

import json
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

from hub.sandboxes.mri.declare import Api, Field, NestedSet, Row
from hub.sandboxes.mri.errors import EntryRefusedError, RequestRefusedError
from hub.sandboxes.mri.values import read_value

_JSON = ("application/json", "text/json")
# One client in the field sends its XML declared as a form, and MRI takes it.
_XML = ("application/xml", "text/xml", "application/x-www-form-urlencoded")


def read_entries(api: Api, content_type: str, body: bytes, limit: int) -> list[Row]:
    """The entries as they were sent; refused as a whole, by a 400, when they can't be read."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in _JSON:
        entries = _from_json(body)
    elif kind in _XML:
        entries = _from_xml(api, body)
    else:
        raise RequestRefusedError(400, f"The content type {kind or '(none)'} is neither JSON nor XML.")
    if not 1 <= len(entries) <= limit:
        raise RequestRefusedError(400, f"A request carries 1 to {limit} entries, not {len(entries)}.")
    return entries


def _from_json(body: bytes) -> list[Row]:
    try:
        document = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise RequestRefusedError(400, "The body is not well-formed JSON.") from error
    entries = document.get("value") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise RequestRefusedError(400, "The body has no list of entries named value.")
    return entries


class _NoDoctype(ET.TreeBuilder):
    def doctype(self, *_names: str | None) -> None:
        raise RequestRefusedError(400, "A document type is not allowed in the body.")


def _from_xml(api: Api, body: bytes) -> list[Row]:
    # Entities can only be declared in a document type, and that is refused before it is read.
    parser = ET.XMLParser(target=_NoDoctype())  # noqa: S314
    try:
        parser.feed(body)
        root = parser.close()
        entries = [_entry(element) for element in root.iterfind("entry")]
    except (ET.ParseError, LookupError, ValueError, RecursionError) as error:
        raise RequestRefusedError(400, "The body is not well-formed XML.") from error
    if root.tag != api.name.lower():
        raise RequestRefusedError(400, f"The root element is not {api.name.lower()}.")
    return entries


def _entry(element: ET.Element) -> Row:
    return {child.tag: _content(child) for child in element}


def _content(element: ET.Element) -> Any:
    entries = element.findall("entry")
    return {"entry": [_entry(entry) for entry in entries]} if entries else element.text


def read_row(api: Api, entry: Row) -> Row:
    """The entry as it is kept, every field of the API present; refused with the first rule that it breaks."""
    row = _read_fields(api.fields, entry, {nested.name for nested in api.nested})
    for nested in api.nested:
        row[nested.name] = _read_nested(nested, entry.get(nested.name))
    return row


# What people try to send and the interface does not take, whatever the API.
_BARRED = {
    "SubJob": "sub jobs",
    "ParentJob": "sub jobs",
    "TaxCode": "tax",
    "TaxAmount": "tax",
    "TaxRate": "tax",
    "MaterialsStored": "stored materials",
    "MaterialsRetainage": "retainage on stored materials",
    "RetentionReleased": "released retention",
}
_UNKNOWN = "The specified field is not known to this API."


def _unknown(name: str) -> str:
    barred = f" The interface does not take {_BARRED[name]}." if name in _BARRED else ""
    return f"{name}: {_UNKNOWN}{barred}"


def _read_fields(fields: tuple[Field, ...], entry: Row, other_names: set[str]) -> Row:
    known = other_names | {field.name for field in fields}
    refused = [_unknown(name) for name in entry if name not in known]
    row: Row = {}
    for field in fields:
        try:
            row[field.name] = None if field.made_here else read_value(field, entry.get(field.name))
        except EntryRefusedError as error:
            refused.append(error.message)
    if refused:
        raise EntryRefusedError(refused[0], others=tuple(refused[1:]))
    return row


def _read_nested(nested: NestedSet, sent: Any) -> list[Row]:
    rows: list[Row] = []
    refused: dict[tuple[str, int], str] = {}
    for index, entry in enumerate(nested_entries(nested, sent)):
        try:
            rows.append(_read_fields(nested.fields, entry, set()))
        except EntryRefusedError as error:
            refused[nested.name, index] = error.message
    if refused:
        raise EntryRefusedError(nested=refused)
    return rows


def nested_entries(nested: NestedSet, sent: Any) -> list[Row]:
    """The rows of a nested set in any of its three forms: one, several, none."""
    if sent is None or (isinstance(sent, str) and not sent.strip()):
        return []
    entries = sent.get("entry") if isinstance(sent, dict) and set(sent) == {"entry"} else sent
    if isinstance(entries, dict):
        return [entries]
    if sent is entries or not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise EntryRefusedError(f"{nested.name}: The specified value is not a set of entries.")
    return entries
