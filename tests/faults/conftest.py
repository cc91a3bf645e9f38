"""Workers, a bell and a database for the tests of faults."""

import secrets
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from shopfloor import QUICK, Bellhouse, Cellar, Floor

from db.session import dsn
from hub import migrate
from hub.embedded.local import local_services
from hub.embedded.ports import free_port
from hub.embedded.postgres import prepare_postgres
from hub.embedded.supervisor import Supervisor
from hub.embedded.valkey import prepare_valkey
from hub.settings import Settings

USUAL_KILLS = 3


def pytest_addoption(parser: pytest.Parser) -> None:
    """Known only where this folder is named on the command line."""
    words = f"How often test_import_kills.py kills the worker of an import; usually {USUAL_KILLS} times."
    parser.addoption("--kills", type=int, default=USUAL_KILLS, help=words)


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--kills", default=USUAL_KILLS))


@pytest_asyncio.fixture(scope="session")
async def bellhouse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bellhouse]:
    folder = tmp_path_factory.mktemp("bell")
    async with Supervisor(folder / "logs") as supervisor:
        house = Bellhouse(supervisor, await prepare_valkey(folder / "valkey", free_port(), durable=False))
        await house.start()
        yield house


@pytest_asyncio.fixture(scope="session")
async def quick_settings(
    tmp_path_factory: pytest.TempPathFactory, bellhouse: Bellhouse
) -> AsyncIterator[Settings]:
    async with local_services(tmp_path_factory.mktemp("servers"), durable=False) as services:
        name = f"t_{secrets.token_hex(4)}"
        owner = await asyncpg.connect(services.database_url)
        await owner.execute(f"create database {name}")
        settings = quick(dsn(services.database_url, database=name), bellhouse, name)
        await migrate.upgrade(settings)
        yield settings
        await owner.execute(f"drop database {name} with (force)")
        for role in ("app", "sweeper", "door"):
            await owner.execute(f"drop role {name}_{role}")
        await owner.close()


def quick(url: str, bellhouse: Bellhouse, prefix: str) -> Settings:
    return Settings(
        DATABASE_URL=url,
        REDIS_URL=bellhouse.url,
        secret="a secret of the tests",
        role_prefix=prefix,
        **QUICK,
    )


@pytest_asyncio.fixture
async def floor(quick_settings: Settings, tmp_path: Path) -> AsyncIterator[Floor]:
    async with Floor.of_a_new_account(quick_settings, tmp_path) as floor:
        yield floor
        await floor.close()
        await floor.value("delete from job where account_id = $1", floor.account)


@pytest_asyncio.fixture(params=[signal.SIGINT, signal.SIGQUIT], ids=["in order", "at once"])
async def cellar(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cellar]:
    """A Postgres of the test's own, to be stopped in order or at once."""
    folder = tmp_path_factory.mktemp("cellar")
    async with Supervisor(folder / "logs") as supervisor:
        server = await prepare_postgres(folder / "postgres", free_port())
        cellar = Cellar(supervisor, server, request.param)
        await cellar.start()
        yield cellar


@pytest_asyncio.fixture
async def cellar_settings(cellar: Cellar, bellhouse: Bellhouse) -> Settings:
    settings = quick(cellar.url, bellhouse, "hub")
    await migrate.upgrade(settings)
    return settings
