"""Brings a database to the newest schema: logins, Alembic under an advisory lock, moves, policies, grants."""

import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import asyncpg
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from db import roles
from db.logins import Logins
from db.session import dsn

LOCK = 0x6875625F6D696772  # "hub_migr": one migration at a time on a database
MIGRATIONS = Path(__file__).with_name("migrations")


def _config(connection: Connection, metadata: MetaData) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes.update(connection=connection, metadata=metadata)
    return config


async def upgrade(url: str, metadata: MetaData, logins: Logins, moves: Sequence[tuple[str, str]]) -> None:
    """Applies what is missing. `url` logs in as the owner; a second caller waits for the first and finds nothing to do."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    guard = await asyncpg.connect(url)
    try:
        await guard.execute("select pg_advisory_lock($1)", LOCK)
        await roles.ensure(guard, logins)
        await _run(url, lambda connection: command.upgrade(_config(connection, metadata), "head"))
        async with guard.transaction():
            await guard.execute("delete from link_move")
            await guard.executemany("insert into link_move (from_state, to_state) values ($1, $2)", moves)
            await roles.apply(guard, roles.policies(logins))
            await roles.apply(guard, roles.grants(logins, await guard.fetchval("select current_database()")))
    finally:
        await guard.close()


async def draft(url: str, metadata: MetaData, message: str) -> None:
    """Writes a new migration file: what the models say and the migrations do not make, in a database of its own."""
    number = following([path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")])

    def write(connection: Connection) -> None:
        config = _config(connection, metadata)
        command.upgrade(config, "head")
        command.revision(config, message=message, autogenerate=True, rev_id=number)

    name = f"draft_{secrets.token_hex(4)}"
    owner = await asyncpg.connect(url)
    try:
        await owner.execute(f"create database {name}")
        await _run(dsn(url, database=name), write)
        await owner.execute(f"drop database {name} with (force)")
    finally:
        await owner.close()


def following(names: Iterable[str]) -> str:
    """The number of the migration after those of these files; numbers may have been left out."""
    return f"{max((int(name[:4]) for name in names), default=0) + 1:04}"


async def differences(url: str, metadata: MetaData) -> Sequence[object]:
    """What Alembic sees between the models and the database; empty where they agree."""
    found: list[object] = []

    def compare(connection: Connection) -> None:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found.extend(compare_metadata(context, metadata))

    await _run(url, compare)
    return found


async def _run(url: str, work: Callable[[Connection], object]) -> None:
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(url))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(work)
    finally:
        await engine.dispose()
