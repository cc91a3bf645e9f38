"""Acting for the person who asked in the project tool: the same action under the same rules, once per request.

Its key is the request's own, so that a job that dies after the action finds the answer that was given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from db.session import Connection, Row
from hub.actions import accept, send, unlink
from hub.actions.ask import Ask, ItemAsk, Outcome
from hub.actions.perform import Body, answered_before, perform
from hub.bell import SilentBell
from hub.core.ids import global_id
from hub.erp.request import Wish
from hub.objects import COMMITMENT
from hub.sync.work import Work

_ITEMS = """
    select d.external_id, t.id, t.version, l.digest from erp_request_detail d
    left join commitment t on t.account_id = $1 and t.origin_id = d.item_id
    left join link l on l.account_id = $1 and l.object_id = t.id
    where d.account_id = $1 and d.request_id = $2 and d.state = 'IN_PROGRESS' order by d.external_id"""
_ABOUT = """
    update erp_request_detail set object_id = $4
    where account_id = $1 and request_id = $2 and external_id = $3 and state = 'IN_PROGRESS'"""
_MEMBER = "select id from member where account_id = $1 and origin_id = $2"
_BODIES: Mapping[Wish, tuple[str, Body]] = {
    Wish.SEND: ("sendItems", send.send),
    Wish.UNLINK: ("unlinkItems", unlink.unlink),
}


@dataclass(frozen=True, slots=True)
class Came:
    """What came of it: what stands against all of it, or against single items."""

    against: Sequence[str] = ()
    items: Mapping[UUID, Sequence[str]] = field(default_factory=dict)
    taken: bool = False  # whether anything was done


class OnBehalf:
    """One request and whoever made it."""

    def __init__(self, work: Work, request: Mapping[str, Any]) -> None:
        self._work, self._account, self._request = work, work.job.account_id, request

    async def act(self, wish: Wish) -> Came:
        mutation, body = _BODIES[wish]
        async with self._work.transaction() as connection:
            member = await connection.fetchval(_MEMBER, self._account, self._request["requested_by"])
            if member is None:
                words = "The hub does not know who asked. Import the company's users, then send it again."
                return Came([words])
            outcome = await answered_before(connection, self._account, member, self._key(mutation))
            rows = await self._items(connection)
            if outcome is None:
                if missing := _missing(rows):
                    return Came([missing])
                # The items learn of the request first: however the action ends, the request ends with it.
                for row in rows:
                    known = (self._request["id"], row["external_id"], row["id"])
                    await connection.execute(_ABOUT, self._account, *known)
        if outcome is None:
            outcome = await self._perform(mutation, member, _asked(rows), body)
        if wish is Wish.SEND and outcome.changed and self._accepts():
            await self._accept(member)
        return _came(outcome)

    def _accepts(self) -> bool:
        return self._request["accepts"] is True

    async def _accept(self, member: UUID) -> None:
        """Where the connection says that a request of the tool is an acceptance too. Refused, the item waits for an approver."""
        async with self._work.transaction() as connection:
            if await answered_before(connection, self._account, member, self._key("acceptItems")):
                return
            rows = [row for row in await self._items(connection) if row["digest"]]
        if rows:
            await self._perform("acceptItems", member, _asked(rows, accepting=True), accept.accept)

    async def _items(self, connection: Connection) -> Sequence[Row]:
        found: Sequence[Row] = await connection.fetch(_ITEMS, self._account, self._request["id"])
        return found

    async def _perform(self, mutation: str, member: UUID, items: Sequence[ItemAsk], body: Body) -> Outcome:
        ask = Ask(self._account, member, mutation, self._key(mutation), items)
        return await perform(self._work.pool, SilentBell(), ask, body)  # the sweeper rings for its jobs

    def _key(self, mutation: str) -> str:
        return f"{mutation} of request {self._request['connection_id']}/{self._request['external_id']}"


def _missing(rows: Sequence[Row]) -> str | None:
    if not rows:
        return "The request names no item that waits for an answer."
    if any(row["id"] is None for row in rows):
        return "The hub does not know the item. Import the project's commitments, then send it again."
    return None


def _asked(rows: Sequence[Row], *, accepting: bool = False) -> list[ItemAsk]:
    """Each item once, though a request may name it twice."""
    items = {row["id"]: row for row in rows}
    return [
        ItemAsk(
            global_id(COMMITMENT.tag, id_),
            row["version"],
            {"digest": row["digest"], "entries": {"erp_id": None}} if accepting else {},
        )
        for id_, row in items.items()
    ]


def _came(outcome: Outcome) -> Came:
    refused = {
        item.id: [error.message for error in item.errors]
        for item in outcome.items
        if item.id is not None and item.errors
    }
    return Came([error.message for error in outcome.errors], refused, outcome.changed)
