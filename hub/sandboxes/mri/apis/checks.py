"""What rules are made of, whatever the API: existence, lines there and numbered, sums, refusals in place."""

from collections.abc import Callable
from decimal import Decimal

from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Api, Check, Row
from hub.sandboxes.mri.errors import EntryRefusedError


def exists(api: Api, thing: str, field: str) -> Check:
    """What the field names is there; an empty field names nothing."""

    def check(books: Books, row: Row) -> None:
        if row[field] and books.row(api, {api.key_fields[0]: row[field]}) is None:
            raise EntryRefusedError(f"{field}: The specified {thing} {row[field]} does not exist.")

    return check


def has_lines(name: str, thing: str) -> Check:
    def check(_books: Books, row: Row) -> None:
        if not row[name]:
            raise EntryRefusedError(f"{name}: {thing} needs at least one line.")

    return check


def numbers_differ(name: str, number: str, words: str) -> Check:
    def check(_books: Books, row: Row) -> None:
        numbers = [line[number] for line in row[name]]
        refuse_nested(
            name,
            row[name],
            lambda index, line: (
                f"{number}: The specified {words} {line[number]} is used twice."
                if line[number] in numbers[:index]
                else None
            ),
        )

    return check


def sums_to(name: str, field: str) -> Check:
    """The field of the header is the sum of the lines' amounts."""

    def check(_books: Books, row: Row) -> None:
        amount = total(row[name], "Amount")
        if amount != Decimal(row[field]):
            raise EntryRefusedError(
                f"{field}: The specified amount {row[field]} is not the sum of the lines, {amount}."
            )

    return check


def refuse_nested(name: str, lines: list[Row], judge: Callable[[int, Row], str | None]) -> None:
    """Refuse the lines for which the judge has words, each in its own place."""
    refused = {(name, index): words for index, line in enumerate(lines) if (words := judge(index, line))}
    if refused:
        raise EntryRefusedError(nested=refused)


def total(rows: list[Row], field: str) -> Decimal:
    return sum((Decimal(row[field] or 0) for row in rows), Decimal(0))


def stamp_transaction(books: Books, row: Row) -> None:
    row["TransactionID"] = books.next_transaction_id()
