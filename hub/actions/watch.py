"""Watch a project tool: its webhooks are set up to post to the hub, and its requests are polled behind them."""

from db.accounts import SystemRole
from db.session import Connection
from hub.actions.ask import Ask, Outcome
from hub.actions.systems import asked_system, have_done
from hub.codes import ErrorCode
from hub.errors import Refused
from hub.sync.requests.polling import keep_polling


async def watch(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """Asked again once it is done, it makes a new address and takes the old ones away: so a secret is replaced."""
    row = await asked_system(connection, ask, outcome)
    if row is None:
        return
    if row["role"] != SystemRole.PROJECT_TOOL:
        text = "Only a project tool tells of changes by itself; an ERP is read again."
        outcome.errors.append(Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, text, field="systemId"))
        return
    await keep_polling(connection, ask.account_id, row["id"])
    # Two set-ups at once would revoke each other's address.
    args = {"connection_id": row["id"]}
    await have_done(connection, ask, outcome, "watch_system", args, action="WATCH")
