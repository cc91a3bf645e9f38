"""Sealed credentials open in their place, and nowhere else."""

from uuid import UUID, uuid4

import pytest

from hub.access.sealing import SealBroken, seal, unseal
from hub.settings import Settings

ACCOUNT, CONNECTION = UUID(int=1), UUID(int=2)
VALUES = {"client_id": "abc", "client_secret": "schlüssel", "empty": ""}


@pytest.fixture
def settings() -> Settings:
    return Settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", secret="0123456789abcdef")


def test_what_was_sealed_opens_in_its_place(settings: Settings) -> None:
    assert unseal(settings, ACCOUNT, CONNECTION, seal(settings, ACCOUNT, CONNECTION, VALUES)) == VALUES


def test_the_same_values_never_look_the_same(settings: Settings) -> None:
    sealed = {seal(settings, ACCOUNT, CONNECTION, VALUES) for _ in range(20)}
    assert len(sealed) == 20
    assert not any(b"schl" in blob or b"client" in blob for blob in sealed)


@pytest.mark.parametrize(
    ("account", "connection", "field"),
    [
        (uuid4(), CONNECTION, "credentials"),
        (ACCOUNT, uuid4(), "credentials"),
        (CONNECTION, ACCOUNT, "credentials"),
        (ACCOUNT, CONNECTION, "webhook"),
    ],
)
def test_moved_elsewhere_it_does_not_open(
    settings: Settings, account: UUID, connection: UUID, field: str
) -> None:
    sealed = seal(settings, ACCOUNT, CONNECTION, VALUES)
    with pytest.raises(SealBroken):
        unseal(settings, account, connection, sealed, field=field)


def test_any_changed_byte_is_noticed(settings: Settings) -> None:
    sealed = seal(settings, ACCOUNT, CONNECTION, VALUES)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            unseal(settings, ACCOUNT, CONNECTION, bytes(changed))


@pytest.mark.parametrize("length", [0, 1, 5, 13, 28])
def test_a_stump_is_noticed(settings: Settings, length: int) -> None:
    with pytest.raises(SealBroken):
        unseal(settings, ACCOUNT, CONNECTION, seal(settings, ACCOUNT, CONNECTION, VALUES)[:length])


def test_another_secret_does_not_open_it(settings: Settings) -> None:
    other = Settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", secret="another secret of ours")
    with pytest.raises(SealBroken):
        unseal(other, ACCOUNT, CONNECTION, seal(settings, ACCOUNT, CONNECTION, VALUES))
