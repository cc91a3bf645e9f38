"""Companies that people have merged in the project tool: what names a source, and its link to a vendor, follow the one that is left.

The sources stay as the tool has them, out of use and linked to nothing. Two companies that stand for two vendors are left as
they are: which vendor the books shall go on with is for people to say."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from db.session import Connection
from hub.core.link import LinkState
from hub.objects import COMPANY
from hub.sync.enqueue import enqueue
from hub.sync.intake.absorbing import repoint
from hub.sync.items import read_item
from hub.sync.log import happened
from hub.sync.pairing import hand_over

_KNOWN = "select id, origin_id, name from company where account_id = $1 and origin_id = any($2) order by id"
_TWO_VENDORS = (
    "{source} and {master} are linked to two vendors of the ERP. Unlink one of them, then merge them again."
)


async def merge_companies(
    connection: Connection, account: uuid.UUID, content: Mapping[str, Any]
) -> str | None:
    """Follows a merge as the tool's request tells it. Returns what stands against it; then nothing is changed.

    May be repeated: a source that has handed over what it had has nothing left."""
    named = next(_merges(content), None)
    if named is None:
        return "The request does not name the companies that were merged."
    master, sources = named
    known = {row["origin_id"]: row for row in await connection.fetch(_KNOWN, account, [master, *sources])}
    if master not in known:
        return "The hub does not know the company that is left. Import companies, then merge them again."
    ids = sorted({row["id"] for row in known.values()})
    items = {id_: await read_item(connection, account, COMPANY, id_, lock=True) for id_ in ids}
    left = known[master]
    going = [row for origin, row in known.items() if origin != master]
    linked = [row for row in (left, *going) if items[row["id"]]["state"] == LinkState.LINKED]
    if len(linked) > 1:
        return _TWO_VENDORS.format(source=linked[1]["name"], master=linked[0]["name"])
    for row in going:
        await _follow(connection, account, left["id"], row["id"], items)
    return None


async def _follow(
    connection: Connection,
    account: uuid.UUID,
    left: uuid.UUID,
    source: uuid.UUID,
    items: Mapping[uuid.UUID, Mapping[str, Any]],
) -> None:
    await repoint(connection, account, COMPANY, [(left, source)])
    before = [(source, items[source]["image"])]
    moves = items[source]["state"] == LinkState.LINKED
    if moves:
        await hand_over(connection, account, source, left)
        before.append((left, items[left]["image"]))
    await happened(connection, account, COMPANY, "MERGE", before, cause=f"merged into company {left}")
    for id_ in (source, left) if moves else ():
        args = {"object": COMPANY.key}
        await enqueue(connection, account, "mark_origin", args=args, object_id=id_)


def _merges(value: Any) -> Iterator[tuple[str, Sequence[str]]]:
    """Master and sources, wherever the request's data has them."""
    if isinstance(value, Mapping):
        master, sources = _vendor(value.get("master")), value.get("sources")
        if master and isinstance(sources, list):
            yield master, [found for each in sources if (found := _vendor(each))]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _merges(each)


def _vendor(value: Any) -> str | None:
    found = value.get("vendor_id") or value.get("id") if isinstance(value, Mapping) else None
    return str(found) if isinstance(found, str | int) else None
