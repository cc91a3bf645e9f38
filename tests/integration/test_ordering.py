"""Accepting what hangs on one another: exports run in order, and where one fails the rest can be accepted again."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest
from desk import Item, said
from documents import Documents
from plant import WORLD, Plant

from db.session import Row
from hub.access import rights, rules
from hub.actions import decide
from hub.actions.ask import Outcome
from hub.core.link import LinkState
from hub.objects import COMMITMENT_CHANGE_ORDER
from hub.objects.prerequisites import conditions
from hub.sandboxes.world import Commitment

# Those at the other end: other tests take theirs from the front.
SOUND: Iterator[Commitment] = iter(reversed(WORLD.sendable))
NEEDS = (conditions.parent_synced(COMMITMENT_CHANGE_ORDER, "commitment_id", "commitment"),)


@pytest.fixture(autouse=True)
def judged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Change orders are judged by what these tests are about alone."""
    own = rules._exported(COMMITMENT_CHANGE_ORDER, (rights.COMMITMENTS_ADMIN,), NEEDS)
    monkeypatch.setattr(rules, "RULES", MappingProxyType({**rules.RULES, COMMITMENT_CHANGE_ORDER.name: own}))
    decide._statement.cache_clear()
    yield
    decide._statement.cache_clear()


@pytest.fixture
def wanted() -> Commitment:
    return next(found for found in SOUND if found.kind == "work_order_contract")


async def both(plant: Plant, wanted: Commitment) -> tuple[Item, Item]:
    """A commitment and a change order of it, both sent and waiting for their answer."""
    contract = await plant.commitment(wanted)
    assert said(await plant.desk.send("manager", contract)) == []
    row = await plant.desk.one("select * from commitment where id = $1", contract.id)
    line = await plant.desk.one(
        "select * from commitment_line where commitment_id = $1 order by line_number limit 1", contract.id
    )
    coded = {"cost_code_id": line["cost_code_id"], "cost_type_id": line["cost_type_id"]}
    async with plant.desk.books() as books:
        order = await Documents(books).change_order(
            row["project_id"], contract.id, "CO-1", LinkState.READY_TO_EXPORT,
            lines=[{"amount": line["amount"], "description": "More", **coded}],
            origin_created_at=datetime(2026, 3, 2, tzinfo=UTC), link={"export_revision": 1},
        )  # fmt: skip
    return contract, Item("cco", order)


async def accept(plant: Plant, *items: Item, typed: Mapping[Item, str] | None = None) -> Outcome:
    """All of them in one request, as an approver who looked at each preview."""
    asked = []
    for item in items:
        erp_id = (typed or {}).get(item)
        entries = {"erp_id": erp_id}
        asked.append(
            await plant.desk.asked(item, digest=await plant.desk.digest(item, erp_id), entries=entries)
        )
    return await plant.desk.ask("approver", "acceptItems", *asked)


async def run_of(plant: Plant, item: Item) -> Row:
    """Let a worker try the export of this item, whatever stands before it."""
    await plant.desk.change(
        "update job set created_at = created_at - interval '1 hour' where object_id = $1 and kind = 'export'"
        " and state = 'QUEUED'",
        item.id,
    )
    return await plant.step()


async def line_of(plant: Plant, run: Any, item: Item) -> tuple[str, str | None, str | None]:
    """How an item of the run stands: outcome, code and words."""
    row = await plant.desk.one(
        "select * from sync_run_item where run_id = $1 and object_id = $2", run, item.id
    )
    return row["outcome"], row["code"], row["message"]


async def test_a_change_order_accepted_with_its_commitment_waits_and_follows_it(
    plant: Plant, wanted: Commitment
):
    contract, order = await both(plant, wanted)

    outcome = await accept(plant, order, contract)
    assert said(outcome) == []
    assert [await plant.desk.state(item) for item in (contract, order)] == ["EXPORTING", "EXPORTING"]

    job = await run_of(plant, order)
    assert job["state"] == "QUEUED"
    assert await line_of(plant, outcome.run_id, order) == (
        *("WAITING", None),
        f"waits for commitment {wanted.number}",
    )
    assert await plant.attempts(order) == []

    await run_of(plant, contract)
    assert await plant.desk.state(contract) == "SYNCED"
    woken = await plant.desk.value("select due_at <= hub_now() from job where object_id = $1", order.id)
    assert woken is True
    await plant.step()
    assert await plant.desk.state(order) == "SYNCED"
    assert await plant.desk.run(outcome.run_id) == ("EXPORT", "SUCCEEDED", [("DONE", None), ("DONE", None)])
    assert await line_of(plant, outcome.run_id, order) == ("DONE", None, None)


async def test_jobs_of_one_acceptance_stand_in_order_whatever_the_order_of_the_request(
    plant: Plant, wanted: Commitment
):
    contract, order = await both(plant, wanted)

    outcome = await accept(plant, order, contract)

    rows = await plant.desk.rows("select object_id from job where kind = 'export' order by created_at, id")
    assert [row["object_id"] for row in rows] == [contract.id, order.id]
    items = await plant.desk.rows(
        "select object_id from sync_run_item where run_id = $1 order by position", outcome.run_id
    )
    assert [row["object_id"] for row in items] == [order.id, contract.id]


async def vendor(plant: Plant, item: Item, active: str) -> None:
    code = await plant.desk.value(
        "select k.external_id from commitment c join link k on k.object_id = c.company_id where c.id = $1",
        item.id,
    )
    answer = await plant.mri.control.post("/__control/vendors", json={"VendorID": code, "Active": active})
    answer.raise_for_status()


async def test_when_the_commitment_fails_its_change_order_ends_and_both_can_be_accepted_again(
    plant: Plant, wanted: Commitment
):
    contract, order = await both(plant, wanted)
    first = await accept(plant, contract, order)
    await vendor(plant, contract, "N")

    await plant.step()
    await plant.step()
    await vendor(plant, contract, "Y")

    assert [await plant.desk.state(item) for item in (contract, order)] == ["FAILED", "FAILED"]
    assert await plant.attempts(order) == []
    words = f"It was not sent, for it hangs on commitment {wanted.number}, which did not get into the ERP."
    assert await line_of(plant, first.run_id, order) == ("FAILED", "PARENT_NOT_SYNCED", words)
    link = await plant.desk.link(order)
    assert (link["error_code"], link["error_message"]) == ("PARENT_NOT_SYNCED", words)

    assert said(await accept(plant, contract, order)) == []
    await plant.step()
    await plant.step()
    assert [await plant.desk.state(item) for item in (contract, order)] == ["SYNCED", "SYNCED"]


async def test_a_change_order_alone_is_refused_while_its_commitment_waits_for_an_answer(
    plant: Plant, wanted: Commitment
):
    _, order = await both(plant, wanted)

    outcome = await accept(plant, order)

    assert said(outcome) == ["PARENT_NOT_SYNCED"]
    assert await plant.desk.state(order) == "READY_TO_EXPORT"


async def test_a_change_order_may_be_accepted_while_its_commitment_is_on_its_way(
    plant: Plant, wanted: Commitment
):
    contract, order = await both(plant, wanted)
    assert said(await accept(plant, contract)) == []

    assert said(await accept(plant, order)) == []

    assert (await run_of(plant, order))["state"] == "QUEUED"
    await run_of(plant, contract)
    await plant.step()
    assert await plant.desk.state(order) == "SYNCED"


async def test_where_the_commitment_is_not_accepted_its_change_order_is_not_either(
    plant: Plant, wanted: Commitment
):
    contract, order = await both(plant, wanted)
    stale = await plant.desk.asked(contract, digest="0" * 64)
    sound = await plant.desk.asked(order, digest=await plant.desk.digest(order))

    outcome = await plant.desk.ask("approver", "acceptItems", stale, sound)

    assert [[error.code for error in item.errors] for item in outcome.items] == [
        ["DIGEST_MISMATCH"],
        ["PARENT_NOT_SYNCED"],
    ]
    assert await plant.desk.jobs() == []


async def test_another_number_for_the_commitment_asks_for_another_look_at_what_hangs_on_it(
    plant: Plant, wanted: Commitment
):
    """The change order was previewed with the commitment's own number, and the approver gave it another one."""
    contract, order = await both(plant, wanted)

    outcome = await accept(plant, order, contract, typed={contract: "C-77"})
    assert [[error.code for error in item.errors] for item in outcome.items] == [["DIGEST_MISMATCH"], []]

    assert said(await accept(plant, order)) == []
    await plant.step()
    await plant.step()
    link = await plant.desk.link(order)
    assert (link["state"], "C-77" in link["payload"]) == ("SYNCED", True)


async def test_what_the_erp_calls_otherwise_than_was_approved_is_not_sent(plant: Plant, wanted: Commitment):
    contract, order = await both(plant, wanted)
    assert said(await accept(plant, contract, order)) == []
    await plant.step()
    await plant.desk.change("update link set external_code = 'OTHER' where object_id = $1", contract.id)

    await plant.step()

    link = await plant.desk.link(order)
    assert (link["state"], link["error_code"]) == ("FAILED", "DIGEST_MISMATCH")
    assert await plant.attempts(order) == []


@pytest.mark.parametrize("turn", range(3))
async def test_of_two_approvers_who_accept_the_same_set_at_once_one_accepts_all_of_it(
    plant: Plant, wanted: Commitment, turn: int
):
    contract, order = await both(plant, wanted)
    asked = [
        await plant.desk.asked(item, digest=await plant.desk.digest(item), entries={})
        for item in (contract, order)
    ]
    sets = [asked, list(reversed(asked))]

    outcomes = await asyncio.gather(
        *(
            plant.desk.ask(who, "acceptItems", *items)
            for who, items in zip(("approver", "other approver"), sets, strict=True)
        )
    )

    assert sorted(said(outcome) for outcome in outcomes) == [[], ["STALE_VERSION", "STALE_VERSION"]]
    jobs = [of for kind, of in await plant.desk.jobs() if kind == "export"]
    assert sorted(jobs) == sorted([contract.id, order.id])
    await plant.step()
    await plant.step()
    assert [await plant.desk.state(item) for item in (contract, order)] == ["SYNCED", "SYNCED"]
    assert [len(await plant.attempts(item)) for item in (contract, order)] == [1, 1]


async def test_a_change_order_that_was_tried_before_is_not_sent_when_its_commitment_is_out_of_the_erp(
    plant: Plant, wanted: Commitment
):
    """Its first try never left the hub, and when it comes back somebody has deleted the contract there."""
    contract, order = await both(plant, wanted)
    assert said(await accept(plant, contract, order)) == []
    await plant.step()
    job = await plant.desk.value("select id from job where object_id = $1 and kind = 'export'", order.id)
    async with plant.desk.books() as books:
        await books.row(
            "attempt", job_id=job, connection_id=plant.desk.erp, object_type="CommitmentChangeOrder", object_id=order.id,
            step="create", operation="commitment_change_order.create", export_revision=1, state="ABSENT_PROVEN", fence=1,
            request_digest="0" * 64,
        )  # fmt: skip
    await plant.desk.change("update link set state = 'ORPHANED' where object_id = $1", contract.id)

    await plant.step()

    link = await plant.desk.link(order)
    assert (link["state"], link["error_code"]) == ("FAILED", "PARENT_NOT_SYNCED")
    assert len(await plant.attempts(order)) == 1
