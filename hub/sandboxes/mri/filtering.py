"""$filter, as far as some APIs take it: fields that equal texts, joined by `and`."""

import re

from hub.sandboxes.mri.declare import Api, Row
from hub.sandboxes.mri.errors import RequestRefusedError

_TERM = re.compile(r"\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*")
_AND = re.compile(r"and\b", re.IGNORECASE)


def filtered(api: Api, text: str | None, rows: list[Row]) -> list[Row]:
    """The rows that fit; refused by a 400 where the API takes no filter or the filter can't be read."""
    if not text:
        return rows
    if not api.filters:
        raise RequestRefusedError(400, "$filter is not supported by this API.")
    wanted = _read(api, text)
    return [row for row in rows if all(row.get(name) == value for name, value in wanted)]


def _read(api: Api, text: str) -> list[tuple[str, str]]:
    wanted: list[tuple[str, str]] = []
    place = 0
    while term := _TERM.match(text, place):
        wanted.append((term[1], term[2].replace("''", "'")))
        place = term.end()
        if place == len(text):
            return _known(api, wanted)
        joined = _AND.match(text, place)
        if not joined:
            break
        place = joined.end()
    raise RequestRefusedError(400, f"$filter can't be read from: {text[place:]}")


def _known(api: Api, wanted: list[tuple[str, str]]) -> list[tuple[str, str]]:
    names = {field.name for field in api.fields}
    for name, _value in wanted:
        if name not in names:
            raise RequestRefusedError(400, f"$filter names {name}, which this API does not have.")
    return wanted
