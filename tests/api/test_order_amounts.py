"""Change orders and invoices over HTTP: amounts of a commitment and its invoices, what stands against a send, a preview."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest_asyncio
from calling import Caller
from desk import Desk
from paperwork import CHANGE, WORK, Paperwork

from hub.access.door import issue_key
from hub.core.link import LinkState

Ask = Callable[..., Awaitable[Any]]


@pytest_asyncio.fixture
async def paper(desk: Desk) -> Paperwork:
    return await Paperwork.under(desk)


@pytest_asyncio.fixture
async def ask(desk: Desk, client: httpx.AsyncClient) -> Ask:
    """Asks as one of the desk's people."""

    async def asking(who: str, query: str, **variables: Any) -> Any:
        async with desk.pool.transaction(desk.account) as connection:
            key = await issue_key(connection, desk.settings, desk.account, desk.people[who], uuid4().hex)
        return await Caller(client, key).data(query, **variables)

    return asking


async def test_a_commitment_tells_its_amounts_to_the_cent(paper: Paperwork, ask: Ask):
    contract = await paper.contract()
    synced = {"external_id": "J100/SC-001/CO-1", "external_code": "CO-1"}
    await paper.order(
        contract, "CO-1", LinkState.SYNCED, lines=[{**CHANGE, "amount": "1500.10"}], link=synced
    )
    await paper.order(contract, "CO-2", lines=[{**CHANGE, "amount": "-250.05"}])  # approved, not in the ERP
    await paper.order(contract, "CO-3", lines=[{**CHANGE, "amount": "99.00"}], status="DRAFT")
    posted = {"external_id": "V000123/INV-7", "external_code": "INV-7"}
    await paper.invoice(contract, "INV-7", LinkState.SYNCED, link=posted)
    await paper.invoice(contract, "INV-8")

    found = await ask(
        "manager",
        "query($id: ID!) { commitment(id: $id) { originalAmount approvedChangesAmount currentAmount billedAmount } }",
        id=contract.name,
    )

    assert found["commitment"] == {
        "originalAmount": "40000.00",
        "approvedChangesAmount": "1250.05",
        "currentAmount": "41500.10",
        "billedAmount": "9000.00",
    }


async def test_a_commitment_without_any_of_them_tells_round_amounts(paper: Paperwork, ask: Ask):
    contract = await paper.contract()

    found = await ask(
        "manager",
        "query($id: ID!) { commitment(id: $id) { approvedChangesAmount currentAmount billedAmount } }",
        id=contract.name,
    )

    assert list(found["commitment"].values()) == ["0.00", "40000.00", "0.00"]


async def test_an_invoice_tells_what_the_erp_is_asked_to_pay_and_what_the_form_says_otherwise(
    paper: Paperwork, ask: Ask
):
    """The form asks for 10,000.00 done, 200.00 stored, 300.00 released, less 1,000.00 held: 9,500.00."""
    lines = [{**WORK, "released": "300.00", "stored": "200.00"}]
    item = await paper.invoice(await paper.contract(), lines=lines)

    found = await ask(
        "manager",
        """query($id: ID!) { node(id: $id) { ... on SubcontractorInvoice {
            paymentDueAmount erpAmount erpAmountDifference lines { completedAmount costCode { code } } } } }""",
        id=item.name,
    )

    assert found["node"] == {
        "paymentDueAmount": "9500.00",
        "erpAmount": "9000.00",
        "erpAmountDifference": "500.00",
        "lines": [{"completedAmount": "10000.00", "costCode": {"code": "03-100"}}],
    }


async def test_what_a_person_may_do_is_explained_as_it_would_be_judged(paper: Paperwork, ask: Ask):
    item = await paper.order(await paper.contract(), lines=[{**CHANGE, "amount": "0.00"}])

    found = await ask(
        "visiting approver",
        """query($id: ID!) { node(id: $id) { ... on CommitmentChangeOrder {
            viewerCan { send { allowed reasons { code field } } } } } }""",
        id=item.name,
    )

    assert found["node"]["viewerCan"]["send"] == {
        "allowed": False,
        "reasons": [
            {"code": "FORBIDDEN", "field": None},
            {"code": "FORBIDDEN", "field": None},
            {"code": "ZERO_CO_NOT_SUPPORTED", "field": "amount"},
            {"code": "NO_NONZERO_LINE", "field": "lines"},
        ],
    }


PREVIEW = """query($id: ID!, $entries: EntriesInput) { node(id: $id) { ... on SubcontractorInvoice {
    preview(entries: $entries) { digest problems { code field } } } } }"""


async def test_a_preview_tells_of_closed_months_taken_numbers_and_the_choice_of_an_attachment(
    paper: Paperwork, ask: Ask
):
    await paper.register("accounting_period", "202604", code="202604", is_open=False)
    await paper.register("subcontractor_invoice", "V000123/INV-7")
    files = ["https://files.example/1.pdf", "https://files.example/2.pdf"]
    item = await paper.invoice(await paper.contract(), attachment_urls=files)

    async def problems(**entries: str) -> list[tuple[str, str]]:
        shown = await ask("approver", PREVIEW, id=item.name, entries=entries)
        found = shown["node"]["preview"]["problems"]
        return [(problem["code"], problem["field"]) for problem in found]

    assert await problems() == [("ONE_ATTACHMENT_ONLY", "entries.attachmentUrl")]
    assert await problems(attachmentUrl=files[0]) == [("PERIOD_CLOSED", "entries.expensePeriod")]
    chosen = {"attachmentUrl": files[0], "expensePeriod": "2026-05"}
    assert await problems(**chosen) == [("NUMBER_IN_USE", "entries.erpId")]
    assert await problems(**chosen, erpId="INV-7B") == []


async def test_a_change_order_is_sent_and_accepted_over_http(paper: Paperwork, ask: Ask):
    item = await paper.order(await paper.contract())
    desk = paper.desk

    async def change(who: str, mutation: str, **each: Any) -> Any:
        kind = "AcceptItemInput" if each else "ItemInput"
        query = f"""mutation($key: String!, $items: [{kind}!]!) {{
            {mutation}(input: {{ idempotencyKey: $key, items: $items }}) {{
                items {{ item {{ linkState }} userErrors {{ code }} }} }} }}"""
        listed = [{"id": item.name, "expectedVersion": await desk.version(item), **each}]
        found = await ask(who, query, key=uuid4().hex, items=listed)
        [made] = found[mutation]["items"]
        return made["item"]["linkState"], [error["code"] for error in made["userErrors"]]

    assert await change("manager", "sendItems") == ("READY_TO_EXPORT", [])
    entries = {"erpId": "7", "description": "As agreed"}
    digest = await desk.digest(item, "7", {"description": "As agreed"})
    assert await change("approver", "acceptItems", digest=digest, entries=entries) == ("EXPORTING", [])
