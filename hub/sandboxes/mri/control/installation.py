"""How the installation behaves: rights, oddities, its set-up, rows that move between pages, rows as such."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from hub.sandboxes.mri.apis import CATALOGUE, COLLECTIONS
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.control.action import Action, ActionRefusedError, row_of, take
from hub.sandboxes.mri.control.site_view import site_view
from hub.sandboxes.mri.declare import Api, Row
from hub.sandboxes.mri.drift import script_drift
from hub.sandboxes.mri.errors import EntryRefusedError
from hub.sandboxes.mri.incoming import read_row
from hub.sandboxes.mri.outgoing import outgoing_entry
from hub.sandboxes.mri.settings import MODULES, Oddity

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def _set_rights(books: Books, sent: Row) -> Row:
    return _set_switch(books, sent, "denied", {api.name for api in CATALOGUE.values()})


def _set_oddities(books: Books, sent: Row) -> Row:
    return _set_switch(books, sent, "oddities", set(Oddity))


def _set_switch(books: Books, sent: Row, name: str, allowed: Collection[str]) -> Row:
    values, known = sent.get(name), {one.lower() for one in allowed}
    if not isinstance(values, list) or not all(
        isinstance(one, str) and one.lower() in known for one in values
    ):
        raise ActionRefusedError("BAD_SWITCH", f"{name} must be a list of {', '.join(sorted(allowed))}")
    books.set_switch(name, [one.lower() for one in values])
    return {name: sorted(one.lower() for one in values)}


def _set_site(books: Books, sent: Row) -> Row:
    take(sent, (), tuple(_SITE))
    for name, value in sent.items():
        is_right, words = _SITE[name]
        if not is_right(value):
            raise ActionRefusedError("BAD_SITE", f"{name} must be {words}")
    books.change_site(sent)
    return site_view(books)


def _is_time(value: Any) -> bool:
    return value is None or (isinstance(value, str) and bool(_TIME.fullmatch(value)))


def _is_list_of(names: Collection[str]) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, list) and all(isinstance(one, str) and one in names for one in value)
    )


def _is_number_or_none(value: Any) -> bool:
    return value is None or (type(value) is int and value > 0)


_APIS = frozenset(api.name for api in CATALOGUE.values())
_SITE: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "version": (lambda value: isinstance(value, str) and bool(value), "a text such as 10.5.2"),
    "modules": (_is_list_of(MODULES), f"a list of {', '.join(MODULES)}"),
    "invoice_status": (lambda value: value in ("Pending", "Approved"), "Pending or Approved"),
    "transfers_sum_to_zero": (lambda value: isinstance(value, bool), "true or false"),
    "closed_from": (_is_time, "a time of the form HH:MM, or null"),
    "closed_until": (_is_time, "a time of the form HH:MM, or null"),
    "calls": (_is_number_or_none, "a whole number of 1 or more, or null"),
    "window_seconds": (_is_number_or_none, "a whole number of 1 or more, or null"),
    "partner_apis": (lambda value: value is None or _is_list_of(_APIS)(value), "a list of APIs, or null"),
}


def _script_drift(books: Books, sent: Row) -> Row:
    take(sent, ("api",), ("after", "insert", "delete"))
    api = CATALOGUE.get(sent["api"].lower())
    if api is None or "GET" not in api.verbs or api.finds:
        raise ActionRefusedError("UNKNOWN_API", f"{sent['api']} is not an API that lists rows")
    after = sent.get("after", 1)
    if not isinstance(after, int) or isinstance(after, bool) or after < 1:
        raise ActionRefusedError("BAD_AFTER", "after must be the number of reads that come first, 1 or more")
    insert = [_as_kept(books, api, row) for row in _rows(sent, "insert")]
    delete = [take(key, api.key_fields) for key in _rows(sent, "delete")]
    script_drift(books, api, after, insert, delete)
    return {"api": api.name, "after": after, "insert": len(insert), "delete": len(delete)}


def _rows(sent: Row, name: str) -> list[Row]:
    rows = sent.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ActionRefusedError("BAD_ROWS", f"{name} must be a list of objects")
    return rows


def _as_kept(books: Books, api: Api, sent: Row) -> Row:
    """By the rules of its fields only; what the server makes itself may be given, and is its own otherwise."""
    made = {field.name for field in api.fields if field.made_here}
    try:
        row = read_row(api, {name: value for name, value in sent.items() if name not in made})
    except EntryRefusedError as error:
        raise ActionRefusedError("BAD_ROW", str(error)) from error
    row |= {name: str(sent[name]) for name in made if sent.get(name)}
    if api.changed:
        row[api.changed] = row[api.changed] or books.now()
    return row


def _collection(sent: Row) -> Api:
    if sent["collection"] not in COLLECTIONS:
        known = ", ".join(sorted(COLLECTIONS))
        raise ActionRefusedError("UNKNOWN_COLLECTION", f"collection must be one of {known}")
    return COLLECTIONS[sent["collection"]]


def _put_rows(books: Books, sent: Row) -> Row:
    api = _collection(take(sent, ("collection",), ("rows",)))
    rows = [_as_kept(books, api, row) for row in _rows(sent, "rows")]
    for row in rows:
        books.keep(api, row)
    return {api.collection: [outgoing_entry(api, row) for row in rows]}


def _delete_row(books: Books, sent: Row) -> Row:
    api = _collection(take(sent, ("collection",), ("key",)))
    key = take(sent.get("key") or {}, api.key_fields)
    row_of(books, api, key, f"row of {api.collection}")
    books.remove(api, key)
    return {"deleted": api.key_of(key)}


ACTIONS = (
    Action(
        "rights",
        "Which APIs the interface user's class may not call from now on.",
        {"denied": ["MRI_S-PMAP_Vendors"]},
        _set_rights,
    ),
    Action(
        "oddities",
        "Which odd behaviours the site shows from now on; an empty list ends them.",
        {"oddities": ["doubly_escaped_link", "unquoted_numbers"]},
        _set_oddities,
    ),
    Action(
        "site",
        "Changes the installation's set-up, as far as it is sent; GET shows all of it.",
        {"modules": ["JC", "AP", "GL"], "invoice_status": "Pending"},
        _set_site,
    ),
    Action(
        "drift",
        "After so many more reads of the API, rows come and go: insert are rows, delete are keys.",
        {
            "api": "MRI_S-PMAP_Vendors",
            "after": 1,
            "insert": [{"VendorID": "AAAA01", "VendorName": "First of all"}],
            "delete": [{"VendorID": "OKAF01"}],
        },
        _script_drift,
    ),
    Action(
        "rows",
        "Puts rows of a collection as they are: only the fields are checked, nothing else moves.",
        {"collection": "Categories", "rows": [{"Category": "X", "Description": "Experimental"}]},
        _put_rows,
    ),
    Action(
        "rows/delete",
        "Takes a row out of a collection; nothing else moves.",
        {"collection": "Categories", "key": {"Category": "OC"}},
        _delete_row,
    ),
)
