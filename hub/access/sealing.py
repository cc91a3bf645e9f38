"""How a secret becomes a sealed text that opens with its data key, in its place, and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.credentials import SecretField
from hub.access.keyservice import SealBroken, decrypted, encrypted

_FORMAT = b"\x02"
_VERSION = 4  # bytes of the data key's version, in front of the nonce


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret belongs: it opens under this account, connection and field only."""

    account_id: UUID
    connection_id: UUID
    field: SecretField = SecretField.CREDENTIALS

    @property
    def key(self) -> tuple[UUID, UUID, str]:
        return self.account_id, self.connection_id, self.field.value

    def of(self, field: SecretField) -> "Place":
        return replace(self, field=field)

    def under(self, key_version: int) -> bytes:
        """What the cipher authenticates besides the text."""
        return f"{self.account_id}|{self.connection_id}|{self.field}|{key_version}".encode()


@dataclass(frozen=True, slots=True)
class DataKey:
    """One version of an account's key, unwrapped."""

    version: int
    secret: bytes = field(repr=False)


def seal(key: DataKey, place: Place, values: Mapping[str, str]) -> bytes:
    """Encrypt the values; the format and the key's version stand in front, in clear."""
    text = encrypted(AESGCM(key.secret), orjson.dumps(dict(values)), place.under(key.version))
    return _FORMAT + key.version.to_bytes(_VERSION) + text


def unseal(key: DataKey, place: Place, sealed: bytes) -> dict[str, str]:
    """Open what `seal` made with the same key for the same place; `SealBroken` for everything else."""
    head, text = sealed[: 1 + _VERSION], sealed[1 + _VERSION :]
    if head != _FORMAT + key.version.to_bytes(_VERSION):
        raise SealBroken
    values: dict[str, str] = orjson.loads(decrypted(AESGCM(key.secret), text, place.under(key.version)))
    return values
