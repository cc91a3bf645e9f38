"""POST and PUT: every entry is judged and kept on its own; a refused one comes back with its Error in a 200."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Api, Check, Document, Row
from hub.sandboxes.mri.echo import refused_entry
from hub.sandboxes.mri.errors import EntryRefusedError
from hub.sandboxes.mri.incoming import read_row
from hub.sandboxes.mri.outgoing import Entry, outgoing_entry
from hub.sandboxes.mri.settings import Oddity
from hub.sandboxes.mri.values import read_value

Outcome = Row | EntryRefusedError
_OTHER_LINE = EntryRefusedError("Another line of the same document is refused, so this one is not stored.")


class _UndoneError(Exception):
    """Ends the transaction of a document of which a line was refused."""


@dataclass(frozen=True)
class Written:
    """What came of a write: `refusals` are the messages by the key of their entry."""

    entries: list[Entry]
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


def write(books: Books, api: Api, entries: list[Row], method: str) -> Written:
    outcomes: dict[int, Outcome] = {}
    for lines in _documents(api, entries):
        outcomes |= _write_together(books, api, lines, method)
    tells_all = Oddity.EVERY_ERROR in books.oddities
    answered = [_answer(api, entry, outcomes[index], tells_all) for index, entry in enumerate(entries)]
    keys = [api.key_of(entry) for entry in entries]
    refusals = [
        (keys[index], str(outcome))
        for index, outcome in sorted(outcomes.items())
        if isinstance(outcome, EntryRefusedError)
    ]
    return Written(answered, keys, refusals)


def write_one(books: Books, api: Api, entry: Row, method: str = "POST") -> Row:
    """One row, kept with all that follows from it; refused with the first rule that it breaks."""
    kept = _kept(books, api, entry) if method == "PUT" else None
    row = read_row(api, entry if kept is None else {**_as_sent(api, kept), **entry})
    if kept is not None:
        row |= {field.name: kept.get(field.name) for field in api.fields if field.made_here}
    elif api.duplicate and books.is_taken(api, row):
        raise EntryRefusedError(api.duplicate.format_map(row))
    with books.bench.store.transaction():
        for check in api.checks:
            check(books, row)
        _keep(books, api, row, api.change if kept is not None else api.complete)
    return row


def _keep(books: Books, api: Api, row: Row, finish: Check | None) -> None:
    if api.acts:
        api.acts(books, row)
        return
    if api.changed:
        row[api.changed] = books.now()
    if finish:
        finish(books, row)
    books.keep(api, row)
    if api.then:
        api.then(books, row)


def _kept(books: Books, api: Api, entry: Row) -> Row | None:
    """The row that a PUT changes; None where the API may make it or acts on others."""
    if api.acts:
        return None
    key = {field.name: read_value(field, entry.get(field.name)) for field in api.fields if field.key}
    kept = books.row(api, key)
    if kept is None and not api.upserts:
        raise EntryRefusedError(f"{api.key_fields[-1]}: There is no row {api.key_of(key)} to change.")
    return kept


def _as_sent(api: Api, kept: Row) -> Row:
    return kept | {nested.name: {"entry": kept.get(nested.name) or []} for nested in api.nested}


def _documents(api: Api, entries: list[Row]) -> Iterable[dict[int, Row]]:
    """The entries by their place in the request, those of one document together."""
    if api.document is None:
        return [{index: entry} for index, entry in enumerate(entries)]
    documents: dict[tuple[str, ...], dict[int, Row]] = {}
    for index, entry in enumerate(entries):
        lines = documents.setdefault(_key_of(api.document, entry), {})
        number = api.document.number
        lines[index] = entry if entry.get(number) else {**entry, number: str(len(lines) + 1)}
    return documents.values()


def _key_of(document: Document, entry: Row) -> tuple[str, ...]:
    return tuple(str(entry.get(name) or "").strip() for name in document.fields)


def _write_together(books: Books, api: Api, lines: dict[int, Row], method: str) -> dict[int, Outcome]:
    """The rows of all lines, or an error for each."""
    errors: dict[int, EntryRefusedError] = {}
    rows: dict[int, Row] = {}
    try:
        with books.bench.store.transaction():
            _refuse_taken(books, api, next(iter(lines.values())), method)
            for index, entry in lines.items():
                try:
                    rows[index] = write_one(books, api, entry, method)
                except EntryRefusedError as error:
                    errors[index] = error
            if errors:
                raise _UndoneError
            _check_document(books, api, next(iter(rows.values())))
    except _UndoneError:
        return {index: errors.get(index, _OTHER_LINE) for index in lines}
    except EntryRefusedError as error:
        return dict.fromkeys(lines, error)
    return dict(rows)


def _refuse_taken(books: Books, api: Api, line: Row, method: str) -> None:
    if api.document is None or method == "PUT":
        return
    wanted = dict(zip(api.document.fields, _key_of(api.document, line), strict=True))
    if books.where(api, wanted):
        raise EntryRefusedError(api.document.taken.format_map(wanted))


def _check_document(books: Books, api: Api, row: Row) -> None:
    """Its rules see all lines that it has now."""
    if api.document is None:
        return
    lines = books.where(api, {name: row[name] for name in api.document.fields})
    for check in api.document.checks:
        check(books, lines)


def _answer(api: Api, sent: Row, outcome: Outcome, tells_all: bool) -> Entry:
    if isinstance(outcome, EntryRefusedError):
        return refused_entry(api, sent, outcome, tells_all=tells_all)
    return outgoing_entry(api, outcome)
