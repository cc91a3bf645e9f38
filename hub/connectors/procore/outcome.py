"""Reading what became of a write. A bulk update answers 200 always: entities and errors, in any order."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hub.connectors.procore.api import unwrapped
from hub.connectors.procore.operations import OPERATIONS, Answered, Operation
from hub.connectors.procore.problems import field_sentences
from hub.connectors.procore.writing import key_of
from hub.erp import values
from hub.erp.connector import Answer, Step
from hub.erp.incoming import quiet
from hub.errors import ErpRefused
from hub.http import Reply

Row = Mapping[str, Any]

# Amounts that an entry and its answer share.
_AMOUNTS = ("amount", "original_budget_amount")


def answer_of(step: Step, reply: Reply) -> Answer:
    """The confirmed answer. Raises `ErpUnexpected` where it proves nothing, `ErpRefused` where the only entry was."""
    operation = OPERATIONS[step.operation]
    return _READ[operation.answered](step, operation, reply)


def _synced(step: Step, operation: Operation, reply: Reply) -> Answer:
    found = reply.json()
    if not isinstance(found, dict) or not isinstance(found.get("entities"), list):
        raise reply.unexpected("not the result of a bulk update")
    errors = found.get("errors") or []
    if not isinstance(errors, list):
        raise reply.unexpected("not the result of a bulk update")
    return _matched_up(step, operation, reply, _objects(found["entities"]), _objects(errors))


def _listed(step: Step, operation: Operation, reply: Reply) -> Answer:
    found = unwrapped(reply.json())
    if not isinstance(found, list):
        raise reply.unexpected("not the list of what was stored")
    return _matched_up(step, operation, reply, _objects(found), [])


def _matched_up(
    step: Step, operation: Operation, reply: Reply, stored: Sequence[Row], refused: Sequence[Row]
) -> Answer:
    updates: Sequence[Row] = step.body[operation.wrapper]
    entries = _entries(operation, updates, stored)
    errors = {
        key: words for key, words in _refusals(operation, updates, refused).items() if key not in entries
    }
    keys = [key_of(operation, update) for update in updates]
    unanswered = [key for key in keys if key not in entries and key not in errors]
    if unanswered or not updates:
        raise reply.unexpected(f"silent about {len(unanswered)} of {len(updates)} entries")
    single = len(updates) == 1
    if single and errors:
        raise ErpRefused(next(iter(errors.values())), request_id=reply.request_id)
    return Answer(
        external_id=next(iter(entries.values()), "") if single else "",
        external_code=str(updates[0].get("origin_code") or "") or None if single else None,
        snapshot=dict(stored[0]) if single and stored else {},
        request_id=reply.request_id,
        entries=entries,
        errors=errors,
    )


def _one(step: Step, operation: Operation, reply: Reply) -> Answer:
    """The record that was made or changed, showing what was asked for."""
    found = unwrapped(reply.json())
    row = found.get(operation.wrapper, found) if isinstance(found, dict) else None
    if not isinstance(row, dict) or row.get("id") is None:
        raise reply.unexpected("not the record that was written")
    wrong = [name for name, wanted in step.expected.items() if not _equal(name, wanted, row.get(name))]
    if wrong or str(row["id"]) != step.natural_key.get("id", str(row["id"])):
        raise reply.unexpected(f"not the record that was written: {', '.join(wrong) or 'another id'}")
    return Answer(str(row["id"]), _code(row), dict(row), reply.request_id)


def _gone(step: Step, _: Operation, reply: Reply) -> Answer:
    return Answer(step.natural_key["id"], None, {}, reply.request_id)


_READ: Mapping[Answered, Callable[[Step, Operation, Reply], Answer]] = {
    Answered.SYNC: _synced,
    Answered.ARRAY: _listed,
    Answered.ONE: _one,
    Answered.GONE: _gone,
}


def _code(row: Row) -> str | None:
    return str(row["origin_code"]) if row.get("origin_code") else None


def _objects(rows: Sequence[Any]) -> list[Row]:
    return [row for row in rows if isinstance(row, dict)]


def _entries(operation: Operation, updates: Sequence[Row], stored: Sequence[Row]) -> dict[str, str]:
    """Our key of each stored entry with its id there; an entity without an id proves nothing."""
    answered = {key_of(operation, row): row for row in stored}
    by_id = {str(row["id"]): row for row in stored if row.get("id") is not None}
    found: dict[str, str] = {}
    for update in updates:
        key = key_of(operation, update)
        row = answered.get(key) or by_id.get(str(update.get("id")))
        identity = _identity(operation, update, row) if row and _proven(update, row) else None
        if identity:
            found[key] = identity
    return found


def _identity(operation: Operation, update: Row, row: Row) -> str | None:
    if "item_type" in operation.key:
        return str(update["item_id"]) if row.get("origin_id") == update.get("origin_id") else None
    if operation.key == ("cost_code_id", "line_item_type_id"):
        return key_of(operation, update)
    return str(row["id"]) if row.get("id") is not None else None


def _proven(update: Row, row: Row) -> bool:
    """Whether the amounts that came back are those that were sent, where any did."""
    shared = [name for name in _AMOUNTS if name in update and name in row]
    return all(_equal(name, update[name], row[name]) for name in shared)


def _equal(name: str, wanted: Any, found: Any) -> bool:
    if "amount" in name:
        return quiet(values.money, found) == quiet(values.money, wanted)
    return str(wanted) == str(found)


def _refusals(operation: Operation, updates: Sequence[Row], refused: Sequence[Row]) -> dict[str, str]:
    """An error echoes what was sent, so its key is the entry's; one without origin id is found by its id."""
    by_id = {str(each["id"]): key_of(operation, each) for each in updates if each.get("id") is not None}
    known = {key_of(operation, update) for update in updates}
    found: dict[str, str] = {}
    for row in refused:
        key = key_of(operation, row) if key_of(operation, row) in known else by_id.get(str(row.get("id")))
        if key is not None:
            found[key] = _words(row.get("errors"))
    return found


def _words(errors: Any) -> str:
    if isinstance(errors, dict):
        return "; ".join(field_sentences(errors))[:1000]
    return str(errors)[:1000]
