"""Assign default cost types to cost codes: what a code may be booked with wherever the ERP names no type."""

import uuid
from collections.abc import Sequence
from typing import Any

from db.clock import new_id
from db.session import Connection
from hub.actions.ask import Ask, ItemAsk, Outcome, bad_id
from hub.actions.decide import Locked
from hub.actions.perform import decided
from hub.core.action import Action
from hub.core.ids import parse_id
from hub.objects import COST_CODE, COST_TYPE, PROJECT
from hub.sync.items import read_item
from hub.sync.log import happened
from hub.sync.runs import open_run

_TYPES = "select id, code from cost_type where account_id = $1 and id = any($2) order by code"
_CLEAR = "delete from default_cost_type where account_id = $1 and cost_code_id = $2"
_SET = "insert into default_cost_type (account_id, id, cost_code_id, cost_type_id) values ($1, $2, $3, $4)"
_BARE = "select id from project where account_id = $1 and $2 = any(codes_without_type) order by id"
_PAIR = """
    insert into project_cost_code (account_id, id, project_id, cost_code_id, cost_type_id, in_erp) values ($1, $2, $3, $4, $5, true)
    on conflict (account_id, project_id, cost_code_id, cost_type_id) do update set in_erp = true"""
_TYPED = "update project set codes_without_type = array_remove(codes_without_type, $3) where account_id = $1 and id = $2"
Types = Sequence[tuple[uuid.UUID, str]]


async def assign(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """Each code has exactly the given types from now on. Projects that carried it without a type get them at once."""
    going: list[tuple[Locked, Types]] = []
    for item, asked, answer in await decided(connection, ask, outcome, Action.ASSIGN, (COST_CODE,)):
        types = await _types(connection, ask.account_id, asked)
        if types is None:
            answer.errors.append(bad_id("A cost type is named that there is not."))
            answer.errors[-1].field = "costTypeIds"
        else:
            going.append((item, types))
    if not going:
        return
    items = [(item.spec, item.id) for item, _ in going]
    outcome.run_id = await open_run(connection, ask.account_id, "ASSIGN", ask.member_id, items, done=True)
    for item, types in going:
        await connection.execute(_CLEAR, ask.account_id, item.id)
        await connection.executemany(_SET, [(ask.account_id, new_id(), item.id, id_) for id_, _ in types])
        cause = f"cost types {', '.join(code for _, code in types) or 'none'}"
        about: dict[str, Any] = {"member": ask.member_id, "run": outcome.run_id, "cause": cause}
        await happened(connection, ask.account_id, COST_CODE, "ASSIGN", [(item.id, item.image)], **about)
        if types:
            await _on_projects(connection, ask, outcome, item, types)


async def _types(connection: Connection, account: uuid.UUID, asked: ItemAsk) -> Types | None:
    """The named types, each once; None where one of them is none that there is."""
    parsed = [parse_id(str(text)) for text in asked.extra["cost_type_ids"]]
    ids = {known[1] for known in parsed if known and known[0] == COST_TYPE.tag}
    rows = await connection.fetch(_TYPES, account, list(ids))
    fits = all(known and known[0] == COST_TYPE.tag for known in parsed) and len(rows) == len(ids)
    return [(row["id"], row["code"]) for row in rows] if fits else None


async def _on_projects(
    connection: Connection, ask: Ask, outcome: Outcome, item: Locked, types: Types
) -> None:
    code = item.record["code"]
    for row in await connection.fetch(_BARE, ask.account_id, code):
        project = await read_item(connection, ask.account_id, PROJECT, row["id"], lock=True)
        pairs = [(ask.account_id, new_id(), row["id"], item.id, id_) for id_, _ in types]
        await connection.executemany(_PAIR, pairs)
        await connection.execute(_TYPED, ask.account_id, row["id"], code)
        about: dict[str, Any] = {
            "member": ask.member_id,
            "run": outcome.run_id,
            "cause": f"default cost types of {code}",
        }
        await happened(
            connection, ask.account_id, PROJECT, "ASSIGN", [(row["id"], project["image"])], **about
        )
