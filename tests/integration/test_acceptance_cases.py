"""What goes in and what has to come out: cases of the connector's acceptance list, typed by hand, judged over one desk."""

from collections.abc import Mapping
from typing import Any

import pytest
import pytest_asyncio
from desk import Desk, Item, said
from paperwork import Paperwork

Lines = list[Mapping[str, Any]]


def line(code: str, kind: str, amount: str) -> Mapping[str, Any]:
    return {"code": code, "type": kind, "amount": amount}


@pytest_asyncio.fixture
async def paper(desk: Desk) -> Paperwork:
    return await Paperwork.under(desk, po_module=True)


async def record(desk: Desk, item: Item) -> dict[str, Any]:
    """The one document that would leave."""
    [step] = (await desk.payload(item)).document["steps"]
    [found] = step["body"]["value"]
    return dict(found)


@pytest.mark.parametrize(
    ("given", "out"),
    [
        pytest.param({"lines": [line("03-100", "L", "0.00")]}, ["NO_NONZERO_LINE"], id="all lines are nothing"),
        pytest.param(
            {"lines": [line("03-100", "L", "0.00"), line("03-200", "M", "10.00")]}, [], id="one line is nothing"
        ),
        pytest.param({"title": "ä" * 35}, [], id="35 letters of two bytes"),
        pytest.param({"title": "ä" * 36}, ["TITLE_TOO_LONG"], id="36 letters"),
        pytest.param({"start_date": None}, ["START_DATE_MISSING"], id="no start date"),
        pytest.param({"status": "DRAFT"}, ["STATUS_NOT_SENDABLE"], id="a draft"),
        pytest.param({"status": "COMPLETE"}, [], id="complete"),
        pytest.param({"lines": [line("77-001", "L", "5.00")]}, ["LINE_CODE_UNKNOWN"], id="a code of no list"),
        pytest.param(
            {"kind": "PURCHASE_ORDER", "status": "COMPLETE"}, ["STATUS_NOT_SENDABLE"], id="a complete order"
        ),
    ],
)  # fmt: skip
async def test_a_commitment_is_sent_or_refused_as_the_list_says(
    paper: Paperwork, given: dict[str, Any], out: list[str]
):
    item = await paper.desk.subcontract(**given)

    assert said(await paper.desk.send("manager", item)) == out


async def test_an_accepted_subcontract_is_this_contract(paper: Paperwork):
    item = await paper.desk.sent()

    found = await record(paper.desk, item)

    assert said(await paper.desk.accept("approver", item)) == []
    assert found == {
        "JobCode": "J100",
        "ContractNumber": "SC-001",
        "Description": "Concrete works",
        "VendorID": "V000123",
        "Status": "Approved",
        "OriginalAmount": "40000.00",
        "ContractDate": "2026-03-01",
        "StartDate": "2026-03-15",
        "ContractLines": {
            "entry": [{"LineNumber": "1", "CostCode": "03-100", "Category": "L", "Amount": "40000.00"}]
        },
    }


async def test_a_purchase_order_of_ten_at_12_50_is_worth_125(paper: Paperwork):
    desk = paper.desk
    item = await desk.subcontract("PO-1", lines=[line("03-100", "M", "125.00")], kind="PURCHASE_ORDER")
    await desk.change("update commitment_line set quantity = 10, unit_of_measure = 'ea', unit_cost = 12.50")
    assert said(await desk.send("manager", item)) == []

    found = await record(desk, item)

    [row] = next(value for value in found.values() if isinstance(value, dict))["entry"]
    amounts = row["Units"], row["UnitDescription"], row["UnitCost"], row["Amount"]
    assert amounts == ("10", "ea", "12.5", "125.00")


@pytest.mark.parametrize(
    ("lines", "out"),
    [
        pytest.param([line("03-100", "L", "500.00"), line("03-200", "L", "-500.00")], ["ZERO_CO_NOT_SUPPORTED"], id="+500 and -500"),
        pytest.param([line("03-100", "L", "-1000.00")], [], id="-1000"),
        pytest.param([line("03-100", "L", "2500.00")], [], id="+2500"),
    ],
)  # fmt: skip
async def test_a_change_order_is_sent_or_refused_as_the_list_says(
    paper: Paperwork, lines: Lines, out: list[str]
):
    item = await paper.order(await paper.contract(), lines=lines)

    assert said(await paper.desk.send("manager", item)) == out


@pytest.mark.parametrize(
    ("billed", "out"),
    [
        pytest.param({"work": "10000.00", "held": "1000.00"}, [], id="work less retainage"),
        pytest.param({"work": "1000.00", "held": "1000.00"}, ["ZERO_INVOICE"], id="all of it retained"),
        pytest.param({"released": "500.00"}, ["RELEASE_ONLY_INVOICE"], id="only a release"),
        pytest.param({"stored": "500.00"}, ["ZERO_INVOICE"], id="only stored materials"),
        pytest.param({"work": "100.00", "released": "500.00", "stored": "7.00"}, [], id="work and what is ignored"),
        pytest.param({"work": "-250.00"}, [], id="a credit"),
    ],
)  # fmt: skip
async def test_an_invoice_is_sent_or_refused_as_the_list_says(
    paper: Paperwork, billed: dict[str, str], out: list[str]
):
    lines = [{"code": "03-100", "type": "L", **billed}]
    item = await paper.invoice(await paper.contract(), lines=lines)

    assert said(await paper.desk.send("manager", item)) == out


async def test_what_leaves_of_an_invoice_leaves_out_what_is_ignored(paper: Paperwork):
    lines = [
        {"code": "03-100", "type": "L", "work": "100.00", "held": "10.00", "released": "500.00", "stored": "7.00"}
    ]  # fmt: skip
    item = await paper.invoice(await paper.contract(), lines=lines)
    assert said(await paper.desk.send("manager", item)) == []

    found = await record(paper.desk, item)

    assert (found["VendorID"], found["InvoiceNumber"], found["InvoiceAmount"]) == (
        "V000123",
        "INV-7",
        "90.00",
    )
    assert (found["InvoiceDate"], found["Status"]) == ("2026-04-30", "Pending")
