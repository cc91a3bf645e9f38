"""What actions on a whole system have in common: the right to them, and the system that is meant."""

from uuid import UUID

from db.people import Member
from db.session import Connection, Row
from hub.access.rules import IMPORT_RULES
from hub.actions.ask import Ask, Outcome, bad_id
from hub.core.expression import template
from hub.core.ids import parse_id
from hub.core.spec import table_of
from hub.errors import Refused

_UNDER_WAY = """
    select run_id from job where account_id = $1 and kind = $2 and state in ('QUEUED', 'RUNNING')
        and args ->> 'connection_id' = $3 order by id limit 1"""


async def asked_system(connection: Connection, ask: Ask, outcome: Outcome) -> Row | None:
    """The connection that is meant, under lock, where the caller may act on it; else `outcome` says why not."""
    outcome.errors += await _allowed(connection, ask)
    if outcome.errors:
        return None
    parsed = parse_id(str(ask.extra["system_id"]))
    row: Row | None = None
    if parsed and parsed[0] == "sys":
        row = await connection.fetchrow(
            "select id, role, kind from connection where account_id = $1 and id = $2 for update",
            ask.account_id,
            parsed[1],
        )
    if row is None:
        outcome.errors.append(bad_id("There is no such system."))
    return row


async def under_way(connection: Connection, ask: Ask, kind: str, system: UUID) -> UUID | None:
    """The run of a job of this kind for the system that has not ended, to be joined."""
    found: UUID | None = await connection.fetchval(_UNDER_WAY, ask.account_id, kind, str(system))
    return found


async def _allowed(connection: Connection, ask: Ask) -> list[Refused]:
    table = table_of(Member)
    refused = []
    for rule in IMPORT_RULES:
        holds = template(rule.holds, table).format(t="v", v="v")
        fine = await connection.fetchval(
            f"select {holds} from member v where v.account_id = $1 and v.id = $2 and v.is_active",
            ask.account_id,
            ask.member_id,
        )
        if not fine:
            assert isinstance(rule.message, str)
            refused.append(Refused(rule.code, rule.message, field=rule.field, remedy=rule.remedy))
    return refused
