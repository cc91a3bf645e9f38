"""Sealed credentials open in their place, and nowhere else, also when rows are swapped in the database."""

import base64
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from pydantic import ValidationError

from db.clock import new_id
from db.credentials import SecretField
from db.session import WritePool
from hub.access import datakeys
from hub.access.keyservice import SealBroken
from hub.access.sealing import DataKey, Place, seal, unseal
from hub.access.vault import Vault
from hub.settings import Settings

HERE = Place(UUID(int=1), UUID(int=2))
KEY = DataKey(1, b"k" * 32)
VALUES = {"client_id": "abc", "client_secret": "schlüssel", "empty": ""}
OLD, NEW = base64.b64encode(b"o" * 32).decode(), base64.b64encode(b"n" * 32).decode()


def test_what_was_sealed_opens_in_its_place() -> None:
    assert unseal(KEY, HERE, seal(KEY, HERE, VALUES)) == VALUES


def test_the_same_values_never_look_the_same() -> None:
    sealed = {seal(KEY, HERE, VALUES) for _ in range(20)}
    assert len({blob[5:17] for blob in sealed}) == 20, "a nonce was used twice"
    assert not any(b"schl" in blob or b"client" in blob for blob in sealed)


@pytest.mark.parametrize(
    "place",
    [
        Place(UUID(int=9), HERE.connection_id),
        Place(HERE.account_id, UUID(int=9)),
        Place(HERE.connection_id, HERE.account_id),
        HERE.of(SecretField.WEBHOOK),
    ],
    ids=["account", "connection", "both swapped", "field"],
)
def test_moved_elsewhere_it_does_not_open_with_the_very_same_key(place: Place) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, place, seal(KEY, HERE, VALUES))


def test_under_another_version_it_does_not_open_with_the_very_same_key() -> None:
    sealed = seal(KEY, HERE, VALUES)
    with pytest.raises(SealBroken):
        unseal(DataKey(2, KEY.secret), HERE, sealed)
    with pytest.raises(SealBroken):
        unseal(DataKey(2, KEY.secret), HERE, b"\x02\x00\x00\x00\x02" + sealed[5:])


def test_the_version_of_the_key_stands_in_the_sealed_text() -> None:
    assert seal(DataKey(258, KEY.secret), HERE, VALUES)[:5] == b"\x02\x00\x00\x01\x02"


def test_any_changed_byte_is_noticed() -> None:
    sealed = seal(KEY, HERE, VALUES)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            unseal(KEY, HERE, bytes(changed))


@pytest.mark.parametrize("length", [0, 1, 5, 17, 32])
def test_a_stump_is_noticed(length: int) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, HERE, seal(KEY, HERE, VALUES)[:length])


# --- in the database -------------------------------------------------------------------------------------------------


class Safe:
    """One account with connections, and the vault it is used through."""

    def __init__(self, pool: WritePool, settings: Settings, account: UUID) -> None:
        self.pool, self.account, self.vault = pool, account, Vault.of(settings)

    async def connection(self, name: str) -> Place:
        id_ = new_id()
        async with self.pool.transaction(self.account) as connection:
            await connection.execute(
                "insert into connection (account_id, id, name, kind, role, base_url)"
                " values ($1, $2, $3, 'procore', 'PROJECT_TOOL', 'https://example.org')",
                *(self.account, id_, name),
            )
        return Place(self.account, id_)

    async def put(self, place: Place, **values: str) -> None:
        async with self.pool.transaction(self.account) as connection:
            await self.vault.put(connection, place, values)

    async def read(self, place: Place, vault: Vault | None = None) -> dict[str, str] | None:
        vault = vault or self.vault
        async with self.pool.transaction(self.account) as connection:
            kept = await vault.find(connection, place)
        return None if kept is None else await vault.open(kept)

    async def execute(self, query: str, *args: object) -> None:
        async with self.pool.transaction(self.account) as connection:
            await connection.execute(query, *args)


@pytest_asyncio.fixture
async def safe(hub_settings: Settings, app_pool: WritePool, account: UUID) -> Safe:
    return Safe(app_pool, hub_settings, account)


@pytest_asyncio.fixture
async def other(hub_settings: Settings, app_pool: WritePool) -> Safe:
    account_id = new_id()
    async with app_pool.transaction(account_id) as connection:
        await connection.execute(
            "insert into account (account_id, name, currency, time_zone)"
            " values ($1, 'Stone Ltd', 'USD', 'UTC')",
            account_id,
        )
    return Safe(app_pool, hub_settings, account_id)


@pytest_asyncio.fixture
async def owner(hub_settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(hub_settings.database_url)
    yield connection
    await connection.close()


SWAP = """
    update credential mine set sealed = theirs.sealed, key_version = theirs.key_version from credential theirs
    where (mine.account_id, mine.connection_id, mine.field) in (($1, $2, $3), ($4, $5, $6))
      and (theirs.account_id, theirs.connection_id, theirs.field) in (($1, $2, $3), ($4, $5, $6))
      and (theirs.connection_id, theirs.field) <> (mine.connection_id, mine.field)"""


async def test_rows_swapped_between_accounts_do_not_open(
    safe: Safe, other: Safe, owner: asyncpg.Connection
) -> None:
    mine, theirs = await safe.connection("Books"), await other.connection("Books")
    await safe.put(mine, password="mine")
    await other.put(theirs, password="theirs")

    assert await owner.execute(SWAP, *mine.key, *theirs.key) == "UPDATE 2"

    for one, place in ((safe, mine), (other, theirs)):
        with pytest.raises(SealBroken):
            await one.read(place)
    assert await owner.execute(SWAP, *mine.key, *theirs.key) == "UPDATE 2"
    assert await safe.read(mine) == {"password": "mine"}
    assert await other.read(theirs) == {"password": "theirs"}


async def test_a_row_moved_with_its_wrapped_data_key_does_not_open_either(
    safe: Safe, other: Safe, owner: asyncpg.Connection
) -> None:
    mine, theirs = await safe.connection("Books"), await other.connection("Books")
    await safe.put(mine, password="mine")
    await other.put(theirs, password="theirs")

    await owner.execute(SWAP, *mine.key, *theirs.key)
    moved = await owner.execute(
        "update data_key mine set wrapped = theirs.wrapped from data_key theirs"
        " where mine.account_id = $1 and theirs.account_id = $2",
        *(other.account, safe.account),
    )

    assert moved == "UPDATE 1"
    with pytest.raises(SealBroken):
        await other.read(theirs)


async def test_rows_swapped_between_connections_do_not_open(safe: Safe, owner: asyncpg.Connection) -> None:
    books, tool = await safe.connection("Books"), await safe.connection("Tool")
    await safe.put(books, password="books")
    await safe.put(tool, password="tool")

    assert await owner.execute(SWAP, *books.key, *tool.key) == "UPDATE 2"

    for place in (books, tool):
        with pytest.raises(SealBroken):
            await safe.read(place)


async def test_rows_swapped_between_fields_do_not_open(safe: Safe, owner: asyncpg.Connection) -> None:
    place = await safe.connection("Books")
    await safe.put(place, password="x")
    await safe.put(place.of(SecretField.WEBHOOK), secret="y")

    assert await owner.execute(SWAP, *place.key, *place.of(SecretField.WEBHOOK).key) == "UPDATE 2"

    for field in (SecretField.CREDENTIALS, SecretField.WEBHOOK):
        with pytest.raises(SealBroken):
            await safe.read(place.of(field))


async def test_an_account_has_a_key_of_its_own(safe: Safe, other: Safe, owner: asyncpg.Connection) -> None:
    for one in (safe, other):
        for name in ("Books", "Tool"):
            await one.put(await one.connection(name), password="same")

    keys = "select count(*), count(distinct wrapped) from data_key where account_id in ($1, $2)"
    assert tuple(await owner.fetchrow(keys, safe.account, other.account)) == (2, 2)


async def test_new_credentials_end_the_sign_in_of_the_old_ones(safe: Safe) -> None:
    place = await safe.connection("Books")
    await safe.put(place, client_id="old")
    await safe.put(place.of(SecretField.TOKENS), access="token of the old one")
    await safe.put(place.of(SecretField.WEBHOOK), secret="stays")

    await safe.put(place, client_id="new")

    assert await safe.read(place) == {"client_id": "new"}
    assert await safe.read(place.of(SecretField.TOKENS)) is None
    assert await safe.read(place.of(SecretField.WEBHOOK)) == {"secret": "stays"}


async def test_without_its_data_keys_an_accounts_credentials_are_gone_for_good(
    safe: Safe, other: Safe
) -> None:
    mine, theirs = await safe.connection("Books"), await other.connection("Books")
    await safe.put(mine, password="mine")
    await other.put(theirs, password="theirs")

    async with safe.pool.transaction(safe.account) as connection:
        await datakeys.shred(connection, safe.account)

    with pytest.raises(SealBroken, match="destroyed"):
        await safe.read(mine)
    assert await other.read(theirs) == {"password": "theirs"}
    later = await safe.connection("Tool")
    await safe.put(later, password="later")
    assert await safe.read(later) == {"password": "later"}
    with pytest.raises(SealBroken):
        await safe.read(mine)


async def test_another_key_encryption_key_opens_nothing_and_says_which_one_is_needed(
    safe: Safe, hub_settings: Settings
) -> None:
    place = await safe.connection("Books")
    await safe.put(place, password="x")
    stranger = hub_settings.model_copy(update={"secret": type(hub_settings.secret)("another secret of ours")})

    with pytest.raises(SealBroken, match="derived-"):
        await safe.read(place, Vault.of(stranger))


# --- the keys of the settings ----------------------------------------------------------------------------------------


def settings_of(**changes: object) -> Settings:
    return Settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", secret="0123456789abcdef", **changes)


def test_the_first_key_is_current_and_the_derived_one_still_opens() -> None:
    keys = settings_of(sealing_keys=f"new:{NEW}, old:{OLD}").key_encryption_keys()
    assert [name.split("-")[0] for name in keys] == ["new", "old", "derived"]
    assert (keys["new"], keys["old"]) == (b"n" * 32, b"o" * 32)


def test_without_any_a_key_is_derived_from_the_secret() -> None:
    [(name, key)] = settings_of().key_encryption_keys().items()
    assert name.startswith("derived-")
    assert len(key) == 32


def test_a_file_of_keys_is_read_anew_with_each_use(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"old:{OLD}\n")
    settings = settings_of(sealing_keys_file=file)
    assert next(iter(settings.key_encryption_keys())) == "old"

    file.write_text(f"new:{NEW}\nold:{OLD}\n")
    assert list(settings.key_encryption_keys())[:2] == ["new", "old"]


@pytest.mark.parametrize(
    "text", ["new", f"new:{NEW[:-4]}", f":{NEW}", "new:not base64", f"a b:{NEW}", f"x:{NEW},x:{OLD}"]
)
def test_a_key_that_cannot_be_read_stops_the_start_and_is_not_told(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        settings_of(sealing_keys=text)
    assert NEW[:12] not in str(refused.value)
    assert "sealing key" in str(refused.value)


def test_a_file_of_keys_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="cannot be read"):
        settings_of(sealing_keys_file=tmp_path / "nothing")


def test_settings_show_no_secret() -> None:
    word = secrets.token_hex(12)
    url = f"redis://:{word}@127.0.0.1:1/0"
    shown = repr(settings_of(REDIS_URL=url, app_database_url=url, sealing_keys=f"new:{NEW}"))
    assert "role_prefix" in shown
    assert not any(secret in shown for secret in (word, NEW, "0123456789abcdef"))
    assert settings_of().logins.password not in repr(settings_of().logins)
