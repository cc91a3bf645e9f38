"""Cutting links: a company's at once, a commitment's by a job that asks the ERP first."""

import json

import pytest
from desk import Desk, said

from hub.actions.ask import ItemAsk
from hub.core.link import LinkState

MAY_UNLINK_A_COMPANY = [
    ("nobody", ["NOT_FOUND"]),
    ("reader", ["FORBIDDEN"]),
    ("manager", ["FORBIDDEN"]),
    ("project administrator", ["FORBIDDEN"]),
    ("standard", []),
    ("approver", []),
    ("administrator", []),
]
# An approver with Admin on the tool of origin.
MAY_UNLINK_A_COMMITMENT = [
    ("nobody", ["NOT_FOUND"]),
    ("reader", ["FORBIDDEN", "FORBIDDEN", "FORBIDDEN"]),
    ("privileged reader", ["FORBIDDEN", "FORBIDDEN"]),
    ("standard", ["FORBIDDEN", "FORBIDDEN"]),
    ("manager", ["FORBIDDEN", "FORBIDDEN"]),
    ("administrator", ["FORBIDDEN", "FORBIDDEN"]),
    ("visiting approver", ["FORBIDDEN"]),
    ("approver", []),
    ("other approver", []),
]
SNAPSHOT = {"name": "ACME CONCRETE INC", "city": "Erie", "is_active": False}


@pytest.mark.parametrize(("who", "verdict"), MAY_UNLINK_A_COMPANY)
async def test_unlinking_a_company_takes_standard_on_erp_integrations(
    desk: Desk, who: str, verdict: list[str]
):
    before = await desk.trace()

    outcome = await desk.ask(who, "unlinkItems", desk.vendor)

    assert said(outcome) == verdict
    assert await desk.state(desk.vendor) == ("LINKED" if verdict else "NOT_SENT")
    assert (await desk.trace() == before) is bool(verdict)


async def test_a_parted_company_and_its_vendor_stand_side_by_side(desk: Desk):
    await desk.change(
        "update link set snapshot = $2 where object_id = $1", desk.vendor.id, json.dumps(SNAPSHOT)
    )

    outcome = await desk.ask("standard", "unlinkItems", desk.vendor)

    ours, theirs = await desk.rows(
        "select t.name, t.city, t.is_active, t.origin_id is null as erp_only, l.state, l.external_id, l.external_code"
        " from company t join link l on l.object_id = t.id order by t.created_at, t.id"
    )
    assert tuple(ours)[:1] + tuple(ours)[2:] == ("Acme Concrete", True, False, "NOT_SENT", None, None)
    assert tuple(theirs) == (
        "ACME CONCRETE INC",
        "Erie",
        False,
        True,
        "READY_TO_IMPORT",
        "V000123",
        "V000123",
    )
    assert await desk.run(outcome.run_id) == ("UNLINK", "QUEUED", [("WAITING", None)])
    assert await desk.jobs() == [("mark_origin", desk.vendor.id)]


async def test_both_records_of_a_parting_are_in_the_log(desk: Desk):
    outcome = await desk.ask("standard", "unlinkItems", desk.vendor)

    events = await desk.rows("select * from event where run_id = $1 order by before is null", outcome.run_id)
    images = [
        [json.loads(event[side]) if event[side] else None for side in ("before", "after")] for event in events
    ]

    assert [(event["action"], event["member_id"]) for event in events] == [
        ("UNLINK", desk.people["standard"])
    ] * 2
    assert [image["links"][0]["state"] for image in images[0]] == ["LINKED", "NOT_SENT"]
    assert images[1][0] is None
    assert (images[1][1]["links"][0]["state"], images[1][1]["links"][0]["external_id"]) == (
        "READY_TO_IMPORT",
        "V000123",
    )


async def test_a_company_that_was_parted_can_be_linked_again(desk: Desk):
    await desk.ask("standard", "unlinkItems", desk.vendor)
    [alone] = [row["id"] for row in await desk.rows("select id from company where origin_id is null")]
    version = await desk.value("select version from company where id = $1", alone)
    outcome = await desk.ask(
        "administrator", "linkItems", ItemAsk(f"com_{alone}", version, {"target_id": desk.vendor.name})
    )

    assert said(outcome) == []
    assert (await desk.link(desk.vendor))["external_id"] == "V000123"
    assert await desk.value("select count(*) from company") == 1
    assert [action for action, _ in await desk.history(desk.vendor)] == ["UNLINK", "LINK"]


@pytest.mark.parametrize("state", ["NOT_SENT", "READY_TO_IMPORT", "ARCHIVED"])
async def test_a_company_that_is_not_linked_cannot_be_unlinked(desk: Desk, state: str):
    company = await desk.company("Other", LinkState(state))

    assert said(await desk.ask("standard", "unlinkItems", company)) == ["WRONG_STATE"]


@pytest.mark.parametrize("state", ["SYNCED", "EXPORTING", "IN_DOUBT"])
async def test_a_company_with_commitments_in_the_erp_is_refused_with_their_list(desk: Desk, state: str):
    await desk.subcontract("SC-001", LinkState(state))
    await desk.subcontract("SC-002", LinkState.NOT_SENT)
    await desk.subcontract("SC-003", LinkState(state))
    before = await desk.trace()

    outcome = await desk.ask("standard", "unlinkItems", desk.vendor)

    assert said(outcome) == ["COMPANY_HAS_SYNCED_COMMITMENTS"]
    message = outcome.items[0].errors[0].message
    assert ("SC-001" in message, "SC-002" in message, "SC-003" in message) == (True, False, True)
    assert await desk.trace() == before


@pytest.mark.parametrize(
    "state", ["NOT_SENT", "READY_TO_EXPORT", "FAILED", "REJECTED", "RETRIEVED", "UNLINKED"]
)
async def test_commitments_that_are_not_in_the_erp_do_not_hold_their_company(desk: Desk, state: str):
    await desk.subcontract("SC-001", LinkState(state))

    assert said(await desk.ask("standard", "unlinkItems", desk.vendor)) == []


@pytest.mark.parametrize(("who", "verdict"), MAY_UNLINK_A_COMMITMENT)
async def test_unlinking_a_commitment_takes_an_approver_with_admin_on_commitments(
    desk: Desk, who: str, verdict: list[str]
):
    item = await desk.subcontract(state=LinkState.SYNCED)
    before = await desk.trace()

    outcome = await desk.ask(who, "unlinkItems", item)

    assert said(outcome) == verdict
    assert await desk.jobs() == ([] if verdict else [("unlink", item.id)])
    assert await desk.state(item) == "SYNCED"
    assert (await desk.trace() == before) is bool(verdict)


@pytest.mark.parametrize(
    "state", [state for state in LinkState if state not in ("READY_TO_IMPORT", "LINKED", "ARCHIVED")]
)
async def test_only_what_is_or_was_in_the_erp_is_unlinked(desk: Desk, state: LinkState):
    item = await desk.subcontract(state=state)

    outcome = await desk.ask("approver", "unlinkItems", item)

    assert said(outcome) == ([] if state in ("SYNCED", "ORPHANED") else ["WRONG_STATE"])


async def test_companies_and_commitments_go_in_one_run(desk: Desk):
    other = await desk.company("Other", LinkState.LINKED, link={"external_id": "V9"})
    item = await desk.subcontract(state=LinkState.SYNCED)

    outcome = await desk.ask("approver", "unlinkItems", item, other)

    assert said(outcome) == []
    assert sorted(await desk.jobs()) == sorted([("unlink", item.id), ("mark_origin", other.id)])
    assert await desk.run(outcome.run_id) == ("UNLINK", "QUEUED", [("WAITING", None), ("WAITING", None)])
