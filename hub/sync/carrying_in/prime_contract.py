"""A prime contract of the ERP on its way into the project tool: first through its inbox, later by the amounts of its lines.

Prime contracts have no sync of their own there. The inbox takes a contract with its lines in one call, as often as it is
sent, and a person of the project tool takes it in from there; the next import of prime contracts finds the two to be one."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from db.runs import Outcome
from db.session import Connection
from hub.codes import ErrorCode
from hub.core.link import LinkState
from hub.erp.connector import Connector, Incoming
from hub.erp.origin import OriginIds
from hub.errors import Refused
from hub.objects import PRIME_CONTRACT
from hub.sync.carrying_in.sub_job import project_of
from hub.sync.enqueue import enqueue
from hub.sync.items import read_item
from hub.sync.log import happened
from hub.sync.provision import Provision
from hub.sync.runs import item_ended, open_run
from hub.sync.tool import origins
from hub.sync.work import Work

_LINES = """
    select n.line_number, n.origin_id, n.description, n.amount::text as amount, n.quantity::text as quantity,
        n.unit_of_measure, n.unit_cost::text as unit_cost, c.code, y.code as type
    from prime_contract_line n
    left join cost_code c on c.account_id = $1 and c.id = n.cost_code_id
    left join cost_type y on y.account_id = $1 and y.id = n.cost_type_id
    where n.account_id = $1 and n.prime_contract_id = $2 order by n.line_number, n.id"""
_SETTINGS = """
    select c.id, c.settings from connection c join link l on l.account_id = $1 and l.connection_id = c.id
    where c.account_id = $1 and l.object_id = $2 and c.role = 'ERP'"""
# The ids under which the project tool has the codes and types of a project, by the ERP's ids of them.
_CODES = """
    select ck.external_id as code, yk.external_id as type, p.origin_id as code_origin, y.origin_id as type_origin
    from project_cost_code p
    join cost_type y on y.account_id = $1 and y.id = p.cost_type_id
    join link ck on ck.account_id = $1 and ck.object_id = p.cost_code_id and ck.connection_id = $3
    join link yk on yk.account_id = $1 and yk.object_id = p.cost_type_id and yk.connection_id = $3
    where p.account_id = $1 and p.project_id = $2 and p.origin_id is not null and y.origin_id is not null"""
_HEAD = ("number", "title", "description", "contract_date", "retainage_percent")
_UNITS = {"quantity": "quantity", "unit_of_measure": "uom", "unit_cost": "unit_cost"}
# By units only where the connection says so: what is in the contract's units never goes back to the ERP.
BY_UNITS = "prime_contract_units"


async def provision_prime_contract(work: Work) -> None:
    if work.job.args.get("again"):
        await _take_over(work)
    else:
        await _stage(work)


async def _stage(work: Work) -> None:
    """The contract with its lines lies in the project tool's inbox. It stays ready to import until it is taken in there."""
    it, account = Provision(work, PRIME_CONTRACT), work.job.account_id
    connector = await it.begin("adding the prime contract to the project tool's inbox")
    async with work.transaction() as connection:
        project = await project_of(connection, account, it.record["project_id"])
        lines = [dict(row) for row in await connection.fetch(_LINES, account, it.id)]
        erp = await connection.fetchrow(_SETTINGS, account, it.id)
    ids, by_units = origins(it.tool), bool(json.loads(erp["settings"]).get(BY_UNITS, False))
    await it.push(connector, "staged_record", _staged(it, project, lines, ids, by_units=by_units))
    async with work.final() as connection:
        item = await read_item(connection, account, PRIME_CONTRACT, it.id, lock=True)
        if item["state"] == LinkState.READY_TO_IMPORT:
            await happened(
                connection,
                account,
                PRIME_CONTRACT,
                "ADD",
                [(it.id, item["image"])],
                member=work.job.requested_by,
                run=work.job.run_id,
                cause="waits in the project tool's inbox",
            )
        await item_ended(connection, account, work.job.run_id, it.id, Outcome.DONE)


def _staged(
    it: Provision,
    project: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    ids: OriginIds,
    *,
    by_units: bool,
) -> dict[str, Any]:
    record, job = it.record, project["external_id"]
    head = {name: str(record[name]) for name in _HEAD if record.get(name) is not None}
    number = it.row["external_id"].split("/", 1)[1]
    children = [
        {
            "item_type": "line_item",
            "origin_id": ids.prime_line(job, number, line["line_number"]),
            "data": _line(line, ids, by_units=by_units),
        }
        for line in lines
    ]
    return {
        "item_type": "prime_contract",
        "origin_id": ids.mark(PRIME_CONTRACT.key, it.row["external_id"]),
        "origin_code": it.row["external_code"],
        "data": {**head, "status": str(record["status"]).title(), "project_origin_id": ids.job(job)},
        "children": children,
    }


def _line(line: Mapping[str, Any], ids: OriginIds, *, by_units: bool) -> dict[str, Any]:
    if line["code"] is None or line["type"] is None:
        text = f"Line {line['line_number']} stands on a code or type that the hub does not know."
        raise Refused(
            ErrorCode.LINE_CODE_UNKNOWN, text, remedy="Import cost codes and types, then try again."
        )
    data = {"amount": line["amount"], "description": line["description"]}
    if by_units and line["quantity"] is not None and line["unit_cost"] is not None:
        data |= {theirs: line[ours] for ours, theirs in _UNITS.items()}
    codes = {
        "cost_code_origin_id": ids.cost_code(line["code"]),
        "line_item_type_origin_id": ids.cost_type(line["type"]),
    }
    return {**{name: value for name, value in data.items() if value is not None}, **codes}


async def _take_over(work: Work) -> None:
    """The ERP's lines as they are now go over the project tool's: each over the one with its number, others beside them."""
    it, account, erp = (
        Provision(work, PRIME_CONTRACT),
        work.job.account_id,
        uuid.UUID(work.job.args["connection_id"]),
    )
    tool = await it.begin("taking the prime contract over from the ERP again")
    async with work.transaction() as connection:
        project = await project_of(connection, account, it.record["project_id"])
        ours = {
            row["line_number"]: row["origin_id"] for row in await connection.fetch(_LINES, account, it.id)
        }
        codes = await _codes(connection, account, uuid.UUID(it.record["project_id"]), erp)
    found = await _in_erp(await work.connector(erp), project["external_id"], it.row["external_id"])
    items = [_again(line, it, project["external_id"], codes, ours) for line in found.lines]
    where = {"project": project["origin_id"], "contract": it.record["origin_id"]}
    await it.push(tool, "prime_contract_line", {**where, "items": items})
    async with work.final() as connection:
        item = await read_item(connection, account, PRIME_CONTRACT, it.id, lock=True)
        await happened(
            connection,
            account,
            PRIME_CONTRACT,
            "IMPORT",
            [(it.id, item["image"])],
            member=work.job.requested_by,
            run=work.job.run_id,
        )
        await item_ended(connection, account, work.job.run_id, it.id, Outcome.DONE)
        await _read_again(connection, work, it)


async def _codes(
    connection: Connection, account: uuid.UUID, project: uuid.UUID, erp: uuid.UUID
) -> dict[tuple[str, str], tuple[str, str]]:
    rows = await connection.fetch(_CODES, account, project, erp)
    return {(row["code"], row["type"]): (row["code_origin"], row["type_origin"]) for row in rows}


async def _in_erp(connector: Connector, job: str, external_id: str) -> Incoming:
    cursor: str | None = None
    while True:
        page = await connector.fetch(PRIME_CONTRACT.key, {"project": job}, cursor)
        for record in page.records:
            if record.external_id == external_id:
                return record
        if page.cursor is None:
            raise Refused(ErrorCode.NOT_FOUND, "The ERP has no such prime contract any more.")
        cursor = page.cursor


def _again(
    line: Incoming,
    it: Provision,
    job: str,
    codes: Mapping[tuple[str, str], tuple[str, str]],
    ours: Mapping[int, str],
) -> dict[str, Any]:
    place = line.values["line_number"]
    pair = codes.get((str(line.refs.get("cost_code")), str(line.refs.get("cost_type"))))
    if pair is None:
        text = f"Line {place} stands on a code and type that the project does not have."
        raise Refused(
            ErrorCode.LINE_CODE_UNKNOWN, text, remedy="Refresh the project's cost codes, then try again."
        )
    number = it.row["external_id"].split("/", 1)[1]
    facts = {
        "origin_id": origins(it.tool).prime_line(job, number, place),
        "cost_code_id": pair[0],
        "cost_type_id": pair[1],
        "amount": line.values["amount"],
        "description": line.values.get("description"),
    }
    return {**facts, "external_id": ours[place]} if place in ours else facts


async def _read_again(connection: Connection, work: Work, it: Provision) -> None:
    """What the project tool holds now becomes known."""
    account, tool = work.job.account_id, it.tool["id"]
    run = await open_run(connection, account, "IMPORT", work.job.requested_by, [], connection_id=tool)
    scope = {"project_id": it.record["project_id"]}
    args = {"connection_id": tool, "objects": [PRIME_CONTRACT.key], "scope": scope}
    await enqueue(connection, account, "import", args=args, run_id=run)
