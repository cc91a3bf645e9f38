"""One credential's tokens in Postgres: sealed, and renewed by one worker at a time.

A lease decides who asks the other side, and no transaction is open meanwhile. Whose lease runs out has died or hangs,
and the next one may ask. What is stored is decided by the version alone, so that a late holder overwrites nothing.
Tokens go with the credentials they were had by: who still holds older ones neither sees nor stores any."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from db.clock import new_id
from db.credentials import SecretField
from db.session import Connection, Unreachable, WritePool
from hub.access.keyservice import SealBroken
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.errors import ErpUnavailable
from hub.http.tokens import Obtain, Tokens

T = TypeVar("T")

_LEASE = """
    insert into credential (account_id, connection_id, field, lease_owner, lease_until)
    values ($1, $2, $3, $4, hub_now() + $5 * interval '1 second')
    on conflict (account_id, connection_id, field) do update set
        lease_owner = excluded.lease_owner, lease_until = excluded.lease_until
    where credential.version = $6 and (credential.lease_until is null or credential.lease_until <= hub_now())
    returning version"""
_VERSION = "select version from credential where account_id = $1 and connection_id = $2 and field = $3"
_STORE = """
    update credential set sealed = $4, key_version = $5, version = version + 1, lease_owner = null,
        lease_until = null, updated_at = hub_now()
    where account_id = $1 and connection_id = $2 and field = $3 and version = $6 returning version"""
_RELEASE = """
    update credential set lease_owner = null, lease_until = null
    where account_id = $1 and connection_id = $2 and field = $3 and lease_owner = $4"""
_CREDENTIALS = "select version from credential where account_id = $1 and connection_id = $2 and field = $3"
_SOON = 1.0  # seconds after which the job is run again, with the credentials of then
_FIRST_LOOK, _LAST_LOOK = 0.02, 1.0  # seconds between two looks at what another worker is fetching
_STORE_TRIES = 6  # a rotated pair that is not stored is lost


class StoredTokens:
    """The tokens of one connection. `lease_seconds` is more than any token request takes.

    `edition` is the version of the credentials that the caller signs in with."""

    def __init__(
        self,
        pool: WritePool,
        vault: Vault,
        connection: Place,
        *,
        lease_seconds: float,
        edition: int | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._pool, self._vault, self._place = pool, vault, connection.of(SecretField.TOKENS)
        self._lease_seconds, self._edition, self._sleep = lease_seconds, edition, sleep

    async def read(self) -> Tokens | None:
        return (await self._stored())[0]

    async def renewed(self, spent: Tokens | None, obtain: Obtain) -> Tokens:
        wait, me = _FIRST_LOOK, new_id()
        while True:
            stored, version = await self._stored()
            if stored is not None and stored != spent:
                return stored
            if await self._leased(version, me):
                kept = await self._undisturbed(self._obtained(stored, version, obtain, me))
                if kept is not None:
                    return kept
            await self._sleep(wait)
            wait = min(2 * wait, _LAST_LOOK)

    async def _stored(self) -> tuple[Tokens | None, int]:
        """The tokens and their version, 0 where there were never any. Such as do not open count as none."""
        async with self._pool.transaction(self._place.account_id) as connection:
            await self._still_current(connection)
            # Before the content: the version of what is stored in between is not the version of nothing.
            version = await connection.fetchval(_VERSION, *self._place.key) or 0
            kept = await self._vault.find(connection, self._place)
            if kept is None:
                return None, version
        try:
            values = await self._vault.open(kept)
        except SealBroken:
            return None, kept.version
        expires_at = datetime.fromisoformat(values["expires_at"])
        return Tokens(values["access"], expires_at, values.get("refresh"), values["ended"]), kept.version

    async def _leased(self, version: int, me: UUID) -> bool:
        async with self._pool.transaction(self._place.account_id) as connection:
            owner = (me, self._lease_seconds, version)
            return await connection.fetchval(_LEASE, *self._place.key, *owner) is not None

    async def _obtained(self, stored: Tokens | None, version: int, obtain: Obtain, me: UUID) -> Tokens | None:
        """New tokens, stored; None where somebody has changed what is stored meanwhile.

        Who comes late with a pair beats one who came with its refresh token after them and heard that it is used."""
        try:
            tokens = await obtain(stored)
        except BaseException:
            with suppress(Unreachable):  # the lease ends by itself
                await self._released(me)
            raise
        while not await self._insistently(tokens, version):
            stored, version = await self._stored()
            if tokens.ended or stored is None or not stored.ended:
                return None
        return tokens

    async def _insistently(self, tokens: Tokens, version: int) -> bool:
        for attempt in range(1, _STORE_TRIES + 1):
            try:
                async with self._pool.transaction(self._place.account_id) as connection:
                    return await self._store(connection, tokens, version)
            except Unreachable:
                if attempt == _STORE_TRIES:
                    raise
                await self._sleep(0.1 * 2**attempt)
        raise AssertionError("there is at least one try")

    async def _store(self, connection: Connection, tokens: Tokens, version: int) -> bool:
        await self._still_current(connection, lock=True)
        values = {"access": tokens.access, "expires_at": tokens.expires_at.isoformat(), "ended": tokens.ended}
        if tokens.refresh is not None:
            values["refresh"] = tokens.refresh
        sealed = await self._vault.seal(connection, self._place, values)
        stored = (sealed.text, sealed.key_version, version)
        return await connection.fetchval(_STORE, *self._place.key, *stored) is not None

    async def _still_current(self, connection: Connection, *, lock: bool = False) -> None:
        """Raise where other credentials were entered. Locked, none are before the transaction ends."""
        if self._edition is None:
            return
        query = f"{_CREDENTIALS} for share" if lock else _CREDENTIALS
        place = self._place.of(SecretField.CREDENTIALS)
        if await connection.fetchval(query, *place.key) != self._edition:
            text = "Other credentials have been entered for the connection."
            raise ErpUnavailable(text, retry_after=_SOON, reached=False)

    async def _released(self, me: UUID) -> None:
        async with self._pool.transaction(self._place.account_id) as connection:
            await connection.execute(_RELEASE, *self._place.key, me)

    async def _undisturbed(self, work: Coroutine[Any, Any, T]) -> T:
        """Let the work come to its end also where its caller is cancelled: the other side may have acted."""
        task = asyncio.create_task(work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task}, timeout=self._lease_seconds)
            if task.done() and not task.cancelled():
                task.exception()  # nobody is left to hear of it
            raise
