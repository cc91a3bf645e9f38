"""How complete an import is, list by list, at the API: for who may see the run, and of its own account."""

from collections.abc import Callable

from calling import Caller
from factories import Contractor

from db.clock import new_id
from db.session import WritePool

TEXT = """query ($id: ID!) { node(id: $id) { ... on SyncRun { proof
    lists { resource since records amount digest recordsAgain amountAgain digestAgain proof project { number } } } } }"""


async def test_a_run_tells_what_both_reads_of_each_list_came_to(
    app_pool: WritePool, ours: Contractor, theirs: Contractor, by: Callable[[str], Caller]
):
    runs = {}
    for who in (ours, theirs):
        runs[who.account] = run = new_id()
        async with app_pool.transaction(who.account) as connection:
            await connection.execute(
                "insert into sync_run (account_id, id, action, state, proof) values ($1, $2, 'IMPORT', 'PARTLY', 'INCOMPLETE')",
                *(who.account, run),
            )
            await connection.execute(
                "insert into sync_run_list (account_id, run_id, resource, scope, project_id, since, records, amount, digest,"
                " records_again, amount_again, digest_again, proof) values"
                " ($1, $2, 'direct_cost', '', null, '2026-03-01T12:00:00Z', 3, 10.5, 'ab', 4, 11, 'ac', 'INCOMPLETE'),"
                " ($1, $2, 'commitment', '9', $3, null, 2, 7, 'ad', null, null, null, 'UNPROVEN')",
                *(who.account, run, who.known["prj"][0]),
            )

    found = await by("erp_administrator").data(TEXT, id=f"run_{runs[ours.account]}")

    whole, changes = found["node"]["lists"]
    assert whole.pop("project")["number"]
    assert whole == {
        "resource": "commitment", "since": None, "records": 2, "amount": "7.00", "digest": "ad",
        "recordsAgain": None, "amountAgain": None, "digestAgain": None, "proof": "UNPROVEN",
    }  # fmt: skip
    assert changes == {
        "resource": "direct_cost", "since": "2026-03-01T12:00:00+00:00", "records": 3, "amount": "10.50", "digest": "ab",
        "recordsAgain": 4, "amountAgain": "11.00", "digestAgain": "ac", "proof": "INCOMPLETE", "project": None,
    }  # fmt: skip
    assert (await by("erp_administrator").data(TEXT, id=f"run_{runs[theirs.account]}"))["node"] is None
    assert (await by("outsider").data(TEXT, id=f"run_{runs[ours.account]}"))["node"] is None
