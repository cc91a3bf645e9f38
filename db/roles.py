"""What each login of the hub may touch; applied anew after every migration."""

from collections.abc import Sequence

import asyncpg

from db.base import account_tables
from db.logins import Logins

APPEND_ONLY = ("event", "event_seal")
SWEEPER_COLUMNS = "account_id, id, state, lane, due_at, rung_at, lease_owner, lease_until"


def policies(logins: Logins) -> list[str]:
    """Row-level security of every table of accounts, and the two narrow views across accounts."""
    statements: list[str] = []
    own = "account_id = nullif(current_setting('app.account', true), '')::uuid"
    for table in account_tables():
        statements += [
            f'alter table "{table}" enable row level security',
            f'alter table "{table}" force row level security',
            f'drop policy if exists own_account on "{table}"',
            f'create policy own_account on "{table}" using ({own}) with check ({own})',
        ]
    for table, role in (
        ("job", logins.sweeper),
        ("event", logins.sweeper),
        ("event_head", logins.sweeper),
        ("account", logins.sweeper),
        ("schedule", logins.sweeper),
    ):
        statements += [
            f"drop policy if exists sweep on {table}",
            f"create policy sweep on {table} for all to {role} using (true)",
        ]
    for table in ("api_key", "webhook"):
        statements += [
            f"drop policy if exists door on {table}",
            f"create policy door on {table} for select to {logins.door} using (true)",
        ]
    return statements


def grants(logins: Logins, database: str) -> list[str]:
    """Exactly what each login needs."""
    tables = account_tables()
    everyone = f"{logins.app}, {logins.sweeper}, {logins.door}"
    statements = [
        f'grant connect on database "{database}" to {everyone}',
        f"grant usage on schema public to {everyone}",
        f"grant select on link_move to {logins.app}",
    ]
    for table in tables:
        rights = "select, insert" if table in APPEND_ONLY else "select, insert, update, delete"
        statements.append(f'grant {rights} on "{table}" to {logins.app}')
    statements += [
        f"grant select ({SWEEPER_COLUMNS}), update (rung_at, lease_until) on job to {logins.sweeper}",
        f"grant select (account_id, id, transaction) on event to {logins.sweeper}",
        f"grant select (account_id, transaction, event_id) on event_head to {logins.sweeper}",
        f"grant select (account_id) on account to {logins.sweeper}",
        f"grant select (account_id, connection_id, object_group, wake_at) on schedule to {logins.sweeper}",
        f"grant select (account_id, id, member_id, prefix, digest, bulk, expires_at, revoked_at) on api_key to {logins.door}",
        f"grant select (account_id, id, connection_id, prefix, digest, revoked_at) on webhook to {logins.door}",
    ]
    return statements


async def ensure(connection: asyncpg.Connection, logins: Logins) -> None:
    """Makes the logins where they are missing and sets their passwords. Roles belong to the whole server."""
    for role in (logins.app, logins.sweeper, logins.door):
        known = await connection.fetchval("select 1 from pg_roles where rolname = $1", role)
        verb = "alter" if known else "create"
        secret = logins.password.replace("'", "''")
        await connection.execute(
            f"{verb} role {role} login password '{secret}' nosuperuser nocreatedb nocreaterole nobypassrls noinherit"
        )


async def apply(connection: asyncpg.Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        await connection.execute(statement)
