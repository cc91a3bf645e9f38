"""Lists hold what a plain reading in Python says they hold: filtered, ordered, paged and authorised."""

from random import Random
from typing import Any

import paper
import pytest
from calling import BothWays
from factories import STATES, Contractor
from lists import LISTINGS
from oracle import LISTS, SHOWN, Books, Viewer

from hub.core.link import LinkState

ROLES = ("approver", "project_manager", "read_only", "bi_reader", "erp_administrator", "outsider")
ORDERS = {
    "commitments": (
        "OLDEST_FIRST",
        "NEWEST_FIRST",
        "NUMBER_ASC",
        "NUMBER_DESC",
        "ORIGINAL_AMOUNT_ASC",
        "ORIGINAL_AMOUNT_DESC",
    ),
    "companies": ("OLDEST_FIRST", "NEWEST_FIRST", "NAME_ASC", "NAME_DESC"),
}
QUERY = """query (${list}Filter: {type}Filter, $order: {type}Order, $first: Int, $after: String, $last: Int, $before: String) {{
    {list}(filter: ${list}Filter, orderBy: $order, first: $first, after: $after, last: $last, before: $before) {{
        totalCount edges {{ cursor node {{ {shown} }} }} pageInfo {{ hasNextPage hasPreviousPage }} }} }}"""
TYPES = {"commitments": "Commitment", "companies": "Company"}
WORDS = [state.value for state in (*STATES, LinkState.LINKED, LinkState.READY_TO_IMPORT)]


@pytest.fixture(scope="module")
async def books(ours: Contractor, app_pool) -> Books:
    async with app_pool.transaction(ours.account) as connection:
        return await Books.read(connection, ours.account)


def a_filter(dice: Random, list_: str, ours: Contractor) -> dict[str, Any]:
    if list_ == "companies":
        fields: dict[str, Any] = {
            "name": {"eq": dice.choice(("Acme Concrete", "ACME CONCRETE", "Bolt & Nail", "nobody"))},
            "isActive": {"eq": dice.random() < 0.8},
            "linkState": {"in": dice.sample(WORDS, 4)},
            "search": dice.choice(("acme", "%", "_", "É", "é", '"q"', " ", "")),
        }
    else:
        fields = {
            "number": {"in": [f"SC-{dice.randrange(30):03}" for _ in range(8)]},
            "title": {"eq": dice.choice(("Works 3", "works 3", ""))},
            "status": {"in": dice.sample(("APPROVED", "DRAFT", "COMPLETE", "VOID", "CLOSED"), 2)},
            "kind": {"eq": dice.choice(("SUBCONTRACT", "PURCHASE_ORDER"))},
            "project": {"eq": dice.choice(ours.ids("prj"))},
            "company": dice.choice(
                ({"eq": None}, {"in": dice.sample(ours.ids("com"), 3)}, {"eq": ours.ids("com")[0]})
            ),
            "originalAmount": dice.choice(
                ({"gte": "100000.00"}, {"lte": "0"}, {"gte": "-1", "lte": "500000.0"}, {"eq": "0"})
            ),
            "startDate": dice.choice(
                ({"gte": "2026-06-01"}, {"eq": None}, {"lte": "2026-05-04", "gte": None})
            ),
            "linkState": dice.choice(({"eq": dice.choice(WORDS)}, {"in": dice.sample(WORDS, 5)})),
            "search": dice.choice(("works 1", "SC-01", "OF A LENGTH", "zzz")),
        }
    chosen = dice.sample(sorted(fields), dice.choice((0, 1, 1, 2, 3)))
    return {name: fields[name] for name in chosen}


@pytest.mark.parametrize("seed", range(25))
async def test_lists_are_as_read_by_hand(both_ways: BothWays, ours: Contractor, books: Books, seed):
    dice = Random(seed)
    for _ in range(8):
        list_ = dice.choice(("commitments", "commitments", "companies"))
        role, order = dice.choice(ROLES), dice.choice((None, *ORDERS[list_]))
        given = a_filter(dice, list_, ours)
        viewer = Viewer(books, next(row for row in books.rows["member"] if row["id"] == ours.members[role]))
        await agree(
            both_ways,
            ours,
            role,
            list_,
            {f"{list_}Filter": given, "order": order},
            LISTS[list_](viewer, given, order),
            dice,
        )


@pytest.mark.parametrize("list_", LISTINGS)
async def test_lists_of_documents_and_costs_are_as_read_by_hand(
    both_ways: BothWays, ours: Contractor, books: Books, list_: str
):
    dice = Random(list_)
    for _ in range(24):
        role, order = (
            dice.choice(ROLES),
            dice.choice((None, "OLDEST_FIRST", "NEWEST_FIRST", *LISTINGS[list_].orders)),
        )
        given = paper.a_filter(dice, list_, books)
        viewer = Viewer(books, next(row for row in books.rows["member"] if row["id"] == ours.members[role]))
        asked = {f"{list_}Filter": given, "order": order}
        expected = paper.answer(viewer, list_, given, order)
        await agree(both_ways, ours, role, list_, asked, expected, dice)


# How many rows of each list the project manager, the outsider and whoever reads the ERP side see.
SEEN = {
    "projectTemplates": (3, 3, 3),
    "subJobs": (3, 1, 5),
    "budgets": (3, 0, 5),
    "budgetChanges": (9, 0, 15),
    "primeContracts": (0, 1, 5),
    "primeContractChangeOrders": (0, 2, 10),
    "ownerInvoices": (0, 2, 10),
    "commitmentChangeOrders": (9, 3, 15),
    "subcontractorInvoices": (9, 3, 15),
    "payments": (9, 3, 15),
    "directCosts": (9, 0, 15),
}


@pytest.mark.parametrize("list_", LISTINGS)
async def test_each_tool_opens_its_own_lists(by, list_: str):
    text = f"{{ {list_}(first: 1) {{ totalCount }} }}"

    counts = [
        (await by(role).data(text))[list_]["totalCount"]
        for role in ("project_manager", "outsider", "bi_reader")
    ]

    assert tuple(counts) == SEEN[list_]


async def agree(
    both_ways: BothWays,
    ours: Contractor,
    role: str,
    list_: str,
    asked: dict[str, Any],
    expected: list[dict[str, Any]],
    dice: Random,
) -> None:
    """The first page from one end, and the page after or before one of its rows."""
    text = QUERY.format(
        list=list_,
        type=TYPES.get(list_) or LISTINGS[list_].type,
        shown=SHOWN.get(list_) or LISTINGS[list_].shown,
    )
    size, backwards = dice.choice((1, 3, 7, 100)), dice.random() < 0.4
    ways = ("last", "before") if backwards else ("first", "after")
    rows = expected[::-1] if backwards else expected
    start, cursor = 0, None
    for _ in range(2):
        answer = await both_ways.ask(ours, role, text, asked | {ways[0]: size, ways[1]: cursor})
        assert isinstance(answer, dict), (answer, asked)
        edges = answer[list_]["edges"][::-1] if backwards else answer[list_]["edges"]
        shown, info = rows[start : start + size], answer[list_]["pageInfo"]
        assert [edge["node"] for edge in edges] == shown, (role, asked)
        assert answer[list_]["totalCount"] == len(expected)
        beyond, before = start + size < len(rows), cursor is not None
        assert (info["hasNextPage"], info["hasPreviousPage"]) == (
            (before, beyond) if backwards else (beyond, before)
        )
        if not edges:
            return
        place = dice.randrange(len(edges))
        start, cursor = start + place + 1, edges[place]["cursor"]


async def test_the_oracle_is_asked_about_something(ours: Contractor, books: Books):
    """Without variety among people and rows the comparison would prove little."""
    counts, codes = {}, set()
    for role in ROLES:
        viewer = Viewer(books, next(row for row in books.rows["member"] if row["id"] == ours.members[role]))
        found = LISTS["commitments"](viewer, {}, None)
        counts[role] = (len(found), len(LISTS["companies"](viewer, {}, None)))
        codes |= {reason["code"] for row in found for reason in row["viewerCan"]["send"]["reasons"]}
        if role == "project_manager":
            assert any(row["viewerCan"]["send"]["allowed"] for row in found)

    assert counts["project_manager"] == (24, 11)
    assert counts["outsider"] == (8, 0)
    assert counts["bi_reader"] == counts["approver"] == (40, 11)
    assert len(codes) >= 13
