"""Testing a connection to Procore: a line for each thing that has to be right, with words that say what to do."""

import httpx
import pytest
from procore_double import Double

TOOLS = ("admin", "directory", "erp_integrations")
P = "/rest/v1.0/projects/9"


OF_A_PROJECT = (
    *("cost_codes", "work_order_contracts", "purchase_order_contracts", "commitment_change_orders"),
    *("prime_contracts", "requisitions", "direct_costs", "budget_changes", "users"),
)


def tools(level):
    return {"tools": [{"name": name, "user_access_level": {"name": level}} for name in TOOLS]}


def whole():
    """Everything that a connection needs, with one project in it."""
    project = {
        "/rest/v1.0/cost_codes": [],
        "/rest/v1.0/work_order_contracts": [],
        "/rest/v1.0/purchase_order_contracts": [],
        f"{P}/commitment_change_orders": [],
        "/rest/v1.0/prime_contracts": [],
        "/rest/v1.1/requisitions": [],
        "/rest/v1.1/projects/9/direct_costs": [],
        f"{P}/budget_changes": {"data": []},
        f"{P}/users": [],
    }
    company = {
        "/rest/v1.0/companies": [{"id": 1}, {"id": 4100}],
        "/rest/v1.0/vendors": [],
        "/rest/v1.0/projects": [{"id": 9}],
        "/rest/v1.0/standard_cost_code_lists": [{"id": 3, "name": "ERP"}],
        "/rest/v1.0/standard_cost_codes": [],
        "/rest/v1.0/line_item_types": [],
        "/rest/v1.3/companies/4100/users": [],
        "/rest/v1.0/settings/permissions": tools("Admin"),
    }
    return {**company, **project}


async def lines(answers):
    return {each.name: each for each in await Double(answers).connector().verify()}


async def test_a_sound_connection_has_every_line_right():
    found = await lines(whole())

    assert {name for name, each in found.items() if not each.ok} == set()
    assert list(found) == [
        *("reach", "vendors", "projects", "standard_cost_codes", "line_item_types", "users"),
        *(f"project: {name}" for name in OF_A_PROJECT),
        *("own permission on Company Admin", "own permission on Directory"),
        "own permission on ERP Integrations",
    ]


async def test_a_company_out_of_reach_is_named():
    found = await lines({**whole(), "/rest/v1.0/companies": [{"id": 1}]})

    assert not found["reach"].ok
    assert "does not reach company 4100: install it there" in found["reach"].message


async def test_the_company_may_stand_on_a_later_page():
    companies = [{"id": number} for number in range(1, 150)] + [{"id": 4100}]

    assert (await lines({**whole(), "/rest/v1.0/companies": companies}))["reach"].ok


async def test_a_list_that_may_not_be_read_spoils_its_own_line_alone():
    denied = httpx.Response(403, json={"message": "You do not have permission."})
    found = await lines({**whole(), "/rest/v1.1/requisitions": denied})

    assert {name: each.message for name, each in found.items() if not each.ok} == {
        "project: requisitions": "You do not have permission."
    }


async def test_a_tool_that_the_project_does_not_use_is_no_fault_of_the_connection():
    answers = whole()
    del answers[f"{P}/budget_changes"], answers["/rest/v1.0/vendors"]
    found = await lines(answers)

    assert {name for name, each in found.items() if not each.ok} == {"vendors"}
    assert found["project: budget_changes"].message == "The project that was tried does not use this."
    assert found["project: requisitions"].message == "OK"


@pytest.mark.parametrize("level", ["None", "Read Only", "Standard", "Owner"])
async def test_a_level_below_admin_says_what_to_raise(level):
    found = await lines({**whole(), "/rest/v1.0/settings/permissions": tools(level)})

    has = "None" if level == "Owner" else level
    assert found["own permission on Directory"].message == (
        f"Admin is needed on Directory, the service account has {has}: raise it in its permissions."
    )
    assert [each.ok for each in list(found.values())[-3:]] == [False, False, False]


async def test_a_company_without_projects_asks_for_none():
    found = await lines({**whole(), "/rest/v1.0/projects": []})

    assert found["projects"].ok
    assert not any(name.startswith("project:") for name in found)


async def test_an_unclear_list_of_codes_names_the_setting():
    found = await lines({**whole(), "/rest/v1.0/standard_cost_code_lists": [{"id": 1}, {"id": 2}]})

    assert "standard_cost_code_list_id" in found["standard_cost_codes"].message


async def test_own_permissions_that_cannot_be_read_are_one_line():
    found = await lines({**whole(), "/rest/v1.0/settings/permissions": httpx.Response(404)})

    assert list(found)[-1] == "own permissions"
    assert not found["own permissions"].ok
