"""A refused entry as it comes back: what was sent, as far as the API knows its fields, and the error in it."""

from typing import Any

from hub.sandboxes.mri.declare import Api, NestedSet, Row
from hub.sandboxes.mri.errors import EntryRefusedError
from hub.sandboxes.mri.incoming import nested_entries
from hub.sandboxes.mri.outgoing import Entry, error_entry
from hub.sandboxes.mri.values import writable


def refused_entry(api: Api, sent: Row, error: EntryRefusedError, *, tells_all: bool) -> Entry:
    """`tells_all`: with every message against the entry, not with the first alone."""
    entry: Entry = {field.name: _echo(sent.get(field.name)) for field in api.fields}
    for nested in api.nested:
        entry[nested.name] = _echo_nested(nested, sent, error)
    if not error.message:
        return entry
    return error_entry(error.message, entry, error.others if tells_all else ())


def _echo_nested(nested: NestedSet, sent: Row, error: EntryRefusedError) -> list[Entry]:
    try:
        rows = nested_entries(nested, sent.get(nested.name))
    except EntryRefusedError:
        return []
    echoed = [{field.name: _echo(row.get(field.name)) for field in nested.fields} for row in rows]
    return [
        error_entry(error.nested[nested.name, index], row) if (nested.name, index) in error.nested else row
        for index, row in enumerate(echoed)
    ]


def _echo(value: Any) -> str | None:
    return None if value is None or isinstance(value, dict | list) else writable(str(value))
