"""A plan is kept for values of one shape: what only looks like an id must not share the plan of ids."""

import pytest

from hub.api import schema
from hub.api.documents import MAX_TEXT
from hub.api.engine import Engine
from hub.errors import RequestRefused

GOOD = "cmt_01890000-0000-7000-8000-000000000001"
LOOKALIKES = (
    "cmt_ZZZZZZZZ-0000-7000-8000-000000000001",
    "cmt_0189000000000-7000-8000-000000000001",
    "cmt_01890000-0000-7000-8000-00000000000A",
    "CMT_01890000-0000-7000-8000-000000000001",
)
ONE = "query ($id: ID!) { commitment(id: $id) { number } }"
MANY = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"


@pytest.fixture
def engine() -> Engine:
    made, registry = schema.build()
    return Engine(made, registry, introspection=True)


def sql(engine: Engine, text: str, **variables: object) -> str:
    document = engine.documents.read(text)
    operation = document.operation(None)
    return engine.plan(document, operation, operation.inputs.coerce(variables), complete=False).sql


@pytest.mark.parametrize("lookalike", LOOKALIKES)
def test_a_lookalike_that_comes_first_does_not_hide_the_row_of_an_id(engine: Engine, lookalike: str):
    sql(engine, ONE, id=lookalike)

    assert 'from "commitment"' in sql(engine, ONE, id=GOOD)


@pytest.mark.parametrize("lookalike", LOOKALIKES)
def test_a_lookalike_in_a_list_does_not_hide_the_rows_of_ids(engine: Engine, lookalike: str):
    sql(engine, MANY, ids=[lookalike])

    assert 'from "commitment"' in sql(engine, MANY, ids=[GOOD])


def test_ids_of_one_kind_share_a_plan(engine: Engine):
    other = GOOD[:-1] + "2"

    assert sql(engine, ONE, id=GOOD) is sql(engine, ONE, id=other)


@pytest.mark.parametrize("padding", ["#", " ", ","])
def test_a_document_of_many_characters_is_refused_before_it_is_read(engine: Engine, padding: str):
    with pytest.raises(RequestRefused) as refused:
        engine.documents.read("{ __typename }" + padding * MAX_TEXT)

    assert refused.value.code == "COST_LIMIT"
