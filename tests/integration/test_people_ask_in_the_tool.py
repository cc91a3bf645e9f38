"""What people ask of the ERP in the project tool counts as theirs, is done once, and is closed there when it has ended."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from desk import Item, said
from factories import BIRTH
from plant import WORLD, Plant

from db.clock import new_id
from hub.connectors.procore.requests import erp_request
from hub.sandboxes.world import Commitment, Rule
from hub.sync.enqueue import enqueue
from hub.sync.requests.polling import keep_polling, next_round
from hub.sync.requests.taking import take_in

MANAGER = WORLD.person("project_manager")


@pytest.fixture(scope="module")
def wanted() -> Iterator[Commitment]:
    """Sound subcontracts with one line or more, each asked for by one test alone."""
    return (one for one in reversed(WORLD.sendable) if one.kind == "work_order_contract" and not one.traits)


async def press(plant: Plant, path: str, **body: Any) -> Any:
    answer = await plant.procore.control.post(f"/__control/erp/{path}", json=body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def export(plant: Plant, commitment: Commitment, user: str = "project_manager") -> dict[str, Any]:
    sent = {"item_type": commitment.kind, "item_id": commitment.procore_id, "user": user}
    found: dict[str, Any] = await press(plant, "export", **sent)
    return found


async def told(plant: Plant, detail: dict[str, Any]) -> None:
    """A webhook has told of the request; it is read."""
    args = {"connection_id": plant.tool, "request": str(detail["erp_request_id"])}
    async with plant.desk.pool.transaction(plant.desk.account) as connection:
        await enqueue(connection, plant.desk.account, "take_request", args=args)
    await plant.step("take_request")


async def answered(plant: Plant) -> Any:
    """The request is read up on, then acted on."""
    await plant.step("answer_request")
    await plant.step("import")
    return await plant.step("answer_request")


async def known(plant: Plant, commitment: Commitment) -> Item:
    return await plant.commitment(commitment)


async def test_a_request_of_the_tool_is_a_send_by_its_user_and_closes_when_the_ledger_confirms(
    plant: Plant, wanted: Iterator[Commitment]
):
    commitment = next(wanted)
    item = await known(plant, commitment)
    detail = await export(plant, commitment)
    await told(plant, detail)

    job = await answered(plant)

    assert (job["state"], await plant.desk.state(item)) == ("DONE", "READY_TO_EXPORT")
    sender = await plant.desk.value("select m.origin_id from link l join member m on m.id = l.sent_by")
    assert sender == str(MANAGER.procore_id)
    assert (await plant.detail(detail["id"]))["status"] == "in_progress"

    assert said(await plant.desk.accept("approver", item)) == []
    await plant.step("export")
    closing = "select count(*) from job where kind = 'tell_request'"
    assert await plant.desk.value(closing) == 0  # nobody may see it closed before the item carries its mark
    await plant.step("mark_origin")
    assert await plant.desk.value(closing) == 1
    await plant.step("tell_request")

    assert await plant.desk.state(item) == "SYNCED"
    assert (await plant.detail(detail["id"]))["status"] == "success"
    asked = await plant.desk.one("select state, finished_at is not null as finished from erp_request")
    assert tuple(asked) == ("DONE", True)


async def test_a_rejection_reaches_the_tool_with_its_comment(plant: Plant, wanted: Iterator[Commitment]):
    commitment = next(wanted)
    item = await known(plant, commitment)
    detail = await export(plant, commitment)
    await told(plant, detail)
    await answered(plant)

    await plant.desk.ask("approver", "rejectItems", item, comment="Wrong cost code.")
    await plant.step("tell_request")

    found = await plant.detail(detail["id"])
    assert (found["status"], found["messages"]) == ("rejected", ["Wrong cost code."])


async def test_what_cannot_be_sent_fails_there_with_every_reason(plant: Plant):
    commitment = WORLD.breaking(Rule.TITLE_TOO_LONG)[0]
    await known(plant, commitment)
    detail = await export(plant, commitment)
    await told(plant, detail)
    job = await answered(plant)
    await plant.step("tell_request")

    assert job["state"] == "DONE"
    found = await plant.detail(detail["id"])
    assert found["status"] == "failed"
    assert any("the ERP takes 35" in message for message in found["messages"])


async def test_a_refusal_of_the_ledger_closes_the_request_in_its_words(
    plant: Plant, wanted: Iterator[Commitment]
):
    commitment = next(wanted)
    item = await known(plant, commitment)
    detail = await export(plant, commitment)
    await told(plant, detail)
    await answered(plant)
    await plant.mri.control.post(
        "/__control/vendors", json={"VendorID": await vendor_of(plant, item), "Active": "N"}
    )
    assert said(await plant.desk.accept("approver", item)) == []

    await plant.step("export")
    await plant.step("tell_request")

    await plant.mri.control.post(
        "/__control/vendors", json={"VendorID": await vendor_of(plant, item), "Active": "Y"}
    )
    found = await plant.detail(detail["id"])
    assert (await plant.desk.state(item), found["status"]) == ("FAILED", "failed")
    assert "is not active" in found["messages"][0]


async def vendor_of(plant: Plant, item: Item) -> str:
    found: str = await plant.desk.value(
        "select k.external_id from commitment c join link k on k.object_id = c.company_id where c.id = $1",
        item.id,
    )
    return found


async def test_a_request_that_no_webhook_told_of_is_found_by_polling_and_answered_once(
    plant: Plant, wanted: Iterator[Commitment]
):
    commitment = next(wanted)
    await known(plant, commitment)
    detail = await export(plant, commitment)
    mine = ("select count(*) from erp_request where external_id = $1", str(detail["erp_request_id"]))

    async with plant.desk.pool.transaction(plant.desk.account) as connection:
        await keep_polling(connection, plant.desk.account, plant.tool)
    await plant.step("poll_requests")
    first = await plant.desk.value(*mine)
    await told(plant, detail)
    await plant.step("poll_requests")

    assert (first, await plant.desk.value(*mine)) == (1, 1)
    asked = """
        select count(*) from job j join erp_request r on j.args ->> 'request' = r.id::text
        where j.kind = 'answer_request' and r.external_id = $1"""
    assert await plant.desk.value(asked, mine[1]) == 1
    assert (
        await plant.desk.value("select count(*) from job where kind = 'poll_requests' and state = 'QUEUED'")
        == 1
    )


async def test_an_answer_that_dies_after_its_action_is_not_given_twice(
    plant: Plant, wanted: Iterator[Commitment]
):
    commitment = next(wanted)
    item = await known(plant, commitment)
    detail = await export(plant, commitment)
    await told(plant, detail)
    await answered(plant)

    await plant.desk.change(
        "update job set state = 'QUEUED', finished_at = null where kind = 'answer_request'"
    )
    job = await plant.step("answer_request")

    assert job["state"] == "DONE"
    assert [action for action, _ in await plant.desk.history(item)].count("SEND") == 1
    assert (await plant.detail(detail["id"]))["status"] == "in_progress"


async def test_a_refresh_imports_from_the_ledger_and_closes(plant: Plant):
    [detail] = await press(plant, "refresh", item_type="vendor", user="accounting_approver")
    await told(plant, detail)

    job = await answered(plant)
    await plant.step("tell_request")

    assert job["state"] == "DONE"
    assert await plant.desk.value("select count(*) from company") > 100
    assert (await plant.detail(detail["id"]))["status"] == "success"


async def test_a_connection_that_says_so_takes_the_request_as_an_acceptance_too(
    plant: Plant, wanted: Iterator[Commitment]
):
    commitment = next(wanted)
    item = await known(plant, commitment)
    await plant.desk.change(
        "update connection set settings = settings || '{\"accept_in_procore\": true}' where id = $1",
        plant.tool,
    )
    detail = await export(plant, commitment, "accounting_approver")
    await told(plant, detail)

    await answered(plant)

    assert await plant.desk.state(item) == "EXPORTING"


async def test_of_two_items_in_a_request_the_refused_one_ends_and_the_other_goes_on(
    plant: Plant, wanted: Iterator[Commitment]
):
    sound, broken = next(wanted), WORLD.breaking(Rule.TITLE_TOO_LONG)[0]
    items = [await known(plant, one) for one in (sound, broken)]
    request = await asked_for(plant, sound, broken)

    for _ in range(2):  # the second time as after a death behind the action
        await plant.desk.change(
            "update job set state = 'QUEUED', finished_at = null where kind = 'answer_request'"
        )
        await plant.step("answer_request")

    assert [await plant.desk.state(item) for item in items] == ["READY_TO_EXPORT", "NOT_SENT"]
    rows = await plant.desk.rows(
        "select item_id, state, messages from erp_request_detail where request_id = $1", request
    )
    parts = {row["item_id"]: (row["state"], row["messages"]) for row in rows}
    assert parts[str(sound.procore_id)] == ("IN_PROGRESS", "[]")
    assert parts[str(broken.procore_id)][0] == "FAILED"
    assert "35" in parts[str(broken.procore_id)][1]
    assert await plant.desk.value("select state from erp_request where id = $1", request) == "TAKEN"


async def asked_for(plant: Plant, *commitments: Commitment) -> UUID:
    """A request about several commitments that has been read up on; its answer is due."""
    desk, request, run = plant.desk, new_id(), new_id()
    await desk.change(
        "update member set origin_id = $2 where id = $1", desk.people["manager"], str(MANAGER.procore_id)
    )
    await desk.change(
        "insert into sync_run (account_id, id, action, state) values ($1, $2, 'IMPORT', 'SUCCEEDED')",
        *(desk.account, run),
    )
    await desk.change(
        "insert into erp_request (account_id, id, connection_id, external_id, name, requested_by, run_id)"
        " values ($1, $2, $3, '2', 'create_commitment', $4, $5)",
        *(desk.account, request, plant.tool, str(MANAGER.procore_id), run),
    )
    for commitment in commitments:
        await desk.change(
            "insert into erp_request_detail (account_id, connection_id, external_id, request_id, item_id)"
            " values ($1, $2, $3, $4, $3)",
            *(desk.account, plant.tool, str(commitment.procore_id), request),
        )
    async with desk.pool.transaction(desk.account) as connection:
        await enqueue(connection, desk.account, "answer_request", args={"request": request})
    return request


async def test_a_lost_request_is_found_though_a_webhook_has_brought_a_later_one(
    plant: Plant, wanted: Iterator[Commitment]
):
    commitment = next(wanted)
    async with plant.desk.pool.transaction(plant.desk.account) as connection:
        await keep_polling(connection, plant.desk.account, plant.tool)
    detail = await export(plant, commitment)
    await plant.desk.change(
        "insert into erp_request (account_id, id, connection_id, external_id, name, asked_at)"
        " values ($1, $2, $3, '1', 'sync_metadata', hub_now() + interval '1 day')",
        *(plant.desk.account, new_id(), plant.tool),
    )

    await plant.step("poll_requests")

    found = "select count(*) from erp_request where external_id = $1"
    assert await plant.desk.value(found, str(detail["erp_request_id"])) == 1


async def test_polling_goes_on_from_where_it_stood_when_a_round_fails(plant: Plant):
    stood = "2026-03-02T09:15:27+00:00"
    async with plant.desk.pool.transaction(plant.desk.account) as connection:
        args = {"connection_id": plant.tool, "since": stood}
        await enqueue(connection, plant.desk.account, "poll_requests", args=args)
    await plant.desk.change("update job set deaths = 9")  # more than are let pass: it is put aside

    assert (await plant.step("poll_requests"))["state"] == "PARKED"

    following = await plant.desk.value(
        "select args ->> 'since' from job where kind = 'poll_requests' and state = 'QUEUED'"
    )
    assert following == stood


async def test_polling_ends_with_its_connection(plant: Plant):
    system = new_id()
    async with plant.desk.pool.transaction(plant.desk.account) as connection:
        await keep_polling(connection, plant.desk.account, system)

    assert await plant.desk.value("select count(*) from job where kind = 'poll_requests'") == 0


@pytest.mark.parametrize("word", ["true", "false", 1, "no"])
async def test_only_a_plain_yes_makes_a_request_an_acceptance(
    plant: Plant, wanted: Iterator[Commitment], word: Any
):
    commitment = next(wanted)
    item = await known(plant, commitment)
    await plant.desk.change(
        "update connection set settings = settings || jsonb_build_object('accept_in_procore', $2::jsonb) where id = $1",
        *(plant.tool, json.dumps(word)),
    )
    detail = await export(plant, commitment, "accounting_approver")
    await told(plant, detail)

    await answered(plant)

    assert await plant.desk.state(item) == "READY_TO_EXPORT"


NUL = {
    "id": 7_000_001,
    "request_name": "create_commitment" * 9,
    "request_data": {
        "commitment": {"id": "9" * 300, "title": "a\x00b\ud800", "k\x00": 1},
        "lines": [{"request_detail_id": 7_000_002, "item_type": "t" * 300, "id": 10**400}],
    },
}


async def test_a_request_of_absurd_content_is_kept_and_stops_no_other(plant: Plant):
    async with plant.desk.pool.transaction(plant.desk.account) as connection:
        await take_in(connection, plant.desk.account, plant.tool, erp_request(NUL))

    row = await plant.desk.one("select external_id, item_type, item_id from erp_request_detail")
    assert tuple(row) == ("7000002", "t" * 60, None)


@pytest.mark.parametrize("stated", ["soon", None, [], True, -1, 1e300, {"s": 1}])
async def test_polling_goes_on_whatever_its_setting_says(plant: Plant, stated: Any):
    await plant.desk.change(
        "update connection set settings = settings || jsonb_build_object('request_poll_seconds', $2::jsonb) where id = $1",
        *(plant.tool, json.dumps(stated)),
    )

    async with plant.desk.pool.transaction(plant.desk.account) as connection:
        await next_round(connection, plant.desk.account, plant.tool, BIRTH)

    left = "select round(extract(epoch from due_at - hub_now())) from job where kind = 'poll_requests'"
    assert await plant.desk.value(left) == 300


@pytest.mark.parametrize("of", ["a connection that says 0", "a connection that is gone"])
async def test_polling_ends_for(plant: Plant, of: str):
    system = plant.tool if "0" in of else new_id()
    await plant.desk.change(
        "update connection set settings = settings || '{\"request_poll_seconds\": 0}' where id = $1",
        plant.tool,
    )

    async with plant.desk.pool.transaction(plant.desk.account) as connection:
        await next_round(connection, plant.desk.account, system, BIRTH)

    assert await plant.desk.value("select count(*) from job where kind = 'poll_requests'") == 0


async def ended(plant: Plant, *details: str) -> None:
    """A request whose items have ended here, of which the tool does not know yet."""
    request = new_id()
    await plant.desk.change(
        "insert into erp_request (account_id, id, connection_id, external_id, name, state)"
        " values ($1, $2, $3, '8000001', 'create_commitment', 'TAKEN')",
        *(plant.desk.account, request, plant.tool),
    )
    for detail in details:
        await plant.desk.change(
            "insert into erp_request_detail (account_id, connection_id, external_id, request_id, state)"
            " values ($1, $2, $3, $4, 'FAILED')",
            *(plant.desk.account, plant.tool, detail, request),
        )
    async with plant.desk.pool.transaction(plant.desk.account) as connection:
        await keep_polling(connection, plant.desk.account, plant.tool)
    await plant.step("poll_requests")


async def test_an_item_that_is_gone_in_the_tool_keeps_no_other_one_open(
    plant: Plant, wanted: Iterator[Commitment]
):
    detail = await export(plant, next(wanted))
    await ended(plant, "1", str(detail["id"]))

    job = await plant.step("tell_request")

    assert job["state"] == "DONE", job["error_message"]
    assert (await plant.detail(detail["id"]))["status"] == "failed"


async def test_what_was_never_told_is_told_by_polling(plant: Plant, wanted: Iterator[Commitment]):
    detail = await export(plant, next(wanted))
    await ended(plant, str(detail["id"]))

    await plant.step("tell_request")
    await plant.step("poll_requests")

    assert (await plant.detail(detail["id"]))["status"] == "failed"
    asked = "select count(*) from job where kind = 'tell_request'"
    assert await plant.desk.value(asked) == 1


async def test_what_was_asked_long_before_the_hub_listened_is_left_alone(plant: Plant):
    async with plant.desk.pool.transaction(plant.desk.account) as connection:
        await keep_polling(connection, plant.desk.account, plant.tool)

    back = "select hub_now() - (args ->> 'since')::timestamptz from job where kind = 'poll_requests'"
    assert timedelta(hours=12) <= await plant.desk.value(back) < timedelta(hours=13)


async def test_a_request_that_the_tool_does_not_show_is_left_to_polling_after_some_tries(plant: Plant):
    async with plant.desk.pool.transaction(plant.desk.account) as connection:
        args = {"connection_id": plant.tool, "request": "../companies"}
        await enqueue(connection, plant.desk.account, "take_request", args=args)

    states = [(await plant.step("take_request"))["state"] for _ in range(5)]

    assert states == ["QUEUED"] * 4 + ["DONE"]


async def test_old_notices_are_let_go_of(plant: Plant):
    for name, age in (("old", "9 days"), ("young", "7 days")):
        await plant.desk.change(
            "insert into notice (account_id, connection_id, external_id, resource, event, resource_id, received_at)"
            " values ($1, $2, $3, 'x', 'y', 'z', hub_now() - $4::text::interval)",
            *(plant.desk.account, plant.tool, name, age),
        )
    async with plant.desk.pool.transaction(plant.desk.account) as connection:
        await keep_polling(connection, plant.desk.account, plant.tool)

    await plant.step("poll_requests")

    assert [row["external_id"] for row in await plant.desk.rows("select external_id from notice")] == [
        "young"
    ]
