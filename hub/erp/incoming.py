"""Building a record that was read: the mapping's values, the ids around them, and what did not fit."""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Dictionary
from datetime import datetime
from typing import Any, TypeVar

from hub.erp import values
from hub.erp.connector import Incoming, Problem
from hub.erp.mapping import Mapping, problem
from hub.errors import ErpUnexpected

T = TypeVar("T")
Fallback = Dictionary[str, Any]


def incoming(
    mapping: Mapping,
    record: Dictionary[str, Any],
    *,
    external_id: Any,
    external_code: Any = None,
    linked_to: str | None = None,
    updated_at: datetime | None = None,
    refs: Dictionary[str, str | None] | None = None,
    lines: Sequence[Incoming] = (),
    defaults: Fallback | None = None,
    problems: Sequence[Problem] = (),
) -> Incoming:
    """`defaults` fill fields the record lacks, not those that did not fit. Without an id it is no record."""
    found, misfits = mapping.from_erp(record)
    refused = {misfit.field for misfit in misfits}
    for name, value in (defaults or {}).items():
        if found.get(name) is None and name not in refused:
            found[name] = value
    return Incoming(
        object_key=mapping.object_key,
        external_id=required_id(external_id, mapping.theirs),
        external_code=quiet(values.identifier, external_code),
        values=found,
        refs=refs or {},
        lines=tuple(lines),
        linked_to=linked_to,
        updated_at=updated_at,
        problems=(*misfits, *problems),
    )


def required_id(value: Any, what: str) -> str:
    found = quiet(values.identifier, value)
    if found is None:
        raise ErpUnexpected(f"A record of {what} has no id.")
    return found


def quiet(read: Callable[[Any], T | None], value: Any) -> T | None:
    """What `read` makes of the value, None where it does not fit: for what is told but not kept."""
    try:
        return read(value)
    except ValueError:
        return None


def tried(field: str, read: Callable[[Any], Any], value: Any) -> tuple[Any, list[Problem]]:
    """A value outside the mapping, with its problem where it does not fit."""
    try:
        return read(value), []
    except ValueError as error:
        return None, [problem(field, value, error)]


def records(body: Any, what: str) -> list[Dictionary[str, Any]]:
    """A list of objects, or `ErpUnexpected`."""
    if not isinstance(body, list) or not all(isinstance(row, dict) for row in body):
        raise ErpUnexpected(f"The answer is not a list of {what}.")
    return body
