"""List, show, create, update and delete of any declared resource."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from hub.sandboxes.kit import note
from hub.sandboxes.procore.call import Call, answer
from hub.sandboxes.procore.envelope import DATA, Envelope
from hub.sandboxes.procore.filtering import Keep, asked, ordered, search
from hub.sandboxes.procore.levels import check_level
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
# Fields that no reference tells of, as they turn up in real answers.
EXTRA: Record = {"x_unannounced": None, "x_rollout": {"flags": ["a", 1, None], "ratio": 0.5}}


@dataclass(frozen=True, slots=True)
class Operations:
    """`parent` is the resource that this one's objects are parts of."""

    resource: Resource
    parent: Resource | None = None

    def index(self, call: Call) -> Response:
        self._check_open(call, writes=False)
        resource, query = self.resource, call.request.query_params
        for name in resource.list_needs:
            if call.parameter(name) is None:
                raise bad_request(f"{name} is required")
        view = self._view(call)
        tests = asked(query, resource.filters, besides=WITH_DELETED)
        rows = self._visible(call)
        if tests:
            rows = [row for row in rows if _passes(resource.seen(row, call.records), tests)]
        rows = ordered(rows, query, resource.sorts)
        headers: Mapping[str, str] = {}
        if resource.paged:
            page, headers = page_of(rows, call.request.url, query, call.sandbox.settings, self.envelope(call))
            self._drift(call, rows)
            rows = page
        return self._answer(call, [view(row, call.records) for row in rows], headers=headers)

    def show(self, call: Call) -> Response:
        self._check_open(call, writes=False)
        return self._shown(call, self._found(call))

    def create(self, call: Call) -> Response:
        self._check_open(call, writes=True)
        writer = self.writer(call, call.scope_id(self.resource.scope))
        values = self._values(call)
        try:
            record = writer.create(values)
        except InvalidFieldsError as error:
            raise unprocessable(error.fields) from error
        return self._written(call, record, 201)

    def update(self, call: Call) -> Response:
        self._check_open(call, writes=True)
        record = self._found(call)
        writer = self.writer(call, call.scope_id(self.resource.scope, named=False))
        values = self._values(call)
        try:
            saved = writer.update(record, values)
        except InvalidFieldsError as error:
            raise unprocessable(error.fields) from error
        return self._written(call, saved)

    def delete(self, call: Call) -> Response:
        self._check_open(call, writes=True)
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

    def _check_open(self, call: Call, *, writes: bool) -> None:
        problem = self.resource.closed(call.sandbox.settings, writes)
        if problem is not None:
            raise problem
        check_level(call, self.resource, writes=writes)

    def envelope(self, call: Call) -> Envelope:
        return DATA if self.resource.kind in call.sandbox.settings.under_data else self.resource.envelope

    def _drift(self, call: Call, rows: list[Record]) -> None:
        scope_id = call.scope_id(self.resource.scope)
        page = int(call.request.query_params.get("page", "1"))
        call.sandbox.drift.happen(call.request.url.path, page, self.resource.kind, scope_id, rows)

    def _answer(self, call: Call, content: Any, status: int = 200, headers: Any = None) -> Response:
        if call.sandbox.settings.extra_fields:
            content = [row | EXTRA for row in content] if isinstance(content, list) else content | EXTRA
        return answer(self.envelope(call).wrap(content), status, headers)

    def _view(self, call: Call) -> View:
        name = call.request.query_params.get(self.resource.view_parameter, self.resource.list_view)
        if name not in self.resource.views:
            raise bad_request(f"{name} is not a view of this list")
        return self.resource.views[name]

    def _visible(self, call: Call) -> list[Record]:
        rows = call.records.within(self.resource.kind, call.scope_id(self.resource.scope))
        rows = [row for row in rows if self.resource.only(row, call.sandbox.settings)]
        for name in self.resource.beside:
            if name in call.request.query_params:
                rows = [row for row in rows if str(row.get(name)) == call.request.query_params[name]]
        if self.resource.kind == PROJECT.kind:
            rows = [row for row in rows if call.may_see(row["id"])]
        wanted = call.request.query_params.get("query")
        if self.resource.searched and wanted:
            found = search(*self.resource.searched)([wanted])
            rows = [row for row in rows if found(row)]
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
        if not self.resource.only(record, call.sandbox.settings):
            raise not_found()
        if self.resource.kind == PROJECT.kind:
            call.check_project(record["id"])
        return record

    def _values(self, call: Call) -> Mapping[str, Any]:
        root = self.resource.body_root
        values = call.fields if root is None else call.fields.get(root)
        if not isinstance(values, dict):
            raise bad_request(f"param is missing or the value is empty: {root}")
        values = values | {name: call.fields[name] for name in self.resource.beside if name in call.fields}
        unknown = sorted(set(values) - set(self.resource.writable))
        if unknown:
            raise unknown_fields(unknown)
        return values

    def _shown(self, call: Call, record: Record, status: int = 200) -> Response:
        return self._answer(call, self.resource.views[self.resource.show_view](record, call.records), status)

    def _written(self, call: Call, record: Record, status: int = 200) -> Response:
        note(call.request, keys=[str(record["id"])])
        return self._shown(call, record, status)


def _passes(row: Record, tests: list[Keep]) -> bool:
    return all(test(row) for test in tests)
