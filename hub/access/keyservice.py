"""Who holds the keys that data keys are wrapped with: the port to a key service, and one that settings fill."""

import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import HubError

NONCE = 12  # bytes; fresh and random for every text, as AES-GCM demands


class SealBroken(HubError):
    """The sealed text belongs elsewhere, was changed, or its key is gone."""


class KeyMissing(SealBroken):
    """The key-encryption key is not among those given: mend the settings, nothing is lost."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A data key under the key-encryption key of this id."""

    kek_id: str
    text: bytes = field(repr=False)


class KeyService(Protocol):
    """Wraps and unwraps data keys; its own keys never leave it. The same `context` unwraps, and no other."""

    @property
    def current(self) -> str: ...

    async def wrap(self, key: bytes, context: str) -> Wrapped: ...

    async def unwrap(self, wrapped: Wrapped, context: str) -> bytes:
        """`KeyMissing` where the key is not known, `SealBroken` for a changed text or another context."""
        ...


class LocalKeys:
    """Keys from the environment or a file, the first is current; for sites without a key service."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = {id_: AESGCM(key) for id_, key in keys.items()}
        self._current = next(iter(keys))

    def __repr__(self) -> str:
        return f"LocalKeys({', '.join(self._keys)})"

    @property
    def current(self) -> str:
        return self._current

    async def wrap(self, key: bytes, context: str) -> Wrapped:
        place = _place(context, self._current)
        return Wrapped(self._current, encrypted(self._keys[self._current], key, place))

    async def unwrap(self, wrapped: Wrapped, context: str) -> bytes:
        known = self._keys.get(wrapped.kek_id)
        if known is None:
            raise KeyMissing(f"The key-encryption key {wrapped.kek_id} is needed and not among those given.")
        return decrypted(known, wrapped.text, _place(context, wrapped.kek_id))


def encrypted(cipher: AESGCM, plain: bytes, place: bytes) -> bytes:
    nonce = randomness.token_bytes(NONCE)
    return nonce + cipher.encrypt(nonce, plain, place)


def decrypted(cipher: AESGCM, text: bytes, place: bytes) -> bytes:
    if len(text) <= NONCE:
        raise SealBroken
    try:
        return cipher.decrypt(text[:NONCE], text[NONCE:], place)
    except InvalidTag:
        raise SealBroken from None


def _place(context: str, kek_id: str) -> bytes:
    return f"{context}|{kek_id}".encode()
