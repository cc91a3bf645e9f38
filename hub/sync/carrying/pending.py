"""What has to be carried: items of projects that both sides know, in a form that the project tool does not have yet."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.session import Connection
from hub.core.spec import ErpObject
from hub.objects import DIRECT_COST, PAYMENT

SLICE = 500  # items that are read, carried and settled together

# A line that the ERP does not know by now is none of its own, and an item that it was never seen to hold is not carried.
_COST_FACTS = """json_build_object(
    'erp_id', l.external_id, 'external_id', t.origin_id, 'kind', t.kind, 'invoice_number', t.invoice_number,
    'description', t.description, 'status', t.status, 'cost_date', t.cost_date, 'received_date', t.received_date,
    'paid_date', t.paid_date, 'terms', t.terms,
    'company', (select v.origin_id from company v where v.account_id = $1 and v.id = t.company_id),
    'lines', (select coalesce(json_agg(json_build_object(
            'erp_id', n.origin_id, 'description', n.description, 'quantity', n.quantity::text, 'unit_of_measure', n.unit_of_measure,
            'unit_cost', n.unit_cost::text, 'amount', n.amount::text,
            'cost_code_id', (select x.origin_id from project_cost_code x where x.account_id = $1 and x.project_id = t.project_id
                and x.cost_code_id = n.cost_code_id and x.cost_type_id = n.cost_type_id),
            'cost_type_id', (select y.origin_id from cost_type y where y.account_id = $1 and y.id = n.cost_type_id)
        ) order by n.line_number, n.id), '[]'::json)
        from direct_cost_line n where n.account_id = $1 and n.direct_cost_id = t.id))"""
_PAYMENT_FACTS = """json_build_object(
    'erp_id', l.external_id, 'origin_code', coalesce(l.external_code, t.check_number), 'invoice_number', t.invoice_number,
    'check_number', t.check_number, 'amount', t.amount::text, 'paid_on', t.paid_on, 'method', t.method, 'is_void', t.is_void,
    'contract', (select m.origin_id from commitment m where m.account_id = $1 and m.id = t.commitment_id
        and m.origin_deleted_at is null))"""
_FACTS: Mapping[str, str] = {DIRECT_COST.key: _COST_FACTS, PAYMENT.key: _PAYMENT_FACTS}
# What counts for nothing and is not there needs no carrying.
_NOTHING: Mapping[str, str] = {DIRECT_COST.key: "t.status = 'DRAFT'", PAYMENT.key: "t.is_void"}
# The tool of the project that it is carried into.
TOOL: Mapping[str, str] = {DIRECT_COST.key: "direct_costs", PAYMENT.key: "commitments"}
_FROM = """
    from "{table}" t
    join link l on l.account_id = $1 and l.connection_id = $2 and l.object_id = t.id and l.state in ('READY_TO_IMPORT', 'LINKED')
        and l.external_id is not null and l.snapshot is not null
    join project p on p.account_id = $1 and p.id = t.project_id and p.origin_id is not null and p.origin_deleted_at is null
    join link j on j.account_id = $1 and j.connection_id = $2 and j.object_id = p.id and j.state = 'LINKED'
    left join carried c on c.account_id = $1 and c.connection_id = $3 and c.object_id = t.id
    where t.account_id = $1 and c.version is distinct from t.version and not (t.origin_id is null and {nothing})"""
_SELECT = """
    select t.id, t.version, t.origin_id, t.origin_deleted_at, p.id as project_id, p.origin_id as project,
        '{tool}' = any(p.inactive_tools) as is_closed, c.digest, c.lines,
        hub_now() as read_at, {facts} as facts
    {source} and (p.id, t.id) > ($4, $5) order by p.id, t.id limit $6"""
_EXISTS = "select exists (select {source})"
_START = UUID(int=0)
Place = tuple[UUID, UUID]


@dataclass(frozen=True)
class Pending:
    """One item that may have to be carried, as it was read at `read_at`. `known` are the lines that were carried before."""

    id: UUID
    version: int
    origin_id: str | None
    is_gone: bool
    project_id: UUID
    project: str
    is_closed: bool  # the tool that it belongs to, on its project
    facts: Mapping[str, Any]
    digest: str
    carried: str | None
    known: Mapping[str, Mapping[str, str]]
    read_at: datetime

    @property
    def erp_id(self) -> str:
        return str(self.facts["erp_id"])

    @property
    def place(self) -> Place:
        return (self.project_id, self.id)


async def any_pending(connection: Connection, account: UUID, erp: UUID, tool: UUID, spec: ErpObject) -> bool:
    return bool(await connection.fetchval(_EXISTS.format(source=_source(spec)), account, erp, tool))


async def pending(
    connection: Connection, account: UUID, erp: UUID, tool: UUID, spec: ErpObject, after: Place | None
) -> list[Pending]:
    """The next slice, in order of project."""
    statement = _SELECT.format(facts=_FACTS[spec.key], source=_source(spec), tool=TOOL[spec.key])
    rows = await connection.fetch(statement, account, erp, tool, *(after or (_START, _START)), SLICE)
    return [_read(row) for row in rows]


def _source(spec: ErpObject) -> str:
    return _FROM.format(table=spec.table.name, nothing=_NOTHING[spec.key])


def _read(row: Mapping[str, Any]) -> Pending:
    facts = json.loads(row["facts"])
    # Its own id there is how it is found, not what it is.
    said = json.dumps({**facts, "external_id": None}, sort_keys=True)
    return Pending(
        id=row["id"],
        version=row["version"],
        origin_id=row["origin_id"],
        is_gone=row["origin_deleted_at"] is not None,
        project_id=row["project_id"],
        project=row["project"],
        is_closed=row["is_closed"],
        facts=facts,
        digest=hashlib.sha256(said.encode()).hexdigest(),
        carried=row["digest"],
        known=json.loads(row["lines"] or "{}"),
        read_at=row["read_at"],
    )
