"""Reading MRI: vendors, jobs, cost codes, categories, and the codes on a job's interface chart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hub.connectors.mri import mapping as tables
from hub.connectors.mri.answers import Row
from hub.connectors.mri.api import Api
from hub.connectors.mri.names import Source
from hub.connectors.mri.settings import Settings
from hub.erp import values
from hub.erp.connector import Incoming, Page, Problem
from hub.erp.incoming import incoming, quiet, tried
from hub.erp.mapping import Mapping as FieldMapping
from hub.erp.mapping import problem
from hub.errors import ErpUnexpected

Scope = Mapping[str, str]


class Reader:
    """Reads pages of every resource. A cursor is the next page's path on our entry point."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self._api, self._settings = api, settings
        self._shaped: Mapping[str, Callable[[Row, Source], Incoming]] = {
            "company": self._company,
            "project": self._project,
            "cost_code": self._cost_code,
            "cost_type": self._cost_type,
        }
        self._mappings = {
            name: table.renamed(settings.sources[name].fields)
            for name, table in (
                ("company", tables.COMPANY),
                ("project", tables.PROJECT),
                ("cost_code", tables.COST_CODE),
                ("cost_type", tables.COST_TYPE),
                ("project_cost_code", tables.PROJECT_COST_CODE),
            )
        }

    async def fetch(self, resource: str, scope: Scope, cursor: str | None) -> Page:
        if resource == "project_cost_code":
            return await self._job_cost_codes(scope)
        if resource not in self._shaped:
            raise ErpUnexpected(f"MRI is not read for {resource}.")
        source, shape = self._settings.sources[resource], self._shaped[resource]
        query = {"$top": str(self._settings.page_size), **self._since(source, scope)}
        rows, following = await self._api.read(source, query, cursor)
        return Page([shape(row, source) for row in rows], following)

    def _since(self, source: Source, scope: Scope) -> dict[str, str]:
        """Changes from a moment on, told in the site's own time, for APIs that can be asked so."""
        name = source.parameters.get("since")
        moment = values.instant(scope.get("since"))
        if name is None or moment is None:
            return {}
        return {name: moment.astimezone(self._settings.zone).strftime("%Y-%m-%dT%H:%M:%S")}

    def _changed(self, row: Row, source: Source) -> datetime | None:
        return quiet(lambda value: values.instant(value, self._settings.zone), row.get(source.changed))

    def _company(self, row: Row, source: Source) -> Incoming:
        table = self._mappings["company"]
        address, misfits = tried("address", tables.joined_address, row)
        found = self._plain(table, row, source, misfits)
        return found if address is None else _with(found, {"address": address})

    def _project(self, row: Row, source: Source) -> Incoming:
        found = self._plain(self._mappings["project"], row, source)
        status = str(found.values.get("status") or "").lower()
        active = self._settings.job_statuses.get(status)
        if active is not None:
            return _with(found, {"is_active": active})
        unknown = problem("is_active", status, ValueError("is not a known status of a job"))
        return _with(found, {}, (unknown,))

    def _cost_code(self, row: Row, source: Source) -> Incoming:
        return self._plain(self._mappings["cost_code"], row, source)

    def _cost_type(self, row: Row, source: Source) -> Incoming:
        return self._plain(self._mappings["cost_type"], row, source)

    def _plain(
        self, table: FieldMapping, row: Row, source: Source, problems: Sequence[Problem] = ()
    ) -> Incoming:
        key = row.get(source.key)
        return incoming(
            table,
            row,
            external_id=key,
            external_code=key,
            updated_at=self._changed(row, source),
            problems=problems,
        )

    async def _job_cost_codes(self, scope: Scope) -> Page:
        """The whole chart of one job: a row per code and category, so a page may end within a code."""
        job, source = scope.get("project", ""), self._settings.sources["project_cost_code"]
        if not job:
            raise ErpUnexpected("This list is read per job.")
        query = {"$top": str(self._settings.page_size), source.parameters["job"]: job}
        rows = [row for row in await self._api.read_all(source, query) if row.get("JobCode", job) == job]
        codes: dict[str, list[Row]] = {}
        for row in rows:
            codes.setdefault(str(row.get(source.key)), []).append(row)
        return Page([self._job_cost_code(job, pairs, source) for pairs in codes.values()], None)

    def _job_cost_code(self, job: str, pairs: Sequence[Row], source: Source) -> Incoming:
        """One code of a job: active while a pair of it is on the chart, with a line for each such pair."""
        shown = [row for row in pairs if quiet(values.flag, row.get("InterfaceChart"))]
        first = (shown or pairs)[0]
        code = str(first.get(source.key))
        return incoming(
            self._mappings["project_cost_code"],
            first,
            external_id=f"{job}/{code}",
            external_code=code,
            updated_at=max((at for row in pairs if (at := self._changed(row, source))), default=None),
            refs={"cost_code": code, "project": job},
            lines=[self._pair(job, code, row) for row in shown if row.get("Category")],
        )

    def _pair(self, job: str, code: str, row: Row) -> Incoming:
        category = str(row["Category"])
        return Incoming(
            object_key="cost_type",
            external_id=f"{job}/{code}/{category}",
            external_code=category,
            values={"code": category},
            refs={"cost_type": category},
        )


def _with(found: Incoming, more: Mapping[str, object], problems: Sequence[Problem] = ()) -> Incoming:
    return replace(found, values={**found.values, **more}, problems=(*found.problems, *problems))
