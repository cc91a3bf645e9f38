"""One Valkey for the tests of traffic control, and time that they move."""

import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from virtual import VirtualTime

from db.clock import Sources
from hub.embedded.ports import free_port
from hub.embedded.supervisor import Supervisor
from hub.embedded.valkey import prepare_valkey
from hub.http import TrafficControl


@pytest_asyncio.fixture(scope="session")
async def valkey(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    folder: Path = tmp_path_factory.mktemp("traffic")
    async with Supervisor(folder / "logs") as supervisor:
        server = await prepare_valkey(folder / "valkey", free_port(), durable=False)
        await supervisor.start(server.child())
        yield server.url


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> VirtualTime:
    virtual = VirtualTime()
    monkeypatch.setattr(Sources, "clock", virtual)
    return virtual


@pytest_asyncio.fixture
async def worker(valkey: str) -> AsyncIterator[Callable[[], TrafficControl]]:
    """Makes the traffic control of one more worker process; all of a test share their Valkey's keys."""
    made, name = list[TrafficControl](), f"t_{secrets.token_hex(4)}"

    def another() -> TrafficControl:
        made.append(TrafficControl(valkey, name))
        return made[-1]

    yield another
    for control in made:
        await control.close()
