"""Which list is read by whom. What is not listed here MRI does not have, and no call is made for it."""

from collections.abc import Awaitable, Callable, Mapping

from hub.connectors.mri.reading.costs import Costs
from hub.connectors.mri.reading.ledger import Ledger
from hub.connectors.mri.reading.lists import Lists, Scope
from hub.connectors.mri.reading.registers import Registers
from hub.connectors.mri.reading.structure import Structure
from hub.connectors.mri.writing.writer import SYSTEM
from hub.erp.connector import Page
from hub.erp.refusing import not_read

Read = Callable[[Scope, str | None], Awaitable[Page]]


class Reader:
    """Reads pages of every list."""

    def __init__(self, lists: Lists) -> None:
        rooms = (Structure(lists), Registers(lists), Costs(lists), Ledger(lists))
        self._readers: Mapping[str, Read] = {
            name: read for room in rooms for name, read in room.readers.items()
        }

    async def fetch(self, resource: str, scope: Scope, cursor: str | None) -> Page:
        read = self._readers.get(resource)
        if read is None:
            raise not_read(SYSTEM, resource)
        return await read(scope, cursor)
