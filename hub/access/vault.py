"""The secrets of a connection: how one is read and written, sealed under the current data key of its account."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from db.credentials import SecretField
from db.session import Connection, Row
from hub.access import datakeys
from hub.access.keyservice import KeyService, LocalKeys, SealBroken, Wrapped
from hub.access.sealing import Place, seal, unseal
from hub.settings import Settings

# One statement, so that a rotation is seen as a whole or not at all.
_READ = """
    select credential.sealed, credential.key_version, credential.version, data_key.kek_id, data_key.wrapped
    from credential left join data_key on data_key.account_id = $1 and data_key.version = credential.key_version
    where credential.account_id = $1 and credential.connection_id = $2 and credential.field = $3"""
_PUT = """
    insert into credential (account_id, connection_id, field, sealed, key_version, version)
    values ($1, $2, $3, $4, $5, 1)
    on conflict (account_id, connection_id, field) do update set
        sealed = excluded.sealed, key_version = excluded.key_version, version = credential.version + 1,
        lease_owner = null, lease_until = null, updated_at = hub_now()"""
_REMOVE = "delete from credential where account_id = $1 and connection_id = $2 and field = $3"


@dataclass(frozen=True, slots=True)
class Kept:
    """A sealed value as it was read, with the wrapped key that opens it; None where that key was destroyed."""

    place: Place
    version: int
    key_version: int
    sealed: bytes = field(repr=False)
    key: Wrapped | None

    @classmethod
    def of(cls, place: Place, row: Row) -> "Kept":
        key = None if row["wrapped"] is None else Wrapped(row["kek_id"], row["wrapped"])
        return cls(place, row["version"], row["key_version"], row["sealed"], key)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What goes into the row."""

    text: bytes = field(repr=False)
    key_version: int


class Vault:
    """Opens and seals. The transaction is the caller's; no plain value and no plain key is kept here."""

    def __init__(self, keys: KeyService) -> None:
        self._keys = keys

    @classmethod
    def of(cls, settings: Settings) -> "Vault":
        return cls(LocalKeys(settings.key_encryption_keys()))

    async def find(self, connection: Connection, place: Place) -> Kept | None:
        """What is kept at the place, still sealed: `open` needs no transaction."""
        row = await connection.fetchrow(_READ, *place.key)
        return None if row is None or row["sealed"] is None else Kept.of(place, row)

    async def open(self, kept: Kept) -> dict[str, str]:
        """`SealBroken` where it was sealed for another place, was changed, or its key is gone."""
        if kept.key is None:
            raise SealBroken("The key of this secret was destroyed.")
        key = await datakeys.unwrapped(self._keys, kept.place.account_id, kept.key_version, kept.key)
        return unseal(key, kept.place, kept.sealed)

    async def seal(self, connection: Connection, place: Place, values: Mapping[str, str]) -> Sealed:
        """Seal for the place. The account's key is not replaced before the caller's transaction ends."""
        key = await datakeys.current(connection, self._keys, place.account_id)
        return Sealed(seal(key, place, values), key.version)

    async def put(self, connection: Connection, place: Place, values: Mapping[str, str]) -> None:
        """Keep the values at the place. New credentials end the sign-in that the old ones yielded."""
        sealed = await self.seal(connection, place, values)
        await connection.execute(_PUT, *place.key, sealed.text, sealed.key_version)
        if place.field is SecretField.CREDENTIALS:
            await self.remove(connection, place.of(SecretField.TOKENS))

    async def remove(self, connection: Connection, place: Place) -> None:
        await connection.execute(_REMOVE, *place.key)
