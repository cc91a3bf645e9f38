"""Companies merged in Procore: commitments and the vendor follow the one that is left, wherever that can be told."""

from typing import Any

import pytest
from desk import Desk, Item
from plant import WORLD, Plant

from hub.core.link import LinkState
from hub.demo.office import Office
from hub.sync.enqueue import enqueue
from hub.sync.merging import merge_companies


async def company(desk: Desk, origin: str, name: str, vendor: str | None = None) -> Item:
    state = LinkState.LINKED if vendor else LinkState.NOT_SENT
    link = {"external_id": vendor, "external_code": vendor} if vendor else {}
    return await desk.company(name, state, origin_id=origin, link=link)


async def merged(desk: Desk, master: str, *sources: str) -> str | None:
    data = {"master": {"vendor_id": int(master)}, "sources": [{"vendor_id": one} for one in sources]}
    async with desk.pool.transaction(desk.account) as connection:
        return await merge_companies(connection, desk.account, {"items": [data]})


async def test_commitments_of_a_merged_company_are_those_of_the_one_that_is_left(desk: Desk):
    left, gone = await company(desk, "71", "Okafor Steel"), await company(desk, "72", "Okafor Steel Inc")
    commitment = await desk.subcontract(company=gone.id)

    assert await merged(desk, "71", "72") is None

    assert await desk.value("select company_id from commitment where id = $1", commitment.id) == left.id
    assert await desk.history(gone) == [("MERGE", f"merged into company {left.id}")]
    assert await desk.jobs() == []


async def test_the_vendor_of_a_merged_company_goes_to_the_one_that_is_left(desk: Desk):
    left, gone = await company(desk, "71", "Okafor Steel"), await company(desk, "72", "Okafor", "V9")

    assert await merged(desk, "71", "72") is None

    link = await desk.link(left)
    assert (link["state"], link["external_id"]) == ("LINKED", "V9")
    assert ((await desk.link(gone))["state"], (await desk.link(gone))["external_id"]) == ("NOT_SENT", None)
    assert await desk.jobs() == [("mark_origin", gone.id), ("mark_origin", left.id)]


async def test_followed_twice_a_merge_changes_nothing_the_second_time(desk: Desk):
    left, _ = await company(desk, "71", "Okafor Steel"), await company(desk, "72", "Okafor", "V9")
    await merged(desk, "71", "72")

    assert await merged(desk, "71", "72") is None

    assert (await desk.link(left))["external_id"] == "V9"
    assert len(await desk.jobs()) == 2


async def test_two_companies_with_two_vendors_are_left_as_they_are(desk: Desk):
    await company(desk, "71", "Okafor Steel", "V8"), await company(desk, "72", "Okafor", "V9")
    before = await desk.trace()

    words = await merged(desk, "71", "72")

    assert words == (
        "Okafor and Okafor Steel are linked to two vendors of the ERP. Unlink one of them, then merge them again."
    )
    assert await desk.trace() == before


@pytest.mark.parametrize("data", [{}, {"master": {"vendor_id": "9"}, "sources": [{"vendor_id": "72"}]}])
async def test_a_merge_that_cannot_be_told_is_refused_with_words(desk: Desk, data: dict[str, Any]):
    await company(desk, "72", "Okafor")
    async with desk.pool.transaction(desk.account) as connection:
        words = await merge_companies(connection, desk.account, {"items": [data]})

    assert words


async def test_a_merge_in_procore_is_followed(plant: Plant):
    master, source = [
        one for one in WORLD.vendors if one.procore_id and not one.linked and one.procore_active
    ][-2:]
    desk = plant.desk
    left = await desk.company(master.procore_name, LinkState.NOT_SENT, origin_id=str(master.procore_id))
    gone = await desk.company(source.procore_name, LinkState.NOT_SENT, origin_id=str(source.procore_id))
    commitment = await desk.subcontract(company=gone.id)
    pressed = {"event": "merge_vendors", "item_ids": [master.procore_id, source.procore_id]}
    answer = await plant.procore.control.post("/__control/erp/press", json=pressed)
    assert answer.status_code in (200, 201), answer.text
    people = Office(plant.procore.url)
    await people.sign_in()
    rows = await people.get(f"/rest/v1.0/companies/{WORLD.company.procore_id}/erp_requests", per_page=500)
    await people.close()
    request = next(row for row in rows if row["request_name"] == "merge_vendors")
    args = {"connection_id": plant.tool, "request": str(request["id"])}
    async with desk.pool.transaction(desk.account) as connection:
        await enqueue(connection, desk.account, "take_request", args=args)
    await plant.step("take_request")
    await plant.step("answer_request")
    await plant.step("import")

    job = await plant.step("answer_request")

    assert job["state"] == "DONE"
    assert await desk.value("select company_id from commitment where id = $1", commitment.id) == left.id
    assert tuple(await desk.one("select name, state from erp_request")) == ("merge_vendors", "DONE")
