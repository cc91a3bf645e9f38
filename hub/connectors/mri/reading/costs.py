"""Reading what has been spent: payables and journal entries as direct costs, and payments."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from hub.connectors.mri import cost_mapping as tables
from hub.connectors.mri.reading.lists import Lists, Scope, with_more
from hub.connectors.mri.wire.answers import Row, nested
from hub.connectors.mri.wire.names import Source
from hub.connectors.mri.writing.shape import Gathered, key_of, named
from hub.erp import values
from hub.erp.connector import Incoming, Page, Problem
from hub.erp.incoming import incoming, quiet
from hub.erp.mapping import Mapping as Table
from hub.erp.mapping import problem
from hub.erp.origin import contract_key, invoice_key

_NOTHING = Decimal("0.00")


class Costs:
    """Direct costs come from two lists, payables first. A cost is of one job: a document of several becomes one for each."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self.readers = {"direct_cost": self._direct_costs, "payment": self._payments}

    async def _direct_costs(self, scope: Scope, cursor: str | None) -> Page:
        journal, payable = self._lists.source("journal"), self._lists.source("payable")
        if cursor is not None and self._lists.api.is_of(journal, cursor):
            return await self._journal_entries(journal, scope)
        # A payable may have items of other jobs than its own, so it is never asked for by job.
        everywhere = {name: value for name, value in scope.items() if name != "project"}
        rows, following = await self._lists.page(payable, everywhere, cursor)
        found = [cost for row in rows for cost in self._payable(row, payable, scope)]
        return Page(found, following or self._lists.api.target(journal, self._lists.query(journal, scope)))

    def _payable(self, row: Row, source: Source, scope: Scope) -> list[Incoming]:
        """With a contract it is a subcontractor's invoice, without one an invoice."""
        vendor, number = key_of(row, source.key)
        own, contract = key_of(row, ("JobCode", "ContractNumber"))
        jobs = _by_job(nested(row, source.lines or ""), own)
        first = own if own in jobs else next(iter(jobs), "")
        kind = "SUBCONTRACTOR_INVOICE" if contract else "INVOICE"
        base = invoice_key(vendor, number) if vendor and number else None
        return [
            self._cost(
                named(tables.PAYABLE, source.fields),
                row,
                kind=kind,
                external_id=base if job == first or base is None else f"{base}/{job}",
                code=number,
                job=job,
                source=source,
                lines=_lines(named(tables.PAYABLE_LINE, source.line_fields), items, ("ItemNumber",)),
                refs={
                    "company": vendor,
                    "commitment": contract_key(own, contract) if own and contract else None,
                },
                changed=[row],
            )
            for job, items in jobs.items()
            if _wanted(job, scope)
        ]

    async def _journal_entries(self, source: Source, scope: Scope) -> Page:
        """Entries of a row per line. Lines without a job are the other side of the entry, and no cost of any."""
        found = await self._lists.documents(source, scope, {"period": "PERIOD"})
        return Page([cost for entry in found for cost in self._journal_entry(entry, source, scope)], None)

    def _journal_entry(self, entry: Gathered, source: Source, scope: Scope) -> list[Incoming]:
        period, reference, origin = key_of(entry.head, source.key)
        key = (period, reference, origin or "GL")
        return [
            self._cost(
                named(tables.JOURNAL, source.fields),
                lines[0],
                kind="EXPENSE",
                external_id=f"{'/'.join(key)}/{job}" if all(key) else None,
                code=key[1],
                job=job,
                source=source,
                lines=_lines(named(tables.JOURNAL_LINE, source.line_fields), lines, source.line_key),
                refs={},
                changed=lines,
            )
            for job, lines in _by_job(entry.lines, "").items()
            if _wanted(job, scope)
        ]

    def _cost(
        self,
        table: Table,
        row: Row,
        *,
        kind: str,
        external_id: str | None,
        code: str,
        job: str,
        source: Source,
        lines: Sequence[Incoming],
        refs: Mapping[str, str | None],
        changed: Sequence[Row],
    ) -> Incoming:
        status, problems = self._status(row)
        found = incoming(
            table,
            row,
            external_id=external_id,
            external_code=code,
            updated_at=self._lists.last_change(changed, source),
            refs={"project": job, **{name: value for name, value in refs.items() if value}},
            lines=[replace(line, external_id=f"{external_id}/{line.external_id}") for line in lines],
            problems=problems,
        )
        return with_more(found, {"kind": kind, "amount": _total(lines), **status})

    def _status(self, row: Row) -> tuple[dict[str, str], list[Problem]]:
        """What MRI says nothing about has been posted."""
        word = quiet(values.text, row.get("Status")) or "posted"
        found = self._lists.settings.cost_statuses.get(word.lower())
        if found is None:
            return {}, [problem("status", word, ValueError("is not a known status of a cost"))]
        return {"status": found}, []

    async def _payments(self, scope: Scope, _cursor: str | None) -> Page:
        source = self._lists.source("payment")
        narrow = {"vendor_id": "VendorID", "invoice_number": "InvoiceNumber"}
        found = await self._lists.documents(source, scope, narrow)
        mine = [each for each in found if _wanted(key_of(each.head, ("JobCode",))[0], scope)]
        return Page([self._payment(paid, source) for each in mine for paid in _payments(each, source)], None)

    def _payment(self, check: Gathered, source: Source) -> Incoming:
        """One check to one invoice, whatever number of items it pays."""
        vendor, number, paper = key_of(check.head, source.key)
        paper = paper or key_of(check.head, ("PaymentDate",))[0][:10]
        job, contract = key_of(check.head, ("JobCode", "ContractNumber"))
        refs = {
            "subcontractor_invoice": invoice_key(vendor, number) if vendor and number else None,
            "company": vendor,
            "commitment": contract_key(job, contract) if job and contract else None,
            "project": job,
        }
        found = incoming(
            named(tables.PAYMENT, source.fields),
            check.head,
            external_id=f"{invoice_key(vendor, number)}/{paper}" if vendor and number and paper else None,
            external_code=paper,
            updated_at=self._lists.last_change(check.lines, source),
            refs={name: value for name, value in refs.items() if value},
        )
        return with_more(found, _paid(check.lines)) if "amount" in found.values else found


def _payments(group: Gathered, source: Source) -> list[Gathered]:
    """A check is one payment. What was paid without one is a payment for each day."""
    if key_of(group.head, source.key)[-1]:
        return [group]
    days: dict[tuple[str, ...], list[Row]] = {}
    for row in group.lines:
        days.setdefault(key_of(row, ("PaymentDate",)), []).append(row)
    return [Gathered(rows[0], rows) for rows in days.values()]


def _paid(rows: Sequence[Row]) -> dict[str, object]:
    """What a check still pays. A void is either a mark on the row, or a further row that takes the amount back."""
    amounts = [(quiet(values.money, row.get("AmountPaid")) or _NOTHING, _voided(row)) for row in rows]
    good = sum((amount for amount, void in amounts if not void), _NOTHING)
    taken_back = sum((amount for amount, void in amounts if void and amount < 0), _NOTHING)
    is_void = any(void for _, void in amounts) and good + taken_back == 0
    if not is_void:
        return {"amount": good + taken_back, "is_void": False}
    return {"amount": good or sum((amount for amount, _ in amounts), _NOTHING), "is_void": True}


def _voided(row: Row) -> bool:
    return bool(quiet(values.flag, row.get("Voided")))


def _by_job(items: Sequence[Row], own: str) -> dict[str, list[Row]]:
    """Items by their job, the document's own where they name none."""
    found: dict[str, list[Row]] = {}
    for item in items:
        job = key_of(item, ("JobCode",))[0] or own
        if job:
            found.setdefault(job, []).append(item)
    return found


def _wanted(job: str, scope: Scope) -> bool:
    return not scope.get("project") or job == scope["project"]


def _lines(table: Table, rows: Sequence[Row], key: Sequence[str]) -> list[Incoming]:
    return [_line(table, row, key_of(row, key)[0] or str(place)) for place, row in enumerate(rows, 1)]


def _line(table: Table, row: Row, own: str) -> Incoming:
    """MRI counts nothing: a line is one unit at its amount."""
    code, kind = key_of(row, ("CostCode", "Category"))
    refs = {"cost_code": code or None, "cost_type": kind or None}
    found = incoming(table, row, external_id=own, refs=refs)
    amount = found.values.get("amount")
    return found if amount is None else with_more(found, {"quantity": Decimal(1), "unit_cost": amount})


def _total(lines: Sequence[Incoming]) -> Decimal | None:
    """Unknown where a line's amount cannot be read: a smaller total would pass for the truth."""
    amounts = [amount for line in lines if (amount := line.values.get("amount")) is not None]
    return sum(amounts, _NOTHING) if len(amounts) == len(lines) else None
