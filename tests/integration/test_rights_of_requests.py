"""What a request may be about and whose rights it has: rows written as the project tool might make them."""

from collections.abc import Iterator

import pytest
from desk import Desk, Item
from plant import WORLD, Plant

from db.clock import new_id
from hub.sandboxes.world import Commitment, Rule
from hub.sync.enqueue import enqueue
from hub.sync.runs import open_run

ASKER = "991001"


@pytest.fixture(scope="module")
def wanted() -> Iterator[Commitment]:
    """Sound subcontracts, each asked for by one test alone."""
    return (one for one in WORLD.sendable if one.kind == "work_order_contract" and not one.traits)


async def asked_for(plant: Plant, *about: tuple[str, str], by: str = "manager", **settings: bool) -> None:
    """A request with these details and items, already read up on, and its answer under way."""
    desk, request = plant.desk, new_id()
    await desk.change("update member set origin_id = $2 where id = $1", desk.people[by], ASKER)
    async with desk.pool.transaction(desk.account) as connection:
        run = await open_run(connection, desk.account, "IMPORT", None, [], connection_id=plant.tool)
    await desk.change("update sync_run set state = 'SUCCEEDED', finished_at = hub_now() where id = $1", run)
    await desk.change(
        "insert into erp_request (account_id, id, connection_id, external_id, name, requested_by, run_id)"
        " values ($1, $2, $3, '8100001', 'create_commitment', $4, $5)",
        *(desk.account, request, plant.tool, ASKER, run),
    )
    for detail, item in about:
        await desk.change(
            "insert into erp_request_detail (account_id, connection_id, external_id, request_id, item_id)"
            " values ($1, $2, $3, $4, $5)",
            *(desk.account, plant.tool, detail, request, item),
        )
    async with desk.pool.transaction(desk.account) as connection:
        await enqueue(connection, desk.account, "answer_request", args={"request": request})


async def answered(plant: Plant) -> None:
    job = await plant.step("answer_request")
    assert job["state"] == "DONE", job["error_message"]


async def told(plant: Plant) -> dict[str, str]:
    rows = await plant.desk.rows("select external_id, state from erp_request_detail order by external_id")
    return {row["external_id"]: row["state"] for row in rows}


async def test_what_is_refused_beside_what_is_sent_ends_and_the_rest_goes_on(
    plant: Plant, wanted: Iterator[Commitment]
):
    good, bad = next(wanted), WORLD.breaking(Rule.TITLE_TOO_LONG)[0]
    sound, broken = await plant.commitment(good), await plant.commitment(bad)
    await asked_for(plant, ("1", str(good.procore_id)), ("2", str(bad.procore_id)))

    await answered(plant)

    states = [await plant.desk.state(item) for item in (sound, broken)]
    assert states == ["READY_TO_EXPORT", "NOT_SENT"]
    assert await told(plant) == {"1": "IN_PROGRESS", "2": "FAILED"}
    assert await plant.desk.value("select state from erp_request") == "TAKEN"


async def test_an_answer_that_dies_after_a_partial_send_ends_what_was_refused(
    plant: Plant, wanted: Iterator[Commitment]
):
    good, bad = next(wanted), WORLD.breaking(Rule.TITLE_TOO_LONG)[0]
    await plant.commitment(good)
    await plant.commitment(bad)
    await asked_for(plant, ("1", str(good.procore_id)), ("2", str(bad.procore_id)))
    await answered(plant)
    await plant.desk.change("update erp_request_detail set state = 'IN_PROGRESS'")
    await plant.desk.change(
        "update job set state = 'QUEUED', finished_at = null where kind = 'answer_request'"
    )

    await answered(plant)

    assert await told(plant) == {"1": "IN_PROGRESS", "2": "FAILED"}


async def test_several_details_about_one_item_are_one_send(plant: Plant, wanted: Iterator[Commitment]):
    commitment = next(wanted)
    item = await plant.commitment(commitment)
    await asked_for(plant, ("1", str(commitment.procore_id)), ("2", str(commitment.procore_id)))

    await answered(plant)

    assert await plant.desk.state(item) == "READY_TO_EXPORT"
    assert [action for action, _ in await plant.desk.history(item)].count("SEND") == 1
    assert await told(plant) == {"1": "IN_PROGRESS", "2": "IN_PROGRESS"}


@pytest.mark.parametrize("who", ["nobody", "reader", "standard"])
async def test_a_request_has_the_rights_of_its_person_and_no_others(
    plant: Plant, wanted: Iterator[Commitment], who: str
):
    commitment = next(wanted)
    item = await plant.commitment(commitment)
    await asked_for(plant, ("1", str(commitment.procore_id)), by=who)

    await answered(plant)

    assert await plant.desk.state(item) == "NOT_SENT"
    assert await told(plant) == {"1": "FAILED"}


async def test_the_setting_gives_nobody_the_right_to_accept(plant: Plant, wanted: Iterator[Commitment]):
    commitment = next(wanted)
    item = await plant.commitment(commitment)
    await plant.desk.change(
        "update connection set settings = settings || '{\"accept_in_procore\": true}' where id = $1",
        plant.tool,
    )
    await asked_for(plant, ("1", str(commitment.procore_id)))

    await answered(plant)

    assert await plant.desk.state(item) == "READY_TO_EXPORT"
    assert await plant.desk.value("select count(*) from job where kind = 'export'") == 0


async def test_an_item_of_another_account_is_one_that_nobody_knows(
    plant: Plant, wanted: Iterator[Commitment], app_pool, hub_settings
):
    other = await Desk.open(app_pool, hub_settings)
    async with other.books() as books:
        company = await books.company("Elsewhere")
        item = await books.commitment("C-1", other.job.id, company, origin_id="770077")
    await asked_for(plant, ("1", "770077"))

    await answered(plant)

    assert await told(plant) == {"1": "FAILED"}
    assert await other.state(Item("cmt", item)) == "NOT_SENT"
    assert await other.value("select count(*) from event where action = 'SEND'") == 0
