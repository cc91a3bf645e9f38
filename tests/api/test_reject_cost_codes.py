"""Rejecting all cost codes together, however many wait."""

from desk import Desk
from starlette.applications import Starlette

from hub.api.context import Context, Viewer
from hub.core.link import LinkState

REJECT = """mutation { rejectCostCodes(input: { idempotencyKey: "all", comment: "Use the old list" }) {
    run { id itemsTotal } items { item { id linkState ... on CostCode { defaultCostTypes { id code } } } userErrors { code } }
    userErrors { code } } }"""


async def test_of_more_cost_codes_than_a_request_may_name_the_first_hundred_are_answered_and_all_are_rejected(
    desk: Desk, application: Starlette
):
    async with desk.books() as books:
        for number in range(120):
            await books.item(
                "cost_code", "CostCode", LinkState.READY_TO_EXPORT, {}, code=f"77-{number:03}", name="New"
            )
    engine = application.state.engine
    context = Context(
        Viewer(desk.account, desk.people["approver"], bulk=False), application.state.means, engine
    )

    result = (await engine.run(context, REJECT, {})).result

    assert result.errors is None
    found = result.data["rejectCostCodes"]
    assert found["userErrors"] == []
    assert found["run"]["itemsTotal"] == 120
    assert [each["item"]["linkState"] for each in found["items"]] == ["REJECTED"] * 100
    assert await desk.value("select count(*) from link where state = 'REJECTED'") == 120
