"""Traffic, tests and requests of a system are its own account's, for those who may read the ERP integration."""

import json
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio
from factories import Contractor

from db.clock import new_id

TEXT = """{ systems { id
    traffic { breaker lastFailure windows { count used } }
    checks { name message }
    requests(first: 10) { totalCount nodes { id name message requestedBy { id name } details { itemId messages } } } } }"""
FILL = (
    "insert into traffic (account_id, connection_id, breaker, last_failure) values ($1, $2, 'CLOSED', $3)",
    "insert into traffic_window (account_id, connection_id, seconds, count, used, remaining) select $1, $2, 60, 5, 1, 4 where $3 <> ''",
    "insert into system_check (account_id, connection_id, position, name, ok, message) values ($1, $2, 0, 'vendors', true, $3)",
    "insert into erp_request (account_id, id, connection_id, external_id, name, message, requested_by)"
    " select $1, $4, $2, '7', 'sync_jobs', $3, m.origin_id from member m where m.account_id = $1 and m.id = $5",
    "insert into erp_request_detail (account_id, connection_id, external_id, request_id, item_id, messages)"
    " values ($1, $2, '8', $4, '9', jsonb_build_array($3::text))",
)
TABLES = ("erp_request_detail", "erp_request", "system_check", "traffic_window", "traffic")


def marked(who: Contractor) -> str:
    return f"only for {who.account}"


async def execute(connection: asyncpg.Connection, statement: str, *args: object) -> None:
    """With as many of the values as the statement names."""
    most = max(number for number in range(1, len(args) + 1) if f"${number}" in statement)
    await connection.execute(statement, *args[:most])


@pytest_asyncio.fixture(scope="module", autouse=True)
async def filled(app_pool, ours: Contractor, theirs: Contractor) -> AsyncIterator[None]:
    for who in (ours, theirs):
        async with app_pool.transaction(who.account) as connection:
            await connection.execute(
                "update member set origin_id = '5501' where account_id = $1 and id = $2",
                *(who.account, who.members["approver"]),
            )
            for row in await connection.fetch("select id from connection where account_id = $1", who.account):
                values = (who.account, row["id"], marked(who), new_id(), who.members["approver"])
                for statement in FILL:
                    await execute(connection, statement, *values)
    yield
    for who in (ours, theirs):
        async with app_pool.transaction(who.account) as connection:
            for table in TABLES:
                await connection.execute(f"delete from {table} where account_id = $1", who.account)
            await connection.execute(
                "update member set origin_id = null where account_id = $1 and id = $2",
                *(who.account, who.members["approver"]),
            )


@pytest.mark.parametrize("role", ["approver", "erp_administrator", "bi_reader"])
async def test_who_may_read_sees_what_is_of_the_account_alone(by, ours, theirs, role):
    answer = await by(role).post(TEXT)

    assert marked(ours) in answer.text
    assert marked(theirs) not in answer.text
    [request] = [each for system in answer.json()["data"]["systems"] for each in system["requests"]["nodes"]][
        :1
    ]
    assert request["requestedBy"]["id"] == f"mbr_{ours.members['approver']}"
    assert request["details"] == [{"itemId": "9", "messages": [marked(ours)]}]


async def test_who_may_not_read_the_integration_sees_none_of_it(by, ours):
    answer = await by("outsider").post(TEXT)

    assert marked(ours) not in answer.text
    for system in answer.json()["data"]["systems"]:
        assert (system["traffic"], system["checks"], system["requests"]["totalCount"]) == (None, [], 0)


async def test_the_statement_keeps_to_its_account_where_nothing_else_does(
    both_ways, hub_settings, ours, theirs
):
    owner = await asyncpg.connect(hub_settings.database_url)
    try:
        ready = both_ways.engine.ready(both_ways.context(ours, "approver"), TEXT, {})
        await owner.execute("set time zone 'UTC'")
        text = await owner.fetchval(ready.sql, *ready.params)
    finally:
        await owner.close()

    assert marked(theirs) not in text
    assert json.loads(text)["systems"]


async def test_nothing_of_a_system_shows_its_settings_or_secrets(application):
    fields = set(application.state.engine.schema.type_map["System"].fields)

    assert not fields & {"settings", "credentials", "baseUrl", "sealed", "webhooks", "secret"}
