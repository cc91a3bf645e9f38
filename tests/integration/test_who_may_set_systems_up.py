"""Testing a system and having it tell of changes is for ERP administrators: others change nothing by asking."""

import pytest
from desk import Desk, said

from db.clock import new_id

OTHERS = ["nobody", "reader", "privileged reader", "standard", "approver", "manager", "project administrator"]
OTHERS += ["directory administrator"]


@pytest.mark.parametrize("mutation", ["verifySystem", "watchSystem"])
@pytest.mark.parametrize("who", OTHERS)
async def test_whoever_is_no_erp_administrator_is_refused_and_nothing_happens(desk: Desk, who, mutation):
    await desk.change("update connection set role = 'PROJECT_TOOL' where id = $1", desk.erp)
    before = await desk.trace()

    outcome = await desk.ask(who, mutation, extra={"system_id": f"sys_{desk.erp}"})

    assert [error.code for error in outcome.errors] == ["FORBIDDEN"]
    assert (outcome.run_id, outcome.jobs) == (None, [])
    assert await desk.trace() == before


@pytest.mark.parametrize("mutation", ["verifySystem", "watchSystem"])
async def test_somebody_who_may_no_longer_sign_in_is_refused(desk: Desk, mutation):
    await desk.change("update member set is_active = false where id = $1", desk.people["administrator"])

    outcome = await desk.ask("administrator", mutation, extra={"system_id": f"sys_{desk.erp}"})

    assert [error.code for error in outcome.errors] == ["FORBIDDEN"]
    assert await desk.jobs() == []


@pytest.mark.parametrize("mutation", ["verifySystem", "watchSystem"])
async def test_the_system_of_another_account_is_one_that_is_not_there(
    desk: Desk, app_pool, hub_settings, mutation
):
    other, system = await Desk.open(app_pool, hub_settings), new_id()
    await other.change(
        "insert into connection (account_id, id, name, kind, role, base_url)"
        " values ($1, $2, 'Tool', 'procore', 'PROJECT_TOOL', 'https://tool.example')",
        *(other.account, system),
    )

    foreign = await desk.ask("administrator", mutation, extra={"system_id": f"sys_{system}"})
    missing = await desk.ask("administrator", mutation, extra={"system_id": f"sys_{new_id()}"})

    assert said(foreign) == said(missing)
    assert [error.code for error in foreign.errors] == ["BAD_ID"]
    assert (await desk.jobs(), await other.jobs()) == ([], [])
