"""A database of its own for the tests, and an account in it."""

import secrets
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from desk import Desk

from db.clock import new_id
from db.session import WritePool, dsn
from hub import migrate
from hub.access.sealing import Place
from hub.access.vault import Vault
from hub.embedded.local import local_services
from hub.settings import Settings


@pytest_asyncio.fixture(scope="session")
async def hub_settings(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Settings]:
    async with local_services(tmp_path_factory.mktemp("servers"), durable=False) as services:
        name = f"t_{secrets.token_hex(4)}"
        owner = await asyncpg.connect(services.database_url)
        await owner.execute(f"create database {name}")
        settings = Settings(
            DATABASE_URL=dsn(services.database_url, database=name),
            REDIS_URL=services.redis_url,
            secret="a secret of the tests",
            role_prefix=name,
        )
        await migrate.upgrade(settings)
        yield settings
        await owner.execute(f"drop database {name} with (force)")
        for role in ("app", "sweeper", "door"):
            await owner.execute(f"drop role {name}_{role}")
        await owner.close()


@pytest_asyncio.fixture(scope="session")
async def app_pool(hub_settings: Settings) -> AsyncIterator[WritePool]:
    pool = await WritePool.open(hub_settings.url_of("app"), 10)
    yield pool
    await pool.close()


@pytest_asyncio.fixture
async def account(app_pool: WritePool) -> UUID:
    """A fresh account."""
    account_id = new_id()
    async with app_pool.transaction(account_id) as connection:
        await connection.execute(
            "insert into account (account_id, name, currency, time_zone)"
            " values ($1, 'Brick & Sons', 'USD', 'UTC')",
            account_id,
        )
    return account_id


@pytest_asyncio.fixture
async def erp(hub_settings: Settings, app_pool: WritePool, account: UUID) -> UUID:
    """The account's connection to its ERP."""
    connection_id = new_id()
    async with app_pool.transaction(account) as connection:
        await connection.execute(
            "insert into connection (account_id, id, name, kind, role, base_url)"
            " values ($1, $2, 'Books', 'mri', 'ERP', 'https://erp.example')",
            *(account, connection_id),
        )
        vault = Vault.of(hub_settings)
        await vault.put(connection, Place(account, connection_id), {"password": "hunter2"})
    return connection_id


@pytest_asyncio.fixture
async def desk(hub_settings: Settings, app_pool: WritePool) -> Desk:
    """A fresh account with a job, a vendor and people of every right."""
    return await Desk.open(app_pool, hub_settings)
