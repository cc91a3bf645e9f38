"""Retrieve before an answer, and reject: an item goes back to its sender, unlocked."""

from collections.abc import Sequence

from db.session import Connection
from hub.actions.ask import Ask, ItemAsk, Outcome
from hub.actions.decide import Locked
from hub.actions.perform import decided
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.core.link import LinkState
from hub.errors import Refused
from hub.objects import EXPORTED
from hub.sync.log import happened
from hub.sync.runs import open_run

MAX_COMMENT = 2000
# What was sent again with its changes is in the ERP all the same: it stands there as it was last exported.
_STANDS = """
    payload = case when external_id is null then payload else (
        select e.payload from budget_export e where e.account_id = $1 and e.budget_id = object_id order by e.id desc limit 1) end,
    digest = case when external_id is null then digest else (
        select e.digest from budget_export e where e.account_id = $1 and e.budget_id = object_id order by e.id desc limit 1) end,
    error_code = case when external_id is null then error_code end, erp_message = case when external_id is null then erp_message end,
    error_message = case when external_id is null then error_message end, updated_at = hub_now()"""
_RETRIEVE = f"""
    update link set state = case when external_id is null then 'RETRIEVED' else 'SYNCED' end, {_STANDS}
    where account_id = $1 and object_id = any($2)"""
_REJECT = f"""
    update link set state = case when external_id is null then 'REJECTED' else 'SYNCED' end, comment = $4, answered_by = $3,
        answered_at = hub_now(), {_STANDS}
    where account_id = $1 and object_id = $2"""


async def retrieve(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    going = [item for item, _, _ in await decided(connection, ask, outcome, Action.RETRIEVE, EXPORTED)]
    if not going:
        return
    items = [(item.spec, item.id) for item in going]
    outcome.run_id = await open_run(connection, ask.account_id, "RETRIEVE", ask.member_id, items, done=True)
    await connection.execute(
        _RETRIEVE,
        ask.account_id,
        [item.id for item in going],
    )
    for item in going:
        await happened(
            connection,
            ask.account_id,
            item.spec,
            "RETRIEVE",
            [(item.id, item.image)],
            member=ask.member_id,
            run=outcome.run_id,
        )


def _commented(item: Locked, asked: ItemAsk) -> list[Refused]:
    comment = asked.extra.get("comment") or ""
    if not comment.strip() and item.state != LinkState.FAILED:
        return [
            Refused(
                ErrorCode.INVALID_VALUE,
                "A rejection needs a comment.",
                field="comment",
                remedy="Say what the sender should mend.",
            )
        ]
    if len(comment) > MAX_COMMENT:
        return [
            Refused(
                ErrorCode.INVALID_VALUE, f"A comment has at most {MAX_COMMENT} characters.", field="comment"
            )
        ]
    return []


async def reject(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """The comment is kept on the link and in the item's history; only after a failed export it may be left out."""
    going = [
        (item, (asked.extra.get("comment") or "").strip() or None)
        for item, asked, _ in await decided(connection, ask, outcome, Action.REJECT, EXPORTED, _commented)
    ]
    if going:
        await send_back(connection, ask, outcome, going)


async def send_back(
    connection: Connection, ask: Ask, outcome: Outcome, going: Sequence[tuple[Locked, str | None]]
) -> None:
    """Items with their comments, already judged."""
    items = [(item.spec, item.id) for item, _ in going]
    outcome.run_id = await open_run(connection, ask.account_id, "REJECT", ask.member_id, items, done=True)
    for item, comment in going:
        await connection.execute(
            _REJECT,
            ask.account_id,
            item.id,
            ask.member_id,
            comment,
        )
        await happened(
            connection,
            ask.account_id,
            item.spec,
            "REJECT",
            [(item.id, item.image)],
            member=ask.member_id,
            run=outcome.run_id,
            cause=comment,
        )
