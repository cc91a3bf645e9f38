"""Generated documents give the same JSON compiled and completed by graphql-core, for people with different rights.

A document of planned fields that is not compiled fails. HUB_DIFFERENTIAL multiplies how many are tried."""

import os

import pytest
from calling import BothWays
from generated import Asked, documents

from hub.api.schema import build

TIMES = int(os.environ.get("HUB_DIFFERENTIAL", "1"))
ROOTS = sorted(build()[0].query_type.fields)
ROLES = ("approver", "project_manager", "read_only", "bi_reader", "erp_administrator")
# A document may well be too large, or filter by an id that is none; any other refusal would be the generator's fault.
REFUSALS = {"COST_LIMIT", "BAD_ID"}


async def differ(both_ways: BothWays, ours, asked: list[Asked], roles: tuple[str, ...]) -> int:
    """How many were answered. Raises where the two ways differ."""
    answered = 0
    for number, document in enumerate(asked):
        for role in (roles[number % len(roles)], roles[(number + 1) % len(roles)]):
            outcome = await both_ways.ask(ours, role, document.text, document.variables)
            assert isinstance(outcome, dict) or outcome in REFUSALS, (
                f"{outcome}\n{document.text}\n{document.variables}"
            )
            answered += isinstance(outcome, dict)
    return answered


@pytest.mark.parametrize("root", ROOTS)
async def test_documents_of_one_root_agree(both_ways: BothWays, ours, root):
    ids = [id_ for tag in ours.known for id_ in ours.ids(tag)[:3]]
    asked = documents(both_ways.engine.schema, ids, 24 * TIMES, roots=[root])

    assert await differ(both_ways, ours, asked, ROLES) >= len(asked) * 1.5


async def test_documents_of_several_roots_agree(both_ways: BothWays, ours):
    ids = [id_ for tag in ours.known for id_ in ours.ids(tag)[:3]]
    asked = documents(both_ways.engine.schema, ids, 40 * TIMES)

    assert await differ(both_ways, ours, asked, ROLES) >= len(asked) * 1.5
