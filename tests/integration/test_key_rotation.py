"""Keys are replaced while everybody works: readers never fail, a stopped run goes on, broken secrets stand in no way."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from pydantic import SecretStr
from typer.testing import CliRunner

from db import sweep
from db.clock import new_id, now
from db.credentials import SecretField
from db.session import WritePool
from hub import __main__ as program
from hub.access import datakeys, rotation
from hub.access.keyservice import LocalKeys, SealBroken
from hub.access.rotation import Rotated, rotate
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.settings import Settings

OLD, NEW = base64.b64encode(b"o" * 32).decode(), base64.b64encode(b"n" * 32).decode()
NAMES = ("Books", "Tool", "Payroll")


def keyed(settings: Settings, keys: str) -> Settings:
    return settings.model_copy(update={"sealing_keys": SecretStr(keys)})


class Site:
    """A few accounts of a hub, each with three connections whose secrets are known."""

    def __init__(self, settings: Settings, pool: WritePool) -> None:
        self.pool = pool
        self.old, self.both = keyed(settings, f"old:{OLD}"), keyed(settings, f"new:{NEW},old:{OLD}")
        self.new = keyed(settings, f"new:{NEW}")
        self.places: list[Place] = []

    async def open(self, accounts: int) -> "Site":
        for _ in range(accounts):
            account = new_id()
            async with self.pool.transaction(account) as connection:
                await connection.execute(
                    "insert into account (account_id, name, currency, time_zone) values ($1, 'One', 'USD', 'UTC')",
                    account,
                )
                for name in NAMES:
                    place = Place(account, new_id())
                    await connection.execute(
                        "insert into connection (account_id, id, name, kind, role, base_url)"
                        " values ($1, $2, $3, 'procore', 'PROJECT_TOOL', 'https://example.org')",
                        *(account, place.connection_id, name),
                    )
                    self.places.append(place)
        for place in self.places:
            await self.put(place, self.old)
        return self

    @property
    def accounts(self) -> list[UUID]:
        return sorted({place.account_id for place in self.places})

    async def put(self, place: Place, settings: Settings) -> None:
        async with self.pool.transaction(place.account_id) as connection:
            await Vault.of(settings).put(connection, place, {"password": str(place.connection_id)})

    async def read(self, place: Place, settings: Settings) -> None:
        """Fails unless the secret opens and is the place's own."""
        vault = Vault.of(settings)
        async with self.pool.transaction(place.account_id) as connection:
            kept = await vault.find(connection, place)
        assert kept is not None
        assert await vault.open(kept) == {"password": str(place.connection_id)}

    async def read_all(self, settings: Settings) -> None:
        for place in self.places:
            await self.read(place, settings)

    async def keys(self, account: UUID) -> list[tuple[int, str, bool]]:
        """Version, key-encryption key and whether it is retired, of each data key."""
        async with self.pool.transaction(account) as connection:
            rows = await connection.fetch(
                "select version, kek_id, retired_at is not null from data_key where account_id = $1 order by version",
                account,
            )
        return [tuple(row) for row in rows]

    async def sealed_with(self, account: UUID) -> set[int]:
        async with self.pool.transaction(account) as connection:
            rows = await connection.fetch("select key_version from credential where account_id = $1", account)
        return {row[0] for row in rows}


@pytest_asyncio.fixture
async def site(
    hub_settings: Settings, app_pool: WritePool, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Site]:
    """The hub's only accounts, as far as the rotation looks."""
    site = await Site(hub_settings, app_pool).open(3)

    async def accounts(_: str) -> list[UUID]:
        return site.accounts

    monkeypatch.setattr(sweep, "accounts", accounts)
    yield site


async def test_data_keys_are_wrapped_anew_and_secrets_stay_as_they_are(site: Site):
    done = await rotate(site.both)

    assert done == Rotated(accounts=3, of=3, rewrapped=3)
    for account in site.accounts:
        assert await site.keys(account) == [(1, "new", False)]
        assert await site.sealed_with(account) == {1}
    await site.read_all(site.new)
    with pytest.raises(SealBroken, match="key-encryption key new is needed"):
        await site.read_all(site.old)


async def test_before_and_after_it_both_keys_open(site: Site):
    await site.read_all(site.both)
    await rotate(site.both)
    await site.read_all(site.both)


async def test_data_keys_are_replaced_and_all_is_sealed_anew(site: Site):
    done = await rotate(site.both, data_keys=True)

    assert done == Rotated(accounts=3, of=3, rewrapped=3, renewed=3, resealed=9)
    for account in site.accounts:
        assert await site.keys(account) == [(1, "new", True), (2, "new", False)]
        assert await site.sealed_with(account) == {2}
    await site.read_all(site.new)


async def test_nobody_who_reads_or_writes_meanwhile_fails(site: Site):
    reads, stop = 0, asyncio.Event()

    async def reading() -> None:
        nonlocal reads
        while not stop.is_set():
            await site.read_all(site.both)
            reads += 1

    async def writing() -> None:
        while not stop.is_set():
            for place in site.places:
                await site.put(place, site.both)

    busy = [asyncio.create_task(work()) for work in (reading, reading, writing)]
    for _ in range(5):
        await rotate(site.both, data_keys=True)
    seen = reads
    while reads < seen + 2:  # noqa: ASYNC110 - the readers' own pace
        await asyncio.sleep(0)
    stop.set()
    await asyncio.gather(*busy)
    await rotate(site.both, data_keys=True)
    await site.read_all(site.both)
    assert {version for account in site.accounts for version in await site.sealed_with(account)} == {7}


async def test_a_run_that_was_stopped_goes_on_and_does_nothing_twice(site: Site):
    begun = now()

    class Stopped(Exception): ...

    def stop(done: Rotated) -> None:
        if done.accounts == 2:
            raise Stopped

    with pytest.raises(Stopped):
        await rotate(site.both, data_keys=True, before=begun, tell=stop)
    await site.read_all(site.both)

    done = await rotate(site.both, data_keys=True, before=begun)

    assert (done.rewrapped, done.renewed, done.resealed) == (1, 1, 3)
    for account in site.accounts:
        assert await site.keys(account) == [(1, "new", True), (2, "new", False)]


async def test_a_run_that_was_stopped_between_new_key_and_sealing_is_finished(site: Site):
    account = site.accounts[0]
    async with site.pool.transaction(account) as connection:
        assert await datakeys.renew(
            connection, LocalKeys(site.both.key_encryption_keys()), account, now() + timedelta(minutes=1)
        )
    assert await site.sealed_with(account) == {1}

    done = await rotate(site.both, data_keys=True, before=now() - timedelta(hours=1))

    assert (done.renewed, done.resealed) == (0, 3)
    assert await site.sealed_with(account) == {2}
    await site.read_all(site.both)


async def test_whoever_fetches_tokens_meanwhile_may_still_store_them(site: Site):
    """Sealing anew changes no content, so it raises no version."""
    place = site.places[0]
    query = "select version, updated_at from credential where account_id = $1 and connection_id = $2 and field = $3"
    async with site.pool.transaction(place.account_id) as connection:
        before = await connection.fetchrow(query, *place.key)
    await rotate(site.both, data_keys=True)
    async with site.pool.transaction(place.account_id) as connection:
        assert await connection.fetchrow(query, *place.key) == before


async def test_a_broken_secret_is_counted_and_stands_in_nobodys_way(
    site: Site, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rotation, "BATCH", 2)
    broken = sorted(site.places, key=lambda place: place.key)[0]
    async with site.pool.transaction(broken.account_id) as connection:
        await connection.execute(
            "update credential set sealed = sealed || 'x'::bytea where account_id = $1 and connection_id = $2",
            *(broken.account_id, broken.connection_id),
        )

    done = await rotate(site.both, data_keys=True)

    assert (done.accounts, done.resealed, done.unreadable) == (3, 8, 1)
    for place in site.places:
        if place != broken:
            await site.read(place, site.new)


async def test_a_data_key_that_does_not_open_stands_in_nobodys_way(site: Site):
    account = site.accounts[0]
    async with site.pool.transaction(account) as connection:
        await connection.execute("update data_key set kek_id = 'lost' where account_id = $1", account)

    done = await rotate(site.both)

    assert (done.accounts, done.rewrapped, done.unreadable) == (3, 2, 1)
    assert await site.keys(account) == [(1, "lost", False)]


async def test_every_field_is_sealed_anew(site: Site):
    place = site.places[0]
    vault = Vault.of(site.old)
    async with site.pool.transaction(place.account_id) as connection:
        for field in (SecretField.TOKENS, SecretField.WEBHOOK):
            await vault.put(connection, place.of(field), {"password": str(place.connection_id)})

    assert (await rotate(site.both, data_keys=True)).resealed == 11
    for field in SecretField:
        await site.read(place.of(field), site.new)


async def test_the_accounts_are_found_with_no_login_that_reads_across_them(
    hub_settings: Settings, account: UUID, monkeypatch: pytest.MonkeyPatch
):
    opened: list[str] = []
    open_pool = WritePool.open

    async def watched(url: str, size: int) -> Any:
        opened.append(url)
        return await open_pool(url, size)

    monkeypatch.setattr(WritePool, "open", watched)
    assert account in await sweep.accounts(hub_settings.url_of("sweeper"))
    assert opened == [hub_settings.url_of("sweeper")]
    narrow = await asyncpg.connect(hub_settings.url_of("sweeper"))
    for table in ("data_key", "credential"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await narrow.execute(f"select account_id from {table}")
    await narrow.close()


async def test_the_command_says_how_far_it_is_and_how_to_go_on(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("hub.settings.settings", lambda: site.both)
    runner = CliRunner()

    result = await asyncio.to_thread(runner.invoke, program.cli, ["rotate-keys", "--data-keys"])

    assert result.exit_code == 0, result.output
    first, last = result.output.strip().splitlines()
    assert "--data-keys --before 20" in first
    assert last == ("done: 3 of 3 accounts, 3 data keys wrapped anew, 3 replaced, 9 secrets sealed anew")
