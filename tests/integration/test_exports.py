"""Exports against the sandboxes on real ports: whatever happens on the way, the ERP holds the document once."""

import json
from collections.abc import Iterator

import pytest
from desk import said
from plant import WORLD, Plant, mri_credentials

from hub.demo.office import Office
from hub.sandboxes.world import Commitment

# Each test takes commitments of its own: the ledger keeps what earlier tests wrote.
SOUND: Iterator[Commitment] = iter(WORLD.sendable)


@pytest.fixture
def wanted() -> Commitment:
    return next(found for found in SOUND if found.kind == "work_order_contract")


async def test_a_confirmed_export_is_synced_with_the_erps_own_record(plant: Plant, wanted: Commitment):
    item, run = await plant.accepted(wanted)

    job = await plant.step()

    link = await plant.desk.link(item)
    [there] = await plant.in_mri(wanted)
    assert (job["state"], link["state"]) == ("DONE", "SYNCED")
    assert (link["external_id"], link["external_code"]) == (
        f"{wanted.job_code}/{wanted.number}",
        wanted.number,
    )
    assert f'"TransactionID": "{there["TransactionID"]}"' in link["snapshot"]
    assert link["synced_at"] is not None
    assert await plant.attempts(item) == [("CONFIRMED", 0)]
    assert await plant.desk.run(run) == ("EXPORT", "SUCCEEDED", [("DONE", None)])
    assert [action for action, _ in await plant.desk.history(item)] == ["SEND", "ACCEPT", "EXPORT"]
    assert await plant.desk.version(item) == 4


async def test_what_the_ledger_holds_is_what_was_approved_to_the_cent(plant: Plant, wanted: Commitment):
    await plant.accepted(wanted)

    await plant.step()

    [there] = await plant.in_mri(wanted)
    assert (there["Description"], there["OriginalAmount"]) == (wanted.title, str(wanted.total))
    assert [
        (line["LineNumber"], line["CostCode"], line["Category"], line["Amount"])
        for line in there["ContractLines"]
    ] == [(str(line.position), line.code, line.category, str(line.amount)) for line in wanted.lines]


async def test_the_number_that_the_approver_typed_is_the_ledgers(plant: Plant, wanted: Commitment):
    item, _ = await plant.accepted(wanted, erp_id="C-9")

    await plant.step()

    assert len(await plant.in_mri(wanted, "C-9")) == 1
    assert await plant.in_mri(wanted) == []
    assert (await plant.desk.link(item))["external_id"] == f"{wanted.job_code}/C-9"
    assert await plant.desk.value("select number from commitment where id = $1", item.id) == wanted.number


async def test_a_refusal_fails_the_item_in_the_erps_own_words(plant: Plant, wanted: Commitment):
    item, run = await plant.accepted(wanted)
    code = json.loads((await plant.desk.link(item))["payload"])["steps"][0]["body"]["value"][0]["VendorID"]
    await vendor(plant, code, "N")

    job = await plant.step()
    await vendor(plant, code, "Y")

    words = f"VendorID: The specified vendor {code} is not active."
    link = await plant.desk.link(item)
    assert (job["state"], link["state"]) == ("FAILED", "FAILED")
    assert (link["error_code"], link["erp_message"]) == ("ERP_REFUSED", words)
    assert await plant.attempts(item) == [("REFUSED", 0)]
    assert await plant.desk.run(run) == ("EXPORT", "FAILED", [("FAILED", "ERP_REFUSED")])
    assert (await plant.desk.history(item))[-1] == ("FAIL", words)
    assert await plant.in_mri(wanted) == []

    assert said(await plant.desk.accept("approver", item)) == []
    await plant.step()
    assert await plant.desk.state(item) == "SYNCED"
    assert await plant.attempts(item) == [("REFUSED", 0), ("CONFIRMED", 0)]


async def vendor(plant: Plant, code: str, active: str) -> None:
    answer = await plant.mri.control.post("/__control/vendors", json={"VendorID": code, "Active": active})
    answer.raise_for_status()


async def test_a_write_that_was_stored_and_lost_is_found_and_not_sent_again(plant: Plant, wanted: Commitment):
    item, _ = await plant.accepted(wanted)
    await plant.mri.fault("drop_after", method="POST")

    job = await plant.step()
    assert (job["state"], job["error_code"]) == ("QUEUED", "ERP_UNAVAILABLE")
    assert await plant.attempts(item) == [("UNKNOWN", 0)]
    assert await plant.desk.state(item) == "EXPORTING"

    await plant.step()
    assert await plant.desk.state(item) == "SYNCED"
    assert await plant.attempts(item) == [("PRESENT", 1)]
    assert await plant.mri.posts() == [("stored", "drop_after")]
    assert len(await plant.in_mri(wanted)) == 1


async def test_a_write_that_never_arrived_is_sent_once_more(plant: Plant, wanted: Commitment):
    item, _ = await plant.accepted(wanted)
    await plant.mri.fault("drop_before", method="POST")

    await plant.step()
    assert await plant.attempts(item) == [("UNKNOWN", 0)]
    await plant.step()

    assert await plant.desk.state(item) == "SYNCED"
    assert await plant.attempts(item) == [("ABSENT_PROVEN", 1), ("CONFIRMED", 0)]
    assert await plant.mri.posts() == [("not seen", "drop_before"), ("stored", None)]
    assert len(await plant.in_mri(wanted)) == 1


@pytest.mark.parametrize("fault", ["truncate", "html", "status"])
async def test_an_answer_that_cannot_be_read_says_nothing_so_the_hub_looks(
    plant: Plant, wanted: Commitment, fault: str
):
    """The request took effect, and a half document, a web page or a 500 came back."""
    item, _ = await plant.accepted(wanted)
    params = {"truncate": {}, "html": {"when": "after"}, "status": {"when": "after", "status": 500}}[fault]
    await plant.mri.fault(fault, method="POST", **params)

    await plant.step()
    assert await plant.attempts(item) == [("UNKNOWN", 0)]
    await plant.step()

    assert await plant.desk.state(item) == "SYNCED"
    assert await plant.attempts(item) == [("PRESENT", 1)]
    assert len(await plant.mri.posts()) == 1


async def test_a_web_page_in_place_of_the_ledger_is_no_answer_either(plant: Plant, wanted: Commitment):
    item, _ = await plant.accepted(wanted)
    await plant.mri.fault("html", method="POST")

    await plant.step()
    await plant.step()

    assert await plant.desk.state(item) == "SYNCED"
    assert await plant.attempts(item) == [("ABSENT_PROVEN", 1), ("CONFIRMED", 0)]
    assert len(await plant.in_mri(wanted)) == 1


async def test_while_the_read_back_does_not_answer_nothing_is_sent(plant: Plant, wanted: Commitment):
    item, _ = await plant.accepted(wanted)
    await plant.mri.fault("drop_after", method="POST")
    await plant.step()
    await plant.mri.fault("status", method="GET", times=3, status=503)

    for _ in range(3):
        assert (await plant.step())["state"] == "QUEUED"
    assert await plant.attempts(item) == [("UNKNOWN", 0)]
    assert len(await plant.mri.posts()) == 1

    await plant.step()
    assert await plant.desk.state(item) == "SYNCED"
    assert len(await plant.mri.posts()) == 1


async def someone_enters(plant: Plant, wanted: Commitment, amount: str | None = None) -> None:
    """Somebody in accounting has entered a contract of this number by hand; the same one unless the amount differs."""
    link = await plant.desk.one("select payload from link where object_type = 'Commitment'")
    step = json.loads(link["payload"])["steps"][0]
    body = step["body"]
    if amount is not None:
        entry = body["value"][0]
        entry["OriginalAmount"] = amount
        entry["ContractLines"]["entry"] = [{**entry["ContractLines"]["entry"][0], "Amount": amount}]
    known = mri_credentials()
    user = "/".join(known[part] for part in ("client_id", "database", "user", "key"))
    answer = await plant.mri.control.post(step["target"], json=body, auth=(user, known["password"]))
    assert "Error" not in answer.json()["value"][0], answer.text
    await plant.mri.control.delete("/__control/requests")


async def test_a_number_that_somebody_else_took_is_told_with_what_differs(plant: Plant, wanted: Commitment):
    item, run = await plant.accepted(wanted)
    await someone_enters(plant, wanted, "1.23")

    await plant.step()

    link = await plant.desk.link(item)
    assert (link["state"], link["error_code"]) == ("FAILED", "REFERENCE_TAKEN")
    assert f"original_amount: ours {wanted.total}, theirs 1.23" in link["erp_message"]
    assert await plant.attempts(item) == [("REFUSED", 0)]
    assert await plant.desk.run(run) == ("EXPORT", "FAILED", [("FAILED", "REFERENCE_TAKEN")])
    [there] = await plant.in_mri(wanted)
    assert there["OriginalAmount"] == "1.23"


async def test_a_duplicate_that_equals_ours_to_the_cent_is_ours(plant: Plant, wanted: Commitment):
    item, _ = await plant.accepted(wanted)
    await someone_enters(plant, wanted)

    await plant.step()

    assert await plant.desk.state(item) == "SYNCED"
    assert await plant.attempts(item) == [("PRESENT", 0)]
    assert len(await plant.in_mri(wanted)) == 1


async def test_after_a_lost_write_a_foreign_document_under_the_number_is_not_taken_for_ours(
    plant: Plant, wanted: Commitment
):
    item, _ = await plant.accepted(wanted)
    await plant.mri.fault("drop_before", method="POST")
    await plant.step()
    await someone_enters(plant, wanted, "1.23")

    await plant.step()

    assert await plant.desk.state(item) == "FAILED"
    assert await plant.attempts(item) == [("REFUSED", 1)]
    assert await plant.mri.posts() == []


async def test_a_job_that_gives_up_while_a_write_is_unknown_leaves_the_item_in_doubt(
    plant: Plant, wanted: Commitment
):
    item, run = await plant.accepted(wanted)
    await plant.mri.fault("drop_after", method="POST")
    await plant.step()
    await plant.mri.fault("status", method="GET", times=0, status=503)
    await plant.desk.change(
        "update job set started_at = hub_now() - interval '25 hours' where kind = 'export'"
    )

    job = await plant.step()

    link = await plant.desk.link(item)
    assert (job["state"], link["state"]) == ("FAILED", "IN_DOUBT")
    assert await plant.attempts(item) == [("IN_DOUBT", 0)]
    assert await plant.desk.run(run) == ("EXPORT", "FAILED", [("IN_DOUBT", "ERP_UNAVAILABLE")])
    assert (await plant.desk.history(item))[-1][0] == "LOSE_SIGHT"
    assert said(await plant.desk.accept("approver", item)) == ["WRONG_STATE"]


@pytest.mark.parametrize(("lost", "state"), [(True, "IN_DOUBT"), (False, "FAILED")])
async def test_a_parked_job_leaves_its_item_in_doubt_only_where_a_write_left(
    plant: Plant, wanted: Commitment, lost: bool, state: str
):
    item, _ = await plant.accepted(wanted)
    if lost:
        await plant.mri.fault("drop_after", method="POST")
        await plant.step()
    await plant.desk.change("update job set deaths = 3 where kind = 'export'")

    job = await plant.step()

    link = await plant.desk.link(item)
    assert (job["state"], link["state"], link["error_code"]) == ("PARKED", state, "JOB_PARKED")


async def test_an_erp_that_is_down_keeps_the_item_exporting_until_it_is_back(
    plant: Plant, wanted: Commitment
):
    item, run = await plant.accepted(wanted)
    await plant.mri_is_at("http://127.0.0.1:1")

    for _ in range(3):
        job = await plant.step()
        assert (job["state"], job["error_code"]) == ("QUEUED", "ERP_UNAVAILABLE")
    assert await plant.desk.state(item) == "EXPORTING"
    assert await plant.attempts(item) == [("ABSENT_PROVEN", 0)] * 3
    assert (await plant.desk.run(run))[1] == "RUNNING"

    await plant.mri_is_at(plant.mri.url)
    await plant.step()
    assert await plant.desk.state(item) == "SYNCED"
    assert await plant.mri.posts() == [("stored", None)]


async def test_refused_credentials_stop_the_connection_and_work_goes_on_once_they_are_mended(
    plant: Plant, wanted: Commitment
):
    item, _ = await plant.accepted(wanted)
    await plant.sign_in("wrong")

    job = await plant.step()

    state = "select state from connection where id = $1"
    assert (job["state"], job["error_code"]) == ("QUEUED", "ERP_AUTH_FAILED")
    assert await plant.desk.value(state, plant.desk.erp) == "AUTH_REQUIRED"
    assert await plant.desk.state(item) == "EXPORTING"
    assert await plant.attempts(item) == [("ABSENT_PROVEN", 0)]
    tried = len(await plant.mri.requests())
    assert (await plant.step())["state"] == "QUEUED"
    assert len(await plant.mri.requests()) == tried, "a door that is known to be shut was knocked at again"

    await plant.sign_in()
    await plant.step()
    assert await plant.desk.state(item) == "SYNCED"


# --- the project tool is told -----------------------------------------------------------------------------------------


async def procore(plant: Plant, wanted: Commitment) -> dict[str, str | None]:
    """The origin ids of the contract and its lines, as Procore shows them."""
    people = Office(plant.procore.url)
    await people.sign_in()
    found = await people.contract(str(wanted.project_id), str(wanted.procore_id))
    await people.close()
    lines = {str(line["id"]): line.get("origin_id") for line in found["line_items"]}
    return {"": found.get("origin_id"), **lines}


async def test_procore_carries_the_contracts_ids_once_it_is_synced_and_none_after_it_was_unlinked(
    plant: Plant, wanted: Commitment
):
    item, _ = await plant.accepted(wanted)
    await plant.step()

    await plant.step("mark_origin")

    job, number = wanted.job_code, wanted.number
    lines = {str(line.procore_id): f"MRI:LINE:{job}:{line.position}:{number}" for line in wanted.lines}
    assert await procore(plant, wanted) == {"": f"MRI:CONT:{job}:{number}", **lines}

    await plant.delete_in_mri(wanted)
    assert said(await plant.desk.ask("approver", "unlinkItems", item)) == []
    await plant.step("unlink")
    await plant.step("mark_origin")

    assert await procore(plant, wanted) == dict.fromkeys(["", *lines])
    assert await plant.attempts(item, plant.tool) == [("CONFIRMED", 0), ("CONFIRMED", 0)]


async def test_procore_being_away_delays_the_mark_and_nothing_else(plant: Plant, wanted: Commitment):
    item, _ = await plant.accepted(wanted)
    await plant.step()
    await plant.procore.fault("drop_after", method="PATCH")

    assert (await plant.step("mark_origin"))["state"] == "QUEUED"
    assert await plant.desk.state(item) == "SYNCED"
    assert (await plant.step("mark_origin"))["state"] == "DONE"

    assert (await procore(plant, wanted))[""] == f"MRI:CONT:{wanted.job_code}:{wanted.number}"
    assert await plant.attempts(item, plant.tool) == [("ABSENT_PROVEN", 1), ("CONFIRMED", 0)]


async def test_a_mark_whose_outcome_is_unknown_puts_no_export_in_doubt(plant: Plant, wanted: Commitment):
    item, _ = await plant.accepted(wanted)
    await plant.step()
    await plant.procore.fault("drop_after", method="PATCH")
    await plant.step("mark_origin")
    await plant.desk.change("update job set state = 'FAILED' where kind = 'mark_origin'")
    await plant.delete_in_mri(wanted)
    await plant.desk.ask("approver", "unlinkItems", item)
    await plant.step("unlink")
    await plant.desk.change("update job set state = 'DONE' where kind = 'mark_origin'")
    assert said(await plant.desk.send("manager", item)) == []
    assert said(await plant.desk.accept("approver", item)) == []
    await someone_enters(plant, wanted, "1.23")

    await plant.step()

    assert await plant.desk.state(item) == "FAILED"
    assert await plant.attempts(item, plant.tool) == [("UNKNOWN", 0)]


# --- unlinking --------------------------------------------------------------------------------------------------------


async def test_an_item_whose_contract_stands_in_the_ledger_is_not_unlinked(plant: Plant, wanted: Commitment):
    item, _ = await plant.accepted(wanted)
    await plant.step()
    await plant.step("mark_origin")
    outcome = await plant.desk.ask("approver", "unlinkItems", item)

    job = await plant.step("unlink")

    assert (job["state"], job["error_code"]) == ("FAILED", "STILL_IN_ERP")
    assert await plant.desk.run(outcome.run_id) == ("UNLINK", "FAILED", [("REFUSED", "STILL_IN_ERP")])
    assert await plant.desk.state(item) == "SYNCED"
    assert f"{wanted.number} is still in the ERP." in job["error_message"]


async def test_an_item_whose_contract_was_deleted_is_unlinked_and_can_be_sent_anew(
    plant: Plant, wanted: Commitment
):
    item, _ = await plant.accepted(wanted)
    await plant.step()
    await plant.step("mark_origin")
    await plant.delete_in_mri(wanted)
    outcome = await plant.desk.ask("approver", "unlinkItems", item)

    await plant.step("unlink")

    link = await plant.desk.link(item)
    assert (link["state"], link["external_id"], link["snapshot"], link["synced_at"]) == (
        "UNLINKED",
        None,
        None,
        None,
    )
    assert await plant.desk.run(outcome.run_id) == ("UNLINK", "SUCCEEDED", [("DONE", None)])
    assert (await plant.desk.history(item))[-1] == ("UNLINK", None)

    await plant.step("mark_origin")
    assert said(await plant.desk.send("manager", item)) == []
    assert said(await plant.desk.accept("approver", item)) == []
    await plant.step()
    assert await plant.desk.state(item) == "SYNCED"
    assert (await plant.desk.link(item))["export_revision"] == 2
    assert len(await plant.in_mri(wanted)) == 1


async def test_asking_twice_to_unlink_unlinks_once_and_tells_the_second(plant: Plant, wanted: Commitment):
    item, _ = await plant.accepted(wanted)
    await plant.step()
    await plant.step("mark_origin")
    await plant.delete_in_mri(wanted)
    await plant.desk.ask("approver", "unlinkItems", item)
    second = await plant.desk.ask("approver", "unlinkItems", item)

    await plant.step("unlink")
    await plant.step("unlink")

    assert await plant.desk.run(second.run_id) == ("UNLINK", "FAILED", [("REFUSED", "WRONG_STATE")])
    assert await plant.desk.state(item) == "UNLINKED"


async def test_while_the_ledger_does_not_answer_an_item_is_not_unlinked(plant: Plant, wanted: Commitment):
    item, _ = await plant.accepted(wanted)
    await plant.step()
    await plant.step("mark_origin")
    await plant.delete_in_mri(wanted)
    await plant.desk.ask("approver", "unlinkItems", item)
    await plant.mri.fault("status", method="GET", status=503)

    assert (await plant.step("unlink"))["state"] == "QUEUED"
    assert await plant.desk.state(item) == "SYNCED"
    assert (await plant.step("unlink"))["state"] == "DONE"
    assert await plant.desk.state(item) == "UNLINKED"
