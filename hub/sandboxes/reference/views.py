"""A document as it travels: what is kept, and the figures that other documents decide."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from hub.sandboxes.reference.books import Books
from hub.sandboxes.reference.declare import Row


def shown(books: Books, collection: str, row: Row) -> Row:
    more = _FIGURES[collection](books, row) if collection in _FIGURES else {}
    return {name: value for name, value in (row | more).items() if name != "sequence"}


def etag(row: Row) -> str:
    return f'"{row["id"]}.{row["version"]}"'


def _contract(orders: str) -> Callable[[Books, Row], Row]:
    """A contract's amount with the change orders that stand."""

    def figures(books: Books, row: Row) -> Row:
        found = books.matching(orders, {"job": row["job"], "contract": row["number"]})
        return {"current_amount": _sum([row["amount"], *(one["amount"] for one in found if not one["void"])])}

    return figures


def _invoice(books: Books, row: Row) -> Row:
    found = books.matching("payments", {"vendor": row["vendor"], "invoice": row["number"]})
    return {"paid_amount": _sum([one["amount"] for one in found if not one["void"]])}


def _budget(books: Books, row: Row) -> Row:
    """Every line with what the revisions have made of it."""
    revised: dict[tuple[str, str], list[str]] = {}
    for revision in books.matching("budget-revisions", {"job": row["job"]}):
        for line in revision["lines"] if not revision["void"] else ():
            revised.setdefault((line["cost_code"], line["cost_type"]), []).append(line["amount"])
    lines = [
        {
            **line,
            "revised_amount": _sum(
                [line["amount"], *revised.get((line["cost_code"], line["cost_type"]), ())]
            ),
        }
        for line in row["lines"]
    ]
    return {"lines": lines}


def _sum(amounts: list[str]) -> str:
    return format(sum((Decimal(amount) for amount in amounts), Decimal("0.00")), "f")


_FIGURES: Mapping[str, Callable[[Books, Row], Row]] = {
    "contracts": _contract("change-orders"),
    "prime-contracts": _contract("prime-change-orders"),
    "invoices": _invoice,
    "budgets": _budget,
}
