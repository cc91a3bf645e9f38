"""The year, month by month: budgets, commitments, change orders, invoices, payments and costs, with what goes wrong on the way."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from hub.demo.ledger import Ledger
from hub.demo.office import Office, Pair
from hub.demo.scene import holds
from hub.demo.screen import Screen
from hub.demo.stack import Stack
from tests.year import balance
from tests.year.balance import Site
from tests.year.desk import Desk

YEAR = 2026
CENT = Decimal("0.01")
RETAINED = Decimal("0.10")
TRADES = ("Concrete", "Steel", "Roofing", "Electrical", "Plumbing", "Glazing", "Paving", "Drywall")
_SITES = ("Pier Shed", "Mill Lofts", "Quarry Road School", "Foundry Hall", "Canal Bridge", "Depot Market")
_WAITING = "linkState: {in: [NOT_SENT, REJECTED, RETRIEVED, UNLINKED]}"


@dataclass
class Contract:
    """A subcontract of the year, with the lines that its invoices bill."""

    number: str
    procore_id: int
    vendor: str  # the ERP's id
    lines: list[Decimal]
    orders: int = 0


@dataclass
class Job:
    """A project of the year."""

    site: Site
    pairs: list[Pair]
    contracts: list[Contract] = field(default_factory=list)


@dataclass
class Bill:
    """An invoice that the ERP still has to pay."""

    vendor: str
    number: str
    due: Decimal


class Year:
    """Plays the year in order; what it makes is the same every time but for ids."""

    def __init__(
        self,
        stack: Stack,
        screen: Screen,
        office: Office,
        ledger: Ledger,
        desks: Mapping[str, Desk],
        seed: int,
    ) -> None:
        self.stack, self.screen, self.office, self.ledger, self.desks = stack, screen, office, ledger, desks
        self.random = Random(seed)
        self.jobs: list[Job] = []
        self.bills: list[Bill] = []
        self.counts: dict[str, int] = dict.fromkeys(
            ("commitments", "change orders", "invoices", "payments", "costs", "crashes", "lost answers"), 0
        )
        self.systems: dict[str, str] = {}
        self._check = 500_000

    @property
    def manager(self) -> Desk:
        return self.desks["project manager"]

    @property
    def approver(self) -> Desk:
        return self.desks["accounting approver"]

    @property
    def administrator(self) -> Desk:
        return self.desks["ERP administrator"]

    async def play(self, jobs: int, contracts: int, months: int) -> None:
        await self.win(jobs)
        await self.open()
        await self.vendors()
        await self.take_jobs(jobs)
        await self.budgets()
        await self.commitments(contracts)
        for month in range(1, months + 1):
            await self.month(month)
        await self.close()

    # --- January, before the work ------------------------------------------------------------------------------------

    async def win(self, jobs: int) -> None:
        """The contractor has won jobs: accounting opens them in the ERP."""
        for place, name in zip(range(1, jobs + 1), _SITES, strict=False):
            entry = {"JobCode": f"26-9{place:02}", "Description": name, "EntityID": "HV01", "Codes": "all"}
            await self.ledger.enter("jobs", entry)

    async def open(self) -> None:
        self.screen.step("Both systems are read for the first time")
        found = (await self.administrator.ask("{ systems { id name role } }"))["systems"]
        self.systems = {system["role"]: system["id"] for system in found}
        for role in ("ERP", "PROJECT_TOOL"):
            run = await self.bring(role)
            self.screen.good(
                f"{role}: {run['recordsRead']} records read, {run['issuesCount']} that do not fit; {run['proof']}"
            )

    async def bring(self, role: str, *resources: str) -> Mapping[str, Any]:
        """An import of one side; all of it where nothing is named."""
        given = {"systemId": self.systems[role], **({"resources": list(resources)} if resources else {})}
        run = await self.administrator.run("importRecords", "ImportRecordsInput", **given)
        holds(run["state"] != "FAILED", f"the import failed: {run['errorMessage']}")
        return run

    async def vendors(self) -> None:
        self.screen.step("Vendors: what is certain is linked, some that are new become companies")
        run = await self.administrator.run("linkAll", "LinkAllInput")
        holds(run["state"] == "SUCCEEDED", f"not linked: {run}")
        self.screen.good(f"{len(run['items'])} vendors are linked to the company of their name")
        fields = "id version name suggestions { score }"
        alone = await self.administrator.every("companies", fields, "linkState: {eq: READY_TO_IMPORT}")
        new = [vendor for vendor in alone if not vendor["suggestions"]]
        items = [{"id": vendor["id"], "expectedVersion": vendor["version"]} for vendor in new[:3]]
        run = await self.administrator.run("addItems", "AddItemsInput", items=items)
        holds(run["state"] == "SUCCEEDED", f"not added: {run}")
        self.screen.good(f"{len(items)} of {len(alone)} vendors that only MRI knew are in Procore now")

    async def take_jobs(self, wanted: int) -> None:
        self.screen.step("Jobs become projects")
        ready = await self.administrator.every(
            "projects", "id version number", "linkState: {eq: READY_TO_IMPORT}"
        )
        ready = sorted((job for job in ready if job["number"].startswith("26-9")), key=lambda j: j["number"])
        holds(len(ready) == wanted, f"{len(ready)} of {wanted} jobs were read")
        items = [{"id": job["id"], "expectedVersion": job["version"]} for job in ready[:wanted]]
        run = await self.administrator.run("addItems", "AddItemsInput", items=items)
        holds(run["state"] == "SUCCEEDED", f"not added: {run}")
        for job in ready[:wanted]:
            shown = (
                await self.administrator.ask(
                    "query($id: ID!) { project(id: $id) { origin { id } } }", id=job["id"]
                )
            )["project"]
            project = int(shown["origin"]["id"])
            await self.office.join(project, self.office.world["projects"][0]["id"])
            self.jobs.append(Job(Site(job["number"], job["id"], project), await self.office.pairs(project)))
            self.screen.good(
                f"{job['number']}: Procore project {project} with {len(self.jobs[-1].pairs)} codes and types"
            )
        await self.bring("PROJECT_TOOL", "member", "project", "project_member", "project_cost_code")

    async def budgets(self) -> None:
        self.screen.step("Budgets: entered, locked, sent, accepted")
        for job in self.jobs:
            chosen = self.random.sample(job.pairs, min(8, len(job.pairs)))
            chosen = await self.office.put_together(job.site.project, chosen)
            await self.office.budget(
                job.site.project, {pair: self.amount(20_000, 400_000) for pair in chosen}
            )
            job.pairs = chosen
        await self.bring("PROJECT_TOOL", "budget")
        await self.export("budgets")
        self.screen.good(f"{len(self.jobs)} original budgets are in MRI")

    async def commitments(self, each: int) -> None:
        self.screen.step("Subcontracts: drafted, approved, sent, accepted")
        companies = await self.administrator.every(
            "companies",
            "name isActiveInErp origin { id } link { externalId }",
            "linkState: {eq: LINKED}, isActive: {eq: true}",
        )
        active = [company for company in companies if company["origin"] and company["isActiveInErp"]]
        linked = sorted(active, key=lambda company: company["link"]["externalId"])
        for job in self.jobs:
            for place in range(1, each + 1):
                company = self.random.choice(linked)
                job.contracts.append(await self._commitment(job, place, company))
        await self.bring("PROJECT_TOOL", "commitment")
        await self.export("commitments")
        self.screen.good(f"{self.counts['commitments']} contracts are in MRI")

    async def _commitment(self, job: Job, place: int, company: Mapping[str, Any]) -> Contract:
        number = f"Y-{job.site.job}-{place}"
        lines = {pair: self.amount(8_000, 90_000) for pair in self.random.sample(job.pairs, 2)}
        title = f"{self.random.choice(TRADES)}, part {place}"
        made = await self.office.commitment(
            job.site.project, number, title, int(company["origin"]["id"]), lines
        )
        self.counts["commitments"] += 1
        return Contract(number, made, company["link"]["externalId"], list(lines.values()))

    # --- month by month ----------------------------------------------------------------------------------------------

    async def month(self, month: int) -> None:
        self.screen.step(f"{calendar.month_name[month]} {YEAR}")
        if month % 3 == 2:
            await self.change_orders(month)
        if month % 6 == 3:
            await self.transfers(month)
        await self.invoices(month)
        await self.pay(month)
        await self.book(month)
        await self.bring("ERP", "payment", "direct_cost")
        self.screen.good(
            f"{self.counts['invoices']} invoices, {self.counts['payments']} payments and {self.counts['costs']} costs so far"
        )

    async def change_orders(self, month: int) -> None:
        for job in self.jobs:
            contract = job.contracts[month % len(job.contracts)]
            contract.orders += 1
            amount = self.amount(500, 6_000) * (-1 if month == 8 else 1)
            number = f"{contract.number}-{contract.orders}"
            lines = [(self.random.choice(job.pairs), amount)]
            await self.office.change_order(
                job.site.project, contract.procore_id, number, f"Change {month}", lines
            )
            contract.lines.append(amount)
            self.counts["change orders"] += 1
        await self.bring("PROJECT_TOOL", "commitment_change_order")
        await self.export("commitmentChangeOrders")

    async def transfers(self, month: int) -> None:
        """Money moves within each budget; each is a revision of its own."""
        for job in self.jobs:
            source, target = job.pairs[0], job.pairs[1]
            await self.office.transfer(
                job.site.project, source, target, self.amount(100, 5_000), f"Transfer of {month}"
            )
        await self.bring("PROJECT_TOOL", "budget", "budget_change")
        waiting = await self.of_the_year("budgetChanges")
        await self.manager.send(waiting)
        for place, item in enumerate(waiting, 1):
            day = f"{YEAR}-{month:02}-{calendar.monthrange(YEAR, month)[1]}"
            typed = {
                "number": str(month * 10 + place),
                "revisionType": "Budget Transfer",
                "revisionDate": day,
            }
            self.exported(await self.approver.accept([item], typed))

    async def invoices(self, month: int) -> None:
        """Every contract is billed; in April a worker dies on the way, in July an answer is lost."""
        last = calendar.monthrange(YEAR, month)[1]
        period = (f"{YEAR}-{month:02}-01", f"{YEAR}-{month:02}-{last:02}")
        bills = []
        for job in self.jobs:
            for contract in job.contracts:
                number = f"{contract.number}/{month:02}"
                billed = [self._part(line) for line in contract.lines]
                await self.office.invoice(job.site.project, contract.procore_id, number, period, billed)
                bills.append(Bill(contract.vendor, number, sum((w - h for w, h in billed), Decimal(0))))
                self.counts["invoices"] += 1
        await self.bring("PROJECT_TOOL", "subcontractor_invoice")
        await self.trouble(month)
        await self.export("subcontractorInvoices")
        self.bills += bills

    def _part(self, line: Decimal) -> tuple[Decimal, Decimal]:
        """A twentieth of a line with its tenth held, to the cent."""
        work = (line / 20).quantize(CENT, ROUND_HALF_UP)
        return work, (work * RETAINED).quantize(CENT, ROUND_HALF_UP)

    async def trouble(self, month: int) -> None:
        if month == 4:
            self.stack.crash_flag.touch()
            self.counts["crashes"] += 1
        if month == 7:
            fault = {
                "match": {"method": "POST", "api": "MRI_S-PMAP_CreateInvoice"},
                "times": 1,
                "fault": "drop_after",
            }
            await self.ledger.enter("faults", fault)
            self.counts["lost answers"] += 1

    async def pay(self, month: int) -> None:
        """The ERP pays what is older than a month: most in full, some in two parts; one check is voided and written anew."""
        day = f"{YEAR}-{month:02}-25"
        due, self.bills = self.bills[: len(self.bills) // 2], self.bills[len(self.bills) // 2 :]
        for place, bill in enumerate(due):
            if bill.due <= 0:
                continue
            await self.ledger.approve(bill.vendor, bill.number)
            part = (bill.due * Decimal("0.6")).quantize(CENT, ROUND_HALF_UP)
            if place % 4 == 3:
                await self._check_for(day, bill, str(part))
                await self._check_for(day, bill, str(bill.due - part))
            else:
                check = await self._check_for(day, bill, None)
                if place == 0:
                    await self.ledger.void(check)
                    await self._check_for(day, bill, None)

    async def _check_for(self, day: str, bill: Bill, amount: str | None) -> str:
        self._check += 1
        await self.ledger.pay(day, str(self._check), bill.vendor, bill.number, amount)
        self.counts["payments"] += 1
        return str(self._check)

    async def book(self, month: int) -> None:
        """Costs without a contract: entries of the journal, one taken back in June, and a vendor's invoice."""
        day = f"{YEAR}-{month:02}-15"
        for job in self.jobs:
            pair, amount = self.random.choice(job.pairs), self.amount(50, 900)
            reference = f"Y{month:02}{job.site.job}"
            await self.ledger.journal(reference, day, job.site.job, pair.code, pair.kind, str(amount))
            if month == 6:
                await self.ledger.journal(
                    f"R{reference}", day, job.site.job, pair.code, pair.kind, str(-amount)
                )
            vendor = job.contracts[0].vendor
            cost = str(self.amount(20, 2_000))
            await self.ledger.payable(vendor, f"B-{reference}", day, job.site.job, pair.code, pair.kind, cost)
            self.counts["costs"] += 3 if month == 6 else 2

    # --- the end of the year -----------------------------------------------------------------------------------------

    async def close(self) -> None:
        self.screen.step("The books are closed: both sides are read once more")
        await self.bring("ERP")
        await self.settle()
        run = await self.bring("PROJECT_TOOL")
        holds(run["proof"] == "PROVEN", f"the last reading is {run['proof']}")

    async def settle(self) -> None:
        """Waits until nothing is left to carry over."""
        await self.administrator.idle()

    async def sides(self, job: Job) -> Sequence[balance.Figures]:
        return [
            await balance.in_the_tool(self.office, job.site),
            await balance.in_the_hub(self.administrator, job.site),
            await balance.in_the_erp(self.ledger, job.site),
        ]

    # --- what is done again and again --------------------------------------------------------------------------------

    def amount(self, low: int, high: int) -> Decimal:
        return Decimal(self.random.randrange(low * 100, high * 100)) / 100

    async def of_the_year(self, plural: str) -> list[str]:
        """The items of the year's projects that wait to be sent."""
        ids = ", ".join(f'"{job.site.item}"' for job in self.jobs)
        found = await self.manager.every(plural, "id", f"{_WAITING}, project: {{in: [{ids}]}}")
        return sorted(item["id"] for item in found)

    async def export(self, plural: str) -> None:
        """Sent by the manager, accepted by the approver; all arrive."""
        waiting = await self.of_the_year(plural)
        holds(waiting, f"there are no {plural} to send")
        await self.manager.send(waiting)
        self.exported(await self.approver.accept(waiting))

    def exported(self, runs: Sequence[Mapping[str, Any]]) -> None:
        for run in runs:
            holds(run["state"] == "SUCCEEDED", f"an export ended {run['state']}: {run['items']}")
