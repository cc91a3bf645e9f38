"""The accounts of a hub: opened, and found by id or name. Who looks across accounts sees their ids by the sweeper's login alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from db import sweep
from db.session import Connection, Row, WritePool
from hub.codes import ErrorCode
from hub.errors import Refused
from hub.settings import Settings

_OPEN = "insert into account (account_id, name, currency, time_zone) values ($1, $2, $3, $4)"
_NAME = "select name from account where account_id = $1"
_CONNECTIONS = """
    select c.id, c.name, c.kind, c.role, c.state, c.base_url, c.version, count(k.name) as checks,
        count(k.name) filter (where not k.ok) as failed
    from connection c left join system_check k on k.account_id = $1 and k.connection_id = c.id
    where c.account_id = $1 group by c.account_id, c.id order by c.role, c.name"""


@dataclass(frozen=True, slots=True)
class Named:
    """An account by id and name."""

    id: UUID
    name: str


async def open_account(
    connection: Connection,
    name: str,
    *,
    account: UUID,
    currency: str = "USD",
    time_zone: str = "America/New_York",
) -> Named:
    """Open an account in the caller's transaction, which is one of `account`. Raises `Refused` with the field that is wrong."""
    made = Named(account, name.strip())
    if not made.name:
        raise _invalid("name", "An account has a name.")
    if not re.fullmatch("[A-Z]{3}", currency):
        raise _invalid("currency", "A code of three letters is expected, such as USD.")
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _invalid("time_zone", "The time zone is not known; America/New_York is one.") from error
    await connection.execute(_OPEN, made.id, made.name, currency, time_zone)
    return made


async def all_accounts(settings: Settings, app: WritePool) -> Sequence[Named]:
    """Every account with its name, each read under row-level security of its own."""
    found = []
    for id_ in await sweep.accounts(settings.url_of("sweeper")):
        async with app.transaction(id_) as connection:
            found.append(Named(id_, await connection.fetchval(_NAME, id_)))
    return found


async def find_account(settings: Settings, app: WritePool, text: str) -> Named | None:
    """The account of this id or, where there is one alone, of this name; None where there is none."""
    wanted = text.strip()
    found = [one for one in await all_accounts(settings, app) if wanted in (str(one.id), one.name)]
    if len(found) > 1:
        raise _invalid("account", f"{len(found)} accounts are called {text}; give the id.")
    return found[0] if found else None


async def connections_of(connection: Connection, account: UUID) -> Sequence[Row]:
    """What the account is connected to, with how many tries its last test made and how many failed."""
    rows: Sequence[Row] = await connection.fetch(_CONNECTIONS, account)
    return rows


def _invalid(name: str, message: str) -> Refused:
    return Refused(ErrorCode.INVALID_VALUE, message, field=name)
