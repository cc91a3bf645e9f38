"""An item leaves for the ERP: its number is its own, its payload is frozen, and a job carries it once what it hangs on is there."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from db.session import Connection
from hub.actions.ask import Ask
from hub.actions.decide import Locked
from hub.objects import BUDGET, BUDGET_CHANGE
from hub.sync import ordering, payload
from hub.sync.enqueue import enqueue

_EXPORTING = """
    update link set state = 'EXPORTING', payload = $4, digest = $5, mapping_version = $6, entries = $7::jsonb,
        answered_by = $3, answered_at = case when $3::uuid is not null then hub_now() end,
        error_code = null, error_message = null, erp_message = null, updated_at = hub_now()
    where account_id = $1 and object_id = $2"""

# Another item of the same kind, or of one that is numbered with it, that holds, or is about to hold, the same number in the ERP.
_TAKEN = """
    select 1 from link where account_id = $1 and connection_id = $2 and object_type = any($3::text[]) and object_id <> $4
        and lower(entries ->> 'natural_key') = $5 and state in ('EXPORTING', 'IN_DOUBT', 'SYNCED', 'ORPHANED') limit 1"""

# The ERP's own list has it: as an item, or as one that is remembered without being listed.
_IN_THE_LIST = """
    select 1 from link where account_id = $1 and connection_id = $2 and object_type = $3 and object_id <> $4 and external_id = $5
    union all
    select 1 from unlisted where account_id = $1 and connection_id = $2 and object_type = $3 and external_id = $5 limit 1"""

# Revisions of a budget and changes of it are numbered in one series.
_ONE_SERIES = ((BUDGET.name, BUDGET_CHANGE.name),)


def natural_key(made: payload.Payload) -> str:
    return json.dumps(dict(sorted(made.steps[0].natural_key.items())), separators=(",", ":"))


async def number_is_taken(
    connection: Connection,
    account: uuid.UUID,
    item: Locked,
    made: payload.Payload,
) -> bool:
    """One number is looked at by one transaction at a time, so that two cannot both find it free.

    Those of the same request hold theirs already, each among its own kind."""
    key = natural_key(made).lower()  # numbers that differ in their letters' case alone are one
    kinds = next((kinds for kinds in _ONE_SERIES if item.spec.name in kinds), (item.spec.name,))
    number = f"{account}/{item.connection['id']}/{kinds[0]}/{key}"
    await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", number)
    taken = await connection.fetchval(_TAKEN, account, item.connection["id"], list(kinds), item.id, key)
    return taken is not None or await _listed(connection, account, item, made)


async def _listed(connection: Connection, account: uuid.UUID, item: Locked, made: payload.Payload) -> bool:
    """Whether what both sides may make known is known under this id already."""
    if not item.spec.comes_in:
        return False
    external_id = "/".join(made.steps[0].natural_key.values())
    found = await connection.fetchval(
        _IN_THE_LIST, account, item.connection["id"], item.spec.name, item.id, external_id
    )
    return found is not None


async def freeze(
    connection: Connection,
    account: uuid.UUID,
    item: Locked,
    made: payload.Payload,
    entries: Mapping[str, Any],
    by: uuid.UUID | None,
) -> None:
    """Exactly this leaves from now on. `by` is the approver; None where it goes without one."""
    facts = item.facts or {}
    proposed = {name: facts[name] for name in ordering.PROPOSALS if facts.get(name) is not None}
    kept = {**entries, "natural_key": natural_key(made), ordering.PROPOSED: proposed}
    await connection.execute(
        _EXPORTING, account, item.id, by, made.text, made.digest, made.mapping_version, json.dumps(kept)
    )


async def leaves(connection: Connection, ask: Ask, item: Locked, run: uuid.UUID) -> uuid.UUID:
    """The job that writes the item, once what it hangs on is there."""
    system = item.connection["id"]
    known = await connection.fetchval(
        "select capabilities from connection where account_id = $1 and id = $2", ask.account_id, system
    )
    after = await ordering.on_their_way(connection, ask.account_id, item.spec, item.id, json.loads(known))
    args = {"object": item.spec.key, "connection_id": system, **({"after": after} if after else {})}
    return await enqueue(
        connection,
        ask.account_id,
        "export",
        args=args,
        run_id=run,
        object_id=item.id,
        requested_by=ask.member_id,
    )
