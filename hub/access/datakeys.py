"""The data keys of an account: made when first needed, wrapped anew, replaced, destroyed."""

import secrets as randomness
from datetime import datetime
from uuid import UUID

from db.session import Connection
from hub.access.keyservice import KeyService, SealBroken, Wrapped
from hub.access.sealing import DataKey

_BYTES = 32
_TRIES = 5
# Whoever seals holds the key until commit, so that a key is retired only when nobody is sealing with it.
_CURRENT = """
    select version, kek_id, wrapped from data_key where account_id = $1 and retired_at is null
    order by version desc limit 1 for share"""
_ANY = "select exists (select from data_key where account_id = $1 and retired_at is null)"
_LAST = "select coalesce(max(version), 0) from data_key where account_id = $1"
_ADD = """
    insert into data_key (account_id, version, kek_id, wrapped) values ($1, $2, $3, $4)
    on conflict (account_id, version) do nothing"""
_RETIRE = """
    update data_key set retired_at = hub_now() where account_id = $1 and version < $2 and retired_at is null"""
_OLD = """
    select 1 from data_key where account_id = $1 and retired_at is null
    group by account_id having max(created_at) < $2"""
_WRAPPED_OTHERWISE = "select version, kek_id, wrapped from data_key where account_id = $1 and kek_id <> $2"
_REWRAP = """
    update data_key set kek_id = $3, wrapped = $4 where account_id = $1 and version = $2 and kek_id = $5"""


async def current(connection: Connection, keys: KeyService, account: UUID) -> DataKey:
    """The key to seal with, in the transaction that writes what is sealed."""
    for _ in range(_TRIES):
        row = await connection.fetchrow(_CURRENT, account)
        if row is not None:
            wrapped = Wrapped(row["kek_id"], row["wrapped"])
            return await unwrapped(keys, account, row["version"], wrapped)
        if not await connection.fetchval(_ANY, account):  # else it was replaced while we waited for it
            await _add(connection, keys, account)
    raise SealBroken("The account's data key cannot be had: it is replaced again and again.")


async def unwrapped(keys: KeyService, account: UUID, version: int, wrapped: Wrapped) -> DataKey:
    return DataKey(version, await keys.unwrap(wrapped, _context(account, version)))


async def renew(connection: Connection, keys: KeyService, account: UUID, before: datetime) -> bool:
    """Make a new key and retire those before it, unless the newest was made at `before` or later."""
    if await connection.fetchval(_OLD, account, before) is None:
        return False
    version = await _add(connection, keys, account)
    await connection.execute(_RETIRE, account, version)
    return True


async def rewrap(connection: Connection, keys: KeyService, account: UUID) -> tuple[int, int]:
    """Wrap under the current key-encryption key what is wrapped under another.

    How many keys were, and how many could not be opened and were left alone."""
    rows = await connection.fetch(_WRAPPED_OTHERWISE, account, keys.current)
    broken = 0
    for row in rows:
        context, old = _context(account, row["version"]), row["kek_id"]
        try:
            new = await keys.wrap(await keys.unwrap(Wrapped(old, row["wrapped"]), context), context)
        except SealBroken:
            broken += 1
            continue
        await connection.execute(_REWRAP, account, row["version"], new.kek_id, new.text, old)
    return len(rows) - broken, broken


async def shred(connection: Connection, account: UUID) -> None:
    """Destroy the account's keys: what was sealed with them can never be opened again, by nobody."""
    await connection.execute("delete from data_key where account_id = $1", account)


async def _add(connection: Connection, keys: KeyService, account: UUID) -> int:
    version: int = await connection.fetchval(_LAST, account) + 1
    wrapped = await keys.wrap(randomness.token_bytes(_BYTES), _context(account, version))
    await connection.execute(_ADD, account, version, wrapped.kek_id, wrapped.text)
    return version


def _context(account: UUID, version: int) -> str:
    return f"{account}|{version}"
