"""Replacing keys while everybody works: each account in short transactions of its own, readers open old and new.

Accounts are listed by the sweeper's login, which sees their ids alone; everything else is done inside each account
by the login of the workers, under row-level security. No login that could read across accounts is needed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from db import sweep
from db.clock import now
from db.credentials import SecretField
from db.session import Row, WritePool
from hub.access import datakeys
from hub.access.keyservice import KeyService, LocalKeys, SealBroken
from hub.access.sealing import Place
from hub.access.vault import Kept, Vault
from hub.settings import Settings

BATCH = 100
# Row locks: a writer of the same secret waits a moment, readers do not.
_STALE = """
    select credential.connection_id, credential.field, credential.sealed, credential.key_version,
        credential.version, data_key.kek_id, data_key.wrapped
    from credential left join data_key on data_key.account_id = $1 and data_key.version = credential.key_version
    where credential.account_id = $1 and credential.sealed is not null
        and (credential.connection_id, credential.field) > ($2, $3)
        and exists (select from data_key retired where retired.account_id = $1
            and retired.version = credential.key_version and retired.retired_at is not null)
    order by credential.connection_id, credential.field limit $4 for update of credential"""
# The content stays, and so does its version: whoever is fetching new tokens just now may still store them.
_RESEAL = """
    update credential set sealed = $4, key_version = $5
    where account_id = $1 and connection_id = $2 and field = $3"""


@dataclass(frozen=True, slots=True)
class Rotated:
    """How far a rotation is. `unreadable` keys and secrets were left as they are: nothing the hub has opens them."""

    accounts: int = 0
    of: int = 0
    rewrapped: int = 0
    renewed: int = 0
    resealed: int = 0
    unreadable: int = 0

    def __str__(self) -> str:
        told = f"{self.accounts} of {self.of} accounts, {self.rewrapped} data keys wrapped anew"
        told += f", {self.renewed} replaced, {self.resealed} secrets sealed anew"
        return told + f", {self.unreadable} cannot be opened" * (self.unreadable > 0)

    def plus(self, **more: int) -> "Rotated":
        return replace(self, **{name: getattr(self, name) + count for name, count in more.items()})


Tell = Callable[[Rotated], None]


async def rotate(
    settings: Settings,
    *,
    data_keys: bool = False,
    before: datetime | None = None,
    tell: Tell = lambda _: None,
) -> Rotated:
    """Wrap every data key under the current key-encryption key; with `data_keys`, replace them and seal anew.

    Stopped anywhere it is run again: what is done is not done twice. For data keys that takes the same `before`,
    since only keys made before it are replaced; it is the moment of the call where left out."""
    app = await WritePool.open(settings.url_of("app"), 2)
    try:
        accounts = await sweep.accounts(settings.url_of("sweeper"))
        rotation = _Rotation(app, LocalKeys(settings.key_encryption_keys()), before or now())
        done = Rotated(of=len(accounts))
        for account in accounts:
            done = await rotation.of(account, done, data_keys=data_keys)
            tell(done)
    finally:
        await app.close()
    return done


class _Rotation:
    def __init__(self, app: WritePool, keys: KeyService, before: datetime) -> None:
        self._app, self._keys, self._vault, self._before = app, keys, Vault(keys), before

    async def of(self, account: UUID, done: Rotated, *, data_keys: bool) -> Rotated:
        async with self._app.transaction(account) as connection:
            rewrapped, broken = await datakeys.rewrap(connection, self._keys, account)
            done = done.plus(accounts=1, rewrapped=rewrapped, unreadable=broken)
            if data_keys:
                done = done.plus(renewed=await datakeys.renew(connection, self._keys, account, self._before))
        return await self._sealed_anew(account, done) if data_keys else done

    async def _sealed_anew(self, account: UUID, done: Rotated) -> Rotated:
        """Everything that a retired key holds, a batch a transaction."""
        after = (UUID(int=0), "")
        while True:
            async with self._app.transaction(account) as connection:
                rows = await connection.fetch(_STALE, account, *after, BATCH)
                for row in rows:
                    place = Place(account, row["connection_id"], SecretField(row["field"]))
                    values = await self._opened(place, row)
                    if values is None:
                        done = done.plus(unreadable=1)
                        continue
                    sealed = await self._vault.seal(connection, place, values)
                    await connection.execute(_RESEAL, *place.key, sealed.text, sealed.key_version)
                    done = done.plus(resealed=1)
            if len(rows) < BATCH:
                return done
            after = (rows[-1]["connection_id"], rows[-1]["field"])

    async def _opened(self, place: Place, row: Row) -> dict[str, str] | None:
        try:
            return await self._vault.open(Kept.of(place, row))
        except SealBroken:
            return None
