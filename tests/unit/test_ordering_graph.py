"""The graph of what has to be in the ERP before what, typed from the project tool's pages."""

import pytest

from hub.connectors import capabilities
from hub.objects import BY_KEY, EXPORTED
from hub.sync.ordering import edges, rank

# What each object waits for; MRI takes no vendors, jobs or codes from the project tool, so these are never waited for.
MRI = {
    "budget": set(),
    "budget_change": {"budget"},
    "commitment": set(),
    "commitment_change_order": {"commitment"},
    "subcontractor_invoice": {"commitment"},
}
REFERENCE = {
    "sub_job": {"project"},
    "budget": {"project"},
    "budget_change": {"budget"},
    "prime_contract": {"project"},
    "prime_contract_change_order": {"prime_contract"},
    "owner_invoice": {"prime_contract"},
    "commitment": {"project", "company"},
    "commitment_change_order": {"commitment"},
    "subcontractor_invoice": {"commitment"},
}
TABLE = [("mri", key, after) for key, after in MRI.items()]
TABLE += [("reference", key, after) for key, after in REFERENCE.items()]


@pytest.mark.parametrize(("kind", "key", "after"), TABLE)
def test_an_item_waits_for_what_its_erp_requires_and_the_project_tool_sends(
    kind: str, key: str, after: set[str]
):
    found = edges(BY_KEY[key], capabilities(kind, {}).document())

    assert {edge.parent.key for edge in found} == after


def test_a_change_of_a_budget_finds_it_by_their_project():
    [edge] = edges(BY_KEY["budget_change"], capabilities("mri", {}).document())

    assert (edge.column, edge.by) == ("project_id", "project_id")


def test_where_an_erp_says_nothing_all_that_is_named_and_sent_is_waited_for():
    sent = {"direction": "export"}
    objects = {"commitment": sent, "commitment_change_order": sent, "project": {"direction": "import"}}

    [edge] = edges(BY_KEY["commitment_change_order"], {"objects": objects})

    assert (edge.parent.key, edge.column, edge.by) == ("commitment", "commitment_id", "id")


@pytest.mark.parametrize("kind", ["mri", "reference"])
def test_nothing_waits_for_what_comes_behind_it(kind: str):
    document = capabilities(kind, {}).document()

    backwards = [
        (spec.key, edge.parent.key)
        for spec in EXPORTED
        for edge in edges(spec, document)
        if rank(edge.parent) >= rank(spec)
    ]
    assert backwards == []
