"""Testing a connection and keeping what was found. One that was stopped for its credentials is tested too, and goes on
where all is well."""

from collections.abc import Sequence
from uuid import UUID

from db.clock import new_id
from db.session import Connection, WritePool
from hub.codes import ErrorCode
from hub.connectors import known
from hub.erp.connector import Check, Connector
from hub.errors import ErpUnauthorized, Refused
from hub.http import Lane, TrafficControl
from hub.settings import Settings
from hub.sync.connections import refresh_capabilities
from hub.sync.reaching import Reaching
from hub.sync.runs import run_ended
from hub.sync.traffic import JobTraffic
from hub.sync.work import JobRow, Work

_FORGET = "delete from system_check where account_id = $1 and connection_id = $2"
_KEEP = """
    insert into system_check (account_id, connection_id, position, name, ok, message, code)
    select $1, $2, c.n - 1, c.name, c.ok, c.message, c.code
    from unnest($3::text[], $4::bool[], $5::text[], $6::text[]) with ordinality c(name, ok, message, code, n)"""
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
    job, system = work.job, UUID(str(work.job.args["connection_id"]))
    try:
        checks = await checked(await work.connector(system, whatever_state=True))
    except ErpUnauthorized as error:  # the connection has no credentials that open
        checks = [_not_signed_in(error)]
    async with work.final() as connection:
        await keep(connection, job.account_id, system, checks, member=job.requested_by, run=job.run_id)
        wrong = [check for check in checks if not check.ok]
        state = "SUCCEEDED" if not wrong else "FAILED" if len(wrong) == len(checks) else "PARTLY"
        await run_ended(connection, job.account_id, job.run_id, state, message=_summary(wrong, checks))


async def checked(connector: Connector) -> Sequence[Check]:
    """What a connection's tries come to; a sign-in that is not accepted is the one that failed."""
    try:
        return await connector.verify()
    except ErpUnauthorized as error:
        return [_not_signed_in(error)]


async def verify_now(
    hub: Settings, pool: WritePool, account: UUID, system: UUID, control: TrafficControl
) -> Sequence[Check]:
    """The same at once, for an operator who waits: no job, and no run that tells of it. Its calls count like all others."""
    reaching = Reaching(hub, pool)
    async with pool.transaction(account) as connection:
        kept = await reaching.find(connection, account, system)
    if kept is None or kept.credentials is None:
        raise Refused(ErrorCode.NOT_FOUND, "There is no such connection, or it has no credentials.")
    traffic = JobTraffic(control, pool, account, Lane.INTERACTIVE)
    connector = known(kept.kind).open(await reaching.reach(kept, traffic))
    try:
        checks = await checked(connector)
    finally:
        await connector.close()
        await traffic.close()
    async with pool.transaction(account) as connection:
        await keep(connection, account, system, checks)
    return checks


async def keep(
    connection: Connection,
    account: UUID,
    system: UUID,
    checks: Sequence[Check],
    *,
    member: UUID | None = None,
    run: UUID | None = None,
) -> None:
    """Keep what was found, and with it what this version of the hub knows of the system. All well, the connection goes on."""
    await connection.execute(_FORGET, account, system)
    columns = ([check.name[:120] for check in checks], [check.ok for check in checks])
    told = [check.message[:2000] for check in checks], [check.code for check in checks]
    await connection.execute(_KEEP, account, system, *columns, *told)
    await refresh_capabilities(connection, account, system, run=run)
    if all(check.ok for check in checks):
        version = await connection.fetchval(_RESUME, account, system)
        if version is not None:
            await connection.execute(_TELL, account, new_id(), system, member, run, version)


def _not_signed_in(error: ErpUnauthorized) -> Check:
    return Check("sign-in", ok=False, message=error.message)


def _summary(wrong: Sequence[Check], checks: Sequence[Check]) -> str | None:
    if not wrong:
        return None
    return f"{len(wrong)} of {len(checks)} tries failed, first {wrong[0].name}: {wrong[0].message}"


async def verify_failed(
    connection: Connection, job: JobRow, code: str, message: str, _erp_message: str | None
) -> None:
    """The test itself did not come through."""
    await run_ended(connection, job.account_id, job.run_id, "FAILED", code=code, message=message)
