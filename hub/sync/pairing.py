"""Two records become one, and part again: what a person's link between what the project tool and the ERP know means for the rows."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from db.clock import new_id
from db.session import Connection
from hub.core.spec import ErpObject
from hub.objects import PROJECT
from hub.sync.intake.absorbing import absorb

_TAKE = """
    update link set state = 'LINKED', external_id = $3, external_code = $4, snapshot = $5::jsonb, snapshot_at = $6,
        synced_at = hub_now(), updated_at = hub_now()
    where account_id = $1 and object_id = $2"""
_LEAVE = """
    update link set state = 'NOT_SENT', external_id = null, external_code = null, snapshot = null, snapshot_at = null,
        synced_at = null, gone_at = null, updated_at = hub_now()
    where account_id = $1 and object_id = $2"""
_ALONE = """
    insert into link (account_id, id, connection_id, object_type, object_id, state, external_id, external_code, snapshot, snapshot_at, gone_at)
    values ($1, $2, $3, $4, $5, 'READY_TO_IMPORT', $6, $7, $8::jsonb, $9, $10)"""

_ON_THE_JOB = "select cost_code_id, cost_type_id from project_cost_code where account_id = $1 and project_id = $2 and in_erp order by id"
_CODE = """
    insert into project_cost_code (account_id, id, project_id, cost_code_id, cost_type_id, in_erp) values ($1, $2, $3, $4, $5, true)"""
_ONLY_THERE = "delete from project_cost_code where account_id = $1 and project_id = $2 and origin_id is null"
_OFF_THE_JOB = "update project_cost_code set in_erp = false where account_id = $1 and project_id = $2"


async def join(
    connection: Connection,
    account: uuid.UUID,
    spec: ErpObject,
    erp_only: uuid.UUID,
    known_here: uuid.UUID,
    *,
    member: uuid.UUID,
    run: uuid.UUID | None,
) -> None:
    """The record that the ERP alone knew becomes part of the one known here: its link moves over, its row goes. Both are locked."""
    link = await connection.fetchrow(
        "select * from link where account_id = $1 and object_id = $2", account, erp_only
    )
    await absorb(connection, account, spec, [(known_here, erp_only)], action="LINK", run=run, member=member)
    await connection.execute(
        _TAKE,
        account,
        known_here,
        link["external_id"],
        link["external_code"],
        link["snapshot"],
        link["snapshot_at"],
    )


async def hand_over(connection: Connection, account: uuid.UUID, giver: uuid.UUID, taker: uuid.UUID) -> None:
    """The link moves from one item to another, both known to the project tool. Both are locked."""
    link = await connection.fetchrow(
        "select * from link where account_id = $1 and object_id = $2", account, giver
    )
    await connection.execute(_LEAVE, account, giver)
    carried = (link["external_id"], link["external_code"], link["snapshot"], link["snapshot_at"])
    await connection.execute(_TAKE, account, taker, *carried)


async def part(connection: Connection, account: uuid.UUID, spec: ErpObject, item: uuid.UUID) -> uuid.UUID:
    """The ERP's record stands alone again, ready to import, as it was last read. Returns its id."""
    link = await connection.fetchrow(
        "select * from link where account_id = $1 and object_id = $2", account, item
    )
    await connection.execute(_LEAVE, account, item)
    alone = new_id()
    await _insert(connection, account, spec, alone, json.loads(link["snapshot"] or "{}"), item)
    if spec.key == PROJECT.key:
        await _take_codes(connection, account, item, alone)
    await connection.execute(
        _ALONE,
        account,
        new_id(),
        link["connection_id"],
        spec.name,
        alone,
        link["external_id"],
        link["external_code"],
        link["snapshot"],
        link["snapshot_at"],
        link["gone_at"],
    )
    return alone


async def _take_codes(connection: Connection, account: uuid.UUID, project: uuid.UUID, job: uuid.UUID) -> None:
    """What the ERP's job carries goes with the job; the project keeps what the project tool has on it."""
    rows = await connection.fetch(_ON_THE_JOB, account, project)
    await connection.executemany(
        _CODE, [(account, new_id(), job, row["cost_code_id"], row["cost_type_id"]) for row in rows]
    )
    await connection.execute(_ONLY_THERE, account, project)
    await connection.execute(_OFF_THE_JOB, account, project)


async def _insert(
    connection: Connection,
    account: uuid.UUID,
    spec: ErpObject,
    alone: uuid.UUID,
    snapshot: Mapping[str, Any],
    twin: uuid.UUID,
) -> None:
    """A record of what the ERP held; a field that it did not give is taken from the record it was linked to."""
    own = {
        "account_id",
        "id",
        "version",
        "origin_id",
        "origin_updated_at",
        "origin_deleted_at",
        "created_at",
        "updated_at",
    }
    columns = [
        column.name for column in spec.table.columns if column.name not in own and column.computed is None
    ]
    names = ", ".join(columns)
    values = ", ".join(
        f"(case when $4::jsonb ? '{name}' then given.{name} else twin.{name} end)" for name in columns
    )
    await connection.execute(
        f"""
        insert into "{spec.table.name}" (account_id, id, {names})
        select $1, $2, {values} from "{spec.table.name}" twin,
            jsonb_populate_record(null::"{spec.table.name}", $4::jsonb) given
        where twin.account_id = $1 and twin.id = $3""",
        account,
        alone,
        twin,
        json.dumps({name: value for name, value in snapshot.items() if name in columns}),
    )
