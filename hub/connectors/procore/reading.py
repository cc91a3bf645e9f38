"""Reading Procore: one function per resource, each a page at a time."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from hub.connectors.procore import commitments
from hub.connectors.procore.api import Api, address, path_id
from hub.connectors.procore.mapping import (
    COMPANY,
    COST_CODE,
    COST_TYPE,
    MEMBER,
    PROJECT,
    PROJECT_COST_CODE,
    PROJECT_MEMBER,
)
from hub.connectors.procore.people import COMPANY_TOOLS, PROJECT_TOOLS, Templates, granular, levels
from hub.connectors.procore.settings import Settings
from hub.erp import values
from hub.erp.connector import Incoming, Page
from hub.erp.incoming import incoming, quiet, records
from hub.erp.mapping import Mapping as FieldMapping
from hub.erp.origin import OriginIds, OriginKind
from hub.errors import ErpUnexpected

Scope = Mapping[str, str]
Row = Mapping[str, Any]
_FOREVER = "2100-01-01T00:00:00Z"  # the open end of a range filter


class Reader:
    """Reads pages of every resource. A cursor is the next page's path, as the link header gave it."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self._api, self._settings = api, settings
        self._origins = OriginIds(settings.origin_prefix)
        self._templates = Templates(api, settings.company_id)
        self._code_list = settings.code_list_id
        self._by_resource: Mapping[str, Callable[[Scope, str | None], Awaitable[Page]]] = {
            "company": self._companies,
            "project": self._projects,
            "cost_code": self._cost_codes,
            "cost_type": self._cost_types,
            "project_cost_code": self._project_cost_codes,
            "commitment": self._commitments,
            "member": self._members,
            "project_member": self._project_members,
        }

    async def fetch(self, resource: str, scope: Scope, cursor: str | None) -> Page:
        if resource not in self._by_resource:
            raise ErpUnexpected(f"Procore is not read for {resource}.")
        return await self._by_resource[resource](scope, cursor)

    async def code_list(self) -> str:
        """The company list that belongs to the ERP: the one set, the only one, or the one so named."""
        if self._code_list is None:
            path = "/rest/v1.0/standard_cost_code_lists"
            found, _ = await self._api.read(path, {"company_id": self._settings.company_id})
            lists = records(found, "cost code lists")
            named = [row for row in lists if "erp" in str(row.get("name", "")).lower()]
            chosen = lists if len(lists) == 1 else named
            if len(chosen) != 1 or chosen[0].get("id") is None:
                raise ErpUnexpected("It is not clear which cost code list belongs to the ERP.")
            self._code_list = str(chosen[0]["id"])
        return self._code_list

    async def _page(
        self, path: str, query: Mapping[str, str], cursor: str | None, what: str
    ) -> tuple[list[Row], str | None]:
        if cursor is not None and cursor.split("?")[0] != path:
            raise ErpUnexpected("The cursor belongs to another list.")
        sized = {**query, "per_page": str(self._settings.page_size), "page": "1"}
        found, following = await self._api.read(cursor or address(path, sized))
        return records(found, what), following

    def _company(self) -> dict[str, str]:
        return {"company_id": self._settings.company_id}

    async def _companies(self, scope: Scope, cursor: str | None) -> Page:
        query = {**self._company(), "view": "extended", **_since(scope)}
        rows, following = await self._page("/rest/v1.0/vendors", query, cursor, "vendors")
        found = [self._plain(COMPANY, row, OriginKind.VENDOR, "origin_code") for row in rows]
        return Page(found, following)

    async def _projects(self, scope: Scope, cursor: str | None) -> Page:
        query = {**self._company(), "filters[by_status]": "All", **_since(scope)}
        rows, following = await self._page("/rest/v1.0/projects", query, cursor, "projects")
        found = [self._plain(PROJECT, row, OriginKind.JOB, "project_number") for row in rows]
        return Page(found, following)

    async def _cost_codes(self, _scope: Scope, cursor: str | None) -> Page:
        listed = {"standard_cost_code_list_id": await self.code_list(), "view": "extended"}
        path = "/rest/v1.0/standard_cost_codes"
        rows, following = await self._page(path, {**self._company(), **listed}, cursor, "cost codes")
        found = [self._plain(COST_CODE, row, OriginKind.COST_CODE, "code", _own_code(row)) for row in rows]
        return Page(found, following)

    async def _cost_types(self, _scope: Scope, cursor: str | None) -> Page:
        rows, following = await self._page(
            "/rest/v1.0/line_item_types", self._company(), cursor, "line item types"
        )
        return Page([self._cost_type(row) for row in rows], following)

    async def _project_cost_codes(self, scope: Scope, cursor: str | None) -> Page:
        project = _project(scope)
        rows, following = await self._page(
            "/rest/v1.0/cost_codes", {"project_id": project}, cursor, "cost codes"
        )
        return Page([self._project_cost_code(row, project) for row in rows], following)

    async def _commitments(self, scope: Scope, cursor: str | None) -> Page:
        project = _project(scope)
        resource = commitments.resource_of(cursor or "")
        query = {"project_id": project, "view": "extended", **_since(scope)}
        rows, following = await self._page(commitments.list_path(resource), query, cursor, "commitments")
        whole = [await commitments.with_lines(self._api, row, resource, project) for row in rows]
        found = [commitments.commitment(row, resource, project, self._origins) for row in whole]
        after = commitments.following(resource)
        if following is None and after is not None:
            sized = {**query, "per_page": str(self._settings.page_size), "page": "1"}
            following = address(commitments.list_path(after), sized)
        return Page(found, following)

    async def _members(self, _scope: Scope, cursor: str | None) -> Page:
        path = f"/rest/v1.3/companies/{self._settings.company_id}/users"
        rows, following = await self._page(path, {}, cursor, "users")
        return Page([await self._member(row) for row in rows], following)

    async def _project_members(self, scope: Scope, cursor: str | None) -> Page:
        project = _project(scope)
        path = f"/rest/v1.0/projects/{project}/users"
        rows, following = await self._page(path, {}, cursor, "users")
        return Page([await self._project_member(row, project) for row in rows], following)

    def _plain(
        self,
        mapping: FieldMapping,
        row: Row,
        kind: OriginKind,
        code: str,
        defaults: Mapping[str, Any] | None = None,
    ) -> Incoming:
        return incoming(
            mapping,
            row,
            external_id=row.get("id"),
            external_code=row.get(code),
            linked_to=self._origins.key(kind, quiet(values.identifier, row.get("origin_id"))),
            updated_at=quiet(values.instant, row.get("updated_at")),
            defaults=defaults,
        )

    def _cost_type(self, row: Row) -> Incoming:
        return self._plain(COST_TYPE, row, OriginKind.COST_TYPE, "code")

    def _type_of_code(self, row: Row) -> Incoming:
        found = self._cost_type(row)
        return replace(found, refs={"cost_type": found.linked_to})

    def _project_cost_code(self, row: Row, project: str) -> Incoming:
        linked = self._origins.key(OriginKind.COST_CODE, quiet(values.identifier, row.get("origin_id")))
        types = records(row.get("line_item_types") or [], "line item types")
        return incoming(
            PROJECT_COST_CODE,
            row,
            external_id=row.get("id"),
            external_code=row.get("full_code") or row.get("code"),
            linked_to=linked,
            updated_at=quiet(values.instant, row.get("updated_at")),
            refs={"cost_code": linked, "project": project},
            lines=[self._type_of_code(entry) for entry in types],
            defaults={"is_active": True, **_own_code(row)},
        )

    async def _member(self, row: Row) -> Incoming:
        template = await self._templates.of(row)
        return incoming(
            MEMBER,
            row,
            external_id=row.get("id"),
            updated_at=quiet(values.instant, row.get("updated_at")),
            defaults={"can_push_to_accounting": False, "levels": levels(template, COMPANY_TOOLS)},
        )

    async def _project_member(self, row: Row, project: str) -> Incoming:
        template = await self._templates.of(row)
        rights = {"levels": levels(template, PROJECT_TOOLS), "granular": granular(template)}
        return incoming(
            PROJECT_MEMBER,
            row,
            external_id=row.get("id"),
            refs={"member": quiet(values.identifier, row.get("id")), "project": project},
            defaults=rights,
        )


def _own_code(row: Row) -> dict[str, Any]:
    """For lists that leave `full_code` out."""
    return {"code": quiet(values.text, row.get("code"))}


def _project(scope: Scope) -> str:
    if not scope.get("project"):
        raise ErpUnexpected("This list is read per project.")
    return path_id(scope["project"])


def _since(scope: Scope) -> dict[str, str]:
    """Changes from a moment on; the moment is UTC or names its offset."""
    if not scope.get("since"):
        return {}
    moment = values.instant(scope["since"])
    assert moment is not None
    return {"filters[updated_at]": f"{moment:%Y-%m-%dT%H:%M:%SZ}...{_FOREVER}"}
