"""The one place that knows all tables: brings the database to the newest schema."""

from collections.abc import Sequence

from sqlmodel import SQLModel

import db.accounts
import db.crawls
import db.events
import db.jobs
import db.links
import db.people
import db.runs
import hub.objects  # noqa: F401  the records register their tables
from db import migrate
from hub.core.link import pairs
from hub.settings import Settings

METADATA = SQLModel.metadata


async def upgrade(settings: Settings) -> None:
    await migrate.upgrade(settings.database_url, METADATA, settings.logins, pairs())


async def draft(settings: Settings, message: str) -> None:
    await migrate.draft(settings.database_url, METADATA, message)


async def differences(settings: Settings) -> Sequence[object]:
    return await migrate.differences(settings.database_url, METADATA)
