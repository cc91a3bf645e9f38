"""Reading the directory and the structure: vendors, jobs, cost codes, categories, and a job's interface chart."""

from collections.abc import Sequence

from hub.codes import ErrorCode
from hub.connectors.mri import mapping as tables
from hub.connectors.mri.reading.lists import Lists, Scope, of_job, with_more
from hub.connectors.mri.wire.answers import Row
from hub.connectors.mri.wire.names import Source
from hub.connectors.mri.writing.shape import named
from hub.erp import values
from hub.erp.connector import Incoming, Page, Problem
from hub.erp.incoming import incoming, quiet, tried
from hub.erp.mapping import Mapping as Table
from hub.errors import ErpUnexpected


class Structure:
    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self.readers = {
            "company": self._companies,
            "project": self._projects,
            "cost_code": self._cost_codes,
            "cost_type": self._cost_types,
            "project_cost_code": self._job_cost_codes,
        }

    async def _companies(self, scope: Scope, cursor: str | None) -> Page:
        source = self._lists.source("company")
        rows, following = await self._lists.page(source, scope, cursor)
        return Page([self._company(row, source) for row in rows], following)

    async def _projects(self, scope: Scope, cursor: str | None) -> Page:
        source = self._lists.source("project")
        rows, following = await self._lists.page(source, scope, cursor)
        return Page([self._project(row, source) for row in rows], following)

    async def _cost_codes(self, scope: Scope, cursor: str | None) -> Page:
        return await self._simple("cost_code", tables.COST_CODE, scope, cursor)

    async def _cost_types(self, scope: Scope, cursor: str | None) -> Page:
        return await self._simple("cost_type", tables.COST_TYPE, scope, cursor)

    async def _simple(self, name: str, table: Table, scope: Scope, cursor: str | None) -> Page:
        source = self._lists.source(name)
        rows, following = await self._lists.page(source, scope, cursor)
        return Page([self._plain(table, row, source) for row in rows], following)

    def _company(self, row: Row, source: Source) -> Incoming:
        address, misfits = tried("address", tables.joined_address, row)
        found = self._plain(tables.COMPANY, row, source, misfits)
        return found if address is None else with_more(found, {"address": address})

    def _project(self, row: Row, source: Source) -> Incoming:
        found = self._plain(tables.PROJECT, row, source)
        status = str(found.values.get("status") or "").lower()
        active = self._lists.settings.job_statuses.get(status)
        if active is not None:
            return with_more(found, {"is_active": active})
        said = str(found.values.get("status") or "")
        words = "is not a known status of a job; whether the project is active stays as it was"
        return with_more(found, {}, (Problem("is_active", said, words, ErrorCode.UNKNOWN_JOB_STATUS),))

    def _plain(self, table: Table, row: Row, source: Source, problems: Sequence[Problem] = ()) -> Incoming:
        key = row.get(source.key[0])
        return incoming(
            named(table, source.fields),
            row,
            external_id=key,
            external_code=key,
            updated_at=self._lists.changed(row, source),
            problems=problems,
        )

    async def _job_cost_codes(self, scope: Scope, _cursor: str | None) -> Page:
        """The whole chart of one job: a row per code and category, so a page may end within a code."""
        job, source = scope.get("project", ""), self._lists.source("project_cost_code")
        if not job:
            raise ErpUnexpected("This list is read per job.")
        codes: dict[str, list[Row]] = {}
        for row in of_job(await self._lists.whole(source, {"project": job}), scope):
            codes.setdefault(str(row.get(source.key[0])), []).append(row)
        return Page([self._job_cost_code(job, pairs, source) for pairs in codes.values()], None)

    def _job_cost_code(self, job: str, pairs: Sequence[Row], source: Source) -> Incoming:
        """One code of a job: active while a pair of it is on the chart, with a line for each such pair."""
        shown = [row for row in pairs if quiet(values.flag, row.get("InterfaceChart"))]
        first = (shown or pairs)[0]
        code = str(first.get(source.key[0]))
        return incoming(
            named(tables.PROJECT_COST_CODE, source.fields),
            first,
            external_id=f"{job}/{code}",
            external_code=code,
            updated_at=self._lists.last_change(pairs, source),
            refs={"cost_code": code, "project": job},
            lines=_pairs(job, code, shown),
        )


def _pairs(job: str, code: str, shown: Sequence[Row]) -> list[Incoming]:
    """A line for each category; one that comes twice, because pages moved, counts once."""
    categories = dict.fromkeys(str(row["Category"]) for row in shown if row.get("Category"))
    return [
        Incoming(
            object_key="cost_type",
            external_id=f"{job}/{code}/{category}",
            external_code=category,
            values={"code": category},
            refs={"cost_type": category},
        )
        for category in categories
    ]
