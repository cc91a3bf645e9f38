"""Watch a project tool: its webhooks are set up to post to the hub, and its requests are polled behind them."""

from db.accounts import SystemRole
from db.session import Connection
from hub.actions.ask import Ask, Outcome
from hub.actions.systems import asked_system, under_way
from hub.codes import ErrorCode
from hub.errors import Refused
from hub.sync.enqueue import enqueue
from hub.sync.requests.polling import keep_polling
from hub.sync.runs import open_run


async def watch(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """Asked again, it makes a new address and takes the old ones away: so a secret is replaced.

    A set-up under way is joined: two at once would hand out each other's secret."""
    row = await asked_system(connection, ask, outcome)
    if row is None:
        return
    if row["role"] != SystemRole.PROJECT_TOOL:
        text = "Only a project tool tells of changes by itself; an ERP is read again."
        outcome.errors.append(Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, text, field="systemId"))
        return
    outcome.run_id = await under_way(connection, ask, "watch_system", row["id"])
    if outcome.run_id is not None:
        return
    outcome.run_id = await open_run(
        connection, ask.account_id, "WATCH", ask.member_id, [], connection_id=row["id"]
    )
    await keep_polling(connection, ask.account_id, row["id"])
    job = await enqueue(
        connection,
        ask.account_id,
        "watch_system",
        args={"connection_id": row["id"]},
        run_id=outcome.run_id,
        requested_by=ask.member_id,
    )
    outcome.jobs.append(job)
