"""Where the next page is: the ways other systems say so, each read into the address as it was given.

Each of them gives None after the last page. Pages never end by a guess: what makes one the last is said per class."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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


def _relations(parameters: str) -> list[str]:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "rel":
            return value.strip("\"' ").lower().split()
    return []


def _first(found: Any) -> str | None:
    """The first that says something. An empty text is none."""
    texts = (each.strip() for each in found if isinstance(each, str))
    return next((text for text in texts if text), None)
