"""The project tool is told which of its records is linked to what in the ERP, or that it is no longer."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from db.runs import Outcome
from db.session import Connection
from hub.core.link import LinkState
from hub.erp.connector import Step
from hub.erp.origin import OriginIds, OriginKind
from hub.objects import BY_KEY
from hub.sync.attempts import Target, Written, carry_out, settle, write_class
from hub.sync.requests.endings import tell
from hub.sync.runs import item_ended, progress
from hub.sync.tool import origins, project_tool
from hub.sync.work import Work

LINKED = frozenset({LinkState.LINKED, LinkState.SYNCED})
_RECORD = """
    select to_jsonb(t) as record, l.state, l.external_id, l.external_code, l.export_revision, l.payload
    from "{table}" t join link l on l.account_id = $1 and l.object_id = t.id where t.account_id = $1 and t.id = $2"""


async def mark_origin(work: Work) -> None:
    """Says what is true now, whatever was true when the job was asked for; so it may run late and often."""
    job, spec = work.job, BY_KEY[work.job.args["object"]]
    assert job.object_id is not None
    async with work.transaction() as connection:
        tool = await project_tool(connection, job.account_id)
        row = await connection.fetchrow(_RECORD.format(table=spec.table.name), job.account_id, job.object_id)
        lines = await _lines(connection, job.account_id, job.object_id, spec.key)
        await progress(connection, job.account_id, job.run_id, "telling the project tool")
    written: list[Written] = []
    record = json.loads(row["record"]) if row else {}
    items = _marks(spec.key, record, row, lines, origins(tool)) if tool and record.get("origin_id") else []
    if tool is not None and items:
        connector = await work.connector(tool["id"])
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
    """The item and its lines, each with its mark, or without one where it is linked to nothing."""
    if key == "budget_change":
        return []  # the project tool keeps no mark of it
    if key == "budget":
        return [_budget_line(line, row, ids) for line in lines]
    linked, external = row["state"] in LINKED, row["external_id"]
    head = _mark(key, record["origin_id"], kind=record.get("kind"))
    marks = [_mark("commitment_line", line["origin_id"]) for line in lines]
    if not linked:
        return [head, *marks]
    job, _, number = external.partition("/")
    for mark, line in zip(marks, lines, strict=True):
        mark["origin_id"] = ids.contract_line(job, number, line["line_number"])
    code = row["external_code"] or external
    return [{**head, "origin_id": ids.mark(key, external), "origin_code": code}, *marks]


def _budget_line(line: Mapping[str, Any], row: Mapping[str, Any], ids: OriginIds) -> dict[str, Any]:
    """A budget is marked line by line."""
    mark = _mark("budget", line["origin_id"])
    code, kind = line["cost_code"], line["cost_type"]
    if row["state"] not in LINKED or not code or not kind:
        return mark
    origin = ids.make(OriginKind.BUDGET, row["external_id"], code, kind)
    return {**mark, "origin_id": origin, "origin_code": f"{code}/{kind}"}


def _mark(key: str, item: str, **more: Any) -> dict[str, Any]:
    return {"object": key, "item_id": item, "origin_id": None, "origin_code": None, **more}


_LINES: Mapping[str, str] = {
    "commitment": """
        select n.origin_id, n.line_number from commitment_line n where n.account_id = $1 and n.commitment_id = $2
        order by n.line_number, n.id""",
    "budget": """
        select n.origin_id, c.code as cost_code, y.code as cost_type from budget_line n
        left join cost_code c on c.account_id = $1 and c.id = n.cost_code_id
        left join cost_type y on y.account_id = $1 and y.id = n.cost_type_id
        where n.account_id = $1 and n.budget_id = $2 order by n.line_number, n.id""",
}


async def _lines(
    connection: Connection, account: uuid.UUID, item: uuid.UUID, key: str
) -> list[Mapping[str, Any]]:
    """The lines that are marked with the item."""
    rows = await connection.fetch(_LINES[key], account, item) if key in _LINES else []
    return [dict(row) for row in rows]
