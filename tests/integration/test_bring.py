"""Asking for an import: who may, what of which system, and joining one that runs."""

import asyncio
import json

import pytest
import pytest_asyncio
from desk import Desk, said

from db.clock import new_id

MAY_IMPORT = [
    ("nobody", ["FORBIDDEN"]),
    ("reader", ["FORBIDDEN"]),
    ("standard", ["FORBIDDEN"]),
    ("approver", ["FORBIDDEN"]),
    ("directory administrator", ["FORBIDDEN"]),
    ("project administrator", ["FORBIDDEN"]),
    ("administrator", []),
    ("other approver", []),
]


GIVES = """budget_change budget commitment company cost_code cost_type direct_cost member owner_invoice payment
    commitment_change_order prime_contract prime_contract_change_order project project_cost_code project_member
    project_template sub_job subcontractor_invoice""".split()


@pytest_asyncio.fixture
async def tool(desk: Desk) -> str:
    """The account's project tool, under its global id."""
    id_ = new_id()
    await desk.change(
        "insert into connection (account_id, id, name, kind, role, base_url, capabilities)"
        " values ($1, $2, 'Procore', 'procore', 'PROJECT_TOOL', 'https://tool.example', $3)",
        *(desk.account, id_, json.dumps({"imports": GIVES})),
    )
    return f"sys_{id_}"


async def bring(
    desk: Desk, who: str = "administrator", system: str | None = None, *resources: str, key: str | None = None
):
    extra = {"system_id": system or f"sys_{desk.erp}", "resources": list(resources) or None}
    return await desk.ask(who, "importRecords", key=key, extra=extra)


async def asked_for(desk: Desk) -> list[str]:
    found: list[str] = json.loads(await desk.value("select args from job order by id desc limit 1"))[
        "objects"
    ]
    return found


@pytest.mark.parametrize(("who", "verdict"), MAY_IMPORT)
async def test_importing_takes_admin_on_erp_integrations(desk: Desk, who: str, verdict: list[str]):
    before = await desk.trace()

    outcome = await bring(desk, who)

    assert said(outcome) == verdict
    assert await desk.jobs() == ([] if verdict else [("import", None)])
    assert (await desk.trace() == before) is bool(verdict)


async def test_an_import_is_a_run_that_waits_for_a_worker(desk: Desk):
    outcome = await bring(desk)

    run = await desk.one("select * from sync_run where id = $1", outcome.run_id)
    assert (run["action"], run["state"], run["connection_id"]) == ("IMPORT", "QUEUED", desk.erp)
    assert run["requested_by"] == desk.people["administrator"]
    assert desk.bell.rung == [await desk.value("select id from job")]


async def test_the_erp_gives_its_lists_in_the_order_in_which_one_needs_the_other(desk: Desk):
    await bring(desk)

    assert await asked_for(desk) == [
        *("cost_type", "cost_code", "company", "project", "project_cost_code"),
        *("direct_cost", "payment"),
    ]


async def test_the_project_tool_gives_people_first_and_what_hangs_on_a_commitment_after_it(
    desk: Desk, tool: str
):
    await bring(desk, "administrator", tool)

    assert await asked_for(desk) == [
        *("member", "cost_type", "cost_code", "company", "project_template", "project", "project_member"),
        *("project_cost_code", "sub_job", "budget", "budget_change"),
        *("prime_contract", "prime_contract_change_order", "owner_invoice"),
        *("commitment", "commitment_change_order", "subcontractor_invoice", "direct_cost", "payment"),
    ]


async def test_named_resources_are_read_in_their_order_whatever_order_they_are_named_in(desk: Desk):
    await bring(desk, "administrator", None, "project", "company")

    assert await asked_for(desk) == ["company", "project"]


async def test_what_a_system_does_not_give_is_refused(desk: Desk):
    before = await desk.trace()

    outcome = await bring(desk, "administrator", None, "company", "commitment", "weather")

    assert said(outcome) == ["CAPABILITY_NOT_SUPPORTED"]
    assert outcome.errors[0].message == "This system does not give commitment, weather."
    assert await desk.trace() == before


@pytest.mark.parametrize("system", ["nonsense", "sys_00000000-0000-7000-8000-000000000000"])
async def test_a_system_that_is_not_there_is_told(desk: Desk, system: str):
    assert said(await bring(desk, "administrator", system)) == ["BAD_ID"]


async def test_a_system_is_named_by_its_own_id_and_no_other(desk: Desk):
    assert said(await bring(desk, "administrator", f"cmt_{desk.erp}")) == ["BAD_ID"]


async def test_the_system_of_another_account_is_not_there(desk: Desk):
    other, theirs = await Desk.open(desk.pool, desk.settings), new_id()
    await other.change(
        "insert into connection (account_id, id, name, kind, role, base_url)"
        " values ($1, $2, 'Tool', 'procore', 'PROJECT_TOOL', 'https://tool.example')",
        *(other.account, theirs),
    )

    assert said(await bring(desk, "administrator", f"sys_{theirs}")) == ["BAD_ID"]


async def test_a_second_request_for_the_same_joins_the_run_that_is_under_way(desk: Desk):
    first, second = await bring(desk), await bring(desk)

    assert second.run_id == first.run_id
    assert await desk.jobs() == [("import", None)]
    assert await desk.value("select count(*) from sync_run") == 1


async def test_an_import_of_one_project_is_not_joined_by_a_request_for_all(desk: Desk):
    one = await bring(desk, "administrator", None, "project_cost_code")
    await desk.change("""update job set args = args || '{"scope": {"project_id": "1"}}'""")

    every = await bring(desk, "administrator", None, "project_cost_code")

    assert one.run_id != every.run_id
    assert len(every.jobs) == 1


async def test_ten_requests_at_once_make_one_run(desk: Desk):
    outcomes = await asyncio.gather(*(bring(desk) for _ in range(10)))

    assert {outcome.run_id for outcome in outcomes} == {outcomes[0].run_id}
    assert len(await desk.jobs()) == 1


async def test_other_resources_are_another_run(desk: Desk):
    first, second = await bring(desk), await bring(desk, "administrator", None, "company")

    assert second.run_id != first.run_id


async def test_once_a_run_has_ended_the_next_request_begins_anew(desk: Desk):
    first = await bring(desk)
    await desk.change("update job set state = 'DONE'")

    assert (await bring(desk)).run_id != first.run_id


async def test_the_same_key_with_other_resources_is_a_mismatch(desk: Desk):
    await bring(desk, key="k")

    assert said(await bring(desk, "administrator", None, "company", key="k")) == ["IDEMPOTENCY_MISMATCH"]
