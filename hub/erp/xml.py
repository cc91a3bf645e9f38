"""XML without its dangers: no entities, no document types, bounded depth and size; and text that reads back as it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

_UNWRITABLE = {*range(0x20), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)} - {0x9, 0xA, 0xD}
# A carriage return is written as a reference: a reader turns the letter itself into a line feed.
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}


@dataclass(slots=True)
class Element:
    """`text` is what stands directly inside it, its parts joined."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Element"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a document may cost. `elements` and `depth` count elements."""

    depth: int = 32
    elements: int = 500_000


def parse(document: bytes, *, charset: str | None = None, bounds: Bounds | None = None) -> Element:
    """The root element. `charset` beats what the document says of itself.

    Raises `ValueError` for what is not well formed, has a document type, or goes beyond the bounds."""
    reader = _Reader(bounds or Bounds())
    try:
        parser = expat.ParserCreate(charset)
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
        parser.CharacterDataHandler = reader.characters
        parser.Parse(document, True)
    except (expat.ExpatError, LookupError) as error:
        raise ValueError("is not well-formed XML") from error
    return reader.root()


def written(root: Element) -> bytes:
    """The document in UTF-8. Raises `ValueError` for a character that XML has no way to write."""
    parts: list[str] = ['<?xml version="1.0" encoding="utf-8"?>']
    _write(root, parts)
    return "".join(parts).encode()


def escaped(text: str) -> str:
    """Text as it may stand in an element or a quoted attribute."""
    if any(ord(letter) in _UNWRITABLE for letter in text):
        raise ValueError("holds a character that XML cannot carry")
    return "".join(_ESCAPES.get(letter, letter) for letter in text)


class _Reader:
    """Builds the tree while the parser reads; the bounds are looked at before anything is kept."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds, self._open, self._count = bounds, list[Element](), 0
        self._texts = list[list[str]]()  # beside the open elements: joined once, however many pieces come
        self._root: Element | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > self._bounds.elements or len(self._open) >= self._bounds.depth:
            raise ValueError("is larger or deeper than an answer may be")
        element = Element(tag, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)
        self._texts.append([])

    def end(self, _tag: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())

    def characters(self, text: str) -> None:
        self._texts[-1].append(text)

    def root(self) -> Element:
        assert self._root is not None
        return self._root


def _refuse_doctype(*_declared: Any) -> None:
    """Entities can be declared nowhere else, so this is where bombs and foreign files end."""
    raise ValueError("declares a document type")


def _write(element: Element, parts: list[str]) -> None:
    named = "".join(f' {name}="{escaped(value)}"' for name, value in element.attributes.items())
    if not element.text and not element.children:
        parts.append(f"<{element.tag}{named}/>")
        return
    parts.append(f"<{element.tag}{named}>{escaped(element.text)}")
    _write_all(element.children, parts)
    parts.append(f"</{element.tag}>")


def _write_all(elements: Sequence[Element], parts: list[str]) -> None:
    for element in elements:
        _write(element, parts)
