"""Variables and arguments are coerced as graphql-core coerces them, though less is done again for each request."""

from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    OperationDefinitionNode,
    Visitor,
    parse,
    validate,
    visit,
)
from graphql.execution.values import VariableValues, get_argument_values, get_variable_values
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.api.inputs import Inputs
from hub.api.plan.binds import Field, Request
from hub.api.schema import build
from hub.errors import RequestRefused

SCHEMA = build()[0]
TEXT = """
query ($n: Int, $m: Int! = 3, $id: ID!, $ids: [ID!]! = ["a"], $f: CommitmentFilter, $g: CommitmentFilter = {kind: {eq: SUBCONTRACT}},
       $o: CommitmentOrder = NUMBER_ASC, $k: CommitmentKind, $s: String, $d: Date, $states: [LinkState!], $amount: Decimal) {
  a: commitments(first: $n, filter: $f, orderBy: $o, after: $s) { totalCount }
  b: commitments(last: $m, filter: $g) { totalCount }
  c: commitments(first: 2, filter: {kind: {eq: $k}, linkState: {in: $states}, startDate: {gte: $d}, originalAmount: {lte: $amount}}) {
    totalCount }
  d: node(id: $id) { id }  e: nodes(ids: $ids) { id }  f: nodes(ids: ["x", "y"]) { id }
  g: nodes(ids: [$id, "z"]) { id }  h: companies(first: 1, filter: {search: $s, name: {in: ["a"]}}) { totalCount }
}
"""
OPERATION = parse(TEXT).definitions[0]
NAMES = ("n", "m", "id", "ids", "f", "g", "o", "k", "s", "d", "states", "amount", "unknown")
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**33), 2**33)
    | st.floats(allow_nan=False, width=32)
    | st.sampled_from(
        ("SUBCONTRACT", "NUMBER_DESC", "SYNCED", "2026-03-01", "2026-02-30", "10.50", "1e2", "", "x", "cmt_1")
    )
)
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.fixed_dictionaries({}, optional={"eq": LEAVES, "in": st.lists(LEAVES, max_size=2)}),
        "originalAmount": st.fixed_dictionaries({}, optional={"gte": st.just("1.00") | LEAVES}),
        "search": LEAVES,
        "nothing": LEAVES,
    },
)
VALUES = LEAVES | st.lists(LEAVES, max_size=3) | FILTERS
# Most requests fit but for one variable, or nothing would be said of those that fit.
GOOD: dict[str, Any] = {"id": "cmt_1"}
MAYBE = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=2).map(lambda some: GOOD | some)


def by_graphql_core(given_: dict[str, Any]) -> VariableValues | str:
    assert isinstance(OPERATION, OperationDefinitionNode)
    found = get_variable_values(
        SCHEMA, OPERATION.variable_definitions or (), given_, max_errors=5, hide_suggestions=True
    )
    return found[0].message if isinstance(found, list) else found


def by_us(given_: dict[str, Any]) -> VariableValues | str:
    assert isinstance(OPERATION, OperationDefinitionNode)
    try:
        return Inputs(SCHEMA, OPERATION).coerce(given_)
    except RequestRefused as refused:
        return refused.message


class Fields(Visitor):
    """The root fields of the document, with their definitions."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[GraphQLField, FieldNode]] = []

    def enter_field(self, node: FieldNode, *_: object) -> None:
        definition = SCHEMA.query_type.fields.get(node.name.value) if SCHEMA.query_type else None
        if definition is not None and node.arguments:
            self.found.append((definition, node))


FIELDS = Fields()
visit(OPERATION, FIELDS)


def arguments(of: Any, *given_: Any) -> Any:
    try:
        return of(*given_)
    except GraphQLError as error:
        return error.message


def test_the_document_is_valid():
    assert validate(SCHEMA, parse(TEXT)) == []
    assert len(FIELDS.found) == 8


@settings(
    max_examples=400, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(MAYBE)
@example({})
@example({"id": None})
@example({"id": "x", "m": None})
@example({"id": "x", "ids": "one"})
@example({"id": "x", "n": None, "f": None, "o": None, "g": None})
@example({"id": 5, "f": {"kind": {"in": "SUBCONTRACT"}}})
def test_variables_and_arguments_are_those_of_graphql_core(given_: dict[str, Any]):
    expected, found = by_graphql_core(given_), by_us(given_)

    if isinstance(expected, str) or isinstance(found, str):
        assert found == expected
        return
    assert found.coerced == expected.coerced
    assert {name: source.value for name, source in found.sources.items()} == {
        name: source.value for name, source in expected.sources.items()
    }
    request = Request(found, None, None, 100, b"")
    for definition, node in FIELDS.found:
        wanted = arguments(get_argument_values, definition, node, expected)
        assert arguments(Field(definition, node).arguments, request) == wanted


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_request_leaves_nothing_behind_for_the_next(depth: int):
    inputs = Inputs(SCHEMA, OPERATION)  # type: ignore[arg-type]
    first = inputs.coerce({"id": "a", "n": depth})
    inputs.coerce({"id": "b", "g": None})

    assert inputs.coerce({"id": "a", "n": depth}) == first
