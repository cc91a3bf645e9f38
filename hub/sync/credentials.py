"""What happens to a connection whose credentials are not accepted."""

from uuid import UUID

from db.clock import new_id
from db.session import Connection
from hub.sync.work import JobRow

_MARK = """
    update connection set state = 'AUTH_REQUIRED', version = version + 1
    where account_id = $1 and id = $2 and state = 'ACTIVE' returning version"""
_TELL = """
    insert into event (account_id, id, action, object_type, object_id, run_id, cause, before, after)
    values ($1, $2, 'REQUIRE_CREDENTIALS', 'Connection', $3, $4, $5,
        jsonb_build_object('state', 'ACTIVE', 'version', $6::int - 1),
        jsonb_build_object('state', 'AUTH_REQUIRED', 'version', $6::int))"""


async def require_credentials(connection: Connection, job: JobRow, connection_id: UUID, message: str) -> None:
    """Stop every job from using the connection until a person mends it; once, however many jobs find out."""
    version = await connection.fetchval(_MARK, job.account_id, connection_id)
    if version is not None:
        await connection.execute(_TELL, job.account_id, new_id(), connection_id, job.run_id, message, version)
