"""Answering what somebody asked in the project tool: it counts as the same request made here by that person.

What the request is about is read again first, so that nobody decides on an old copy. Each step may be repeated:
the run that reads is noted on the request, and actions are performed once under the request's own key."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from db.jobs import Lane
from db.requests import DetailState, RequestState
from db.session import Connection
from hub.actions.on_behalf import OnBehalf
from hub.connectors import meaning
from hub.erp.request import Meaning, Wish
from hub.objects import BY_KEY
from hub.sync.enqueue import enqueue
from hub.sync.merging import merge_companies
from hub.sync.requests.endings import part_ended_as, request_came_to_an_end, tell
from hub.sync.requests.taking import things
from hub.sync.runs import open_run
from hub.sync.work import JobRow, RetryLater, Work

_LOOK_AGAIN = 2.0
_REQUEST = """
    select r.*, c.kind, (c.settings -> 'accept_in_procore') = 'true'::jsonb as accepts
    from erp_request r join connection c on c.account_id = $1 and c.id = r.connection_id
    where r.account_id = $1 and r.id = $2"""
_READ_WITH = "update erp_request set run_id = $3 where account_id = $1 and id = $2"
_RUN = "select state, error_message from sync_run where account_id = $1 and id = $2"
_ERP = "select id from connection where account_id = $1 and role = 'ERP' order by id limit 1"
_PROJECT = "select id from project where account_id = $1 and origin_id = $2"
_PROJECTS = """
    select distinct t."{column}" as id from "{table}" t where t.account_id = $1 and t.origin_id = any($2::text[])"""
_STANDS = """
    update erp_request set state = $3, message = $4, finished_at = case when $3 = 'TAKEN' then null else hub_now() end
    where account_id = $1 and id = $2"""
_TAKEN: Mapping[Wish, str] = {
    Wish.SEND: "It is with accounting.",
    Wish.UNLINK: "The ERP is asked whether its document is gone.",
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
    await connection.execute(_STANDS, job.account_id, request, RequestState.REFUSED.value, message)
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
        known = meaning(self.row["kind"], self.row["name"])
        match known.wish:
            case Wish.NOT_SUPPORTED:
                await self._end(RequestState.REFUSED, DetailState.FAILED, known.words)
            case Wish.NOTHING:
                await self._end(RequestState.IGNORED, DetailState.SUCCESS)
            case Wish.IMPORT | Wish.READ_AGAIN:
                if await self._was_read(known):
                    await self._end(RequestState.DONE, DetailState.SUCCESS)
            case Wish.MERGE:
                if await self._was_read(known):
                    await self._merge()
            case Wish.SEND | Wish.UNLINK:
                if await self._was_read(known):
                    await self._act(known)

    # --- reading ---------------------------------------------------------------------------------------------------

    async def _was_read(self, known: Meaning) -> bool:
        """Once a run of this request has read the lists; until then the job waits. False where it could not."""
        async with self.work.transaction() as connection:
            if self.row["run_id"] is None:
                system = await self._system(connection, known.wish)
                run = None if system is None else await self._begin(connection, system, known)
                state, words = ("QUEUED", None) if run else ("FAILED", "there is no connection to an ERP.")
            else:
                state, words = await connection.fetchrow(_RUN, self.account, self.row["run_id"])
        if state in ("QUEUED", "RUNNING"):
            raise RetryLater(_LOOK_AGAIN, "What the request is about is being read.")
        if state == "FAILED":
            await self._end(RequestState.REFUSED, DetailState.FAILED, f"It could not be read: {words}")
        return bool(state != "FAILED")

    async def _system(self, connection: Connection, wish: Wish) -> UUID | None:
        """Which side is read."""
        if wish is not Wish.IMPORT:
            return UUID(str(self.row["connection_id"]))
        erp: UUID | None = await connection.fetchval(_ERP, self.account)
        return erp

    async def _begin(self, connection: Connection, system: UUID, known: Meaning) -> UUID:
        run = await open_run(connection, self.account, "IMPORT", None, [], connection_id=system)
        args: dict[str, Any] = {"connection_id": system, "objects": list(known.lists)}
        project = await self._project(connection, known)
        if project is not None and known.wish is not Wish.IMPORT:
            args["scope"] = {"project_id": project}
        await enqueue(connection, self.account, "import", args=args, run_id=run, lane=Lane.INTERACTIVE)
        await connection.execute(_READ_WITH, self.account, self.request, run)
        return run

    async def _project(self, connection: Connection, known: Meaning) -> UUID | None:
        """The project that the request's data names, or that its items were in when they were last read."""
        content = json.loads(self.row["content"])
        named = next(_projects(content.get("items")), None)
        found: UUID | None = await connection.fetchval(_PROJECT, self.account, named)
        spec = BY_KEY.get(known.object)
        if found is None and spec is not None and spec.project_column is not None:
            of_items = _PROJECTS.format(table=spec.table.name, column=spec.project_column)
            rows = await connection.fetch(of_items, self.account, things(content, known.item))
            found = rows[0]["id"] if len(rows) == 1 else None
        return found

    # --- ending ----------------------------------------------------------------------------------------------------

    async def _act(self, known: Meaning) -> None:
        """Each item that was refused ends with its own reasons; the others go on. Without a ticket there is nothing to close."""
        came = await OnBehalf(self.work, self.row, known).act()
        if came.against:
            await self._end(RequestState.REFUSED, DetailState.FAILED, *came.against)
            return
        taken = RequestState.TAKEN if came.ticketed else RequestState.DONE
        state = taken if came.taken else RequestState.REFUSED
        words = _TAKEN[known.wish] if came.taken else _said(*came.items.values())
        if came.beside:
            words = f"{words} Not sent: {_said(came.beside)}"
        async with self.work.final() as connection:
            for id_, reasons in came.items.items():
                failed = (id_, DetailState.FAILED, reasons)
                await part_ended_as(connection, self.account, self.request, *failed)
            await connection.execute(_STANDS, self.account, self.request, state.value, words)
            await tell(connection, self.account, self.request)

    async def _merge(self) -> None:
        """The companies' references and link follow the one that is left."""
        async with self.work.transaction() as connection:
            against = await merge_companies(connection, self.account, json.loads(self.row["content"]))
        if against:
            await self._end(RequestState.REFUSED, DetailState.FAILED, against)
        else:
            await self._end(RequestState.DONE, DetailState.SUCCESS)

    async def _end(self, state: RequestState, told: DetailState, *words: str) -> None:
        async with self.work.final() as connection:
            await connection.execute(_STANDS, self.account, self.request, state.value, _said(words))
            await request_came_to_an_end(connection, self.account, self.request, told, words)


def _said(*reasons: Sequence[str]) -> str | None:
    return "; ".join(reason for some in reasons for reason in some) or None


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
