"""A person lets the hub into a system: the address to open, and the code that comes back turned into tokens at once."""

from uuid import UUID

from db.session import WritePool
from hub.codes import ErrorCode
from hub.connectors import known
from hub.erp.reach import Reach
from hub.erp.signin import SignIn
from hub.errors import Refused
from hub.settings import Settings
from hub.sync.connections import image, told
from hub.sync.reaching import Reaching

_GO_ON = """
    update connection set state = case when state = 'AUTH_REQUIRED' then 'ACTIVE' else state end,
        version = version + 1
    where account_id = $1 and id = $2"""
# What was refused before says nothing of the new sign-in: the circuit that it opened is not the new one's.
_NEW_EDITION = """
    update credential set version = version + 1
    where account_id = $1 and connection_id = $2 and field = 'credentials'"""


async def sign_in_address(
    hub: Settings, pool: WritePool, account: UUID, system: UUID, redirect_uri: str
) -> str:
    """The page of the system on which a person lets the hub in."""
    asks, reach = await _found(hub, pool, account, system)
    return asks.address(reach, redirect_uri)


async def sign_in(
    hub: Settings,
    pool: WritePool,
    account: UUID,
    system: UUID,
    code: str,
    redirect_uri: str,
    *,
    member: UUID | None = None,
) -> None:
    """Exchange the code, once. The connection goes on where it was stopped for want of a sign-in.

    No transaction is open while the system answers: the tokens are kept before anything else is written."""
    asks, reach = await _found(hub, pool, account, system)
    await asks.exchange(reach, code, redirect_uri)
    async with pool.transaction(account) as connection:
        before = await image(connection, account, system)
        for statement in (_GO_ON, _NEW_EDITION):
            await connection.execute(statement, account, system)
        await told(connection, account, system, "SIGN_IN", before, member=member)


async def _found(hub: Settings, pool: WritePool, account: UUID, system: UUID) -> tuple[SignIn, Reach]:
    reaching = Reaching(hub, pool)
    async with pool.transaction(account) as connection:
        kept = await reaching.find(connection, account, system)
    if kept is None or kept.credentials is None:
        raise Refused(ErrorCode.NOT_FOUND, "There is no such connection, or it has no credentials.")
    asks = known(kept.kind).sign_in
    if asks is None:
        raise Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, "No person signs in to this system.", field="kind")
    return asks, await reaching.reach(kept)
