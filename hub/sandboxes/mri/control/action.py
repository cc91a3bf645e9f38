"""What a control action is: a route, one line about it, an example that works, and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.sandboxes.mri.books import Books
from hub.sandboxes.mri.declare import Api, Row
from hub.sandboxes.mri.errors import EntryRefusedError
from hub.sandboxes.mri.outgoing import outgoing_entry
from hub.sandboxes.mri.writing import write_one


@dataclass(frozen=True)
class Action:
    """A POST to `/__control/<path>`; the example is a body that the freshly seeded sandbox takes, unless it
    names a document, which has to be there first."""

    path: str
    tells: str
    example: Mapping[str, object]
    does: Callable[[Books, Row], Row]


class ActionRefusedError(Exception):
    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


def take(sent: Any, needed: tuple[str, ...], other: tuple[str, ...] = ()) -> Row:
    """The body, if it has all needed texts and nothing unheard of."""
    if not isinstance(sent, dict):
        raise ActionRefusedError("BAD_KEY", f"an object with {' and '.join(needed)} is required")
    unknown = sorted(set(sent) - set(needed) - set(other))
    if unknown:
        raise ActionRefusedError("UNKNOWN_FIELD", f"{unknown[0]} is not one of {', '.join(needed + other)}")
    if not all(isinstance(sent.get(name), str) and sent[name] for name in needed):
        raise ActionRefusedError("BAD_KEY", f"{' and '.join(needed)} are required, each as text")
    return sent


def row_of(books: Books, api: Api, key: Row, thing: str) -> Row:
    row = books.row(api, key)
    if row is None:
        raise ActionRefusedError("NOT_FOUND", f"there is no {thing} {api.key_of(key)}", status=404)
    return row


def in_the_way(thing: str, what: list[str]) -> ActionRefusedError:
    """The thing can't go while others hang on it."""
    named = ", ".join(what)
    return ActionRefusedError("HAS_DEPENDENTS", f"the {thing} can't be deleted: there is {named}", status=409)


def by_the_rules(books: Books, api: Api, entry: Row, method: str = "POST") -> Row:
    """What a person enters is judged by the rules that the web services have; gives the row as it travels."""
    try:
        return outgoing_entry(api, write_one(books, api, entry, method))
    except EntryRefusedError as error:
        raise ActionRefusedError("REFUSED", str(error), status=409) from error
