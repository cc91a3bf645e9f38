"""Answering what somebody asked in the project tool: it counts as the same request made here by that person.

What the request is about is read again first, so that nobody decides on an old copy. Each step may be repeated:
the run that reads is noted on the request, and actions are performed once under the request's own key."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from db.accounts import SystemRole
from db.jobs import Lane
from db.requests import DetailState, RequestState
from db.session import Connection
from hub.actions import accept, send, unlink
from hub.actions.ask import Ask, ItemAsk, Outcome
from hub.actions.perform import Body, perform, performed
from hub.bell import SilentBell
from hub.core.ids import global_id
from hub.objects import COMMITMENT
from hub.sync.enqueue import enqueue
from hub.sync.requests.endings import request_came_to_an_end, tell
from hub.sync.requests.meaning import Wish, meaning_of
from hub.sync.runs import open_run
from hub.sync.work import JobRow, RetryLater, Work

_LOOK_AGAIN = 2.0
_REQUEST = """
    select r.*, c.settings from erp_request r join connection c on c.account_id = $1 and c.id = r.connection_id
    where r.account_id = $1 and r.id = $2"""
_READ_WITH = "update erp_request set run_id = $3 where account_id = $1 and id = $2"
_RUN = "select state, error_message from sync_run where account_id = $1 and id = $2"
_ERP = "select id from connection where account_id = $1 and role = 'ERP' order by id limit 1"
_ITEMS = """
    select d.external_id, t.id, t.version, l.digest from erp_request_detail d
    left join commitment t on t.account_id = $1 and t.origin_id = d.item_id
    left join link l on l.account_id = $1 and l.object_id = t.id
    where d.account_id = $1 and d.request_id = $2 and d.state = 'IN_PROGRESS' order by d.external_id"""
_ABOUT = """
    update erp_request_detail set object_id = $4
    where account_id = $1 and request_id = $2 and external_id = $3 and state = 'IN_PROGRESS'"""
_PART_FAILED = """
    update erp_request_detail set state = 'FAILED', messages = $4::jsonb
    where account_id = $1 and request_id = $2 and object_id = $3 and state = 'IN_PROGRESS'"""
_MEMBER = "select id from member where account_id = $1 and origin_id = $2"
_PROJECT = "select id from project where account_id = $1 and origin_id = $2"
_END = """
    update erp_request set state = $3, message = $4, finished_at = hub_now() where account_id = $1 and id = $2"""
_BODIES: Mapping[Wish, tuple[str, Body]] = {
    Wish.SEND: ("sendItems", send.send),
    Wish.UNLINK: ("unlinkItems", unlink.unlink),
}


async def answer_request(work: Work) -> None:
    """Handler of the job kind `answer_request`."""
    await _Answer(work).run()


async def answer_failed(
    connection: Connection, job: JobRow, _code: str, message: str, erp_message: str | None
) -> None:
    """Whoever asked is told that it did not come to anything."""
    request = UUID(str(job.args["request"]))
    words = [message, *([erp_message] if erp_message else [])]
    await connection.execute(_END, job.account_id, request, RequestState.REFUSED.value, message)
    await request_came_to_an_end(connection, job.account_id, request, DetailState.FAILED, words)


class _Answer:
    """One request on its way to an answer."""

    def __init__(self, work: Work) -> None:
        self.work, self.account = work, work.job.account_id
        self.request = UUID(str(work.job.args["request"]))
        self.row: Mapping[str, Any] = {}

    async def run(self) -> None:
        async with self.work.transaction() as connection:
            self.row = dict(await connection.fetchrow(_REQUEST, self.account, self.request))
        known = meaning_of(self.row["name"])
        match known.wish:
            case Wish.NOT_SUPPORTED:
                await self._end(RequestState.REFUSED, DetailState.FAILED, known.words)
            case Wish.NOTHING:
                await self._end(RequestState.IGNORED, DetailState.SUCCESS, None)
            case Wish.IMPORT:
                if await self._read(SystemRole.ERP, known.lists):
                    await self._end(RequestState.DONE, DetailState.SUCCESS, None)
            case Wish.READ_AGAIN:
                if await self._read(SystemRole.PROJECT_TOOL, known.lists):
                    await self._end(RequestState.DONE, DetailState.SUCCESS, None)
            case Wish.SEND | Wish.UNLINK:
                if await self._read(SystemRole.PROJECT_TOOL, known.lists):
                    await self._act(known.wish)

    # --- reading ---------------------------------------------------------------------------------------------------

    async def _read(self, side: SystemRole, lists: Sequence[str]) -> bool:
        """Returns once a run of this request has read the lists; until then the job waits. False where it could not."""
        async with self.work.transaction() as connection:
            if self.row["run_id"] is None:
                run = await self._begin(connection, side, lists)
                await connection.execute(_READ_WITH, self.account, self.request, run)
                state, words = "QUEUED", None
            else:
                state, words = await connection.fetchrow(_RUN, self.account, self.row["run_id"])
        if state in ("QUEUED", "RUNNING"):
            raise RetryLater(_LOOK_AGAIN, "What the request is about is being read.")
        if state == "FAILED":
            await self._end(RequestState.REFUSED, DetailState.FAILED, f"It could not be read: {words}")
            return False
        return True

    async def _begin(self, connection: Connection, side: SystemRole, lists: Sequence[str]) -> UUID:
        system = self.row["connection_id"]
        if side is SystemRole.ERP:
            system = await connection.fetchval(_ERP, self.account)
        run = await open_run(connection, self.account, "IMPORT", None, [], connection_id=system)
        args: dict[str, Any] = {"connection_id": system, "objects": list(lists)}
        project = await connection.fetchval(_PROJECT, self.account, self._project())
        if project is not None and side is SystemRole.PROJECT_TOOL:
            args["scope"] = {"project_id": project}
        await enqueue(connection, self.account, "import", args=args, run_id=run, lane=Lane.INTERACTIVE)
        return run

    def _project(self) -> str | None:
        """The project's id in the tool, where the request's data names one."""
        return next(_projects(json.loads(self.row["content"]).get("items")), None)

    # --- acting ----------------------------------------------------------------------------------------------------

    async def _act(self, wish: Wish) -> None:
        async with self.work.transaction() as connection:
            rows = await connection.fetch(_ITEMS, self.account, self.request)
            member = await connection.fetchval(_MEMBER, self.account, self.row["requested_by"])
        refused = await self._refused(wish, member, rows)
        if refused:
            await self._end(RequestState.REFUSED, DetailState.FAILED, *refused)
            return
        if wish is Wish.SEND and json.loads(self.row["settings"]).get("accept_in_procore") is True:
            await self._accept(member)
        async with self.work.final() as connection:
            await connection.execute(
                _END, self.account, self.request, RequestState.TAKEN.value, "It is with accounting."
            )

    async def _refused(
        self, wish: Wish, member: UUID | None, rows: Sequence[Mapping[str, Any]]
    ) -> Sequence[str]:
        """What stands against it; nothing where it is done, now or by an earlier run of this job."""
        mutation, body = _BODIES[wish]
        done = await self._done(mutation, member) if member else None
        if done is not None:
            return await self._in_part(done)
        missing = self._missing(rows, member)
        if missing or member is None:
            return [str(missing)]
        async with self.work.transaction() as connection:
            # The items learn of the request first: however the action ends, the request ends with it.
            for row in rows:
                await connection.execute(_ABOUT, self.account, self.request, row["external_id"], row["id"])
        once = {row["id"]: row["version"] for row in rows}  # several details may be about one item
        asked = [ItemAsk(global_id(COMMITMENT.tag, id_), version) for id_, version in once.items()]
        outcome = await self._perform(mutation, member, asked, body)
        errors = [*outcome.errors, *(error for item in outcome.items for error in item.errors)]
        if outcome.changed:
            return await self._in_part(outcome)
        if any(error.retryable for error in errors):
            raise RetryLater(_LOOK_AGAIN, "The item has changed just now.")
        return [error.message for error in errors]

    async def _in_part(self, outcome: Outcome) -> Sequence[str]:
        """What was done is under way; what was refused beside it ends now."""
        refused = [item for item in outcome.items if item.errors]
        if refused:
            async with self.work.transaction() as connection:
                for item in refused:
                    words = json.dumps([error.message for error in item.errors])
                    await connection.execute(_PART_FAILED, self.account, self.request, item.id, words)
                await tell(connection, self.account, self.request)
        return []

    @staticmethod
    def _missing(rows: Sequence[Mapping[str, Any]], member: UUID | None) -> str | None:
        if member is None:
            return "The hub does not know who asked. Import the company's users, then send it again."
        if not rows:
            return "The request names no item that waits for an answer."
        if any(row["id"] is None for row in rows):
            return "The hub does not know the item. Import the project's commitments, then send it again."
        return None

    async def _accept(self, member: UUID | None) -> None:
        """Where the connection says that a request of the tool is an acceptance too. Refused, the item waits for an approver."""
        if member is None:
            return
        async with self.work.transaction() as connection:
            rows = await connection.fetch(_ITEMS, self.account, self.request)
        asked = [
            ItemAsk(
                global_id(COMMITMENT.tag, row["id"]),
                row["version"],
                {"digest": row["digest"], "entries": {"erp_id": None}},
            )
            for row in {row["id"]: row for row in rows}.values()
            if row["digest"]
        ]
        if asked and await self._done("acceptItems", member) is None:
            await self._perform("acceptItems", member, asked, accept.accept)

    async def _perform(self, mutation: str, member: UUID, items: Sequence[ItemAsk], body: Body) -> Outcome:
        ask = Ask(self.account, member, mutation, self._key(mutation), items)
        return await perform(self.work.pool, SilentBell(), ask, body)

    async def _done(self, mutation: str, member: UUID) -> Outcome | None:
        """What an earlier run came to, where it came so far: an answer is kept under the request's key."""
        async with self.work.transaction() as connection:
            return await performed(connection, self.account, member, self._key(mutation))

    def _key(self, mutation: str) -> str:
        return f"{mutation} of request {self.row['connection_id']}/{self.row['external_id']}"

    async def _end(self, state: RequestState, told: DetailState, *words: str | None) -> None:
        said = [text for text in words if text]
        async with self.work.final() as connection:
            message = "; ".join(said) or None
            await connection.execute(_END, self.account, self.request, state.value, message)
            await request_came_to_an_end(connection, self.account, self.request, told, said)


def _projects(value: Any) -> Iterator[str]:
    """Every project that is named in the data, the outermost first."""
    if isinstance(value, Mapping):
        project = value.get("project")
        named = value.get("project_id") or (project.get("id") if isinstance(project, Mapping) else None)
        if isinstance(named, str | int):
            yield str(named)
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _projects(each)
