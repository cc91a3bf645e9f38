"""What a lost answer means on systems of each kind, told with a small system in memory whose answers a test decides."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from desk import Desk, Item, sha256
from plant import Plant, System

from hub.erp.connector import Answer, Connector, Found, Step
from hub.errors import ErpRefused, ErpUnavailable
from hub.sync import attempts


@dataclass
class Ledger:
    """Stores what it is sent, and loses the answers that it is told to lose."""

    kind = "memory"
    documents: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    pushes: list[str] = field(default_factory=list)  # what becomes of the next ones; then all goes well
    looks: int = 0
    late: list[str] = field(default_factory=list)  # sent and not to be seen yet
    says: Mapping[str, str] = field(default_factory=dict)  # errors of single entries
    shows: Mapping[str, Any] = field(default_factory=dict)  # of a document, beside its number
    on_push: Any = None

    def opened(self, *_: Any, **__: Any) -> Connector:
        return self  # type: ignore[return-value]

    async def find(self, step: Step) -> Found | None:
        self.looks += 1
        number = step.natural_key["number"]
        return Found(number, number, {}, {"Number": number}) if number in self.documents else None

    async def push(self, step: Step, body: bytes) -> Answer:
        fate, number = self.pushes.pop(0) if self.pushes else "stored", step.natural_key["number"]
        self.bodies.append(body)
        if self.on_push is not None:
            await self.on_push()
        match fate:
            case "lost":
                raise ErpUnavailable("The line went dead.")
            case "late":
                self.late.append(number)
                raise ErpUnavailable("The line went dead.")
            case "stored and lost":
                self.documents.append(number)
                raise ErpUnavailable("The line went dead.")
            case "closed":
                raise ErpUnavailable("Nobody is there.", reached=False)
            case "duplicate":
                raise ErpRefused("It exists.", duplicate=True)
            case "refused":
                raise ErpRefused("No.")
            case "refused in odd letters":
                raise ErpRefused("No\x00 such\ud800 vendor.")
        self.documents.append(number)
        return Answer(number, number, {"Number": number, **self.shows}, errors=dict(self.says))

    async def close(self) -> None: ...


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest_asyncio.fixture
async def plant(desk: Desk, ledger: Ledger) -> Plant:
    nowhere = System("http://127.0.0.1:1")
    plant = Plant(desk, nowhere, nowhere, opener=ledger.opened)
    await plant.enter(desk.erp, {})  # the system in memory asks for none
    return plant


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "LATE_APPLY_SECONDS", 0.0)
    monkeypatch.setattr(attempts, "BETWEEN_LOOKS_SECONDS", 0.001)


async def exporting(plant: Plant, write_class: str) -> tuple[Item, UUID]:
    """An accepted commitment, on a connection that says so of its writes."""
    classes = json.dumps({"write_classes": {"commitment.create": write_class}})
    await plant.desk.change("update connection set capabilities = capabilities || $1::jsonb", classes)
    item = await plant.desk.sent()
    outcome = await plant.desk.accept("approver", item)
    assert outcome.run_id is not None
    return item, outcome.run_id


async def due_in(plant: Plant) -> float:
    found: float = await plant.desk.value(
        "select extract(epoch from due_at - hub_now())::float8 from job where kind = 'export'"
    )
    return found


async def test_the_bytes_that_leave_are_those_that_were_approved(plant: Plant, ledger: Ledger):
    item, _ = await exporting(plant, "K3")

    await plant.step()

    link = await plant.desk.link(item)
    [body] = ledger.bodies
    assert f'"body":{body.decode()},' in link["payload"]
    assert await plant.desk.value("select request_digest from attempt") == sha256(body.decode())
    assert link["digest"] == sha256(link["payload"])


@pytest.mark.parametrize(
    "change", ["title = 'Other works'", "original_amount = 1", "number = 'X-1'", "start_date = null"]
)
async def test_what_changes_after_the_acceptance_does_not_change_what_leaves(
    plant: Plant, ledger: Ledger, change: str
):
    item, _ = await exporting(plant, "K3")
    approved = (await plant.desk.link(item))["payload"]
    await plant.desk.change(f"update commitment set {change} where id = $1", item.id)

    await plant.step()

    assert f'"body":{ledger.bodies[0].decode()},' in approved
    assert await plant.desk.state(item) == "SYNCED"


async def test_an_answer_in_letters_that_no_database_keeps_is_an_answer(plant: Plant, ledger: Ledger):
    ledger.shows = {"Title": "a\x00b", "No\x00te": ["\ud800c", {"d": "\x1be"}]}
    item, _ = await exporting(plant, "K3")

    await plant.step()

    assert await plant.desk.state(item) == "SYNCED"
    assert await plant.attempts(item) == [("CONFIRMED", 0)]


async def test_a_refusal_in_letters_that_no_database_keeps_is_a_refusal(plant: Plant, ledger: Ledger):
    ledger.pushes = ["refused in odd letters"]
    item, _ = await exporting(plant, "K3")

    await plant.step()

    assert await plant.desk.state(item) == "FAILED"
    assert await plant.desk.value("select erp_message from attempt") == "No such vendor."


# --- K3: refuses duplicates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write_class", ["K1", "K2", "K3"])
async def test_where_one_key_holds_one_document_a_lost_write_is_repeated_at_once(
    plant: Plant, ledger: Ledger, write_class: str
):
    item, _ = await exporting(plant, write_class)
    ledger.pushes = ["lost"]

    await plant.step()
    assert await plant.attempts(item) == [("UNKNOWN", 0)]
    await plant.step()

    assert await plant.attempts(item) == [("ABSENT_PROVEN", 1), ("CONFIRMED", 0)]
    assert await plant.desk.state(item) == "SYNCED"


async def test_a_late_first_write_is_met_by_a_refused_duplicate_and_found_to_be_ours(
    plant: Plant, ledger: Ledger
):
    item, _ = await exporting(plant, "K3")
    ledger.pushes = ["late", "duplicate"]
    await plant.step()

    async def late_write_applies() -> None:
        ledger.documents += ledger.late
        ledger.late.clear()

    ledger.on_push = late_write_applies
    await plant.step()

    assert await plant.attempts(item) == [("ABSENT_PROVEN", 1), ("PRESENT", 0)]
    assert (await plant.desk.state(item), ledger.documents) == ("SYNCED", ["SC-001"])


async def test_a_duplicate_that_nobody_can_find_is_a_refusal(plant: Plant, ledger: Ledger):
    item, _ = await exporting(plant, "K3")
    ledger.pushes = ["duplicate"]

    await plant.step()

    assert await plant.desk.state(item) == "FAILED"
    assert await plant.attempts(item) == [("REFUSED", 0)]


async def test_an_entry_that_the_other_side_did_not_store_is_a_refusal(plant: Plant, ledger: Ledger):
    item, _ = await exporting(plant, "K3")
    ledger.says = {"line 2": "unknown code"}

    await plant.step()

    link = await plant.desk.link(item)
    assert (link["state"], link["erp_message"]) == ("FAILED", "line 2: unknown code")


async def test_a_request_that_never_left_is_no_doubt(plant: Plant, ledger: Ledger):
    item, _ = await exporting(plant, "K5")
    ledger.pushes = ["closed"]

    await plant.step()
    assert await plant.attempts(item) == [("ABSENT_PROVEN", 0)]
    await plant.step()

    assert await plant.desk.state(item) == "SYNCED"
    assert len(ledger.documents) == 1


# --- K4: can be searched, does not refuse duplicates ------------------------------------------------------------------


async def test_two_empty_looks_come_before_a_second_write(plant: Plant, ledger: Ledger, at_once: None):
    item, _ = await exporting(plant, "K4")
    ledger.pushes = ["lost"]

    await plant.step()
    assert (await plant.attempts(item), len(ledger.bodies)) == ([("UNKNOWN", 0)], 1)
    await plant.step()
    assert (await plant.attempts(item), len(ledger.bodies)) == ([("UNKNOWN", 1)], 1)
    await plant.step()

    assert (await plant.attempts(item), len(ledger.bodies)) == ([("ABSENT_PROVEN", 2), ("CONFIRMED", 0)], 2)
    assert (await plant.desk.state(item), ledger.documents) == ("SYNCED", ["SC-001"])


async def test_looks_while_a_late_write_may_still_show_prove_nothing(
    plant: Plant, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(attempts, "BETWEEN_LOOKS_SECONDS", 0.001)
    item, _ = await exporting(plant, "K4")
    ledger.pushes = ["late"]
    await plant.step()

    for _ in range(3):
        assert (await plant.step())["state"] == "QUEUED"
        assert 110 < await due_in(plant) <= 120
    assert (await plant.attempts(item), len(ledger.bodies)) == ([("UNKNOWN", 3)], 1)

    ledger.documents += ledger.late
    await plant.step()
    assert (await plant.attempts(item), len(ledger.bodies)) == ([("PRESENT", 4)], 1)
    assert (await plant.desk.state(item), ledger.documents) == ("SYNCED", ["SC-001"])


async def test_the_waiting_begins_when_the_answer_was_given_up_not_when_the_request_left(
    plant: Plant, ledger: Ledger
):
    item, _ = await exporting(plant, "K4")
    ledger.pushes = ["lost"]
    await plant.step()
    await plant.desk.change(
        "update attempt set sent_at = sent_at - interval '170 seconds'"
    )  # it was waited for that long

    await plant.step()

    assert 110 < await due_in(plant) <= 120
    assert await plant.attempts(item) == [("UNKNOWN", 1)]


async def test_after_the_waiting_the_two_looks_lie_half_a_minute_apart(plant: Plant, ledger: Ledger):
    item, _ = await exporting(plant, "K4")
    ledger.pushes = ["lost"]
    await plant.step()
    await plant.step()  # a look while a late write may still show
    await plant.desk.change("update attempt set finished_at = finished_at - interval '121 seconds'")

    for _ in range(2):
        await plant.step()
        assert 25 < await due_in(plant) <= 30
    assert (await plant.attempts(item), len(ledger.bodies)) == ([("UNKNOWN", 3)], 1)

    await plant.desk.change("update attempt set absent_since = absent_since - interval '30 seconds'")
    await plant.step()
    assert (await plant.attempts(item), len(ledger.bodies)) == ([("ABSENT_PROVEN", 4), ("CONFIRMED", 0)], 2)


async def test_a_worker_that_died_while_sending_leaves_the_same_waiting_to_the_next(
    plant: Plant, ledger: Ledger
):
    item, _ = await exporting(plant, "K4")
    ledger.pushes = ["stored and lost"]
    await plant.step()
    ledger.documents.clear()
    await plant.desk.change(
        "update attempt set state = 'SENDING', finished_at = null, sent_at = sent_at - interval '1 hour'"
    )

    await plant.step()

    assert 110 < await due_in(plant) <= 120
    assert (await plant.attempts(item), len(ledger.bodies)) == ([("UNKNOWN", 1)], 1)


async def test_a_document_that_shows_itself_between_the_looks_is_ours(
    plant: Plant, ledger: Ledger, at_once: None
):
    item, _ = await exporting(plant, "K4")
    ledger.pushes = ["late"]
    await plant.step()
    await plant.step()
    ledger.documents += ledger.late

    await plant.step()

    assert (await plant.attempts(item), len(ledger.bodies)) == ([("PRESENT", 2)], 1)
    assert await plant.desk.state(item) == "SYNCED"


# --- K5: neither ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fate", ["lost", "stored and lost"])
async def test_what_cannot_be_asked_is_never_sent_twice_but_put_in_doubt(
    plant: Plant, ledger: Ledger, fate: str
):
    item, run = await exporting(plant, "K5")
    ledger.pushes = [fate]
    ledger.looks = 0
    await plant.step()
    stored, ledger.documents = ledger.documents, []  # it does not show what it holds

    job = await plant.step()

    link = await plant.desk.link(item)
    assert (job["state"], link["state"], link["error_code"]) == ("FAILED", "IN_DOUBT", "OUTCOME_UNKNOWN")
    assert await plant.attempts(item) == [("IN_DOUBT", 1)]
    assert await plant.desk.run(run) == ("EXPORT", "FAILED", [("IN_DOUBT", "OUTCOME_UNKNOWN")])
    assert len(ledger.bodies) == 1
    assert len(stored) <= 1


async def test_an_operation_that_a_connection_says_nothing_of_counts_as_the_weakest(
    plant: Plant, ledger: Ledger
):
    item = await plant.desk.sent()
    await plant.desk.accept("approver", item)
    ledger.pushes = ["lost"]

    await plant.step()
    await plant.step()

    assert await plant.desk.state(item) == "IN_DOUBT"
    assert len(ledger.bodies) == 1


# --- two workers ------------------------------------------------------------------------------------------------------


async def test_a_run_that_was_overtaken_while_it_sent_writes_nothing_and_the_next_finds_its_document(
    plant: Plant, ledger: Ledger
):
    item, run = await exporting(plant, "K3")

    async def overtaken() -> None:
        ledger.on_push = None
        await plant.desk.change(
            "update job set fence = fence + 1, lease_owner = 'there:2:y', lease_until = hub_now() where kind = 'export'"
        )

    ledger.on_push = overtaken
    await plant.step()

    assert await plant.desk.state(item) == "EXPORTING"
    assert await plant.attempts(item) == [("SENDING", 0)]
    assert ledger.documents == ["SC-001"]

    await plant.step()

    assert await plant.desk.state(item) == "SYNCED"
    assert await plant.attempts(item) == [("PRESENT", 1)]
    assert (len(ledger.bodies), await plant.desk.run(run)) == (1, ("EXPORT", "SUCCEEDED", [("DONE", None)]))


async def test_an_export_that_is_run_again_after_its_end_sends_nothing(plant: Plant, ledger: Ledger):
    item, run = await exporting(plant, "K3")
    await plant.step()
    await plant.desk.change("update job set state = 'QUEUED', lease_until = null where kind = 'export'")

    await plant.step()

    assert (await plant.desk.state(item), len(ledger.bodies), ledger.looks) == ("SYNCED", 1, 0)
    assert await plant.desk.run(run) == ("EXPORT", "SUCCEEDED", [("DONE", None)])


async def test_two_workers_that_take_the_job_at_once_send_it_once(plant: Plant, ledger: Ledger):
    item, _ = await exporting(plant, "K3")

    outcomes = await asyncio.gather(*(plant.step() for _ in range(4)), return_exceptions=True)

    assert sum(isinstance(outcome, AssertionError) for outcome in outcomes) == 3, "the others cannot take it"
    assert (await plant.desk.state(item), len(ledger.bodies)) == ("SYNCED", 1)
    assert await plant.attempts(item) == [("CONFIRMED", 0)]
