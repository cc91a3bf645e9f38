"""Deciding under the rows' lock: the same rules that `viewerCan` selects, evaluated where nothing can change any more."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Table

from db.session import Connection
from hub.access import explain
from hub.access.rules import REACHABLE, rules_of
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.core.expression import template
from hub.core.spec import ErpObject
from hub.errors import Refused
from hub.objects import BY_KEY
from hub.sync.facts import FACTS
from hub.sync.images import image

_PLACES = {"t": "t", "l": "l", "c": "c", "pm": "pm", "v": "v", "account": "$1", "member": "$2"}
_MEMBERS = ("code", "message", "remedy", "field")
_VIEWER = "with v as materialized (select * from member where account_id = $1 and id = $2 and is_active)"


class _Locked:
    """The row of a locking statement, all its surroundings joined."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def render(self, text: str) -> str:
        return text.format_map(_PLACES)

    def verdict(self, holds: str) -> str:
        return self.render(holds)


@dataclass(frozen=True)
class Locked:
    """One item under lock: what an action needs to know of it, and what stands against the action."""

    spec: ErpObject
    id: uuid.UUID
    version: int
    state: str
    link: Mapping[str, Any]
    record: Mapping[str, Any]
    image: str
    connection: Mapping[str, Any]
    facts: Mapping[str, Any] | None
    reasons: Sequence[Refused]


async def lock(
    connection: Connection,
    account: uuid.UUID,
    member: uuid.UUID,
    spec: ErpObject,
    action: Action,
    ids: Sequence[uuid.UUID],
) -> dict[uuid.UUID, Locked]:
    """Locks the items that the member may see, in order of id, and explains the action on each.

    The explanation is a statement of its own: one that had to wait for a lock would see the rows around the
    item, its lines and the links of what it names, as they were before."""
    held = await connection.fetch(_locking(spec.key), account, member, list(ids))
    if spec.references:
        await connection.execute(_HOLD, account, [named for row in held for named in row["named"]])
    rows = await connection.fetch(_statement(spec.key, action), account, member, list(ids))
    return {row["id"]: _locked(spec, row) for row in rows}


# Nobody parts a vendor from a commitment that is being accepted.
_HOLD = "select from link where account_id = $1 and object_id = any($2::uuid[]) order by object_id for share"


@lru_cache(maxsize=64)
def _locking(key: str) -> str:
    spec = BY_KEY[key]
    named = ", ".join(f"t.{column}" for column in spec.references)
    return f"""
        {_VIEWER}
        select array[{named}]::uuid[] as named {_visible(spec, _Locked(spec.table))}
        order by t.id for update of t, l"""


@lru_cache(maxsize=256)
def _statement(key: str, action: Action) -> str:
    spec = BY_KEY[key]
    place = _Locked(spec.table)
    found = explain.reasons(rules_of(spec, action), place)
    reasons = explain.reasons_sql(
        found, lambda reason: explain.json_object((name, reason.member(name)) for name in _MEMBERS)
    )
    return f"""
        {_VIEWER}
        select t.id, t.version, l.state, to_jsonb(l) as link, to_jsonb(t) as record, {image(spec).replace("$account", "$1")} as image,
            jsonb_build_object('id', c.id, 'kind', c.kind, 'base_url', c.base_url, 'settings', c.settings,
                'direct', c.capabilities -> 'behaviour' -> 'direct_export_objects') as connection,
            {place.render(FACTS[key]) if key in FACTS else "null::json"} as facts,
            {reasons} as reasons
        {_visible(spec, place)} order by t.id"""


def _visible(spec: ErpObject, place: _Locked) -> str:
    """The asked items that the member may see, with what stands around them."""
    project = f"t.{spec.project_column}" if spec.project_column else "null::uuid"
    return f"""from v
        join "{spec.table.name}" t on t.account_id = $1 and t.id = any($3)
        join link l on l.account_id = $1 and l.object_id = t.id
        join connection c on c.account_id = $1 and c.id = l.connection_id
        left join project_member pm on pm.account_id = $1 and pm.member_id = $2 and pm.project_id = {project}
        where {place.render(template(REACHABLE[spec.name], spec.table))}"""


def _locked(spec: ErpObject, row: Mapping[str, Any]) -> Locked:
    reasons = [
        Refused(ErrorCode(reason["code"]), reason["message"], field=reason["field"], remedy=reason["remedy"])
        for reason in json.loads(row["reasons"])
    ]
    return Locked(
        spec=spec,
        id=row["id"],
        version=row["version"],
        state=row["state"],
        link=json.loads(row["link"]),
        record=json.loads(row["record"]),
        image=row["image"],
        connection=json.loads(row["connection"]),
        facts=json.loads(row["facts"]) if row["facts"] else None,
        reasons=reasons,
    )
