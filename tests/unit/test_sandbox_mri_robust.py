"""Whatever stands in a field, the MRI sandbox answers: it stores, or refuses in words, and never stumbles."""

from collections.abc import AsyncIterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from mri_caller import (
    BUDGETS,
    CONTRACTS,
    CREATE_INVOICE,
    DRAWS,
    INVOICE_STATUS,
    JOBS,
    JOURNAL,
    ORDERS,
    PATH,
    PAY_INVOICE,
    PURCHASE_ORDERS,
    REVISIONS,
    VENDORS,
    Caller,
    caller_of,
    contract,
    draw,
    journal_line,
    one_of_each,
    order,
    payable,
    payment,
    purchase_order,
    revision,
)

from hub.sandboxes.mri import create_app
from hub.sandboxes.mri.control import ACTIONS, Action

ODD: list[Any] = [
    *(None, "", " ", 0, -1, 1.5, True, "x" * 600, "-0.00", "1e5", "٣", "NaN", "2026-02-30", "\x00", "\x01"),
    *([], [None], {}, {"entry": None}, {"entry": []}, {"entry": [None]}, {"entry": {}}, {"entry": [{}, {}]}),
    *({"entry": {"entry": {}}}, {"entry": {"Amount": [1]}}, {"other": 1}, [[]]),
]
SAMPLES = {
    VENDORS: {"VendorID": "NEWCO1", "VendorName": "New", "Active": "Y"},
    JOBS: {"JobCode": "26-900", "Description": "Pier", "EntityID": "HV01", "StartDate": "2026-01-01"},
    CONTRACTS: contract("SC-2", RetentionPercent="5"),
    ORDERS: order("CO-2", OrderLines=None),
    PURCHASE_ORDERS: purchase_order("PO-2"),
    BUDGETS: {"JobCode": "24-101", "CostCode": "09-900", "Category": "S", "OriginalBudget": "1"},
    REVISIONS: revision("1.00", number="9", LineNumber="1"),
    DRAWS: draw("INV-9", PONumber="PO-1", DueDate="2026-05-30"),
    CREATE_INVOICE: payable("RENT-9"),
    INVOICE_STATUS: {"VendorID": "OKAF01", "InvoiceNumber": "INV-7", "Status": "Void", "ItemNumber": "1"},
    PAY_INVOICE: payment("INV-7", "100009", AmountPaid="1.00", ItemNumber="1"),
    JOURNAL: journal_line(9, JOBCODE="24-101", COSTCODE="03-300", CATEGORY="S"),
}


@pytest.fixture
async def mri() -> AsyncIterator[Caller]:
    caller = caller_of(create_app())
    async with caller.client:
        yield caller


def spoilt(sample: Any) -> list[dict]:
    """The sample with one odd value in each field, one after the other, and without it."""
    changed = [{**sample, name: value} for name in (*sample, "a\x00b") for value in ODD]
    return changed + [{key: value for key, value in sample.items() if key != name} for name in sample]


@pytest.mark.parametrize("oddities", [[], ["unquoted_numbers", "every_error", "bare_row"]])
@pytest.mark.parametrize("api", SAMPLES)
async def test_an_odd_value_in_any_field_is_answered_entry_by_entry_in_both_forms(
    mri: Caller, api: str, oddities: list[str]
) -> None:
    await one_of_each(mri)
    await mri.control("oddities", {"oddities": oddities})
    body = {"value": spoilt(SAMPLES[api])}

    in_xml = await mri.client.post(PATH, params={"$api": api}, json=body)
    in_json = await mri.client.post(PATH, params={"$api": api, "$format": "json"}, json=body)
    put = await mri.client.put(PATH, params={"$api": api}, json=body)

    assert (in_xml.status_code, in_json.status_code) == (200, 200)
    assert len(ET.fromstring(in_xml.content).findall("entry")) == len(body["value"])
    assert len(in_json.json()["value"]) == len(body["value"])
    assert put.status_code in (200, 405)
    assert ET.fromstring(put.content) is not None


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.path)
async def test_an_odd_value_in_any_field_of_an_action_is_refused_with_a_code(
    mri: Caller, action: Action
) -> None:
    await one_of_each(mri)

    answers = [
        await mri.client.post(f"/__control/{action.path}", json=body) for body in spoilt(action.example)
    ]

    assert {answer.status_code for answer in answers} <= {200, 400, 404, 409}
    assert [answer.text for answer in answers if answer.status_code >= 400 and not _code(answer.json())] == []


def _code(body: dict) -> str:
    return body["error"]["code"] if body["error"]["message"] else ""
