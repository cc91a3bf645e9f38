"""The database that the migrations make: it holds what the models say, and guards what models cannot say."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import create_async_engine

from db.clock import new_id
from db.session import Connection, WritePool, dsn
from hub import migrate
from hub.core.link import pairs
from hub.settings import Settings

# Unique keys that do not begin with the account, and why.
ACROSS_ACCOUNTS = {
    "uq_api_key_prefix",  # a key is found before its account is known
    "uq_webhook_prefix",  # and so is a webhook
    "ix_job_due",  # the sweeper reads it for all accounts; not unique
    "ix_schedule_wake",  # and so the scheduler
}
# Tables that hold no account's rows.
OF_NO_ACCOUNT = {"alembic_version", "link_move"}


@pytest_asyncio.fixture
async def owner(hub_settings: Settings) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(hub_settings.database_url)
    yield connection
    await connection.close()


async def names(owner: Connection, query: str, *values: object) -> set[str]:
    return {row[0] for row in await owner.fetch(query, *values)}


TABLES = """
    select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p')"""


async def test_the_migrations_make_what_the_models_say(hub_settings: Settings):
    assert await migrate.differences(hub_settings) == []


# What autogenerate does not compare: generated columns, defaults, checks, predicates of indexes.
DETAILS = {
    "columns": """
        select format('%s.%s %s null:%s generated:%s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
            not a.attnotnull, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'alembic_version'""",
    "constraints": """
        select format('%s %s', conname, pg_get_constraintdef(oid)) from pg_constraint
        where connamespace = 'public'::regnamespace and conrelid <> 'alembic_version'::regclass""",
    "indexes": "select indexdef from pg_indexes where schemaname = 'public' and tablename <> 'alembic_version'",
}


@pytest_asyncio.fixture
async def from_models(owner: Connection, hub_settings: Settings) -> AsyncIterator[Connection]:
    """A second database, made from the models alone."""
    name = f"m_{new_id().hex}"
    await owner.execute(f"create database {name}")
    url = dsn(hub_settings.database_url, database=name)
    connection = await asyncpg.connect(url)
    await connection.execute(await owner.fetchval("select pg_get_functiondef('hub_now'::regproc)"))
    await connection.execute("create table alembic_version (version_num text)")
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as made:
        await made.run_sync(migrate.METADATA.create_all)
    await engine.dispose()
    yield connection
    await connection.close()
    await owner.execute(f"drop database {name} with (force)")


async def test_the_migrations_make_every_detail_of_the_models(owner: Connection, from_models: Connection):
    for what, query in DETAILS.items():
        assert await names(owner, query) == await names(from_models, query), what


async def test_every_table_of_accounts_is_guarded_also_against_its_owner(owner: Connection):
    guarded = await names(owner, f"{TABLES} and c.relrowsecurity and c.relforcerowsecurity")

    assert await names(owner, TABLES) - guarded == OF_NO_ACCOUNT


async def test_every_guard_looks_at_what_is_read_and_at_what_is_written(owner: Connection):
    own = await owner.fetch(
        "select * from pg_policies where schemaname = 'public' and policyname = 'own_account'"
    )

    assert {row["tablename"] for row in own} == await names(owner, TABLES) - OF_NO_ACCOUNT
    for row in own:
        assert "app.account" in row["qual"], row["tablename"]
        assert row["qual"] == row["with_check"], row["tablename"]
        assert (row["permissive"], row["roles"], row["cmd"]) == ("PERMISSIVE", ["public"], "ALL"), row[
            "tablename"
        ]


async def test_only_the_two_narrow_logins_see_across_accounts(owner: Connection, hub_settings: Settings):
    others = await owner.fetch(
        "select * from pg_policies where schemaname = 'public' and policyname <> 'own_account'"
    )

    narrow = {(row["tablename"], *row["roles"]) for row in others}
    logins = hub_settings.logins
    swept = {
        ("job", logins.sweeper),
        ("event", logins.sweeper),
        ("event_head", logins.sweeper),
        ("account", logins.sweeper),
        ("schedule", logins.sweeper),
    }
    assert narrow == swept | {("api_key", logins.door), ("webhook", logins.door)}


async def test_every_table_of_accounts_has_the_account_in_front_of_its_keys(owner: Connection):
    rows = await owner.fetch("""
        select i.indexrelid::regclass::text as name, i.indrelid::regclass::text as "table", i.indisunique as unique,
            (select a.attname::text from pg_attribute a where a.attrelid = i.indrelid and a.attnum = i.indkey[0]) as first
        from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public'""")

    odd = {row["name"] for row in rows if row["first"] != "account_id" and row["table"] not in OF_NO_ACCOUNT}
    assert odd == ACROSS_ACCOUNTS
    assert {row["table"] for row in rows if row["unique"]} == await names(owner, TABLES)


async def test_every_foreign_key_stays_inside_its_account(owner: Connection):
    rows = await owner.fetch("""
        select k.conname::text as name, a.attname::text as ours, b.attname::text as theirs
        from pg_constraint k
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
        join pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.confkey[1]
        where k.contype = 'f' and k.connamespace = 'public'::regnamespace""")

    assert rows
    assert [row["name"] for row in rows if (row["ours"], row["theirs"]) != ("account_id", "account_id")] == []


async def test_the_logins_can_neither_own_nor_bypass(owner: Connection, hub_settings: Settings):
    logins = hub_settings.logins
    mine = [logins.app, logins.sweeper, logins.door]
    rows = await owner.fetch("select * from pg_roles where rolname = any($1)", mine)

    assert len(rows) == 3
    powers = ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication", "rolinherit")
    assert [(row["rolname"], power) for row in rows for power in powers if row[power]] == []
    owners = await names(
        owner, f"{TABLES} and c.relowner in (select oid from pg_roles where rolname = any($1))", mine
    )
    assert owners == set()
    members = (
        "select count(*) from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = any($1)"
    )
    assert await owner.fetchval(members, mine) == 0


@pytest.mark.parametrize("table", ["event", "event_seal"])
@pytest.mark.parametrize("right", ["update", "delete", "truncate"])
async def test_what_happened_cannot_be_changed(
    owner: Connection, hub_settings: Settings, table: str, right: str
):
    for login in (hub_settings.logins.app, hub_settings.logins.sweeper, hub_settings.logins.door):
        assert not await owner.fetchval("select has_table_privilege($1, $2, $3)", login, table, right)
        if right == "update":
            assert not await owner.fetchval(
                "select has_any_column_privilege($1, $2, $3)", login, table, right
            )


async def test_the_sweeper_and_the_door_see_a_few_columns(owner: Connection, hub_settings: Settings):
    seen = """
        select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
            and has_column_privilege($1, c.oid, a.attnum, 'select')"""

    job = {"account_id", "id", "state", "lane", "due_at", "rung_at", "lease_owner", "lease_until"}
    event = {"event.account_id", "event.id", "event.transaction"}
    head = {"event_head.account_id", "event_head.transaction", "event_head.event_id"}
    assert await names(owner, seen, hub_settings.logins.sweeper) == (
        {f"job.{name}" for name in job}
        | event
        | head
        | {"account.account_id"}
        | {f"schedule.{name}" for name in ("account_id", "connection_id", "object_group", "wake_at")}
    )
    key = {"account_id", "id", "member_id", "prefix", "digest", "bulk", "expires_at", "revoked_at"}
    hook = {"account_id", "id", "connection_id", "prefix", "digest", "revoked_at"}
    assert await names(owner, seen, hub_settings.logins.door) == (
        {f"api_key.{name}" for name in key} | {f"webhook.{name}" for name in hook}
    )


async def test_the_database_knows_the_same_moves_as_the_code(owner: Connection):
    rows = await owner.fetch("select from_state, to_state from link_move")

    assert sorted(tuple(row) for row in rows) == pairs()


async def test_without_an_account_nothing_is_seen_and_nothing_written(app_pool: WritePool, account: object):
    async with app_pool.plain() as connection:
        assert await connection.fetchval("select count(*) from account") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "insert into account (account_id, name, currency, time_zone) values ($1, 'x', 'USD', 'UTC')",
                new_id(),
            )


async def test_a_row_of_another_account_can_be_neither_read_nor_made(app_pool: WritePool, account: object):
    stranger = new_id()
    async with app_pool.transaction(stranger) as connection:
        assert await connection.fetchval("select count(*) from account") == 0
        assert (
            await connection.execute("update account set name = 'taken' where account_id = $1", account)
            == "UPDATE 0"
        )
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("insert into event_head (account_id) values ($1)", account)
