"""List, show, create, update and delete of any declared resource."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from hub.sandboxes.kit import note
from hub.sandboxes.procore.call import Call, answer
from hub.sandboxes.procore.filtering import asked, ordered
from hub.sandboxes.procore.paging import page_of
from hub.sandboxes.procore.problem import (
    InvalidFieldsError,
    bad_request,
    not_found,
    unknown_fields,
    unprocessable,
)
from hub.sandboxes.procore.records import Record
from hub.sandboxes.procore.resource import PROJECT, Resource, View
from hub.sandboxes.procore.writing import Writer

WITH_DELETED = "filters[include_deleted]"


@dataclass(frozen=True, slots=True)
class Operations:
    """`parent` is the resource that this one's objects are parts of."""

    resource: Resource
    parent: Resource | None = None

    def index(self, call: Call) -> Response:
        resource, query = self.resource, call.request.query_params
        view = self._view(call)
        tests = asked(query, resource.filters, besides=WITH_DELETED)
        rows = [row for row in self._visible(call) if all(test(row) for test in tests)]
        rows = ordered(rows, query, resource.sorts)
        headers: Mapping[str, str] = {}
        if resource.paged:
            rows, headers = page_of(rows, call.request.url, query, call.sandbox.settings, resource.page_size)
        return answer([view(row, call.records) for row in rows], headers=headers)

    def show(self, call: Call) -> Response:
        return self._shown(call, self._found(call))

    def create(self, call: Call) -> Response:
        writer = self.writer(call, call.scope_id(self.resource.scope))
        values = self._values(call)
        try:
            record = writer.create(values)
        except InvalidFieldsError as error:
            raise unprocessable(error.fields) from error
        return self._written(call, record, 201)

    def update(self, call: Call) -> Response:
        record = self._found(call)
        writer = self.writer(call, call.scope_id(self.resource.scope, named=False))
        values = self._values(call)
        try:
            saved = writer.update(record, values)
        except InvalidFieldsError as error:
            raise unprocessable(error.fields) from error
        return self._written(call, saved)

    def delete(self, call: Call) -> Response:
        record = self._found(call)
        try:
            self.writer(call, call.scope_id(self.resource.scope, named=False)).delete(record)
        except InvalidFieldsError as error:
            raise unprocessable(error.fields) from error
        note(call.request, keys=[str(record["id"])])
        return Response(status_code=204)

    def writer(self, call: Call, scope_id: int, *, locked: bool = True) -> Writer:
        relaxed = not call.sandbox.settings.locks_approved_contracts
        return Writer(self.resource, self.parent, call.records, scope_id, relaxed=relaxed, locked=locked)

    def _view(self, call: Call) -> View:
        name = call.request.query_params.get(self.resource.view_parameter, self.resource.list_view)
        if name not in self.resource.views:
            raise bad_request(f"{name} is not a view of this list")
        return self.resource.views[name]

    def _visible(self, call: Call) -> list[Record]:
        rows = call.records.within(self.resource.kind, call.scope_id(self.resource.scope))
        if self.resource.kind == PROJECT.kind:
            rows = [row for row in rows if call.sandbox.access.permits(row["id"])]
        deleted = call.request.query_params.get(WITH_DELETED)
        if deleted is None:
            return [row for row in rows if not row.get("deleted_at")]
        if not self.resource.soft_delete or deleted not in ("only", "with"):
            raise bad_request(f"{WITH_DELETED} is not supported here")
        return [row for row in rows if row.get("deleted_at") or deleted == "with"]

    def _found(self, call: Call) -> Record:
        """The object that the path names, seen only through the scope it belongs to."""
        scope_id = call.scope_id(self.resource.scope, named=False)
        record = call.records.get(self.resource.kind, call.path_id(), scope_id)
        if record is None or record.get("deleted_at"):
            raise not_found()
        if self.resource.kind == PROJECT.kind:
            call.check_project(record["id"])
        return record

    def _values(self, call: Call) -> Mapping[str, Any]:
        values = call.fields.get(self.resource.body_root)
        if not isinstance(values, dict):
            raise bad_request(f"param is missing or the value is empty: {self.resource.body_root}")
        unknown = sorted(set(values) - set(self.resource.writable))
        if unknown:
            raise unknown_fields(unknown)
        return values

    def _shown(self, call: Call, record: Record, status: int = 200) -> Response:
        return answer(self.resource.views[self.resource.show_view](record, call.records), status)

    def _written(self, call: Call, record: Record, status: int = 200) -> Response:
        note(call.request, keys=[str(record["id"])])
        return self._shown(call, record, status)
