"""What was paid for an invoice and a commitment, and what may be done to costs and payments that came from the ERP."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from calling import Caller
from desk import Desk, said

from hub.access.door import issue_key
from hub.core.link import LinkState

NOTHING = ("completed", "retainage_held", "retainage_released", "stored_materials", "stored_retainage")
PAID = "{ commitments(first: 5) { nodes { number paidAmount invoices(first: 5) { nodes { invoiceNumber paidAmount } } } } }"
CAN = """{ %s(first: 5) { nodes { linkState viewerCan { edit { allowed reasons { code remedy } } delete { allowed reasons { code } } } } } }"""


async def caller(desk: Desk, client: httpx.AsyncClient, who: str) -> Caller:
    async with desk.pool.transaction(desk.account) as connection:
        return Caller(
            client, await issue_key(connection, desk.settings, desk.account, desk.people[who], "test")
        )


async def paid_for(desk: Desk, *payments: tuple[str, bool], state: LinkState = LinkState.LINKED) -> UUID:
    """A commitment with an invoice and these payments: amount, and whether it was voided."""
    commitment = await desk.subcontract()
    values = {"project_id": desk.job.id, "commitment_id": commitment.id, "currency": "USD"}
    async with desk.books() as books:
        invoice = await books.item(
            "subcontractor_invoice", "SubcontractorInvoice", LinkState.SYNCED, {"external_id": "V000123/INV-7"},
            invoice_number="INV-7", status="APPROVED", is_final=False, company_id=desk.vendor.id,
            payment_due_amount=Decimal("9000.00"), **values, **{f"{name}_amount": Decimal(0) for name in NOTHING},
        )  # fmt: skip
        for amount, is_void in payments:
            await books.item(
                "payment", "Payment", state, {"external_id": f"P{amount}"}, amount=Decimal(amount), is_void=is_void,
                subcontractor_invoice_id=invoice, **values,
            )  # fmt: skip
    return invoice


async def test_the_paid_amount_is_the_sum_of_the_payments_that_stand(desk: Desk, client: httpx.AsyncClient):
    await paid_for(desk, ("4000.00", False), ("2500.50", False), ("100.00", True))

    data = await (await caller(desk, client, "manager")).data(PAID)

    [commitment] = data["commitments"]["nodes"]
    assert commitment == {
        "number": "SC-001",
        "paidAmount": "6500.50",
        "invoices": {"nodes": [{"invoiceNumber": "INV-7", "paidAmount": "6500.50"}]},
    }


async def test_where_nothing_was_paid_the_paid_amount_is_nothing(desk: Desk, client: httpx.AsyncClient):
    await paid_for(desk)

    data = await (await caller(desk, client, "manager")).data(PAID)

    assert data["commitments"]["nodes"][0]["paidAmount"] == "0.00"


async def a_cost(desk: Desk, state: LinkState) -> None:
    async with desk.books() as books:
        await books.item(
            "direct_cost", "DirectCost", state, {"external_id": "V000123/B-55"}, kind="INVOICE", status="APPROVED",
            invoice_number="B-55", amount=Decimal("300.00"), currency="USD", project_id=desk.job.id,
        )  # fmt: skip


async def can(desk: Desk, client: httpx.AsyncClient, plural: str) -> Any:
    data = await (await caller(desk, client, "approver")).data(CAN % plural)
    [node] = data[plural]["nodes"]
    return node["viewerCan"]


async def test_a_synced_cost_is_neither_edited_nor_deleted(desk: Desk, client: httpx.AsyncClient):
    await a_cost(desk, LinkState.LINKED)

    found = await can(desk, client, "directCosts")

    assert [reason["code"] for reason in found["edit"]["reasons"]] == ["FIELD_LOCKED"]
    assert [reason["code"] for reason in found["delete"]["reasons"]] == ["DELETE_NOT_ALLOWED"]


async def test_with_the_setting_on_a_synced_cost_may_be_edited_and_still_not_deleted(
    desk: Desk, client: httpx.AsyncClient
):
    await a_cost(desk, LinkState.LINKED)
    await desk.change(
        "update connection set capabilities = capabilities || jsonb_build_object('behaviour',"
        " coalesce(capabilities -> 'behaviour', '{}') || '{\"direct_cost_editable\": true}') where id = $1",
        desk.erp,
    )

    found = await can(desk, client, "directCosts")

    assert (found["edit"]["allowed"], found["delete"]["allowed"]) == (True, False)


async def test_a_cost_of_the_project_tool_alone_may_be_edited_and_deleted(
    desk: Desk, client: httpx.AsyncClient
):
    await a_cost(desk, LinkState.NOT_SENT)

    found = await can(desk, client, "directCosts")

    assert (found["edit"]["allowed"], found["delete"]["allowed"]) == (True, True)


async def test_an_imported_payment_is_neither_edited_nor_deleted(desk: Desk, client: httpx.AsyncClient):
    await paid_for(desk, ("4000.00", False))

    found = await can(desk, client, "payments")

    assert [reason["code"] for reason in found["edit"]["reasons"]] == ["FIELD_LOCKED"]
    assert [reason["code"] for reason in found["delete"]["reasons"]] == ["DELETE_NOT_ALLOWED"]


@pytest.mark.parametrize(
    ("who", "codes"),
    [
        ("nobody", ["NOT_FOUND"]),
        ("reader", ["FORBIDDEN"]),
        ("standard", ["FORBIDDEN"]),
        ("administrator", ["FORBIDDEN"]),
        ("directory administrator", ["FORBIDDEN"]),
        ("project administrator", []),
    ],
)
async def test_job_cost_syncing_is_turned_by_an_administrator_of_the_project(
    desk: Desk, who: str, codes: list[str]
):
    before = await desk.trace()

    outcome = await desk.ask(who, "setJobCostSync", desk.job, enabled=False)

    assert said(outcome) == codes
    syncs = await desk.value("select syncs_job_costs from project where id = $1", desk.job.id)
    assert syncs is bool(codes)
    if codes:
        assert await desk.trace() == before


async def test_the_same_key_turns_it_once_and_an_old_version_is_refused(desk: Desk):
    who = "project administrator"
    first = await desk.ask(who, "setJobCostSync", desk.job, key="a", version=1, enabled=False)
    again = await desk.ask(who, "setJobCostSync", desk.job, key="a", version=1, enabled=False)
    stale = await desk.ask(who, "setJobCostSync", desk.job, key="b", version=1, enabled=True)

    assert (said(first), again.run_id, len(said(stale))) == ([], first.run_id, 1)
    assert await desk.history(desk.job) == [("SYNC_COSTS", "Costs of the ERP are not taken in")]
