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


async def retrieve(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    going = [item for item, _, _ in await decided(connection, ask, outcome, Action.RETRIEVE, EXPORTED)]
    if not going:
        return
    items = [(item.spec, item.id) for item in going]
    outcome.run_id = await open_run(connection, ask.account_id, "RETRIEVE", ask.member_id, items, done=True)
    await connection.execute(
        "update link set state = 'RETRIEVED', updated_at = hub_now() where account_id = $1 and object_id = any($2)",
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
            """
            update link set state = 'REJECTED', comment = $4, answered_by = $3, answered_at = hub_now(), updated_at = hub_now()
            where account_id = $1 and object_id = $2""",
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
