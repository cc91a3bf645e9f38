"""Reading the ledger's own lists: accounting periods, GL accounts, entities and banks."""

from hub.connectors.mri import cost_mapping as tables
from hub.connectors.mri.reading.lists import Lists, Scope, with_more
from hub.connectors.mri.wire.answers import Row
from hub.connectors.mri.wire.names import Source
from hub.connectors.mri.writing.shape import key_of, named
from hub.erp import values
from hub.erp.connector import Incoming, Page, Problem
from hub.erp.incoming import incoming, quiet
from hub.erp.mapping import Mapping as Table
from hub.erp.mapping import problem

_OPEN, _CLOSED = frozenset({"open", "o", "current", "future"}), frozenset({"closed", "c", "locked"})


class Ledger:
    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self.readers = {
            "accounting_period": self._periods,
            "gl_account": self._accounts,
            "entity": self._entities,
            "bank": self._banks,
        }

    async def _periods(self, scope: Scope, cursor: str | None) -> Page:
        """A period of several entities is one for each."""
        source = self._lists.source("accounting_period")
        rows, following = await self._lists.page(source, scope, cursor)
        return Page([self._period(row, source) for row in rows], following)

    def _period(self, row: Row, source: Source) -> Incoming:
        entity = key_of(row, ("EntityID",))[0]
        found = self._record(row, source, tables.PERIOD, entity)
        is_open, problems = _openness(row)
        return with_more(found, {"is_open": is_open}, problems)

    async def _accounts(self, scope: Scope, cursor: str | None) -> Page:
        return await self._list("gl_account", tables.GL_ACCOUNT, scope, cursor)

    async def _entities(self, scope: Scope, cursor: str | None) -> Page:
        return await self._list("entity", tables.ENTITY, scope, cursor)

    async def _banks(self, scope: Scope, cursor: str | None) -> Page:
        """All banks, or those of one entity where the scope names it."""
        name = "entity_bank" if scope.get("entity") else "bank"
        return await self._list(name, tables.BANK, scope, cursor)

    async def _list(self, name: str, table: Table, scope: Scope, cursor: str | None) -> Page:
        source = self._lists.source(name)
        rows, following = await self._lists.page(source, scope, cursor)
        return Page([self._record(row, source, table) for row in rows], following)

    def _record(self, row: Row, source: Source, table: Table, entity: str = "") -> Incoming:
        key = key_of(row, source.key)[0]
        return incoming(
            named(table, source.fields),
            row,
            external_id=f"{entity}/{key}" if entity and key else key,
            external_code=key,
            updated_at=self._lists.changed(row, source),
            refs={"entity": entity} if entity else {},
        )


def _openness(row: Row) -> tuple[bool | None, list[Problem]]:
    """A word such as Open or Closed, or a flag of either name."""
    word = (quiet(values.text, row.get("Status")) or "").lower()
    if word in _OPEN or word in _CLOSED:
        return word in _OPEN, []
    if "IsOpen" in row or "Open" in row:
        return quiet(values.flag, row.get("IsOpen", row.get("Open"))), []
    if "Closed" in row:
        closed = quiet(values.flag, row["Closed"])
        return (None if closed is None else not closed), []
    return None, [problem("is_open", word, ValueError("is not a known status of a period"))]
