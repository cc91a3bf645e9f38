"""The people of a desk at the API, asking the documents of `graphql/operations`."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from calling import Caller
from desk import Desk, Item
from graphql import GraphQLSchema
from shape import Shape

from hub.access.door import issue_key

FOLDER = Path(__file__).parent.parent.parent / "graphql"
OPERATIONS = {path.stem: path.read_text() for path in sorted((FOLDER / "operations").glob("*.graphql"))}


@dataclass
class Asking:
    """The people of a desk at the API."""

    desk: Desk
    client: httpx.AsyncClient
    schema: GraphQLSchema
    keys: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    async def caller(self, who: str) -> Caller:
        if who not in self.keys:
            async with self.desk.pool.transaction(self.desk.account) as connection:
                member = self.desk.people[who]
                self.keys[who] = await issue_key(
                    connection, self.desk.settings, self.desk.account, member, "test"
                )
        return Caller(self.client, self.keys[who])

    async def __call__(self, who: str, operation: str, **variables: Any) -> Any:
        """The data of the root field, of all where there are several; its shape is checked."""
        text = OPERATIONS[operation]
        answer = await (await self.caller(who)).post(text, variables, operation)
        found = answer.json()
        assert answer.status_code == 200, found
        assert "errors" not in found, found
        Shape(self.schema, text).hold(found["data"])
        self.asked.add(operation)
        data = list(found["data"].values())
        return data[0] if len(data) == 1 else found["data"]

    async def change(self, who: str, operation: str, *items: Item, **each: Any) -> Any:
        """A mutation of items at their current versions, under a fresh key."""
        listed = [
            {"id": item.name, "expectedVersion": await self.desk.version(item), **each} for item in items
        ]
        return await self(who, operation, key=uuid4().hex, items=listed)

    async def follow(self, who: str, run: str) -> list[Any]:
        """The states of a run that has ended, as server-sent events."""
        text = OPERATIONS["RunProgress"]
        answer = await (await self.caller(who)).post(
            text, {"id": run}, "RunProgress", accept="text/event-stream"
        )
        lines = [
            line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: {")
        ]
        bodies = [json.loads(line) for line in lines]
        for body in bodies:
            Shape(self.schema, text).hold(body["data"])
        self.asked.add("RunProgress")
        return [body["data"]["runProgress"] for body in bodies]
