"""Linking a vendor against what else is asked of it."""

import pytest
from desk import Desk, Item, said

from hub.actions.ask import MAX_ITEMS, ItemAsk
from hub.core.link import LinkState


async def vendor(desk: Desk) -> Item:
    link = {"external_id": "V000200", "external_code": "V000200", "snapshot": {"name": "Okafor Steel"}}
    return await desk.company("Okafor Steel", LinkState.READY_TO_IMPORT, origin_id=None, link=link)


async def test_a_vendor_that_is_being_added_is_not_linked(desk: Desk):
    one, other = await vendor(desk), await desk.company("Okafor Steel", LinkState.NOT_SENT)
    assert said(await desk.ask("administrator", "addItems", one, confirm=True)) == []

    outcome = await desk.ask("administrator", "linkItems", one, target_id=other.name)

    assert said(outcome) == ["WRONG_STATE"]
    assert (await desk.state(one), await desk.state(other)) == ("READY_TO_IMPORT", "NOT_SENT")


@pytest.mark.parametrize("state", ["DONE", "FAILED", "PARKED", "CANCELLED"])
async def test_a_vendor_whose_adding_has_ended_is_linked(desk: Desk, state: str):
    one, other = await vendor(desk), await desk.company("Okafor Steel", LinkState.NOT_SENT)
    assert said(await desk.ask("administrator", "addItems", one, confirm=True)) == []
    await desk.change("update job set state = $1", state)

    assert said(await desk.ask("administrator", "linkItems", one, target_id=other.name)) == []
    assert await desk.state(other) == "LINKED"


async def test_a_request_of_too_many_links_is_refused(desk: Desk):
    one, other = await vendor(desk), await desk.company("Okafor Steel", LinkState.NOT_SENT)
    asked = [ItemAsk(one.name, 1, {"target_id": other.name})] * (MAX_ITEMS + 1)

    outcome = await desk.ask("administrator", "linkItems", *asked)

    assert [error.code for error in outcome.errors] == ["TOO_MANY_ITEMS"]


async def test_a_company_that_was_deleted_in_the_project_tool_is_not_linked(desk: Desk):
    one, other = await vendor(desk), await desk.company("Okafor Steel", LinkState.NOT_SENT)
    await desk.change("update company set origin_deleted_at = hub_now() where id = $1", other.id)

    assert said(await desk.ask("administrator", "linkItems", one, target_id=other.name)) == [
        "DELETED_AT_ORIGIN"
    ]
    assert await desk.state(other) == "NOT_SENT"
