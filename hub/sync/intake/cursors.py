"""How far a run has come in each list it reads: written in the transaction of each page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from db.session import Connection
from hub.sync.intake.site import Site
from hub.sync.intake.tally import Tally

MISSING = "*"  # scope that stands for the search for what is missing, after all lists of a resource
_READ = """
    select run_id, page, tally, finished_at from cursor
    where account_id = $1 and connection_id = $2 and resource = $3 and scope = $4"""
_WRITE = """
    insert into cursor (account_id, connection_id, resource, scope, run_id, page, tally, watermark, finished_at)
    values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, case when $6::text is null then hub_now() end)
    on conflict (account_id, connection_id, resource, scope) do update set
        run_id = excluded.run_id, page = excluded.page, tally = excluded.tally,
        watermark = greatest(cursor.watermark, excluded.watermark),
        finished_at = coalesce(excluded.finished_at, cursor.finished_at)"""
_VERDICT = """
    update cursor set tally = tally || jsonb_build_object('agrees', $5::boolean)
    where account_id = $1 and connection_id = $2 and resource = $3 and scope = $4"""
_FINISHED = """
    select exists (select from cursor where account_id = $1 and connection_id = $2 and resource = $3 and scope <> '*'
        and finished_at is not null)"""
_MEET = """
    insert into crawl_key (account_id, run_id, resource, scope, object_id)
    select $1, $2, $3, $4, met from unnest($5::uuid[]) met on conflict do nothing"""


@dataclass(frozen=True)
class Place:
    """Where a run stands in one list. `agrees`: what a second read found, None before it."""

    page: str | None = None
    pages: int = 0
    done: bool = False
    tally: Tally = field(default_factory=Tally)
    agrees: bool | None = None


async def place(connection: Connection, site: Site, resource: str, scope: str) -> Place:
    """The place this run reached; the start of the list where another run wrote last."""
    row = await connection.fetchrow(_READ, site.account, site.connection, resource, scope)
    if row is None or row["run_id"] != site.run:
        return Place()
    stored: Mapping[str, Any] = orjson.loads(row["tally"])
    return Place(
        page=row["page"],
        pages=int(stored.get("pages", 0)),
        done=row["page"] is None,
        tally=Tally.read(stored),
        agrees=stored.get("agrees"),
    )


async def reach(
    connection: Connection, site: Site, resource: str, scope: str, to: Place, watermark: datetime | None
) -> None:
    """Remember a place in the transaction of the page before it."""
    stored = orjson.dumps({**to.tally.stored(), "pages": to.pages}).decode()
    key = (site.account, site.connection, resource, scope)
    await connection.execute(_WRITE, *key, site.run, to.page, stored, watermark)


async def conclude(connection: Connection, site: Site, resource: str, scope: str, *, agrees: bool) -> None:
    await connection.execute(_VERDICT, site.account, site.connection, resource, scope, agrees)


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
