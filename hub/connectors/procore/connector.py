"""The Procore connector: the port's calls, each handed to the file that knows it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from hub.connectors.procore.api import Api
from hub.connectors.procore.outcome import closed_answer, sync_answer
from hub.connectors.procore.readback import find
from hub.connectors.procore.reading import Reader
from hub.connectors.procore.settings import Settings
from hub.connectors.procore.writing import Writer
from hub.erp.checking import checked
from hub.erp.connector import Answer, Check, Found, Obstacle, Page, Step
from hub.erp.reach import Reach

_TESTED = {
    "vendors": "/rest/v1.0/vendors",
    "projects": "/rest/v1.0/projects",
    "standard cost code lists": "/rest/v1.0/standard_cost_code_lists",
    "line item types": "/rest/v1.0/line_item_types",
}


class ProcoreConnector:
    """One Procore company."""

    kind: ClassVar[str] = "procore"

    def __init__(self, reach: Reach) -> None:
        self._settings = Settings.read(reach.settings, reach.base_url)
        self._api = Api(reach, self._settings)
        self._reader, self._writer = Reader(self._api, self._settings), Writer(self._settings)

    async def verify(self) -> Sequence[Check]:
        """Call each list once with one row; the first shows the credentials, the others the rights."""
        company = self._settings.company_id
        query = {"company_id": company, "per_page": "1"}
        checks = [await checked(name, self._api.read(path, query)) for name, path in _TESTED.items()]
        users = f"/rest/v1.3/companies/{company}/users"
        return [*checks, await checked("users", self._api.read(users, {"per_page": "1"}))]

    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        return await self._reader.fetch(resource, scope, cursor)

    def steps(
        self,
        object_key: str,
        facts: Mapping[str, Any],
        entries: Mapping[str, Any],  # noqa: ARG002 - nothing is typed for Procore
    ) -> Sequence[Step]:
        return self._writer.steps(object_key, facts)

    async def find(self, step: Step) -> Found | None:
        return await find(self._api, step)

    async def push(self, step: Step, body: bytes) -> Answer:
        reply = await self._api.write(step.method, step.target, body)
        return closed_answer(step, reply) if "request_detail" in step.body else sync_answer(step, reply)

    async def obstacles(self, step: Step) -> Sequence[Obstacle]:
        """Marks in Procore can always be taken away; nothing there holds a link."""
        del step
        return ()

    async def close(self) -> None:
        await self._api.close()
