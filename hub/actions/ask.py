"""What comes in and what goes out of an action: the request, one outcome per item, and the jobs to ring for."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.codes import ErrorCode
from hub.core.ids import parse_id
from hub.errors import Refused

MAX_ITEMS = 100
MAX_KEY = 200


@dataclass(frozen=True)
class ItemAsk:
    """One item of a request."""

    id: str
    expected_version: int
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ask:
    """A request: who asks what of which items, under which idempotency key."""

    account_id: uuid.UUID
    member_id: uuid.UUID
    mutation: str
    key: str
    items: Sequence[ItemAsk] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def content(self) -> Mapping[str, Any]:
        """What the key stands for: the same key with other content is a mistake."""
        items = [[item.id, item.expected_version, item.extra] for item in self.items]
        return {"mutation": self.mutation, "items": items, "extra": self.extra}


@dataclass
class ItemOutcome:
    """What came of one item: its tag and id as given, and what stands against it."""

    tag: str
    id: uuid.UUID | None
    errors: list[Refused] = field(default_factory=list)


@dataclass
class Outcome:
    """What came of a request."""

    items: list[ItemOutcome] = field(default_factory=list)
    errors: list[Refused] = field(default_factory=list)
    run_id: uuid.UUID | None = None
    jobs: list[uuid.UUID] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything was done. A request that was refused whole leaves no trace under its key."""
        return self.run_id is not None


def opened(ask: Ask, tags: Mapping[str, object]) -> list[ItemOutcome]:
    """One outcome per item in input order, with what is wrong with the ids alone."""
    if not 1 <= len(ask.items) <= MAX_ITEMS:
        raise Refused(ErrorCode.TOO_MANY_ITEMS, f"Give between 1 and {MAX_ITEMS} items.", field="items")
    seen: set[uuid.UUID] = set()
    outcomes = []
    for item in ask.items:
        parsed = parse_id(item.id)
        if parsed is None:
            outcomes.append(ItemOutcome("", None, [bad_id("This is no id of ours.")]))
            continue
        tag, id_ = parsed
        outcome = ItemOutcome(tag, id_)
        if tag not in tags:
            outcome.errors.append(bad_id("This id names something that has no such action."))
        elif id_ in seen:
            outcome.errors.append(
                Refused(
                    ErrorCode.DUPLICATE_INPUT,
                    "The item is named twice.",
                    field="id",
                    remedy="Name each item once.",
                )
            )
        seen.add(id_)
        outcomes.append(outcome)
    return outcomes


def bad_id(message: str) -> Refused:
    return Refused(
        ErrorCode.BAD_ID, message, field="id", remedy="Use the `id` that the API gave for the item."
    )


def not_found() -> Refused:
    return Refused(
        ErrorCode.NOT_FOUND,
        "There is no such item that you may see.",
        field="id",
        remedy="Check the id, or ask for the right to see it.",
    )


def stale(version: int, state: str) -> Refused:
    return Refused(
        ErrorCode.STALE_VERSION,
        f"The item has changed: it is at version {version} now and {state}.",
        field="expectedVersion",
        remedy="Read the item again and decide anew.",
        retryable=True,
    )
