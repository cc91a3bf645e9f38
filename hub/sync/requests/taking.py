"""Learning of a request: read from the project tool after its webhook told of it, kept once, and handed on to be answered."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from db.clock import new_id
from db.session import Connection
from hub.connectors import meaning
from hub.erp.connector import Incoming
from hub.errors import ErpUnexpected
from hub.sync.enqueue import enqueue
from hub.sync.work import JobRow, Work

RESOURCE = "erp_request"
_TRIES = 5  # of a request that the tool does not show; polling finds what comes later

_KIND = "select kind from connection where account_id = $1 and id = $2"
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
    async with work.final() as connection:
        for record in page.records:
            await take_in(connection, work.job.account_id, system, record)


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
    things = [_id_in(item, word) for item in content.get("items") or () if _id_in(item, word)]
    if len(things) == 1:
        things *= len(details)
    paired = things if len(things) == len(details) else [None] * len(details)
    return [(detail, _item(detail, thing)) for detail, thing in zip(details, paired, strict=True)]


def _item(detail: Mapping[str, Any], thing: str | None) -> str | None:
    named: str | None = detail.get("item_id")
    return named if named and detail.get("item_type") else thing or named


def _id_in(item: Any, word: str) -> str | None:
    thing = item.get(word) if isinstance(item, Mapping) and word else None
    found = thing.get("id") if isinstance(thing, Mapping) else None
    if isinstance(found, bool) or not isinstance(found, str | int) or len(str(found)) > _ID:
        return None
    return str(found)


def _kept(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: content.get(name) or [] for name in ("details", "items")}
