"""Import a budget that the ERP has into the project tool, by a job each."""

from db.session import Connection
from hub.actions.ask import Ask, Outcome
from hub.actions.perform import decided
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.errors import Refused
from hub.objects import BUDGET
from hub.sync.enqueue import enqueue
from hub.sync.runs import open_run
from hub.sync.tool import project_tool


async def import_budgets(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """Existing lines are kept or overwritten, as the caller says."""
    going = [item for item, _, _ in await decided(connection, ask, outcome, Action.IMPORT, (BUDGET,))]
    if not going:
        return
    tool = await project_tool(connection, ask.account_id)
    if tool is None:
        text = "The account has no connection to a project tool."
        outcome.errors.append(Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, text))
        return
    items = [(item.spec, item.id) for item in going]
    outcome.run_id = await open_run(connection, ask.account_id, "IMPORT", ask.member_id, items)
    for item in going:
        scope = {"project_id": item.record["project_id"]}
        job = await enqueue(
            connection,
            ask.account_id,
            "import_budget",
            args={
                "existing": ask.extra["existing"],
                "connection_id": str(tool["id"]),
                "objects": [BUDGET.key],
                "scope": scope,
            },
            run_id=outcome.run_id,
            object_id=item.id,
            requested_by=ask.member_id,
        )
        outcome.jobs.append(job)
