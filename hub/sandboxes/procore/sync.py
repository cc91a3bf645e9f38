"""Sync actions: up to a thousand upserts a call, answered by entities and errors in no promised order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from hub.sandboxes.kit import note
from hub.sandboxes.procore.call import Call, answer
from hub.sandboxes.procore.fields import NotAcceptedError
from hub.sandboxes.procore.levels import check_level
from hub.sandboxes.procore.operations import Operations
from hub.sandboxes.procore.problem import InvalidFieldsError, Problem, bad_request
from hub.sandboxes.procore.records import Record, id_of
from hub.sandboxes.procore.resource import ORIGIN_ID
from hub.sandboxes.procore.writing import TAKEN, Writer

NOT_FOUND = "Entity with this ID not found"
Entry = Mapping[str, Any]
Apply = Callable[[Entry], Record]


def synced(call: Call, entries: list[Any], apply: Apply) -> Response:
    """Apply every entry by itself: the good ones stay although others fail, and the status is always 200."""
    entities: list[Record] = []
    errors: list[Record] = []
    for entry in entries:
        try:
            if not isinstance(entry, dict):
                raise InvalidFieldsError({"base": ["must be an object"]})
            with call.records.savepoint():
                entities.append(apply(entry))
        except InvalidFieldsError as error:
            echo = dict(entry) if isinstance(entry, dict) else {"entry": entry}
            errors.append(echo | {"errors": error.fields})
    call.sandbox.rng.shuffle(entities)
    note(
        call.request,
        outcome="refused" if errors and not entities else "stored",
        summary=f"{len(entities)} stored, {len(errors)} refused",
        keys=[str(entity["id"]) for entity in entities if "id" in entity],
    )
    return answer({"entities": entities, "errors": errors})


def updates_of(call: Call, key: str = "updates", too_many: int = 413) -> list[Any]:
    """The entries of the call; some older clients send the bare list."""
    entries = call.body if isinstance(call.body, list) else call.fields.get(key)
    if not isinstance(entries, list):
        raise bad_request(f"{key} is required and must be a list")
    limit = call.sandbox.settings.sync_limit
    if len(entries) > limit:
        raise Problem(too_many, {"errors": f"At most {limit} entries can be synced in one call"})
    return entries


@dataclass(frozen=True, slots=True)
class Sync:
    """The sync action of one declared resource."""

    operations: Operations
    creates: bool = True

    def __call__(self, call: Call) -> Response:
        resource = self.operations.resource
        check_level(call, resource, writes=True)
        writer = self.operations.writer(call, call.scope_id(resource.scope), locked=False)
        view = resource.views[resource.show_view]
        seen: set[str] = set()

        def apply(entry: Entry) -> Record:
            _check_once(entry.get("origin_id"), seen)
            if not self.creates and entry.get("id") is None:
                raise InvalidFieldsError({"id": [NOT_FOUND]})
            return view(upserted(writer, entry), call.records)

        return synced(call, updates_of(call, too_many=resource.most_entries_status), apply)


def upserted(writer: Writer, entry: Entry) -> Record:
    """Matched by id when there is one, else by origin id, else new. Only by id can an origin id change."""
    values = {name: value for name, value in entry.items() if name != "id"}
    kind = writer.resource.kind
    if entry.get("id") is not None:
        known = writer.records.get(kind, id_of(entry["id"]) or 0, writer.scope_id)
        if known is None or known.get("deleted_at"):
            raise InvalidFieldsError({"id": [NOT_FOUND]})
        return writer.update(known, values)
    origin_id = _origin_of(entry)
    known = writer.records.by_origin(kind, writer.scope_id, origin_id) if origin_id else None
    if known is None or known.get("deleted_at"):
        return writer.create(values)
    return writer.update(known, values)


def _origin_of(entry: Entry) -> str | None:
    try:
        accepted: str | None = ORIGIN_ID.accept(entry.get("origin_id"))
    except NotAcceptedError as error:
        raise InvalidFieldsError({"origin_id": [str(error)]}) from error
    return accepted


def _check_once(origin_id: Any, seen: set[str]) -> None:
    """The same origin id twice in one call would be two truths about one thing."""
    if origin_id is None:
        return
    if str(origin_id) in seen:
        raise InvalidFieldsError({"origin_id": [TAKEN]})
    seen.add(str(origin_id))
