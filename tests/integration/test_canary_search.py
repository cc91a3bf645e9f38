"""The search for secrets finds what is planted, wherever and however it is disguised; else its silence proves nothing."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import pytest
from canary import Canaries, Sighting, Source, files, postgres, redis
from redis.asyncio import Redis

from db.session import WritePool
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.settings import Settings

SECRET = "c4n4ry/pass word+7f3e9"
CANARIES = Canaries({"password": SECRET, "key": bytes(range(200, 232))})

DISGUISES: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 behind one letter": lambda text: base64.b64encode(b"u" + text.encode()),
    "base64 of user and password": lambda text: base64.b64encode(b"ab" + text.encode() + b"@"),
    "base64 of utf-16": lambda text: base64.b64encode(text.encode("utf-16-le")),
    "base64url": lambda text: base64.urlsafe_b64encode(b"\xff\xfe" + text.encode()),
    "hex": lambda text: text.encode().hex().encode(),
    "HEX": lambda text: text.encode().hex().upper().encode(),
    "hex of utf-16": lambda text: text.encode("utf-16-be").hex().encode(),
    "quoted for a URL": lambda text: quote(text, safe="").encode(),
    "in a form": lambda text: text.replace("/", "%2F").replace("+", "%2B").replace(" ", "+").encode(),
    "reversed": lambda text: text[::-1].encode(),
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_every_disguise_is_seen_through(disguise: str):
    planted = b"before " + DISGUISES[disguise](SECRET) + b" after"
    assert {sighting.name for sighting in CANARIES.seen_in([Source("here", planted)])} == {"password"}


def test_what_is_no_secret_is_not_seen():
    for text in ("c4n4ry/pass", "password", SECRET[:-1] + "X", ""):
        assert CANARIES.seen_in([Source("here", text.encode())]) == []


def test_a_sighting_says_which_where_and_how_and_not_what():
    [sighting] = CANARIES.seen_in([Source("a log", SECRET.encode())])
    assert sighting == Sighting("password", "utf-8", "a log")


def test_a_short_secret_is_not_searched_for():
    with pytest.raises(AssertionError, match="too short"):
        Canaries({"pin": "1234"})


def test_a_secret_in_a_file_is_found(tmp_path: Path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "worker.log").write_text(f"{{}}\nAuthorization: {SECRET}\n")
    [sighting] = CANARIES.seen_in(files(tmp_path))
    assert sighting.place.endswith("worker.log")


POSTGRES = {
    "account": "update account set name = $1",
    "connection": "update connection set settings = jsonb_build_object('deep', jsonb_build_array($1::text))",
    "event": """
        insert into event (account_id, id, action, object_type, object_id, cause)
        values (current_setting('app.account')::uuid, gen_random_uuid(), 'X', 'Y', gen_random_uuid(), $1)""",
    "credential": "update credential set sealed = convert_to($1, 'UTF8')",
    "data_key": "update data_key set wrapped = convert_to(encode(convert_to($1, 'UTF8'), 'hex'), 'UTF8')",
}


@pytest.mark.parametrize("table", POSTGRES)
async def test_a_secret_in_postgres_is_found(
    hub_settings: Settings, app_pool: WritePool, account: UUID, erp: UUID, table: str
):
    assert CANARIES.seen_in(await postgres(hub_settings.database_url)) == []
    planted = SECRET.replace(
        "c4n4ry", f"c4n4ry-{table}"
    )  # what an earlier one planted stays in the event log
    wanted = Canaries({"password": planted})

    async with app_pool.transaction(account) as connection:
        await connection.execute(POSTGRES[table], planted)

    assert {sighting.place for sighting in wanted.seen_in(await postgres(hub_settings.database_url))} == {
        f"public.{table}"
    }


async def test_a_sealed_secret_is_not_found(
    hub_settings: Settings, app_pool: WritePool, account: UUID, erp: UUID
):
    async with app_pool.transaction(account) as connection:
        await Vault.of(hub_settings).put(connection, Place(account, erp), {"password": SECRET})
    sources = await postgres(hub_settings.database_url)
    assert "public.credential" in {source.place for source in sources if len(source.content) > 100}
    assert CANARIES.seen_in(sources) == []


@pytest.mark.parametrize(
    "kind", ["name", "string", "hash", "list", "set", "zset", "stream", "other database"]
)
async def test_a_secret_in_redis_is_found(hub_settings: Settings, kind: str):
    number = 3 if kind == "other database" else 0
    async with Redis.from_url(hub_settings.redis_url, db=number) as client:
        key, told = f"canary:{kind}", json.dumps({"told": [SECRET]})
        plant = {
            "name": lambda: client.set(f"canary:{SECRET}", "x"),
            "string": lambda: client.set(key, told),
            "hash": lambda: client.hset(key, "field", told),
            "list": lambda: client.rpush(key, "x", told),
            "set": lambda: client.sadd(key, told),
            "zset": lambda: client.zadd(key, {told: 1}),
            "stream": lambda: client.xadd(key, {"field": told}),
            "other database": lambda: client.set(key, told),
        }
        try:
            await plant[kind]()
            assert {one.name for one in CANARIES.seen_in(await redis(hub_settings.redis_url))} == {"password"}
        finally:
            await client.delete(key, f"canary:{SECRET}")
    assert CANARIES.seen_in(await redis(hub_settings.redis_url)) == []


async def test_a_search_that_row_level_security_blinds_is_refused(hub_settings: Settings):
    with pytest.raises(AssertionError):
        await postgres(hub_settings.url_of("app"))
