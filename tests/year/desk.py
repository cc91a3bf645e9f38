"""A person at the hub's public API with documents of their own, and the few things people do there again and again."""

import asyncio
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from hub.demo.person import Refusal
from hub.demo.scene import holds

PATIENCE = 120  # seconds for a run
ENDED = ("SUCCEEDED", "PARTLY", "FAILED")
_RUN = """query($id: ID!) { syncRun(id: $id) { id action state proof recordsRead recordsCreated recordsUpdated issuesCount errorMessage
    items { outcome code message erpMessage } } }"""
_ITEMS = """query($ids: [ID!]!, $entries: EntriesInput) { nodes(ids: $ids) { ... on ErpItem { id version linkState
    preview(entries: $entries) { digest problems { code message field } } viewerCan { send { allowed reasons { code message } } } } } }"""
_RESULT = (
    "run { id } items { item { id linkState } userErrors { code message field } } userErrors { code message }"
)


@dataclass
class Desk:
    """One person with a key."""

    url: str
    name: str
    key: str

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        self._http = httpx.AsyncClient(base_url=self.url, timeout=60, headers=headers)

    async def close(self) -> None:
        await self._http.aclose()

    async def ask(self, text: str, **variables: Any) -> Any:
        answer = await self._http.post("/graphql", json={"query": text, "variables": variables})
        body = answer.json()
        if body.get("errors"):
            raise Refusal(f"{text[:80]}: {json.dumps(body['errors'])[:600]}")
        return body["data"]

    async def every(self, plural: str, fields: str, where: str = "") -> list[dict[str, Any]]:
        """A whole list, page by page. `where` is a filter as it stands in a document."""
        found: list[dict[str, Any]] = []
        after: str | None = None
        chosen = f", filter: {{{where}}}" if where else ""
        page = "pageInfo { hasNextPage endCursor }"
        text = (
            f"query($after: String) {{ page: {plural}(first: 100, after: $after{chosen}) "
            f"{{ {page} nodes {{ {fields} }} }} }}"
        )
        while True:
            page = (await self.ask(text, after=after))["page"]
            found += page["nodes"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return found

    async def change(self, verb: str, kind: str, **given: Any) -> dict[str, Any]:
        """A mutation under a fresh key; its payload."""
        text = f"mutation($input: {kind}!) {{ done: {verb}(input: $input) {{ {_RESULT} }} }}"
        done: dict[str, Any] = (await self.ask(text, input={"idempotencyKey": str(uuid.uuid4()), **given}))[
            "done"
        ]
        return done

    async def run(self, verb: str, kind: str, **given: Any) -> dict[str, Any]:
        """A mutation that must be taken whole, followed to the end of its run."""
        done = await self.change(verb, kind, **given)
        refused = [error for item in done["items"] for error in item["userErrors"]] + done["userErrors"]
        holds(not refused, f"{self.name}: {verb} was refused: {refused}")
        return await self.ended(done["run"]["id"])

    async def ended(self, run: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        try:
            async with asyncio.timeout(PATIENCE):
                while found.get("state") not in ENDED:
                    found = (await self.ask(_RUN, id=run))["syncRun"]
                    await asyncio.sleep(0.1)
        except TimeoutError:
            holds(False, f"a run did not end: {found}")
        return found

    async def idle(self) -> None:
        """Waits until no run of the account is under way and none has begun for a moment."""
        quiet = 0
        async with asyncio.timeout(PATIENCE):
            while quiet < 3:
                await asyncio.sleep(0.5)
                runs = await self.ask("{ syncRuns(first: 20) { nodes { state } } }")
                busy = any(run["state"] in ("QUEUED", "RUNNING") for run in runs["syncRuns"]["nodes"])
                quiet = 0 if busy else quiet + 1

    async def seen(
        self, ids: Sequence[str], entries: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Items as they are now, with what would be sent."""
        found: list[dict[str, Any]] = []
        for start in range(0, len(ids), 100):
            answer = await self.ask(_ITEMS, ids=list(ids[start : start + 100]), entries=entries)
            found += answer["nodes"]
        return found

    async def send(self, ids: Sequence[str]) -> None:
        items = [{"id": item["id"], "expectedVersion": item["version"]} for item in await self.seen(ids)]
        for start in range(0, len(items), 100):
            await self.run("sendItems", "ItemsInput", items=items[start : start + 100])

    async def accept(
        self, ids: Sequence[str], entries: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Accepts what is previewed; the runs of the exports."""
        runs = []
        shown = await self.seen(ids, entries)
        for item in shown:
            holds(item["preview"]["digest"], f"no payload: {item['preview']['problems']}")
        items = [
            {
                "id": item["id"],
                "expectedVersion": item["version"],
                "digest": item["preview"]["digest"],
                **({"entries": dict(entries)} if entries else {}),
            }
            for item in shown
        ]
        for start in range(0, len(items), 100):
            done = await self.change("acceptItems", "AcceptItemsInput", items=items[start : start + 100])
            refused = [error for item in done["items"] for error in item["userErrors"]] + done["userErrors"]
            holds(not refused, f"{self.name}: acceptItems was refused: {refused}")
            runs.append(await self.ended(done["run"]["id"]))
        return runs
