"""POST: every entry is judged and kept on its own; a refused one comes back with its Error in a 200."""

from dataclasses import dataclass
from typing import Any

from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Api, Row
from hub.sandboxes.mri.errors import EntryRefusedError
from hub.sandboxes.mri.incoming import nested_entries, read_row
from hub.sandboxes.mri.outgoing import Entry, Page, error_entry, outgoing_entry


@dataclass(frozen=True)
class Posted:
    """What came of a POST: `refusals` are the messages by the key of their entry."""

    page: Page
    keys: list[str]
    refusals: list[tuple[str, str]]

    @property
    def outcome(self) -> str:
        if not self.refusals:
            return "stored"
        return "refused" if len(self.refusals) == len(self.keys) else "partly stored"

    @property
    def summary(self) -> str:
        told = [f"{len(self.keys) - len(self.refusals)} of {len(self.keys)} stored"]
        return "; ".join(told + [f"{key} refused: {message}" for key, message in self.refusals])


def post(books: Books, api: Api, entries: list[Row]) -> Posted:
    answered: list[Entry] = []
    refusals: list[tuple[str, str]] = []
    for entry in entries:
        try:
            answered.append(outgoing_entry(api, _store(books, api, entry)))
        except EntryRefusedError as error:
            answered.append(_refused(api, entry, error))
            refusals.append((api.key_of(entry), str(error)))
    return Posted(Page(answered), [api.key_of(entry) for entry in entries], refusals)


def _store(books: Books, api: Api, entry: Row) -> Row:
    row = read_row(api, entry)
    with books.bench.store.transaction():
        if api.duplicate and books.row(api, row) is not None:
            raise EntryRefusedError(api.duplicate.format_map(row))
        for check in api.checks:
            check(books, row)
        if api.complete:
            api.complete(books, row)
        books.keep(api, row)
    return row


def _refused(api: Api, sent: Row, error: EntryRefusedError) -> Entry:
    """The entry as it was sent, as far as the API knows its fields, with the error where it belongs."""
    entry: Entry = {field.name: _echo(sent.get(field.name)) for field in api.fields}
    for nested in api.nested:
        entry[nested.name] = _echo_nested(api, nested.name, sent, error)
    return error_entry(error.message, entry) if error.message else entry


def _echo_nested(api: Api, name: str, sent: Row, error: EntryRefusedError) -> list[Entry]:
    nested = next(one for one in api.nested if one.name == name)
    try:
        rows = nested_entries(nested, sent.get(name))
    except EntryRefusedError:
        return []
    echoed = [{field.name: _echo(row.get(field.name)) for field in nested.fields} for row in rows]
    return [
        error_entry(error.nested[name, index], row) if (name, index) in error.nested else row
        for index, row in enumerate(echoed)
    ]


def _echo(value: Any) -> str | None:
    return None if value is None or isinstance(value, dict | list) else str(value)
