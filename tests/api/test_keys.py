"""The door: a key opens its own account; what is wrong, revoked, expired or cut short opens nothing, and looks alike."""

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from calling import NEW, Caller
from test_http import refusal

from db.clock import Sources, SystemClock
from hub.access.door import issue_key

QUERY = '{"query": "{ viewer { name isActive } }"}'


class Time(SystemClock):
    """A clock that a test moves on."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


@pytest.fixture
def time(monkeypatch) -> Time:
    made = Time()
    monkeypatch.setattr(Sources, "clock", made)
    return made


@pytest_asyncio.fixture
async def key(app_pool, hub_settings, ours) -> str:
    async with app_pool.transaction(ours.account) as connection:
        return await issue_key(connection, hub_settings, ours.account, ours.members["approver"], "of a test")


async def ask(client, header: str | None):
    headers = {"Accept": NEW, "Content-Type": "application/json"}
    return await client.post(
        "/graphql", content=QUERY, headers=headers | ({"Authorization": header} if header is not None else {})
    )


async def change(app_pool, ours, key: str, column: str, value: datetime) -> None:
    async with app_pool.transaction(ours.account) as connection:
        await connection.execute(
            f"update api_key set {column} = $3 where account_id = $1 and prefix = $2",
            ours.account,
            key.split("_")[1],
            value,
        )


async def test_nothing_but_a_whole_key_opens(client, key):
    _, prefix, secret = key.split("_", 2)
    other = "A" if secret[0] != "A" else "B"
    bad = [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {key}",
        key,
        f"Bearer {prefix}",
        f"Bearer hub_{prefix}",
        f"Bearer hub_{prefix}_",
        f"Bearer hub_{prefix}_{secret[:-1]}",
        f"Bearer hub_{prefix}_{secret}x",
        f"Bearer hub_{prefix}_{other}{secret[1:]}",
        f"Bearer hub_{'a' * 12}_{secret}",
        f"Bearer {key} {key}",
        f"Bearer {key},{key}",
        "Bearer " + "x" * 60_000,
        "Bearer hub_" + "%00" * 20,
    ]

    answers = [await ask(client, header) for header in bad]

    assert {refusal(answer) for answer in answers} == {(401, "UNAUTHENTICATED")}
    assert len({answer.content for answer in answers}) == 1
    assert all(answer.headers["www-authenticate"] == "Bearer" for answer in answers)
    assert (await ask(client, f"Bearer {key}")).status_code == 200
    assert (await ask(client, f"bearer  {key}")).status_code in (200, 401)


async def test_a_key_cannot_be_named_elsewhere(client, key):
    answer = await client.post(
        f"/graphql?key={key}", content=QUERY, headers={"Content-Type": "application/json", "X-Api-Key": key}
    )

    assert answer.status_code == 401


async def test_a_revoked_key_opens_nothing_after_five_seconds(client, key, time, app_pool, ours):
    assert (await ask(client, f"Bearer {key}")).status_code == 200
    await change(app_pool, ours, key, "revoked_at", datetime.now(UTC))

    time.ahead += 5.01

    assert refusal(await ask(client, f"Bearer {key}")) == (401, "UNAUTHENTICATED")


async def test_a_key_that_was_never_used_is_revoked_at_once(client, key, app_pool, ours):
    await change(app_pool, ours, key, "revoked_at", datetime.now(UTC))

    assert refusal(await ask(client, f"Bearer {key}")) == (401, "UNAUTHENTICATED")


async def test_an_expired_key_opens_nothing(client, key, time, app_pool, ours):
    await change(app_pool, ours, key, "expires_at", datetime.now(UTC) - timedelta(seconds=1))

    assert refusal(await ask(client, f"Bearer {key}")) == (401, "UNAUTHENTICATED")
    await change(app_pool, ours, key, "expires_at", datetime.now(UTC) + timedelta(hours=1))
    time.ahead += 5.01
    assert (await ask(client, f"Bearer {key}")).status_code == 200


async def test_a_key_of_a_member_who_is_no_longer_active_opens_nothing(
    client, by, app_pool, hub_settings, ours
):
    async with app_pool.transaction(ours.account) as connection:
        ours.books.connection = connection
        member = await ours.books.member(name="Gone", is_active=False, erp_level=3)
        key = await issue_key(connection, hub_settings, ours.account, member, "of a test")

    gone = Caller(client, key)
    mutation = 'mutation { sendItems(input: {idempotencyKey: "gone", items: []}) { userErrors { code } run { id } } }'

    assert refusal(await gone.post("{ viewer { id } }")) == (401, "UNAUTHENTICATED")
    assert refusal(await gone.post("{ __typename }")) == (401, "UNAUTHENTICATED")
    answer = await gone.post(mutation)
    assert answer.json().get("data", {}).get("sendItems", {}).get("run") is None


async def test_the_secret_is_not_kept(key, app_pool, ours):
    async with app_pool.transaction(ours.account) as connection:
        rows = await connection.fetch("select * from api_key where account_id = $1", ours.account)

    secret = key.split("_", 2)[2]
    assert len(rows) > 6
    assert not any(secret in str(dict(row)) or secret.encode() in bytes(row["digest"]) for row in rows)
