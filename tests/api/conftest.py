"""The API in this process over two seeded accounts that mirror each other."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import pytest_asyncio
from calling import BothWays, Caller
from factories import Contractor, seeded
from runs import Run
from serving import serving
from starlette.applications import Starlette

from db.session import WritePool
from hub.api import subscription
from hub.app import create_app
from hub.bell import SilentBell
from hub.settings import Settings


@pytest_asyncio.fixture(scope="session")
async def application(hub_settings: Settings) -> AsyncIterator[Starlette]:
    settings = hub_settings.model_copy(update={"read_pool": 4, "write_pool": 4})
    app = create_app(settings, SilentBell())
    async with app.router.lifespan_context(app):
        yield app


@pytest_asyncio.fixture(scope="session")
async def client(application: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://hub.test") as client:
        yield client


@pytest_asyncio.fixture(scope="session")
async def ours(app_pool: WritePool, hub_settings: Settings) -> Contractor:
    return await seeded(app_pool, hub_settings, 1)


@pytest_asyncio.fixture(scope="session")
async def theirs(app_pool: WritePool, hub_settings: Settings) -> Contractor:
    """Another account with the same words under other ids."""
    return await seeded(app_pool, hub_settings, 2)


@pytest.fixture(scope="session")
def by(client: httpx.AsyncClient, ours: Contractor) -> Callable[[str], Caller]:
    """A caller of our account by role."""
    return lambda role: Caller(client, ours.keys[role])


@pytest.fixture(scope="session")
def both_ways(application: Starlette) -> BothWays:
    return BothWays(application.state.engine, application.state.means)


# --- following runs over real sockets -----------------------------------------------------------------------------------


@pytest_asyncio.fixture(scope="session")
async def address(application: Starlette) -> AsyncIterator[str]:
    """Where the application is served."""
    async with serving(application) as address:
        yield address


@pytest_asyncio.fixture(scope="session")
async def hasty(hub_settings: Settings) -> AsyncIterator[str]:
    """Where an application is served whose patience is short."""
    short = {"greeting_seconds": 0.05, "recheck_seconds": 0.05, "ping_seconds": 0.02}
    app = create_app(hub_settings.model_copy(update=short), SilentBell())
    async with app.router.lifespan_context(app), serving(app) as address:
        yield address


@pytest_asyncio.fixture(scope="session")
async def who(app_pool: WritePool, hub_settings: Settings) -> Contractor:
    """An account whose runs come and go."""
    return await seeded(app_pool, hub_settings, 4)


@pytest_asyncio.fixture
async def run(app_pool: WritePool, who: Contractor, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run under way, which is looked at often."""
    monkeypatch.setattr(subscription, "POLL_SECONDS", 0.01)
    return await Run.begin(app_pool, who)
