"""Reading MRI's rows: names in any letter case, nested sets of one or many, and errors that come inside a 200."""

from collections.abc import Awaitable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from hub.connectors.mri.wire.forms import Document, Form, body_of
from hub.errors import ErpError, ErpUnexpected
from hub.http import Reply

T = TypeVar("T")
_WORDS = 1000
Aliases = tuple[tuple[str, str], ...]


class Row(Mapping[str, Any]):
    """One row. MRI spells one field `JOBCODE` in one API and `JobCode` in the next, so names are compared without case.

    `aliases` are names that a site has for fields of ours to read: the usual name -> the site's, inner rows included."""

    __slots__ = ("_spelled", "aliases", "plain")

    def __init__(self, plain: Mapping[str, Any], aliases: Aliases = ()) -> None:
        self.plain, self.aliases = dict(plain), aliases
        self._spelled = _spelled(tuple(self.plain), aliases)

    def __getitem__(self, name: str) -> Any:
        return self.plain[self._spelled[name.casefold()]]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.casefold() in self._spelled

    def __iter__(self) -> Iterator[str]:
        return iter(self.plain)

    def __len__(self) -> int:
        return len(self.plain)


@lru_cache(maxsize=512)
def _spelled(names: tuple[str, ...], aliases: Aliases) -> Mapping[str, str]:
    """Names without case -> as they are spelled. The rows of one list have the same."""
    found = {name.casefold(): name for name in names}
    own = {usual.casefold(): found[site.casefold()] for usual, site in aliases if site.casefold() in found}
    return {**found, **own}


def nested(row: Row, name: str) -> list[Row]:
    """A nested set: `{"entry": {}}` for one row, `{"entry": []}` for several, null for none."""
    held, aliases = row.get(name), row.aliases
    entries = Row(held).get("entry") if isinstance(held, Mapping) else held
    if isinstance(entries, Mapping):
        return [Row(entries, aliases)]
    listed = entries if isinstance(entries, list) else []
    return [Row(entry, aliases) for entry in listed if isinstance(entry, Mapping)]


def own_errors(row: Mapping[str, Any]) -> list[str]:
    """What MRI says against this row itself."""
    return list(messages(Row(row).get("Error")))


def all_errors(value: Any) -> Iterator[str]:
    """What MRI says against this row or anything inside it, at any depth."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from messages(inner) if name.casefold() in ("error", "odata.error") else all_errors(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from all_errors(inner)


def result_of(document: Document) -> str | None:
    """What the family of APIs that answers with one `Result` says: empty for fine, None where there is no such field."""
    if not document.bare or len(document.rows) != 1 or "Result" not in Row(document.rows[0]):
        return None
    said = str(Row(document.rows[0])["Result"] or "").strip()
    return "" if "success" in said.casefold() else said


async def seen_after(look: Awaitable[T]) -> T:
    """What a look after a write shows. One that fails must not pass for a request that never left."""
    try:
        return await look
    except ErpError as error:
        text = f"MRI has answered the write, and what is there now cannot be read: {error.message}"
        raise ErpUnexpected(text, request_id=error.request_id) from error


def words_of(reply: Reply, asked: Form = Form.JSON) -> str:
    """What a refusal says, from any of its forms; the status alone where it says nothing readable."""
    try:
        body = body_of(reply, asked)
    except ErpUnexpected:
        return f"MRI answers {reply.status}."
    if isinstance(body, str) and body.strip():
        return body.strip()[:_WORDS]
    return _joined(all_errors(body), reply)


def _joined(said: Iterator[str], reply: Reply) -> str:
    return "; ".join(said)[:_WORDS] or f"MRI answers {reply.status}."


def messages(error: Any) -> Iterator[str]:
    """An error may be text, an object with a message, or a list of either."""
    if isinstance(error, str) and error.strip():
        yield error.strip()
    elif isinstance(error, Mapping):
        held = Row(error)
        stated = held.get("Message", held.get("entry", held.get("value")))
        yield from messages(stated) if stated is not None else iter(("MRI gives no reason.",))
    elif isinstance(error, list):
        for each in error:
            yield from messages(each)
