"""What is kept of a connection, and the event that each change of it leaves: whole images, no secret in them."""

from uuid import UUID

import orjson

from db.clock import new_id, now
from db.session import Connection
from hub.connectors import capabilities
from hub.sync.schedules import plant

# Of the credentials an image holds the version alone: that they changed is seen, what they are is not. Of the schedules it
# holds those that somebody chose; the others follow from what the system declares.
_IMAGE = """
    select (to_jsonb(c) - '{account_id,created_at}'::text[] || jsonb_build_object('credentials_version', k.version, 'schedules', (
        select jsonb_object_agg(s.object_group, jsonb_build_object('frequency', s.frequency, 'time', s.time, 'zone', s.zone))
        from schedule s where s.account_id = $1 and s.connection_id = c.id and not s.is_default)))::text
    from connection c left join credential k
        on k.account_id = $1 and k.connection_id = c.id and k.field = 'credentials'
    where c.account_id = $1 and c.id = $2"""
_TELL = """
    insert into event (account_id, id, action, object_type, object_id, member_id, run_id, before, after)
    values ($1, $2, $3, 'Connection', $4, $5, $6, $7::jsonb, $8::jsonb)"""
_KEPT = "select kind, settings, capabilities from connection where account_id = $1 and id = $2 for update"
_REFRESH = """
    update connection set capabilities = $3::jsonb, version = version + 1 where account_id = $1 and id = $2"""


async def image(connection: Connection, account: UUID, system: UUID) -> str:
    """The connection as an event shows it, in JSON."""
    text: str = await connection.fetchval(_IMAGE, account, system)
    return text


async def told(
    connection: Connection,
    account: UUID,
    system: UUID,
    action: str,
    before: str | None,
    *,
    member: UUID | None = None,
    run: UUID | None = None,
) -> None:
    """Write the event of a change that has just been made; `before` is the image from before it."""
    after = await image(connection, account, system)
    await connection.execute(_TELL, account, new_id(), action, system, member, run, before, after)


async def refresh_capabilities(
    connection: Connection, account: UUID, system: UUID, *, run: UUID | None = None
) -> bool:
    """Keep with the connection what this version of the hub declares of its system; whether that is news.

    Raises `Refused` where this version does not know the kind or cannot read the settings."""
    row = await connection.fetchrow(_KEPT, account, system)
    declared = capabilities(row["kind"], orjson.loads(row["settings"])).document()
    if orjson.loads(row["capabilities"]) == declared:
        return False
    before = await image(connection, account, system)
    await connection.execute(_REFRESH, account, system, orjson.dumps(declared).decode())
    await plant(connection, account, system, now())
    await told(connection, account, system, "REFRESH_CAPABILITIES", before, run=run)
    return True
