"""What the ledger holds a document to before it keeps it. Each rule raises the `Problem` it finds."""

from decimal import Decimal

from hub.sandboxes.reference.books import Books
from hub.sandboxes.reference.catalogue import COLLECTIONS
from hub.sandboxes.reference.declare import Collection, Row
from hub.sandboxes.reference.problem import Problem


def judge(books: Books, collection: Collection, row: Row) -> None:
    """All rules in the order in which an accountant would see them."""
    for rule in (_points, _accounts, _vendor_of_contract, _codes, _sum_of_lines, _zero, _period):
        rule(books, collection, row)


def _points(books: Books, collection: Collection, row: Row) -> None:
    for field, (target, names) in collection.points.items():
        key = dict(zip(COLLECTIONS[target].key, (row.get(name) for name in names), strict=True))
        found = [one for one in books.matching(target, key) if not one["void"]]
        if not found:
            named = "/".join(str(value) for value in key.values())
            raise Problem(422, f"unknown_{field}", f"There is no {field} {named}.", field)
        if field == "vendor" and not any(one["active"] for one in found):
            raise Problem(422, "inactive_vendor", f"The vendor {row['vendor']} is not active.", field)


def _accounts(books: Books, _collection: Collection, row: Row) -> None:
    """What a cost code is booked on stands in the general ledger."""
    for field in ("income_account", "expense_account"):
        code = row.get(field)
        if code and not any(one["active"] for one in books.matching("gl-accounts", {"code": code})):
            raise Problem(422, "unknown_account", f"There is no account {code}.", field)


def _vendor_of_contract(books: Books, collection: Collection, row: Row) -> None:
    if collection.name != "invoices":
        return
    named = {"job": row["job"], "number": row["contract"], "vendor": row["vendor"]}
    if not books.matching("contracts", named):
        raise Problem(422, "vendor_mismatch", "The contract is with another vendor.", "vendor")


def _codes(books: Books, collection: Collection, row: Row) -> None:
    if not collection.coded:
        return
    chart = {
        code["code"]: set(code["cost_types"] or ())
        for code in books.matching("job-cost-codes", {"job": row["job"]})
        if code["active"]
    }
    for number, line in enumerate(row["lines"]):
        code, kind, place = line["cost_code"], line["cost_type"], f"lines[{number}]"
        if code not in chart:
            text = f"Job {row['job']} has no cost code {code}."
            raise Problem(422, "unknown_cost_code", text, f"{place}.cost_code")
        if kind not in chart[code]:
            text = f"Cost code {code} has no cost type {kind} on job {row['job']}."
            raise Problem(422, "unknown_cost_type", text, f"{place}.cost_type")


def _sum_of_lines(books: Books, collection: Collection, row: Row) -> None:  # noqa: ARG001
    if collection.amount is None or not row["lines"] or row[collection.amount] is None:
        return
    total = sum((_net(line) for line in row["lines"]), Decimal(0))
    if total != Decimal(row[collection.amount]):
        text = f"The lines add up to {total}, the amount is {row[collection.amount]}."
        raise Problem(422, "amount_mismatch", text, collection.amount)


def _net(line: Row) -> Decimal:
    return Decimal(line["amount"]) - Decimal(line.get("retainage_amount") or 0)


def _zero(books: Books, collection: Collection, row: Row) -> None:
    if collection.zero_refused and not books.zero_amounts and Decimal(row["amount"]) == 0:
        raise Problem(422, "zero_amount", "An amount of zero is not taken.", "amount")


def _period(books: Books, collection: Collection, row: Row) -> None:
    stated = next((row[name] for name in collection.dated if row.get(name)), None)
    if stated is None:
        return
    code = str(stated)[:7]
    found = books.matching("accounting-periods", {"code": code})
    if not found or not found[0]["open"]:
        raise Problem(422, "closed_period", f"The period {code} is not open.", collection.dated[0])
