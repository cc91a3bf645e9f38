"""Link a vendor that the ERP alone knows to a company of the directory: the two become one item."""

import uuid
from collections.abc import Mapping

from db.session import Connection
from hub.actions.ask import MAX_ITEMS, Ask, ItemAsk, Outcome, bad_id, not_found
from hub.actions.decide import Locked, lock
from hub.actions.perform import decided
from hub.actions.unlink import mark
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.core.ids import parse_id
from hub.core.link import LinkState
from hub.errors import Refused
from hub.objects import COMPANY
from hub.sync.log import happened
from hub.sync.pairing import join
from hub.sync.runs import open_run

OBJECTS = (COMPANY,)


def _target(asked: ItemAsk) -> uuid.UUID | None:
    parsed = parse_id(str(asked.extra.get("target_id") or ""))
    return parsed[1] if parsed and parsed[0] == COMPANY.tag else None


def _stands_against(
    item: Locked, target: Locked | None, taken: set[uuid.UUID], *, named: bool
) -> list[Refused]:
    if item.state != LinkState.READY_TO_IMPORT or item.record["origin_id"] is not None:
        text = "Only a vendor that the ERP alone knows can be linked."
        return [
            Refused(
                ErrorCode.WRONG_STATE,
                text,
                field="id",
                remedy="Give the vendor as `id` and the directory company as `targetId`.",
            )
        ]
    if target is None:
        return [not_found() if named else bad_id("The target is no id of a company.")]
    if target.record["origin_id"] is None:
        return [bad_id("The target is not a company of the directory.")]
    if target.record["origin_deleted_at"] is not None:
        text = "The directory company was deleted in the project tool."
        return [
            Refused(
                ErrorCode.DELETED_AT_ORIGIN,
                text,
                field="targetId",
                remedy="Restore it there, then import companies.",
            )
        ]
    if not target.record["is_active"]:
        text = "The directory company is not active."
        return [
            Refused(
                ErrorCode.COMPANY_INACTIVE,
                text,
                field="targetId",
                remedy="Activate it in the project tool, then import companies.",
            )
        ]
    if target.id in taken or target.state not in (LinkState.NOT_SENT, LinkState.UNLINKED):
        text = "The directory company is linked to another vendor."
        return [
            Refused(
                ErrorCode.ALREADY_LINKED,
                text,
                field="targetId",
                remedy="Unlink it first, or choose another company.",
            )
        ]
    return []


async def link(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """Targets are locked together with the items. A vendor and a company are linked to one another only."""
    wanted = {item.id: _target(item) for item in ask.items[:MAX_ITEMS]}  # longer requests are refused below
    ids = [id_ for id_ in wanted.values() if id_ is not None]
    targets = await lock(connection, ask.account_id, ask.member_id, COMPANY, Action.LINK, ids) if ids else {}
    pairs: list[tuple[Locked, Locked]] = []
    for item, asked, answer in await decided(connection, ask, outcome, Action.LINK, OBJECTS):
        named = wanted[asked.id]
        target = targets.get(named) if named else None
        taken = {known.id for _, known in pairs}
        answer.errors += _stands_against(item, target, taken, named=named is not None)
        if not answer.errors and target is not None:
            answer.id = target.id  # the item that is left
            pairs.append((item, target))
    if not pairs:
        return
    items = [(COMPANY, target.id) for _, target in pairs]
    outcome.run_id = await open_run(connection, ask.account_id, "LINK", ask.member_id, items)
    for item, target in pairs:
        await join(
            connection, ask.account_id, COMPANY, item.id, target.id, member=ask.member_id, run=outcome.run_id
        )
        await happened(
            connection,
            ask.account_id,
            COMPANY,
            "LINK",
            [(target.id, target.image)],
            member=ask.member_id,
            run=outcome.run_id,
            cause=_cause(item.link),
        )
        await mark(connection, ask, outcome, target, linked=True)


def _cause(link: Mapping[str, object]) -> str:
    return f"linked to vendor {link['external_code'] or link['external_id']}"
