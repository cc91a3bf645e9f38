"""A budget that the ERP has comes into the project tool: its lines are written there, and read back from there.

Only amounts travel, and only combinations with an amount make lines. What is to be written is decided once and kept with
the job: a run that takes it over looks for what an earlier one wrote and never writes it twice.

Source: the project tool's pages on importing a budget from an ERP."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from db.runs import Outcome
from hub.codes import ErrorCode
from hub.erp.connector import Connector, Incoming
from hub.erp.paging import Trail
from hub.errors import ErpUnexpected, Refused
from hub.objects import BUDGET
from hub.sync.attempts import Target, carried_out, carry_out_now, write_class
from hub.sync.intake.imports import Import
from hub.sync.items import read_item
from hub.sync.log import happened
from hub.sync.runs import item_ended, progress
from hub.sync.tool import project_tool
from hub.sync.work import Work

Pair = tuple[str | None, str | None]


class ExistingLines(StrEnum):
    """What becomes of lines that the budget has in the project tool already."""

    KEEP = "KEEP"
    OVERWRITE = "OVERWRITE"


_ROW = """
    select b.project_id, p.origin_id as project, k.external_id as job_code, l.connection_id as erp
    from budget b
    join project p on p.account_id = $1 and p.id = b.project_id
    join link l on l.account_id = $1 and l.object_id = b.id
    join link k on k.account_id = $1 and k.object_id = b.project_id and k.connection_id = l.connection_id
    where b.account_id = $1 and b.id = $2"""
_IDS = """
    select c.code, y.code as kind, q.origin_id as code_id, y.origin_id as type_id
    from project_cost_code q
    join cost_code c on c.account_id = $1 and c.id = q.cost_code_id
    join cost_type y on y.account_id = $1 and y.id = q.cost_type_id
    where q.account_id = $1 and q.project_id = $2 and q.origin_id is not null and y.origin_id is not null"""
_KEEP_PLAN = "update job set args = args || $3::jsonb where account_id = $1 and id = $2"


async def import_budget(work: Work) -> None:
    """Handler of the job kind `import_budget`."""
    await _Importing(work).run()


class _Importing:
    def __init__(self, work: Work) -> None:
        assert work.job.object_id is not None
        self._work, self._job, self._id = work, work.job, work.job.object_id
        self._existing = ExistingLines(work.job.args["existing"])

    async def run(self) -> None:
        job = self._job
        async with self._work.transaction() as connection:
            tool = await project_tool(connection, job.account_id)
            row = await connection.fetchrow(_ROW, job.account_id, self._id)
            await progress(connection, job.account_id, job.run_id, "reading the ERP's budget")
        if tool is None or row is None or row["project"] is None:
            text = "The budget's project is not linked, or no project tool is connected."
            raise Refused(ErrorCode.PROJECT_NOT_LINKED, text)
        ledger = await self._ledger(row)
        connector = await self._work.connector(tool["id"])
        plan = job.args.get("plan")
        if plan is None:
            plan = await self._planned(connector, row, ledger)
        if plan:
            await self._write(connector, tool, row["project"], plan)
        await Import(self._work).read()
        await self._end(ledger)

    async def _ledger(self, row: Mapping[str, Any]) -> dict[Pair, Decimal]:
        """The ERP's amounts by code and type."""
        connector = await self._work.connector(row["erp"])
        found: dict[Pair, Decimal] = {}
        cursor, trail = None, Trail()
        while True:
            asked = None if cursor is None else trail.on(cursor)
            page = await connector.fetch("budget_line", {"project": row["job_code"]}, asked)
            for line in page.records:
                pair = line.refs.get("cost_code"), line.refs.get("cost_type")
                amount = line.values.get("original_amount") or Decimal(0)
                found[pair] = found.get(pair, Decimal("0.00")) + amount
            cursor = page.cursor
            if cursor is None:
                return found

    async def _planned(
        self, connector: Connector, row: Mapping[str, Any], ledger: Mapping[Pair, Decimal]
    ) -> list[dict[str, Any]]:
        """What has to be written, decided by what the project tool has now, and kept with the job."""
        page = await connector.fetch("budget", {"project": row["project"]}, None)
        budget = next(iter(page.records), None)
        if budget is None or budget.values.get("is_locked"):
            text = "The budget is locked in the project tool, so nothing can be imported into it."
            raise Refused(ErrorCode.BUDGET_LOCKED, text, remedy="Unlock it there, then import it again.")
        async with self._work.transaction() as connection:
            rows = await connection.fetch(_IDS, self._job.account_id, row["project_id"])
            ids = {(one["code"], one["kind"]): (one["code_id"], one["type_id"]) for one in rows}
            plan = planned(ledger, budget.lines, ids, self._existing)
            await connection.execute(
                _KEEP_PLAN, self._job.account_id, self._job.id, json.dumps({"plan": plan})
            )
        return plan

    async def _write(
        self, connector: Connector, tool: Mapping[str, Any], project: str, plan: Sequence[Mapping[str, Any]]
    ) -> None:
        items = [{**line, "original_amount": Decimal(line["original_amount"])} for line in plan]
        for step in connector.steps("budget_line", {"project": project, "items": items}, {}):
            target = Target(
                connection_id=tool["id"],
                object_type=BUDGET.name,
                object_id=self._id,
                # Each import is a write of its own.
                export_revision=int(self._job.id.int % 2**31),
                write_class=write_class(tool["capabilities"], step.operation),
            )
            if not await carried_out(self._work, target, step):
                await carry_out_now(self._work, connector, target, step)

    async def _end(self, ledger: Mapping[Pair, Decimal]) -> None:
        """The two agree to the cent, but for lines that were to be kept."""
        job = self._job
        async with self._work.final() as connection:
            item = await read_item(connection, job.account_id, BUDGET, self._id, lock=True)
            rows = await connection.fetch(
                """select c.code, y.code as kind, n.original_amount from budget_line n
                left join cost_code c on c.account_id = $1 and c.id = n.cost_code_id
                left join cost_type y on y.account_id = $1 and y.id = n.cost_type_id
                where n.account_id = $1 and n.budget_id = $2""",
                *(job.account_id, self._id),
            )
            here = {(row["code"], row["kind"]) for row in rows}
            told = sum(ledger.values(), Decimal("0.00"))
            total = sum((row["original_amount"] for row in rows), Decimal("0.00"))
            wanted = sum(_wanted(ledger).values(), Decimal("0.00"))
            missing = _wanted(ledger).keys() - here
            if missing or (self._existing is ExistingLines.OVERWRITE and total != wanted):
                raise ErpUnexpected(
                    f"The project tool's budget is {total} after the import, the ERP's lines with an amount {wanted}."
                )
            await happened(
                connection,
                job.account_id,
                BUDGET,
                "IMPORT",
                [(self._id, item["image"])],
                member=job.requested_by,
                run=job.run_id,
                cause=f"{told} in the ERP, {total} here",
            )
            await item_ended(connection, job.account_id, job.run_id, self._id, Outcome.DONE)


def planned(
    ledger: Mapping[Pair, Decimal],
    lines: Sequence[Incoming],
    ids: Mapping[Pair, tuple[str, str]],
    existing: ExistingLines,
) -> list[dict[str, Any]]:
    """The lines to write, those that are there by their ids. Raises `Refused` where the project lacks a code."""
    known: dict[Pair, list[Incoming]] = {}
    for line in lines:
        known.setdefault((line.refs.get("cost_code"), line.refs.get("cost_type")), []).append(line)
    wanted = _wanted(ledger)
    lacking = sorted(
        f"{code}/{kind}"
        for code, kind in wanted
        if None in (code, kind) or (code, kind) not in (known.keys() | ids.keys())
    )
    if lacking:
        raise Refused(
            ErrorCode.LINE_CODE_UNKNOWN,
            f"The project lacks cost codes of the ERP's budget: {', '.join(lacking[:20])}.",
            remedy="Refresh the project's cost codes, then import the budget again.",
        )
    new = [
        {"cost_code_id": ids[pair][0], "cost_type_id": ids[pair][1], "original_amount": str(amount)}
        for pair, amount in wanted.items()
        if pair not in known
    ]
    if existing is ExistingLines.KEEP:
        return new
    # Of several lines on one code and type, such as those of sub jobs, the first holds what the ERP has.
    nothing = Decimal("0.00")
    amounts = [
        (line, wanted.get(pair, nothing) if place == 0 else nothing)
        for pair, same in known.items()
        for place, line in enumerate(same)
    ]
    return [
        *new,
        *(_changed(line, amount) for line, amount in amounts if line.values.get("original_amount") != amount),
    ]


def _wanted(ledger: Mapping[Pair, Decimal]) -> dict[Pair, Decimal]:
    """What makes lines: amounts above zero."""
    return {pair: amount for pair, amount in ledger.items() if amount > 0}


def _changed(line: Incoming, amount: Decimal) -> dict[str, Any]:
    """A line that the ERP knows nothing of stays, with nothing on it."""
    return {
        "external_id": line.external_id,
        "wbs_code_id": line.refs.get("wbs_code"),
        "original_amount": str(amount),
    }
