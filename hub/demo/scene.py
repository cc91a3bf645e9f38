"""What the steps of the story are made of: the people, the two systems, and the few things people do again and again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hub.demo.account import PEOPLE, READER, mri_credentials
from hub.demo.ledger import Ledger
from hub.demo.office import Office
from hub.demo.person import Person
from hub.demo.screen import Screen
from hub.demo.stack import Stack


class DidNotHold(RuntimeError):
    """A step did not come out as told."""


def holds(condition: object, words: str) -> None:
    if not condition:
        raise DidNotHold(words)


@dataclass
class Scene:
    """The people, the two systems, and what was made on the way."""

    stack: Stack
    screen: Screen
    procore: Office
    books: Ledger
    people: Mapping[str, Person]
    approved: list[tuple[str, str]] = field(default_factory=list)  # job code and contract number
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def manager(self) -> Person:
        return self.people["project manager"]

    @property
    def approver(self) -> Person:
        return self.people["accounting approver"]

    @property
    def administrator(self) -> Person:
        return self.people["ERP administrator"]

    async def bring(self, system: str, *resources: str) -> Mapping[str, Any]:
        """An import by the administrator, followed to its end."""
        payload = await self.administrator.change(
            "ImportRecords", system=system, resources=list(resources) or None
        )
        holds(not payload["userErrors"], f"the import was refused: {payload['userErrors']}")
        run = await self.follow(self.administrator, payload["run"]["id"])
        holds(
            run["state"] in ("SUCCEEDED", "PARTLY"), f"the import ended {run['state']}: {run['errorMessage']}"
        )
        return run

    async def system(self, role: str) -> Mapping[str, Any]:
        systems = (await self.administrator.ask("Systems"))["systems"]
        found: Mapping[str, Any] = next(system for system in systems if system["role"] == role)
        return found

    async def bring_from_tool(self, *resources: str) -> None:
        await self.bring((await self.system("PROJECT_TOOL"))["id"], *resources)

    async def bring_commitments(self) -> None:
        await self.bring_from_tool("commitment")

    async def until(self, true: Callable[[], Awaitable[bool]], words: str) -> None:
        """Waits for what a background job brings about."""
        for _ in range(200):
            if await true():
                return
            await asyncio.sleep(0.1)
        raise DidNotHold(words)

    async def follow(self, person: Person, run: str) -> Mapping[str, Any]:
        """Shows a run's steps as they come, and returns its end."""
        last: Mapping[str, Any] = {}
        shown = None
        async for state in person.follow(run):
            if state["step"] and state["step"] != shown:
                shown = state["step"]
                self.screen.progress(shown)
            last = state
        return last

    async def find(self, number: str, origin: str) -> Mapping[str, Any] | None:
        found = await self.manager.ask("FindCommitments", filter={"number": {"eq": number}})
        nodes: list[dict[str, Any]] = found["commitments"]["nodes"]
        return next((node for node in nodes if node["origin"]["id"] == origin), None)

    async def current(self, item: Mapping[str, Any], person: Person | None = None) -> dict[str, Any]:
        found: dict[str, Any] = (await (person or self.manager).ask("Commitment", id=item["id"]))[
            "commitment"
        ]
        return found

    async def send(self, item: Mapping[str, Any]) -> None:
        sent = await self.manager.change("SendItems", items=[named(item)])
        holds(sent["run"], f"not sent: {sent}")
        now = sent["items"][0]["item"]
        self.screen.good(
            f"{item['number']} is {now['linkState']}; its payload has the digest {(now['link']['digest'] or '')[:16]}…"
        )

    async def preview(self, item: Mapping[str, Any], **entries: str) -> dict[str, Any]:
        found: dict[str, Any] = (
            await self.approver.ask("PreviewCommitment", id=item["id"], entries=entries or None)
        )["commitment"]["preview"]
        holds(found["digest"], f"no payload can be made: {found['problems']}")
        return found

    async def accept(self, item: Mapping[str, Any]) -> str:
        """Ana accepts exactly what she has previewed; returns the run."""
        preview = await self.preview(item)
        current = await self.current(item, self.approver)
        accepted = await self.approver.change(
            "AcceptItems", items=[{**named(current), "digest": preview["digest"]}]
        )
        holds(accepted["run"], f"not accepted: {accepted}")
        run: str = accepted["run"]["id"]
        return run

    async def good_one(self) -> Mapping[str, Any]:
        """A seeded contract that breaks no rule and was not sent yet."""
        for contract in self.stack.world["contracts"]:
            if (
                contract["kind"] == "work_order_contract"
                and not contract["broken"]
                and Decimal(contract["total"]) > 0
            ):
                item = await self.find(contract["number"], str(contract["id"]))
                if item and item["linkState"] == "NOT_SENT" and item["viewerCan"]["send"]["allowed"]:
                    return {**contract, "item": item}
        raise DidNotHold("no contract is left that could be sent; begin anew with --fresh")

    async def synced(self) -> list[str]:
        """The ERP's ids of all commitments that the hub holds to be synced."""
        found = await self.administrator.ask(
            "FindCommitments", first=100, filter={"linkState": {"eq": "SYNCED"}}
        )
        return sorted(node["link"]["externalId"] for node in found["commitments"]["nodes"])


def named(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": item["id"], "expectedVersion": item["version"]}


def cast(stack: Stack) -> dict[str, Person]:
    """The five people by title."""
    return {title: Person(stack.api_url, title, stack.keys[title]) for title in (*PEOPLE.values(), READER)}


def books(stack: Stack) -> Ledger:
    return Ledger(stack.mri_url, mri_credentials())
