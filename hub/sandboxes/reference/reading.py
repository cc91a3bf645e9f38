"""Reading lists: filters by field, changes since a moment, pages by a cursor that later changes do not move."""

import base64
import binascii
from datetime import UTC, datetime

from starlette.requests import Request

from hub.sandboxes.reference.books import Books
from hub.sandboxes.reference.declare import Collection, Row
from hub.sandboxes.reference.problem import Problem
from hub.sandboxes.reference.settings import Settings, Writes
from hub.sandboxes.reference.views import shown

_OWN = ("limit", "cursor", "updated_since")
_FILTERS = ("id", "external_ref")


def searchable(books: Books, collection: Collection) -> None:
    if collection.writable and books.writes(collection.name) is Writes.K5:
        raise Problem(403, "not_searchable", f"{collection.name} cannot be read.")


def read_list(books: Books, settings: Settings, collection: Collection, request: Request) -> Row:
    """One page: `data`, and `next_cursor` that is null on the last."""
    query = dict(request.query_params)
    limit = min(_whole(query, "limit", settings.page_size), settings.page_limit)
    rows = books.matching(collection.name, _filters(collection, query))
    since, after = _since(query.get("updated_since")), _after(query.get("cursor"))
    rest = [row for row in rows if row["sequence"] > after and _changed(row, since)]
    page = rest[:limit]
    following = _cursor(page[-1]) if len(rest) > limit else None
    return {"data": [shown(books, collection.name, row) for row in page], "next_cursor": following}


def _filters(collection: Collection, query: dict[str, str]) -> dict[str, str]:
    named = {name: value for name, value in query.items() if name not in _OWN}
    for name in named:
        if name not in _FILTERS and collection.field(name) is None:
            raise Problem(400, "unknown_filter", f"{collection.name} is not filtered by {name}.", name)
    return named


def _whole(query: dict[str, str], name: str, usual: int) -> int:
    text = query.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**6):
        raise Problem(400, "invalid_value", f"{name} must be a number of at least 1.", name)
    return int(text)


def _since(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Problem(400, "invalid_value", "updated_since must be a time.", "updated_since") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _changed(row: Row, since: datetime | None) -> bool:
    return since is None or datetime.fromisoformat(row["updated_at"]) >= since


def _cursor(row: Row) -> str:
    return base64.urlsafe_b64encode(f"after {row['sequence']}".encode()).decode().rstrip("=")


def _after(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        return int(text.removeprefix("after "))
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise Problem(400, "invalid_cursor", "The cursor is not one of ours.", "cursor") from error
