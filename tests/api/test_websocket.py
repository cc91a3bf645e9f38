"""graphql-transport-ws against a real server: a conversation in order, and how each breach of the protocol ends it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from runs import Run
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from hub.access import door
from hub.access.door import issue_key

PROTOCOL = "graphql-transport-ws"
PROGRESS = "subscription ($id: ID!) { runProgress(id: $id) { id state step itemsDone requestedBy { name } } }"


class Talk:
    """One side of a conversation."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, *messages: Any) -> None:
        for message in messages:
            await self.socket.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def hear(self) -> Any:
        async with asyncio.timeout(20):
            return json.loads(await self.socket.recv())

    async def greet(self, key: str | None) -> None:
        payload = {} if key is None else {"authorization": f"Bearer {key}"}
        await self.say({"type": "connection_init", "payload": payload})
        assert await self.hear() == {"type": "connection_ack"}

    async def end(self) -> int:
        """The code that the server closes with; messages before it are dropped."""
        async with asyncio.timeout(20):
            while True:
                try:
                    await self.socket.recv()
                except ConnectionClosed as closed:
                    return closed.rcvd.code if closed.rcvd else 0


@asynccontextmanager
async def talking(address: str, key: str | None = None, **options: Any) -> AsyncIterator[Talk]:
    options = {"subprotocols": [PROTOCOL], **options}
    async with connect(f"ws://{address}/graphql", proxy=None, **options) as socket:
        talk = Talk(socket)
        if key is not None:
            await talk.greet(key)
        yield talk


def ask(id_: str, query: str, **variables: Any) -> dict[str, Any]:
    return {"type": "subscribe", "id": id_, "payload": {"query": query, "variables": variables}}


# --- a conversation ---------------------------------------------------------------------------------------------------


async def test_a_run_is_told_at_once_on_each_change_and_to_its_end(address, who, run):
    async with talking(address, who.keys["approver"]) as talk:
        await talk.say(ask("1", PROGRESS, id=run.id))
        first = await talk.hear()
        await run.set(step="halfway", items_done=3)
        second = await talk.hear()
        await run.end()
        third, last = await talk.hear(), await talk.hear()

    shown = {
        "id": run.id,
        "state": "RUNNING",
        "step": None,
        "itemsDone": 0,
        "requestedBy": {"name": "Ana Ruiz"},
    }
    assert first == {"type": "next", "id": "1", "payload": {"data": {"runProgress": shown}}}
    assert second["payload"]["data"]["runProgress"] == shown | {"step": "halfway", "itemsDone": 3}
    assert third["payload"]["data"]["runProgress"]["state"] == "SUCCEEDED"
    assert last == {"type": "complete", "id": "1"}


async def test_the_key_may_come_as_a_header(address, who):
    async with talking(
        address, additional_headers={"Authorization": f"Bearer {who.keys['approver']}"}
    ) as talk:
        await talk.greet(None)
        await talk.say(ask("a", "{ viewer { name } }"))
        assert (await talk.hear())["payload"]["data"] == {"viewer": {"name": "Ana Ruiz"}}


async def test_queries_are_answered_with_one_message_and_the_end(address, who):
    async with talking(address, who.keys["approver"]) as talk:
        await talk.say(ask("q", "query ($n: Int) { costTypes(first: $n) { nodes { code } } }", n=1))
        assert await talk.hear() == {
            "type": "next",
            "id": "q",
            "payload": {
                "data": {"costTypes": {"nodes": [{"code": "M"}]}},
                "extensions": {"cost": {"rows": 2}},
            },
        }
        assert await talk.hear() == {"type": "complete", "id": "q"}
        await talk.say(ask("q", "{ __typename }"))  # the id is free again
        assert (await talk.hear())["type"] == "next"


async def test_mutations_are_carried_out(address, who):
    text = 'mutation { sendItems(input: {idempotencyKey: "ws", items: [{id: "x", expectedVersion: 1}]}) { items { userErrors { code } } } }'
    async with talking(address, who.keys["approver"]) as talk:
        await talk.say(ask("m", text))
        answer = await talk.hear()

    assert answer["payload"]["data"] == {"sendItems": {"items": [{"userErrors": [{"code": "BAD_ID"}]}]}}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ viewer {", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { runProgress(id: $x) { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription ($id: ID!) { runProgress(id: $id) { id } }", "BAD_VARIABLES"),
        ("{ commitments(first: 0) { totalCount } }", "BAD_PAGE"),
        ("query A { __typename } query B { __typename }", "OPERATION_AMBIGUOUS"),
    ],
)
async def test_what_cannot_begin_is_an_error_and_the_conversation_goes_on(address, who, query, code):
    async with talking(address, who.keys["approver"]) as talk:
        await talk.say(ask("e", query))
        answer = await talk.hear()
        await talk.say({"type": "ping"})
        assert await talk.hear() == {"type": "pong"}

    assert (answer["type"], answer["id"]) == ("error", "e")
    assert {error["extensions"]["code"] for error in answer["payload"]} == {code}


@pytest.mark.parametrize("id_", ["x", "cmt_019b8e07-4c74-78d8-ba0e-ceacac153076"])
async def test_a_run_by_a_bad_id_is_told_and_ended(address, who, id_):
    async with talking(address, who.keys["approver"]) as talk:
        await talk.say(ask("e", PROGRESS, id=id_))
        answer, last = await talk.hear(), await talk.hear()

    assert answer["payload"]["errors"][0]["extensions"]["code"] == "BAD_ID"
    assert last == {"type": "complete", "id": "e"}


async def test_a_run_of_another_account_is_that_of_none(address, who, ours, app_pool):
    run = await Run.begin(app_pool, who)
    async with talking(address, ours.keys["erp_administrator"]) as talk:
        heard = []
        for id_ in (run.id, "run_00000000-0000-7000-8000-000000000000"):
            await talk.say(ask("e", PROGRESS, id=id_))
            heard.append((await talk.hear(), await talk.hear()))

    assert heard[0] == heard[1]
    assert heard[0][0]["payload"]["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_a_run_that_one_may_not_see_is_not_told(address, who, run):
    async with talking(address, who.keys["project_manager"]) as talk:
        await talk.say(ask("e", PROGRESS, id=run.id))
        assert (await talk.hear())["payload"]["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_after_complete_nothing_more_is_told(address, who, run):
    async with talking(address, who.keys["approver"]) as talk:
        await talk.say(ask("1", PROGRESS, id=run.id))
        await talk.hear()
        await talk.say({"type": "complete", "id": "1"}, {"type": "complete", "id": "unknown"})
        await talk.say({"type": "ping"})
        assert await talk.hear() == {"type": "pong"}
        await run.end()
        await talk.say(ask("1", "{ __typename }"))
        assert (await talk.hear())["payload"]["data"] == {"__typename": "Query"}


async def test_operations_run_side_by_side(address, who, app_pool):
    runs = [await Run.begin(app_pool, who) for _ in range(3)]
    async with talking(address, who.keys["approver"]) as talk:
        await talk.say(*(ask(str(n), PROGRESS, id=run.id) for n, run in enumerate(runs)))
        assert {(await talk.hear())["id"] for _ in runs} == {"0", "1", "2"}
        await runs[1].end()
        assert [(await talk.hear())["id"], (await talk.hear())["type"]] == ["1", "complete"]


async def test_twenty_at_once_and_no_more(address, who, run):
    async with talking(address, who.keys["approver"]) as talk:
        await talk.say(*(ask(str(n), PROGRESS, id=run.id) for n in range(21)))
        heard = [await talk.hear() for _ in range(21)]

    refused = [message for message in heard if message["type"] == "error"]
    assert [message["id"] for message in refused] == ["20"]
    assert refused[0]["payload"][0]["extensions"]["code"] == "COST_LIMIT"


async def test_what_goes_wrong_on_our_side_is_masked(address, who, run, application, monkeypatch):
    async def broken(*_: object, **__: object) -> Any:
        raise ValueError("a secret")

    monkeypatch.setattr(application.state.engine, "load", broken)
    async with talking(address, who.keys["approver"]) as talk:
        await talk.say(ask("1", PROGRESS, id=run.id))
        answer = await talk.hear()

    assert answer["payload"]["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "secret" not in json.dumps(answer)


# --- how it ends ------------------------------------------------------------------------------------------------------

DEEP = '{"type": "ping", "payload": ' + "[" * 200 + "]" * 200 + "}"


@pytest.mark.parametrize(
    "message",
    [
        "no json",
        "null",
        "[]",
        '"ping"',
        "{}",
        '{"type": null}',
        '{"type": "start", "id": "1"}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{ __typename }"}}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{ __typename }"}}',
        '{"type": "subscribe", "id": "1", "payload": "x"}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "variables": []}}',
        '{"type": "complete"}',
        '{"type": "complete", "id": []}',
        b"\x00\x01",
        DEEP,
    ],
    ids=lambda message: str(message)[:60],
)
async def test_a_message_that_is_none_ends_it(address, who, message):
    async with talking(address, who.keys["approver"]) as talk:
        await talk.say(message)
        assert await talk.end() == 4400


async def test_a_greeting_that_is_no_object_ends_it(address):
    async with talking(address) as talk:
        await talk.say({"type": "connection_init", "payload": "x"})
        assert await talk.end() == 4400


async def test_asking_before_the_greeting_ends_it(address):
    async with talking(address) as talk:
        await talk.say(ask("1", "{ __typename }"))
        assert await talk.end() == 4401


@pytest.mark.parametrize(
    "payload", [None, {}, {"authorization": "Bearer x"}, {"authorization": 5}, {"Authorization": None}]
)
async def test_a_greeting_without_a_good_key_ends_it(address, payload):
    async with talking(address) as talk:
        await talk.say({"type": "connection_init", "payload": payload})
        assert await talk.end() == 4403


async def test_never_greeting_ends_it(hasty):
    async with talking(hasty) as talk:
        assert await talk.end() == 4408


async def test_an_id_that_is_in_use_ends_it(address, who, run):
    async with talking(address, who.keys["approver"]) as talk:
        await talk.say(ask("1", PROGRESS, id=run.id), ask("1", PROGRESS, id=run.id))
        assert await talk.end() == 4409


async def test_greeting_twice_ends_it(address, who):
    async with talking(address, who.keys["approver"]) as talk:
        await talk.say(
            {"type": "connection_init", "payload": {"authorization": f"Bearer {who.keys['approver']}"}}
        )
        assert await talk.end() == 4429


@pytest.mark.parametrize("protocols", [None, ["graphql-ws"], ["graphql-transport-ws2"]])
async def test_another_protocol_is_refused(address, protocols):
    async with talking(address, subprotocols=protocols) as talk:
        assert await talk.end() == 4406


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1"])
async def test_a_page_of_another_site_is_refused(address, origin):
    with pytest.raises(InvalidStatus) as refused:
        async with talking(address, origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_a_page_of_this_site_may_talk(address, who):
    async with talking(address, who.keys["approver"], origin=f"http://{address}") as talk:
        await talk.say({"type": "ping"})
        assert await talk.hear() == {"type": "pong"}


async def test_a_key_that_is_revoked_ends_it_and_no_event_comes_after(
    hasty, who, app_pool, hub_settings, run, monkeypatch
):
    monkeypatch.setattr(door, "KEPT_SECONDS", 0.0)
    async with app_pool.transaction(who.account) as connection:
        key = await issue_key(connection, hub_settings, who.account, who.members["approver"], "to be revoked")
    async with talking(hasty, key) as talk:
        await talk.say(ask("1", PROGRESS, id=run.id))
        assert (await talk.hear())["type"] == "next"
        async with app_pool.transaction(who.account) as connection:
            await connection.execute(
                "update api_key set revoked_at = now() where account_id = $1 and label = 'to be revoked'",
                who.account,
            )
        assert await talk.end() == 4403


async def test_a_member_who_is_gone_ends_it(hasty, who, app_pool, hub_settings):
    async with app_pool.transaction(who.account) as connection:
        who.books.connection = connection
        member = await who.books.member(name="Leaver", erp_level=3)
        key = await issue_key(connection, hub_settings, who.account, member, "of a leaver")
    async with talking(hasty, key) as talk:
        async with app_pool.transaction(who.account) as connection:
            await connection.execute(
                "update member set is_active = false where account_id = $1 and id = $2", who.account, member
            )
        assert await talk.end() == 4403


async def test_a_client_that_leaves_takes_its_operations_along(application, address, who, run):
    async with talking(address, who.keys["approver"]) as talk:
        await talk.say(ask("1", PROGRESS, id=run.id))
        await talk.hear()
        under_way = [task for task in asyncio.all_tasks() if "_operate" in str(task.get_coro())]

    assert under_way
    _, left = await asyncio.wait(under_way, timeout=20)
    assert not left
