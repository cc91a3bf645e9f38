"""The MRI connector: the port's calls, each handed to the file that knows it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from hub.codes import ErrorCode
from hub.connectors.mri.api import Api
from hub.connectors.mri.contracts import Contracts
from hub.connectors.mri.reading import Reader
from hub.connectors.mri.settings import Settings
from hub.erp.checking import checked
from hub.erp.connector import Answer, Check, Found, Obstacle, Page, Step
from hub.erp.reach import Reach
from hub.errors import ErpError, Refused


class MriConnector:
    """One database of one MRI installation."""

    kind: ClassVar[str] = "mri"

    def __init__(self, reach: Reach) -> None:
        self._settings = Settings.read(reach.settings)
        self._api = Api(reach, self._settings)
        self._reader = Reader(self._api, self._settings)
        self._contracts = Contracts(self._api, self._settings)

    async def verify(self) -> Sequence[Check]:
        """Call each API once: a 401 does not say whether the password or the right to one API is at fault."""
        job = await self._any_job()
        checks = []
        for source in self._settings.sources.values():
            wanted = source.parameters.get("job")
            query = {"$top": "1", **({wanted: job} if wanted and job else {})}
            checks.append(await checked(source.api, self._api.read(source, query)))
        return checks

    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        return await self._reader.fetch(resource, scope, cursor)

    def steps(self, object_key: str, facts: Mapping[str, Any], entries: Mapping[str, Any]) -> Sequence[Step]:
        if object_key == "commitment":
            return [self._contracts.create(facts, entries)]
        raise Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, f"MRI is not written for {object_key}.")

    async def find(self, step: Step) -> Found | None:
        return await self._contracts.find(step)

    async def push(self, step: Step, body: bytes) -> Answer:
        return await self._contracts.push(step, body)

    async def obstacles(self, step: Step) -> Sequence[Obstacle]:
        """MRI deletes nothing through its services: what is still there is in the way."""
        found = await self.find(step)
        if found is None:
            return ()
        name = found.external_code or found.external_id
        return (Obstacle(found.external_id, f"{name} is still in MRI."),)

    async def close(self) -> None:
        await self._api.close()

    async def _any_job(self) -> str | None:
        source = self._settings.sources["project"]
        try:
            rows, _ = await self._api.read(source, {"$top": "1"})
        except ErpError:
            return None
        return str(rows[0].get(source.key)) if rows else None
