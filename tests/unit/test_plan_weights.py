"""What a query costs: rows times the lists around them, and dearer for what Python computes."""

from uuid import UUID

import pytest

from hub.api import schema
from hub.api.engine import Engine, Plan
from hub.api.plan.binds import Request
from hub.api.plan.planner import COMPUTED_COST

NOBODY = UUID(int=1)
LIST = "query ($n: Int!) { commitments(first: $n) { nodes { %s } } }"


@pytest.fixture
def engine() -> Engine:
    made, registry = schema.build()
    return Engine(made, registry, introspection=True)


def planned(engine: Engine, text: str, n: int) -> tuple[Plan, int]:
    operation = (document := engine.documents.read(text)).operation(None)
    coerced = operation.inputs.coerce({"n": n})
    plan = engine.plan(document, operation, coerced, complete=False)
    _, arguments = plan.binds.values(Request(coerced, NOBODY, NOBODY, 100, b"key"))
    return plan, sum(weigh(arguments) for weigh in plan.binds.costs)


def test_each_preview_of_each_row_counts(engine: Engine):
    _, plain = planned(engine, LIST % "number", 100)
    _, one = planned(engine, LIST % "preview { digest }", 100)
    _, two = planned(engine, LIST % 'a: preview { digest } b: preview(entries: {erpId: "X"}) { digest }', 100)

    assert plain == 100
    assert one == 100 + 100 * COMPUTED_COST
    assert two == 100 + 200 * COMPUTED_COST


def test_several_previews_of_a_row_read_its_facts_once(engine: Engine):
    aliases = " ".join(f"p{n}: preview {{ digest }}" for n in range(20))
    plan, _ = planned(engine, LIST % aliases, 1)

    assert plan.completed
    assert plan.sql.count('as "#facts"') == 1
