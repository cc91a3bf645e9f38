"""A project tool is told where the hub listens, and what people do there reaches it over real HTTP."""

from collections.abc import AsyncIterator

import pytest_asyncio
from desk import said
from plant import WORLD, Plant
from serving import serving

from hub.app import create_app
from hub.bell import SilentBell

ORDER = next(one for one in WORLD.sendable if one.kind == "work_order_contract" and not one.traits)


@pytest_asyncio.fixture
async def watched(plant: Plant) -> AsyncIterator[Plant]:
    """The account's hub, served where the project tool can reach it."""
    app = create_app(plant.desk.settings, SilentBell())
    async with app.router.lifespan_context(app), serving(app) as address:
        settings = plant.desk.settings.model_copy(update={"public_url": f"http://{address}"})
        plant.desk.settings = settings
        yield plant
    await plant.procore.control.post("/__control/reset")


async def watch(plant: Plant) -> None:
    outcome = await plant.desk.ask("administrator", "watchSystem", extra={"system_id": f"sys_{plant.tool}"})
    assert said(outcome) == []
    job = await plant.step("watch_system")
    assert job["state"] == "DONE", [
        job["error_message"],
        *await plant.desk.rows(
            "select operation, state, erp_message from attempt where erp_message is not null or state <> 'CONFIRMED'"
        ),
    ]
    assert (await plant.desk.run(outcome.run_id))[1] == "SUCCEEDED"


async def hooks(plant: Plant) -> list[dict[str, object]]:
    found = (await plant.procore.control.get("/__control/webhooks")).raise_for_status().json()
    rows: list[dict[str, object]] = found["hooks"]
    return rows


async def delivered(plant: Plant) -> None:
    (await plant.procore.control.post("/__control/webhooks/deliver", json={})).raise_for_status()


async def test_what_a_person_sends_in_the_tool_arrives_as_work_once(watched: Plant):
    await watch(watched)
    sent = {"item_type": ORDER.kind, "item_id": ORDER.procore_id, "user": "project_manager"}
    detail = (
        (await watched.procore.control.post("/__control/erp/export", json=sent)).raise_for_status().json()
    )

    await delivered(watched)

    asked = await watched.desk.rows(
        "select args ->> 'request' as request from job where kind = 'take_request'"
    )
    assert [row["request"] for row in asked] == [str(detail["erp_request_id"])]
    assert await watched.desk.value("select heard_at is not null from webhook") is True


async def test_watching_again_replaces_the_hook_and_its_secret(watched: Plant):
    await watch(watched)
    [first] = await hooks(watched)

    await watch(watched)

    [second] = await hooks(watched)
    assert first["id"] != second["id"]
    rows = await watched.desk.rows("select revoked_at is null as live from webhook order by created_at, id")
    assert [row["live"] for row in rows] == [False, True]


async def test_two_who_ask_at_once_have_one_set_up(watched: Plant):
    asked = {"system_id": f"sys_{watched.tool}"}
    first = await watched.desk.ask("administrator", "watchSystem", extra=asked)
    second = await watched.desk.ask("administrator", "watchSystem", extra=asked)

    assert first.run_id == second.run_id is not None
    assert await watched.desk.value("select count(*) from job where kind = 'watch_system'") == 1


async def test_a_set_up_that_failed_half_way_leaves_no_hook_behind_once_another_stands(watched: Plant):
    triggers = {"fault": "status", "times": 1, "match": {"method": "POST", "path": "*/triggers"}}
    refused = {**triggers, "params": {"status": 422}}
    (await watched.procore.control.post("/__control/faults", json=refused)).raise_for_status()
    await watched.desk.ask("administrator", "watchSystem", extra={"system_id": f"sys_{watched.tool}"})
    assert (await watched.step("watch_system"))["state"] == "FAILED"
    [left] = await hooks(watched)

    await watch(watched)

    [hook] = await hooks(watched)
    assert hook["id"] != left["id"]


async def test_a_set_up_that_died_half_way_goes_on_with_the_hook_it_made(watched: Plant):
    await watch(watched)
    await watched.desk.change(
        "update job set state = 'QUEUED', finished_at = null where kind = 'watch_system'"
    )

    job = await watched.step("watch_system")

    assert job["state"] == "DONE", job["error_message"]
    assert len(await hooks(watched)) == 1
    assert await watched.desk.value("select count(*) from webhook where revoked_at is null") == 1


async def test_triggers_that_are_no_pairs_are_named(watched: Plant):
    await watched.desk.change(
        """update connection set settings = settings || '{"webhook_triggers": ["Projects"]}' where id = $1""",
        watched.tool,
    )
    await watched.desk.ask("administrator", "watchSystem", extra={"system_id": f"sys_{watched.tool}"})

    job = await watched.step("watch_system")

    assert (job["state"], job["error_code"]) == ("FAILED", "INVALID_VALUE")
    assert await hooks(watched) == []


async def test_a_hub_that_nobody_can_reach_says_so_and_polls(plant: Plant):
    outcome = await plant.desk.ask("administrator", "watchSystem", extra={"system_id": f"sys_{plant.tool}"})

    job = await plant.step("watch_system")

    assert (job["state"], job["error_code"]) == ("FAILED", "INVALID_VALUE")
    assert (await plant.desk.run(outcome.run_id))[1] == "FAILED"
    assert await plant.desk.value("select count(*) from job where kind = 'poll_requests'") == 1


async def test_two_who_ask_at_once_share_one_set_up(watched: Plant):
    asked = [
        await watched.desk.ask("administrator", "watchSystem", extra={"system_id": f"sys_{watched.tool}"})
        for _ in range(2)
    ]

    await watched.step("watch_system")

    assert asked[0].run_id == asked[1].run_id
    assert await watched.desk.value("select count(*) from job where kind = 'watch_system'") == 1
    assert len(await hooks(watched)) == 1


async def test_a_hook_whose_set_up_failed_is_taken_away_by_the_next(watched: Plant):
    await watched.procore.fault("status", times=1, method="POST", contains="ERP Requests", status=422)
    await watched.desk.ask("administrator", "watchSystem", extra={"system_id": f"sys_{watched.tool}"})
    assert (await watched.step("watch_system"))["state"] == "FAILED"
    [left] = await hooks(watched)

    await watch(watched)

    [now] = await hooks(watched)
    assert now["id"] != left["id"]
