"""The connector to the reference ERP: the port's calls, each gated by what the system can do and handed on."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from hub.connectors.reference.api import Api
from hub.connectors.reference.capabilities import able
from hub.connectors.reference.documents import BY_COLLECTION, DOCUMENTS
from hub.connectors.reference.reading import SOURCES, Reader
from hub.connectors.reference.settings import Settings
from hub.connectors.reference.writing import Writer
from hub.erp.capabilities import WriteClass
from hub.erp.checking import checked
from hub.erp.connector import Answer, Check, Found, Obstacle, Page, Step
from hub.erp.reach import Reach
from hub.erp.refusing import not_read, not_written


class ReferenceConnector:
    """One installation of the reference ERP."""

    kind: ClassVar[str] = "reference"

    def __init__(self, reach: Reach) -> None:
        self._settings = Settings.read(reach.settings)
        self._can = able(self._settings)
        self._api = Api(reach)
        self._reader = Reader(self._api, self._settings)
        self._writer = Writer(self._api, self._settings, self._can)

    async def verify(self) -> Sequence[Check]:
        """Each list that is read, asked for one record. One that cannot be searched is left out."""
        return [
            await checked(source.collection, self._api.page(source.collection, {"limit": "1"}))
            for key, source in SOURCES.items()
            if key in self._can.lists and self._searchable(source.collection)
        ]

    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        if resource not in self._can.lists:
            raise not_read(self._can.identity.display_name, resource)
        return await self._reader.fetch(resource, scope, cursor)

    def steps(self, object_key: str, facts: Mapping[str, Any], entries: Mapping[str, Any]) -> Sequence[Step]:
        named = "project_cost_code" if object_key == "cost_code" and facts.get("job_code") else object_key
        if named not in self._can.exports:
            raise not_written(self._can.identity.display_name, named)
        if named == "budget" and facts.get("revision") is not None:  # the ERP holds the original
            named, facts = "budget_change", {**facts, "lines": facts["revision"]}
        return [self._writer.create(DOCUMENTS[named], facts, entries)]

    async def find(self, step: Step) -> Found | None:
        return await self._writer.find(step)

    async def push(self, step: Step, body: bytes) -> Answer:
        return await self._writer.push(step, body)

    async def obstacles(self, step: Step) -> Sequence[Obstacle]:
        return await self._writer.obstacles(step)

    async def close(self) -> None:
        await self._api.close()

    def _searchable(self, collection: str) -> bool:
        document = BY_COLLECTION.get(collection)
        return document is None or self._settings.write_class(document.operation) is not WriteClass.K5
