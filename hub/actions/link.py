"""Link what the ERP alone knows to what the project tool has: a vendor to a company, a job to a project. The two become one item."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from db.session import Connection
from hub.actions.ask import MAX_ITEMS, Ask, ItemAsk, Outcome, bad_id, not_found
from hub.actions.decide import Locked, lock
from hub.actions.perform import decided
from hub.actions.unlink import mark
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.core.ids import parse_id
from hub.core.link import LinkState
from hub.core.spec import ErpObject
from hub.errors import Refused
from hub.objects import COMPANY, PROJECT
from hub.sync.enqueue import enqueue
from hub.sync.log import happened
from hub.sync.pairing import join
from hub.sync.runs import open_run

OBJECTS = (COMPANY, PROJECT)
# Projects that were under way before go-live. One whose age the project tool does not tell counts as old.
_TOO_OLD = """
    select t.id from project t, connection c, account a
    where t.account_id = $1 and t.id = any($2) and c.account_id = $1 and c.role = 'ERP' and a.account_id = $1
        and c.go_live_on is not null
        and coalesce((t.origin_created_at at time zone a.time_zone)::date < c.go_live_on, true)"""
_WORDS: Mapping[str, tuple[str, str]] = {
    COMPANY.key: ("vendor", "directory company"),
    PROJECT.key: ("job", "project"),
}
Named = tuple[ErpObject, uuid.UUID]
Linking = tuple[Locked, Locked]


async def link(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """Targets are locked together with the items. A vendor and a company, or a job and a project, go together only."""
    wanted = [_target(item) for item in ask.items[:MAX_ITEMS]]  # longer requests are refused below
    targets = await _targets(connection, ask, wanted)
    old = await _too_old(connection, ask.account_id, targets)
    pairs: list[Linking] = []
    for item, asked, answer in await decided(connection, ask, outcome, Action.LINK, OBJECTS):
        named = _target(asked)
        target = targets.get(named[1]) if named else None
        against = _stands_against(item, named, target, {known.id for _, known in pairs})
        if not against and named and named[1] in old and not asked.extra.get("override"):
            against = [_older()]
        answer.errors += against
        if not against and target is not None:
            answer.id = target.id  # the item that is left
            pairs.append((item, target))
    if pairs:
        await _joined(connection, ask, outcome, pairs)


def _target(asked: ItemAsk) -> Named | None:
    parsed = parse_id(str(asked.extra.get("target_id") or ""))
    return next(((spec, parsed[1]) for spec in OBJECTS if parsed and parsed[0] == spec.tag), None)


async def _targets(
    connection: Connection, ask: Ask, wanted: Sequence[Named | None]
) -> dict[uuid.UUID, Locked]:
    found: dict[uuid.UUID, Locked] = {}
    for spec in OBJECTS:
        ids = [named[1] for named in wanted if named and named[0] is spec]
        if ids:
            found |= await lock(connection, ask.account_id, ask.member_id, spec, Action.LINK, ids)
    return found


async def _too_old(
    connection: Connection, account: uuid.UUID, targets: Mapping[uuid.UUID, Locked]
) -> set[uuid.UUID]:
    projects = [id_ for id_, known in targets.items() if known.spec is PROJECT]
    if not projects:
        return set()
    return {row["id"] for row in await connection.fetch(_TOO_OLD, account, projects)}


def _stands_against(
    item: Locked, named: Named | None, target: Locked | None, taken: set[uuid.UUID]
) -> list[Refused]:
    theirs, ours = _WORDS[item.spec.key]
    if named is None or named[0] is not item.spec:
        return [bad_id(f"The target is no id of a {ours}.")]
    if target is None:
        return [not_found()]
    if target.record["origin_id"] is None:
        return [bad_id(f"The target is not a {ours} of the project tool.")]
    if target.record["origin_deleted_at"] is not None:
        text, remedy = f"The {ours} was deleted in the project tool.", "Restore it there, then import it."
        return [_refused(ErrorCode.DELETED_AT_ORIGIN, text, remedy)]
    if item.spec is COMPANY and not target.record["is_active"]:
        text = "The directory company is not active."
        remedy = "Activate it in the project tool, then import companies."
        return [_refused(ErrorCode.COMPANY_INACTIVE, text, remedy)]
    if target.id in taken or target.state not in (LinkState.NOT_SENT, LinkState.UNLINKED):
        text = f"The {ours} is linked to another {theirs}."
        return [_refused(ErrorCode.ALREADY_LINKED, text, f"Unlink it first, or choose another {ours}.")]
    return []


def _refused(code: ErrorCode, text: str, remedy: str) -> Refused:
    return Refused(code, text, field="targetId", remedy=remedy)


def _older() -> Refused:
    return _refused(
        ErrorCode.PROJECT_TOO_OLD,
        "The project was created before the connection's go-live day, so its books may have begun without the ERP.",
        "Choose a younger project, or say `override: true` where the two are known to agree.",
    )


async def _joined(connection: Connection, ask: Ask, outcome: Outcome, pairs: Sequence[Linking]) -> None:
    items = [(target.spec, target.id) for _, target in pairs]
    outcome.run_id = await open_run(connection, ask.account_id, "LINK", ask.member_id, items)
    for item, target in pairs:
        about: dict[str, Any] = {"member": ask.member_id, "run": outcome.run_id}
        await join(connection, ask.account_id, item.spec, item.id, target.id, **about)
        await happened(
            connection,
            ask.account_id,
            item.spec,
            "LINK",
            [(target.id, target.image)],
            cause=_cause(item),
            **about,
        )
        if item.spec is PROJECT:
            await _carry_codes(connection, ask, outcome, target)
        else:
            await mark(connection, ask, outcome, target)


async def _carry_codes(connection: Connection, ask: Ask, outcome: Outcome, target: Locked) -> None:
    """The project is marked as the job's, and gets the job's codes as one that is added does."""
    job = await enqueue(
        connection,
        ask.account_id,
        "provision_project",
        args={"linked": True},
        run_id=outcome.run_id,
        object_id=target.id,
        requested_by=ask.member_id,
    )
    outcome.jobs.append(job)


def _cause(item: Locked) -> str:
    return f"linked to {_WORDS[item.spec.key][0]} {item.link['external_code'] or item.link['external_id']}"
