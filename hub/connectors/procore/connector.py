"""The Procore connector: the port's calls, each handed to the file that knows it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from hub.connectors.procore.api import Api
from hub.connectors.procore.budgets import written
from hub.connectors.procore.leaving import leaving
from hub.connectors.procore.outcome import answer_of
from hub.connectors.procore.readback import find
from hub.connectors.procore.reading import Reader
from hub.connectors.procore.settings import Settings
from hub.connectors.procore.verifying import checks
from hub.connectors.procore.writing import Writer
from hub.erp.connector import Answer, Check, Found, Obstacle, Page, Step
from hub.erp.reach import Reach


class ProcoreConnector:
    """One Procore company."""

    kind: ClassVar[str] = "procore"

    def __init__(self, reach: Reach) -> None:
        self._settings = Settings.read(reach.settings, reach.base_url)
        self._api = Api(reach, self._settings)
        self._proof = reach.credentials.get("webhook_authorization", "")
        self._reader, self._writer = Reader(self._api, self._settings), Writer(self._settings)

    async def verify(self) -> Sequence[Check]:
        return await checks(self._api, self._settings, self._reader)

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
        if step.operation == "budget_line.sync":
            return await written(self._api, self._settings, step)
        return await find(self._api, step)

    async def push(self, step: Step, body: bytes) -> Answer:
        sent = leaving(step, body, proof=self._proof, bare=self._settings.bare_arrays)
        reply = await self._api.write(step.method, step.target, sent)
        return answer_of(step, reply)

    async def obstacles(self, step: Step) -> Sequence[Obstacle]:
        """Marks in Procore can always be taken away; nothing there holds a link."""
        del step
        return ()

    async def close(self) -> None:
        await self._api.close()
