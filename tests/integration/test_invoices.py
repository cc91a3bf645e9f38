"""Sending a subcontractor invoice: what stands against it, to the cent, what is locked, what leaves for the ERP."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from desk import Desk, said
from paperwork import CHANGE, WORK, Paperwork

from hub.core.link import LinkState

TWO = ["https://files.example/1.pdf", "https://files.example/2.pdf"]


@pytest_asyncio.fixture
async def paper(desk: Desk) -> Paperwork:
    return await Paperwork.under(desk)


@pytest.mark.parametrize(
    ("who", "verdict"),
    [
        ("nobody", ["NOT_FOUND"]),
        ("reader", ["FORBIDDEN"]),
        ("standard", ["FORBIDDEN"]),
        ("visiting approver", ["FORBIDDEN"]),
        ("approver", []),
        ("manager", []),
    ],
)
async def test_sending_an_invoice_takes_admin_on_the_projects_commitments(
    paper: Paperwork, who: str, verdict: list[str]
):
    item = await paper.invoice(await paper.contract())

    assert said(await paper.desk.send(who, item)) == verdict


ONE_BROKEN: list[tuple[str, dict[str, Any], list[str]]] = [
    ("nothing is wrong", {}, []),
    ("status Approved as Noted", {"status": "APPROVED_AS_NOTED"}, []),
    ("status Pending Owner Approval", {"status": "PENDING_OWNER_APPROVAL"}, []),
    ("status Draft", {"status": "DRAFT"}, ["STATUS_NOT_SENDABLE"]),
    ("status Under Review", {"status": "UNDER_REVIEW"}, ["STATUS_NOT_SENDABLE"]),
    ("status Revise and Resubmit", {"status": "REVISE_AND_RESUBMIT"}, ["STATUS_NOT_SENDABLE"]),
    ("no invoice number", {"number": None}, ["NUMBER_MISSING"]),
    ("a number of 20 characters", {"number": "N" * 20}, []),
    ("a number of 21 characters", {"number": "N" * 21}, ["NUMBER_TOO_LONG"]),
    ("no billing date", {"billing_date": None}, ["DATE_MISSING"]),
    ("no billing period", {"period_end": None}, ["DATE_MISSING"]),
    ("no company", {"company_id": None}, ["VENDOR_MISSING"]),
    ("all of it held back", {"lines": [{**WORK, "work": "500.00", "held": "500.00"}]}, ["ZERO_INVOICE"]),
    ("no lines", {"lines": []}, ["ZERO_INVOICE"]),
    (
        "only retainage that is released",
        {"lines": [{**WORK, "work": "0.00", "held": "0.00", "released": "500.00"}]},
        ["RELEASE_ONLY_INVOICE"],
    ),
    ("a credit, which this site takes", {"lines": [{**WORK, "work": "-100.00", "held": "0.00"}]}, []),
    ("a billed line on no code", {"lines": [{"work": "5.00"}]}, ["LINE_CODE_UNKNOWN"]),
    ("a line on no code that bills nothing", {"lines": [WORK, {"stored": "5.00"}]}, []),
    ("sums that its lines do not make", {"completed_amount": Decimal("1.00")}, ["AMOUNT_NOT_SUM_OF_LINES"]),
]


@pytest.mark.parametrize(
    ("values", "verdict"), [row[1:] for row in ONE_BROKEN], ids=[row[0] for row in ONE_BROKEN]
)
async def test_each_prerequisite_of_an_invoice_alone(
    paper: Paperwork, values: dict[str, Any], verdict: list[str]
):
    item = await paper.invoice(await paper.contract(), **values)
    before = await paper.desk.trace()

    assert said(await paper.desk.send("manager", item)) == verdict
    assert (await paper.desk.trace() == before) is bool(verdict)


async def test_a_site_may_narrow_the_statuses_that_are_sent(desk: Desk):
    paper = await Paperwork.under(desk, sendable_invoice_statuses=["APPROVED"])
    contract = await paper.contract()

    noted = await paper.invoice(contract, "INV-1", status="APPROVED_AS_NOTED")
    approved = await paper.invoice(contract, "INV-2")

    assert said(await desk.send("manager", noted)) == ["STATUS_NOT_SENDABLE"]
    assert said(await desk.send("manager", approved)) == []


async def test_a_site_that_takes_no_credits_refuses_a_negative_invoice(desk: Desk):
    paper = await Paperwork.under(desk, negative_invoice=False)
    item = await paper.invoice(await paper.contract(), lines=[{**WORK, "work": "-100.00", "held": "0.00"}])

    outcome = await desk.send("manager", item)

    assert said(outcome) == ["NEGATIVE_INVOICE"]
    assert "-100.00" in outcome.items[0].errors[0].message


async def test_the_commitment_must_be_synced_first(paper: Paperwork):
    item = await paper.invoice(await paper.desk.subcontract())

    assert said(await paper.desk.send("manager", item)) == ["PARENT_NOT_SYNCED"]


async def test_a_line_on_a_change_order_needs_that_change_order_synced(paper: Paperwork):
    contract = await paper.contract()
    waiting = await paper.order(contract, "CO-8", lines=[{**CHANGE, "id": "L77"}])
    await paper.order(contract, "CO-9", lines=[{**CHANGE, "id": "L78"}])  # which nothing bills
    item = await paper.invoice(contract, lines=[WORK, {**WORK, "bills": "L77"}])

    outcome = await paper.desk.send("manager", item)

    assert said(outcome) == ["PARENT_NOT_SYNCED"]
    assert outcome.items[0].errors[0].message == "It bills change orders that are not in the ERP: CO-8."
    await paper.desk.move(waiting, *WAY)
    await paper.desk.change(
        "update link set external_id = 'J100/SC-001/CO-8', external_code = 'CO-8' where object_id = $1",
        waiting.id,
    )
    assert said(await paper.desk.send("manager", item)) == []
    assert [line["order_number"] for line in (await paper.desk.facts(item))["lines"]] == [None, "CO-8"]


WAY = (LinkState.READY_TO_EXPORT, LinkState.EXPORTING, LinkState.SYNCED)


async def test_a_line_of_a_change_order_that_bills_nothing_asks_for_nothing(paper: Paperwork):
    contract = await paper.contract()
    await paper.order(contract, lines=[{**CHANGE, "id": "L77"}])
    item = await paper.invoice(
        contract, lines=[WORK, {**WORK, "bills": "L77", "work": "0.00", "held": "0.00"}]
    )

    assert said(await paper.desk.send("manager", item)) == []


async def test_the_amount_is_work_completed_less_retainage_held(paper: Paperwork):
    """Of 10,000.00 done and 1,000.00 held 9,000.00 is sent, whatever is stored or released."""
    lines = [{**WORK, "released": "300.00", "stored": "200.00"}]
    item = await paper.invoice(await paper.contract(), lines=lines, attachment_urls=TWO[:1])
    await paper.desk.send("manager", item)

    [step] = (await paper.desk.payload(item)).document["steps"]

    assert step["body"]["value"] == [
        {
            "VendorID": "V000123",
            "InvoiceNumber": "INV-7",
            "InvoiceAmount": "9000.00",
            "InvoiceDate": "2026-04-30",
            "ExpensePeriod": "202604",
            "Status": "Pending",
            "ScannedCopyURL": "https://files.example/1.pdf",
            "JobCode": "J100",
            "ContractNumber": "SC-001",
            "InvoiceItems": {
                "entry": [
                    {
                        "ItemNumber": "1",
                        "CostCode": "03-100",
                        "Category": "L",
                        "Amount": "10000.00",
                        "RetentionAmount": "1000.00",
                    }
                ]
            },
        }
    ]


async def test_cents_add_up_exactly(paper: Paperwork):
    lines = [{**WORK, "work": "0.10", "held": "0.01"}] * 3 + [{**WORK, "work": "33.33", "held": "3.33"}]
    item = await paper.invoice(await paper.contract(), lines=lines)

    [entry] = (await paper.desk.payload(item)).document["steps"][0]["body"]["value"]

    assert entry["InvoiceAmount"] == "30.27"


async def test_of_two_attachments_the_approver_chooses_one(paper: Paperwork):
    item = await paper.invoice(await paper.contract(), attachment_urls=TWO)

    assert said(await paper.desk.send("manager", item)) == []
    assert (await paper.desk.link(item))["digest"] is None
    refused = await paper.desk.accept("approver", item, digest="x")
    assert said(refused) == ["ONE_ATTACHMENT_ONLY"]
    assert refused.items[0].errors[0].field == "entries.attachment_url"
    elsewhere = {"attachment_url": "https://elsewhere.example/3.pdf"}
    assert said(await paper.desk.accept("approver", item, digest="x", entries=elsewhere)) == ["INVALID_VALUE"]
    assert said(await paper.desk.accept("approver", item, entries={"attachment_url": TWO[1]})) == []
    assert TWO[1] in (await paper.desk.link(item))["payload"]


async def test_the_approver_may_give_number_and_period(paper: Paperwork):
    item = await paper.invoice(await paper.contract())
    typed = {"expense_period": "2026-05"}

    [entry] = (await paper.desk.payload(item, erp_id="7A", **typed)).document["steps"][0]["body"]["value"]

    assert (entry["InvoiceNumber"], entry["ExpensePeriod"]) == ("7A", "202605")


async def test_a_month_that_was_closed_is_refused_at_acceptance_and_another_is_not(paper: Paperwork):
    await paper.register("accounting_period", "202604", code="202604", is_open=False)
    await paper.register("accounting_period", "202605", code="202605", is_open=True)
    item = await paper.invoice(await paper.contract())

    assert said(await paper.desk.send("manager", item)) == []
    assert said(await paper.desk.accept("approver", item, digest="x")) == ["PERIOD_CLOSED"]
    assert await paper.desk.value("select count(*) from job where kind = 'export'") == 0
    assert said(await paper.desk.accept("approver", item, entries={"expense_period": "2026-05"})) == []


async def test_an_invoice_number_is_in_use_for_its_vendor_alone(paper: Paperwork):
    item = await paper.invoice(await paper.contract())
    await paper.register("subcontractor_invoice", "V000999/INV-7")
    await paper.register("subcontractor_invoice", "V000123/inv-7")
    assert said(await paper.desk.send("manager", item)) == []

    assert said(await paper.desk.accept("approver", item)) == ["NUMBER_IN_USE"]
    assert said(await paper.desk.accept("approver", item, erp_id="INV-7B")) == []


async def test_what_is_gone_from_the_erps_list_is_free_again(paper: Paperwork):
    item = await paper.invoice(await paper.contract())
    await paper.register("subcontractor_invoice", "V000123/INV-7")
    await paper.desk.change("update erp_record set gone_at = hub_now()")
    assert said(await paper.desk.send("manager", item)) == []

    assert said(await paper.desk.accept("approver", item)) == []


async def test_an_item_that_failed_is_not_kept_back_by_its_own_lost_try(paper: Paperwork):
    item = await paper.invoice(await paper.contract())
    assert said(await paper.desk.send("manager", item)) == []
    assert said(await paper.desk.accept("approver", item)) == []
    await paper.desk.move(item, LinkState.FAILED)
    await tried(paper, item)
    await paper.register("subcontractor_invoice", "V000123/INV-7")

    assert said(await paper.desk.accept("approver", item)) == []


async def tried(paper: Paperwork, item: Any) -> None:
    job = await paper.desk.value("select id from job where kind = 'export'")
    async with paper.desk.books() as books:
        await books.row(
            "attempt", job_id=job, connection_id=paper.desk.erp, object_type="SubcontractorInvoice", object_id=item.id,
            step="create", operation="subcontractor_invoice.create", export_revision=1, state="UNKNOWN", fence=1, request_digest="0" * 64,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "verdict"),
    [("manager", ["FORBIDDEN", "FORBIDDEN"]), ("visiting approver", ["FORBIDDEN"]), ("approver", [])],
)
async def test_unlinking_an_invoice_takes_an_approver_with_admin_on_commitments(
    paper: Paperwork, who: str, verdict: list[str]
):
    link = {"external_id": "V000123/INV-7", "external_code": "INV-7"}
    item = await paper.invoice(await paper.contract(), state=LinkState.SYNCED, link=link)

    assert said(await paper.desk.ask(who, "unlinkItems", item)) == verdict


async def test_a_commitment_with_a_synced_invoice_is_not_unlinked_and_names_it(paper: Paperwork):
    contract = await paper.contract()
    link = {"external_id": "V000123/INV-7", "external_code": "INV-7"}
    await paper.invoice(contract, state=LinkState.SYNCED, link=link)

    outcome = await paper.desk.ask("approver", "unlinkItems", contract)

    assert said(outcome) == ["COMMITMENT_HAS_SYNCED_ITEMS"]
    assert "INV-7" in outcome.items[0].errors[0].message


async def test_all_that_is_missing_of_an_invoice_is_said_at_once(paper: Paperwork):
    await paper.desk.change("update project set inactive_tools = '{commitments}'")
    item = await paper.invoice(
        await paper.desk.subcontract(), None, status="DRAFT", company_id=None, billing_date=None, period_end=None,
        lines=[{"work": "5.00", "held": "5.00"}], completed_amount=Decimal("6.00"),
        retainage_held_amount=Decimal("7.00"),
    )  # fmt: skip

    assert said(await paper.desk.send("manager", item)) == [
        "TOOL_INACTIVE",
        "PARENT_NOT_SYNCED",
        "VENDOR_MISSING",
        "STATUS_NOT_SENDABLE",
        "NUMBER_MISSING",
        "DATE_MISSING",
        "DATE_MISSING",
        "ZERO_INVOICE",
        "LINE_CODE_UNKNOWN",
        "AMOUNT_NOT_SUM_OF_LINES",
        "AMOUNT_NOT_SUM_OF_LINES",
    ]


async def test_a_bill_arrives_on_hold_where_the_profile_says_so(desk: Desk):
    paper = await Paperwork.under(desk, "reference", profile="acumatica_vision")
    item = await paper.invoice(await paper.contract())

    assert said(await desk.send("manager", item)) == []
    [step] = (await desk.payload(item)).document["steps"]
    assert step["body"]["status"] == "On Hold"


async def test_the_reference_erp_keeps_one_attachment_too(desk: Desk):
    paper = await Paperwork.under(desk, "reference")
    item = await paper.invoice(await paper.contract(), attachment_urls=TWO, billing_date=date(2026, 4, 30))

    assert said(await desk.send("manager", item)) == []
    assert said(await desk.accept("approver", item, digest="x")) == ["ONE_ATTACHMENT_ONLY"]
    [step] = (await desk.payload(item, attachment_url=TWO[0])).document["steps"]
    assert (step["body"]["attachment_url"], step["body"]["period"]) == (TWO[0], "2026-04")
