"""What an accountant does at the MRI sandbox, through its control interface, and how that is explained."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from mri_caller import (
    BUDGETS,
    CONTRACTS,
    CREATE_INVOICE,
    DRAWS,
    INVOICES,
    JOB_COST_CODES,
    JOBS,
    JOURNAL,
    ORDERS,
    PAY_INVOICE,
    PAYMENTS,
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

import hub.sandboxes.mri
from hub.sandboxes.mri import Oddity, create_app
from hub.sandboxes.mri.apis import CATALOGUE
from hub.sandboxes.mri.control import ACTIONS, Action

KEY = {"JobCode": "24-101", "ContractNumber": "SC-24-101-001"}
RUN = {"PaymentDate": "2026-05-15", "CheckNumber": "100001", "BankID": "OPER"}


@pytest.fixture
async def mri() -> AsyncIterator[Caller]:
    caller = caller_of(create_app())
    async with caller.client:
        yield caller


async def test_a_payment_run_pays_all_that_is_approved_with_one_check_per_vendor(mri: Caller) -> None:
    await mri.stored(CONTRACTS, contract())
    await mri.stored(DRAWS, draw("A"), draw("B"), draw("C", Status="Pending"))
    await mri.control("invoices", payable("D", VendorID="MARS01"))

    run = await mri.control("payments/run", RUN)
    again = await mri.control("payments/run", {**RUN, "CheckNumber": "200001"})

    assert [(one["InvoiceNumber"], one["CheckNumber"], one["AmountPaid"]) for one in run["payments"]] == [
        ("D", "100001", "1200.00"),
        ("A", "100002", "1000.00"),
        ("B", "100002", "1000.00"),
    ]
    assert again["count"] == 0
    assert [row["Status"] for row in await mri.rows(INVOICES)] == ["Paid", "Paid", "Paid", "Pending"]


async def test_a_payment_run_pays_in_part_by_percent_or_by_amount(mri: Caller) -> None:
    await mri.stored(CONTRACTS, contract())
    await mri.stored(DRAWS, draw("A"), draw("B"))
    named = [{"VendorID": "OKAF01", "InvoiceNumber": "A", "AmountPaid": "1.00"}]

    by_percent = await mri.control("payments/run", {**RUN, "Percent": "33.333"})
    by_amount = await mri.control("payments/run", {**RUN, "CheckNumber": "2", "Invoices": named})

    assert [one["AmountPaid"] for one in by_percent["payments"]] == ["333.33", "333.33"]
    assert [one["AmountPaid"] for one in by_amount["payments"]] == ["1.00"]
    assert [row["PaidAmount"] for row in await mri.rows(INVOICES)] == ["334.33", "333.33"]


async def test_a_run_of_which_one_payment_is_refused_pays_nothing(mri: Caller) -> None:
    await mri.stored(CONTRACTS, contract())
    await mri.stored(DRAWS, draw("A"), draw("B"))
    named = [
        {"VendorID": "OKAF01", "InvoiceNumber": "A"},
        {"VendorID": "OKAF01", "InvoiceNumber": "B", "AmountPaid": "9999.00"},
    ]

    refused = await mri.control("payments/run", {**RUN, "Invoices": named})

    assert (refused["error"]["code"], refused["error"]["message"][:11]) == ("REFUSED", "AmountPaid:")
    assert await mri.rows(PAYMENTS) == []
    assert {row["PaidAmount"] for row in await mri.rows(INVOICES)} == {"0.00"}


async def test_a_voided_check_opens_what_it_paid_and_is_stamped_as_changed(mri: Caller) -> None:
    await mri.stored(CONTRACTS, contract())
    await mri.stored(DRAWS, draw())
    await mri.control("payments/run", RUN)
    [paid] = await mri.rows(PAYMENTS)
    await mri.control("clock", {"advance_seconds": 60})

    voided = await mri.control("payments/void", {"CheckNumber": "100001"})
    twice = await mri.control("payments/void", {"CheckNumber": "100001"})
    missing = await mri.control("payments/void", {"CheckNumber": "5"})
    [payment], [invoice] = await mri.rows(PAYMENTS), await mri.rows(INVOICES)

    assert voided == {"voided": ["OKAF01/INV-7/1/100001"]}
    assert (payment["Voided"], payment["LastUpdate"] > paid["LastUpdate"]) == ("Y", True)
    assert (invoice["Status"], invoice["PaidAmount"], invoice["PaymentDate"]) == ("Approved", "0.00", None)
    assert (twice["error"]["code"], missing["error"]["code"]) == ("IS_VOID", "NOT_FOUND")


async def test_a_back_dated_journal_line_has_a_new_stamp(mri: Caller) -> None:
    await mri.stored(JOURNAL, journal_line(1))
    [before] = await mri.rows(JOURNAL)
    await mri.control("clock", {"advance_seconds": 3600})

    entered = await mri.control("journal", journal_line(2, "202601", ENTRYDATE="2026-01-02"))
    changed = await mri.control("journal", {**journal_line(1), "ITEM": "1", "AMOUNT": "260.00"})

    assert (entered["ENTRYDATE"], entered["LASTUPDATE"] > before["LASTUPDATE"]) == (
        "2026-01-02T00:00:00",
        True,
    )
    assert (changed["AMOUNT"], changed["LASTUPDATE"] > before["LASTUPDATE"]) == ("260.00", True)
    assert len(await mri.rows(JOURNAL)) == 2


async def test_a_period_can_be_closed_and_opened(mri: Caller) -> None:
    await mri.control("periods", {"Period": "202603", "Status": "Closed"})
    closed = await mri.refusals(JOURNAL, journal_line())
    await mri.control("periods", {"Period": "202603", "Status": "Open"})

    assert closed == ["PERIOD: The specified period 202603 is not open for posting."]
    assert await mri.refusals(JOURNAL, journal_line()) == [None]
    assert (await mri.control("periods", {"Period": "190001", "Status": "Open"}))["error"][
        "code"
    ] == "NOT_FOUND"
    assert (await mri.control("periods", {"Period": "202603", "Status": "Ajar"}))["error"][
        "code"
    ] == "BAD_PERIOD"


async def test_what_hangs_on_a_contract_is_deleted_first(mri: Caller) -> None:
    await one_of_each(mri)

    too_early = await mri.control("contracts/delete", KEY)
    paid = await mri.control("invoices/delete", {"VendorID": "OKAF01", "InvoiceNumber": "INV-7"})
    await mri.control("orders/delete", {**KEY, "OrderNumber": "CO-1"})
    [without_order] = await mri.rows(CONTRACTS)
    await mri.control("payments/void", {"CheckNumber": "100001", "InvoiceNumber": "INV-7"})
    await mri.control("invoices/delete", {"VendorID": "OKAF01", "InvoiceNumber": "INV-7"})
    [without_invoice] = await mri.rows(CONTRACTS)

    assert too_early["error"] == {
        "code": "HAS_DEPENDENTS",
        "message": "the contract can't be deleted: there is order CO-1, invoice INV-7",
    }
    assert paid["error"]["message"] == "the invoice can't be deleted: there is check 100001"
    assert (without_order["CurrentAmount"], without_order["BilledAmount"]) == ("1000.00", "1000.00")
    assert without_invoice["BilledAmount"] == "0.00"
    assert await mri.control("contracts/delete", KEY) == {"deleted": "24-101/SC-24-101-001"}
    assert await mri.rows(CONTRACTS) == []


async def test_a_deleted_revision_leaves_the_budgets_as_they_were(mri: Caller) -> None:
    await mri.control("jobs", {"JobCode": "24-101", "Codes": "all"})
    await one_of_each(mri)
    key = {"JobCode": "24-101", "RevisionNumber": "1"}

    assert await mri.control("revisions/delete", key) == {"deleted": "24-101/1"}
    assert [(row["OriginalBudget"], row["CurrentBudget"]) for row in await mri.rows(BUDGETS)] == [
        ("5000.00", "5000.00")
    ]
    assert (await mri.control("revisions/delete", key))["error"]["code"] == "NOT_FOUND"


async def test_a_new_job_takes_documents_on_the_codes_that_it_was_given(mri: Caller) -> None:
    codes = [{"CostCode": "03-300", "Category": "S"}]
    job = {
        "JobCode": "26-900",
        "Description": "Pier Shed",
        "EntityID": "HV01",
        "Status": "Open",
        "Codes": codes,
    }
    made = await mri.control("jobs", job)
    await mri.stored(CONTRACTS, contract(JobCode="26-900"))
    await mri.control(
        "codes", {"JobCode": "26-900", "CostCode": "03-300", "Category": "S", "InterfaceChart": "N"}
    )
    [code] = await mri.rows(JOB_COST_CODES, JOBCODE="26-900")
    [refused] = await mri.refusals(CONTRACTS, contract("SC-2", JobCode="26-900"))

    assert (made["JobCode"], made["Codes"][0]["Description"]) == ("26-900", "Cast-in-Place Concrete")
    assert len(await mri.rows(JOBS)) == 12
    assert code["InterfaceChart"] == "N"
    assert refused.endswith("is not on the interface chart of job 26-900.")


async def test_rows_that_come_and_go_between_two_pages_are_repeated_and_skipped(mri: Caller) -> None:
    first_ids = [row["VendorID"] for row in await mri.rows(VENDORS, _top=6)]
    new = [{"VendorID": "AAAA01", "VendorName": "First"}, {"VendorID": "AAAA02", "VendorName": "Second"}]
    gone = [{"VendorID": first_ids[0]}, {"VendorID": first_ids[1]}, {"VendorID": first_ids[2]}]

    await mri.control("drift", {"api": VENDORS, "after": 2, "insert": new})
    unmoved = [row["VendorID"] for row in await mri.rows(VENDORS, _top=3)]
    page = (await mri.get(VENDORS, _top=3)).json()
    repeated = (await mri.client.get(page["nextLink"])).json()["value"][0]["VendorID"]
    await mri.control("reset", {})
    await mri.control("drift", {"api": VENDORS, "delete": gone})
    page = (await mri.get(VENDORS, _top=3)).json()
    after_skip = [row["VendorID"] for row in (await mri.client.get(page["nextLink"])).json()["value"]]

    assert unmoved == first_ids[:3]
    assert repeated == first_ids[1]
    assert [row["VendorID"] for row in page["value"]] == first_ids[:3]
    assert first_ids[3] not in after_skip


async def test_rows_can_be_put_and_taken_as_they_are(mri: Caller) -> None:
    row = {**contract(), "TransactionID": "0000000001", "CurrentAmount": "7.00", "VendorID": "GHOST"}
    put = await mri.control("rows", {"collection": "Contracts", "rows": [row]})
    [found] = await mri.rows(CONTRACTS)
    gone = await mri.control("rows/delete", {"collection": "Contracts", "key": KEY})

    assert put["Contracts"][0]["VendorID"] == "GHOST"
    assert (found["TransactionID"], found["CurrentAmount"]) == ("0000000001", "7.00")
    assert gone == {"deleted": "24-101/SC-24-101-001"}
    assert await mri.rows(CONTRACTS) == []


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("orders/delete", KEY, "BAD_KEY"),
        ("orders/delete", {**KEY, "OrderNumber": "CO-9"}, "NOT_FOUND"),
        ("invoices/delete", {"VendorID": "OKAF01", "InvoiceNumber": "X", "Colour": "red"}, "UNKNOWN_FIELD"),
        ("purchase-orders/delete", {"JobCode": "24-101", "PONumber": "X"}, "NOT_FOUND"),
        ("invoices/status", {"VendorID": "OKAF01", "InvoiceNumber": "X", "Status": "Approved"}, "REFUSED"),
        ("invoices", {"VendorID": "OKAF01"}, "REFUSED"),
        ("jobs", {"JobCode": "N", "Description": "d", "EntityID": "XX"}, "REFUSED"),
        ("jobs", {"JobCode": "24-101", "Codes": "some"}, "BAD_CODES"),
        ("codes", {"JobCode": "99", "CostCode": "03-300", "Category": "S"}, "NOT_FOUND"),
        ("payments/run", {**RUN, "CheckNumber": "A1"}, "BAD_CHECK"),
        ("payments/run", {**RUN, "PaymentDate": "soon"}, "BAD_DATE"),
        ("payments/run", {**RUN, "Invoices": "all"}, "BAD_INVOICES"),
        ("payments/run", {**RUN, "Invoices": [{"VendorID": "OKAF01", "InvoiceNumber": "X"}]}, "NOT_FOUND"),
        ("journal", {"PERIOD": "202512"}, "REFUSED"),
        ("site", {"modules": ["XX"]}, "BAD_SITE"),
        ("site", {"modules": [["JC"]]}, "BAD_SITE"),
        ("site", {"closed_from": "24:00"}, "BAD_SITE"),
        ("site", {"calls": 0}, "BAD_SITE"),
        ("site", {"colour": "red"}, "UNKNOWN_FIELD"),
        ("drift", {"api": "MRI_S-PMXX_Nothing"}, "UNKNOWN_API"),
        ("drift", {"api": VENDORS, "after": 0}, "BAD_AFTER"),
        ("drift", {"api": VENDORS, "insert": [{"VendorID": "A"}]}, "BAD_ROW"),
        ("drift", {"api": VENDORS, "insert": "A"}, "BAD_ROWS"),
        ("drift", {"api": VENDORS, "delete": [{}]}, "BAD_KEY"),
        ("rows", {"collection": "Cats", "rows": []}, "UNKNOWN_COLLECTION"),
        ("rows/delete", {"collection": "Vendors", "key": ["OKAF01"]}, "BAD_KEY"),
        ("periods", [1], "BAD_BODY"),
    ],
)
async def test_an_action_that_makes_no_sense_is_refused_with_a_code(
    mri: Caller, path: str, body: object, code: str
) -> None:
    refused = await mri.control(path, body)

    assert refused["error"]["code"] == code
    assert refused["error"]["message"]


@pytest.mark.parametrize("percent", ["0", "101", "half", "NaN"])
async def test_a_share_is_more_than_nothing_and_at_most_all(mri: Caller, percent: str) -> None:
    await mri.control("invoices", payable())

    refused = await mri.control("payments/run", {**RUN, "Percent": percent})

    assert refused["error"]["code"] == "BAD_PERCENT"


async def test_every_route_is_explained_and_every_action_has_an_example(mri: Caller) -> None:
    lines = (await mri.client.get("/__control")).json()["routes"]
    explained = dict(line.split(": ", 1) for line in lines)

    assert {"GET /__control", "GET /__control/world", "POST /__control/faults"} <= set(explained)
    assert all(explained.values())
    assert explained["POST /__control/periods"] == (
        'Closes or opens an accounting period. Example: {"Period": "202602", "Status": "Closed"}'
    )
    assert [one.path for one in ACTIONS if "Example: {" not in explained[f"POST /__control/{one.path}"]] == []


# What has to be there before the example of an action works.
BEFORE = {
    "orders/delete": [(CONTRACTS, contract()), (ORDERS, order())],
    "contracts/delete": [(CONTRACTS, contract())],
    "invoices/delete": [(CONTRACTS, contract()), (DRAWS, draw())],
    "invoices/status": [(CONTRACTS, contract()), (DRAWS, draw())],
    "payments/run": [(CONTRACTS, contract()), (DRAWS, draw())],
    "payments/void": [(CREATE_INVOICE, payable()), (PAY_INVOICE, payment())],
    "purchase-orders/delete": [(PURCHASE_ORDERS, purchase_order())],
    "revisions/delete": [(REVISIONS, revision("1.00"))],
    "budgets/post": [(REVISIONS, revision("1.00"))],
}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.path)
async def test_the_example_of_every_action_works(mri: Caller, action: Action) -> None:
    for api, entry in BEFORE.get(action.path, []):
        await mri.stored(api, entry)

    answer = await mri.client.post(f"/__control/{action.path}", json=action.example)

    assert answer.status_code == 200, answer.text


def test_the_readme_shows_every_action_api_and_oddity() -> None:
    readme = (Path(hub.sandboxes.mri.__file__).parent / "README.md").read_text()

    assert [action.path for action in ACTIONS if f"`POST /__control/{action.path}`" not in readme] == []
    assert [api.name for api in CATALOGUE.values() if f"| `{api.name}` |" not in readme] == []
    assert [oddity for oddity in Oddity if f"| `{oddity}` |" not in readme] == []
