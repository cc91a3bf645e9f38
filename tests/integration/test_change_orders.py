"""Sending a commitment change order: who may, what stands against it, what is locked, what leaves for the ERP."""

from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from desk import Desk, said
from paperwork import CHANGE, Paperwork

from hub.core.link import LinkState


@pytest_asyncio.fixture
async def paper(desk: Desk) -> Paperwork:
    return await Paperwork.under(desk)


# Sending takes Admin on Commitments and on Change Orders of the project.
@pytest.mark.parametrize(
    ("levels", "verdict"),
    [
        ({"commitments_level": 3, "change_orders_level": 3}, []),
        ({"commitments_level": 3, "change_orders_level": 2}, ["FORBIDDEN"]),
        ({"commitments_level": 2, "change_orders_level": 3}, ["FORBIDDEN"]),
        ({"commitments_level": 2, "change_orders_level": 2}, ["FORBIDDEN", "FORBIDDEN"]),
    ],
)
async def test_sending_takes_admin_on_commitments_and_on_change_orders(
    paper: Paperwork, levels: dict[str, int], verdict: list[str]
):
    item = await paper.order(await paper.contract())
    await set_levels(paper, levels)

    assert said(await paper.desk.send("manager", item)) == verdict


@pytest.mark.parametrize(
    ("levels", "verdict"),
    [
        ({"commitments_level": 3, "change_orders_level": 0}, []),
        ({"commitments_level": 2, "change_orders_level": 3}, []),
        ({"commitments_level": 2, "change_orders_level": 2}, ["FORBIDDEN"]),
    ],
)
async def test_retrieving_takes_admin_on_either_of_the_two(
    paper: Paperwork, levels: dict[str, int], verdict: list[str]
):
    item = await paper.order(await paper.contract(), state=LinkState.READY_TO_EXPORT)
    await set_levels(paper, levels)

    assert said(await paper.desk.ask("manager", "retrieveItems", item)) == verdict


@pytest.mark.parametrize("state", [LinkState.REJECTED, LinkState.RETRIEVED])
async def test_sending_again_takes_admin_on_commitments_alone(paper: Paperwork, state: LinkState):
    item = await paper.order(await paper.contract(), state=state)
    await set_levels(paper, {"commitments_level": 3, "change_orders_level": 0})

    assert said(await paper.desk.send("manager", item)) == []


async def set_levels(paper: Paperwork, levels: dict[str, int]) -> None:
    values = (paper.desk.people["manager"], levels["commitments_level"], levels["change_orders_level"])
    await paper.desk.change(
        "update project_member set commitments_level = $2, change_orders_level = $3 where member_id = $1",
        *values,
    )


ONE_BROKEN: list[tuple[str, dict[str, Any], list[str]]] = [
    ("nothing is wrong", {}, []),
    ("status Draft", {"status": "DRAFT"}, ["STATUS_NOT_SENDABLE"]),
    ("a pending status", {"status": "PENDING"}, ["STATUS_NOT_SENDABLE"]),
    ("status Rejected", {"status": "REJECTED"}, ["STATUS_NOT_SENDABLE"]),
    ("status No Charge", {"status": "NO_CHARGE"}, ["STATUS_NOT_SENDABLE"]),
    ("no number", {"number": " "}, ["NUMBER_MISSING"]),
    ("a number of 20 characters", {"number": "N" * 20}, []),
    ("a number of 21 characters", {"number": "N" * 21}, ["NUMBER_TOO_LONG"]),
    ("a title of 60 characters, which stays in the project tool", {"title": "x" * 60}, []),
    ("a description of 255 characters", {"description": "d" * 255}, []),
    ("a description of 256 characters", {"description": "d" * 256}, ["VALUE_DOES_NOT_FIT"]),
    ("no creation date", {"origin_created_at": None}, ["DATE_MISSING"]),
    (
        "a total of zero",
        {"lines": [{**CHANGE, "amount": "500.00"}, {**CHANGE, "amount": "-500.00"}]},
        ["ZERO_CO_NOT_SUPPORTED"],
    ),
    ("no lines", {"lines": []}, ["ZERO_CO_NOT_SUPPORTED", "NO_NONZERO_LINE"]),
    ("a negative total", {"lines": [{**CHANGE, "amount": "-1000.00"}]}, []),
    ("a line without a code", {"lines": [{"amount": "5.00"}]}, ["LINE_CODE_UNKNOWN"]),
    (
        "a line on a custom segment",
        {"lines": [{**CHANGE, "segment": "Zone"}]},
        ["CUSTOM_SEGMENT_NOT_SUPPORTED"],
    ),
    (
        "an amount that is not the sum of its lines",
        {"amount": Decimal("1500.01")},
        ["AMOUNT_NOT_SUM_OF_LINES"],
    ),
]


@pytest.mark.parametrize(
    ("values", "verdict"), [row[1:] for row in ONE_BROKEN], ids=[row[0] for row in ONE_BROKEN]
)
async def test_each_prerequisite_of_a_change_order_alone(
    paper: Paperwork, values: dict[str, Any], verdict: list[str]
):
    item = await paper.order(await paper.contract(), **values)
    before = await paper.desk.trace()

    assert said(await paper.desk.send("manager", item)) == verdict
    assert (await paper.desk.trace() == before) is bool(verdict)


@pytest.mark.parametrize(
    "state", [state for state in LinkState if state not in ("READY_TO_IMPORT", "ARCHIVED", "LINKED")]
)
async def test_the_parent_commitment_must_be_synced_first(paper: Paperwork, state: LinkState):
    contract = await paper.desk.subcontract(
        state=state, link={"external_id": "J100/SC-001", "external_code": "SC-001"}
    )
    item = await paper.order(contract)

    expected = [] if state is LinkState.SYNCED else ["PARENT_NOT_SYNCED"]
    assert said(await paper.desk.send("manager", item)) == expected


async def test_a_change_order_on_a_purchase_order_is_refused_with_the_module_and_without(desk: Desk):
    for module in (True, False):
        paper = await Paperwork.under(desk, po_module=module)
        contract = await paper.contract(f"PO-{module}", kind="PURCHASE_ORDER")
        item = await paper.order(contract, number=f"CO-{module}")

        outcome = await desk.send("manager", item)

        assert said(outcome) == ["CAPABILITY_NOT_SUPPORTED"]
        assert outcome.items[0].errors[0].message == "The ERP takes no change order on a purchase order."


async def test_an_erp_that_takes_change_orders_on_purchase_orders_gets_them(desk: Desk):
    paper = await Paperwork.under(desk, "reference")
    item = await paper.order(await paper.contract("PO-1", kind="PURCHASE_ORDER"))

    assert said(await desk.send("manager", item)) == []


async def test_a_zero_change_order_is_taken_by_an_erp_that_knows_such(desk: Desk):
    paper = await Paperwork.under(desk, "reference", profile="netsuite")
    lines = [{**CHANGE, "amount": "500.00"}, {**CHANGE, "amount": "-500.00"}]
    item = await paper.order(await paper.contract(), lines=lines)

    assert "ZERO_CO_NOT_SUPPORTED" not in said(await desk.send("manager", item))


async def test_a_description_that_the_erp_cuts_keeps_nobody_from_sending(desk: Desk):
    paper = await Paperwork.under(desk, "reference", profile="sage_300")
    item = await paper.order(await paper.contract(), number="00001", description="d" * 1200)

    assert said(await desk.send("manager", item)) == []
    [step] = (await desk.payload(item)).document["steps"]
    assert step["body"]["description"] == "d" * 1000


async def test_the_tool_must_be_active_on_the_project(paper: Paperwork):
    item = await paper.order(await paper.contract())
    await paper.desk.change("update project set inactive_tools = '{change_orders}'")

    outcome = await paper.desk.send("manager", item)

    assert said(outcome) == ["TOOL_INACTIVE"]
    assert "Change Orders" in outcome.items[0].errors[0].message


async def test_all_that_is_missing_of_a_change_order_is_said_at_once(paper: Paperwork):
    contract = await paper.desk.subcontract(kind="PURCHASE_ORDER")
    await paper.desk.change("update project set inactive_tools = '{change_orders}'")
    item = await paper.order(
        contract, " ", status="DRAFT", origin_created_at=None, description="d" * 300, amount=Decimal("0.00"),
        lines=[{"amount": "5.00", "segment": "Zone"}],
    )  # fmt: skip

    assert said(await paper.desk.send("manager", item)) == [
        "CAPABILITY_NOT_SUPPORTED",
        "TOOL_INACTIVE",
        "PARENT_NOT_SYNCED",
        "STATUS_NOT_SENDABLE",
        "NUMBER_MISSING",
        "VALUE_DOES_NOT_FIT",
        "DATE_MISSING",
        "ZERO_CO_NOT_SUPPORTED",
        "CUSTOM_SEGMENT_NOT_SUPPORTED",
        "LINE_CODE_UNKNOWN",
        "AMOUNT_NOT_SUM_OF_LINES",
    ]


async def test_what_was_true_when_it_was_sent_is_judged_again_when_it_is_accepted(paper: Paperwork):
    item = await paper.order(await paper.contract())
    assert said(await paper.desk.send("manager", item)) == []
    digest = await paper.desk.digest(item)
    await paper.desk.change("update commitment_change_order set status = 'VOID' where id = $1", item.id)

    assert said(await paper.desk.accept("approver", item, digest=digest)) == ["STATUS_NOT_SENDABLE"]


async def test_the_order_leaves_with_the_contracts_number_and_its_own(paper: Paperwork):
    lines = [{**CHANGE, "amount": "2000.00"}, {"code": "03-200", "type": "M", "amount": "-500.00"}]
    item = await paper.order(await paper.contract(), lines=lines)
    await paper.desk.send("manager", item)

    [step] = (await paper.desk.payload(item)).document["steps"]

    [entry] = step["body"]["value"]
    assert {name: entry[name] for name in entry if name != "OrderLines"} == {
        "JobCode": "J100",
        "ContractNumber": "SC-001",
        "OrderNumber": "CO-1",
        "Title": "CO-1",
        "Description": "Deeper footings",
        "OrderDate": "2026-05-04",
        "Amount": "1500.00",
    }
    assert entry["OrderLines"] == {
        "entry": [
            {"LineNumber": "1", "CostCode": "03-100", "Category": "L", "Amount": "2000.00"},
            {"LineNumber": "2", "CostCode": "03-200", "Category": "M", "Amount": "-500.00"},
        ]
    }


async def test_the_approver_may_give_number_and_description(paper: Paperwork):
    item = await paper.order(await paper.contract())
    await paper.desk.send("manager", item)

    [step] = (await paper.desk.payload(item, erp_id="7", description="As agreed")).document["steps"]

    [entry] = step["body"]["value"]
    assert (entry["OrderNumber"], entry["Title"], entry["Description"]) == ("7", "CO-1", "As agreed")


async def test_where_the_setting_is_off_the_approver_types_the_number(desk: Desk):
    paper = await Paperwork.under(desk, use_procore_change_order_number=False)
    item = await paper.order(await paper.contract())

    assert said(await desk.send("manager", item)) == []
    assert (await desk.link(item))["digest"] is None
    assert said(await desk.accept("approver", item, digest="x")) == ["ERP_ID_REQUIRED"]
    assert said(await desk.accept("approver", item, erp_id="7")) == []


UNLINKING = [
    ("nobody", ["NOT_FOUND"]),
    ("manager", ["FORBIDDEN", "FORBIDDEN"]),
    ("visiting approver", ["FORBIDDEN"]),
    ("privileged reader", ["FORBIDDEN", "FORBIDDEN"]),
    ("approver", []),
]


@pytest.mark.parametrize(("who", "verdict"), UNLINKING)
async def test_unlinking_a_change_order_takes_an_approver_with_admin_on_commitments(
    paper: Paperwork, who: str, verdict: list[str]
):
    link = {"external_id": "J100/SC-001/CO-1", "external_code": "CO-1"}
    item = await paper.order(await paper.contract(), state=LinkState.SYNCED, link=link)

    assert said(await paper.desk.ask(who, "unlinkItems", item)) == verdict


async def test_a_commitment_with_a_synced_change_order_is_not_unlinked_and_names_it(paper: Paperwork):
    contract = await paper.contract()
    link = {"external_id": "J100/SC-001/CO-1", "external_code": "CO-1"}
    await paper.order(contract, state=LinkState.SYNCED, link=link)

    outcome = await paper.desk.ask("approver", "unlinkItems", contract)

    assert said(outcome) == ["COMMITMENT_HAS_SYNCED_ITEMS"]
    assert "commitment change order CO-1" in outcome.items[0].errors[0].message


async def test_a_number_that_the_erp_listed_is_told_before_anything_leaves(paper: Paperwork):
    item = await paper.order(await paper.contract())
    await paper.register("commitment_change_order", "J100/SC-001/co-1")
    assert said(await paper.desk.send("manager", item)) == []

    outcome = await paper.desk.accept("approver", item)

    assert said(outcome) == ["NUMBER_IN_USE"]
    assert await paper.desk.value("select count(*) from job where kind = 'export'") == 0
    assert said(await paper.desk.accept("approver", item, erp_id="CO-1a")) == []


@pytest.mark.parametrize(("number", "verdict"), [("co-1", ["ERP_ID_TAKEN"]), ("CO-2", [])])
async def test_a_number_that_another_item_holds_is_taken_whatever_its_letters(
    paper: Paperwork, number: str, verdict: list[str]
):
    contract = await paper.contract()
    link = {"external_id": "J100/SC-001/CO-1", "external_code": "CO-1"}
    await paper.order(contract, "CO-1", LinkState.SYNCED, link=link)
    item = await paper.order(contract, number)
    assert said(await paper.desk.send("manager", item)) == []

    assert said(await paper.desk.accept("approver", item)) == verdict
