"""Reading back what the hub has written: budgets, revisions, contracts, orders and draws, with their lines."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from hub.connectors.mri import mapping as tables
from hub.connectors.mri.reading.lists import Lists, Scope, of_job, with_more
from hub.connectors.mri.wire.answers import Row
from hub.connectors.mri.wire.names import Source
from hub.connectors.mri.writing.shape import Gathered, gathered, key_of, named, snapshot
from hub.erp.connector import Incoming, Page
from hub.erp.incoming import incoming
from hub.erp.mapping import Mapping as Table
from hub.erp.origin import contract_key


class Registers:
    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self.readers = {
            "budget_line": self._budget_lines,
            "budget_change": self._revisions,
            "commitment": self._commitments,
            "commitment_change_order": self._orders,
            "subcontractor_invoice": self._draws,
        }

    async def _budget_lines(self, scope: Scope, cursor: str | None) -> Page:
        source = self._lists.source("budget_line")
        rows, following = await self._lists.page(source, scope, cursor)
        return Page([self._budget_line(row, source) for row in of_job(rows, scope)], following)

    def _budget_line(self, row: Row, source: Source) -> Incoming:
        job, code, kind = key_of(row, source.key)
        return incoming(
            named(tables.BUDGET_READ, source.fields),
            row,
            external_id=f"{job}/{code}/{kind}",
            updated_at=self._lists.changed(row, source),
            refs={"project": job, "cost_code": code, "cost_type": kind},
        )

    async def _revisions(self, scope: Scope, _cursor: str | None) -> Page:
        return await self._all("budget_change", tables.REVISION_READ, tables.REVISION_LINE_READ, scope)

    async def _commitments(self, scope: Scope, cursor: str | None) -> Page:
        """Contracts, then purchase orders where the site has them."""
        order, contract = self._lists.source("purchase_order"), self._lists.source("commitment")
        if cursor is not None and self._lists.api.is_of(order, cursor):
            return await self._commitment_page(order, "PURCHASE_ORDER", scope, cursor)
        page = await self._commitment_page(contract, "SUBCONTRACT", scope, cursor)
        if page.cursor is not None or not self._lists.settings.po_module:
            return page
        first = self._lists.api.target(order, self._lists.query(order, scope))
        return Page(page.records, first)

    async def _commitment_page(self, source: Source, kind: str, scope: Scope, cursor: str | None) -> Page:
        names = {} if kind == "SUBCONTRACT" else {"number": "PONumber", "contract_date": "OrderDate"}
        table = tables.CONTRACT_READ.renamed(names)
        rows, following = await self._lists.page(source, scope, cursor)
        found = gathered(of_job(rows, scope), source)
        return Page(
            [
                self._document(each, source, table, tables.CONTRACT_LINE_READ, {"kind": kind})
                for each in found
            ],
            following,
        )

    async def _orders(self, scope: Scope, cursor: str | None) -> Page:
        name, table, line = "commitment_change_order", tables.ORDER_READ, tables.ORDER_LINE_READ
        if self._lists.source(name).lines is None:
            return await self._all(name, table, line, scope)
        return await self._paged(name, table, line, scope, cursor)

    async def _draws(self, scope: Scope, cursor: str | None) -> Page:
        name = "subcontractor_invoice"
        return await self._paged(name, tables.INVOICE_READ, tables.INVOICE_LINE_READ, scope, cursor)

    async def _paged(self, name: str, table: Table, line: Table, scope: Scope, cursor: str | None) -> Page:
        source = self._lists.source(name)
        rows, following = await self._lists.page(source, scope, cursor)
        found = gathered(of_job(rows, scope), source)
        return Page([self._document(each, source, table, line) for each in found], following)

    async def _all(self, name: str, table: Table, line: Table, scope: Scope) -> Page:
        """Documents of a row per line: read as a whole, for a page may end within one."""
        source = self._lists.source(name)
        found = await self._lists.documents(source, scope, {"job_code": "JobCode"})
        mine = [each for each in found if of_job([each.head], scope)]
        return Page([self._document(each, source, table, line) for each in mine], None)

    def _document(
        self, found: Gathered, source: Source, table: Table, line: Table, more: dict[str, str] | None = None
    ) -> Incoming:
        head, key = found.head, key_of(found.head, source.key)
        name = "/".join(key) if all(key) else None
        read = incoming(
            named(table, source.fields),
            head,
            external_id=name,
            external_code=key[-1],
            updated_at=self._lists.last_change([head, *found.lines], source),
            refs=_refs(head, name),
            lines=[_line(name or "", each, line, source) for each in found.lines],
            defaults=more,
        )
        read = replace(read, snapshot=snapshot(found, source.lines))
        return read if source.lines is not None else with_more(read, {"amount": _sum(read.lines)})


def _sum(lines: Sequence[Incoming]) -> Decimal | None:
    """The total of a document that has none of its own; unknown where a line's amount cannot be read."""
    amounts = [amount for line in lines if (amount := line.values.get("amount")) is not None]
    return sum(amounts, Decimal("0.00")) if len(amounts) == len(lines) else None


def _line(document: str, row: Row, table: Table, source: Source) -> Incoming:
    code, kind = key_of(row, ("CostCode", "Category"))
    own = key_of(row, ("LineNumber",))[0] or key_of(row, ("ItemNumber",))[0] or f"{code}/{kind}"
    refs = {"cost_code": code or None, "cost_type": kind or None}
    return incoming(named(table, source.line_fields), row, external_id=f"{document}/{own}", refs=refs)


def _refs(head: Row, name: str | None) -> dict[str, str | None]:
    """What a document names: its job, its contract, its vendor, as far as it says so."""
    job, contract, vendor = key_of(head, ("JobCode", "ContractNumber", "VendorID"))
    found = {
        "project": job,
        "company": vendor,
        "commitment": contract_key(job, contract) if job and contract else "",
    }
    return {ours: value for ours, value in found.items() if value and value != name}
