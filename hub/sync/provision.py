"""The second leg of an import: what the ERP alone knows is made in the project tool, and the two are one from then on.

`Provision` is what all second legs share. Each write is an attempt of its own, so a leg may be run any number of times."""

import json
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
from hub.objects import COMPANY
from hub.sync.attempts import Target, carry_out_now, write_class
from hub.sync.items import read_item
from hub.sync.log import happened
from hub.sync.runs import item_ended, progress
from hub.sync.tool import origins, project_tool
from hub.sync.work import Work

_RECORD = """
    select to_jsonb(t) as record, l.state, l.external_id, l.external_code
    from "{table}" t join link l on l.account_id = $1 and l.object_id = t.id where t.account_id = $1 and t.id = $2"""
LINKED = "update link set state = 'LINKED', synced_at = hub_now(), updated_at = hub_now() where account_id = $1 and object_id = $2"
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
            await connection.execute(LINKED, job.account_id, self.id)
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
    facts = {"erp_id": it.row["external_id"], **some(it.record, _PLAIN)}
    entries = await it.push(connector, COMPANY.key, facts)
    origin = one(entries, origins(it.tool).vendor(it.row["external_id"]))
    async with work.final() as connection:
        await it.linked(connection, origin)


def one(entries: Mapping[str, str], origin: str) -> str:
    """The project tool's id of what was made under an origin id of ours."""
    if origin not in entries:
        raise ErpUnexpected(f"The project tool did not say which record {origin} became.")
    return entries[origin]


def some(record: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """What is known of these fields; days as such."""
    found = {name: record[name] for name in names if record.get(name) is not None}
    return {name: date.fromisoformat(value) if name in _DAYS else value for name, value in found.items()}
