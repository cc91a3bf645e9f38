"""Asking for what the ERP alone knows to be made in the project tool, and for codes to be read again."""

import asyncio
import json

import pytest
from desk import Desk, Item, said

from hub.core.link import LinkState

MAY_ADD_A_COMPANY = [
    ("nobody", ["NOT_FOUND"]),
    ("reader", ["FORBIDDEN"]),
    ("manager", ["FORBIDDEN"]),
    ("standard", []),
    ("approver", []),
    ("administrator", []),
]
MAY_ADD_A_JOB = [
    ("nobody", ["NOT_FOUND"]),
    ("reader", ["FORBIDDEN"]),
    ("standard", ["FORBIDDEN"]),
    ("approver", ["FORBIDDEN"]),
    ("directory administrator", ["FORBIDDEN"]),
    ("administrator", []),
    ("other approver", []),
]
# Admin on the project's Admin tool, whatever the ERP level, or an ERP administrator.
MAY_REFRESH = [
    ("nobody", ["NOT_FOUND"]),
    ("reader", ["FORBIDDEN"]),
    ("manager", ["FORBIDDEN"]),
    ("approver", ["FORBIDDEN"]),
    ("directory administrator", ["FORBIDDEN"]),
    ("project administrator", []),
    ("administrator", []),
]


async def vendor(desk: Desk, state: LinkState = LinkState.READY_TO_IMPORT) -> Item:
    return await desk.company("Okafor Steel", state, origin_id=None, link={"external_id": "V000200"})


async def job(desk: Desk, state: LinkState = LinkState.READY_TO_IMPORT) -> Item:
    return await desk.project("J200", state, origin_id=None, link={"external_id": "J200"})


@pytest.mark.parametrize(("who", "verdict"), MAY_ADD_A_COMPANY)
async def test_adding_a_vendor_takes_standard_on_erp_integrations(desk: Desk, who: str, verdict: list[str]):
    item = await vendor(desk)
    before = await desk.trace()

    outcome = await desk.ask(who, "addItems", item)

    assert said(outcome) == verdict
    assert await desk.jobs() == ([] if verdict else [("provision_company", item.id)])
    assert (await desk.trace() == before) is bool(verdict)


@pytest.mark.parametrize(("who", "verdict"), MAY_ADD_A_JOB)
async def test_adding_a_job_takes_admin_on_erp_integrations(desk: Desk, who: str, verdict: list[str]):
    item = await job(desk)
    before = await desk.trace()

    outcome = await desk.ask(who, "addItems", item)

    assert said(outcome) == verdict
    assert await desk.jobs() == ([] if verdict else [("provision_project", item.id)])
    assert (await desk.trace() == before) is bool(verdict)


@pytest.mark.parametrize(("who", "verdict"), MAY_REFRESH)
async def test_refreshing_codes_takes_admin_on_the_project_or_on_erp_integrations(
    desk: Desk, who: str, verdict: list[str]
):
    before = await desk.trace()

    outcome = await desk.ask(who, "refreshItems", desk.job)

    assert said(outcome) == verdict
    assert await desk.jobs() == ([] if verdict else [("provision_project", desk.job.id)])
    assert (await desk.trace() == before) is bool(verdict)


async def test_until_the_job_has_run_the_record_stays_ready_to_import(desk: Desk):
    item = await vendor(desk)

    outcome = await desk.ask("standard", "addItems", item)

    assert await desk.state(item) == "READY_TO_IMPORT"
    assert await desk.version(item) == 1
    assert await desk.run(outcome.run_id) == ("ADD", "QUEUED", [("WAITING", None)])
    assert desk.bell.rung == [await desk.value("select id from job")]


async def test_what_is_gone_from_the_erp_is_neither_added_nor_linked_nor_refreshed(desk: Desk):
    gone = "update link set gone_at = hub_now() where object_id = $1"
    company, project = await vendor(desk), await job(desk)
    ours = await desk.company("Ours", LinkState.NOT_SENT)
    for item in (company, project, desk.job):
        await desk.change(gone, item.id)
    before = await desk.trace()

    added = await desk.ask("administrator", "addItems", company, project)
    linked = await desk.ask("directory administrator", "linkItems", company, target_id=ours.name)
    refreshed = await desk.ask("administrator", "refreshItems", desk.job)

    assert [said(each) for each in (added, linked, refreshed)] == [
        ["GONE_FROM_ERP", "GONE_FROM_ERP"],
        ["GONE_FROM_ERP"],
        ["GONE_FROM_ERP"],
    ]
    [refused] = added.items[0].errors
    assert refused.message == "The ERP no longer lists it."
    assert refused.remedy == "Restore it in the ERP, then import it; or archive it."
    assert await desk.trace() == before


async def test_a_record_of_the_project_tool_is_not_added(desk: Desk):
    company = await desk.company("Ours", LinkState.NOT_SENT)

    assert said(await desk.ask("standard", "addItems", company)) == ["WRONG_STATE", "ALREADY_LINKED"]


async def test_a_vendor_that_somebody_put_aside_is_not_added(desk: Desk):
    item = await vendor(desk, LinkState.ARCHIVED)

    assert said(await desk.ask("standard", "addItems", item)) == ["WRONG_STATE"]


async def test_a_job_that_is_a_project_already_is_not_added_again(desk: Desk):
    assert said(await desk.ask("administrator", "addItems", desk.job)) == ["WRONG_STATE", "ALREADY_LINKED"]


async def test_codes_are_refreshed_on_linked_projects_only(desk: Desk):
    item = await job(desk)

    assert said(await desk.ask("administrator", "refreshItems", item)) == ["WRONG_STATE"]
    assert said(await desk.ask("administrator", "refreshItems", desk.vendor)) == ["BAD_ID"]


async def test_a_refresh_reads_the_jobs_codes_from_the_erp_first(desk: Desk):
    await desk.ask("administrator", "refreshItems", desk.job)

    args = json.loads(await desk.value("select args from job"))

    assert args == {
        "codes_only": True,
        "connection_id": str(desk.erp),
        "objects": ["cost_type", "cost_code", "project_cost_code"],
        "scope": {"project_id": str(desk.job.id)},
    }


async def test_commitments_cannot_be_added(desk: Desk):
    item = await desk.subcontract()

    assert said(await desk.ask("administrator", "addItems", item)) == ["BAD_ID"]


async def test_vendors_and_jobs_go_in_one_run_of_their_own_jobs(desk: Desk):
    one, other = await vendor(desk), await job(desk)

    outcome = await desk.ask("administrator", "addItems", other, one)

    assert said(outcome) == []
    assert sorted(await desk.jobs()) == sorted(
        [("provision_project", other.id), ("provision_company", one.id)]
    )


async def test_twenty_requests_under_one_key_make_one_job(desk: Desk):
    item = await vendor(desk)

    outcomes = await asyncio.gather(
        *(desk.ask("standard", "addItems", item, key="k", version=1) for _ in range(20))
    )

    assert {outcome.run_id for outcome in outcomes} == {outcomes[0].run_id}
    assert len(await desk.jobs()) == 1
