"""What actions on a whole system have in common: the right to them, the system that is meant, and the job that carries them out."""

from collections.abc import Mapping, Sequence
from typing import Any

from db.people import Member
from db.session import Connection, Row
from hub.access.rules import IMPORT_RULES
from hub.actions.ask import Ask, Outcome, bad_id
from hub.core.expression import template
from hub.core.ids import parse_id
from hub.core.rule import Rule
from hub.core.spec import table_of
from hub.errors import Refused
from hub.sync.enqueue import enqueue, under_way
from hub.sync.runs import open_run


async def asked_system(
    connection: Connection, ask: Ask, outcome: Outcome, rules: Sequence[Rule] = IMPORT_RULES
) -> Row | None:
    """The connection that is meant, under lock, where the caller may act on it; else `outcome` says why not."""
    outcome.errors += await stands_against(connection, ask, rules)
    if outcome.errors:
        return None
    parsed = parse_id(str(ask.extra["system_id"]))
    row: Row | None = None
    if parsed and parsed[0] == "sys":
        row = await connection.fetchrow(
            "select id, role, kind, capabilities from connection where account_id = $1 and id = $2 for update",
            ask.account_id,
            parsed[1],
        )
    if row is None:
        outcome.errors.append(bad_id("There is no such system."))
    return row


async def have_done(
    connection: Connection,
    ask: Ask,
    outcome: Outcome,
    kind: str,
    args: Mapping[str, Any],
    *,
    action: str,
    joins: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Has a job do it, in a run of its own. One that is under way already is joined; so is one with the arguments
    `joins`, which does this and more."""
    for same in (args, *joins):
        outcome.run_id = await under_way(connection, ask.account_id, kind, same)
        if outcome.run_id is not None:
            return
    outcome.run_id = await open_run(
        connection, ask.account_id, action, ask.member_id, [], connection_id=args["connection_id"]
    )
    job = await enqueue(
        connection, ask.account_id, kind, args=args, run_id=outcome.run_id, requested_by=ask.member_id
    )
    outcome.jobs.append(job)


async def stands_against(connection: Connection, ask: Ask, rules: Sequence[Rule]) -> list[Refused]:
    """The first rule that does not hold of the caller, whatever it is asked of."""
    table = table_of(Member)
    for rule in rules:
        holds = template(rule.holds, table).format(t="v", v="v")
        fine = await connection.fetchval(
            f"select {holds} from member v where v.account_id = $1 and v.id = $2 and v.is_active",
            ask.account_id,
            ask.member_id,
        )
        if not fine:
            assert isinstance(rule.message, str)
            return [Refused(rule.code, rule.message, field=rule.field, remedy=rule.remedy)]
    return []
