"""Budgets, contracts, orders, invoices, payments and costs of a seeded account, as awkward as those of people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import cycle
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Column
from sqlmodel import SQLModel

from hub.core.link import LinkState

if TYPE_CHECKING:  # they are built on each other
    from factories import Books, Contractor

Line = Mapping[str, Any]
ORDER_STATUSES = ("APPROVED", "DRAFT", "PENDING", "VOID")
INVOICE_STATUSES = ("APPROVED", "UNDER_REVIEW", "DRAFT", "APPROVED_AS_NOTED")
NEW = LinkState.NOT_SENT


@dataclass(frozen=True)
class Documents:
    """Builders of what has lines or is money. Each returns the id of what it wrote; `values` are further columns."""

    books: "Books"

    async def made(
        self,
        table: str,
        state: LinkState,
        lines: Sequence[Line] = (),
        link: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> UUID:
        """A record of the table with its lines, which are numbered in order."""
        kind = "".join(part.title() for part in table.split("_"))
        id_ = await self.books.item(table, kind, state, dict(link or {}), **filled(table, values))
        for number, line in enumerate(lines, start=1):
            given = {f"{table}_id": id_, "line_number": number, "origin_id": f"L{number}", **line}
            await self.books.row(f"{table}_line", **filled(f"{table}_line", given))
        return id_

    async def budget(
        self, project: UUID, state: LinkState = NEW, lines: Sequence[Line] = (), **values: Any
    ) -> UUID:
        given = {"is_locked": True, "original_amount": total(lines, "original_amount"), **values}
        return await self.made("budget", state, lines, project_id=project, **given)

    async def budget_change(
        self, project: UUID, number: str, state: LinkState = NEW, lines: Sequence[Line] = (), **values: Any
    ) -> UUID:
        given = {"title": f"Change {number}", "status": "APPROVED", "amount": total(lines), **values}
        return await self.made("budget_change", state, lines, project_id=project, number=number, **given)

    async def change_order(
        self,
        project: UUID,
        commitment: UUID,
        number: str,
        state: LinkState = NEW,
        lines: Sequence[Line] = (),
        **values: Any,
    ) -> UUID:
        given = {"title": f"More {number}", "status": "APPROVED", "amount": total(lines), **values}
        places = {"project_id": project, "commitment_id": commitment, "number": number}
        return await self.made("commitment_change_order", state, lines, **places, **given)

    async def invoice(
        self,
        project: UUID,
        commitment: UUID,
        number: str | None,
        state: LinkState = NEW,
        lines: Sequence[Line] = (),
        **values: Any,
    ) -> UUID:
        given = {"status": "APPROVED", "billing_date": date(2026, 4, 30), "period_end": date(2026, 4, 30)}
        given |= {"payment_due_amount": total(lines, "completed_amount"), **values}
        places = {"project_id": project, "commitment_id": commitment, "invoice_number": number}
        return await self.made("subcontractor_invoice", state, lines, **places, **given)

    async def payment(self, project: UUID, commitment: UUID, check: str, amount: str, **values: Any) -> UUID:
        places = {"project_id": project, "commitment_id": commitment, "check_number": check}
        return await self.made("payment", LinkState.LINKED, **places, amount=Decimal(amount), **values)

    async def direct_cost(
        self, project: UUID, number: str, lines: Sequence[Line] = (), **values: Any
    ) -> UUID:
        given = {"kind": "INVOICE", "amount": total(lines), "invoice_number": number, **values}
        return await self.made("direct_cost", LinkState.LINKED, lines, project_id=project, **given)

    async def prime_contract(
        self, project: UUID, number: str, state: LinkState = NEW, lines: Sequence[Line] = (), **values: Any
    ) -> UUID:
        given = {"title": f"Prime {number}", "original_amount": total(lines), **values}
        return await self.made("prime_contract", state, lines, project_id=project, number=number, **given)

    async def prime_change_order(
        self,
        project: UUID,
        contract: UUID,
        number: str,
        state: LinkState = NEW,
        lines: Sequence[Line] = (),
        **values: Any,
    ) -> UUID:
        given = {"title": f"Owner's {number}", "status": "APPROVED", "amount": total(lines), **values}
        places = {"project_id": project, "prime_contract_id": contract, "number": number}
        return await self.made("prime_contract_change_order", state, lines, **places, **given)

    async def owner_invoice(
        self,
        project: UUID,
        contract: UUID,
        number: str,
        state: LinkState = NEW,
        lines: Sequence[Line] = (),
        **values: Any,
    ) -> UUID:
        given = {"status": "APPROVED", "amount": total(lines, "completed_amount"), **values}
        places = {"project_id": project, "prime_contract_id": contract, "invoice_number": number}
        return await self.made("owner_invoice", state, lines, **places, **given)

    async def sub_job(self, project: UUID, code: str, **values: Any) -> UUID:
        given = {"name": f"Part {code}", "is_active": True, **values}
        return await self.made("sub_job", LinkState.LINKED, project_id=project, code=code, **given)

    async def template(self, name: str) -> UUID:
        return await self.made("project_template", NEW, name=name)


def filled(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """With nothing in the amounts and flags that a row must have and is not given, in dollars."""
    usual = {"NUMERIC": Decimal("0.00"), "BOOLEAN": False, "VARCHAR(3)": "USD"}
    needed = {
        column.name: usual[_kind(column)]
        for column in SQLModel.metadata.tables[table].columns
        if not column.nullable and column.server_default is None and _kind(column) in usual
    }
    return {**needed, **values}


def _kind(column: Column[Any]) -> str:
    return str(column.type.compile()).partition("(1")[0]


def total(lines: Sequence[Line], column: str = "amount") -> Decimal:
    return sum((line[column] for line in lines), Decimal("0.00"))


async def documents(made: "Contractor", states: Sequence[LinkState]) -> None:
    """Some of every kind on each of the account's projects, under the tags of their ids."""
    pen = Documents(made.books)
    made.known["tpl"] = [await pen.template(name) for name in ("Tower", "100% Plain", "tower")]
    await _structure(pen, made, cycle(states))
    await _of_commitments(pen, made, cycle(states))
    await _prime_side(pen, made, cycle(states))
    await _money(pen, made)


def _lines(made: "Contractor", dice: Random, count: int, column: str = "amount") -> list[dict[str, Any]]:
    """All but the third on a code and a type."""
    codes, types = made.known["ccd"], made.known["cty"]
    found = []
    for place in range(count):
        line: dict[str, Any] = {
            column: Decimal(f"{dice.randrange(-20_000, 90_000)}.{dice.randrange(100):02}")
        }
        coded = {"cost_code_id": dice.choice(codes), "cost_type_id": dice.choice(types)}
        found.append(line if place == 2 else {**line, **coded})
    return found


async def _structure(pen: Documents, made: "Contractor", states: Iterator[LinkState]) -> None:
    dice, budgets, changes, parts = Random(3), [], [], []
    for n, project in enumerate(made.known["prj"]):
        lines = _lines(made, dice, n, "original_amount")
        budgets.append(await pen.budget(project, next(states), lines, is_locked=n % 2 == 0))
        for m in range(3):
            facts = {
                "title": None if m == 1 else f"Shift {n}",
                "status": ("APPROVED", "DRAFT", "VOID")[m],
                "kind": "MODIFICATION" if m == 2 else "CHANGE",
            }
            lines = _lines(made, dice, m + 1)
            changes.append(await pen.budget_change(project, f"B-{n}{m}", next(states), lines, **facts))
        link = {"external_id": f"J{n}-A"}
        parts.append(await pen.sub_job(project, f"0{n}A", link=link, is_active=n % 3 != 0))
    made.known |= {"bud": budgets, "bch": changes, "sub": parts}


async def _of_commitments(pen: Documents, made: "Contractor", states: Iterator[LinkState]) -> None:
    """On the first commitments; the nth stands on project n modulo five."""
    dice, orders, invoices = Random(5), made.known.setdefault("cco", []), made.known.setdefault("inv", [])
    for n, commitment in enumerate(made.known["cmt"][:15]):
        project, number = made.known["prj"][n % 5], f"CO-{dice.randrange(9):02}"
        order = {"title": None if n % 5 == 2 else f"Extra {n}", "status": ORDER_STATUSES[n % 4]}
        lines = _lines(made, dice, n % 4)
        orders.append(await pen.change_order(project, commitment, number, next(states), lines, **order))
        invoice = {
            "status": INVOICE_STATUSES[n % 4],
            "company_id": None if n % 6 == 1 else made.known["com"][n % 7],
            "billing_date": None if n % 7 == 3 else date(2026, 1 + n % 12, 28),
        }
        named = None if n % 8 == 5 else f"INV-{dice.randrange(9)}"
        lines = _lines(made, dice, (n + 1) % 4, "completed_amount")
        invoices.append(await pen.invoice(project, commitment, named, next(states), lines, **invoice))


async def _prime_side(pen: Documents, made: "Contractor", states: Iterator[LinkState]) -> None:
    dice, contracts, orders, invoices = Random(9), [], [], []
    for n, project in enumerate(made.known["prj"]):
        owner = None if n == 2 else made.known["com"][n]
        lines = _lines(made, dice, n % 4)
        contract = await pen.prime_contract(project, f"PC-{n % 3}", next(states), lines, company_id=owner)
        contracts.append(contract)
        for m in range(2):
            lines = _lines(made, dice, m + 1)
            orders.append(await pen.prime_change_order(project, contract, f"P{n}{m}", next(states), lines))
            lines = _lines(made, dice, m + 1, "completed_amount")
            facts = {"billing_date": date(2026, 2 + n, 1 + m), "status": INVOICE_STATUSES[(n + m) % 4]}
            invoices.append(
                await pen.owner_invoice(project, contract, f"O-{n}{m}", next(states), lines, **facts)
            )
    made.known |= {"pmc": contracts, "pco": orders, "oin": invoices}


async def _money(pen: Documents, made: "Contractor") -> None:
    dice, payments, costs = Random(13), [], []
    for n, (commitment, invoice) in enumerate(zip(made.known["cmt"], made.known["inv"], strict=False)):
        project, amount = made.known["prj"][n % 5], f"{dice.randrange(1, 50_000)}.{dice.randrange(100):02}"
        paid = {
            "subcontractor_invoice_id": None if n % 4 == 3 else invoice,
            "is_void": n % 5 == 4,
            "paid_on": None if n % 6 == 2 else date(2026, 5, 1 + n),
            "invoice_number": f"INV-{n % 3}",
            "link": {"external_id": f"P{n}"},
        }
        payments.append(await pen.payment(project, commitment, f"CHK{n}", amount, **paid))
        booked = {
            "kind": ("INVOICE", "EXPENSE", "SUBCONTRACTOR_INVOICE")[n % 3],
            "company_id": None if n % 3 == 1 else made.known["com"][n % 7],
            "cost_date": date(2026, 1 + n % 12, 9),
            "description": None if n % 4 == 0 else f"Cost {n}",
            "link": {"external_id": f"D{n}"},
        }
        costs.append(await pen.direct_cost(project, f"D-{n}", _lines(made, dice, n % 4), **booked))
    made.known |= {"pay": payments, "dco": costs}
