"""What the operations about budgets, change orders, invoices, prime contracts and costs answer, typed by hand."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from asking import Asking
from desk import Desk, Item
from documents import Documents
from paperwork import Paperwork

from db.clock import new_id
from hub.core.link import LinkState
from hub.sync.payload import compute

Line = tuple[str, str, str]  # code, type, amount
FIRST: Sequence[Line] = (("03-100", "L", "40000.00"), ("03-200", "M", "10000.00"))
MOVED: Sequence[Line] = (("03-100", "L", "-5000.00"), ("03-200", "M", "5000.00"))
OPEN = {"allowed": True, "reasons": []}


async def _with_budget(desk: Desk) -> None:
    """The ERP can what MRI can; everybody has Commitments' level on the budget and the other money tools too."""
    await Paperwork.under(desk)
    await desk.change(
        "update project_member set budget_level = commitments_level, prime_contracts_level = commitments_level,"
        " direct_costs_level = commitments_level"
    )


def _lines(desk: Desk, lines: Sequence[Line], amount: str = "amount") -> list[dict[str, Any]]:
    return [
        {amount: Decimal(money), "cost_code_id": desk.codes[code], "cost_type_id": desk.types[kind]}
        for code, kind, money in lines
    ]


async def _budget(desk: Desk) -> Item:
    async with desk.books() as books:
        lines = _lines(desk, FIRST, "original_amount")
        return Item("bud", await Documents(books).budget(desk.job.id, lines=lines))


async def _change(desk: Desk, state: LinkState = LinkState.NOT_SENT, **values: Any) -> Item:
    async with desk.books() as books:
        made = Documents(books).budget_change(desk.job.id, "7", state, _lines(desk, MOVED), **values)
        return Item("bch", await made)


def _coded(lines: Sequence[Line], amount: str = "amount") -> list[dict[str, Any]]:
    return [
        {amount: money, "costCode": {"code": code}, "costType": {"code": kind}} for code, kind, money in lines
    ]


async def budget(desk: Desk, ask: Asking) -> None:
    await _with_budget(desk)
    item = await _budget(desk)
    found = await ask("manager", "Budget", project=desk.job.name)
    assert found["number"] == "J100"
    shown = found["budget"]
    assert (shown["id"], shown["linkState"], shown["isLocked"]) == (item.name, "NOT_SENT", True)
    assert (shown["originalAmount"], shown["erpAmount"], shown["nextRevisionNumber"]) == (
        "50000.00",
        None,
        "1",
    )
    lines = [
        {"lineNumber": place, "costCodeText": None, **line}
        for place, line in enumerate(_coded(FIRST, "originalAmount"), 1)
    ]
    assert shown["lines"] == lines
    assert shown["viewerCan"]["send"] == OPEN
    await desk.change("update budget set is_locked = false where id = $1", item.id)
    opened = (await ask("manager", "Budget", project=desk.job.name))["budget"]
    assert [reason["code"] for reason in opened["viewerCan"]["send"]["reasons"]] == ["BUDGET_NOT_LOCKED"]


async def budget_changes(desk: Desk, ask: Asking) -> None:
    await _with_budget(desk)
    await _budget(desk)
    item = await _change(desk)
    [node] = (await ask("manager", "BudgetChanges", project=desk.job.name))["budgetChanges"]["nodes"]
    assert (node["id"], node["kind"], node["number"]) == (item.name, "CHANGE", "7")
    assert (node["amount"], node["nextRevisionNumber"]) == ("0.00", "1")
    assert node["lines"] == _coded(MOVED)
    assert [reason["code"] for reason in node["viewerCan"]["send"]["reasons"]] == ["PARENT_NOT_SYNCED"]


async def change_orders(desk: Desk, ask: Asking) -> None:
    """1,500.00 is approved and sent; -300.00 is in the ERP; 99.00 is only a draft."""
    paper = await Paperwork.under(desk)
    contract = await paper.contract()
    sent = await paper.order(contract)
    synced = await paper.order(
        contract, "CO-2", LinkState.SYNCED, lines=[{"code": "03-100", "type": "L", "amount": "-300.00"}],
        link={"external_id": "J100/SC-001/CO-2"},
    )  # fmt: skip
    await paper.order(
        contract, "CO-3", status="DRAFT", lines=[{"code": "03-100", "type": "L", "amount": "99.00"}]
    )
    assert (await desk.send("manager", sent)).items[0].errors == []
    found = await ask("approver", "ChangeOrders", commitment=contract.name)
    amounts = found["originalAmount"], found["approvedChangesAmount"], found["currentAmount"]
    assert amounts == ("40000.00", "1200.00", "39700.00")
    by_number = {node["number"]: node for node in found["changeOrders"]["nodes"]}
    told = {number: (node["linkState"], node["amount"]) for number, node in by_number.items()}
    assert told == {
        "CO-1": ("READY_TO_EXPORT", "1500.00"),
        "CO-2": ("SYNCED", "-300.00"),
        "CO-3": ("NOT_SENT", "99.00"),
    }
    assert by_number["CO-1"]["link"]["digest"] == (await desk.link(sent))["digest"]
    assert (by_number["CO-2"]["id"], by_number["CO-2"]["link"]["externalId"]) == (
        synced.name,
        "J100/SC-001/CO-2",
    )


async def invoices(desk: Desk, ask: Asking) -> None:
    """Work of 10,000.00 less 1,000.00 held is what the ERP is asked for; 500.00 of released retainage stays behind."""
    paper = await Paperwork.under(desk)
    contract = await paper.contract()
    lines = [{"code": "03-100", "type": "L", "work": "10000.00", "held": "1000.00", "released": "500.00"}]
    item = await paper.invoice(
        contract, state=LinkState.SYNCED, lines=lines, link={"external_id": "V000123/INV-7"}
    )
    await paper.invoice(contract, "INV-8")
    named = {"subcontractor_invoice_id": item.id, "invoice_number": "INV-7"}
    async with desk.books() as books:
        for check, money, void in (("1001", "4000.00", False), ("1002", "900.00", True)):
            await Documents(books).payment(desk.job.id, contract.id, check, money, is_void=void, **named)
    found = await ask("manager", "Invoices", commitment=contract.name)
    assert (found["currentAmount"], found["billedAmount"], found["paidAmount"]) == (
        "40000.00",
        "9000.00",
        "4000.00",
    )
    by_number = {node["invoiceNumber"]: node for node in found["invoices"]["nodes"]}
    assert set(by_number) == {"INV-7", "INV-8"}
    paid = by_number["INV-7"]
    assert (paid["paymentDueAmount"], paid["erpAmount"], paid["erpAmountDifference"], paid["paidAmount"]) == (
        *("9500.00", "9000.00"),
        *("500.00", "4000.00"),
    )
    assert (paid["linkState"], paid["link"]["externalId"]) == ("SYNCED", "V000123/INV-7")
    assert {(node["checkNumber"], node["isVoid"], node["amount"]) for node in paid["payments"]["nodes"]} == {
        ("1001", False, "4000.00"),
        ("1002", True, "900.00"),
    }
    assert (by_number["INV-8"]["paidAmount"], by_number["INV-8"]["payments"]["nodes"]) == ("0.00", [])


async def preview_item(desk: Desk, ask: Asking) -> None:
    paper = await Paperwork.under(desk)
    item = await paper.order(await paper.contract())
    assert (await desk.send("manager", item)).items[0].errors == []
    shown = await ask("approver", "PreviewItem", id=item.name)
    assert (shown["id"], shown["version"], shown["linkState"]) == (item.name, 2, "READY_TO_EXPORT")
    plain = shown["preview"]
    assert (plain["digest"], plain["erpCalls"], plain["problems"]) == (
        (await desk.link(item))["digest"],
        1,
        [],
    )
    entries = {"expensePeriod": "05/26"}
    typed = (await ask("approver", "PreviewItem", id=item.name, entries=entries))["preview"]
    settings = "mri", "https://erp.example", {}, "commitment_change_order"
    made = compute(*settings, await desk.facts(item), {"expense_period": "05/26"})
    assert typed["digest"] == made.digest
    assert typed["payload"]["steps"][0]["body"]["value"]
    other = await ask("approver", "PreviewItem", id=desk.job.name)
    assert other["id"] == desk.job.name


async def waiting_for_approver(desk: Desk, ask: Asking) -> None:
    paper = await Paperwork.under(desk)
    await _with_budget(desk)
    contract = await paper.contract()
    sent = await desk.sent(number="SC-002")
    order, invoice = await paper.order(contract), await paper.invoice(contract)
    for item in (order, invoice):
        assert (await desk.send("manager", item)).items[0].errors == []
    failed = await _change(desk, LinkState.FAILED, link={"erp_message": "Period closed"})
    found = await ask("approver", "WaitingForApprover")
    waiting = {
        name: [node["id"] for node in listed["nodes"]] for name, listed in found.items() if listed["nodes"]
    }
    assert waiting == {
        "budgetChanges": [failed.name],
        "commitments": [sent.name],
        "commitmentChangeOrders": [order.name],
        "subcontractorInvoices": [invoice.name],
    }
    [commitment] = found["commitments"]["nodes"]
    assert (commitment["version"], commitment["number"], commitment["originalAmount"]) == (
        2,
        "SC-002",
        "40000.00",
    )
    assert commitment["link"]["sentBy"] == {"name": "Manager"}
    assert commitment["viewerCan"]["accept"] == OPEN
    assert found["subcontractorInvoices"]["nodes"][0]["erpAmount"] == "9000.00"
    assert found["budgetChanges"]["nodes"][0]["link"]["erpMessage"] == "Period closed"
    [seen] = (await ask("manager", "WaitingForApprover"))["commitments"]["nodes"]
    assert [reason["code"] for reason in seen["viewerCan"]["accept"]["reasons"]] == ["FORBIDDEN", "FORBIDDEN"]
    assert {len(listed["nodes"]) for listed in (await ask("nobody", "WaitingForApprover")).values()} == {0}


async def prime_contracts(desk: Desk, ask: Asking) -> None:
    """MRI keeps no prime contracts, which the reasons say."""
    await _with_budget(desk)
    async with desk.books() as books:
        pen = Documents(books)
        value = {"original_amount": Decimal("900000.00"), "status": "APPROVED"}
        contract = Item("pmc", await pen.prime_contract(desk.job.id, "PC-1", **value))
        more = {"amount": Decimal("2500.00")}
        await pen.prime_change_order(desk.job.id, contract.id, "PCCO-1", **more)
        paid = {"amount": Decimal("1000.00"), "paid_amount": Decimal("250.00")}
        await pen.owner_invoice(desk.job.id, contract.id, "OW-1", **paid)
    [node] = (await ask("manager", "PrimeContracts", project=desk.job.name))["primeContracts"]["nodes"]
    assert (node["id"], node["number"], node["originalAmount"]) == (contract.name, "PC-1", "900000.00")
    assert [(order["number"], order["amount"]) for order in node["changeOrders"]["nodes"]] == [
        ("PCCO-1", "2500.00")
    ]
    [invoice] = node["invoices"]["nodes"]
    assert (invoice["invoiceNumber"], invoice["amount"], invoice["paidAmount"]) == (
        "OW-1",
        "1000.00",
        "250.00",
    )
    assert node["viewerCan"]["send"]["reasons"][0]["code"] == "CAPABILITY_NOT_SUPPORTED"


async def direct_costs(desk: Desk, ask: Asking) -> None:
    await _with_budget(desk)
    lines = (("03-100", "L", "200.00"), ("03-200", "M", "100.00"))
    async with desk.books() as books:
        given = {"status": "APPROVED", "company_id": desk.vendor.id, "cost_date": date(2026, 5, 2)}
        made = await Documents(books).direct_cost(desk.job.id, "B-17", _lines(desk, lines), **given)
    cost = Item("dco", made)
    found = await ask("manager", "DirectCosts", project=desk.job.name)
    assert (found["syncsJobCosts"], found["directCosts"]["totalCount"]) == (True, 1)
    [node] = found["directCosts"]["nodes"]
    assert (node["id"], node["kind"], node["invoiceNumber"]) == (cost.name, "INVOICE", "B-17")
    assert (node["costDate"], node["amount"], node["company"]) == (
        *("2026-05-02", "300.00"),
        {"name": "Acme Concrete"},
    )
    assert node["lines"] == _coded(lines)
    hidden = await ask("project administrator", "DirectCosts", project=desk.job.name)
    assert hidden["directCosts"]["totalCount"] == 1
    assert await ask("nobody", "DirectCosts", project=desk.job.name) is None


async def import_issues(desk: Desk, ask: Asking) -> None:
    run, seen = new_id(), datetime(2026, 5, 3, 2, tzinfo=UTC)
    told = {"kind": "INVOICE", "project": "J100", "amount": "300.00", "lines": []}
    async with desk.books() as books:
        await books.insert(
            "sync_run", id=run, connection_id=desk.erp, action="IMPORT", state="SUCCEEDED", proof="PROVEN", records_read=2,
            issues_count=1,
        )  # fmt: skip
        await books.insert(
            "sync_run_list", run_id=run, resource="direct_cost", scope="J100", project_id=desk.job.id, since=seen, records=2,
            amount=Decimal("500.00"), digest="0" * 32, proof="PROVEN",
        )  # fmt: skip
        await books.row(
            "sync_issue", run_id=run, object_type="DirectCost", external_id="9-17", code="CODE_NOT_ON_PROJECT",
            field="lines.cost_code", value="03-900/L", message="It stands on a code and type that the project does not have.",
            details=told,
        )  # fmt: skip
    found = await ask("reader", "ImportIssues", run=f"run_{run}")
    assert (found["proof"], found["recordsRead"], found["system"], found["trigger"]) == (
        *("PROVEN", 2),
        *({"name": "MRI"}, "HUB"),
    )
    [listed] = found["lists"]
    assert (listed["resource"], listed["project"], listed["records"], listed["amount"]) == (
        *("direct_cost", {"number": "J100"}),
        *(2, "500.00"),
    )
    [issue] = found["issues"]["nodes"]
    assert (issue["externalId"], issue["code"], issue["field"]) == (
        *("9-17", "CODE_NOT_ON_PROJECT"),
        "lines.cost_code",
    )
    assert (issue["value"], issue["details"]) == ("03-900/L", told)
    assert await ask("manager", "ImportIssues", run=f"run_{run}") is None


async def conflicts(desk: Desk, ask: Asking) -> None:
    item = await desk.sent()
    await desk.change(
        "insert into conflict (account_id, id, object_type, object_id, field, message, ours, theirs)"
        " values ($1, $2, 'Commitment', $3, 'title', 'The field is locked.', 'Concrete works', 'Steel works')",
        *(desk.account, new_id(), item.id),
    )
    found = await ask("approver", "Conflicts", id=item.name)
    [conflict] = found["conflicts"]
    assert (conflict["field"], conflict["code"], conflict["ours"], conflict["theirs"]) == (
        *("title", "FIELD_LOCKED"),
        *("Concrete works", "Steel works"),
    )
    assert [reason["code"] for reason in found["viewerCan"]["accept"]["reasons"]] == ["CONTENT_CHANGED"]
    assert [reason["code"] for reason in found["viewerCan"]["edit"]["reasons"]] == ["FIELD_LOCKED"]
    assert not found["viewerCan"]["delete"]["allowed"]


async def capabilities(desk: Desk, ask: Asking) -> None:
    await Paperwork.under(desk)
    [found] = await ask("manager", "Capabilities")
    told = found["capabilities"]
    assert (found["name"], found["role"], told["identity"]["key"]) == ("MRI", "ERP", "mri")
    assert told["objects"]["commitment"]["direction"] == "export"
    assert told["objects"]["prime_contract"]["direction"] == "none"
    assert told["behaviour"]["commitment_title_max"] == 35


PAPER_CASES: Mapping[str, Callable[[Desk, Asking], Awaitable[None]]] = {
    "Budget": budget,
    "BudgetChanges": budget_changes,
    "Capabilities": capabilities,
    "ChangeOrders": change_orders,
    "Conflicts": conflicts,
    "DirectCosts": direct_costs,
    "ImportIssues": import_issues,
    "Invoices": invoices,
    "PreviewItem": preview_item,
    "PrimeContracts": prime_contracts,
    "WaitingForApprover": waiting_for_approver,
}
