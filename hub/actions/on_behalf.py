"""Acting for the person who asked in the project tool: the same action under the same rules, once per request.

Its key is the request's own, so that a job that dies after the action finds the answer that was given."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from db.session import Connection, Row
from hub.actions import accept, send, unlink
from hub.actions.ask import MAX_ITEMS, Ask, ItemAsk, Outcome
from hub.actions.perform import Body, answered_before, perform
from hub.bell import SilentBell
from hub.codes import ErrorCode
from hub.core.ids import global_id
from hub.core.link import Event, LinkState, sources
from hub.erp.request import Meaning, Wish
from hub.objects import BY_KEY
from hub.objects.prerequisites.conditions import words
from hub.sync.enqueue import enqueue
from hub.sync.requests.taking import things
from hub.sync.work import RetryLater, Work

_LOOK_AGAIN = 2.0
_STRANGER = "The hub does not know who asked. Import the company's users, then send it again."
_ITEMS = """
    select d.external_id, t.id, t.version, l.digest from erp_request_detail d
    left join "{table}" t on t.account_id = $1 and t.origin_id = d.item_id
    left join link l on l.account_id = $1 and l.object_id = t.id
    where d.account_id = $1 and d.request_id = $2 and d.state = 'IN_PROGRESS' order by d.external_id"""
_NAMED = """
    select null as external_id, t.id, t.version, l.digest from unnest($2::text[]) as named(origin_id)
    left join "{table}" t on t.account_id = $1 and t.origin_id = named.origin_id
    left join link l on l.account_id = $1 and l.object_id = t.id
    order by named.origin_id"""
_ABOUT = """
    update erp_request_detail set object_id = $4
    where account_id = $1 and request_id = $2 and external_id = $3 and state = 'IN_PROGRESS'"""
_TICKETED = "select exists (select from erp_request_detail where account_id = $1 and request_id = $2)"
# What of the projects of some items may be sent, and was not yet.
_ALONG = """
    select a.id, a.version, l.digest from "{table}" t
    join "{along}" a on a.account_id = $1 and a.project_id = t.project_id
    join link l on l.account_id = $1 and l.object_id = a.id
    where t.account_id = $1 and t.id = any($2::uuid[]) and a.status = 'APPROVED' and a.origin_deleted_at is null
        and l.state = any($3::text[]) order by a.id"""
_ABOUT_ANOTHER = """
    update erp_request_detail set object_id = $4
    where account_id = $1 and request_id = $2 and object_id = $3 and state = 'IN_PROGRESS'"""
_STATE = "select state from link where account_id = $1 and object_id = $2"
_TAKES = """
    select capabilities -> 'objects' -> $2 ->> 'direction' from connection
    where account_id = $1 and role = 'ERP' order by id limit 1"""
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
    ticketed: bool = True  # whether the project tool waits to be told
    beside: Sequence[str] = ()  # what stands against something that was to go along


class OnBehalf:
    """One request and whoever made it."""

    def __init__(self, work: Work, request: Mapping[str, Any], meant: Meaning) -> None:
        self._work, self._account, self._request = work, work.job.account_id, request
        self._meant, self._spec = meant, BY_KEY[meant.object]
        self._content = json.loads(request["content"])
        self._ticketed = True  # whether the project tool waits for an answer at all

    async def act(self) -> Came:
        mutation, body = _BODIES[self._meant.wish]
        async with self._work.transaction() as connection:
            self._ticketed = await connection.fetchval(_TICKETED, self._account, self._request["id"])
            member = await connection.fetchval(_MEMBER, self._account, self._request["requested_by"])
            if member is None:
                return Came([_STRANGER])
            outcome = await answered_before(connection, self._account, member, self._key(mutation))
            rows = await self._items(connection)
            if outcome is None:
                if missing := await self._missing(connection, rows):
                    return Came([missing])
                # The items learn of the request first: however the action ends, the request ends with it.
                for row in rows:
                    known = (self._request["id"], row["external_id"], row["id"])
                    await connection.execute(_ABOUT, self._account, *known)
        if outcome is None:
            outcome = await self._perform(mutation, member, self._asked(rows), body)
            if not outcome.changed and any(
                error.retryable for item in outcome.items for error in item.errors
            ):
                raise RetryLater(_LOOK_AGAIN, "The item has changed just now.")
        beside: Sequence[str] = ()
        if self._meant.along:
            outcome, beside = await self._along(member, rows, outcome, body)
        if self._meant.wish is Wish.SEND and outcome.changed and self._accepts():
            await self._accept(member)
        if self._meant.reset:
            await self._mark_anew(rows)
        return replace(_came(outcome, ticketed=self._ticketed), beside=beside)

    async def _along(
        self, member: UUID, rows: Sequence[Row], outcome: Outcome, body: Body
    ) -> tuple[Outcome, Sequence[str]]:
        """What goes with the items, once they are on their way or stand in the ERP unchanged. Where nothing else was
        sent, the request is about the last of these."""
        there = {row["id"] for row in rows} if outcome.changed else await self._unchanged(outcome)
        if not there:
            return outcome, ()
        key, spec = self._key("sendItems along"), BY_KEY[self._meant.along]
        async with self._work.transaction() as connection:
            sent = await answered_before(connection, self._account, member, key)
            statement = _ALONG.format(table=self._spec.table.name, along=spec.table.name)
            states = [state.value for state in sources(Event.SEND)]
            found = await connection.fetch(statement, self._account, list(there), states)
        if sent is None and found:
            items = [ItemAsk(global_id(spec.tag, row["id"]), row["version"]) for row in found[:MAX_ITEMS]]
            ask = Ask(self._account, member, "sendItems", key, items)
            sent = await perform(self._work.pool, SilentBell(), ask, body)
        if sent is None:
            return outcome, ()
        beside = [error.message for item in sent.items for error in item.errors]
        gone = [item.id for item in sent.items if item.id is not None and not item.errors]
        if outcome.changed or not gone:
            return outcome, beside
        async with self._work.transaction() as connection:
            for row in rows:
                about = (self._account, self._request["id"], row["id"], gone[-1])
                await connection.execute(_ABOUT_ANOTHER, *about)
        return sent, beside

    async def _unchanged(self, outcome: Outcome) -> set[UUID]:
        """The items that were only refused because the ERP holds them as they are."""
        async with self._work.transaction() as connection:
            return {
                item.id
                for item in outcome.items
                if item.id is not None
                and [error.code for error in item.errors] == [ErrorCode.WRONG_STATE]
                and await connection.fetchval(_STATE, self._account, item.id) == LinkState.SYNCED
            }

    async def _mark_anew(self, rows: Sequence[Row]) -> None:
        """The tool has freed the items by itself; what is still linked gets its mark back."""
        async with self._work.transaction() as connection:
            for row in rows:
                args = {"object": self._spec.key}
                await enqueue(connection, self._account, "mark_origin", args=args, object_id=row["id"])

    def _accepts(self) -> bool:
        return self._request["accepts"] is True

    async def _accept(self, member: UUID) -> None:
        """Where the connection says that a request of the tool is an acceptance too. Refused, the item waits for an approver."""
        async with self._work.transaction() as connection:
            if await answered_before(connection, self._account, member, self._key("acceptItems")):
                return
            rows = [row for row in await self._items(connection) if row["digest"]]
        if rows:
            await self._perform("acceptItems", member, self._asked(rows, accepting=True), accept.accept)

    async def _items(self, connection: Connection) -> Sequence[Row]:
        """By their tickets; those of a request that has none by its data."""
        table = self._spec.table.name
        found: Sequence[Row] = await connection.fetch(
            _ITEMS.format(table=table), self._account, self._request["id"]
        )
        if not found and not self._ticketed:
            named = things(self._content, self._meant.item)
            found = await connection.fetch(_NAMED.format(table=table), self._account, named)
        return found

    async def _perform(self, mutation: str, member: UUID, items: Sequence[ItemAsk], body: Body) -> Outcome:
        ask = Ask(self._account, member, mutation, self._key(mutation), items)
        return await perform(self._work.pool, SilentBell(), ask, body)  # the sweeper rings for its jobs

    async def _missing(self, connection: Connection, rows: Sequence[Row]) -> str | None:
        if not rows:
            return "The request names no item that waits for an answer."
        if any(row["id"] is None for row in rows):
            plural = words(self._spec.plural)
            if await connection.fetchval(_TAKES, self._account, self._spec.key) not in ("export", "both"):
                return f"This ERP takes no {plural} from the project tool."
            return f"The hub does not know the item. Import the project's {plural}, then send it again."
        return None

    def _asked(self, rows: Sequence[Row], *, accepting: bool = False) -> list[ItemAsk]:
        """Each item once, though a request may name it twice."""
        items = {row["id"]: row for row in rows}
        return [
            ItemAsk(
                global_id(self._spec.tag, id_),
                row["version"],
                {"digest": row["digest"], "entries": {"erp_id": None}} if accepting else {},
            )
            for id_, row in items.items()
        ]

    def _key(self, mutation: str) -> str:
        return f"{mutation} of request {self._request['connection_id']}/{self._request['external_id']}"


def _came(outcome: Outcome, *, ticketed: bool) -> Came:
    refused = {
        item.id: [error.message for error in item.errors]
        for item in outcome.items
        if item.id is not None and item.errors
    }
    return Came([error.message for error in outcome.errors], refused, outcome.changed, ticketed)
