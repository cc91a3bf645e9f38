"""The main job, step by step, through the public API alone; what people do in Procore they do in Procore."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hub.demo.ledger import lines_of
from hub.demo.money import MoneySteps
from hub.demo.scene import holds, named

LONG_TITLE = "Structural concrete, formwork and reinforcement for the east wing"
GOOD_TITLE = "Concrete and formwork, east wing"
BETTER_TITLE = "Concrete, formwork, rebar: east"


class Story(MoneySteps):
    """The steps in order."""

    async def play(self) -> None:
        await self.who_is_who()
        await self.bring_all()
        await self.link_a_company()
        await self.add_a_job()
        contract = await self.draft_a_commitment()
        item = await self.cannot_be_sent(contract)
        await self.mend_and_send(contract, item)
        await self.reject_and_mend(contract, item)
        await self.accept_and_export(contract, item)
        await self.what_each_may_do(item)
        await self.send_a_budget(contract, item)
        await self.send_a_change_order(contract, item)
        await self.invoice_and_pay(contract, item)
        await self.survive_a_crash()
        await self.sum_up()

    async def who_is_who(self) -> None:
        self.screen.step("Five people, five keys")
        for title, person in self.people.items():
            viewer = (await person.ask("Viewer"))["viewer"]
            self.screen.fact(f"{viewer['name']} ({title})")

    async def bring_all(self) -> None:
        self.screen.step("Import from both systems")
        systems = (await self.administrator.ask("Systems"))["systems"]
        for system in sorted(systems, key=lambda known: known["role"]):
            run = await self.bring(system["id"])
            self.screen.good(
                f"{system['name']}: {run['recordsRead']} records read, {run['recordsCreated']} new, {run['recordsUpdated']} changed,"
                f" {run['issuesCount']} that do not fit; {run['proof']}"
            )

    async def link_a_company(self) -> None:
        self.screen.step("A vendor of MRI is linked to the company it is")
        found = (await self.administrator.ask("CompaniesToLink"))["companies"]
        suggested = next((node for node in found["nodes"] if _certain(node)), None)
        if suggested is None:
            self.screen.fact(
                "every vendor with one likely company is linked already, from earlier demonstrations"
            )
            return
        company = _certain(suggested)[0]["company"]
        self.screen.fact(f"{found['totalCount']} vendors are known to MRI alone")
        self.screen.fact(
            f"{suggested['link']['externalId']} {suggested['name']!r} may be {company['name']!r} in {company['city']}"
        )
        item = {"id": suggested["id"], "expectedVersion": suggested["version"], "targetId": company["id"]}
        refused = await self.people["read-only user"].change("LinkItems", items=[item])
        holds(refused["items"][0]["userErrors"], "a read-only user could link")
        self.screen.refused(f"read-only user: {refused['items'][0]['userErrors'][0]['message']}")
        linked = await self.administrator.change("LinkItems", items=[item])
        holds(linked["run"], f"not linked: {linked}")
        run = await self.follow(self.administrator, linked["run"]["id"])
        holds(run["state"] == "SUCCEEDED", f"Procore was not told: {run}")
        self.screen.good(f"linked: {linked['items'][0]['item']['link']['externalId']}, and Procore knows it")

    async def add_a_job(self) -> None:
        self.screen.step("A job of MRI becomes a project in Procore")
        jobs = (await self.administrator.ask("JobsToAdd"))["projects"]["nodes"]
        if not jobs:
            self.screen.fact("every job is a project already, from earlier demonstrations")
            return
        job = jobs[0]
        self.screen.fact(f"job {job['number']} {job['name']!r} with {len(job['costCodes'])} codes and types")
        payload = await self.administrator.change(
            "AddItems", items=[{"id": job["id"], "expectedVersion": job["version"]}]
        )
        holds(payload["run"], f"not added: {payload}")
        run = await self.follow(self.administrator, payload["run"]["id"])
        holds(run["state"] == "SUCCEEDED", f"not added: {run}")
        project = (await self.administrator.ask("Project", id=job["id"]))["project"]
        holds(project["linkState"] == "LINKED" and project["origin"], f"the project is not linked: {project}")
        there = await self.procore.get(
            "/rest/v1.0/cost_codes", project_id=project["origin"]["id"], per_page=1000
        )
        self.screen.good(
            f"Procore project {project['origin']['id']} with {len(there)} cost codes; linked to job {job['number']}"
        )

    async def draft_a_commitment(self) -> Mapping[str, Any]:
        self.screen.step("Paula drafts a subcontract in Procore")
        good = await self.good_one()
        project = str(good["project_id"])
        number = f"D-{uuid.uuid4().hex[:6].upper()}"
        vendor = (await self.procore.contract(project, str(good["id"])))["vendor"]["id"]
        made = await self.procore.create_contract(
            project,
            {
                "number": number,
                "title": LONG_TITLE,
                "status": "Draft",
                "vendor_id": vendor,
                "retainage_percent": "10.00",
            },
        )
        self.screen.fact(
            f"{number} on job {good['job_code']}: {LONG_TITLE!r}, status Draft, no dates, no lines"
        )
        return {
            "id": str(made["id"]),
            "project": project,
            "job": good["job_code"],
            "number": number,
            "twin": good,
        }

    async def cannot_be_sent(self, contract: Mapping[str, Any]) -> Mapping[str, Any]:
        self.screen.step("It cannot be sent, and the hub says all that is missing at once")
        await self.bring_commitments()
        item = await self.find(contract["number"], contract["id"])
        assert item is not None, "the contract was not imported"
        shown = (await self.manager.ask("Commitment", id=item["id"]))["commitment"]
        reasons = shown["viewerCan"]["send"]["reasons"]
        holds(not shown["viewerCan"]["send"]["allowed"] and len(reasons) >= 4, f"too few reasons: {reasons}")
        for reason in reasons:
            self.screen.refused(f"{reason['code']}: {reason['message']} {reason['remedy']}")
        refused = await self.manager.change("SendItems", items=[named(item)])
        codes = [error["code"] for error in refused["items"][0]["userErrors"]]
        holds(
            codes == [reason["code"] for reason in reasons], "the mutation gave other reasons than viewerCan"
        )
        self.screen.good("sendItems refuses with the same reasons; nothing was written")
        return item

    async def mend_and_send(self, contract: Mapping[str, Any], item: Mapping[str, Any]) -> None:
        self.screen.step("Mended in Procore, imported, sent")
        project, id_ = contract["project"], contract["id"]
        twin = await self.procore.contract(project, str(contract["twin"]["id"]))
        lines = [line for line in twin["line_items"] if Decimal(str(line["amount"])) > 0][:2]
        for number, line in enumerate(lines, 1):
            await self.procore.add_line(
                project,
                id_,
                {
                    "description": f"Part {number}",
                    "amount": f"{12500 * number}.50",
                    "cost_code_id": line["cost_code"]["id"],
                    "line_item_type_id": line["line_item_type"]["id"],
                },
            )
        dates = {"contract_date": "2026-03-01", "contract_start_date": "2026-03-15"}
        await self.procore.change_contract(project, id_, {"title": GOOD_TITLE, "status": "Approved", **dates})
        await self.bring_commitments()
        current = await self.current(item)
        holds(
            current["viewerCan"]["send"]["allowed"],
            f"still not sendable: {current['viewerCan']['send']['reasons']}",
        )
        stale = await self.manager.change("SendItems", items=[{"id": item["id"], "expectedVersion": 1}])
        self.screen.refused(f"with an old version: {stale['items'][0]['userErrors'][0]['message']}")
        await self.send(current)

    async def reject_and_mend(self, contract: Mapping[str, Any], item: Mapping[str, Any]) -> None:
        self.screen.step("Ana previews what would leave, rejects with a comment; Paula mends and sends again")
        preview = await self.preview(item)
        self.screen.document("the request that would leave", preview["payload"]["steps"][0]["body"])
        current = await self.current(item, self.approver)
        rejected = await self.approver.change(
            "RejectItems", items=[{**named(current), "comment": "Please name the rebar in the title."}]
        )
        holds(rejected["items"][0]["item"]["linkState"] == "REJECTED", f"not rejected: {rejected}")
        self.screen.refused("Ana: Please name the rebar in the title.")
        await self.procore.change_contract(contract["project"], contract["id"], {"title": BETTER_TITLE})
        await self.bring_commitments()
        current = await self.current(item)
        holds(current["title"] == BETTER_TITLE, "the mended title did not arrive")
        await self.send(current)

    async def accept_and_export(self, contract: Mapping[str, Any], item: Mapping[str, Any]) -> None:
        self.screen.step("Ana accepts exactly that payload; the hub exports it")
        current = await self.current(item, self.approver)
        forged = await self.approver.change("AcceptItems", items=[{**named(current), "digest": "0" * 64}])
        self.screen.refused(f"with another digest: {forged['items'][0]['userErrors'][0]['code']}")
        run = await self.follow(self.approver, await self.accept(item))
        holds(run["state"] == "SUCCEEDED", f"the export ended {run['state']}: {run['items']}")
        current = await self.current(item)
        holds(current["linkState"] == "SYNCED", f"the item is {current['linkState']}")
        self.approved.append((contract["job"], contract["number"]))
        self.screen.good(f"{current['number']} is SYNCED as {current['link']['externalId']}")
        [there] = await self.books.contracts(JOBCODE=contract["job"], CONTRACTNUMBER=contract["number"])
        self.screen.document("MRI's own answer", there)
        await self._marked(contract)

    async def _marked(self, contract: Mapping[str, Any]) -> None:
        async def told() -> bool:
            return bool((await self.procore.contract(contract["project"], contract["id"])).get("origin_id"))

        await self.until(told, "Procore was not told of the link")
        seen = await self.procore.contract(contract["project"], contract["id"])
        self.screen.good(
            f"Procore's external data: origin_id {seen['origin_id']}, origin_code {seen.get('origin_code')}"
        )

    async def what_each_may_do(self, item: Mapping[str, Any]) -> None:
        self.screen.step("What each of the five may do with it now")
        actions = ("send", "retrieve", "accept", "reject", "unlink")
        rows = []
        for title, person in self.people.items():
            shown = await self.current(item, person)
            can = shown["viewerCan"]
            rows.append(
                (
                    title,
                    *(
                        "yes" if can[action]["allowed"] else can[action]["reasons"][0]["code"]
                        for action in actions
                    ),
                )
            )
        self.screen.table("viewerCan", ("", *actions), rows)

    async def survive_a_crash(self) -> None:
        self.screen.step("The worker is killed with -9 between MRI's write and our commit")
        good = await self.good_one()
        item, number = good["item"], good["number"]
        await self.send(item)
        before = self.stack.supervisor.pid("worker")
        self.stack.crash_flag.touch()
        run_id = await self.accept(item)
        run = await self.follow(self.approver, run_id)
        after = self.stack.supervisor.pid("worker")
        holds(not self.stack.crash_flag.exists() and before != after, "the worker did not die")
        self.screen.fact(f"worker {before} died after MRI had stored {number}; worker {after} took over")
        holds(run["state"] == "SUCCEEDED", f"the export ended {run['state']}: {run['items']}")
        self.approved.append((good["job_code"], number))
        history = (await self.approver.ask("ItemHistory", id=item["id"]))["node"]
        tries = [attempt for attempt in history["attempts"] if attempt["system"]["kind"] == "mri"]
        self.screen.table(
            "Our attempts",
            ("step", "state", "read-backs", "digest"),
            [
                (known["step"], known["state"], known["readBacks"], known["requestDigest"][:16])
                for known in tries
            ],
        )
        log = await self.books.log(number)
        self.screen.table(
            "MRI's own log",
            ("method", "outcome", "status"),
            [(row.get("method"), row.get("outcome"), row.get("status")) for row in log],
        )
        posts = [row for row in log if row.get("method") == "POST"]
        there = await self.books.contracts(JOBCODE=good["job_code"], CONTRACTNUMBER=number)
        holds(len(there) == 1 and len(posts) == 1, f"{len(there)} contracts, {len(posts)} POSTs")
        holds(
            len(tries) == 1 and tries[0]["state"] == "PRESENT" and tries[0]["readBacks"] == 1,
            f"attempts: {tries}",
        )
        self.screen.good("one contract, one POST, one read-back")

    async def sum_up(self) -> None:
        self.screen.step("The books")
        there = await self.books.contracts()
        keys = [(contract["JobCode"], contract["ContractNumber"]) for contract in there]
        duplicates = len(keys) - len(set(keys))
        for contract in there:
            total = sum((Decimal(line["Amount"]) for line in lines_of(contract)), Decimal(0))
            holds(
                total == Decimal(contract["OriginalAmount"]),
                f"{contract['ContractNumber']}: lines sum to {total}",
            )
        synced = await self.synced()
        holds(set(self.approved) <= set(keys), f"MRI holds {keys}, approved were {self.approved}")
        holds(
            duplicates == 0 and sorted(f"{job}/{number}" for job, number in keys) == synced,
            f"MRI holds {keys}, the hub {synced}",
        )
        activity = (await self.administrator.ask("Activity"))["activity"]
        self.figures = {
            "contracts_in_mri": len(there),
            "duplicates": duplicates,
            "jobs": activity["jobs"],
            "attempts": activity["attempts"],
            "events": activity["events"],
            "sealed_events": activity["sealedEvents"],
        }
        self.screen.good(
            f"MRI holds exactly the {len(there)} contracts that were approved, each with lines that sum to its amount"
        )


def _certain(vendor: Any) -> list[Any]:
    """Suggestions of the vendor's own name that nothing speaks against; one alone is taken."""
    found = [
        each
        for each in vendor["suggestions"]
        if each["isExact"] and not {"INACTIVE", "ALREADY_LINKED"} & set(each["reasonsAgainst"])
    ]
    return found if len(found) == 1 else []
