"""Have the ERP's costs taken in for projects, or no longer. What stayed out meanwhile enters with the run after it is on again."""

from db.session import Connection
from hub.actions.ask import Ask, Outcome
from hub.actions.perform import decided
from hub.core.action import Action
from hub.objects import PROJECT
from hub.sync.log import happened
from hub.sync.runs import open_run

_SET = "update project set syncs_job_costs = $3 where account_id = $1 and id = any($2::uuid[])"


async def set_job_cost_sync(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """Each project as it is asked for; costs that are here already stay."""
    going = await decided(connection, ask, outcome, Action.SYNC_COSTS, (PROJECT,))
    if not going:
        return
    items = [(item.spec, item.id) for item, _, _ in going]
    outcome.run_id = await open_run(
        connection, ask.account_id, Action.SYNC_COSTS.value, ask.member_id, items, done=True
    )
    for enabled in (True, False):
        chosen = [item for item, asked, _ in going if asked.extra["enabled"] is enabled]
        await connection.execute(_SET, ask.account_id, [item.id for item in chosen], enabled)
        await happened(
            connection,
            ask.account_id,
            PROJECT,
            Action.SYNC_COSTS.value,
            [(item.id, item.image) for item in chosen],
            member=ask.member_id,
            run=outcome.run_id,
            cause=f"Costs of the ERP are {'taken in' if enabled else 'not taken in'}",
        )
