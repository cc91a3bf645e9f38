"""A vendor and a company of the directory become one: who may, what stands against it, what is left of both."""

import asyncio
import json

import pytest
from desk import Desk, Item, said

from hub.actions.ask import ItemAsk
from hub.core.link import LinkState

# Admin on ERP Integrations, or Standard there with Admin on the company Directory.
MAY_LINK = [
    ("nobody", ["NOT_FOUND"]),
    ("reader", ["FORBIDDEN"]),
    ("standard", ["FORBIDDEN"]),
    ("approver", ["FORBIDDEN"]),
    ("visiting approver", ["FORBIDDEN"]),
    ("manager", ["FORBIDDEN"]),
    ("project administrator", ["FORBIDDEN"]),
    ("directory administrator", []),
    ("administrator", []),
    ("other approver", []),
]
SNAPSHOT = {"name": "STEEL OF OKAFOR", "city": "Erie", "is_active": True}


async def vendor(desk: Desk, code: str = "V000200", state: LinkState = LinkState.READY_TO_IMPORT) -> Item:
    link = {"external_id": code, "external_code": code, "snapshot": SNAPSHOT}
    return await desk.company("STEEL OF OKAFOR", state, origin_id=None, city="Erie", link=link)


async def directory(desk: Desk, **values: object) -> Item:
    return await desk.company("Okafor Steel", LinkState.NOT_SENT, city="Boston", **values)


async def link(desk: Desk, who: str, vendor: Item, target: Item, **more: object):
    return await desk.ask(who, "linkItems", vendor, target_id=target.name, **more)


@pytest.mark.parametrize(("who", "verdict"), MAY_LINK)
async def test_linking_takes_an_erp_administrator_or_a_standard_user_who_rules_the_directory(
    desk: Desk, who: str, verdict: list[str]
):
    one, other = await vendor(desk), await directory(desk)
    before = await desk.trace()

    outcome = await link(desk, who, one, other)

    assert said(outcome) == verdict
    assert await desk.state(other) == ("NOT_SENT" if verdict else "LINKED")
    assert (await desk.trace() == before) is bool(verdict)
    assert (desk.bell.rung == []) is bool(verdict)


async def test_the_company_takes_over_the_vendors_link_and_stays_as_it_was(desk: Desk):
    one, other = await vendor(desk), await directory(desk)

    outcome = await link(desk, "administrator", one, other)

    found = await desk.link(other)
    company = await desk.one("select name, city, origin_id from company where id = $1", other.id)
    assert (found["state"], found["external_id"], found["external_code"]) == ("LINKED", "V000200", "V000200")
    assert json.loads(found["snapshot"]) == SNAPSHOT
    assert (company["name"], company["city"]) == ("Okafor Steel", "Boston")
    assert await desk.rows("select 1 from company where id = $1", one.id) == []
    assert await desk.state(one) is None
    assert [(item.tag, item.id) for item in outcome.items] == [("com", other.id)]


async def test_the_log_keeps_both_records_and_who_joined_them(desk: Desk):
    one, other = await vendor(desk), await directory(desk)

    outcome = await link(desk, "administrator", one, other)

    assert await desk.history(other) == [("LINK", "linked to vendor V000200")]
    assert await desk.history(one) == [("LINK", f"The same as {other.id}")]
    [gone] = await desk.rows("select * from event where object_id = $1", one.id)
    assert (gone["member_id"], gone["run_id"], gone["after"]) == (
        desk.people["administrator"],
        outcome.run_id,
        None,
    )
    assert json.loads(gone["before"])["links"][0]["external_id"] == "V000200"
    assert await desk.version(other) == 2


async def test_procore_is_told_by_a_job_that_ends_the_run(desk: Desk):
    one, other = await vendor(desk), await directory(desk)

    outcome = await link(desk, "administrator", one, other)

    assert await desk.jobs() == [("mark_origin", other.id)]
    assert await desk.run(outcome.run_id) == ("LINK", "QUEUED", [("WAITING", None)])
    assert len(desk.bell.rung) == 1


@pytest.mark.parametrize("state", ["ARCHIVED", "LINKED"])
async def test_only_a_vendor_that_is_ready_to_import_is_linked(desk: Desk, state: str):
    one, other = await vendor(desk, state=LinkState(state)), await directory(desk)

    assert said(await link(desk, "administrator", one, other)) == ["WRONG_STATE"]


async def test_a_company_of_the_directory_is_not_given_as_the_vendor(desk: Desk):
    one, other = await vendor(desk), await directory(desk)

    assert said(await link(desk, "administrator", other, one)) == ["WRONG_STATE", "ALREADY_LINKED"]


async def test_an_inactive_company_is_not_linked(desk: Desk):
    one, other = await vendor(desk), await directory(desk, is_active=False)
    before = await desk.trace()

    outcome = await link(desk, "administrator", one, other)

    assert said(outcome) == ["COMPANY_INACTIVE"]
    assert outcome.items[0].errors[0].field == "targetId"
    assert await desk.trace() == before


async def test_a_company_that_was_deleted_in_procore_is_not_linked(desk: Desk):
    one, other = await vendor(desk), await directory(desk)
    await desk.change("update company set origin_deleted_at = hub_now() where id = $1", other.id)
    before = await desk.trace()

    assert said(await link(desk, "administrator", one, other)) == ["DELETED_AT_ORIGIN"]
    assert await desk.trace() == before


async def test_a_company_that_has_its_vendor_is_not_linked_to_another(desk: Desk):
    one = await vendor(desk)

    outcome = await link(desk, "administrator", one, desk.vendor)

    assert said(outcome) == ["ALREADY_LINKED"]
    assert outcome.items[0].errors[0].field == "targetId"


async def test_two_vendors_are_not_linked_to_each_other(desk: Desk):
    one, other = await vendor(desk), await vendor(desk, "V000201")

    assert said(await link(desk, "administrator", one, other)) == ["BAD_ID"]


@pytest.mark.parametrize("target", ["nonsense", "prj_00000000-0000-7000-8000-000000000000"])
async def test_a_target_that_is_no_company_is_told(desk: Desk, target: str):
    one = await vendor(desk)

    assert said(await desk.ask("administrator", "linkItems", one, target_id=target)) == ["BAD_ID"]


async def test_a_target_that_is_not_there_is_told(desk: Desk):
    one = await vendor(desk)
    target = "com_00000000-0000-7000-8000-000000000000"

    assert said(await desk.ask("administrator", "linkItems", one, target_id=target)) == ["NOT_FOUND"]


async def test_one_company_is_not_taken_twice_in_a_request(desk: Desk):
    one, two, other = await vendor(desk), await vendor(desk, "V000201"), await directory(desk)
    asks = [ItemAsk(item.name, 1, {"target_id": other.name}) for item in (one, two)]

    outcome = await desk.ask("administrator", "linkItems", *asks)

    assert [[refused.code for refused in item.errors] for item in outcome.items] == [[], ["ALREADY_LINKED"]]
    assert (await desk.link(other))["external_id"] == "V000200"
    assert await desk.state(two) == "READY_TO_IMPORT"


@pytest.mark.parametrize("turn", range(3))
async def test_of_two_who_link_one_vendor_at_once_one_wins(desk: Desk, turn: int):
    one, left, right = await vendor(desk), await directory(desk), await directory(desk)

    outcomes = await asyncio.gather(
        link(desk, "administrator", one, left, version=1), link(desk, "other approver", one, right, version=1)
    )

    assert sorted(said(outcome) for outcome in outcomes) == [[], ["NOT_FOUND"]]
    assert sorted([await desk.state(left), await desk.state(right)]) == ["LINKED", "NOT_SENT"]


@pytest.mark.parametrize("turn", range(3))
async def test_of_two_vendors_linked_to_one_company_at_once_one_wins(desk: Desk, turn: int):
    one, two, other = await vendor(desk), await vendor(desk, "V000201"), await directory(desk)

    outcomes = await asyncio.gather(
        link(desk, "administrator", one, other, version=1),
        link(desk, "other approver", two, other, version=1),
    )

    assert sorted(said(outcome) for outcome in outcomes) == [[], ["ALREADY_LINKED"]]


async def test_the_same_link_asked_again_under_its_key_answers_the_same_though_the_vendor_is_gone(desk: Desk):
    one, other = await vendor(desk), await directory(desk)

    first = await link(desk, "administrator", one, other, key="k", version=1)
    again = await link(desk, "administrator", one, other, key="k", version=1)

    assert (said(first), said(again), again.run_id) == ([], [], first.run_id)
    assert [item.id for item in again.items] == [other.id]


async def test_commitments_of_the_company_can_be_sent_once_it_is_linked(desk: Desk):
    one, other = await vendor(desk), await directory(desk)
    item = await desk.subcontract(company=other.id)
    assert said(await desk.send("manager", item)) == ["VENDOR_NOT_LINKED"]

    await link(desk, "administrator", one, other)

    assert said(await desk.send("manager", item)) == []
    assert '"VendorID":"V000200"' in (await desk.link(item))["payload"]
