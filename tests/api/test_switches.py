"""`@skip` and `@include`, by literal and by variable, decide what the statement reads and what the answer holds."""

import pytest
from calling import BothWays

TEXT = """
query ($yes: Boolean!, $no: Boolean = false, $maybe: Boolean! = true) {
  viewer { id name @include(if: $yes) erpLevel @skip(if: $yes) isActive @include(if: $no) email @skip(if: $no) }
  systems @include(if: $maybe) { id }
  commitments(first: 2) @skip(if: $yes) { totalCount }
  commitments(first: 2) { nodes { number ...More @include(if: $yes) ... @skip(if: $no) { title } } }
}
fragment More on Commitment { link { state } }
"""


async def test_a_switch_by_variable_acts_both_ways_under_one_document(both_ways: BothWays, ours):
    on = await both_ways.ask(ours, "approver", TEXT, {"yes": True})
    off = await both_ways.ask(ours, "approver", TEXT, {"yes": False})
    again = await both_ways.ask(ours, "approver", TEXT, {"yes": True})

    assert list(on["viewer"]) == ["id", "name", "email"]
    assert list(off["viewer"]) == ["id", "erpLevel", "email"]
    assert list(on["commitments"]["nodes"][0]) == ["number", "link", "title"]
    assert list(off["commitments"]) == ["totalCount", "nodes"]
    assert on == again


@pytest.mark.parametrize(
    ("variables", "keys"),
    [
        ({"yes": True, "no": True}, ["id", "name", "isActive"]),
        ({"yes": True, "no": False}, ["id", "name", "email"]),
        ({"yes": False, "no": True}, ["id", "erpLevel", "isActive"]),
    ],
)
async def test_a_default_gives_way_to_a_value(both_ways: BothWays, ours, variables, keys):
    data = await both_ways.ask(ours, "approver", TEXT, variables)

    assert list(data["viewer"]) == keys


async def test_a_switch_with_a_default_may_be_set(both_ways: BothWays, ours):
    assert "systems" in await both_ways.ask(ours, "approver", TEXT, {"yes": True})
    assert "systems" not in await both_ways.ask(ours, "approver", TEXT, {"yes": True, "maybe": False})


@pytest.mark.parametrize(
    "variables",
    [None, {}, {"yes": None}, {"yes": "true"}, {"yes": 1}, {"yes": True, "maybe": None}],
    ids=["none", "missing", "null", "text", "number", "null against a default"],
)
async def test_a_switch_without_a_truth_is_refused(both_ways: BothWays, ours, variables):
    assert await both_ways.ask(ours, "approver", TEXT, variables) == "BAD_VARIABLES"


@pytest.mark.parametrize(
    ("switches", "there"),
    [
        ("@skip(if: true)", False),
        ("@skip(if: false)", True),
        ("@include(if: true)", True),
        ("@include(if: false)", False),
        ("@skip(if: true) @include(if: true)", False),
        ("@skip(if: false) @include(if: true)", True),
        ("@skip(if: false) @include(if: false)", False),
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "{ viewer { id name %s } }",
        "{ viewer { id ... %s { name } } }",
        "{ viewer { id ... on Member %s { name } } }",
        "{ viewer { id ...N %s } } fragment N on Member { name }",
    ],
)
async def test_literal_switches(both_ways: BothWays, ours, text, switches, there):
    data = await both_ways.ask(ours, "approver", text % switches)

    assert ("name" in data["viewer"]) is there


async def test_a_field_skipped_in_one_place_stays_in_the_other(both_ways: BothWays, ours):
    data = await both_ways.ask(ours, "approver", "{ viewer { name @skip(if: true) id ... { name } } }")

    assert list(data["viewer"]) == ["id", "name"]


@pytest.mark.parametrize(
    "text",
    [
        "{ viewer @skip(if: true) { id } }",
        "{ viewer { id @skip(if: true) } }",
        "{ commitments(first: 3) { nodes { id @skip(if: true) } totalCount @skip(if: true) } }",
        "{ commitments(first: 3) { nodes { lines { amount @skip(if: true) } link { state @skip(if: true) } } } }",
        "{ commitments(first: 3) { nodes @skip(if: true) { id } } }",
        "{ commitments(first: 3) { pageInfo { hasNextPage @skip(if: true) } edges { cursor @skip(if: true) } } }",
        "{ commitments(first: 3) { nodes { viewerCan { send @skip(if: true) { allowed } } } } }",
        "{ commitments(first: 3) { nodes { viewerCan { send { allowed @skip(if: true) } } } } }",
        "{ commitments(first: 3) { nodes { viewerCan { send { reasons { code @skip(if: true) } } } } } }",
        "{ commitments(first: 3) { nodes { viewerCan { send { reasons { grant { tool @skip(if: true) } } } } } } }",
        "{ commitments(first: 9) { nodes { company { id @skip(if: true) } origin { id @skip(if: true) } } } }",
    ],
)
async def test_what_is_left_empty_is_an_empty_object(both_ways: BothWays, ours, text):
    for role in ("read_only", "approver"):
        assert isinstance(await both_ways.ask(ours, role, text), dict)


async def test_two_documents_that_differ_in_a_switch_alone_have_answers_of_their_own(
    both_ways: BothWays, ours
):
    for _ in range(2):
        assert (
            "name"
            in (await both_ways.ask(ours, "approver", "{ viewer { id name @skip(if: false) } }"))["viewer"]
        )
        assert (
            "name"
            not in (await both_ways.ask(ours, "approver", "{ viewer { id name @skip(if: true) } }"))["viewer"]
        )
