"""A person at the public API: a bearer key and the documents of `graphql/operations`."""

import json
import uuid
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx

OPERATIONS = Path(__file__).parent.parent.parent / "graphql" / "operations"


class Refusal(RuntimeError):
    """The API answered with errors where the story expects none."""


class Person:
    """Somebody with a key."""

    def __init__(self, url: str, name: str, key: str) -> None:
        self.name, self.key = name, key
        self._http = httpx.AsyncClient(base_url=url, timeout=60, headers={"Authorization": f"Bearer {key}"})

    async def close(self) -> None:
        await self._http.aclose()

    async def ask(self, operation: str, **variables: Any) -> dict[str, Any]:
        """Runs a named operation and returns its data."""
        answer = await self._http.post("/graphql", json=_request(operation, variables))
        body = answer.json()
        if body.get("errors"):
            raise Refusal(f"{operation}: {json.dumps(body['errors'])[:500]}")
        data: dict[str, Any] = body["data"]
        return data

    async def change(self, operation: str, **variables: Any) -> dict[str, Any]:
        """Runs a mutation under a fresh key and returns its payload."""
        data = await self.ask(operation, key=str(uuid.uuid4()), **variables)
        payload: dict[str, Any] = next(iter(data.values()))
        return payload

    async def follow(self, run: str) -> AsyncIterator[dict[str, Any]]:
        """The states of a run as they come, by server-sent events, until it ends."""
        headers = {"Accept": "text/event-stream"}
        async with self._http.stream(
            "POST", "/graphql", json=_request("RunProgress", {"id": run}), headers=headers, timeout=300
        ) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data: ") and len(line) > len("data: "):
                    body = json.loads(line.removeprefix("data: "))
                    if body.get("errors"):
                        raise Refusal(f"RunProgress: {body['errors']}")
                    yield body["data"]["runProgress"]


def _request(operation: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    text = (OPERATIONS / f"{operation}.graphql").read_text()
    return {"query": text, "operationName": operation, "variables": dict(variables)}
