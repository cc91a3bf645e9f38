"""A lie in an XML answer, told by the paths that the same answer in JSON would have: `value.0.Amount`."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

_ROWS = "value"  # the list that JSON has and XML has not: its rows are the root's children


def lie_in_xml(body: bytes, told: Mapping[str, Any], dropped: Sequence[str]) -> bytes:
    """Raises KeyError or IndexError for a place that is not there, ValueError where the answer is no XML."""
    try:
        root = ET.fromstring(body)  # noqa: S314 - the sandbox has just written it
    except ET.ParseError as error:
        raise ValueError(str(error)) from error
    for path, value in told.items():
        _parent, element = _place(root, path)
        element.text = str(value)
    for path in dropped:
        parent, element = _place(root, path)
        parent.remove(element)
    lying: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return lying


def _place(root: ET.Element, path: str) -> tuple[ET.Element, ET.Element]:
    parent, element = root, root
    for part in path.removeprefix(f"{_ROWS}.").split("."):
        parent, element = element, _child(element, part)
    return parent, element


def _child(element: ET.Element, part: str) -> ET.Element:
    if part.isdecimal():
        return list(element)[int(part)]
    found = element.find(part)
    if found is None:
        raise KeyError(part)
    return found
