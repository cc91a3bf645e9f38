"""Reading MRI's answers: rows, nested sets of one or many, and errors that come inside a 200."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.errors import ErpUnexpected
from hub.http import Reply

Row = Mapping[str, Any]


def rows(reply: Reply, body: Any) -> list[Row]:
    """The rows of an answer's JSON; some APIs give one bare row in place of a list."""
    if isinstance(body, dict) and "error" in body and "value" not in body:
        raise ErpUnexpected(words_of(reply), request_id=reply.request_id)
    if not isinstance(body, dict):
        raise reply.unexpected("not a set of rows")
    if "value" not in body:
        bare = {name: value for name, value in body.items() if not name.startswith("odata.")}
        found: Any = [bare] if bare else []
    else:
        found = body["value"]
    listed = [found] if isinstance(found, dict) else found or []
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise reply.unexpected("not a set of rows")
    return listed


def nested(row: Row, name: str) -> list[Row]:
    """A nested set: `{"entry": {}}` for one row, `{"entry": []}` for several, null for none."""
    held = row.get(name)
    entries = held.get("entry") if isinstance(held, dict) else held
    if isinstance(entries, dict):
        return [entries]
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def own_errors(row: Row) -> list[str]:
    """What MRI says against this row itself."""
    return list(_messages(row.get("Error")))


def all_errors(value: Any) -> Iterator[str]:
    """What MRI says against this row or anything inside it, at any depth."""
    if isinstance(value, dict):
        yield from _messages(value.get("Error"))
        for name, inner in value.items():
            if name != "Error":
                yield from all_errors(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from all_errors(inner)


def words_of(reply: Reply) -> str:
    """What a refusal says, from any of its forms; the status alone where it says nothing readable."""
    try:
        body = reply.json()
    except ErpUnexpected:
        return f"MRI answers {reply.status}."
    if isinstance(body, str) and body.strip():
        return body.strip()[:1000]
    said = [*_messages(body.get("error")), *all_errors(body)] if isinstance(body, dict) else []
    return "; ".join(said)[:1000] or f"MRI answers {reply.status}."


def _messages(error: Any) -> Iterator[str]:
    """An error may be text, an object with a message, or a list of either."""
    if isinstance(error, str) and error.strip():
        yield error.strip()
    elif isinstance(error, dict):
        stated = error.get("Message", error.get("message", error.get("entry")))
        yield from _messages(stated) if stated is not None else iter(("MRI gives no reason.",))
    elif isinstance(error, list):
        for each in error:
            yield from _messages(each)
