"""The MRI connector: the port's calls, each handed to the file that knows it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from hub.connectors.mri.checking import Verifier
from hub.connectors.mri.reading.lists import Lists
from hub.connectors.mri.reading.reader import Reader
from hub.connectors.mri.settings import Settings
from hub.connectors.mri.wire.api import Api
from hub.connectors.mri.wire.overrides import check_fields
from hub.connectors.mri.writing.obstacles import Obstacles
from hub.connectors.mri.writing.writer import Writers
from hub.erp.connector import Answer, Check, Found, Obstacle, Page, Step
from hub.erp.reach import Reach


class MriConnector:
    """One database of one MRI installation."""

    kind: ClassVar[str] = "mri"

    def __init__(self, reach: Reach) -> None:
        settings = Settings.read(reach.settings)
        check_fields(settings.sources)
        self._api = Api(reach, settings)
        self._reader = Reader(Lists(self._api, settings))
        self._writers = Writers(self._api, settings)
        self._obstacles = Obstacles(self._api, settings, self._writers)
        self._verifier = Verifier(self._api, settings)

    async def verify(self) -> Sequence[Check]:
        return await self._verifier.verify()

    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        return await self._reader.fetch(resource, scope, cursor)

    def steps(self, object_key: str, facts: Mapping[str, Any], entries: Mapping[str, Any]) -> Sequence[Step]:
        return self._writers.steps(object_key, facts, entries)

    async def find(self, step: Step) -> Found | None:
        return await self._writers.of(step).find(step)

    async def push(self, step: Step, body: bytes) -> Answer:
        return await self._writers.of(step).push(step, body)

    async def obstacles(self, step: Step) -> Sequence[Obstacle]:
        return await self._obstacles.of(step)

    async def close(self) -> None:
        await self._api.close()
