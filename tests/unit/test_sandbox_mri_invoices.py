"""Invoices and what becomes of them: posted at once, billed to contracts, paid, voided, refused twice."""

from collections.abc import AsyncIterator

import httpx
import pytest
from mri_caller import (
    CONTRACTS,
    CREATE_INVOICE,
    DRAWS,
    INVOICE_STATUS,
    INVOICES,
    ORDERS,
    PASSWORD,
    PATH,
    PAY_INVOICE,
    PAYMENTS,
    PURCHASE_ORDERS,
    USER,
    Caller,
    caller_of,
    contract,
    draw,
    header_error,
    item,
    order,
    payable,
    payment,
    purchase_order,
)

from hub.sandboxes.kit import serving
from hub.sandboxes.mri import create_app


@pytest.fixture
async def mri() -> AsyncIterator[Caller]:
    caller = caller_of(create_app())
    async with caller.client:
        await caller.stored(CONTRACTS, contract())
        yield caller


async def billed(mri: Caller) -> str:
    [row] = await mri.rows(CONTRACTS, JOBCODE="24-101", CONTRACTNUMBER="SC-24-101-001")
    return row["BilledAmount"]


async def invoice(mri: Caller, number: str = "INV-7") -> dict:
    [row] = await mri.rows(INVOICES, VENDORID="OKAF01", INVOICENUMBER=number)
    return row


async def test_a_draw_is_posted_at_once_and_raises_what_is_billed_on_its_contract(mri: Caller) -> None:
    await mri.set_clock("2026-05-02T02:10:00Z")
    held = item(1, "1000.00", RetentionAmount="100.00", Notes="March")
    [stored] = await mri.stored(DRAWS, draw(InvoiceAmount="900.00", InvoiceItems={"entry": held}))

    assert (stored["Status"], stored["TransactionID"], stored["PaidAmount"]) == (
        "Approved",
        "0000009007",
        "0.00",
    )
    assert stored["PostedDate"] == "2026-05-01T00:00:00"
    assert await billed(mri) == "1000.00"
    assert await mri.rows(DRAWS, CONTRACTNUMBER="SC-24-101-001") == [stored]
    assert await mri.rows(INVOICES) == [stored]


async def test_an_invoice_arrives_pending_where_the_site_says_so_or_the_caller_does(mri: Caller) -> None:
    [named] = await mri.stored(DRAWS, draw("A", Status="Pending"))
    await mri.control("site", {"invoice_status": "Pending"})
    [usual] = await mri.stored(DRAWS, draw("B"))

    assert (named["Status"], usual["Status"]) == ("Pending", "Pending")


async def test_a_payable_on_an_account_is_no_draw(mri: Caller) -> None:
    await mri.stored(CREATE_INVOICE, payable())
    await mri.stored(CREATE_INVOICE, draw())

    assert [row["InvoiceNumber"] for row in await mri.rows(DRAWS)] == ["INV-7"]
    assert [row["InvoiceNumber"] for row in await mri.rows(INVOICES)] == ["INV-7", "RENT-4"]
    assert (await mri.get(CREATE_INVOICE)).status_code == 405


async def test_an_invoice_number_is_taken_once_per_vendor_whichever_way_it_came(mri: Caller) -> None:
    await mri.stored(CREATE_INVOICE, draw())

    assert await mri.refusals(DRAWS, draw()) == [
        "InvoiceNumber: Invoice INV-7 already exists for vendor OKAF01."
    ]
    assert await billed(mri) == "1000.00"


_OFF_CHART = (
    "CostCode: The specified cost code 03-300 with category OC is not on the interface chart of job 24-101."
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ExpensePeriod": "202512"}, "ExpensePeriod: The specified period 202512 is not open for posting."),
        ({"ExpensePeriod": None}, "ExpensePeriod: A value is required."),
        ({"VendorID": "NOBODY"}, "VendorID: The specified vendor NOBODY does not exist."),
        (
            {"VendorID": "MARS01"},
            "VendorID: The specified vendor MARS01 is not that of contract SC-24-101-001.",
        ),
        (
            {"ContractNumber": "SC-X"},
            "ContractNumber: The specified contract SC-X does not exist for job 24-101.",
        ),
        ({"InvoiceNumber": "x" * 21}, "InvoiceNumber: The specified value is longer than 20 characters."),
        ({"PONumber": "PO-9"}, "PONumber: The specified purchase order PO-9 does not exist."),
        ({"InvoiceItems": None}, "InvoiceItems: An invoice needs at least one line."),
        (
            {"InvoiceAmount": "999.00"},
            "InvoiceAmount: The specified amount 999.00 is not the sum of the items less retention, 1000.00.",
        ),
        (
            {"InvoiceAmount": "0", "InvoiceItems": {"entry": item(1, "0")}},
            "InvoiceAmount: The amount of an invoice must not be zero.",
        ),
        (
            {"InvoiceItems": {"entry": [item(1, "500.00"), item(1, "500.00")]}},
            "ItemNumber: The specified item number 1 is used twice.",
        ),
        ({"InvoiceItems": {"entry": item(Category="OC")}}, _OFF_CHART),
        (
            {"InvoiceItems": {"entry": {"ItemNumber": 1, "Amount": "1000.00"}}},
            "AccountNumber: An account or a cost code is required.",
        ),
        (
            {"InvoiceItems": {"entry": item(OrderNumber="CO-9")}},
            "OrderNumber: Contract SC-24-101-001 has no order CO-9.",
        ),
        (
            {"InvoiceItems": {"entry": item(RetentionAmount="-5.00")}},
            "RetentionAmount: The specified retention -5.00 is not a part of the amount, 1000.00.",
        ),
        (
            {"InvoiceItems": {"entry": item(MaterialsRetainage="5.00")}},
            "MaterialsRetainage: The specified field is not known to this API."
            " The interface does not take retainage on stored materials.",
        ),
        (
            {"TaxAmount": "5.00"},
            "TaxAmount: The specified field is not known to this API. The interface does not take tax.",
        ),
    ],
)
async def test_an_invoice_that_breaks_a_rule_is_refused_and_bills_nothing(
    mri: Caller, change: dict, message: str
) -> None:
    await mri.stored(PURCHASE_ORDERS, purchase_order())

    assert await mri.refusals(DRAWS, draw(**change)) == [message]
    assert await mri.rows(INVOICES) == []
    assert await billed(mri) == "0.00"


async def test_an_item_may_be_of_an_order_and_the_invoice_of_a_purchase_order(mri: Caller) -> None:
    await mri.stored(ORDERS, order())
    await mri.stored(PURCHASE_ORDERS, purchase_order())

    assert await mri.refusals(
        DRAWS, draw("A", InvoiceItems={"entry": item(OrderNumber="CO-1")}), draw("B", PONumber="PO-1")
    ) == [None, None]


async def test_a_vendor_made_inactive_is_paid_no_new_invoice(mri: Caller) -> None:
    await mri.control("vendors", {"VendorID": "OKAF01", "Active": "N"})

    assert await mri.refusals(DRAWS, draw()) == ["VendorID: The specified vendor OKAF01 is not active."]


async def test_a_payment_in_parts_settles_the_invoice_with_the_last_one(mri: Caller) -> None:
    await mri.stored(DRAWS, draw())

    [first] = await mri.stored(PAY_INVOICE, payment("INV-7", check="1", AmountPaid="400.00"))
    between = await invoice(mri)
    [second] = await mri.stored(PAY_INVOICE, payment("INV-7", check="2"))
    after = await invoice(mri)

    assert (first["Status"], second["Status"], second["AmountPaid"]) == ("Approved", "Paid", "600.00")
    assert (between["PaidAmount"], between["PaymentDate"]) == ("400.00", None)
    assert (after["PaidAmount"], after["Status"]) == ("1000.00", "Paid")
    assert after["PaymentDate"] == "2026-05-15T00:00:00"
    assert [
        (row["CheckNumber"], row["AmountPaid"], row["ContractNumber"], row["Voided"])
        for row in await mri.rows(PAYMENTS, JOBCODE="24-101")
    ] == [("1", "400.00", "SC-24-101-001", "N"), ("2", "600.00", "SC-24-101-001", "N")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"CheckNumber": "1234567890"}, "CheckNumber: The specified value is longer than 9 characters."),
        ({"PaymentPeriod": "202512"}, "PaymentPeriod: The specified period 202512 is not open for posting."),
        ({"BankID": "NONE"}, "BankID: The specified bank NONE does not exist."),
        ({"InvoiceNumber": "X"}, "InvoiceNumber: There is no invoice X of vendor OKAF01."),
        ({"ItemNumber": "2"}, "ItemNumber: Invoice INV-7 has no item 2."),
        (
            {"AmountPaid": "1000.01"},
            "AmountPaid: The specified amount 1000.01 does not fit what is left to pay, 1000.00.",
        ),
        (
            {"AmountPaid": "-1.00"},
            "AmountPaid: The specified amount -1.00 does not fit what is left to pay, 1000.00.",
        ),
    ],
)
async def test_a_payment_that_breaks_a_rule_pays_nothing(mri: Caller, change: dict, message: str) -> None:
    await mri.stored(DRAWS, draw())

    assert await mri.refusals(PAY_INVOICE, {**payment("INV-7"), **change}) == [message]
    assert await mri.rows(PAYMENTS) == []
    assert (await invoice(mri))["PaidAmount"] == "0.00"


async def test_one_check_pays_an_invoice_once(mri: Caller) -> None:
    await mri.stored(DRAWS, draw())
    await mri.stored(PAY_INVOICE, payment("INV-7", AmountPaid="400.00"))

    assert await mri.refusals(PAY_INVOICE, payment("INV-7", AmountPaid="400.00")) == [
        "CheckNumber: Check 100001 already exists for invoice INV-7."
    ]


async def test_a_pending_invoice_is_approved_before_it_is_paid(mri: Caller) -> None:
    await mri.stored(DRAWS, draw(Status="Pending"))
    key = {"VendorID": "OKAF01", "InvoiceNumber": "INV-7"}

    too_early = await mri.refusals(PAY_INVOICE, payment("INV-7"))
    approved = (await mri.put({**key, "Status": "Approved"}, api=INVOICE_STATUS)).json()["value"]
    paid = await mri.refusals(PAY_INVOICE, payment("INV-7"))
    [too_late] = (await mri.put({**key, "Status": "Void"}, api=INVOICE_STATUS)).json()["value"]

    assert too_early == ["InvoiceNumber: Invoice INV-7 is Pending, not Approved."]
    assert (header_error(approved[0]), approved[0]["Status"], paid) == (None, "Approved", [None])
    assert header_error(too_late) == "Status: Invoice INV-7 has payments; void its checks first."


async def test_a_void_invoice_no_longer_bills_its_contract_but_keeps_its_number(mri: Caller) -> None:
    await mri.stored(DRAWS, draw())
    await mri.stored(INVOICE_STATUS, {"VendorID": "OKAF01", "InvoiceNumber": "INV-7", "Status": "Void"})

    assert await billed(mri) == "0.00"
    assert await mri.refusals(DRAWS, draw()) == [
        "InvoiceNumber: Invoice INV-7 already exists for vendor OKAF01."
    ]
    assert await mri.refusals(PAY_INVOICE, payment("INV-7")) == [
        "InvoiceNumber: Invoice INV-7 is Void, not Approved."
    ]


async def test_payments_are_found_by_their_date(mri: Caller) -> None:
    await mri.stored(DRAWS, draw())
    await mri.stored(PAY_INVOICE, payment("INV-7", check="1", AmountPaid="1.00", PaymentDate="2026-05-01"))
    await mri.stored(PAY_INVOICE, payment("INV-7", check="2", AmountPaid="2.00", PaymentDate="2026-05-31"))

    rows = await mri.rows(PAYMENTS, StartDate="05-02-2026", EndDate="05-31-2026")

    assert [row["CheckNumber"] for row in rows] == ["2"]


def test_an_answer_cut_at_the_clients_patience_leaves_the_invoice_posted() -> None:
    slow = {
        "fault": "delay",
        "match": {"api": DRAWS, "method": "POST"},
        "params": {"seconds": 2, "when": "after"},
    }
    asked = {"params": {"$api": DRAWS, "$format": "json"}}
    with (
        serving(create_app()) as address,
        httpx.Client(base_url=address, auth=(USER, PASSWORD)) as client,
    ):
        client.post(PATH, params={"$api": CONTRACTS}, json={"value": [contract()]}).raise_for_status()
        client.post("/__control/faults", json=slow).raise_for_status()
        with pytest.raises(httpx.ReadTimeout):
            client.post(PATH, **asked, json={"value": [draw()]}, timeout=0.5)

        found = client.get(PATH, params={**asked["params"], "VENDORID": "OKAF01", "INVOICENUMBER": "INV-7"})
        again = client.post(PATH, **asked, json={"value": [draw()]})

    assert [row["InvoiceAmount"] for row in found.json()["value"]] == ["1000.00"]
    assert "already exists" in header_error(again.json()["value"][0])
