"""Bringing what connections keep of their systems up to this version of the hub: account by account, under row-level security.

The accounts are listed by the sweeper's login, which sees their ids alone, as for a rotation of keys."""

from dataclasses import dataclass
from uuid import UUID

from db import sweep
from db.session import Connection, WritePool
from hub.errors import Refused
from hub.settings import Settings
from hub.sync.connections import refresh_capabilities

_CONNECTIONS = "select id, name from connection where account_id = $1 order by id"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many connections were brought up to date, and which could not be, in words."""

    changed: int
    left: tuple[str, ...]


async def refresh_all(settings: Settings) -> Refreshed:
    """All connections of all accounts, each account in a transaction of its own. Run again, it changes nothing."""
    changed, left = 0, list[str]()
    app = await WritePool.open(settings.url_of("app"), 1)
    try:
        for account in await sweep.accounts(settings.url_of("sweeper")):
            async with app.transaction(account) as connection:
                changed += await _refreshed(connection, account, left)
    finally:
        await app.close()
    return Refreshed(changed, tuple(left))


async def _refreshed(connection: Connection, account: UUID, left: list[str]) -> int:
    changed = 0
    for row in await connection.fetch(_CONNECTIONS, account):
        try:
            changed += await refresh_capabilities(connection, account, row["id"])
        except Refused as refused:
            left.append(f"{row['name']} of account {account}: {refused.field}: {refused.message}")
    return changed
