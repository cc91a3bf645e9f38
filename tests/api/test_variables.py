"""Variables are coerced as graphql-core does: defaults honoured, what is missing or bad refused, values bound."""

import pytest
from calling import BothWays

PAGE = "query ($first: Int = 3) { commitments(first: $first) { nodes { id } totalCount } }"
ORDERED = (
    "query ($order: CommitmentOrder) { commitments(first: 40, orderBy: $order) { nodes { number id } } }"
)
FILTERED = "query ($filter: CommitmentFilter) { commitments(first: 40, filter: $filter) { nodes { id } totalCount } }"


def ids(data) -> list[str]:
    return [node["id"] for node in data["commitments"]["nodes"]]


async def test_a_defaulted_page_size_is_honoured(both_ways: BothWays, ours):
    assert len(ids(await both_ways.ask(ours, "approver", PAGE))) == 3
    assert len(ids(await both_ways.ask(ours, "approver", PAGE, {}))) == 3
    assert len(ids(await both_ways.ask(ours, "approver", PAGE, {"first": 5}))) == 5
    assert len(ids(await both_ways.ask(ours, "approver", PAGE, {"first": 1}))) == 1


async def test_an_explicit_null_beats_the_default(both_ways: BothWays, ours):
    assert await both_ways.ask(ours, "approver", PAGE, {"first": None}) == "BAD_PAGE"


@pytest.mark.parametrize(
    "value",
    [2**31, -(2**31) - 1, 2**53 + 1, 10**30, 1.5, "3", True, [], [3], {}, {"a": 1}],
    ids=str,
)
async def test_a_page_size_that_is_no_int_is_refused(both_ways: BothWays, ours, value):
    expected = "BAD_VARIABLES"
    if value == [3]:
        expected = "BAD_VARIABLES"  # a list is not unwrapped

    assert await both_ways.ask(ours, "approver", PAGE, {"first": value}) == expected


@pytest.mark.parametrize("value", [0, -1, 101, 2**31 - 1, -(2**31)])
async def test_a_page_size_out_of_range_is_refused(both_ways: BothWays, ours, value):
    assert await both_ways.ask(ours, "approver", PAGE, {"first": value}) == "BAD_PAGE"


async def test_a_whole_number_with_a_point_is_an_int(both_ways: BothWays, ours):
    assert len(ids(await both_ways.ask(ours, "approver", PAGE, {"first": 2.0}))) == 2


async def test_a_required_variable_must_be_there(both_ways: BothWays, ours):
    text = "query ($id: ID!) { node(id: $id) { id } }"

    assert await both_ways.ask(ours, "approver", text) == "BAD_VARIABLES"
    assert await both_ways.ask(ours, "approver", text, {"id": None}) == "BAD_VARIABLES"
    assert await both_ways.ask(ours, "approver", text, {"ID": "x"}) == "BAD_VARIABLES"
    assert await both_ways.ask(ours, "approver", text, {"id": {"x": 1}}) == "BAD_VARIABLES"
    assert await both_ways.ask(ours, "approver", text, {"id": 7}) == {"node": None}


async def test_variables_that_nobody_declared_are_ignored(both_ways: BothWays, ours):
    data = await both_ways.ask(ours, "approver", PAGE, {"first": 2, "other": {"deep": [1, 2, {"x": None}]}})

    assert len(ids(data)) == 2


async def test_an_optional_variable_left_out_leaves_the_argument_out(both_ways: BothWays, ours):
    text = "query ($after: String, $f: CommitmentFilter, $o: CommitmentOrder)" + (
        "{ commitments(first: 4, after: $after, filter: $f, orderBy: $o) { nodes { id } } }"
    )

    plain = ids(await both_ways.ask(ours, "approver", "{ commitments(first: 4) { nodes { id } } }"))

    assert ids(await both_ways.ask(ours, "approver", text)) == plain
    assert ids(await both_ways.ask(ours, "approver", text, {"after": None, "f": None, "o": None})) == plain


async def test_each_order_by_variable_is_an_order_of_its_own(both_ways: BothWays, ours):
    found = {
        order: ids(await both_ways.ask(ours, "approver", ORDERED, {"order": order}))
        for order in ("NUMBER_ASC", "NUMBER_DESC", "OLDEST_FIRST", "NEWEST_FIRST", "NUMBER_ASC")
    }

    assert found["NUMBER_ASC"] == found["NUMBER_DESC"][::-1]
    assert found["OLDEST_FIRST"] == found["NEWEST_FIRST"][::-1]
    assert found["NUMBER_ASC"] != found["OLDEST_FIRST"]
    assert await both_ways.ask(ours, "approver", ORDERED, {"order": "number_asc"}) == "BAD_VARIABLES"


async def test_filters_by_variable_are_planned_by_their_keys_and_bound_by_their_values(
    both_ways: BothWays, ours
):
    async def count(**given: object) -> int:
        return (await both_ways.ask(ours, "approver", FILTERED, {"filter": given}))["commitments"][
            "totalCount"
        ]

    assert await count() == 40
    assert await count(kind={"eq": "PURCHASE_ORDER"}) == 7
    assert await count(kind={"eq": "SUBCONTRACT"}) == 33
    assert await count(kind=None) == 40
    assert await count(kind={}) == 40
    assert await count(kind={"in": []}) == 0
    assert await count(kind={"in": None}) == 40
    assert await count(kind={"in": "SUBCONTRACT"}) == 33  # one value is a list of one
    assert await count(kind={"in": ["SUBCONTRACT", "PURCHASE_ORDER"]}) == 40
    assert await count(company={"eq": None}) == 4
    assert (
        await count(company={"in": ours.ids("com")[:2]}) + await count(company={"in": ours.ids("com")[2:]})
        == 36
    )
    assert await count(startDate={"gte": "2026-06-01"}) + await count(startDate={"lte": "2026-05-31"}) == 34
    assert await count(startDate={"eq": None}) == 6
    assert await count(linkState={"eq": "SYNCED"}, kind={"eq": "PURCHASE_ORDER"}) == 2


@pytest.mark.parametrize(
    "given",
    [
        {"colour": {"eq": "red"}},
        {"kind": {"eq": "subcontract"}},
        {"kind": {"like": "S"}},
        {"kind": {"in": [None]}},
        {"kind": "SUBCONTRACT"},
        {"startDate": {"eq": "2026-02-30"}},
        {"startDate": {"eq": "20260101"}},
        {"startDate": {"eq": 20260101}},
        {"originalAmount": {"eq": 10.5}},
        {"originalAmount": {"eq": "1e2"}},
        {"originalAmount": {"eq": "1,000.00"}},
        {"originalAmount": {"eq": "0.123456789012345678901234567890"}},
        {"originalAmount": {"eq": "12345678901234567890.00"}},
        {"originalAmount": {"eq": "NaN"}},
        {"originalAmount": {"gte": "١٢"}},
        {"number": {"eq": 5}},
        "x",
        [{"colour": 1}],
    ],
    ids=str,
)
async def test_filters_that_do_not_fit_are_refused(both_ways: BothWays, ours, given):
    assert await both_ways.ask(ours, "approver", FILTERED, {"filter": given}) == "BAD_VARIABLES"


@pytest.mark.parametrize("value", ["10.001", "0.0001"])
async def test_an_amount_finer_than_a_cent_is_refused_and_not_rounded(both_ways: BothWays, ours, value):
    assert (
        await both_ways.ask(ours, "approver", FILTERED, {"filter": {"originalAmount": {"gte": value}}})
        == "BAD_VARIABLES"
    )


async def test_amounts_compare_to_the_cent(both_ways: BothWays, ours):
    async def count(**given: object) -> int:
        asked = {"filter": {"originalAmount": given}}
        return (await both_ways.ask(ours, "approver", FILTERED, asked))["commitments"]["totalCount"]

    assert (
        await count(eq="0.00")
        == await count(eq="0")
        == await count(eq="-0")
        == await count(eq="0.0000")
        == 10
    )
    assert await count(gte="-9999999999999999.99", lte="9999999999999999.99") == 40
    assert await count(gte="0.01") + await count(lte="0.00") == 40


@pytest.mark.parametrize("text", ["\x00", "a\x00b"])
@pytest.mark.parametrize("how", ["variable", "literal", "search"])
async def test_a_text_that_postgres_cannot_hold_is_refused(both_ways: BothWays, ours, text, how):
    quoted = text.replace("\x00", "\\u0000")
    asked = {
        "variable": (FILTERED, {"filter": {"number": {"eq": text}}}),
        "literal": (
            '{ commitments(first: 1, filter: {number: {in: ["%s"]}}) { totalCount } }' % quoted,
            None,
        ),
        "search": ('{ commitments(first: 1, filter: {search: "%s"}) { totalCount } }' % quoted, None),
    }[how]

    assert await both_ways.ask(ours, "approver", *asked) == "BAD_STRING"


async def test_a_default_may_be_a_whole_filter(both_ways: BothWays, ours):
    text = """query ($f: CommitmentFilter = {kind: {eq: PURCHASE_ORDER}}, $o: CommitmentOrder = NUMBER_DESC) {
        commitments(first: 40, filter: $f, orderBy: $o) { nodes { id } } }"""

    assert len(ids(await both_ways.ask(ours, "approver", text))) == 7
    assert len(ids(await both_ways.ask(ours, "approver", text, {"f": {}}))) == 40
    assert len(ids(await both_ways.ask(ours, "approver", text, {"f": None}))) == 40


async def test_a_variable_inside_a_filter(both_ways: BothWays, ours):
    text = """query ($kind: CommitmentKind, $states: [LinkState!] = [SYNCED], $words: String) {
        commitments(first: 40, filter: {kind: {eq: $kind}, linkState: {in: $states}, search: $words}) { nodes { id } } }"""

    # A null `eq` asks for rows without the value; a variable that is not given leaves `eq` out.
    assert len(ids(await both_ways.ask(ours, "approver", text))) == 4
    assert len(ids(await both_ways.ask(ours, "approver", text, {"kind": "PURCHASE_ORDER"}))) == 2
    assert (
        len(ids(await both_ways.ask(ours, "approver", text, {"kind": "PURCHASE_ORDER", "states": None}))) == 7
    )
    assert len(ids(await both_ways.ask(ours, "approver", text, {"words": "works 2"}))) == 2
    assert ids(await both_ways.ask(ours, "approver", text, {"kind": None})) == []


async def test_one_variable_used_twice(both_ways: BothWays, ours):
    text = """query ($n: Int! = 2) { a: commitments(first: $n) { nodes { lines { amount } } } b: companies(last: $n) { nodes {
        commitments(first: $n) { nodes { id } } } } }"""

    data = await both_ways.ask(ours, "approver", text)
    assert (len(data["a"]["nodes"]), len(data["b"]["nodes"])) == (2, 2)


async def test_search_takes_wildcards_literally(both_ways: BothWays, ours):
    text = "query ($s: String) { companies(first: 20, filter: {search: $s}) { nodes { name } } }"

    async def names(search: str) -> list[str]:
        return [
            node["name"]
            for node in (await both_ways.ask(ours, "approver", text, {"s": search}))["companies"]["nodes"]
        ]

    assert await names("%") == ["100% Steel"]
    assert await names("_") == ["Under_score Ltd"]
    assert await names("\\") == []
    assert await names("'; drop table company; --") == []
    assert set(await names("ACME")) == {"Acme Concrete", "acme concrete", "ACME CONCRETE"}
    assert len(await names("")) == 11
