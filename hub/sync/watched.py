"""A connector that says which connection refused the credentials."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from hub.erp.connector import Answer, Check, Connector, Found, Obstacle, Page, Step
from hub.errors import ErpForbidden, ErpUnauthorized

T = TypeVar("T")


class ConnectionUnauthorized(ErpUnauthorized):
    """The other system does not accept the credentials of this connection."""

    def __init__(self, message: str, connection_id: UUID, *, request_id: str | None = None) -> None:
        super().__init__(message, request_id=request_id)
        self.connection_id = connection_id


class WatchedConnector:
    """Passes every call on; refused credentials leave it with the id of the connection, to be marked."""

    kind: ClassVar[str] = "watched"

    def __init__(self, connector: Connector, connection_id: UUID) -> None:
        self._connector, self._connection_id = connector, connection_id

    async def verify(self) -> Sequence[Check]:
        return await self._watched(self._connector.verify())

    async def fetch(self, resource: str, scope: Mapping[str, str], cursor: str | None) -> Page:
        return await self._watched(self._connector.fetch(resource, scope, cursor))

    def steps(self, object_key: str, facts: Mapping[str, Any], entries: Mapping[str, Any]) -> Sequence[Step]:
        return self._connector.steps(object_key, facts, entries)

    async def find(self, step: Step) -> Found | None:
        return await self._watched(self._connector.find(step))

    async def push(self, step: Step, body: bytes) -> Answer:
        return await self._watched(self._connector.push(step, body))

    async def obstacles(self, step: Step) -> Sequence[Obstacle]:
        return await self._watched(self._connector.obstacles(step))

    async def close(self) -> None:
        await self._connector.close()

    async def _watched(self, call: Awaitable[T]) -> T:
        try:
            return await call
        except ErpForbidden:
            raise  # the connection is fine
        except ErpUnauthorized as error:
            raise ConnectionUnauthorized(
                error.message, self._connection_id, request_id=error.request_id
            ) from error
