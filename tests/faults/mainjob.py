"""The whole hub as processes, both systems beside it, and commitments to lead through while something dies."""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from hub.core.crash import CrashPoint
from hub.demo.ledger import Ledger
from hub.demo.person import Person
from hub.demo.stack import Stack, worker
from hub.embedded.child import Child

CONTRACTS = "MRI_S-PMJC_Contracts"
# Retries come quickly here: a test waits for what happens, not for the patience of production.
HASTE = {"HUB_RETRY_BASE_SECONDS": "0.2", "HUB_RETRY_CAP_SECONDS": "1", "HUB_SWEEP_SECONDS": "0.5"}
# The next poll for requests of the project tool is always waiting for its time.
OPEN = "state in ('QUEUED', 'RUNNING') and kind <> 'poll_requests'"


@dataclass
class MainJob:
    """The people at the API, the ledger, and the commitments that may be sent."""

    stack: Stack
    people: Mapping[str, Person]
    books: Ledger
    sendable: list[dict[str, Any]] = field(default_factory=list)
    stopped: dict[str, Child] = field(default_factory=dict)

    @property
    def manager(self) -> Person:
        return self.people["project manager"]

    @property
    def approver(self) -> Person:
        return self.people["accounting approver"]

    # --- the way of a commitment -------------------------------------------------------------------------------------

    async def bring_all(self) -> None:
        """Everything from both systems, then the commitments that may be sent."""
        administrator = self.people["ERP administrator"]
        systems = (await administrator.ask("Systems"))["systems"]
        for system in sorted(systems, key=lambda known: known["role"]):
            run = (await administrator.change("ImportRecords", system=system["id"], resources=None))["run"][
                "id"
            ]
            async for state in administrator.follow(run):
                last = state
            assert last["state"] in ("SUCCEEDED", "PARTLY"), last
        found = await self.manager.ask("FindCommitments", first=100, filter={"status": {"eq": "APPROVED"}})
        nodes = found["commitments"]["nodes"]
        self.sendable = [node for node in nodes if node["viewerCan"]["send"]["allowed"]]
        assert len(self.sendable) > 30, len(self.sendable)

    async def sent(self, count: int = 1) -> list[dict[str, Any]]:
        items = [self.sendable.pop() for _ in range(count)]
        wanted = [{"id": item["id"], "expectedVersion": item["version"]} for item in items]
        done = await self.manager.change("SendItems", items=wanted)
        assert done["run"], done
        return [
            {**item, "version": result["item"]["version"], "digest": result["item"]["link"]["digest"]}
            for item, result in zip(items, done["items"], strict=True)
        ]

    async def accept(self, items: Sequence[Mapping[str, Any]]) -> None:
        wanted = [
            {"id": item["id"], "expectedVersion": item["version"], "digest": item["digest"]} for item in items
        ]
        done = await self.approver.change("AcceptItems", items=wanted)
        assert done["run"], done

    async def state(self, item: Mapping[str, Any]) -> str:
        found: str = (await self.approver.ask("Commitment", id=item["id"]))["commitment"]["linkState"]
        return found

    async def all_synced(self, items: Sequence[Mapping[str, Any]], seconds: float = 30) -> None:
        async def there() -> bool:
            return {await self.state(item) for item in items} == {"SYNCED"}

        await until(there, seconds)

    async def attempts(self, item: Mapping[str, Any]) -> list[str]:
        node = (await self.approver.ask("ItemHistory", id=item["id"]))["node"]
        return [tried["state"] for tried in node["attempts"] if tried["system"]["kind"] == "mri"]

    async def once_in_mri(self, items: Sequence[Mapping[str, Any]]) -> None:
        """One contract for each item, and one request that was stored."""
        for item in items:
            key = {"JOBCODE": item["project"]["number"], "CONTRACTNUMBER": item["number"]}
            assert len(await self.books.contracts(**key)) == 1, item["number"]
        log = await self.requests(method="POST")
        stored = [row for row in log if row["outcome"] == "stored"]
        for item in items:
            assert len([row for row in stored if item["number"] in str(row["keys"])]) == 1, item["number"]

    # --- trouble -----------------------------------------------------------------------------------------------------

    async def slow_ledger(self, seconds: float, times: int = 1) -> None:
        """The ledger stores what it is sent and then takes its time to say so."""
        script = {
            "fault": "delay", "times": times, "match": {"method": "POST"}, "params": {"seconds": seconds, "when": "after"},
        }  # fmt: skip
        async with httpx.AsyncClient(base_url=self.stack.mri_url) as http:
            (await http.post("/__control/faults", json=script)).raise_for_status()

    async def requests(self, **filters: str) -> list[dict[str, Any]]:
        async with httpx.AsyncClient(base_url=self.stack.mri_url) as http:
            answer = await http.get("/__control/requests", params={"api": CONTRACTS, **filters})
            found: list[dict[str, Any]] = answer.raise_for_status().json()["requests"]
            return found

    async def writing(self, count: int = 1) -> None:
        """Wait until the ledger has stored so many more documents."""
        before = len([row for row in await self.requests(method="POST") if row["outcome"] == "stored"])

        async def there() -> bool:
            return (
                len([row for row in await self.requests(method="POST") if row["outcome"] == "stored"])
                >= before + count
            )

        await until(there, 30)

    def kill(self, name: str) -> int:
        pid = self.stack.supervisor.pid(name)
        assert pid is not None, f"{name} is not up"
        os.kill(pid, signal.SIGKILL)
        return pid

    async def take_down(self, name: str) -> None:
        """Kill it, and keep it down."""
        supervisor = self.stack.supervisor
        self.stopped[name] = supervisor._keepers[name].child
        self.kill(name)
        await supervisor.stop_child(name)

    async def bring_back(self, name: str) -> None:
        await self.stack.supervisor.start(self.stopped.pop(name))

    async def work_with(
        self, crash_at: CrashPoint = CrashPoint.EXPORT_AFTER_WRITE, *, reported: bool = True
    ) -> None:
        """Replace the worker by a hasty one. Unless `reported`, nobody ends its leases when it dies."""
        supervisor = self.stack.supervisor
        if "worker" in supervisor._keepers:
            await supervisor.stop_child("worker")
        child = worker(self.stack, crash_at)
        child = replace(child, env={**child.env, **HASTE}, on_exit=child.on_exit if reported else None)
        await supervisor.start(child)

    # --- asking ------------------------------------------------------------------------------------------------------

    async def post(self, who: Person, operation: str, **variables: Any) -> httpx.Response | None:
        """One request as it is answered; None where the connection broke."""
        from hub.demo.person import _request

        headers = {"Authorization": f"Bearer {who.key}", "Accept": "application/graphql-response+json"}
        async with httpx.AsyncClient(base_url=self.stack.api_url, timeout=30) as http:
            try:
                return await http.post("/graphql", json=_request(operation, variables), headers=headers)
            except httpx.TransportError:
                return None

    async def value(self, query: str, *args: Any) -> Any:
        """One value of the only account, past the API."""
        account = json.loads((self.stack.folder / "account.json").read_text())["account"]
        connection = await asyncpg.connect(self.stack.settings.url_of("app"))
        try:
            await connection.execute("select set_config('app.account', $1, false)", account)
            return await connection.fetchval(query, *args)
        finally:
            await connection.close()

    async def quiet(self, seconds: float = 40) -> None:
        """Wait until no job is open."""

        async def there() -> bool:
            return bool(await self.value(f"select count(*) = 0 from job where {OPEN}"))

        await until(there, seconds)


async def until(there: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not await there():  # noqa: ASYNC110 - other processes bring it about
            await asyncio.sleep(0.05)


def key() -> str:
    return uuid4().hex
