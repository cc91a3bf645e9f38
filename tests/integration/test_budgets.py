"""Budgets: what they need before they are sent, that the original goes out first and later only what has changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import pytest
from budget_desk import (
    FIRST,
    TRANSFER,
    accept,
    accepted,
    as_mri,
    budget,
    change,
    confirm,
    exported,
    facts,
    made,
    put_lines,
    refused,
    rows,
    tool_site,
)
from desk import Desk, said

from hub.core.link import LinkState
from hub.erp.connector import Incoming
from hub.errors import MappingError, Refused
from hub.sync.intake.project_codes import merge_codes

# The new form names where money goes before where it comes from.
FROM_LAST = (("03-200", "M", "5000.00"), ("03-100", "L", "-5000.00"))
GROWN = (("03-100", "L", "41500.50"), ("03-200", "L", "2000.00"))  # 03-200/M is gone


@pytest.fixture(autouse=True)
async def mri(desk: Desk) -> None:
    await as_mri(desk)


# Typed from the field mapping of original budgets.
async def test_the_original_budget_is_the_job_code_type_and_amount_of_each_line(desk: Desk):
    item = await budget(desk, lines=(*FIRST, ("03-200", "L", "0.00")))

    assert rows(await made(desk, item)) == [
        {"JobCode": "J100", "CostCode": "03-100", "Category": "L", "OriginalBudget": "40000.00"},
        {"JobCode": "J100", "CostCode": "03-200", "Category": "L", "OriginalBudget": "0.00"},
        {"JobCode": "J100", "CostCode": "03-200", "Category": "M", "OriginalBudget": "10000.00"},
    ]


async def test_a_budget_must_be_locked_before_it_is_sent(desk: Desk):
    item = await budget(desk, is_locked=False)

    assert refused(await desk.send("manager", item)) == [("BUDGET_NOT_LOCKED", "The budget is not locked.")]
    await desk.change("update budget set is_locked = true where id = $1", item.id)
    assert said(await desk.send("manager", item)) == []
    assert await desk.state(item) == "READY_TO_EXPORT"


async def test_all_that_stands_against_a_budget_is_said_at_once(desk: Desk):
    other = await desk.project("J200", LinkState.NOT_SENT)
    await desk.change(
        """insert into project_member (account_id, member_id, project_id, budget_level)
        select account_id, member_id, $1, budget_level from project_member where project_id = $2""",
        other.id,
        desk.job.id,
    )
    item = await budget(desk, lines=(("99-999", "L", "5.00"),), is_locked=False, project_id=other.id)
    await desk.change("update budget set original_amount = 7 where id = $1", item.id)

    assert refused(await desk.send("manager", item)) == [
        ("PROJECT_NOT_LINKED", "Its project is not linked to a job of the ERP."),
        ("BUDGET_NOT_LOCKED", "The budget is not locked."),
        ("LINE_CODE_UNKNOWN", "Lines on no cost code and type of the ERP's job: 1 (99-999.L)."),
        ("AMOUNT_NOT_SUM_OF_LINES", "The amount is 7.00, its lines sum to 5.00."),
    ]


async def test_a_budget_without_lines_is_not_sent(desk: Desk):
    item = await budget(desk, lines=())

    assert refused(await desk.send("manager", item)) == [("NO_NONZERO_LINE", "The budget has no line.")]


async def test_every_cost_code_of_the_project_has_a_type_also_one_that_no_line_uses(desk: Desk):
    item = await budget(desk)
    await desk.change("update project set origin_id = '9' where id = $1", desk.job.id)
    codes = {"03": [], "03-100": ["L"], "03-200": ["M"], "01-900": [], "02-100": []}

    await codes_of_the_project(desk, codes)
    assert refused(await desk.send("manager", item)) == [
        ("CODE_WITHOUT_TYPE", "Cost codes of the project without a cost type: 01-900, 02-100.")
    ]
    await codes_of_the_project(desk, {**codes, "01-900": ["L"], "02-100": ["L"]})
    assert said(await desk.send("manager", item)) == []


async def codes_of_the_project(desk: Desk, codes: Mapping[str, Sequence[str]]) -> None:
    """The project tool's codes of the project, with the types of each, come in."""
    records = [
        Incoming(
            "project_cost_code",
            f"P{code}",
            values={"code": code, "is_active": True},
            refs={"cost_code": code},
            lines=[Incoming("cost_type", kind, refs={"cost_type": kind}) for kind in kinds],
        )
        for code, kinds in codes.items()
    ]
    async with desk.pool.transaction(desk.account) as connection:
        await merge_codes(connection, tool_site(desk), records, desk.job.id)


async def test_a_budget_and_its_changes_are_sent_only_where_the_projects_budget_tool_is_active(desk: Desk):
    first, moved = await exported(desk), await change(desk)
    await put_lines(desk, first, GROWN)
    await desk.change("update project set inactive_tools = '{commitments}'")
    assert said(await desk.send("manager", moved)) == []
    assert said(await desk.ask("manager", "retrieveItems", moved)) == []
    await desk.change("update project set inactive_tools = '{budget}'")

    assert said(await desk.send("manager", first)) == ["TOOL_INACTIVE"]
    assert said(await desk.send("manager", moved)) == ["TOOL_INACTIVE"]


async def test_lines_of_nothing_are_sent_where_the_erp_takes_them(desk: Desk):
    item = await budget(desk, lines=(*FIRST, ("03-200", "L", "0.00")))
    await as_mri(desk, budget_zero_lines=False)

    assert refused(await desk.send("manager", item)) == [
        ("VALUE_DOES_NOT_FIT", "This ERP takes no budget line without an amount: 03-200.L.")
    ]
    await as_mri(desk, budget_zero_lines=True)
    assert said(await desk.send("manager", item)) == []


@pytest.mark.parametrize(
    ("level", "granular", "verdict"),
    [
        (3, [], []),
        (2, [], ["FORBIDDEN"]),
        (1, [], ["FORBIDDEN"]),
        (2, ["Send and Retrieve Budgets from ERP"], []),
        (1, ["Send and Retrieve Budgets from ERP"], []),
        (0, ["Send and Retrieve Budgets from ERP"], ["NOT_FOUND"]),
    ],
)
async def test_a_budget_is_sent_with_admin_on_budget_or_the_permission_of_that_name(
    desk: Desk, level: int, granular: list[str], verdict: list[str]
):
    item = await budget(desk)
    await desk.change(
        "update project_member set budget_level = $2, granular = $3 where member_id = $1",
        *(desk.people["manager"], level, granular),
    )

    assert said(await desk.send("manager", item)) == verdict
    if verdict:
        return
    assert said(await desk.ask("manager", "retrieveItems", item)) == []
    assert said(await desk.send("manager", item)) == []


async def test_a_budget_has_no_direct_way_it_needs_an_approver(desk: Desk):
    item = await budget(desk)
    await desk.send("manager", item)

    assert (
        said(await desk.ask("manager", "acceptItems", item, digest="0" * 64, entries={})) == ["FORBIDDEN"] * 2
    )
    assert await desk.state(item) == "READY_TO_EXPORT"


async def test_while_it_waits_it_is_not_sent_again(desk: Desk):
    item = await budget(desk)
    await desk.send("manager", item)

    assert said(await desk.send("manager", item)) == ["WRONG_STATE"]


async def test_a_budget_is_retrieved_only_before_it_was_answered(desk: Desk):
    item = await accepted(desk, await budget(desk))

    assert said(await desk.ask("manager", "retrieveItems", item)) == ["WRONG_STATE"]


async def test_revision_fields_are_not_looked_at_where_the_export_holds_no_revision(desk: Desk):
    item = await budget(desk)

    typed = await made(desk, item, revision_type="Scope Change", number="9", revision_date="2026-01-01")
    assert typed.digest == (await made(desk, item)).digest
    await accepted(desk, item, revision_type="Scope Change", number="9")
    assert await desk.state(item) == "EXPORTING"


async def test_unchanged_it_is_not_sent_again(desk: Desk):
    item = await exported(desk)

    assert refused(await desk.send("manager", item)) == [
        ("WRONG_STATE", "Nothing has changed in the budget since it was exported.")
    ]


# Typed from the field mapping of budget modifications.
async def test_after_the_export_only_the_differences_go_out_as_a_revision(desk: Desk):
    item = await exported(desk)
    await put_lines(desk, item, GROWN)
    assert said(await desk.send("manager", item)) == []

    found = await made(
        desk, item, revision_type="Scope Change", revision_date="2026-05-04", description="Longer wall"
    )
    head = {
        "JobCode": "J100",
        "Description": "Longer wall",
        "RevisionDate": "2026-05-04",
        "RevisionNumber": "1",
        "RevisionType": "Scope Change",
        "RevisionStatus": "Approved",
    }
    assert rows(found) == [
        {**head, "CostCode": "03-100", "Category": "L", "Value": "1500.50"},
        {**head, "CostCode": "03-200", "Category": "L", "Value": "2000.00"},
        {**head, "CostCode": "03-200", "Category": "M", "Value": "-10000.00"},
    ]


async def test_the_next_revision_is_measured_by_what_the_last_one_made_of_it(desk: Desk):
    item = await exported(desk)
    await put_lines(desk, item, GROWN)
    await accepted(desk, item, revision_type="Scope Change")
    await confirm(desk, item, "J100/1")
    assert (await desk.link(item))["external_id"] == "J100"
    assert said(await desk.send("manager", item)) == ["WRONG_STATE"]

    await put_lines(desk, item, (("03-100", "L", "41500.50"), ("03-200", "L", "1999.99")))
    found = rows(await made(desk, item, revision_type="Contingency"))
    assert [(row["CostCode"], row["Category"], row["Value"], row["RevisionNumber"]) for row in found] == [
        ("03-200", "L", "-0.01", "2")
    ]


async def test_a_revision_without_its_type_is_not_accepted(desk: Desk):
    item = await exported(desk)
    await put_lines(desk, item, GROWN)
    await desk.send("manager", item)

    outcome = await accept(desk, item, digest="0" * 64)
    assert refused(outcome) == [
        (
            "REVISION_TYPE_REQUIRED",
            "Choose the type of the revision: Scope Change, Budget Transfer, Contingency.",
        )
    ]
    assert await desk.state(item) == "READY_TO_EXPORT"


async def test_a_transfer_that_does_not_sum_to_zero_is_not_accepted(desk: Desk):
    item = await exported(desk)
    await put_lines(desk, item, (("03-100", "L", "35000.00"), ("03-200", "M", "14000.00")))
    await desk.send("manager", item)

    outcome = await accept(desk, item, digest="0" * 64, **TRANSFER)
    assert refused(outcome) == [
        ("TRANSFER_NOT_ZERO_SUM", "The lines sum to -1000.00; a Budget Transfer has to sum to 0.00.")
    ]


async def test_a_contingency_draws_from_the_codes_that_the_connection_names(desk: Desk):
    item = await exported(desk)
    await put_lines(desk, item, (("03-100", "L", "35000.00"), ("03-200", "M", "15000.00")))

    await as_mri(desk, contingency_codes=["03-200"])
    with pytest.raises(MappingError, match="draw from none of the contingency's codes: 03-200"):
        await made(desk, item, revision_type="Contingency")
    await as_mri(desk, contingency_codes=["03-100"])
    assert len(rows(await made(desk, item, revision_type="Contingency"))) == 2
    await as_mri(desk)
    assert len(rows(await made(desk, item, revision_type="Contingency"))) == 2


async def test_the_proposed_number_is_one_above_all_that_the_erp_lists_and_that_we_exported(desk: Desk):
    item = await exported(desk)
    await put_lines(desk, item, GROWN)
    assert (await facts(desk, item))["number"] == "1"

    moved = await change(desk)
    await accepted(desk, moved, number="4", **TRANSFER)  # on its way
    assert (await facts(desk, item))["number"] == "5"

    async with desk.books() as books:
        for code, job in (("6", "J100"), ("9", "J200"), ("A-7", "J100")):
            await books.insert(
                "erp_record", connection_id=desk.erp, object_key="budget_change", external_id=f"{job}/{code}",
                external_code=code, project_code=job, run_id=desk.ids(),
            )  # fmt: skip
    assert (await facts(desk, item))["number"] == "7"
    assert (
        rows(await made(desk, item, number="12", revision_type="Scope Change"))[0]["RevisionNumber"] == "12"
    )


async def test_a_number_that_a_change_on_its_way_holds_is_not_given_twice(desk: Desk):
    item = await exported(desk)
    await put_lines(desk, item, GROWN)
    await accepted(desk, await change(desk), number="4", **TRANSFER)
    await desk.send("manager", item)

    assert said(await accept(desk, item, number="4", revision_type="Scope Change")) == ["ERP_ID_TAKEN"]


async def test_the_day_is_the_one_of_the_acceptance_and_a_preview_of_yesterday_does_not_hold(desk: Desk):
    item = await exported(desk)
    await put_lines(desk, item, GROWN)
    await desk.send("manager", item)
    today = await desk.value("select (hub_now() at time zone 'UTC')::date")
    shown = await made(desk, item, revision_type="Scope Change")
    assert rows(shown)[0]["RevisionDate"] == today.isoformat()

    # The account's day is another one now, as after midnight.
    zone = await desk.value(
        """select name from pg_timezone_names
        where (hub_now() at time zone name)::date <> (hub_now() at time zone 'UTC')::date order by name limit 1"""
    )
    await desk.change("update account set time_zone = $1", zone)
    late = await accept(desk, item, digest=shown.digest, revision_type="Scope Change")
    assert said(late) == ["DIGEST_MISMATCH"]

    kept = await accept(desk, item, revision_type="Scope Change", revision_date=str(date(2026, 5, 4)))
    assert said(kept) == []


@pytest.mark.parametrize("by", ["retrieve", "reject"])
async def test_taken_back_after_a_second_send_it_is_in_the_erp_as_it_was_exported(desk: Desk, by: str):
    item = await exported(desk)
    first = await desk.link(item)
    await put_lines(desk, item, GROWN)
    await desk.send("manager", item)

    if by == "retrieve":
        outcome = await desk.ask("manager", "retrieveItems", item)
    else:
        outcome = await desk.ask("approver", "rejectItems", item, comment="Not yet")
    assert said(outcome) == []
    link = await desk.link(item)
    assert (link["state"], link["external_id"], link["digest"], link["payload"]) == (
        "SYNCED",
        "J100",
        first["digest"],
        first["payload"],
    )
    assert (link["comment"] == "Not yet") is (by == "reject")
    assert (await desk.history(item))[-1][0] == by.upper()
    assert said(await desk.send("manager", item)) == []
    assert rows(await made(desk, item, revision_type="Scope Change"))[0]["Value"] == "1500.50"


async def test_unlinking_takes_an_approver_with_admin_on_budget(desk: Desk):
    item = await exported(desk)

    assert said(await desk.ask("visiting approver", "unlinkItems", item)) == ["FORBIDDEN"]
    assert said(await desk.ask("manager", "unlinkItems", item)) == ["FORBIDDEN", "FORBIDDEN"]
    assert said(await desk.ask("approver", "unlinkItems", item)) == []


async def test_a_budget_whose_changes_are_in_the_erp_is_not_unlinked(desk: Desk):
    item = await exported(desk)
    moved = await accepted(desk, await change(desk), **TRANSFER)
    await confirm(desk, moved, "J100/1")

    assert refused(await desk.ask("approver", "unlinkItems", item)) == [
        ("BUDGET_HAS_CHANGES", "In the ERP hang on it: budget change Move steel to concrete.")
    ]


# --- budget changes --------------------------------------------------------------------------------------------------


async def test_a_change_is_one_revision_of_its_lines(desk: Desk):
    await exported(desk)
    item = await change(desk)

    found = rows(await made(desk, item, revision_date="2026-05-04", **TRANSFER))
    head = {
        "JobCode": "J100",
        "Description": "Move steel to concrete",
        "RevisionDate": "2026-05-04",
        "RevisionNumber": "1",
        "RevisionType": "Budget Transfer",
        "RevisionStatus": "Approved",
    }
    assert found == [
        {**head, "CostCode": "03-100", "Category": "L", "Value": "-5000.00"},
        {**head, "CostCode": "03-200", "Category": "M", "Value": "5000.00"},
    ]


async def test_the_same_change_in_the_legacy_and_the_new_form_leaves_the_same_bytes(desk: Desk):
    await exported(desk)
    new = await change(desk, lines=FROM_LAST, number="4")
    legacy = await change(desk, kind="MODIFICATION")

    typed = {"revision_date": "2026-05-04", **TRANSFER}
    assert (await made(desk, new, **typed)).text == (await made(desk, legacy, **typed)).text


@pytest.mark.parametrize("status", ["DRAFT", "UNDER_REVIEW", "REJECTED", "VOID"])
async def test_only_an_approved_change_is_sent(desk: Desk, status: str):
    await exported(desk)
    item = await change(desk, status=status)

    assert refused(await desk.send("manager", item)) == [
        ("STATUS_NOT_SENDABLE", f"Status {status} cannot be sent.")
    ]


@pytest.mark.parametrize(
    "state", [None, LinkState.NOT_SENT, LinkState.REJECTED, LinkState.FAILED, LinkState.UNLINKED]
)
async def test_a_change_is_sent_only_when_its_budget_is_in_the_erp_or_on_its_way(
    desk: Desk, state: LinkState | None
):
    if state is not None:
        await budget(desk, state)
    item = await change(desk)

    assert said(await desk.send("manager", item)) == ["PARENT_NOT_SYNCED"]


async def test_a_change_that_was_sent_with_its_budget_is_accepted_after_it_and_leaves_after_it(desk: Desk):
    first, item = await budget(desk), await change(desk)
    assert said(await desk.send("manager", first)) == []
    assert said(await desk.send("manager", item)) == []

    assert said(await accept(desk, item, **TRANSFER)) == ["PARENT_NOT_SYNCED"]
    assert said(await accept(desk, first)) == []
    assert said(await accept(desk, item, **TRANSFER)) == []
    after = await desk.value("select args -> 'after' ->> 0 from job where object_id = $1", item.id)
    assert after == str(first.id)


async def test_every_line_of_a_change_has_an_amount(desk: Desk):
    await exported(desk)
    some = await change(desk, lines=(("03-100", "L", "10.00"), ("03-200", "M", "0.00")))
    none = await change(desk, lines=(), title="Nothing")

    assert said(await desk.send("manager", some)) == ["NO_NONZERO_LINE"]
    assert said(await desk.send("manager", none)) == ["NO_NONZERO_LINE"]


async def test_a_sent_change_is_retrieved_until_it_is_answered(desk: Desk):
    await exported(desk)
    item = await change(desk)
    await desk.send("manager", item)

    assert said(await desk.ask("manager", "retrieveItems", item)) == []
    assert await desk.state(item) == "RETRIEVED"
    await accepted(desk, item, **TRANSFER)
    assert said(await desk.ask("manager", "retrieveItems", item)) == ["WRONG_STATE"]


async def test_a_change_is_taken_back_by_a_change_with_the_signs_turned(desk: Desk):
    await exported(desk)
    first = await accepted(desk, await change(desk), **TRANSFER)
    await confirm(desk, first, "J100/1")
    back = await change(desk, lines=(("03-100", "L", "5000.00"), ("03-200", "M", "-5000.00")), title="Back")

    found = rows(await made(desk, back, **TRANSFER))
    assert [(row["CostCode"], row["Value"], row["RevisionNumber"]) for row in found] == [
        ("03-100", "5000.00", "2"),
        ("03-200", "-5000.00", "2"),
    ]
    assert said(await desk.send("manager", back)) == []


async def test_a_transfer_of_a_change_sums_to_zero(desk: Desk):
    await exported(desk)
    item = await change(desk, lines=(("03-100", "L", "-5000.00"), ("03-200", "M", "4000.00")))

    with pytest.raises(Refused, match=r"sum to -1000\.00"):
        await made(desk, item, **TRANSFER)
    assert (
        sum(Decimal(row["Value"]) for row in rows(await made(desk, item, revision_type="Scope Change")))
        == -1000
    )
