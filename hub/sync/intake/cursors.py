"""How far a run has come in each list it reads: written in the transaction of each page.

A list that can be asked for changes is read from a watermark on. That is the latest change a crawl has seen, less an
overlap, and it moves only when the list was read to its end and its second read agrees. It never passes a record that
could not be taken in for want of something else, so that the record is read again until it can."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from db.session import Connection
from hub.sync.intake.resources import Resource
from hub.sync.intake.scopes import Scope
from hub.sync.intake.site import Site
from hub.sync.intake.tally import Tally

MISSING = "*"  # scope that stands for the search for what is missing, after all lists of a resource
_READ = """
    select run_id, page, tally, finished_at from cursor
    where account_id = $1 and connection_id = $2 and resource = $3 and scope = $4"""
_WRITE = """
    insert into cursor (account_id, connection_id, resource, scope, run_id, page, tally, finished_at)
    values ($1, $2, $3, $4, $5, $6, $7::jsonb, case when $6::text is null then hub_now() end)
    on conflict (account_id, connection_id, resource, scope) do update set
        run_id = excluded.run_id, page = excluded.page, tally = excluded.tally,
        finished_at = coalesce(excluded.finished_at, cursor.finished_at)"""
_VERDICT = """
    update cursor set tally = tally || jsonb_build_object('agrees', $5::boolean)
    where account_id = $1 and connection_id = $2 and resource = $3 and scope = $4 and run_id = $6"""
_SETTLE = """
    update cursor set watermark = $5, begun_at = $6, full_at = case when $7 then $6 else full_at end
    where account_id = $1 and connection_id = $2 and resource = $3 and scope = $4"""
_SINCE = """
    select hub_now() as begun, c.watermark, c.watermark - $5::interval as since,
        c.full_at > hub_now() - make_interval(secs => $6 * 86400) as is_fresh, c.begun_at
    from (select $1::uuid as account_id) a
    left join cursor c on c.account_id = a.account_id and c.connection_id = $2 and c.resource = $3 and c.scope = $4"""
# Lines name codes that the hub did not know yet.
_CODES_CAME = "select exists (select from {table} where account_id = $1 and updated_at >= $2)"
# Items whose fields are the project tool's again take over what it changed while they were not.
_OPENED = """
    select exists (
        select from link k join {table} t on t.account_id = $1 and t.id = k.object_id
        where k.account_id = $1 and k.object_type = $2 and k.state in ('NOT_SENT', 'UNLINKED', 'REJECTED', 'RETRIEVED')
            and k.updated_at >= $3 and k.created_at < $3 {within})"""
_FINISHED = """
    select exists (select from cursor where account_id = $1 and connection_id = $2 and resource = $3 and scope <> '*'
        and finished_at is not null)"""
_MEET = """
    insert into crawl_key (account_id, run_id, resource, scope, object_id)
    select $1, $2, $3, $4, met from unnest($5::uuid[]) met on conflict do nothing"""


@dataclass(frozen=True)
class Place:
    """Where a run stands in one list.

    `since`: from when on changes are asked for, None where the list is read in full. `begun`: when the crawl began.
    `before`: the watermark it began with; `latest` change seen; `held`: the earliest change that has to be seen again,
    `stuck` where that is not known. `again` is how far the second read has come. `judged`: it is behind the run; `agrees`
    is what it found, None without one."""

    page: str | None = None
    pages: int = 0
    done: bool = False
    tally: Tally = field(default_factory=Tally)
    since: datetime | None = None
    begun: datetime | None = None
    before: datetime | None = None
    latest: datetime | None = None
    held: datetime | None = None
    stuck: bool = False
    again: "Again | None" = None
    judged: bool = False
    agrees: bool | None = None

    @property
    def is_full(self) -> bool:
        return self.since is None

    @property
    def watermark(self) -> datetime | None:
        """Up to where all changes are taken in, once the list has been read to its end: never later than the crawl
        began, so that one record with a time to come hides no change."""
        if self.stuck:
            return None if self.is_full else self.before
        seen = [at for at in (self.before if not self.is_full else None, self.latest) if at is not None]
        if not seen:
            return None
        return min(at for at in (max(seen), self.held, self.begun) if at is not None)

    def stored(self) -> str:
        times = {name: getattr(self, name) for name in _TIMES}
        again = {"again": self.again.stored()} if self.again is not None else {}
        return orjson.dumps(
            {**self.tally.stored(), **times, **again, "pages": self.pages, "stuck": self.stuck}
        ).decode()


@dataclass(frozen=True)
class Again:
    """Where the second read of a list stands: the page it asks for next, None after the last."""

    page: str | None
    tally: Tally

    def stored(self) -> dict[str, Any]:
        return {"page": self.page, **self.tally.stored()}

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> "Again | None":
        return None if stored is None else cls(stored["page"], Tally.read(stored))


_TIMES = ("since", "begun", "before", "latest", "held")


async def place(connection: Connection, site: Site, resource: str, scope: str) -> Place | None:
    """The place this run reached; None where another run wrote last, or none."""
    row = await connection.fetchrow(_READ, site.account, site.connection, resource, scope)
    if row is None or row["run_id"] != site.run:
        return None
    stored: Mapping[str, Any] = orjson.loads(row["tally"])
    times = {name: datetime.fromisoformat(stored[name]) for name in _TIMES if stored.get(name)}
    return Place(
        page=row["page"],
        pages=int(stored.get("pages", 0)),
        done=row["page"] is None,
        tally=Tally.read(stored),
        stuck=bool(stored.get("stuck")),
        again=Again.read(stored.get("again")),
        judged="agrees" in stored,
        agrees=stored.get("agrees"),
        **times,
    )


async def start(connection: Connection, site: Site, resource: Resource, scope: Scope, *, full: bool) -> Place:
    """Where a crawl of the list begins: at its changes, where it gives them and nothing asks for all of it."""
    key = (site.account, site.connection, resource.key, scope.key)
    row = await connection.fetchrow(_SINCE, *key, site.overlap, site.full_crawl_days)
    fresh = Place(begun=row["begun"])
    if full or row["since"] is None or not row["is_fresh"] or not site.gives_changes(resource.key):
        return fresh
    if not resource.is_proven or await _differs_now(connection, site, resource, scope, row["begun_at"]):
        return fresh
    return replace(fresh, since=row["since"], before=row["watermark"])


async def _differs_now(
    connection: Connection, site: Site, resource: Resource, scope: Scope, since: datetime
) -> bool:
    """Whether records that did not change would be taken in otherwise than when they were read."""
    spec = resource.spec
    if spec is None:
        return False
    lines = spec.lines.references.values() if spec.lines is not None else ()
    for key in sorted(set(lines)):
        if await connection.fetchval(_CODES_CAME.format(table=key), site.account, since):
            return True
    if site.from_erp:
        return False
    within = f"and t.{spec.project_column} = $4" if scope.project is not None else "and $4::uuid is null"
    query = _OPENED.format(table=spec.table.name, within=within)
    return bool(await connection.fetchval(query, site.account, spec.name, since, scope.project))


async def reach(connection: Connection, site: Site, resource: str, scope: str, to: Place) -> None:
    """Remember a place in the transaction of the page before it."""
    key = (site.account, site.connection, resource, scope)
    await connection.execute(_WRITE, *key, site.run, to.page, to.stored())


async def conclude(connection: Connection, site: Site, resource: str, scope: str, at: Place) -> None:
    """Keep what the second read found. Unless it disagrees, the watermark moves."""
    key = (site.account, site.connection, resource, scope)
    await connection.execute(_VERDICT, *key, at.agrees, site.run)
    if at.agrees is not False:
        await connection.execute(_SETTLE, *key, at.watermark, at.begun, at.is_full)


async def was_read(connection: Connection, account: UUID, connection_id: UUID | None, resource: str) -> bool:
    """Whether a list was ever read to its end."""
    if connection_id is None:
        return False
    return bool(await connection.fetchval(_FINISHED, account, connection_id, resource))


async def meet(connection: Connection, site: Site, resource: str, scope: str, items: Sequence[UUID]) -> None:
    """Remember which of our rows this run has met in a list."""
    if items:
        await connection.execute(_MEET, site.account, site.run, resource, scope, list(items))


async def forget_met(connection: Connection, site: Site, resource: str) -> None:
    await connection.execute(
        "delete from crawl_key where account_id = $1 and run_id = $2 and resource = $3",
        site.account,
        site.run,
        resource,
    )
