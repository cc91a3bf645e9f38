"""Documents made to cost much are refused before they cost anything."""

import pytest
from calling import NEW
from test_http import refusal


def aliases(count: int) -> str:
    return "{ " + " ".join(f"a{n}: viewer {{ id }}" for n in range(count)) + " }"


def deep(levels: int) -> str:
    return (
        "{ commitments(first: 1) { nodes { "
        + "company { commitments(first: 1) { nodes { " * levels
        + "id"
        + " } } }" * levels
        + " } } }"
    )


QUADRATIC = (
    "{ "
    + " ".join(f"...F{n}" for n in range(90))
    + " } "
    + " ".join(f"fragment F{n} on Query {{ viewer {{ id name }} viewer {{ a{n}: id }} }}" for n in range(90))
)
OF_TYPE = "{ __schema { types { fields { type " + "{ ofType " * 12 + "{ name }" + " }" * 12 + " } } } }"
EXPONENTIAL = (
    "{ ...F0 } "
    + " ".join(
        f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} a{n}: viewer {{ id }} ... {{ ...F{n + 1} }} }}"
        for n in range(40)
    )
    + " fragment F40 on Query { viewer { id } }"
)

COSTLY = {
    "20,000 aliases": aliases(20_000),
    "2,000 aliases": aliases(2_000),
    "one field 10,000 times": "{ viewer { " + "id " * 10_000 + "} }",
    "one field 2,000 times": "{ viewer { " + "id " * 2_000 + "} }",
    "nested too deep": deep(10),
    "selections nested by the thousand": "{ viewer " * 5_000,
    "closed selections nested by the thousand": "{ viewer " * 1_000 + "{ id }" + " }" * 1_000,
    "fragments in fragments by the hundred": "{ " + "... { " * 600 + "viewer { id } " + "} " * 600 + "}",
    "fragments that double": EXPONENTIAL,
    "fragments to be merged by the hundred": QUADRATIC,
    "one object 300 times": "{ " + "viewer { id } " * 300 + "}",
    "one object 200 times in fragments": "{ "
    + "... on Query { viewer { ... on Member { id } } } " * 200
    + "}",
    "one key of two fields 300 times": "{ viewer { " + "a: id a: name " * 300 + "} }",
    "fragments that nobody spreads": "{ __typename } "
    + "".join(f"fragment F{n} on Member {{ id }} " for n in range(200)),
    "operations by the hundred": "".join(f"query Q{n} {{ __typename }} " for n in range(200)),
    "lists in a value by the thousand": "{ nodes(ids: " + "[" * 1_500 + "]" * 1_500 + ") { id } }",
    "objects in a value by the thousand": "{ commitments(filter: "
    + "{number: " * 800
    + "1"
    + "}" * 800
    + ") { totalCount } }",
    "directives by the thousand": "{ viewer { id " + "@skip(if: false) " * 1_000 + "} }",
    "introspection nested deep": OF_TYPE,
    "an alias of 10,000 letters": "{ " + "a" * 10_000 + ": __typename }",
    "rows by the million": """{ companies(first: 100) { nodes { commitments(first: 100) { nodes { lines { amount }
        history(first: 100) { nodes { id } } } } } } }""",
    "rows of three lists": """{ projects(first: 100) { nodes { commitments(first: 100) { nodes { company {
        commitments(first: 100) { nodes { id } } } } } } } }""",
    "many lists side by side": "{ "
    + " ".join(f"a{n}: commitments(first: 100) {{ nodes {{ lines {{ amount }} }} }}" for n in range(30))
    + " }",
}


@pytest.mark.parametrize("name", COSTLY)
async def test_a_costly_document_is_refused(by, name):
    status, code = refusal(await by("approver").post(COSTLY[name]))

    assert (status, code) == (422, "COST_LIMIT")


async def test_the_cost_is_told_where_it_is_too_high(by):
    answer = await by("approver").post(COSTLY["rows by the million"])

    assert (
        "1111101" in answer.json()["errors"][0]["message"]
        or "at most 20000" in answer.json()["errors"][0]["message"]
    )


async def test_a_bulk_key_may_cost_more_but_not_without_end(by):
    page = "{ commitments(first: 1000) { nodes { lines { amount } } } }"

    assert (await by("bi_reader").post(page)).status_code == 200
    assert (
        await by("bi_reader").code(
            "{ companies(first: 1000) { nodes { commitments(first: 1000) { nodes { id } } } } }"
        )
        == "COST_LIMIT"
    )


@pytest.mark.parametrize(
    "text",
    [
        "{ ...F } fragment F on Query { ...F }",
        "{ ...F } fragment F on Query { viewer { id } ...G } fragment G on Query { ...F }",
        "{ viewer { ...M } } fragment M on Member { projects { project { lastRun { requestedBy { ...M } } } } }",
        "{ __typename } fragment F on Query { ...F }",
    ],
)
async def test_fragments_in_a_circle_are_refused(by, text):
    assert refusal(await by("approver").post(text)) == (422, "GRAPHQL_VALIDATION_FAILED")


async def test_of_many_errors_five_are_told(by):
    text = "{ viewer { " + " ".join(f"x{n}" for n in range(150)) + " } }"

    for _ in range(3):
        answer = await by("approver").post(text)
        assert refusal(answer) == (422, "GRAPHQL_VALIDATION_FAILED")
        assert len(answer.json()["errors"]) == 5


@pytest.mark.parametrize(
    "text",
    [
        "{ viewer { nam } }",
        "{ viewr { id } }",
        "{ commitments(firs: 1) { totalCount } }",
        "{ commitments(first: 1, orderBy: NUMBER_AS) { totalCount } }",
        "{ commitments(first: 1, filter: {numbr: {eq: 1}}) { totalCount } }",
        "query ($o: CommitmentOrdr) { commitments(first: 1, orderBy: $o) { totalCount } }",
        "{ viewer { ... on Membr { id } } }",
    ],
)
async def test_a_misspelling_is_refused_without_a_suggestion(by, text):
    answer = await by("approver").post(text, accept=NEW)

    assert refusal(answer) == (422, "GRAPHQL_VALIDATION_FAILED")


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        (
            "query ($o: CommitmentOrder) { commitments(first: 1, orderBy: $o) { totalCount } }",
            {"o": "NUMBER_AS"},
        ),
        (
            "query ($f: CommitmentFilter) { commitments(first: 1, filter: $f) { totalCount } }",
            {"f": {"numbr": {"eq": "1"}}},
        ),
    ],
)
async def test_a_misspelt_variable_is_refused_without_a_suggestion(by, text, variables):
    assert refusal(await by("approver").post(text, variables)) == (422, "BAD_VARIABLES")


async def test_the_same_refused_document_again_is_kept_nowhere(by, application):
    kept = application.state.engine.documents._kept._kept
    before = len(kept)

    for n in range(20):
        await by("approver").code(f"{{ viewer {{ nothing{n} }} }}")

    assert len(kept) == before
