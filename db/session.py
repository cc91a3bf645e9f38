"""Pools to Postgres: reads that keep their account on the connection, and write transactions that set it for themselves."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

Row: TypeAlias = asyncpg.Record
Connection: TypeAlias = asyncpg.Connection
SESSION = {"TimeZone": "UTC", "application_name": "hub", "jit": "off"}


class AccountConnection(asyncpg.Connection):  # type: ignore[misc]  # the driver has no types
    """A connection that knows which account it was last set to."""

    hub_account: uuid.UUID | None = None


async def _keep(_: Connection) -> None:
    """Reset on release would cost a round trip; read connections carry no state but their account, which every use checks."""


class Unreachable(ConnectionError):
    """Postgres does not answer now. What was asked may or may not have been done, if it was a commit."""


_GONE = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
)


@asynccontextmanager
async def _acquired(pool: asyncpg.Pool, timeout: float) -> AsyncIterator[Connection]:
    """A connection of the pool; losing Postgres on the way is told as `Unreachable`."""
    connection: Connection | None = None
    try:
        async with pool.acquire(timeout=timeout) as connection:
            yield connection
    except Unreachable:
        raise
    except _GONE as error:
        raise Unreachable("Postgres does not answer.") from error
    except (OSError, TimeoutError) as error:
        if connection is not None:
            raise
        raise Unreachable("Postgres does not answer.") from error
    except asyncpg.InterfaceError as error:
        if connection is not None and not connection.is_closed():
            raise
        raise Unreachable("Postgres does not answer.") from error


class ReadPool:
    """Read-only connections. Each remembers the account it was last set to, so that most reads are one round trip.

    Isolation does not hang on the setting alone: every statement also carries `account_id = $1`."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str, size: int) -> "ReadPool":
        settings = SESSION | {"default_transaction_read_only": "on"}
        pool = await asyncpg.create_pool(
            url,
            min_size=0,
            max_size=size,
            server_settings=settings,
            connection_class=AccountConnection,
            reset=_keep,
            statement_cache_size=512,
            max_inactive_connection_lifetime=300,
        )
        return cls(pool)

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def account(self, account: uuid.UUID, *, timeout: float = 5.0) -> AsyncIterator[Connection]:
        """A connection on which row-level security admits this account and no other."""
        async with _acquired(self._pool, timeout) as proxy:
            connection: AccountConnection = (
                proxy._con
            )  # the account belongs to the connection, not to the pool's proxy
            if connection.hub_account != account:
                connection.hub_account = None
                await connection.execute("select set_config('app.account', $1, false)", str(account))
                connection.hub_account = account
            yield connection


class WritePool:
    """Connections for write transactions."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str, size: int) -> "WritePool":
        return cls(
            await asyncpg.create_pool(
                url, min_size=0, max_size=size, server_settings=SESSION, max_inactive_connection_lifetime=300
            )
        )

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self, account: uuid.UUID, *, timeout: float = 10.0) -> AsyncIterator[Connection]:
        """One transaction of one account. Commits at the end, rolls back on any error."""
        async with _acquired(self._pool, timeout) as connection, connection.transaction():
            await connection.execute("select set_config('app.account', $1, true)", str(account))
            yield connection

    @asynccontextmanager
    async def plain(self) -> AsyncIterator[Connection]:
        """A connection without an account: for the narrow roles that see a few columns of all accounts."""
        async with _acquired(self._pool, 10.0) as connection:
            yield connection


def dsn(
    url: str, *, user: str | None = None, password: str | None = None, database: str | None = None
) -> str:
    """The same server under another login or database."""
    parts = urlsplit(url)
    name = quote(user if user is not None else parts.username or "", safe="")
    secret = quote(password, safe="") if password is not None else parts.password or ""
    host = parts.netloc.rpartition("@")[2]
    login = f"{name}:{secret}@" if secret else f"{name}@" if name else ""
    path = f"/{database}" if database is not None else parts.path
    return urlunsplit((parts.scheme, login + host, path, parts.query, parts.fragment))
