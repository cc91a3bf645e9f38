"""Say that a vendor and a company of the directory are two, or take that back; and link all that are certainly one."""

import uuid
from collections.abc import Sequence
from typing import Any

from db.clock import new_id
from db.session import Connection
from hub.access.rights import LINK_COMPANY
from hub.actions.ask import Ask, ItemAsk, Outcome, bad_id, not_found
from hub.actions.decide import Locked
from hub.actions.perform import decided
from hub.actions.systems import stands_against
from hub.core.action import Action
from hub.core.ids import parse_id
from hub.objects import COMPANY
from hub.sync.enqueue import enqueue
from hub.sync.log import happened
from hub.sync.matching import CERTAIN
from hub.sync.runs import open_run

_DIRECTORY = "select id from company where account_id = $1 and id = any($2) and origin_id is not null"
_REFUSE = """
    insert into refused_match (account_id, id, company_id, external_id, refused_by) values ($1, $2, $3, $4, $5)
    on conflict do nothing"""
_TAKE_BACK = "delete from refused_match where account_id = $1 and company_id = $2 and external_id = $3"
Pair = tuple[Locked, uuid.UUID]


async def refuse(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """The pairs are suggested no more, and not linked by `linkAll`; a person may still link them."""
    for vendor, company in await _pairs(connection, ask, outcome, "REFUSE_MATCH"):
        await connection.execute(
            _REFUSE, ask.account_id, new_id(), company, vendor.link["external_id"], ask.member_id
        )


async def take_back(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """The pairs are suggested again."""
    for vendor, company in await _pairs(connection, ask, outcome, "ALLOW_MATCH"):
        await connection.execute(_TAKE_BACK, ask.account_id, company, vendor.link["external_id"])


async def _pairs(connection: Connection, ask: Ask, outcome: Outcome, word: str) -> Sequence[Pair]:
    """Who may link a vendor may say that it is not a company."""
    targets = [_target(item) for item in ask.items]
    wanted = [parsed[1] for parsed in targets if parsed and parsed[0] == COMPANY.tag]
    known = {row["id"] for row in await connection.fetch(_DIRECTORY, ask.account_id, wanted)}
    pairs: list[Pair] = []
    for vendor, asked, answer in await decided(connection, ask, outcome, Action.LINK, (COMPANY,)):
        parsed = _target(asked)
        if parsed is None or parsed[0] != COMPANY.tag:
            answer.errors.append(bad_id("The target is no id of a company."))
        elif parsed[1] not in known:
            answer.errors.append(not_found())
        else:
            pairs.append((vendor, parsed[1]))
    if pairs:
        items = [(COMPANY, vendor.id) for vendor, _ in pairs]
        outcome.run_id = await open_run(connection, ask.account_id, word, ask.member_id, items, done=True)
    for vendor, company in pairs:
        before = [(vendor.id, vendor.image)]
        about: dict[str, Any] = {
            "member": ask.member_id,
            "run": outcome.run_id,
            "cause": f"company {company}",
        }
        await happened(connection, ask.account_id, COMPANY, word, before, **about)
    return pairs


def _target(asked: ItemAsk) -> tuple[str, uuid.UUID] | None:
    return parse_id(str(asked.extra.get("target_id") or ""))


async def link_all(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """Every vendor with exactly one certain match that nobody refused, in one run; a job links them, batch by batch."""
    outcome.errors += await stands_against(connection, ask, (LINK_COMPANY,))
    if outcome.errors:
        return
    found = await connection.fetch(f"{CERTAIN} order by company", ask.account_id)
    items = [(COMPANY, row["company"]) for row in found]
    outcome.run_id = await open_run(
        connection, ask.account_id, "LINK_ALL", ask.member_id, items, done=not items
    )
    if items:
        job = await enqueue(
            connection,
            ask.account_id,
            "link_all",
            args={},
            run_id=outcome.run_id,
            requested_by=ask.member_id,
        )
        outcome.jobs.append(job)
