"""Rows that come and go while somebody reads page after page, as scripted through the control interface."""

from hub.sandboxes.kit import Document
from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Api, Row

_KIND = "drift"


def script_drift(books: Books, api: Api, after: int, insert: list[Row], delete: list[Row]) -> None:
    """After so many more reads of the API have been answered; rows and keys in the form they are kept in."""
    script = {"left": after, "insert": insert, "delete": delete}
    books.bench.store.put(_KIND, api.name, script)


def drift_after(books: Books, api: Api) -> None:
    """Called when a page has been worked out; the rows move before the next one is."""
    script = books.bench.store.get(_KIND, api.name)
    if script is None:
        return
    if script["left"] > 1:
        books.bench.store.put(_KIND, api.name, {**script, "left": script["left"] - 1})
        return
    books.bench.store.delete(_KIND, api.name)
    _move(books, api, script)


def _move(books: Books, api: Api, script: Document) -> None:
    for key in script["delete"]:
        books.remove(api, key)
    for row in script["insert"]:
        books.keep(api, row)
