"""Subscriptions as event streams: in the distinct-connections mode of GraphQL over server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from hub.access import door
from hub.access.door import issue_key

PROGRESS = "subscription ($id: ID!) { runProgress(id: $id) { state step } }"


class Stream:
    """The events of one answer, one by one."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer, self.blocks = answer, self._blocks(answer)

    @staticmethod
    async def _blocks(answer: httpx.Response) -> AsyncIterator[str]:
        rest = ""
        async for text in answer.aiter_text():
            *whole, rest = (rest + text).split("\n\n")
            for block in whole:
                yield block
        assert rest == ""

    async def next(self) -> tuple[str, Any]:
        """Kind and data of the next event; signs of life are passed over."""
        async with asyncio.timeout(20):
            block = await anext(self.blocks)
            while block == ":":
                block = await anext(self.blocks)
        assert "\r" not in block
        kind, data = block.split("\n")
        text = data.removeprefix("data: ")
        return kind.removeprefix("event: "), json.loads(text) if text else None


@asynccontextmanager
async def streaming(
    address: str, key: str, query: str, accept: str = "text/event-stream", **variables: Any
) -> AsyncIterator[Stream]:
    headers = {"Authorization": f"Bearer {key}", "Accept": accept}
    async with (
        httpx.AsyncClient(base_url=f"http://{address}", trust_env=False, timeout=20) as client,
        client.stream(
            "POST", "/graphql", json={"query": query, "variables": variables}, headers=headers
        ) as answer,
    ):
        yield Stream(answer)


async def test_a_run_is_told_at_once_on_each_change_and_to_its_end(address, who, run):
    async with streaming(address, who.keys["approver"], PROGRESS, id=run.id) as stream:
        assert stream.answer.status_code == 200
        assert stream.answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.answer.headers["cache-control"] == "no-store"
        first = await stream.next()
        await run.set(step="halfway")
        second = await stream.next()
        await run.end()
        third, last = await stream.next(), await stream.next()

    assert first == ("next", {"data": {"runProgress": {"state": "RUNNING", "step": None}}})
    assert second == ("next", {"data": {"runProgress": {"state": "RUNNING", "step": "halfway"}}})
    assert third[1]["data"]["runProgress"]["state"] == "SUCCEEDED"
    assert last == ("complete", None)


async def test_a_query_is_a_stream_of_one_event(address, who):
    async with streaming(address, who.keys["approver"], "{ viewer { name } }") as stream:
        assert await stream.next() == (
            "next",
            {"data": {"viewer": {"name": "Ana Ruiz"}}, "extensions": {"cost": {"rows": 1}}},
        )
        assert await stream.next() == ("complete", None)


async def test_a_run_by_a_bad_id_is_told_and_ended(address, who):
    async with streaming(address, who.keys["approver"], PROGRESS, id="x") as stream:
        kind, told = await stream.next()
        assert (kind, told["errors"][0]["extensions"]["code"]) == ("next", "BAD_ID")
        assert await stream.next() == ("complete", None)


async def test_what_cannot_begin_is_refused_with_its_status(address, who):
    async with streaming(address, who.keys["approver"], "subscription { nothing }") as stream:
        await stream.answer.aread()

    assert stream.answer.status_code == 422
    assert stream.answer.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    assert stream.answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize(
    "accept",
    ["application/json, text/event-stream", "text/event-stream, */*", "application/graphql-response+json"],
)
async def test_a_subscription_needs_a_stream(address, who, run, accept):
    async with streaming(address, who.keys["approver"], PROGRESS, accept, id=run.id) as stream:
        await stream.answer.aread()

    assert stream.answer.status_code == 422
    assert stream.answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_quiet_stream_shows_life(hasty, who, run):
    async with streaming(hasty, who.keys["approver"], PROGRESS, id=run.id) as stream:
        await stream.next()
        assert [await anext(stream.blocks) for _ in range(3)] == [":", ":", ":"]
        await run.end()
        assert (await stream.next())[1]["data"]["runProgress"]["state"] == "SUCCEEDED"


async def test_a_key_that_is_revoked_ends_it(hasty, who, run, app_pool, hub_settings, monkeypatch):
    monkeypatch.setattr(door, "KEPT_SECONDS", 0.0)
    async with app_pool.transaction(who.account) as connection:
        key = await issue_key(
            connection, hub_settings, who.account, who.members["approver"], "to end a stream"
        )
    async with streaming(hasty, key, PROGRESS, id=run.id) as stream:
        await stream.next()
        async with app_pool.transaction(who.account) as connection:
            await connection.execute(
                "update api_key set revoked_at = now() where account_id = $1 and label = 'to end a stream'",
                who.account,
            )
        kind, told = await stream.next()
        assert (kind, told["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
        assert await stream.next() == ("complete", None)


async def test_a_client_that_leaves_ends_the_reading(address, who, run):
    async with streaming(address, who.keys["approver"], PROGRESS, id=run.id) as stream:
        await stream.next()
        following = [task for task in asyncio.all_tasks() if task.get_name() == "next event"]

    assert following
    _, left = await asyncio.wait(following, timeout=20)
    assert not left
