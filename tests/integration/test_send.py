"""Sending a commitment: who may, what stands against it, what is locked and shown, and one answer per key."""

import asyncio
import json
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from desk import LINE, Desk, Item, said, sha256

from db.session import Connection
from hub.actions.ask import ItemAsk
from hub.core.link import LinkState

# The right to send lives in the tool of origin alone: Admin on the project's Commitments tool.
MAY_SEND = [
    ("nobody", ["NOT_FOUND"]),
    ("reader", ["FORBIDDEN"]),
    ("privileged reader", ["FORBIDDEN"]),
    ("standard", ["FORBIDDEN"]),
    ("visiting approver", ["FORBIDDEN"]),
    ("administrator", ["FORBIDDEN"]),
    ("project administrator", ["FORBIDDEN"]),
    ("directory administrator", ["FORBIDDEN"]),
    ("approver", []),
    ("manager", []),
]


@pytest.mark.parametrize(("who", "verdict"), MAY_SEND)
async def test_sending_takes_admin_on_the_projects_commitments(desk: Desk, who: str, verdict: list[str]):
    item = await desk.subcontract()
    before = await desk.trace()

    outcome = await desk.send(who, item)

    assert said(outcome) == verdict
    assert await desk.state(item) == ("NOT_SENT" if verdict else "READY_TO_EXPORT")
    assert (await desk.trace() == before) is bool(verdict)


async def test_a_member_who_is_no_longer_active_sees_nothing(desk: Desk):
    item = await desk.subcontract()
    await desk.change("update member set is_active = false where id = $1", desk.people["manager"])
    before = await desk.trace()

    assert said(await desk.send("manager", item)) == ["NOT_FOUND"]
    assert await desk.trace() == before


SENDABLE_FROM = ["NOT_SENT", "REJECTED", "RETRIEVED", "UNLINKED"]


@pytest.mark.parametrize(
    "state", [state for state in LinkState if state not in ("READY_TO_IMPORT", "LINKED", "ARCHIVED")]
)
async def test_an_item_can_be_sent_only_from_where_it_lies_with_its_sender(desk: Desk, state: LinkState):
    item = await desk.subcontract(state=state)

    outcome = await desk.send("manager", item)

    assert said(outcome) == ([] if state in SENDABLE_FROM else ["WRONG_STATE"])
    assert await desk.state(item) == ("READY_TO_EXPORT" if state in SENDABLE_FROM else state)


# --- what must be true of the commitment ------------------------------------------------------------------------------

ONE_BROKEN: list[tuple[str, dict[str, Any], list[str]]] = [
    ("a title of 36 characters", {"title": "x" * 36}, ["TITLE_TOO_LONG"]),
    ("a title of 35 characters", {"title": "x" * 35}, []),
    ("a title of 35 letters that take more bytes", {"title": "Ü" * 35}, []),
    ("a title of 36 letters that take more bytes", {"title": "Ü" * 36}, ["TITLE_TOO_LONG"]),
    ("no title", {"title": " "}, ["TITLE_MISSING"]),
    ("no number", {"number": " "}, ["NUMBER_MISSING"]),
    ("a number of 16 characters where the site takes 15", {"number": "N" * 16}, ["NUMBER_TOO_LONG"]),
    ("a number of 15 characters where the site takes 15", {"number": "N" * 15}, []),
    ("no start date", {"start_date": None}, ["START_DATE_MISSING"]),
    ("no contract company", {"company": None}, ["VENDOR_MISSING"]),
    ("status Draft", {"status": "DRAFT"}, ["STATUS_NOT_SENDABLE"]),
    ("status Out For Signature", {"status": "OUT_FOR_SIGNATURE"}, ["STATUS_NOT_SENDABLE"]),
    ("status Void", {"status": "VOID"}, ["STATUS_NOT_SENDABLE"]),
    ("status Terminated", {"status": "TERMINATED"}, ["STATUS_NOT_SENDABLE"]),
    ("status Complete", {"status": "COMPLETE"}, []),
    ("no lines", {"lines": []}, ["NO_NONZERO_LINE"]),
    ("lines of zero only", {"lines": [{**LINE, "amount": "0.00"}] * 2}, ["NO_NONZERO_LINE"]),
    ("one line of zero beside one with an amount", {"lines": [{**LINE, "amount": "0.00"}, {**LINE, "amount": "10.00"}]}, []),
    ("a line below zero", {"lines": [{**LINE, "amount": "-10.00"}, {**LINE, "amount": "30.00"}]}, []),
    ("a line without a cost code", {"lines": [{"type": "L", "amount": "5.00"}]}, ["LINE_CODE_UNKNOWN"]),
    ("a line without a cost type", {"lines": [{"code": "03-100", "amount": "5.00"}]}, ["LINE_CODE_UNKNOWN"]),
    ("an amount that is not the sum of the lines", {"original_amount": Decimal("39999.99")}, ["AMOUNT_NOT_SUM_OF_LINES"]),
    ("retainage above 100 percent", {"retainage_percent": Decimal("100.01")}, ["RETAINAGE_OUT_OF_RANGE"]),
    ("retainage below zero", {"retainage_percent": Decimal("-0.01")}, ["RETAINAGE_OUT_OF_RANGE"]),
    ("retainage of 100 percent", {"retainage_percent": Decimal("100.00")}, []),
    ("a purchase order", {"kind": "PURCHASE_ORDER"}, ["CAPABILITY_NOT_SUPPORTED"]),
    ("no contract date, and no day on which it was made", {"contract_date": None}, ["CONTRACT_DATE_MISSING"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "verdict"), [row[1:] for row in ONE_BROKEN], ids=[row[0] for row in ONE_BROKEN]
)
async def test_each_prerequisite_alone(desk: Desk, values: dict[str, Any], verdict: list[str]):
    item = await desk.subcontract(**values)
    before = await desk.trace()

    outcome = await desk.send("manager", item)

    assert said(outcome) == verdict
    assert (await desk.trace() == before) is bool(verdict)


async def test_without_a_limit_on_numbers_a_long_one_is_sent(desk: Desk):
    await desk.change(
        "update connection set capabilities = capabilities #- '{behaviour,commitment_number_max}'"
    )
    item = await desk.subcontract(number="N" * 20)

    assert said(await desk.send("manager", item)) == []


async def test_a_company_that_is_no_vendor_of_the_erp_is_named(desk: Desk):
    stranger = await desk.company("Nobody's Steel", LinkState.NOT_SENT)
    item = await desk.subcontract(company=stranger.id)

    outcome = await desk.send("manager", item)

    assert said(outcome) == ["VENDOR_NOT_LINKED"]
    assert outcome.items[0].errors[0].field == "company"
    assert outcome.items[0].errors[0].remedy == "Link the company to its vendor first."


@pytest.mark.parametrize(
    ("vendor", "verdict"), [("V00000000012", []), ("V000000000013", ["VENDOR_ID_TOO_LONG"])]
)
async def test_a_vendor_id_has_at_most_twelve_characters(desk: Desk, vendor: str, verdict: list[str]):
    assert len(vendor) == (13 if verdict else 12)
    await desk.change("update link set external_id = $2 where object_id = $1", desk.vendor.id, vendor)
    item = await desk.subcontract()

    assert said(await desk.send("manager", item)) == verdict


@pytest.mark.parametrize(
    ("snapshot", "verdict"),
    [('{"is_active": false}', ["VENDOR_INACTIVE"]), ('{"is_active": true}', []), ("{}", []), (None, [])],
)
async def test_a_vendor_that_the_erp_lists_as_inactive_gets_no_contract(
    desk: Desk, snapshot: str | None, verdict: list[str]
):
    await desk.change("update link set snapshot = $2::jsonb where object_id = $1", desk.vendor.id, snapshot)
    item = await desk.subcontract()

    assert said(await desk.send("manager", item)) == verdict


async def test_a_project_that_is_no_job_of_the_erp_keeps_its_commitments_back(desk: Desk):
    project = await desk.project("J900", LinkState.NOT_SENT)
    await desk.change(
        "insert into project_member (account_id, member_id, project_id, commitments_level) values ($1, $2, $3, 3)",
        *(desk.account, desk.people["manager"], project.id),
    )
    item = await desk.subcontract(project=project.id)

    assert said(await desk.send("manager", item)) == ["PROJECT_NOT_LINKED", "LINE_CODE_UNKNOWN"]


async def test_a_code_that_the_job_no_longer_carries_is_named_with_its_line(desk: Desk):
    item = await desk.subcontract(lines=[LINE, {"code": "03-200", "type": "M", "amount": "1.00"}])
    await desk.change(
        "update project_cost_code set in_erp = false where cost_code_id = $1", desk.codes["03-200"]
    )

    outcome = await desk.send("manager", item)

    assert said(outcome) == ["LINE_CODE_UNKNOWN"]
    assert "2 (03-200)" in outcome.items[0].errors[0].message


async def test_a_commitment_that_was_deleted_in_the_project_tool_is_not_sent(desk: Desk):
    item = await desk.subcontract()
    await desk.change("update commitment set origin_deleted_at = hub_now() where id = $1", item.id)

    assert said(await desk.send("manager", item)) == ["DELETED_AT_ORIGIN"]


async def test_all_that_is_missing_is_said_at_once_and_in_order(desk: Desk):
    item = await desk.subcontract(
        number=" ", title="x" * 40, kind="PURCHASE_ORDER", status="DRAFT", company=None, start_date=None, contract_date=None,
        lines=[{"code": "03-100", "amount": "0.00"}], original_amount=Decimal("1.00"), retainage_percent=Decimal("101.00"),
    )  # fmt: skip

    outcome = await desk.send("standard", item)

    assert said(outcome) == [
        "FORBIDDEN",
        "CAPABILITY_NOT_SUPPORTED",
        "VENDOR_MISSING",
        "STATUS_NOT_SENDABLE",
        "TITLE_TOO_LONG",
        "NUMBER_MISSING",
        "CONTRACT_DATE_MISSING",
        "START_DATE_MISSING",
        "RETAINAGE_OUT_OF_RANGE",
        "NO_NONZERO_LINE",
        "LINE_CODE_UNKNOWN",
        "AMOUNT_NOT_SUM_OF_LINES",
    ]
    assert all(refused.remedy for refused in outcome.items[0].errors)


async def test_a_title_that_is_too_long_is_told_with_both_lengths(desk: Desk):
    item = await desk.subcontract(title="x" * 36)

    [refused] = (await desk.send("manager", item)).items[0].errors

    assert refused.message == "The title has 36 characters; the ERP takes 35."


async def test_without_a_contract_date_the_day_on_which_it_was_made_goes_out(desk: Desk):
    item = await desk.subcontract(contract_date=None)
    await desk.change(
        "update commitment set origin_created_at = '2026-02-27T23:30:00Z' where id = $1", item.id
    )

    assert said(await desk.send("manager", item)) == []
    assert (
        json.loads((await desk.link(item))["payload"])["steps"][0]["body"]["value"][0]["ContractDate"]
        == "2026-02-27"
    )


# --- what becomes of it -----------------------------------------------------------------------------------------------

BODY = (
    '{"odata.metadata":"https://erp.example/MRIAPIServices/api.asp?$api=MRI_S-PMJC_Contracts'
    '&$metadata#MRI.mri_s-pmjc_contracts-container/mri_s-pmjc_contracts",'
    '"value":[{"ContractDate":"2026-03-01",'
    '"ContractLines":{"entry":[{"Amount":"40000.00","Category":"L","CostCode":"03-100","LineNumber":"1"}]},'
    '"ContractNumber":"SC-001","Description":"Concrete works","JobCode":"J100","OriginalAmount":"40000.00",'
    '"StartDate":"2026-03-15","Status":"Approved","VendorID":"V000123"}]}'
)


async def test_the_payload_of_a_sent_commitment_holds_exactly_these_bytes(desk: Desk):
    item = await desk.sent()
    link = await desk.link(item)

    assert f'"body":{BODY},' in link["payload"]
    assert link["digest"] == sha256(link["payload"])
    assert (link["mapping_version"], json.loads(link["entries"])) == ("2", {})


async def test_a_sent_item_waits_for_an_approver_with_one_event_and_no_job(desk: Desk):
    item = await desk.subcontract()

    outcome = await desk.send("manager", item)

    link = await desk.link(item)
    assert (link["state"], link["sent_by"], link["export_revision"]) == (
        "READY_TO_EXPORT",
        desk.people["manager"],
        1,
    )
    assert link["sent_at"] is not None
    assert await desk.version(item) == 2
    assert await desk.history(item) == [("SEND", None)]
    assert await desk.jobs() == []
    assert await desk.run(outcome.run_id) == ("SEND", "SUCCEEDED", [("DONE", None)])


async def test_the_event_holds_both_images_and_who_did_it(desk: Desk):
    item = await desk.sent()

    event = await desk.one("select * from event where object_id = $1", item.id)
    before, after = json.loads(event["before"]), json.loads(event["after"])

    assert event["member_id"] == desk.people["manager"]
    assert (before["version"], after["version"]) == (1, 2)
    assert [before["links"][0]["state"], after["links"][0]["state"]] == ["NOT_SENT", "READY_TO_EXPORT"]
    assert after["original_amount"] == "40000.00"
    assert [line["amount"] for line in after["lines"]] == ["40000.00"]


async def test_sending_again_after_a_rejection_clears_what_was_answered_and_keeps_the_revision(desk: Desk):
    item = await desk.sent()
    await desk.ask("approver", "rejectItems", item, comment="Mend the title.")

    assert said(await desk.send("manager", item)) == []

    link = await desk.link(item)
    assert (link["state"], link["comment"], link["answered_by"], link["export_revision"]) == (
        "READY_TO_EXPORT",
        None,
        None,
        1,
    )


async def test_sending_again_after_an_unlink_begins_a_new_revision(desk: Desk):
    item = await desk.subcontract(state=LinkState.UNLINKED, link={"export_revision": 1})

    assert said(await desk.send("manager", item)) == []
    assert (await desk.link(item))["export_revision"] == 2


async def test_where_the_approver_must_type_the_number_an_item_is_sent_without_a_payload(desk: Desk):
    await desk.change("update connection set settings = '{\"use_procore_contract_number\": false}'")
    item = await desk.subcontract()

    assert said(await desk.send("manager", item)) == []
    link = await desk.link(item)
    assert (link["payload"], link["digest"]) == (None, None)


async def test_of_many_items_the_good_ones_go_and_the_others_say_why(desk: Desk):
    good, long, other = (
        await desk.subcontract("A"),
        await desk.subcontract("B", title="x" * 36),
        await desk.subcontract("C"),
    )

    outcome = await desk.send("manager", good, long, other)

    assert [[refused.code for refused in item.errors] for item in outcome.items] == [
        [],
        ["TITLE_TOO_LONG"],
        [],
    ]
    assert [await desk.state(item) for item in (good, long, other)] == [
        "READY_TO_EXPORT",
        "NOT_SENT",
        "READY_TO_EXPORT",
    ]
    assert await desk.run(outcome.run_id) == ("SEND", "SUCCEEDED", [("DONE", None), ("DONE", None)])


async def test_an_item_named_twice_is_sent_once(desk: Desk):
    item = await desk.subcontract()

    outcome = await desk.send("manager", item, item)

    assert [[refused.code for refused in one.errors] for one in outcome.items] == [[], ["DUPLICATE_INPUT"]]
    assert await desk.history(item) == [("SEND", None)]


@pytest.mark.parametrize("given", ["", "nonsense", "cmt_0", "CMT_00000000-0000-7000-8000-000000000000"])
async def test_an_id_that_is_none_of_ours_is_told(desk: Desk, given: str):
    assert said(await desk.send("manager", ItemAsk(given, 1))) == ["BAD_ID"]


async def test_what_the_erp_does_not_take_is_not_sent(desk: Desk):
    assert said(await desk.send("manager", desk.vendor))[0] == "CAPABILITY_NOT_SUPPORTED"


async def test_nothing_and_more_than_a_hundred_items_are_refused(desk: Desk):
    many = [ItemAsk(f"cmt_{uuid4()}", 1) for _ in range(101)]

    assert said(await desk.send("manager")) == ["TOO_MANY_ITEMS"]
    assert said(await desk.send("manager", *many)) == ["TOO_MANY_ITEMS"]
    assert said(await desk.send("manager", *many[:100])) == ["NOT_FOUND"] * 100


async def test_an_item_of_another_account_is_not_there(desk: Desk):
    other = await Desk.open(desk.pool, desk.settings)
    theirs = Item("cmt", uuid4())
    async with other.books() as books:
        await books.insert(
            "commitment", id=theirs.id, kind="SUBCONTRACT", number="X", title="X", status="APPROVED", project_id=other.job.id,
            currency="USD", original_amount=Decimal("0.00"), is_executed=False, start_date=date(2026, 1, 1),
        )  # fmt: skip
        await books.link("Commitment", theirs.id, LinkState.NOT_SENT)

    assert said(await desk.send("manager", theirs)) == ["NOT_FOUND"]


# --- versions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [1, 3, 2**31 - 1])
async def test_a_decision_on_another_version_is_refused_and_told_what_is_there(desk: Desk, version: int):
    item = await desk.subcontract()
    await desk.change("update commitment set version = 2 where id = $1", item.id)
    before = await desk.trace()

    outcome = await desk.send("manager", item, version=version)

    assert said(outcome) == ["STALE_VERSION"]
    [refused] = outcome.items[0].errors
    assert refused.message == "The item has changed: it is at version 2 now and NOT_SENT."
    assert (refused.field, refused.retryable) == ("expectedVersion", True)
    assert await desk.trace() == before


async def test_what_is_sent_is_what_stands_under_the_lock(desk: Desk):
    """A caller guesses the next version while the change that makes it is still under way."""
    item = await desk.subcontract()

    async def change(connection: Connection) -> None:
        await connection.execute("select set_config('app.account', $1, true)", str(desk.account))
        await connection.execute(
            "update commitment set version = 2, original_amount = 41000 where id = $1", item.id
        )
        await connection.execute(
            "update commitment_line set amount = 41000 where commitment_id = $1", item.id
        )

    async with desk.pool._pool.acquire() as connection:
        changing = connection.transaction()
        await changing.start()
        await change(connection)
        sending = asyncio.create_task(desk.send("manager", item, version=2))
        while not await desk.value("select count(*) from pg_locks where not granted"):  # noqa: ASYNC110 - it waits in Postgres
            await asyncio.sleep(0)
        await changing.commit()
        assert said(await sending) == []

    entry = json.loads((await desk.link(item))["payload"])["steps"][0]["body"]["value"][0]
    assert (entry["OriginalAmount"], entry["ContractLines"]["entry"][0]["Amount"]) == ("41000.00", "41000.00")


# --- keys -------------------------------------------------------------------------------------------------------------


async def test_the_same_request_under_the_same_key_gets_the_same_answer_and_is_done_once(desk: Desk):
    item = await desk.subcontract()

    first = await desk.send("manager", item, key="k", version=1)
    again = await desk.send("manager", item, key="k", version=1)

    assert (said(first), said(again)) == ([], [])
    assert again.run_id == first.run_id
    assert [(one.tag, one.id) for one in again.items] == [("cmt", item.id)]
    assert await desk.history(item) == [("SEND", None)]
    assert await desk.version(item) == 2


async def test_an_answer_kept_under_a_key_holds_its_refusals_word_for_word(desk: Desk):
    good, long = await desk.subcontract("A"), await desk.subcontract("B", title="x" * 36)

    first = await desk.send("manager", good, long, key="k", version=1)
    again = await desk.send("manager", good, long, key="k", version=1)

    def words(outcome: Any) -> list[tuple[Any, ...]]:
        return [
            (e.code, e.message, e.field, e.remedy, e.retryable) for item in outcome.items for e in item.errors
        ]

    assert words(first) == words(again) != []


@pytest.mark.parametrize("change", ["version", "item", "mutation"])
async def test_the_same_key_with_other_content_is_a_mismatch(desk: Desk, change: str):
    item, other = await desk.subcontract("A"), await desk.subcontract("B")
    await desk.send("manager", item, key="k", version=1)
    before = await desk.trace()

    match change:
        case "version":
            outcome = await desk.send("manager", item, key="k", version=2)
        case "item":
            outcome = await desk.send("manager", other, key="k", version=1)
        case _:
            outcome = await desk.ask("manager", "retrieveItems", item, key="k", version=1)

    assert said(outcome) == ["IDEMPOTENCY_MISMATCH"]
    assert outcome.errors[0].field == "idempotencyKey"
    assert await desk.trace() == before


async def test_a_key_is_its_members_own(desk: Desk):
    item, other = await desk.subcontract("A"), await desk.subcontract("B")

    assert said(await desk.send("manager", item, key="k")) == []
    assert said(await desk.send("approver", other, key="k")) == []


async def test_a_request_that_was_refused_leaves_its_key_free(desk: Desk):
    item = await desk.subcontract(title="x" * 36)
    assert said(await desk.send("manager", item, key="k")) == ["TITLE_TOO_LONG"]
    await desk.change("update commitment set title = 'Short' where id = $1", item.id)

    assert said(await desk.send("manager", item, key="k")) == []


@pytest.mark.parametrize("key", ["", "k" * 201])
async def test_a_key_has_one_to_two_hundred_characters(desk: Desk, key: str):
    item = await desk.subcontract()

    outcome = await desk.send("manager", item, key=key)

    assert said(outcome) == ["INVALID_VALUE"]
    assert outcome.errors[0].field == "idempotencyKey"


async def test_fifty_sends_at_once_under_one_key_make_one_run(desk: Desk):
    item = await desk.subcontract()

    outcomes = await asyncio.gather(*(desk.send("manager", item, key="k", version=1) for _ in range(50)))

    assert {(tuple(said(outcome)), outcome.run_id) for outcome in outcomes} == {((), outcomes[0].run_id)}
    assert await desk.value("select count(*) from sync_run") == 1
    assert await desk.history(item) == [("SEND", None)]


async def test_ten_sends_at_once_under_ten_keys_have_one_winner(desk: Desk):
    item = await desk.subcontract()

    outcomes = await asyncio.gather(*(desk.send("manager", item, version=1) for _ in range(10)))

    assert sorted(said(outcome) for outcome in outcomes) == [[], *[["STALE_VERSION"]] * 9]
    assert await desk.history(item) == [("SEND", None)]
