"""Purchase orders and what ERPs differ in: modules, one cost type for all lines, custom segments, no commitments at all."""

from decimal import Decimal
from typing import Any

import pytest
from desk import LINE, Desk, said
from paperwork import Paperwork

PURCHASE: dict[str, Any] = {"kind": "PURCHASE_ORDER"}
TWO_TYPES = [LINE, {"code": "03-200", "type": "M", "amount": "10.00"}]


@pytest.mark.parametrize(
    ("kind", "settings", "verdict"),
    [
        ("mri", {"po_module": True}, []),
        ("mri", {"po_module": False}, ["CAPABILITY_NOT_SUPPORTED"]),
        ("reference", {}, []),  # native
        ("reference", {"profile": "spectrum"}, []),  # as a subcontract
        (
            "reference",
            {"profile": "quickbooks_online"},
            ["CAPABILITY_NOT_SUPPORTED", "CAPABILITY_NOT_SUPPORTED"],
        ),
    ],
)
async def test_a_purchase_order_goes_where_the_erp_has_a_place_for_it(
    desk: Desk, kind: str, settings: dict[str, Any], verdict: list[str]
):
    await Paperwork.under(desk, kind, **settings)
    item = await desk.subcontract("PO-1", **PURCHASE)

    outcome = await desk.send("manager", item)

    assert said(outcome) == verdict


async def test_without_the_module_the_message_says_to_make_it_a_subcontract(desk: Desk):
    await Paperwork.under(desk, po_module=False)
    item = await desk.subcontract("PO-1", **PURCHASE)

    [refused] = (await desk.send("manager", item)).items[0].errors

    assert refused.remedy == "Enter it in the project tool as a subcontract."


async def test_units_go_with_a_purchase_order_and_its_amount_is_rounded_half_up(desk: Desk):
    await Paperwork.under(desk, po_module=True)
    item = await desk.subcontract("PO-1", lines=[{**LINE, "amount": "125.01"}], **PURCHASE)
    await desk.change(
        "update commitment_line set quantity = 10.0004, unit_of_measure = 'ea', unit_cost = 12.5 where commitment_id = $1",
        item.id,
    )
    assert said(await desk.send("manager", item)) == []

    [step] = (await desk.payload(item)).document["steps"]

    assert step["operation"] == "purchase_order.create"
    [entry] = step["body"]["value"]
    assert (entry["PONumber"], entry["OriginalAmount"]) == ("PO-1", "125.01")
    [line] = next(value for value in entry.values() if isinstance(value, dict))["entry"]
    assert (line["Units"], line["UnitDescription"], line["UnitCost"], line["Amount"]) == (
        "10.0004",
        "ea",
        "12.5",
        "125.01",
    )


@pytest.mark.parametrize(
    ("kind", "settings", "verdict"),
    [("reference", {"profile": "spectrum"}, ["MIXED_COST_TYPES"]), ("mri", {}, []), ("reference", {}, [])],
)
async def test_lines_on_two_cost_types_are_refused_where_the_erp_takes_one(
    desk: Desk, kind: str, settings: dict[str, Any], verdict: list[str]
):
    await Paperwork.under(desk, kind, **settings)
    item = await desk.subcontract("SC-001", lines=TWO_TYPES)

    assert said(await desk.send("manager", item)) == verdict


async def test_an_erp_without_commitments_refuses_one_before_anything_else_is_asked(desk: Desk):
    await Paperwork.under(desk, "reference", profile="quickbooks_online")
    item = await desk.subcontract()

    outcome = await desk.send("manager", item)

    assert said(outcome)[0] == "CAPABILITY_NOT_SUPPORTED"
    assert outcome.items[0].errors[0].message == "This ERP takes no commitments from the project tool."


async def test_a_line_on_a_custom_segment_is_refused_and_names_the_segment(desk: Desk):
    await Paperwork.under(desk)
    item = await desk.subcontract()
    await desk.change("update commitment_line set custom_segment = 'Zone' where commitment_id = $1", item.id)

    outcome = await desk.send("manager", item)

    assert said(outcome) == ["CUSTOM_SEGMENT_NOT_SUPPORTED"]
    assert "Zone" in outcome.items[0].errors[0].message


async def test_a_commitment_of_a_project_whose_tool_is_off_is_not_sent(desk: Desk):
    await Paperwork.under(desk)
    await desk.change("update project set inactive_tools = '{budget,commitments}'")
    item = await desk.subcontract()

    assert said(await desk.send("manager", item)) == ["TOOL_INACTIVE"]


async def test_a_contract_number_that_the_erp_listed_is_in_use_within_its_job_alone(desk: Desk):
    paper = await Paperwork.under(desk)
    await paper.register("commitment", "J200/SC-001")
    await paper.register("commitment", "J100/sc-002")
    free, taken = await desk.subcontract("SC-001"), await desk.subcontract("SC-002")
    for item in (free, taken):
        assert said(await desk.send("manager", item)) == []

    assert said(await desk.accept("approver", free)) == []
    assert said(await desk.accept("approver", taken)) == ["NUMBER_IN_USE"]


async def test_a_title_that_the_erp_cuts_keeps_nobody_from_sending(desk: Desk):
    await Paperwork.under(desk, "reference", profile="yardi_voyager")
    item = await desk.subcontract(title="x" * 40, original_amount=Decimal("40000.00"))

    assert said(await desk.send("manager", item)) == []
