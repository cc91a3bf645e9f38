"""One commitment reaches a ledger of each class exactly once, or is said to be in doubt, whatever becomes of the answer."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from desk import Desk, Item
from plant import Plant, System

from hub.sandboxes import reference
from hub.sandboxes.kit import serving
from hub.sync import attempts

CREDENTIALS = {"client_id": "reference-hub", "client_secret": "reference-secret"}
KNOWN = (
    ("jobs", {"code": "J100", "name": "Job J100"}),
    ("vendors", {"code": "V000123", "name": "Acme Concrete"}),
    ("job-cost-codes", {"job": "J100", "code": "03-100", "cost_types": ["L", "M"]}),
)
STATES = {"stored": {"status": 503, "when": "after"}, "never seen": {"status": 503, "when": "before"}}


@pytest.fixture(scope="module")
def ledger_server() -> Iterator[str]:
    with serving(reference.create_app()) as url:
        yield url


@pytest_asyncio.fixture
async def ledger(ledger_server: str) -> AsyncIterator[System]:
    """A ledger that knows the account's job, vendor and code, and nothing that was written before."""
    system = System(ledger_server)
    (await system.control.post("/__control/reset")).raise_for_status()
    for collection, row in KNOWN:
        path = f"/__control/documents/{collection}"
        (await system.control.post(path, json=row)).raise_for_status()
    yield system
    await system.control.aclose()


@pytest_asyncio.fixture
async def plant(desk: Desk, ledger: System) -> Plant:
    return Plant(desk, ledger, ledger)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "LATE_APPLY_SECONDS", 0.0)
    monkeypatch.setattr(attempts, "BETWEEN_LOOKS_SECONDS", 0.001)


async def exporting(plant: Plant, write_class: str) -> Item:
    """An accepted commitment of an account whose ERP is the ledger, which plays the class as the connector does."""
    settings = {"write_classes": {"*": write_class}}
    await plant.desk.change("update connection set kind = 'reference' where id = $1", plant.desk.erp)
    await plant.connect("MRI", "reference", plant.mri.url, CREDENTIALS, settings)
    await plant.mri.control.post("/__control/switches", json={"writes": {"*": write_class}})
    item = await plant.desk.sent()
    outcome = await plant.desk.accept("approver", item)
    assert outcome.run_id is not None
    return item


async def fault(plant: Plant, what: str) -> None:
    script = {"fault": "status", "match": {"method": "POST", "path": "/v1/contracts"}, "params": STATES[what]}
    (await plant.mri.control.post("/__control/faults", json=script)).raise_for_status()


async def contracts(plant: Plant) -> list[dict[str, Any]]:
    found = (await plant.mri.control.get("/__control/documents/contracts")).raise_for_status().json()
    return list(found["documents"])


async def posts(plant: Plant) -> int:
    return len(await plant.mri.requests(method="POST", path="/v1/contracts"))


@pytest.mark.parametrize("write_class", ["K1", "K2", "K3", "K4", "K5"])
async def test_an_answer_that_comes_makes_one_contract(plant: Plant, write_class: str):
    item = await exporting(plant, write_class)

    await plant.step()

    link = await plant.desk.link(item)
    assert (link["state"], link["external_id"], link["external_code"]) == ("SYNCED", "J100/SC-001", "SC-001")
    assert json.loads(link["snapshot"])["amount"] == "40000.00"
    assert await plant.attempts(item) == [("CONFIRMED", 0)]
    assert (len(await contracts(plant)), await posts(plant)) == (1, 1)


@pytest.mark.parametrize(
    ("write_class", "tries", "writes"),
    [
        ("K1", [("PRESENT", 1)], 1),
        ("K2", [("PRESENT", 1), ("CONFIRMED", 0)], 2),
        ("K3", [("PRESENT", 1)], 1),
        ("K4", [("PRESENT", 1)], 1),
    ],
)
async def test_a_contract_whose_answer_was_lost_is_found_and_not_made_twice(
    plant: Plant, write_class: str, tries: list[tuple[str, int]], writes: int
):
    item = await exporting(plant, write_class)
    await fault(plant, "stored")

    await plant.step()
    assert await plant.attempts(item) == [("UNKNOWN", 0)]
    await plant.step()

    assert await plant.attempts(item) == tries
    assert (await plant.desk.state(item), len(await contracts(plant)), await posts(plant)) == (
        "SYNCED",
        1,
        writes,
    )


@pytest.mark.parametrize("write_class", ["K1", "K2", "K3"])
async def test_a_request_that_was_never_seen_is_made_again(plant: Plant, write_class: str):
    item = await exporting(plant, write_class)
    await fault(plant, "never seen")

    await plant.step()
    await plant.step()

    assert await plant.attempts(item) == [("ABSENT_PROVEN", 1), ("CONFIRMED", 0)]
    assert (await plant.desk.state(item), len(await contracts(plant))) == ("SYNCED", 1)


async def test_where_only_a_search_can_tell_two_empty_looks_come_before_a_second_write(plant: Plant):
    item = await exporting(plant, "K4")
    await fault(plant, "never seen")

    await plant.step()
    await plant.step()
    assert await posts(plant) == 1
    await plant.step()

    state = await plant.desk.state(item)
    assert (state, len(await contracts(plant)), await posts(plant)) == ("SYNCED", 1, 2)


@pytest.mark.parametrize(("what", "stored"), [("stored", 1), ("never seen", 0)])
async def test_where_nobody_can_be_asked_a_lost_answer_leaves_the_item_in_doubt(
    plant: Plant, what: str, stored: int
):
    item = await exporting(plant, "K5")
    await fault(plant, what)

    await plant.step()
    await plant.step()

    assert await plant.desk.state(item) == "IN_DOUBT"
    assert (len(await contracts(plant)), await posts(plant)) == (stored, 1)


async def test_a_contract_of_this_number_with_another_amount_is_never_taken_for_ours(plant: Plant):
    item = await exporting(plant, "K3")
    other = {"kind": "subcontract", "vendor": "V000123", "job": "J100", "number": "SC-001", "amount": "1.00"}
    path = "/__control/documents/contracts"
    (await plant.mri.control.post(path, json={**other, "contract_date": "2026-03-01"})).raise_for_status()

    await plant.step()

    link = await plant.desk.link(item)
    assert (link["state"], link["error_code"]) == ("FAILED", "REFERENCE_TAKEN")
    assert "ours 40000.00, theirs 1.00" in link["erp_message"]
    assert [found["amount"] for found in await contracts(plant)] == ["1.00"]
