"""Values on their way into a record: accepted by the declared fields, held back by locks, then stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.sandboxes.procore.fields import Field, NotAcceptedError
from hub.sandboxes.procore.problem import InvalidFieldsError
from hub.sandboxes.procore.records import Record, Records, stamp
from hub.sandboxes.procore.resource import COMPANY, PROJECT, Resource

TAKEN = "has already been taken"
LOCKED_BY_ERP = "is locked because the item is synced with the ERP"
_NO_FIELDS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the objects of one resource in one scope; `parent` is what they are parts of.

    An integration that syncs is not bound by locks (`locked`); `relaxed` is the company's setting that
    approved contracts may be edited."""

    resource: Resource
    parent: Resource | None
    records: Records
    scope_id: int
    relaxed: bool = False
    locked: bool = True

    def create(self, values: Mapping[str, Any]) -> Record:
        self._check_holder({})
        accepted = self._accept(values, new=True)
        if self.resource.scope != COMPANY:
            accepted[self.resource.scope.parameter] = self.scope_id
        self._check_origin(accepted)
        record = self.records.add(self.resource.kind, self.scope_id, self._complete(accepted))
        return self._settled(record)

    def update(self, record: Record, values: Mapping[str, Any]) -> Record:
        self._check_holder(record)
        accepted = self._accept(values, new=False)
        self._check_locks(record, accepted)
        self._check_origin(record | accepted)
        return self._settled(self.records.save(self.resource.kind, self._complete(record | accepted)))

    def delete(self, record: Record) -> None:
        self._check_holder(record)
        self._check_free(self.resource, record)
        if self.resource.soft_delete:
            gone = record | {"deleted_at": stamp(self.records.clock.now())}
            self.records.save(self.resource.kind, gone)
        else:
            self.records.remove(self.resource.kind, record["id"], self.scope_id)
        self._touch_holder()

    def _settled(self, record: Record) -> Record:
        self.resource.made(record, self.records)
        self._touch_holder()
        return self.records.get(self.resource.kind, record["id"]) or record

    def _accept(self, values: Mapping[str, Any], *, new: bool) -> Record:
        """The values as they are stored; for a new record every declared field gets a value."""
        fields = self.resource.writable
        errors = {name: ["is not a known field"] for name in values if name not in fields}
        accepted: Record = {}
        for name, declared in fields.items():
            if not new and name not in values:
                continue
            try:
                accepted[name] = declared.accept(values.get(name, declared.default))
                self._check_target(declared, accepted[name])
            except NotAcceptedError as error:
                errors[name] = [str(error)]
        if errors:
            raise InvalidFieldsError(errors)
        return accepted

    def _complete(self, record: Record) -> Record:
        if self.resource.linkable:
            record = record | {"synced": bool(record.get("origin_id"))}
        return self.resource.prepare(record, self.records)

    def _check_target(self, declared: Field, value: Any) -> None:
        if declared.target is None or value is None:
            return
        within = self._project_id() if declared.same_project else None
        if self.records.get(declared.target, value, within) is None:
            raise NotAcceptedError("is invalid")

    def _project_id(self) -> int:
        if self.resource.scope == PROJECT:
            return self.scope_id
        holder = self.records.get(self.resource.scope.kind, self.scope_id) or {}
        return int(holder.get("project_id", 0))

    def _check_origin(self, record: Record) -> None:
        """One origin id belongs to one object of a kind."""
        if not record.get("origin_id"):
            return
        within = self.scope_id if self.resource.origin_per_scope else None
        owner = self.records.by_origin(self.resource.kind, within, record["origin_id"])
        if owner is not None and owner["id"] != record.get("id"):
            raise InvalidFieldsError({"origin_id": [TAKEN]})

    def _check_locks(self, record: Record, changes: Mapping[str, Any]) -> None:
        """Sending the value that stands there already is no change."""
        if not self.locked:
            return
        changed = {name for name, value in changes.items() if record.get(name) != value}
        reasons: dict[str, list[str]] = {}
        if record.get("origin_id"):
            reasons |= {name: [LOCKED_BY_ERP] for name in changed & self.resource.locks.synced}
        held = (
            _NO_FIELDS
            if self.relaxed
            else self.resource.locks.by_status.get(str(record.get("status")), _NO_FIELDS)
        )
        reasons |= {name: [_held_by(record)] for name in changed & held}
        if reasons:
            raise InvalidFieldsError(reasons)

    def _check_holder(self, record: Record) -> None:
        """Lines stay as they are while the contract they belong to is locked."""
        if self.locked:
            self.resource.guard(record, self.records)
        if self.parent is not None and self.parent.locks.lines:
            holder = self.records.get(self.parent.kind, self.scope_id)
            self._check_free(self.parent, holder or {})

    def _check_free(self, resource: Resource, record: Record) -> None:
        if self.locked and record.get("origin_id"):
            raise InvalidFieldsError({"base": [LOCKED_BY_ERP]})
        if self.locked and not self.relaxed and record.get("status") in resource.locks.by_status:
            raise InvalidFieldsError({"base": [_held_by(record)]})

    def _touch_holder(self) -> None:
        if self.parent is not None:
            self.records.touch(self.parent.kind, self.scope_id)


def _held_by(record: Record) -> str:
    return f"can't be changed while the status is {record['status']}"
