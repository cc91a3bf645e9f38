"""A change whose answer cannot be given as selected is refused before it is made."""

from typing import Any

IMPORT = """
    mutation Import($key: String!, $system: ID!) {
      importRecords(input: { idempotencyKey: $key, systemId: $system, resources: ["company"] }) {
        run { id issues { nodes { id } } }
        userErrors { code }
      }
    }"""
NODES = "query N($ids: [ID!]!) { nodes(ids: $ids) { ... on Project { commitments(first: 100) { nodes { history(first: 9) { nodes { id } } } } } } }"


async def newest_run(caller: Any) -> Any:
    return (await caller.data("{ syncRuns(first: 1) { nodes { id } } }"))["syncRuns"]["nodes"]


async def test_a_payload_without_a_page_size_leaves_everything_as_it_was(by):
    admin = by("erp_administrator")
    systems = (await admin.data("{ systems { id role } }"))["systems"]
    erp = next(system["id"] for system in systems if system["role"] == "ERP")
    before = await newest_run(admin)

    answer = (await admin.post(IMPORT, {"key": "no size", "system": erp})).json()

    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "BAD_PAGE"
    assert await newest_run(admin) == before


async def test_every_id_counts_what_is_read_beneath_it(by):
    projects = (await by("approver").data("{ projects(first: 1) { nodes { id } } }"))["projects"]["nodes"]

    assert await by("approver").code(NODES, ids=[projects[0]["id"]] * 50) == "COST_LIMIT"
