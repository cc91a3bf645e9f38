"""Whatever holds a secret hides it from repr, str and format, so that no error text or debugger shows it."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from db.logins import Logins
from hub.access.keyservice import LocalKeys, Wrapped
from hub.access.sealing import DataKey, Place
from hub.access.vault import Kept, Sealed, Vault
from hub.demo.stack import Stack
from hub.embedded.child import Child
from hub.embedded.local import LocalServices
from hub.embedded.supervisor import Supervisor
from hub.erp.reach import Reach
from hub.http import AuthorizationCode, Basic, ClientCredentials, MemoryTokens, Tokens
from hub.settings import Settings

SECRET = "c4n4ry-pass-word-of-32-bytes-xyz"
URL = f"postgresql://hub:{SECRET}@127.0.0.1:1/none"
RAW = SECRET.encode()
PLACE = Place(UUID(int=1), UUID(int=2))
SETTINGS = Settings(DATABASE_URL=URL, REDIS_URL=URL, secret=SECRET, door_database_url=URL)


async def never(_: object) -> dict[str, object]:
    return {}


HOLDERS = [
    SETTINGS,
    Logins.named("hub", SECRET),
    LocalKeys({"a": RAW}),
    Vault(LocalKeys({"a": RAW})),
    Wrapped("a", RAW),
    DataKey(1, RAW),
    Kept(PLACE, 1, 1, RAW, Wrapped("a", RAW)),
    Sealed(RAW, 1),
    Reach("https://erp.example.com", {"password": SECRET}, {}),
    Tokens(SECRET, datetime(2026, 1, 1, tzinfo=UTC), SECRET),
    MemoryTokens(),
    Basic("user", SECRET),
    ClientCredentials("hub", SECRET, never),
    AuthorizationCode("hub", SECRET, never, MemoryTokens()),
    Child("worker", ["python"], env={"HUB_SECRET": SECRET}),
    LocalServices(URL, URL, Supervisor(Path("logs"))),
    Stack(Path("x"), SETTINGS, Supervisor(Path("logs")), "a", "b", "c", keys={"reader": SECRET}),
]


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: type(holder).__name__)
def test_it_shows_no_secret(holder: object):
    shown = f"{holder!r} {holder} {[holder]}"
    assert type(holder).__name__ in shown or "=" in shown
    assert SECRET not in shown
