"""Workers, a bell and a database for the tests of faults."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from shopfloor import QUICK, Bellhouse, Floor

from db.clock import new_id
from db.session import WritePool, dsn
from hub import migrate
from hub.embedded.local import local_services
from hub.embedded.ports import free_port
from hub.embedded.supervisor import Supervisor
from hub.embedded.valkey import prepare_valkey
from hub.settings import Settings


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
        settings = Settings(
            DATABASE_URL=dsn(services.database_url, database=name),
            REDIS_URL=bellhouse.url,
            secret="a secret of the tests",
            role_prefix=name,
            **QUICK,
        )
        await migrate.upgrade(settings)
        yield settings
        await owner.execute(f"drop database {name} with (force)")
        for role in ("app", "sweeper", "door"):
            await owner.execute(f"drop role {name}_{role}")
        await owner.close()


@pytest_asyncio.fixture
async def floor(quick_settings: Settings, tmp_path: Path) -> AsyncIterator[Floor]:
    pool = await WritePool.open(quick_settings.url_of("app"), 5)
    account = new_id()
    async with pool.transaction(account) as connection:
        await connection.execute(
            "insert into account (account_id, name, currency, time_zone)"
            " values ($1, 'Brick & Sons', 'USD', 'UTC')",
            account,
        )
    floor = Floor(quick_settings, pool, account, tmp_path)
    yield floor
    await floor.close()
    await floor.value("delete from job where account_id = $1", account)
    await pool.close()
