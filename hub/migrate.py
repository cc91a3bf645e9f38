"""The one place that knows all tables: brings the database to the newest schema."""

from collections.abc import Sequence

from sqlmodel import SQLModel

from db import (
    accounts,
    carried,
    checks,
    crawls,
    credentials,
    events,
    jobs,
    links,
    migrate,
    people,
    registers,
    requests,
    runs,
    schedules,
    traffic,
)
from hub import objects
from hub.core.link import pairs
from hub.settings import Settings

TABLES = (
    accounts,
    carried,
    checks,
    crawls,
    credentials,
    events,
    jobs,
    links,
    people,
    registers,
    requests,
    runs,
    schedules,
    traffic,
    objects,
)  # importing them registers their tables
METADATA = SQLModel.metadata


async def upgrade(settings: Settings) -> None:
    await migrate.upgrade(settings.database_url, METADATA, settings.logins, pairs())


async def draft(url: str, message: str) -> None:
    """Write a migration file. `url` logs in to any server that may make a database for the while."""
    await migrate.draft(url, METADATA, message)


async def differences(settings: Settings) -> Sequence[object]:
    return await migrate.differences(settings.database_url, METADATA)
