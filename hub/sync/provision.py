"""The second leg of an import: what the ERP alone knows is made in the project tool, and the two are one from then on."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from db.runs import Outcome
from db.session import Connection
from hub.codes import ErrorCode
from hub.core.link import LinkState
from hub.core.spec import ErpObject
from hub.erp.connector import Connector
from hub.errors import ErpUnexpected, Refused
from hub.objects import COMPANY, COST_TYPE, PROJECT
from hub.sync.attempts import Target, carry_out_now, write_class
from hub.sync.exports import read_item
from hub.sync.intake.imports import Import
from hub.sync.log import happened
from hub.sync.marking import origins, project_tool
from hub.sync.runs import item_ended, progress
from hub.sync.work import Work

_RECORD = """
    select to_jsonb(t) as record, l.state, l.external_id, l.external_code
    from "{table}" t join link l on l.account_id = $1 and l.object_id = t.id where t.account_id = $1 and t.id = $2"""
_LINKED = "update link set state = 'LINKED', synced_at = hub_now(), updated_at = hub_now() where account_id = $1 and object_id = $2"
_CODES = """
    select p.id, c.id as code_id, c.code, c.name, c.origin_id as standard_id, y.id as type_id, y.code as type_code, y.name as type_name,
        y.origin_id as type_origin
    from project_cost_code p
    join cost_code c on c.account_id = $1 and c.id = p.cost_code_id
    join cost_type y on y.account_id = $1 and y.id = p.cost_type_id
    where p.account_id = $1 and p.project_id = $2 and p.in_erp order by c.code, y.code"""
_PLAIN = (
    "name",
    "address",
    "city",
    "state_code",
    "postal_code",
    "country_code",
    "phone",
    "email",
    "is_active",
)
_DATED = (
    "name",
    "address",
    "city",
    "state_code",
    "postal_code",
    "country_code",
    "is_active",
    "start_date",
    "completion_date",
)


_DAYS = frozenset({"start_date", "completion_date"})


class Provision:
    """One item on its way into the project tool."""

    def __init__(self, work: Work, spec: ErpObject) -> None:
        assert work.job.object_id is not None
        self.work, self.spec, self.id = work, spec, work.job.object_id
        self.tool: Mapping[str, Any] = {}
        self.row: Mapping[str, Any] = {}

    async def begin(self, words: str) -> Connector:
        """Reads the item and opens the project tool. The item may have come to be linked meanwhile."""
        job = self.work.job
        async with self.work.transaction() as connection:
            tool = await project_tool(connection, job.account_id)
            row = await connection.fetchrow(
                _RECORD.format(table=self.spec.table.name), job.account_id, self.id
            )
            await progress(connection, job.account_id, job.run_id, words)
        if tool is None:
            raise Refused(
                ErrorCode.CAPABILITY_NOT_SUPPORTED, "The account has no connection to a project tool."
            )
        if row is None:
            raise Refused(ErrorCode.NOT_FOUND, "The record is gone; it may have been linked.")
        self.tool, self.row = tool, dict(row)
        return await self.work.connector(tool["id"])

    @property
    def record(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads(self.row["record"])
        return found

    async def push(self, connector: Connector, key: str, facts: Mapping[str, Any]) -> dict[str, str]:
        """Carries out the steps of one object and returns the project tool's ids by our origin ids."""
        entries: dict[str, str] = {}
        for step in connector.steps(key, facts, {}):
            target = Target(
                connection_id=self.tool["id"],
                object_type=self.spec.name,
                object_id=self.id,
                export_revision=0,
                write_class=write_class(self.tool["capabilities"], step.operation),
            )
            done = await carry_out_now(self.work, connector, target, step)
            entries |= dict(done.entries)
        return entries

    async def linked(self, connection: Connection, origin_id: str) -> None:
        """In the last transaction: the record has its origin, the link is made, the run's item ends."""
        job = self.work.job
        item = await read_item(connection, job.account_id, self.spec, self.id, lock=True)
        if item["state"] == LinkState.READY_TO_IMPORT:
            await connection.execute(
                f'update "{self.spec.table.name}" set origin_id = $3 where account_id = $1 and id = $2',
                job.account_id,
                self.id,
                origin_id,
            )
            await connection.execute(_LINKED, job.account_id, self.id)
            await happened(
                connection,
                job.account_id,
                self.spec,
                "ADD",
                [(self.id, item["image"])],
                member=job.requested_by,
                run=job.run_id,
            )
        await item_ended(connection, job.account_id, job.run_id, self.id, Outcome.DONE)


async def provision_company(work: Work) -> None:
    """A vendor becomes a company of the directory."""
    it = Provision(work, COMPANY)
    connector = await it.begin("adding the company to the project tool")
    facts = {"erp_id": it.row["external_id"], **_some(it.record, _PLAIN)}
    entries = await it.push(connector, COMPANY.key, facts)
    origin = _one(entries, origins(it.tool).vendor(it.row["external_id"]))
    async with work.final() as connection:
        await it.linked(connection, origin)


async def provision_project(work: Work) -> None:
    """A job becomes a project with its cost codes; a refresh reads them again, carries new ones over and takes none away."""
    if work.job.args.get("codes_only"):
        await Import(work).read()
    it = Provision(work, PROJECT)
    connector = await it.begin("adding the project to the project tool")
    job_code = it.row["external_id"]
    if work.job.args.get("codes_only"):
        origin = it.record["origin_id"]
    else:
        facts = {"job_code": job_code, **_some(it.record, _DATED)}
        origin = _one(await it.push(connector, PROJECT.key, facts), origins(it.tool).job(job_code))
    async with work.transaction() as connection:
        rows = [dict(row) for row in await connection.fetch(_CODES, work.job.account_id, it.id)]
        await progress(
            connection, work.job.account_id, work.job.run_id, f"adding {len(rows)} codes to the project"
        )
    known = await _codes(it, connector, origin, rows)
    async with work.final() as connection:
        await connection.executemany(
            "update project_cost_code set origin_id = $3 where account_id = $1 and id = $2",
            [(work.job.account_id, row["id"], known[row["code"]]) for row in rows if row["code"] in known],
        )
        await it.linked(connection, origin)


async def _codes(
    it: Provision, connector: Connector, project: str, rows: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """Types, standard codes, the project's codes and which type goes with which code; returns code -> id on the project."""
    ids = origins(it.tool)
    types = {row["type_code"]: row for row in rows}
    codes = {row["code"]: row for row in rows}
    type_ids = {code: row["type_origin"] for code, row in types.items() if row["type_origin"]}
    missing = [row for code, row in types.items() if code not in type_ids]
    if missing:
        made = await it.push(
            connector,
            COST_TYPE.key,
            {"items": [{"code": row["type_code"], "name": row["type_name"]} for row in missing]},
        )
        type_ids |= {row["type_code"]: _one(made, ids.cost_type(row["type_code"])) for row in missing}
        await _remember(it, COST_TYPE, {row["type_id"]: type_ids[row["type_code"]] for row in missing})
    if not codes:
        return {}
    items = [
        {"code": code, "name": row["name"], "standard_cost_code_id": row["standard_id"]}
        for code, row in codes.items()
    ]
    made = await it.push(connector, "project_cost_code", {"project": project, "items": items})
    known = {code: _one(made, ids.cost_code(code)) for code in codes}
    pairs = [{"cost_code_id": known[row["code"]], "cost_type_id": type_ids[row["type_code"]]} for row in rows]
    await it.push(connector, "project_cost_code_type", {"project": project, "items": pairs})
    return known


async def _remember(it: Provision, spec: ErpObject, origin_ids: Mapping[uuid.UUID, str]) -> None:
    """A type that the project tool has learned of is linked from now on."""
    account = it.work.job.account_id
    async with it.work.transaction() as connection:
        for id_, origin in origin_ids.items():
            item = await read_item(connection, account, spec, id_, lock=True)
            if item["state"] != LinkState.READY_TO_IMPORT:
                continue
            await connection.execute(
                f'update "{spec.table.name}" set origin_id = $3 where account_id = $1 and id = $2',
                account,
                id_,
                origin,
            )
            await connection.execute(_LINKED, account, id_)
            await happened(connection, account, spec, "ADD", [(id_, item["image"])], run=it.work.job.run_id)


def _one(entries: Mapping[str, str], origin: str) -> str:
    if origin not in entries:
        raise ErpUnexpected(f"The project tool did not say which record {origin} became.")
    return entries[origin]


def _some(record: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """What is known of these fields; days as such."""
    found = {name: record[name] for name in names if record.get(name) is not None}
    return {name: date.fromisoformat(value) if name in _DAYS else value for name, value in found.items()}
