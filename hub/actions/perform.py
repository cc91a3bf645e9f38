"""Performs an action once per idempotency key: in one transaction the decision, the change, its events, its jobs and the kept answer."""

import hashlib
import json
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

import asyncpg
import orjson

from db.session import Connection, WritePool
from hub.actions.ask import MAX_KEY, Ask, ItemAsk, ItemOutcome, Outcome, not_found, opened, stale
from hub.actions.decide import Locked, lock
from hub.bell import Bell, ring_all
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.core.spec import ErpObject
from hub.errors import Refused
from hub.objects import BY_TAG

Body = Callable[[Connection, Ask, Outcome], Awaitable[None]]
_TRIES = 4


class _Nothing(Exception):
    """Rolls a transaction back in which nothing was done."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


async def perform(writes: WritePool, bell: Bell, ask: Ask, body: Body) -> Outcome:
    """Runs the body under the key. The same key with the same content gets the same answer; other content is refused."""
    if not 1 <= len(ask.key) <= MAX_KEY:
        message = f"An idempotency key has between 1 and {MAX_KEY} characters."
        return Outcome(errors=[Refused(ErrorCode.INVALID_VALUE, message, field="idempotencyKey")])
    try:
        outcome = await _retried(writes, ask, body)
    except _Nothing as nothing:
        return nothing.outcome
    except Refused as refused:
        return Outcome(errors=[refused])
    await ring_all(bell, ask.account_id, outcome.jobs)
    return outcome


async def _retried(writes: WritePool, ask: Ask, body: Body) -> Outcome:
    for left in reversed(range(_TRIES)):
        try:
            return await _once(writes, ask, body)
        except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
            if not left:
                raise
    raise AssertionError("unreachable")


async def _once(writes: WritePool, ask: Ask, body: Body) -> Outcome:
    content = hashlib.sha256(
        orjson.dumps(ask.content(), default=str, option=orjson.OPT_SORT_KEYS)
    ).hexdigest()
    async with writes.transaction(ask.account_id) as connection:
        fresh = await connection.fetchval(
            """
            insert into idempotent_answer (account_id, member_id, key, mutation, input_digest) values ($1, $2, $3, $4, $5)
            on conflict do nothing returning true""",
            ask.account_id,
            ask.member_id,
            ask.key,
            ask.mutation,
            content,
        )
        if not fresh:
            return await _kept(connection, ask, content)
        outcome = Outcome()
        await body(connection, ask, outcome)
        if not outcome.changed:
            raise _Nothing(outcome)
        await connection.execute(
            "update idempotent_answer set answer = $4::jsonb where account_id = $1 and member_id = $2 and key = $3",
            ask.account_id,
            ask.member_id,
            ask.key,
            orjson.dumps(_written(outcome), default=str).decode(),
        )
        return outcome


async def _kept(connection: Connection, ask: Ask, content: str) -> Outcome:
    row = await connection.fetchrow(
        "select input_digest, answer from idempotent_answer where account_id = $1 and member_id = $2 and key = $3",
        ask.account_id,
        ask.member_id,
        ask.key,
    )
    if row["input_digest"] != content:
        raise Refused(
            ErrorCode.IDEMPOTENCY_MISMATCH,
            "This idempotency key was used for another request.",
            field="idempotencyKey",
            remedy="Use a new key for a new request.",
        )
    return _read(json.loads(row["answer"]))


async def answered_before(
    connection: Connection, account: uuid.UUID, member: uuid.UUID, key: str
) -> Outcome | None:
    """What came of an earlier request under the key, whatever its content was."""
    answer = await connection.fetchval(
        "select answer from idempotent_answer where account_id = $1 and member_id = $2 and key = $3",
        *(account, member, key),
    )
    return None if answer is None else _read(json.loads(answer))


def _written(outcome: Outcome) -> Mapping[str, Any]:
    def error(refused: Refused) -> Mapping[str, Any]:
        return {**vars(refused), "message": refused.message}

    items = [
        {"tag": item.tag, "id": item.id, "errors": [error(known) for known in item.errors]}
        for item in outcome.items
    ]
    return {"items": items, "run_id": outcome.run_id, "errors": [error(known) for known in outcome.errors]}


def _read(answer: Mapping[str, Any]) -> Outcome:
    def error(kept: Mapping[str, Any]) -> Refused:
        rest = {name: kept[name] for name in ("field", "remedy", "erp_message", "retryable")}
        return Refused(ErrorCode(kept["code"]), kept["message"], **rest)

    items = [
        ItemOutcome(
            item["tag"],
            uuid.UUID(item["id"]) if item["id"] else None,
            [error(known) for known in item["errors"]],
        )
        for item in answer["items"]
    ]
    run = uuid.UUID(answer["run_id"]) if answer["run_id"] else None
    return Outcome(items=items, errors=[error(known) for known in answer["errors"]], run_id=run)


Judge = Callable[[Locked, ItemAsk], Sequence[Refused]]
Waived = Callable[[ItemAsk], Collection[ErrorCode]]


async def decided(
    connection: Connection,
    ask: Ask,
    outcome: Outcome,
    action: Action,
    objects: Sequence[ErpObject],
    judge: Judge | None = None,
    *,
    waived: Waived = lambda _: (),
) -> list[tuple[Locked, ItemAsk, ItemOutcome]]:
    """Locks the asked items, writes into `outcome` what stands against each, and returns those that may go on, in input order.

    `waived` are codes that the caller of an item has said not to mind."""
    tags = {spec.tag: spec for spec in objects}
    outcome.items = opened(ask, tags)
    locked: dict[uuid.UUID, Locked] = {}
    for spec in sorted(objects, key=lambda known: known.key):
        ids = [item.id for item in outcome.items if item.tag == spec.tag and item.id is not None]
        if ids:
            locked |= await lock(connection, ask.account_id, ask.member_id, spec, action, ids)
    going = []
    for asked, item in zip(ask.items, outcome.items, strict=True):
        if item.errors:
            continue
        known = locked.get(item.id) if item.id else None
        if known is None or BY_TAG[item.tag] is not known.spec:
            item.errors.append(not_found())
        elif known.version != asked.expected_version:
            item.errors.append(stale(known.version, known.state))
        else:
            item.errors += [reason for reason in known.reasons if reason.code not in waived(asked)]
            if not item.errors and judge is not None:
                item.errors += judge(known, asked)
            if not item.errors:
                going.append((known, asked, item))
    return going
