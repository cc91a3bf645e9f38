"""The job that tests a connection and keeps what it found. A connection that was stopped for its credentials is tested too,
and goes on where all is well."""

from collections.abc import Sequence
from uuid import UUID

from db.clock import new_id
from db.session import Connection
from hub.erp.connector import Check
from hub.errors import ErpUnauthorized
from hub.sync.runs import run_ended
from hub.sync.work import JobRow, Work

_FORGET = "delete from system_check where account_id = $1 and connection_id = $2"
_KEEP = """
    insert into system_check (account_id, connection_id, position, name, ok, message)
    select $1, $2, c.n - 1, c.name, c.ok, c.message
    from unnest($3::text[], $4::bool[], $5::text[]) with ordinality c(name, ok, message, n)"""
_RESUME = """
    update connection set state = 'ACTIVE', version = version + 1
    where account_id = $1 and id = $2 and state = 'AUTH_REQUIRED' returning version"""
_TELL = """
    insert into event (account_id, id, action, object_type, object_id, member_id, run_id, before, after)
    values ($1, $2, 'RESUME', 'Connection', $3, $4, $5,
        jsonb_build_object('state', 'AUTH_REQUIRED', 'version', $6::int - 1),
        jsonb_build_object('state', 'ACTIVE', 'version', $6::int))"""


async def verify_system(work: Work) -> None:
    """Handler of the job kind `verify_system`."""
    system = UUID(str(work.job.args["connection_id"]))
    try:
        connector = await work.connector(system, whatever_state=True)
        checks = await connector.verify()
    except ErpUnauthorized as error:
        checks = (Check("sign-in", ok=False, message=error.message),)
    async with work.final() as connection:
        await _keep(connection, work.job, system, checks)


async def _keep(connection: Connection, job: JobRow, system: UUID, checks: Sequence[Check]) -> None:
    await connection.execute(_FORGET, job.account_id, system)
    columns = ([check.name[:120] for check in checks], [check.ok for check in checks])
    await connection.execute(
        _KEEP, job.account_id, system, *columns, [check.message[:2000] for check in checks]
    )
    wrong = [check for check in checks if not check.ok]
    if not wrong:
        await _resume(connection, job, system)
    state = "SUCCEEDED" if not wrong else "FAILED" if len(wrong) == len(checks) else "PARTLY"
    await run_ended(connection, job.account_id, job.run_id, state, message=_summary(wrong, checks))


def _summary(wrong: Sequence[Check], checks: Sequence[Check]) -> str | None:
    if not wrong:
        return None
    return f"{len(wrong)} of {len(checks)} tries failed, first {wrong[0].name}: {wrong[0].message}"


async def _resume(connection: Connection, job: JobRow, system: UUID) -> None:
    version = await connection.fetchval(_RESUME, job.account_id, system)
    if version is not None:
        told = (system, job.requested_by, job.run_id, version)
        await connection.execute(_TELL, job.account_id, new_id(), *told)


async def verify_failed(
    connection: Connection, job: JobRow, code: str, message: str, _erp_message: str | None
) -> None:
    """The test itself did not come through."""
    await run_ended(connection, job.account_id, job.run_id, "FAILED", code=code, message=message)
