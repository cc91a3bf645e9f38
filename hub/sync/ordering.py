"""Which item has to be in the ERP before which: a graph of what items name and what their ERP requires.

Source: the order of dependence of the project tool's ERP pages."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.session import Connection
from hub.core.link import LinkState
from hub.core.spec import ErpObject
from hub.objects import BUDGET, BY_KEY, BY_NAME, OBJECTS

THERE = (LinkState.SYNCED, LinkState.LINKED)
# Where an accepted item keeps what the hub itself proposed: for one that waits over midnight the day stays that of its approval.
PROPOSED = "proposed"
PROPOSALS = ("transaction_date",)
# Of these a project has one: what requires it needs no column that names it.
_ONE_OF_A_PROJECT = (BUDGET,)


@dataclass(frozen=True)
class Edge:
    """What an item has to wait for: the column of the item and that of the other which hold the same id."""

    parent: ErpObject
    column: str
    by: str = "id"


@dataclass(frozen=True)
class Parent:
    """An item that another one waits for."""

    id: uuid.UUID
    state: LinkState
    words: str


def edges(spec: ErpObject, capabilities: Mapping[str, Any]) -> Sequence[Edge]:
    """What an object waits for in this ERP: of what it requires, and where it says nothing of all it names, what is sent there too."""
    stated = (capabilities.get("objects") or {}).get(spec.key, {}).get("requires_synced")
    named = {key: column for column, key in spec.references.items()}
    found = []
    for key in named if stated is None else stated:
        parent = BY_KEY.get(key)
        if parent is None or not _goes_out(parent, capabilities):
            continue
        if key in named:
            found.append(Edge(parent, named[key]))
        elif parent in _ONE_OF_A_PROJECT and spec.project_column:
            found.append(Edge(parent, spec.project_column, "project_id"))
    return found


def _goes_out(spec: ErpObject, capabilities: Mapping[str, Any]) -> bool:
    direction = (capabilities.get("objects") or {}).get(spec.key, {}).get("direction")
    return spec.goes_out and direction in ("export", "both")


def rank(spec: ErpObject) -> int:
    """Objects of a higher rank may wait for those of a lower one, never the other way."""
    return OBJECTS.index(spec)


async def on_their_way(
    connection: Connection,
    account: uuid.UUID,
    spec: ErpObject,
    id_: uuid.UUID,
    capabilities: Mapping[str, Any],
) -> Sequence[uuid.UUID]:
    """The items that one which is accepted now has to wait for: accepted too, and not in the ERP yet."""
    found: list[uuid.UUID] = []
    for edge in edges(spec, capabilities):
        statement = f"""
            select p.id from "{spec.table.name}" t
            join "{edge.parent.table.name}" p on p.account_id = $1 and p.{edge.by} = t.{edge.column}
            join link l on l.account_id = $1 and l.object_id = p.id
            where t.account_id = $1 and t.id = $2 and l.state = 'EXPORTING'"""
        found += [row["id"] for row in await connection.fetch(statement, account, id_)]
    return found


async def read_parents(
    connection: Connection, account: uuid.UUID, ids: Sequence[uuid.UUID]
) -> Sequence[Parent]:
    """The items that are waited for, as they stand now."""
    rows = await connection.fetch(
        "select object_id, object_type, state from link where account_id = $1 and object_id = any($2) order by object_id",
        *(account, list(ids)),
    )
    return [
        Parent(row["object_id"], LinkState(row["state"]), await _words(connection, account, row))
        for row in rows
    ]


async def _words(connection: Connection, account: uuid.UUID, row: Mapping[str, Any]) -> str:
    """How a person calls the item: `commitment SC-001`."""
    spec = BY_NAME[row["object_type"]]
    noun = spec.key.replace("_", " ")
    if spec.natural_key in spec.references:
        return noun
    statement = f'select {spec.natural_key} from "{spec.table.name}" where account_id = $1 and id = $2'
    return f"{noun} {await connection.fetchval(statement, account, row['object_id']) or ''}".rstrip()


_WAKE = """
    update job set due_at = hub_now(), rung_at = null
    where account_id = $1 and kind = 'export' and state = 'QUEUED' and args -> 'after' ? $2"""


async def wake(connection: Connection, account: uuid.UUID, id_: uuid.UUID) -> None:
    """Whatever waited for the item looks again: its export has ended, one way or the other."""
    await connection.execute(_WAKE, account, str(id_))
