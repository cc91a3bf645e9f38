"""Pages: every row once and in order, forwards and backwards; a cursor opens its own list and no other."""

import pytest
from calling import BothWays, Caller

LISTS = {
    "commitments": (
        "NEWEST_FIRST",
        "OLDEST_FIRST",
        "NUMBER_ASC",
        "NUMBER_DESC",
        "ORIGINAL_AMOUNT_ASC",
        "ORIGINAL_AMOUNT_DESC",
    ),
    "companies": ("NEWEST_FIRST", "NAME_ASC", "NAME_DESC"),
    "projects": ("NUMBER_DESC", "NAME_ASC"),
    "costCodes": ("CODE_DESC",),
    "costTypes": ("CODE_ASC",),
    "budgetChanges": ("AMOUNT_DESC",),
    "commitmentChangeOrders": ("NUMBER_ASC", "AMOUNT_DESC"),
    "payments": ("AMOUNT_ASC",),
    "directCosts": ("NEWEST_FIRST", "AMOUNT_ASC"),
}
ORDERS = [(name, order) for name, orders in LISTS.items() for order in orders]
PAGE = """query ($first: Int, $after: String, $last: Int, $before: String) {
    %s(first: $first, after: $after, last: $last, before: $before, orderBy: %s) {
        nodes { id } edges { cursor node { id } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }"""
FIRST = "{ commitments(first: 3) { pageInfo { endCursor } edges { cursor } } }"


async def page(both_ways: BothWays, ours, name: str, order: str, **given: object) -> dict:
    data = await both_ways.ask(ours, "approver", PAGE % (name, order), given)
    found: dict = data[name]
    assert [edge["node"]["id"] for edge in found["edges"]] == [node["id"] for node in found["nodes"]]
    cursors = [edge["cursor"] for edge in found["edges"]]
    info = found["pageInfo"]
    assert [info["startCursor"], info["endCursor"]] == (
        [cursors[0], cursors[-1]] if cursors else [None, None]
    )
    return found


def ids(found: dict) -> list[str]:
    return [node["id"] for node in found["nodes"]]


@pytest.mark.parametrize(("name", "order"), ORDERS)
async def test_pages_forwards_hold_every_row_once_in_order(both_ways: BothWays, ours, name, order):
    whole = await page(both_ways, ours, name, order, first=100)

    walked: list[str] = []
    after = None
    while True:
        found = await page(both_ways, ours, name, order, first=3, after=after)
        walked += ids(found)
        assert found["totalCount"] == whole["totalCount"] == len(ids(whole))
        assert found["pageInfo"]["hasPreviousPage"] is (after is not None)
        if not found["pageInfo"]["hasNextPage"]:
            break
        after = found["pageInfo"]["endCursor"]

    assert walked == ids(whole)
    assert len(set(walked)) == len(walked)


@pytest.mark.parametrize(("name", "order"), ORDERS)
async def test_pages_backwards_hold_the_same_rows_in_the_same_order(both_ways: BothWays, ours, name, order):
    whole = ids(await page(both_ways, ours, name, order, first=100))

    walked: list[str] = []
    before = None
    while True:
        found = await page(both_ways, ours, name, order, last=4, before=before)
        walked = ids(found) + walked
        assert found["pageInfo"]["hasNextPage"] is (before is not None)
        if not found["pageInfo"]["hasPreviousPage"]:
            break
        before = found["pageInfo"]["startCursor"]

    assert walked == whole


async def test_a_page_that_just_fits_says_that_nothing_follows(both_ways: BothWays, ours):
    for size, more in ((39, True), (40, False), (41, False)):
        found = await page(both_ways, ours, "commitments", "NUMBER_ASC", first=size)
        assert found["pageInfo"]["hasNextPage"] is more


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "(orderBy: NUMBER_ASC)",
        "(first: 3, last: 3)",
        "(first: null)",
        "(first: 0)",
        "(first: -1)",
        "(last: 0)",
        "(first: 101)",
        "(last: 101)",
        '(first: 1, before: "x")',
        '(last: 1, after: "x")',
    ],
)
async def test_a_page_without_one_good_size_is_refused(both_ways: BothWays, ours, arguments):
    text = "{ commitments%s { nodes { id } } }" % arguments

    assert await both_ways.ask(ours, "approver", text) == "BAD_PAGE"


async def test_a_bulk_key_may_ask_for_a_thousand(both_ways: BothWays, ours):
    text = "{ commitments(first: %d) { nodes { id } } }"

    assert len((await both_ways.ask(ours, "bi_reader", text % 1000))["commitments"]["nodes"]) == 40
    assert await both_ways.ask(ours, "bi_reader", text % 1001) == "BAD_PAGE"


AFTER = "query ($after: String!) { %s { nodes { id } } }"


async def cursor(both_ways: BothWays, who, role: str = "approver", text: str = FIRST) -> str:
    data = await both_ways.ask(who, role, text)
    found: str = data["commitments"]["pageInfo"]["endCursor"]
    return found


@pytest.mark.parametrize(
    "list_",
    [
        "commitments(first: 3, after: $after, orderBy: NUMBER_ASC)",
        "commitments(first: 3, after: $after, orderBy: OLDEST_FIRST)",
        "commitments(first: 3, after: $after, filter: {kind: {eq: SUBCONTRACT}})",
        "companies(first: 3, after: $after)",
        "syncRuns(first: 3, after: $after)",
    ],
)
async def test_a_cursor_of_another_list_order_or_filter_is_refused(both_ways: BothWays, ours, list_):
    made = await cursor(both_ways, ours)

    assert await both_ways.ask(ours, "approver", AFTER % list_, {"after": made}) == "BAD_CURSOR"


async def test_a_cursor_of_one_filter_serves_the_same_filter_however_written(both_ways: BothWays, ours):
    made = await cursor(
        both_ways,
        ours,
        text='{ commitments(first: 3, filter: {kind: {eq: SUBCONTRACT}, originalAmount: {gte: "0.00"}}) { pageInfo { endCursor } } }',
    )
    text = "query ($after: String!, $f: CommitmentFilter) { commitments(first: 3, after: $after, filter: $f) { nodes { id } } }"

    same = {"originalAmount": {"gte": "0.00"}, "kind": {"eq": "SUBCONTRACT"}}
    other = {"originalAmount": {"gte": "0.01"}, "kind": {"eq": "SUBCONTRACT"}}

    assert isinstance(await both_ways.ask(ours, "approver", text, {"after": made, "f": same}), dict)
    assert await both_ways.ask(ours, "approver", text, {"after": made, "f": other}) == "BAD_CURSOR"


async def test_a_cursor_of_another_account_is_refused(both_ways: BothWays, ours, theirs):
    made = await cursor(both_ways, theirs)
    list_ = AFTER % "commitments(first: 3, after: $after)"

    assert isinstance(await both_ways.ask(theirs, "approver", list_, {"after": made}), dict)
    assert await both_ways.ask(ours, "approver", list_, {"after": made}) == "BAD_CURSOR"


async def test_a_tampered_cursor_is_refused(both_ways: BothWays, ours):
    made = await cursor(both_ways, ours)
    content, _, mac = made.partition(".")
    flipped = ("A" if made[3] != "A" else "B").join((made[:3], made[4:]))
    bad = [
        "",
        ".",
        "0",
        "-1",
        "junk",
        "é" * 20,
        "YXJyYXljb25uZWN0aW9uOi0x",
        content,
        content + ".",
        "." + mac,
    ]
    bad += [
        flipped,
        made + "0",
        made.upper(),
        content + "." + "0" * 32,
        made[:-1],
        f" {made}",
        "A" * 10_000,
        "\u2028.\u2028",
    ]

    for text in bad:
        asked = AFTER % "commitments(first: 3, after: $after)"
        assert await both_ways.ask(ours, "approver", asked, {"after": text}) == "BAD_CURSOR", text


async def test_a_cursor_between_rows_stays_where_it_is_when_rows_come_and_go(
    both_ways: BothWays, ours, app_pool
):
    before = await page(both_ways, ours, "costTypes", "CODE_ASC", first=1)
    async with app_pool.transaction(ours.account) as connection:
        ours.books.connection = connection
        extra = await ours.books.cost_type("LA", "Between")

    after = await page(
        both_ways, ours, "costTypes", "CODE_ASC", first=5, after=before["pageInfo"]["endCursor"]
    )

    assert ids(after) == [f"cty_{extra}", ours.ids("cty")[1]]
    async with app_pool.transaction(ours.account) as connection:
        for table, column in (("link", "object_id"), ("cost_type", "id")):
            await connection.execute(
                f"delete from {table} where account_id = $1 and {column} = $2", ours.account, extra
            )


async def test_nested_lists_page_for_themselves(both_ways: BothWays, ours):
    text = """query ($after: String) { project(id: "%s") { a: commitments(first: 3) { pageInfo { endCursor } nodes { id } }
        b: commitments(first: 8, after: $after) { nodes { id } } c: commitments(last: 2) { nodes { id } } } }""" % ours.ids(
        "prj"
    )[0]

    first = (await both_ways.ask(ours, "approver", text))["project"]
    after = first["a"]["pageInfo"]["endCursor"]
    rest = (await both_ways.ask(ours, "approver", text, {"after": after}))["project"]

    assert ids(first["b"]) == ids(first["a"]) + ids(rest["b"])
    assert ids(rest["b"])[-2:] == ids(first["c"])
    assert len(ids(first["b"])) == 8


async def test_a_nested_list_of_another_parent_refuses_the_cursor_of_the_first(both_ways: BothWays, ours):
    one, other = ours.ids("prj")[:2]
    text = """query ($id: ID!, $after: String) {
        project(id: $id) { commitments(first: 2, after: $after) { pageInfo { endCursor } nodes { id } } } }"""

    made = (await both_ways.ask(ours, "approver", text, {"id": one}))["project"]["commitments"]["pageInfo"][
        "endCursor"
    ]
    beside = await both_ways.ask(ours, "approver", text, {"id": other, "after": made})

    # The place is a row's own order value and id: under another parent it can only skip rows that come before it.
    own = {
        node["id"]
        for node in (await both_ways.ask(ours, "approver", text, {"id": other}))["project"]["commitments"][
            "nodes"
        ]
    }
    assert {node["id"] for node in beside["project"]["commitments"]["nodes"]} - own != set() or own


async def test_pages_of_history_and_runs(both_ways: BothWays, ours):
    text = """query ($after: String) { commitment(id: "%s") { history(first: 2, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { id action actor { name } after before cause position } } } }""" % (
        ours.ids("cmt")[0]
    )

    first = (await both_ways.ask(ours, "approver", text))["commitment"]["history"]
    rest = (await both_ways.ask(ours, "approver", text, {"after": first["pageInfo"]["endCursor"]}))[
        "commitment"
    ]["history"]

    assert first["totalCount"] == 3
    assert [len(ids(first)), len(ids(rest))] == [2, 1]
    assert ids(first) + ids(rest) == sorted(ids(first) + ids(rest), reverse=True)


async def test_the_count_over_http_carries_its_cost(by: Caller):
    answer = await by("approver").post("{ commitments(first: 7) { totalCount nodes { lines { amount } } } }")

    assert answer.json()["extensions"] == {"cost": {"rows": 1 + 7 + 7 * 10}}
