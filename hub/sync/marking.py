"""The project tool is told which of its records is linked to what in the ERP, or that it is no longer."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from db.runs import Outcome
from db.session import Connection
from hub.core.link import LinkState
from hub.erp.connector import Step
from hub.erp.origin import OriginIds
from hub.objects import BY_KEY
from hub.sync.attempts import Target, Written, carry_out, settle, write_class
from hub.sync.requests.endings import tell
from hub.sync.runs import item_ended, progress
from hub.sync.work import Work

LINKED = frozenset({LinkState.LINKED, LinkState.SYNCED})
_ITEM_TYPES: Mapping[str, str] = {"company": "vendor", "project": "project"}
_CONTRACT_TYPES: Mapping[str, str] = {
    "SUBCONTRACT": "work_order_contract",
    "PURCHASE_ORDER": "purchase_order_contract",
}
_TOOL = "select id, settings, capabilities from connection where account_id = $1 and role = 'PROJECT_TOOL' order by id limit 1"
_RECORD = """
    select to_jsonb(t) as record, l.state, l.external_id, l.external_code, l.export_revision, l.payload
    from "{table}" t join link l on l.account_id = $1 and l.object_id = t.id where t.account_id = $1 and t.id = $2"""


async def project_tool(connection: Connection, account: uuid.UUID) -> Mapping[str, Any] | None:
    """The account's connection to its project tool."""
    row = await connection.fetchrow(_TOOL, account)
    return None if row is None else dict(row)


def origins(tool: Mapping[str, Any]) -> OriginIds:
    """The ids under which our records are marked there."""
    return OriginIds.of(json.loads(tool["settings"]))


async def mark_origin(work: Work) -> None:
    """Says what is true now, whatever was true when the job was asked for; so it may run late and often."""
    job, spec = work.job, BY_KEY[work.job.args["object"]]
    assert job.object_id is not None
    async with work.transaction() as connection:
        tool = await project_tool(connection, job.account_id)
        row = await connection.fetchrow(_RECORD.format(table=spec.table.name), job.account_id, job.object_id)
        lines = await _lines(connection, job.account_id, job.object_id) if spec.key == "commitment" else []
        await progress(connection, job.account_id, job.run_id, "telling the project tool")
    written: list[Written] = []
    record = json.loads(row["record"]) if row else {}
    if tool is not None and record.get("origin_id"):
        connector = await work.connector(tool["id"])
        items = _marks(spec.key, record, row, lines, origins(tool))
        for step in connector.steps("external_data", {"items": items}, {}):
            named = _named(step, row)
            target = Target(
                connection_id=tool["id"],
                object_type=spec.name,
                object_id=job.object_id,
                export_revision=row["export_revision"],
                write_class=write_class(tool["capabilities"], step.operation),
            )
            written.append(await carry_out(work, connector, target, named))
    async with work.final() as connection:
        for one in written:
            await settle(connection, work, one)
        await item_ended(connection, job.account_id, job.run_id, job.object_id, Outcome.DONE)
        await tell(connection, job.account_id, job.object_id)


def _named(step: Step, row: Mapping[str, Any]) -> Step:
    """Tells setting a mark from taking it away, so that an old try of one is not taken for the other."""
    return Step(
        name=f"{'mark' if row['state'] in LINKED else 'free'} {step.name}",
        operation=step.operation,
        method=step.method,
        target=step.target,
        body=step.body,
        natural_key=step.natural_key,
        expected=step.expected,
    )


def _marks(
    key: str,
    record: Mapping[str, Any],
    row: Mapping[str, Any],
    lines: list[Mapping[str, Any]],
    ids: OriginIds,
) -> list[dict[str, Any]]:
    item_type = _ITEM_TYPES.get(key) or _CONTRACT_TYPES[record["kind"]]
    head: dict[str, Any] = {
        "item_type": item_type,
        "item_id": record["origin_id"],
        "origin_id": None,
        "origin_code": None,
    }
    freed = [
        {"item_type": "line_item", "item_id": line["origin_id"], "origin_id": None, "origin_code": None}
        for line in lines
    ]
    if row["state"] not in LINKED:
        return [head, *freed]
    external, code = row["external_id"], row["external_code"]
    if key == "company":
        return [{**head, "origin_id": ids.vendor(external), "origin_code": code or external}]
    if key == "project":
        return [{**head, "origin_id": ids.job(external), "origin_code": code or external}]
    job, _, number = external.partition("/")
    marked = [
        {**mark, "origin_id": ids.contract_line(job, number, line["line_number"])}
        for mark, line in zip(freed, lines, strict=True)
    ]
    return [{**head, "origin_id": ids.contract(job, number), "origin_code": number}, *marked]


async def _lines(
    connection: Connection, account: uuid.UUID, commitment: uuid.UUID
) -> list[Mapping[str, Any]]:
    rows = await connection.fetch(
        "select origin_id, line_number from commitment_line where account_id = $1 and commitment_id = $2 order by line_number, id",
        account,
        commitment,
    )
    return [dict(row) for row in rows]
