"""What a list of documents or costs must answer, worked out in Python from its description in `lists`."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from lists import AMOUNT, DATE, FLAG, LISTINGS, RELATION, Listing
from oracle import Books, Row, Viewer, compares, ordered

CAMEL = {"invoiceNumber": "invoice_number"}


def sees(viewer: Viewer, listing: Listing, row: Row) -> bool:
    """Who reads the ERP side sees all; others what a tool of the project lets them. The company's sub jobs are for those
    at Standard there who may make projects too."""
    if not listing.of_project or (viewer.reads_sub_jobs if listing.table == "sub_job" else viewer.reads_all):
        return True
    rights = viewer.on(row["project_id"])
    return rights is not None and (not listing.tools or any(rights[tool] >= 1 for tool in listing.tools))


def fits(books: Books, listing: Listing, row: Row, given: Mapping[str, Any]) -> bool:
    return all(_fits_one(books, listing, row, name, value) for name, value in given.items())


def _fits_one(books: Books, listing: Listing, row: Row, name: str, value: Any) -> bool:
    if name == "search":
        return value.lower() in " ".join(row[column] or "" for column in listing.search).lower()
    if name == "linkState":
        link = books.link_of(row["id"])
        kind, held = "word", link and link["state"]
    else:
        kind, column = listing.filters[name]
        held = row[column]
    return all(compares(held, operator, _plain(kind, operand)) for operator, operand in value.items())


def _plain(kind: str, operand: Any) -> Any:
    if isinstance(operand, list):
        return [_plain(kind, inner) for inner in operand]
    if operand is None:
        return None
    made = {RELATION: lambda: UUID(operand.partition("_")[2]), AMOUNT: lambda: Decimal(operand)}
    made[DATE] = lambda: date.fromisoformat(operand)
    return made[kind]() if kind in made else operand


def _written(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def answer(viewer: Viewer, name: str, given: Mapping[str, Any], order: str | None) -> list[Row]:
    """Every row that the list holds, as its description shows it."""
    listing, books = LISTINGS[name], viewer.books
    rows = [
        row
        for row in books.rows[listing.table]
        if sees(viewer, listing, row) and fits(books, listing, row, given)
    ]
    return [_shown(viewer, listing, row) for row in ordered(rows, order)]


def _shown(viewer: Viewer, listing: Listing, row: Row) -> Row:
    link = viewer.books.link_of(row["id"])
    assert link is not None
    found = {"id": f"{listing.tag}_{row['id']}", "linkState": link["state"]}
    found |= {name: _written(row[column]) for name, (_, column) in listing.fields.items()}
    found |= {name: _related(viewer, row, *there) for name, there in listing.relations.items()}
    if listing.lines:
        found["lines"] = _lines(viewer.books, listing, row)
    return found


def _related(viewer: Viewer, row: Row, table: str, column: str, shown: str) -> Row | None:
    """The row that is named, if the viewer may see it."""
    other = viewer.books.one(table, row[column])
    if other is None or not _may_see(viewer, table, other):
        return None
    return {shown: other[CAMEL.get(shown, shown)]}


def _may_see(viewer: Viewer, table: str, row: Row) -> bool:
    own = {
        "company": viewer.sees_company,
        "project": viewer.sees_project,
        "commitment": viewer.sees_commitment,
    }
    if table in own:
        return own[table](row)
    return sees(viewer, next(known for known in LISTINGS.values() if known.table == table), row)


def _lines(books: Books, listing: Listing, row: Row) -> list[Row]:
    own = [line for line in books.rows[f"{listing.table}_line"] if line[f"{listing.table}_id"] == row["id"]]
    return [
        {
            "lineNumber": line["line_number"],
            **{name: _written(line[column]) for name, (_, column) in listing.lines.items()},
            "costCode": _code(books, "cost_code", line["cost_code_id"]),
            "costType": _code(books, "cost_type", line["cost_type_id"]),
        }
        for line in sorted(own, key=lambda line: line["line_number"])
    ]


def _code(books: Books, table: str, id_: UUID | None) -> Row | None:
    found = books.one(table, id_)
    return found and {"code": found["code"]}


# --- what is asked ----------------------------------------------------------------------------------------------------


def a_filter(dice: Random, name: str, books: Books) -> dict[str, Any]:
    """Some of the list's filters with values that rows have, and now and then one that none has."""
    listing = LISTINGS[name]
    rows = books.rows[listing.table]
    made = {
        each: _compared(dice, kind, column, each, rows) for each, (kind, column) in listing.filters.items()
    }
    made["linkState"] = {
        "in": dice.sample(("NOT_SENT", "SYNCED", "LINKED", "FAILED", "REJECTED", "IN_DOUBT"), 3)
    }
    if listing.search:
        text = dice.choice(rows)[dice.choice(listing.search)] or "Extra"
        made["search"] = dice.choice((text.lower(), text[:3].upper(), "%", "_", "zzz", " "))
    chosen = dice.sample(sorted(made), min(len(made), dice.choice((0, 1, 1, 2, 3))))
    return {each: made[each] for each in chosen}


TAGS = {"project": "prj", "company": "com", "commitment": "cmt", "primeContract": "pmc"}
TAGS["subcontractorInvoice"] = "inv"


def _compared(dice: Random, kind: str, column: str, name: str, rows: list[Row]) -> dict[str, Any]:
    held = [row[column] for row in rows]
    one = dice.choice(held)
    if kind == FLAG:
        return {"eq": dice.random() < 0.5}
    if kind == RELATION:
        ids = [f"{TAGS[name]}_{value}" for value in dice.sample(held, 2) if value is not None]
        return dice.choice(({"eq": None}, {"in": ids}, {"eq": one and f"{TAGS[name]}_{one}"}))
    if kind in (AMOUNT, DATE):
        value = _written(one)
        ranges = ({"gte": value}, {"lte": value}, {"eq": value})
        return dice.choice(ranges) if value is not None else {"eq": None}
    known = sorted({value for value in held if value is not None})
    return dice.choice(({"eq": dice.choice(known)}, {"in": dice.sample(known, min(2, len(known)))}))
