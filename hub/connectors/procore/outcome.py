"""Reading what became of a bulk update: always 200, entities and errors in any order."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.connectors.procore.problems import field_sentences
from hub.connectors.procore.writing import key_of
from hub.erp.connector import Answer, Step
from hub.errors import ErpRefused
from hub.http import Reply

Row = Mapping[str, Any]


def sync_answer(step: Step, reply: Reply) -> Answer:
    """Raises `ErpUnexpected` unless every entry was answered; `ErpRefused` where the only one was refused."""
    stored, refused = _parts(reply)
    updates: Sequence[Row] = step.body["updates"]
    entries, errors = _matched(updates, stored), _refusals(updates, refused)
    unanswered = [key for key in map(key_of, updates) if key not in entries and key not in errors]
    if unanswered or not updates:
        raise reply.unexpected(f"silent about {len(unanswered)} of {len(updates)} entries")
    errors = {key: words for key, words in errors.items() if key not in entries}
    if len(updates) == 1 and errors:
        raise ErpRefused(next(iter(errors.values())), request_id=reply.request_id)
    single = len(updates) == 1
    return Answer(
        external_id=next(iter(entries.values()), "") if single else "",
        external_code=str(updates[0].get("origin_code") or "") or None if single else None,
        snapshot=dict(stored[0]) if single and stored else {},
        request_id=reply.request_id,
        entries=entries,
        errors=errors,
    )


def closed_answer(step: Step, reply: Reply) -> Answer:
    """A request detail that carries the status that was asked for."""
    found = reply.json()
    row = found.get("request_detail", found) if isinstance(found, dict) else {}
    if str(row.get("id")) != step.natural_key["id"] or row.get("status") != step.expected["status"]:
        raise reply.unexpected("not the request that was closed")
    return Answer(step.natural_key["id"], None, dict(row), reply.request_id)


def _parts(reply: Reply) -> tuple[list[Row], list[Row]]:
    found = reply.json()
    if not isinstance(found, dict) or not isinstance(found.get("entities"), list):
        raise reply.unexpected("not the result of a bulk update")
    errors = found.get("errors") or []
    if not isinstance(errors, list):
        raise reply.unexpected("not the result of a bulk update")
    return _objects(found["entities"]), _objects(errors)


def _objects(rows: Sequence[Any]) -> list[Row]:
    return [row for row in rows if isinstance(row, dict)]


def _matched(updates: Sequence[Row], stored: Sequence[Row]) -> dict[str, str]:
    """Our key of each stored entry with its id there; an entity without an id proves nothing."""
    answered = {key_of(row): row for row in stored}
    by_id = {str(row["id"]): row for row in stored if row.get("id") is not None}
    found: dict[str, str] = {}
    for update in updates:
        row = answered.get(key_of(update)) or by_id.get(str(update.get("id")))
        identity = _identity(update, row) if row else None
        if identity:
            found[key_of(update)] = identity
    return found


def _identity(update: Row, row: Row) -> str | None:
    if "item_type" in update:
        return str(update["item_id"]) if row.get("origin_id") == update.get("origin_id") else None
    if "cost_code_id" in update:
        return key_of(update)
    return str(row["id"]) if row.get("id") is not None else None


def _refusals(updates: Sequence[Row], refused: Sequence[Row]) -> dict[str, str]:
    """An error echoes what was sent, so its key is the entry's; one without origin id is found by its id."""
    by_id = {str(update["id"]): key_of(update) for update in updates if update.get("id") is not None}
    known = {key_of(update) for update in updates}
    found: dict[str, str] = {}
    for row in refused:
        key = key_of(row) if key_of(row) in known else by_id.get(str(row.get("id")))
        if key is not None:
            found[key] = _words(row.get("errors"))
    return found


def _words(errors: Any) -> str:
    if isinstance(errors, dict):
        return "; ".join(field_sentences(errors))[:1000]
    return str(errors)[:1000]
