"""Taking an item back before an answer, and sending it back with a comment."""

import pytest
from desk import Desk, said

from db.clock import new_id
from hub.core.link import LinkState

MAY_RETRIEVE = [
    ("nobody", ["NOT_FOUND"]),
    ("reader", ["FORBIDDEN"]),
    ("standard", ["FORBIDDEN"]),
    ("visiting approver", ["FORBIDDEN"]),
    ("administrator", ["FORBIDDEN"]),
    ("directory administrator", ["FORBIDDEN"]),
    ("project administrator", ["FORBIDDEN"]),
    ("approver", []),
    ("manager", []),
]
MAY_REJECT = [
    ("nobody", ["NOT_FOUND"]),
    ("reader", ["FORBIDDEN", "FORBIDDEN"]),
    ("privileged reader", ["FORBIDDEN"]),
    ("standard", ["FORBIDDEN"]),
    ("administrator", ["FORBIDDEN"]),
    ("directory administrator", ["FORBIDDEN"]),
    ("manager", ["FORBIDDEN", "FORBIDDEN"]),
    ("approver", []),
    ("visiting approver", []),
    ("other approver", []),
]
EXPORTABLE = [state for state in LinkState if state not in ("READY_TO_IMPORT", "LINKED", "ARCHIVED")]


@pytest.mark.parametrize(("who", "verdict"), MAY_RETRIEVE)
async def test_retrieving_takes_admin_on_the_projects_commitments(desk: Desk, who: str, verdict: list[str]):
    item = await desk.sent()
    before = await desk.trace()

    outcome = await desk.ask(who, "retrieveItems", item)

    assert said(outcome) == verdict
    assert await desk.state(item) == ("READY_TO_EXPORT" if verdict else "RETRIEVED")
    assert (await desk.trace() == before) is bool(verdict)


@pytest.mark.parametrize("state", EXPORTABLE)
async def test_an_item_can_be_retrieved_only_while_it_waits_for_an_answer(desk: Desk, state: LinkState):
    item = await desk.subcontract(state=state)

    outcome = await desk.ask("manager", "retrieveItems", item)

    assert said(outcome) == ([] if state == "READY_TO_EXPORT" else ["WRONG_STATE"])
    assert await desk.state(item) == ("RETRIEVED" if state == "READY_TO_EXPORT" else state)


async def test_a_retrieved_item_says_so_in_its_history_and_can_be_sent_again(desk: Desk):
    item = await desk.sent()

    outcome = await desk.ask("manager", "retrieveItems", item)

    assert await desk.run(outcome.run_id) == ("RETRIEVE", "SUCCEEDED", [("DONE", None)])
    assert await desk.jobs() == []
    assert said(await desk.send("manager", item)) == []
    assert await desk.history(item) == [("SEND", None), ("RETRIEVE", None), ("SEND", None)]
    assert await desk.version(item) == 4


async def test_after_an_acceptance_the_sender_comes_too_late(desk: Desk):
    item = await desk.sent()
    await desk.accept("approver", item)

    outcome = await desk.ask("manager", "retrieveItems", item, version=2)

    assert said(outcome) == ["STALE_VERSION"]
    assert outcome.items[0].errors[0].message == "The item has changed: it is at version 3 now and EXPORTING."
    assert said(await desk.ask("manager", "retrieveItems", item)) == ["WRONG_STATE"]


async def test_a_failed_item_is_not_retrieved_but_answered_by_an_approver(desk: Desk):
    item = await desk.subcontract(state=LinkState.FAILED)

    assert said(await desk.ask("manager", "retrieveItems", item)) == ["WRONG_STATE"]
    assert said(await desk.ask("approver", "rejectItems", item)) == []


@pytest.mark.parametrize(("who", "verdict"), MAY_REJECT)
async def test_rejecting_takes_an_accounting_approver(desk: Desk, who: str, verdict: list[str]):
    item = await desk.sent()
    before = await desk.trace()

    outcome = await desk.ask(who, "rejectItems", item, comment="Mend the title.")

    assert said(outcome) == verdict
    assert await desk.state(item) == ("READY_TO_EXPORT" if verdict else "REJECTED")
    assert (await desk.trace() == before) is bool(verdict)


@pytest.mark.parametrize("state", EXPORTABLE)
async def test_an_item_can_be_rejected_while_it_waits_or_after_it_failed(desk: Desk, state: LinkState):
    item = await desk.subcontract(state=state)

    outcome = await desk.ask("approver", "rejectItems", item, comment="No.")

    assert said(outcome) == ([] if state in ("READY_TO_EXPORT", "FAILED") else ["WRONG_STATE"])


@pytest.mark.parametrize("comment", [None, "", "   ", "\n\t"])
async def test_a_rejection_needs_a_comment(desk: Desk, comment: str | None):
    item = await desk.sent()
    before = await desk.trace()

    outcome = await desk.ask("approver", "rejectItems", item, comment=comment)

    assert said(outcome) == ["INVALID_VALUE"]
    assert outcome.items[0].errors[0].field == "comment"
    assert await desk.trace() == before


async def test_after_a_failure_the_error_speaks_for_itself(desk: Desk):
    item = await desk.subcontract(
        state=LinkState.FAILED, link={"error_code": "ERP_REFUSED", "erp_message": "NO SUCH JOB"}
    )

    assert said(await desk.ask("approver", "rejectItems", item)) == []

    link = await desk.link(item)
    assert (link["state"], link["comment"], link["erp_message"]) == ("REJECTED", None, "NO SUCH JOB")


@pytest.mark.parametrize(("length", "verdict"), [(2000, []), (2001, ["INVALID_VALUE"])])
async def test_a_comment_has_at_most_two_thousand_characters(desk: Desk, length: int, verdict: list[str]):
    item = await desk.sent()

    assert said(await desk.ask("approver", "rejectItems", item, comment="Ü" * length)) == verdict


async def test_the_comment_is_kept_on_the_link_and_in_the_history(desk: Desk):
    item = await desk.sent()

    outcome = await desk.ask("approver", "rejectItems", item, comment=" Please name the rebar. ")

    link = await desk.link(item)
    assert (link["state"], link["comment"], link["answered_by"]) == (
        "REJECTED",
        "Please name the rebar.",
        desk.people["approver"],
    )
    assert (await desk.history(item))[-1] == ("REJECT", "Please name the rebar.")
    assert await desk.run(outcome.run_id) == ("REJECT", "SUCCEEDED", [("DONE", None)])
    assert await desk.jobs() == []


async def test_an_item_with_changed_locked_fields_can_still_be_rejected(desk: Desk):
    item = await desk.sent()
    await desk.change(
        "insert into conflict (account_id, id, object_type, object_id, field, ours, theirs)"
        " values ($1, $2, 'Commitment', $3, 'title', 'a', 'b')",
        *(desk.account, new_id(), item.id),
    )

    assert said(await desk.ask("approver", "rejectItems", item, comment="It has changed.")) == []


async def test_a_comment_belongs_to_what_a_key_stands_for(desk: Desk):
    item = await desk.sent()
    await desk.ask("approver", "rejectItems", item, key="k", version=2, comment="One.")

    outcome = await desk.ask("approver", "rejectItems", item, key="k", version=2, comment="Another.")

    assert said(outcome) == ["IDEMPOTENCY_MISMATCH"]


async def test_a_rejection_on_an_old_version_is_refused(desk: Desk):
    item = await desk.sent()
    before = await desk.trace()

    assert said(await desk.ask("approver", "rejectItems", item, version=1, comment="No.")) == [
        "STALE_VERSION"
    ]
    assert await desk.trace() == before
