"""Reject All: every cost code that waits goes back together, as the project tool knows no other answer to them."""

import uuid

from db.session import Connection
from hub.actions.answer import MAX_COMMENT, send_back
from hub.actions.ask import MAX_ITEMS, Ask, ItemOutcome, Outcome
from hub.actions.decide import Locked, lock
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.core.link import Event, sources
from hub.errors import Refused
from hub.objects import COST_CODE

_WAITING = """
    select object_id from link where account_id = $1 and object_type = $2 and state = any($3) order by object_id"""


async def reject_all(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """One run for all that the caller may reject; the first of them are answered. The comment is each one's."""
    comment = str(ask.extra.get("comment") or "").strip()
    if not 1 <= len(comment) <= MAX_COMMENT:
        text = f"A rejection needs a comment of 1 to {MAX_COMMENT} characters."
        outcome.errors.append(Refused(ErrorCode.INVALID_VALUE, text, field="comment"))
        return
    waiting = await _waiting(connection, ask)
    if not waiting:
        outcome.errors.append(Refused(ErrorCode.WRONG_STATE, "No cost code waits for an answer."))
        return
    told = waiting[:MAX_ITEMS]  # no more than what a request may name
    outcome.items = [ItemOutcome(COST_CODE.tag, item.id, list(item.reasons)) for item in told]
    going = [(item, comment) for item in waiting if not item.reasons]
    if going:
        await send_back(connection, ask, outcome, going)


async def _waiting(connection: Connection, ask: Ask) -> list[Locked]:
    states = [state.value for state in sources(Event.REJECT)]
    rows = await connection.fetch(_WAITING, ask.account_id, COST_CODE.name, states)
    ids: list[uuid.UUID] = [row["object_id"] for row in rows]
    locked = await lock(connection, ask.account_id, ask.member_id, COST_CODE, Action.REJECT_ALL, ids)
    return [locked[id_] for id_ in ids if id_ in locked]
