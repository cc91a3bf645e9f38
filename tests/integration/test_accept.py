"""Accepting a commitment: who may, that it is bound to what was approved, the number in the ERP, and one winner."""

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest
from desk import LINE, Desk, Item, said, sha256

from db.clock import new_id
from hub.core.link import LinkState

# An accounting approver: ERP Integrations Standard or Admin, and the privilege 'Can Push to Accounting'.
MAY_ANSWER = [
    ("nobody", ["NOT_FOUND"]),
    ("reader", ["FORBIDDEN", "FORBIDDEN"]),
    ("privileged reader", ["FORBIDDEN"]),
    ("standard", ["FORBIDDEN"]),
    ("administrator", ["FORBIDDEN"]),
    ("directory administrator", ["FORBIDDEN"]),
    ("manager", ["FORBIDDEN", "FORBIDDEN"]),
    ("project administrator", ["FORBIDDEN", "FORBIDDEN"]),
    ("approver", []),
    ("visiting approver", []),
    ("other approver", []),
]


@pytest.mark.parametrize(("who", "verdict"), MAY_ANSWER)
async def test_accepting_takes_an_accounting_approver(desk: Desk, who: str, verdict: list[str]):
    item = await desk.sent()
    before = await desk.trace()

    outcome = await desk.accept(who, item)

    assert said(outcome) == verdict
    assert await desk.state(item) == ("READY_TO_EXPORT" if verdict else "EXPORTING")
    assert (await desk.trace() == before) is bool(verdict)
    assert (desk.bell.rung == []) is bool(verdict)


async def test_a_standard_user_is_told_of_the_privilege_alone(desk: Desk):
    item = await desk.sent()

    [refused] = (await desk.accept("standard", item)).items[0].errors

    assert refused.message == "This takes the privilege 'Can Push to Accounting'."


@pytest.mark.parametrize(
    "state", [state for state in LinkState if state not in ("READY_TO_IMPORT", "LINKED", "ARCHIVED")]
)
async def test_an_item_can_be_accepted_while_it_waits_or_after_it_failed(desk: Desk, state: LinkState):
    item = await desk.subcontract(state=state)

    outcome = await desk.accept("approver", item)

    assert said(outcome) == ([] if state in ("READY_TO_EXPORT", "FAILED") else ["WRONG_STATE"])


# --- what an acceptance leaves ----------------------------------------------------------------------------------------


async def test_an_accepted_item_is_exporting_with_one_job_one_run_and_one_ring(desk: Desk):
    item = await desk.sent()

    outcome = await desk.accept("approver", item)

    link = await desk.link(item)
    assert (link["state"], link["answered_by"], link["comment"]) == (
        "EXPORTING",
        desk.people["approver"],
        None,
    )
    assert link["answered_at"] is not None
    assert await desk.jobs() == [("export", item.id)]
    assert await desk.run(outcome.run_id) == ("EXPORT", "QUEUED", [("WAITING", None)])
    assert desk.bell.rung == [await desk.value("select id from job")]
    assert [action for action, _ in await desk.history(item)] == ["SEND", "ACCEPT"]
    assert await desk.version(item) == 3


async def test_acceptance_freezes_exactly_the_payload_that_was_approved(desk: Desk):
    item = await desk.sent()
    sent = await desk.link(item)

    await desk.accept("approver", item, digest=sent["digest"])

    link = await desk.link(item)
    assert (link["payload"], link["digest"]) == (sent["payload"], sent["digest"])
    assert link["digest"] == sha256(link["payload"])


async def test_accepting_after_a_failure_clears_what_was_said(desk: Desk):
    failed = {"error_code": "ERP_REFUSED", "error_message": "no", "erp_message": "NO"}
    item = await desk.subcontract(state=LinkState.FAILED, link=failed)

    assert said(await desk.accept("approver", item)) == []

    link = await desk.link(item)
    assert (link["state"], link["error_code"], link["error_message"], link["erp_message"]) == (
        "EXPORTING",
        None,
        None,
        None,
    )


# --- bound to content -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digest", ["", "0" * 64, "not a digest"])
async def test_another_digest_is_refused_and_the_true_one_told(desk: Desk, digest: str):
    item = await desk.sent()
    before = await desk.trace()

    outcome = await desk.accept("approver", item, digest=digest)

    assert said(outcome) == ["DIGEST_MISMATCH"]
    [refused] = outcome.items[0].errors
    assert refused.field == "digest"
    assert (await desk.link(item))["digest"] in refused.message
    assert await desk.trace() == before


async def test_a_field_that_is_not_locked_but_goes_out_voids_the_digest(desk: Desk):
    item = await desk.sent()
    old = (await desk.link(item))["digest"]
    await desk.change(
        "update commitment set start_date = '2026-04-01', version = version + 1 where id = $1", item.id
    )

    assert said(await desk.accept("approver", item, digest=old)) == ["DIGEST_MISMATCH"]
    assert said(await desk.accept("approver", item)) == []
    assert '"StartDate":"2026-04-01"' in (await desk.link(item))["payload"]


async def test_a_conflict_on_a_locked_field_voids_the_acceptance_until_it_is_settled(desk: Desk):
    item = await desk.sent()
    await desk.change(
        "insert into conflict (account_id, id, object_type, object_id, field, ours, theirs)"
        " values ($1, $2, 'Commitment', $3, 'title', 'Concrete works', 'Steel works')",
        *(desk.account, new_id(), item.id),
    )
    before = await desk.trace()

    outcome = await desk.accept("approver", item)

    assert said(outcome) == ["CONTENT_CHANGED"]
    assert await desk.trace() == before

    await desk.change("update conflict set resolved_at = hub_now()")
    assert said(await desk.accept("approver", item)) == []


async def test_what_has_come_to_be_wrong_since_it_was_sent_is_said_all_at_once(desk: Desk):
    item = await desk.sent()
    await desk.change("update project_cost_code set in_erp = false")
    await desk.change(
        "update link set state = 'NOT_SENT', external_id = null where object_id = $1", desk.vendor.id
    )
    await desk.change("update commitment set origin_deleted_at = hub_now() where id = $1", item.id)
    before = await desk.trace()

    outcome = await desk.accept("approver", item, digest="0" * 64)

    assert said(outcome) == ["DELETED_AT_ORIGIN", "VENDOR_NOT_LINKED", "LINE_CODE_UNKNOWN"]
    assert await desk.trace() == before


# --- the number in the ERP --------------------------------------------------------------------------------------------


async def entry(desk: Desk, item: Item) -> Any:
    return json.loads((await desk.link(item))["payload"])["steps"][0]["body"]["value"][0]


async def test_the_number_that_the_approver_types_goes_out_and_procores_stays(desk: Desk):
    item = await desk.sent()

    outcome = await desk.accept("approver", item, erp_id="C-9")

    assert said(outcome) == []
    assert (await entry(desk, item))["ContractNumber"] == "C-9"
    assert json.loads((await desk.link(item))["entries"])["erp_id"] == "C-9"
    assert await desk.value("select number from commitment where id = $1", item.id) == "SC-001"


async def test_spaces_around_a_typed_number_are_no_part_of_it(desk: Desk):
    item = await desk.sent()

    assert said(await desk.accept("approver", item, erp_id="  C-9 ")) == []
    assert (await entry(desk, item))["ContractNumber"] == "C-9"


async def test_the_digest_of_other_entries_does_not_approve_these(desk: Desk):
    item = await desk.sent()
    sent = (await desk.link(item))["digest"]

    assert said(await desk.accept("approver", item, erp_id="C-9", digest=sent)) == ["DIGEST_MISMATCH"]


async def test_a_typed_number_longer_than_the_erp_takes_is_refused(desk: Desk):
    item = await desk.sent()

    outcome = await desk.accept("approver", item, erp_id="N" * 21, digest="0" * 64)

    assert said(outcome) == ["VALUE_DOES_NOT_FIT"]
    assert outcome.items[0].errors[0].field == "number"


async def test_where_the_setting_is_off_the_approver_must_type_a_number(desk: Desk):
    await desk.change("update connection set settings = '{\"use_procore_contract_number\": false}'")
    item = await desk.sent()
    before = await desk.trace()

    refused = await desk.accept("approver", item, digest="0" * 64)

    assert said(refused) == ["ERP_ID_REQUIRED"]
    assert await desk.trace() == before
    assert said(await desk.accept("approver", item, erp_id="C-9")) == []
    assert (await entry(desk, item))["ContractNumber"] == "C-9"


HOLDING = ["EXPORTING", "IN_DOUBT", "SYNCED", "ORPHANED"]


@pytest.mark.parametrize("state", HOLDING)
async def test_a_number_that_another_item_holds_or_may_hold_is_taken(desk: Desk, state: str):
    first = await desk.sent(number="A")
    assert said(await desk.accept("approver", first, erp_id="C-9")) == []
    ways = {
        "SYNCED": ["SYNCED"],
        "IN_DOUBT": ["IN_DOUBT"],
        "ORPHANED": ["SYNCED", "ORPHANED"],
        "EXPORTING": [],
    }
    await desk.move(first, *map(LinkState, ways[state]))
    second = await desk.sent(number="B")
    before = await desk.trace()

    outcome = await desk.accept("approver", second, erp_id="C-9")

    assert said(outcome) == ["ERP_ID_TAKEN"]
    assert outcome.items[0].errors[0].field == "entries.erpId"
    assert await desk.trace() == before
    assert said(await desk.accept("approver", second, erp_id="C-10")) == []


async def test_a_number_is_free_again_once_its_item_was_unlinked(desk: Desk):
    first = await desk.sent(number="A")
    await desk.accept("approver", first, erp_id="C-9")
    await desk.move(first, LinkState.SYNCED, LinkState.UNLINKED)
    second = await desk.sent(number="B")

    assert said(await desk.accept("approver", second, erp_id="C-9")) == []


async def test_numbers_are_unique_within_a_job_only(desk: Desk):
    first = await desk.sent(number="A")
    await desk.accept("approver", first, erp_id="C-9")
    other = await desk.project("J200", LinkState.LINKED, link={"external_id": "J200"})
    await desk.change("update project_cost_code set project_id = $1", other.id)
    await desk.change(
        "insert into project_member (account_id, member_id, project_id, commitments_level) values ($1, $2, $3, 3)",
        *(desk.account, desk.people["manager"], other.id),
    )
    second = await desk.sent(number="B", project=other.id)

    assert said(await desk.accept("approver", second, erp_id="C-9")) == []


async def test_two_items_of_one_request_cannot_take_the_same_number(desk: Desk):
    first, second = await desk.sent(number="SAME"), await desk.sent(number="SAME", title="Steel works")
    items = [(item, await desk.digest(item)) for item in (first, second)]
    asks = [await desk.asked(item, digest=digest, entries={"erp_id": None}) for item, digest in items]

    outcome = await desk.ask("approver", "acceptItems", *asks)

    assert [[refused.code for refused in one.errors] for one in outcome.items] == [[], ["ERP_ID_TAKEN"]]
    assert await desk.jobs() == [("export", first.id)]


@pytest.mark.parametrize("turn", range(5))
async def test_two_approvers_who_give_one_number_to_two_items_at_once_have_one_winner(desk: Desk, turn: int):
    first, second = await desk.sent(number="A"), await desk.sent(number="B")
    digests = {item: await desk.digest(item, "C-9") for item in (first, second)}

    outcomes = await asyncio.gather(
        *(
            desk.accept(who, item, erp_id="C-9", digest=digests[item], version=2)
            for who, item in (("approver", first), ("other approver", second))
        )
    )

    assert sorted(said(outcome) for outcome in outcomes) == [[], ["ERP_ID_TAKEN"]]
    assert len(await desk.jobs()) == 1


# --- one winner -------------------------------------------------------------------------------------------------------


async def test_of_two_approvers_at_once_one_wins_and_the_other_is_told_that_it_changed(desk: Desk):
    item = await desk.sent()
    digest = await desk.digest(item)

    outcomes = await asyncio.gather(
        *(
            desk.accept(who, item, version=2, digest=digest)
            for who in ("approver", "other approver")
            for _ in range(3)
        )
    )

    assert sorted(said(outcome) for outcome in outcomes) == [[], *[["STALE_VERSION"]] * 5]
    assert await desk.jobs() == [("export", item.id)]
    assert [action for action, _ in await desk.history(item)] == ["SEND", "ACCEPT"]


async def test_accept_reject_and_retrieve_at_once_have_one_winner(desk: Desk):
    item = await desk.sent()
    digest = await desk.digest(item)

    outcomes = await asyncio.gather(
        desk.accept("approver", item, version=2, digest=digest),
        desk.ask("other approver", "rejectItems", item, version=2, comment="No."),
        desk.ask("manager", "retrieveItems", item, version=2),
    )

    assert sorted(said(outcome) for outcome in outcomes) == [[], ["STALE_VERSION"], ["STALE_VERSION"]]
    assert len(await desk.history(item)) == 2
    assert len(await desk.jobs()) == (1 if await desk.state(item) == "EXPORTING" else 0)


async def test_fifty_acceptances_under_one_key_make_one_job_and_ring_once(desk: Desk):
    item = await desk.sent()
    digest = await desk.digest(item)

    outcomes = await asyncio.gather(
        *(desk.accept("approver", item, version=2, digest=digest, key="k") for _ in range(50))
    )

    assert {(tuple(said(outcome)), outcome.run_id) for outcome in outcomes} == {((), outcomes[0].run_id)}
    assert await desk.jobs() == [("export", item.id)]
    assert len(desk.bell.rung) == 1


async def test_a_vendor_is_not_parted_while_a_commitment_of_its_is_being_accepted(desk: Desk):
    item = await desk.sent()
    digest = await desk.digest(item)

    accepted, parted = await asyncio.gather(
        desk.accept("approver", item, version=2, digest=digest),
        desk.ask("standard", "unlinkItems", desk.vendor, version=1),
    )

    verdict = (said(accepted), said(parted))
    assert verdict in (([], ["COMPANY_HAS_SYNCED_COMMITMENTS"]), (["VENDOR_NOT_LINKED"], []))
    assert await desk.state(item) == ("READY_TO_EXPORT" if said(accepted) else "EXPORTING")


async def test_of_many_items_the_good_ones_leave_in_one_run(desk: Desk):
    good, forged, other = [await desk.sent(number=number) for number in "ABC"]
    asks = [
        await desk.asked(
            item, digest="0" * 64 if item is forged else await desk.digest(item), entries={"erp_id": None}
        )
        for item in (good, forged, other)
    ]

    outcome = await desk.ask("approver", "acceptItems", *asks)

    assert [[refused.code for refused in one.errors] for one in outcome.items] == [
        [],
        ["DIGEST_MISMATCH"],
        [],
    ]
    assert await desk.jobs() == [("export", good.id), ("export", other.id)]
    assert await desk.run(outcome.run_id) == ("EXPORT", "QUEUED", [("WAITING", None), ("WAITING", None)])


async def test_one_zero_line_beside_a_good_one_goes_out_as_it_is(desk: Desk):
    item = await desk.sent(lines=[{**LINE, "amount": "0.00"}, {**LINE, "amount": "10.00"}])

    assert said(await desk.accept("approver", item)) == []
    sent = await entry(desk, item)
    assert [line["Amount"] for line in sent["ContractLines"]["entry"]] == ["0.00", "10.00"]
    assert sent["OriginalAmount"] == "10.00"


async def test_a_title_of_35_letters_of_many_bytes_goes_out_whole(desk: Desk):
    title = "Façade, Änderung & Brüstung – Los 7"
    assert (len(title), len(title.encode())) == (35, 40)
    item = await desk.sent(title=title)

    assert said(await desk.accept("approver", item)) == []
    assert (await entry(desk, item))["Description"] == title


async def test_amounts_go_out_to_the_cent_however_large(desk: Desk):
    item = await desk.sent(lines=[{**LINE, "amount": "9999999999999999.99"}])

    assert said(await desk.accept("approver", item)) == []
    assert (await entry(desk, item))["OriginalAmount"] == "9999999999999999.99"
    assert Decimal((await entry(desk, item))["ContractLines"]["entry"][0]["Amount"]) == Decimal(
        "9999999999999999.99"
    )


async def test_status_complete_is_approved_in_the_erp_and_retainage_has_two_decimals(desk: Desk):
    item = await desk.sent(status="COMPLETE", retainage_percent=Decimal(10))

    sent = await entry(desk, item)

    assert (sent["Status"], sent["RetentionPercent"]) == ("Approved", "10.00")
