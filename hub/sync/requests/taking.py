"""Learning of a request: read from the project tool after its webhook told of it, kept once, and handed on to be answered."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from db.clock import new_id
from db.session import Connection
from hub.connectors import meaning
from hub.erp.connector import Connector, Incoming
from hub.errors import ErpUnexpected
from hub.sync.enqueue import enqueue
from hub.sync.work import JobRow, Work

RESOURCE, _TICKET = "erp_request", "request_detail"
_TRIES = 5  # of a request that the tool does not show; polling finds what comes later

_KIND = "select kind from connection where account_id = $1 and id = $2"
_KNOWN = "select external_id from erp_request where account_id = $1 and connection_id = $2 and external_id = any($3::text[])"
_INSERT = """
    insert into erp_request (account_id, id, connection_id, external_id, name, requested_by, content, asked_at)
    values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8)
    on conflict (account_id, connection_id, external_id) do nothing returning true"""
_DETAIL = """
    insert into erp_request_detail (account_id, connection_id, external_id, request_id, item_type, item_id)
    values ($1, $2, $3, $4, $5, $6) on conflict do nothing"""
_ID = 64  # letters that an id of the project tool has at most


async def take_request(work: Work) -> None:
    """Handler of the job kind `take_request`: reads one request and hands it on. Met before, it is left alone."""
    system, asked = UUID(str(work.job.args["connection_id"])), str(work.job.args["request"])
    connector = await work.connector(system)
    try:
        page = await connector.fetch(RESOURCE, {"id": asked}, None)
        if [record.external_id for record in page.records] != [asked]:
            raise ErpUnexpected("The project tool does not show the request that it told of.")
    except ErpUnexpected:
        if work.job.tries + 1 < _TRIES:
            raise
        return
    fresh = await with_tickets(work, connector, system, page.records)
    async with work.final() as connection:
        for record in fresh:
            await take_in(connection, work.job.account_id, system, record)


async def with_tickets(
    work: Work, connector: Connector, system: UUID, records: Sequence[Incoming]
) -> list[Incoming]:
    """The requests that are new. One that names no ticket to close although it is about items may have some: they are asked for."""
    async with work.transaction() as connection:
        kind = await connection.fetchval(_KIND, work.job.account_id, system)
        ids = [record.external_id for record in records]
        known = {
            row["external_id"] for row in await connection.fetch(_KNOWN, work.job.account_id, system, ids)
        }
    fresh = [record for record in records if record.external_id not in known]
    return [await _ticketed(connector, kind, record) for record in fresh]


async def _ticketed(connector: Connector, kind: str, record: Incoming) -> Incoming:
    content = record.values
    meant = meaning(kind, str(content.get("name") or ""))
    if content.get("details") or not meant.object:
        return record
    found = []
    for item in things(content, meant.item):
        page = await connector.fetch(_TICKET, {"item": item}, None)
        for ticket in page.records:
            if ticket.refs.get("erp_request") == record.external_id:
                kept = {"id": ticket.external_id, "item_type": ticket.values.get("item_type")}
                found.append({**kept, "item_id": ticket.values.get("item_id") or item})
    return replace(record, values={**content, "details": found})


async def nobody_told(
    _connection: Connection, _job: JobRow, _code: str, _message: str, _erp_message: str | None
) -> None:
    """A request that could not be read now is found by polling."""


async def take_in(connection: Connection, account: UUID, system: UUID, record: Incoming) -> None:
    """Keeps a request that is new, with the items that wait for an answer, and asks for its answer."""
    request, content = new_id(), record.values
    fresh = await connection.fetchval(
        _INSERT,
        account,
        request,
        system,
        record.external_id,
        str(content.get("name") or "")[:80],
        content.get("requested_by"),
        json.dumps(_kept(content), default=str),
        content.get("created_at"),
    )
    if not fresh:
        return
    kind = await connection.fetchval(_KIND, account, system)
    for detail, item in about(content, meaning(kind, str(content.get("name") or "")).item):
        item_type = str(detail.get("item_type") or "")[:60] or None
        await connection.execute(_DETAIL, account, system, detail["id"], request, item_type, item)
    await enqueue(connection, account, "answer_request", args={"request": request})


def about(content: Mapping[str, Any], word: str) -> list[tuple[Mapping[str, Any], str | None]]:
    """Each detail with the id of its item: what it names with a type, else the thing that the data is about, named by `word`.

    An id without a type may be a line's, so the thing goes before it. Where several details and things do not pair
    up, nothing is guessed."""
    details = list(content.get("details") or ())
    found = things(content, word)
    if len(found) == 1:
        found *= len(details)
    paired: list[str | None] = [*found] if len(found) == len(details) else [None] * len(details)
    return [(detail, _item(detail, thing)) for detail, thing in zip(details, paired, strict=True)]


def things(content: Mapping[str, Any], word: str) -> list[str]:
    """The ids of the things that the data is about: under `word` a thing or a list of them, or an id under `word_id`."""
    found = [id_ for item in content.get("items") or () for id_ in _ids_in(item, word)]
    return list(dict.fromkeys(found))


def _item(detail: Mapping[str, Any], thing: str | None) -> str | None:
    named: str | None = detail.get("item_id")
    return named if named and detail.get("item_type") else thing or named


def _ids_in(item: Any, word: str) -> list[str]:
    if not isinstance(item, Mapping) or not word:
        return []
    named = item.get(word) or item.get(f"{word}s")
    listed = named if isinstance(named, list) else [named]
    ids = [thing.get("id") for thing in listed if isinstance(thing, Mapping)] or [item.get(f"{word}_id")]
    return [str(id_) for id_ in ids if _is_id(id_)]


def _is_id(found: Any) -> bool:
    return isinstance(found, str | int) and not isinstance(found, bool) and 0 < len(str(found)) <= _ID


def _kept(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: content.get(name) or [] for name in ("details", "items")}
