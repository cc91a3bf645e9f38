"""Where the next page is: the ways other systems say so, each read into the address as it was given.

Each of them gives None after the last page. Pages never end by a guess: what makes one the last is said per class.
A connector takes the one that its system pages by."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from hub.errors import ErpUnexpected

MOST_PAGES = 20_000  # of one list; the longest known have some thousands
_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[^,;]+)*)")


@dataclass(frozen=True, slots=True)
class LinkHeader:
    """A `Link` header. The last page is the one without the relation, however few rows it has."""

    relation: str = "next"

    def next(self, headers: Mapping[str, str]) -> str | None:
        for address, parameters in _LINK.findall(headers.get("link", "")):
            if self.relation in _relations(parameters):
                return str(address)
        return None


@dataclass(frozen=True, slots=True)
class LinkInBody:
    """A link in the body, under one of some names. The last page is the one without."""

    names: Sequence[str]

    def next(self, body: Mapping[str, Any]) -> str | None:
        return _first(body.get(name) for name in self.names)


@dataclass(frozen=True, slots=True)
class LinkInAttribute:
    """A link in an attribute of an XML element, in whichever namespace. The last page is the one without."""

    names: Sequence[str]

    def next(self, attributes: Mapping[str, str]) -> str | None:
        plain = {name.rpartition("}")[2]: value for name, value in attributes.items()}
        return _first(plain.get(name) for name in self.names)


@dataclass(frozen=True, slots=True)
class CursorInBody:
    """A cursor at one of some places in the body, `meta.next_cursor`. The last page is the one without."""

    places: Sequence[str]

    def next(self, body: Mapping[str, Any]) -> str | None:
        return _first(_at(body, place) for place in self.places)


@dataclass(frozen=True, slots=True)
class PageNumbers:
    """Pages by number. The last is the first empty one: a server may give shorter pages than were asked for.

    Where `whole` says that it never does, one that is not full is the last, which saves a call."""

    size: int
    first: int = 1
    whole: bool = False

    def next(self, page: int, rows: int) -> int | None:
        """The number after `page`, which had so many rows."""
        ends = rows < self.size if self.whole else rows == 0
        return None if ends else page + 1


def parts_of(link: str) -> SplitResult:
    """A link taken apart; `ErpUnexpected` for one that no request could be made of."""
    try:
        parts = urlsplit(link)
        link.encode()
    except ValueError as error:
        raise ErpUnexpected("The link to the next page cannot be read.") from error
    if ".." in parts.path.split("/"):
        raise ErpUnexpected("The link to the next page leads elsewhere.")
    return parts


class Trail:
    """The pages that one reading has met: a server can lead it in a circle, or on for ever."""

    def __init__(self) -> None:
        self._met: set[str] = set()

    def on(self, cursor: str) -> str:
        """The page to ask for now; `ErpUnexpected` where it was asked for before, or is one too many."""
        if cursor in self._met:
            raise ErpUnexpected("The links to the next pages run in a circle.")
        if len(self._met) >= MOST_PAGES:
            raise ErpUnexpected(f"The list does not end after {MOST_PAGES} pages.")
        self._met.add(cursor)
        return cursor


def _relations(parameters: str) -> list[str]:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "rel":
            return value.strip("\"' ").lower().split()
    return []


def _at(body: Any, place: str) -> Any:
    for name in place.split("."):
        body = body.get(name) if isinstance(body, Mapping) else None
    return body


def _first(found: Any) -> str | None:
    """The first that says something. A number is a cursor as well; an empty text is none."""
    texts = (
        str(each).strip() for each in found if isinstance(each, str | int) and not isinstance(each, bool)
    )
    return next((text for text in texts if text), None)
