"""Asking for registers, for costs and payments, and for lists in full."""

import json
from typing import Any

import pytest
import pytest_asyncio
from desk import Desk, said

from hub.connectors import capabilities

COSTS, REST = ("direct_cost", "payment"), ("company",)
# Who may ask for costs alone; for anything else; for both at once, or for everything.
MAY_IMPORT = [
    ("nobody", False, False),
    ("reader", False, False),
    ("standard", False, False),
    ("approver", True, False),
    ("directory administrator", False, False),
    ("project administrator", False, False),
    ("administrator", True, True),
    ("other approver", True, True),
]


@pytest_asyncio.fixture
async def mri(desk: Desk) -> Desk:
    """The account's ERP gives what MRI gives."""
    document = json.dumps(capabilities("mri", {}).document())
    await desk.change("update connection set capabilities = $2::jsonb where id = $1", desk.erp, document)
    return desk


async def bring(desk: Desk, who: str, *resources: str, key: str | None = None, **more: Any):
    extra = {"system_id": f"sys_{desk.erp}", "resources": list(resources) or None, **more}
    return await desk.ask(who, "importRecords", key=key, extra=extra)


async def args_of(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await desk.value("select args from job order by id desc limit 1"))
    return found


@pytest.mark.parametrize(("who", "costs", "rest"), MAY_IMPORT)
async def test_costs_take_admin_or_an_accounting_approver_and_all_else_admin(
    mri: Desk, who: str, *, costs: bool, rest: bool
):
    allowed = {True: [], False: ["FORBIDDEN"]}

    assert said(await bring(mri, who, "payment")) == allowed[costs]
    assert said(await bring(mri, who, *COSTS)) == allowed[costs]
    assert said(await bring(mri, who, *REST)) == allowed[rest]


@pytest.mark.parametrize("resources", [(*COSTS, *REST), ()])
async def test_costs_together_with_anything_else_take_both_rights(mri: Desk, resources: tuple[str, ...]):
    assert said(await bring(mri, "approver", *resources)) == ["FORBIDDEN"]
    assert said(await bring(mri, "standard", *resources)) == ["FORBIDDEN"]
    assert said(await bring(mri, "administrator", *resources)) == []


async def test_an_erp_gives_items_in_order_of_dependency_and_then_its_registers(mri: Desk):
    await bring(mri, "administrator")

    assert (await args_of(mri))["objects"] == [
        "cost_type", "cost_code", "company", "project", "project_cost_code", "direct_cost", "payment",
        "entity", "bank", "gl_account", "accounting_period",
        "budget_line", "budget_change", "commitment", "commitment_change_order", "subcontractor_invoice",
    ]  # fmt: skip


async def test_a_register_may_be_asked_for_by_name(mri: Desk):
    await bring(mri, "administrator", "accounting_period", "subcontractor_invoice")

    assert (await args_of(mri))["objects"] == ["accounting_period", "subcontractor_invoice"]


async def test_what_is_not_given_is_refused_with_what_is(mri: Desk):
    outcome = await bring(mri, "administrator", "sub_job")

    assert said(outcome) == ["CAPABILITY_NOT_SUPPORTED"]
    assert "accounting_period" in (outcome.errors[0].remedy or "")


async def test_a_request_in_full_is_a_run_of_its_own_beside_one_that_reads_changes(mri: Desk):
    changes = await bring(mri, "administrator", "company")

    whole = await bring(mri, "administrator", "company", full=True)

    assert whole.run_id != changes.run_id
    assert (await args_of(mri))["full"] is True
    assert (await bring(mri, "administrator", "company", full=True)).run_id == whole.run_id


async def test_a_request_for_changes_joins_a_run_that_reads_the_same_in_full(mri: Desk):
    whole = await bring(mri, "administrator", "company", full=True)

    assert (await bring(mri, "administrator", "company")).run_id == whole.run_id
    assert len(await mri.jobs()) == 1


async def test_two_people_who_ask_for_the_same_share_one_run(mri: Desk):
    first = await bring(mri, "approver", "payment", "direct_cost")

    assert (await bring(mri, "administrator", "direct_cost", "payment")).run_id == first.run_id
