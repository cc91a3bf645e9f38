"""The steps about money: a project's budget, a change order, an invoice, and its payment that comes back."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hub.demo.scene import Scene, holds, named

MONTH = ("2026-03-01", "2026-03-31")
DAY = "2026-04-10"


class MoneySteps(Scene):
    """Each takes the contract of the story, which is in the ERP by then, and the hub's item of it."""

    async def send_a_budget(self, contract: Mapping[str, Any], item: Mapping[str, Any]) -> None:
        self.screen.step("The project's budget goes to MRI")
        project = (await self.current(item))["project"]["id"]
        await self.bring_from_tool("budget")
        budget = await self._budget(project)
        if budget["linkState"] == "SYNCED":
            self.screen.fact("it is there already, from earlier demonstrations")
            return
        for reason in budget["viewerCan"]["send"]["reasons"]:
            self.screen.refused(f"{reason['code']}: {reason['message']} {reason['remedy']}")
        await self._mend_budget(int(contract["project"]), budget)
        await self.bring_from_tool("budget")
        budget = await self._budget(project)
        await self.send_item(budget, f"the budget of {contract['job']}")
        await self.accept_item(budget["id"])
        rows = [
            row for row in await self.books.rows("MRI_S-PMJC_JobBudgets") if row["JobCode"] == contract["job"]
        ]
        there = sum((Decimal(row["OriginalBudget"]) for row in rows), Decimal(0))
        holds(
            there == Decimal(budget["originalAmount"]),
            f"MRI holds {there}, sent were {budget['originalAmount']}",
        )
        self.screen.good(
            f"MRI holds {len(rows)} budget lines of job {contract['job']}, {there:,} in all, to the cent"
        )

    async def _mend_budget(self, project: int, budget: Mapping[str, Any]) -> None:
        """Paula takes out the lines that stand on a code of her own, and locks the budget."""
        unknown = {line["costCodeText"] for line in budget["lines"] if line["costCode"] is None}
        rows = [row for row in await self.procore.detail_rows(project) if row["cost_code"] in unknown]
        if rows and budget["isLocked"]:
            await self.procore.unlock_budget(project)
        for row in rows:
            await self.procore.drop_budget_line(project, row["id"])
            self.screen.fact(f"Paula takes {row['cost_code']} out of the budget")
        await self.procore.lock_budget(project)

    async def _budget(self, project: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.manager.ask("Budget", project=project))["project"]["budget"]
        holds(found, "the project has no budget")
        return found

    async def send_a_change_order(self, contract: Mapping[str, Any], item: Mapping[str, Any]) -> None:
        self.screen.step("A change order raises the contract")
        project, number = int(contract["project"]), f"{contract['number']}-1"
        pair = (await self.procore.pairs(project))[0]
        lines = [(pair, Decimal("1250.25"))]
        await self.procore.change_order(
            project, int(contract["id"]), number, "Rebar for the east wall", lines
        )
        await self.bring_from_tool("commitment_change_order")
        found = (await self.manager.ask("ChangeOrders", commitment=item["id"]))["commitment"]
        [order] = found["changeOrders"]["nodes"]
        await self.send_item(order, f"change order {number}")
        await self.accept_item(order["id"])
        [there] = await self.books.contracts(JOBCODE=contract["job"], CONTRACTNUMBER=contract["number"])
        expected = Decimal(found["originalAmount"]) + Decimal(order["amount"])
        holds(
            Decimal(there["CurrentAmount"]) == expected,
            f"MRI's contract is {there['CurrentAmount']}, not {expected}",
        )
        self.screen.good(
            f"MRI's contract {contract['number']}: {there['OriginalAmount']} became {there['CurrentAmount']}"
        )

    async def invoice_and_pay(self, contract: Mapping[str, Any], item: Mapping[str, Any]) -> None:
        self.screen.step("An invoice goes to accounts payable, and its payment comes back")
        number = f"{contract['number']}/03"
        billed = [(Decimal("1000.00"), Decimal("100.00")), (Decimal("2500.50"), Decimal("250.05"))]
        await self.procore.invoice(int(contract["project"]), int(contract["id"]), number, MONTH, billed)
        await self.bring_from_tool("subcontractor_invoice")
        [invoice] = await self._invoices(item)
        await self.send_item(invoice, f"invoice {number}")
        await self.accept_item(invoice["id"])
        vendor = (await self.current(item))["company"]["link"]["externalId"]
        await self.books.approve(vendor, number)
        await self.books.pay(DAY, f"8{abs(hash(number)) % 10**7:07}", vendor, number, "1000.00")
        self.screen.fact("MRI pays 1000.00 of 3150.45 by check")
        await self.bring((await self.system("ERP"))["id"], "payment")
        await self._paid(item)

    async def _paid(self, item: Mapping[str, Any]) -> None:
        """The hub has the payment, and Procore soon after."""
        [invoice] = await self._invoices(item)
        [payment] = invoice["payments"]["nodes"]
        holds(Decimal(payment["amount"]) == Decimal("1000.00"), f"another payment: {payment}")

        async def carried() -> bool:
            [now] = await self._invoices(item)
            return now["payments"]["nodes"][0]["origin"] is not None

        await self.until(carried, "the payment was not carried to Procore")
        self.screen.good(
            f"check {payment['checkNumber']} of {payment['amount']} is in the hub and in Procore"
        )

    async def _invoices(self, item: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
        found = (await self.manager.ask("Invoices", commitment=item["id"]))["commitment"]
        nodes: Sequence[dict[str, Any]] = found["invoices"]["nodes"]
        return nodes

    async def send_item(self, item: Mapping[str, Any], words: str) -> None:
        sent = await self.manager.change("SendItems", items=[named(item)])
        holds(sent["run"], f"not sent: {sent}")
        self.screen.good(f"{words} is {sent['items'][0]['item']['linkState']}")

    async def accept_item(self, id_: str) -> None:
        """Ana accepts what she has previewed, and it arrives."""
        shown = (await self.approver.ask("PreviewItem", id=id_))["node"]
        preview = shown["preview"]
        holds(preview["digest"], f"no payload can be made: {preview['problems']}")
        body = preview["payload"]["steps"][0]["body"]
        self.screen.document("the request that would leave", body["value"][0] if "value" in body else body)
        accepted = await self.approver.change(
            "AcceptItems", items=[{**named(shown), "digest": preview["digest"]}]
        )
        holds(accepted["run"], f"not accepted: {accepted}")
        run = await self.follow(self.approver, accepted["run"]["id"])
        holds(run["state"] == "SUCCEEDED", f"the export ended {run['state']}: {run['items']}")
