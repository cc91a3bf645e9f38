"""How credentials are kept: encrypted, and bound to the account, connection and field they belong to."""

import secrets as randomness
from collections.abc import Mapping
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import HubError
from hub.settings import Settings

_VERSION = b"\x01"
_NONCE = 12


class SealBroken(HubError):
    """The sealed text belongs elsewhere, was changed, or was sealed with another secret."""


def seal(
    settings: Settings,
    account_id: UUID,
    connection_id: UUID,
    values: Mapping[str, str],
    *,
    field: str = "credentials",
) -> bytes:
    """Encrypt the values so that they open under this account, connection and field only."""
    nonce = randomness.token_bytes(_NONCE)
    place = _place(account_id, connection_id, field)
    return _VERSION + nonce + _cipher(settings).encrypt(nonce, orjson.dumps(dict(values)), place)


def unseal(
    settings: Settings, account_id: UUID, connection_id: UUID, sealed: bytes, *, field: str = "credentials"
) -> dict[str, str]:
    """Open what `seal` made for the same place; `SealBroken` for everything else."""
    version, nonce, text = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    if version != _VERSION or len(nonce) != _NONCE:
        raise SealBroken
    try:
        opened = _cipher(settings).decrypt(nonce, text, _place(account_id, connection_id, field))
    except InvalidTag:
        raise SealBroken from None
    values: dict[str, str] = orjson.loads(opened)
    return values


def _cipher(settings: Settings) -> AESGCM:
    return AESGCM(settings.key("sealing"))


def _place(account_id: UUID, connection_id: UUID, field: str) -> bytes:
    return f"{account_id}|{connection_id}|{field}".encode()
