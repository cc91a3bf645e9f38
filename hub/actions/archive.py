"""Put aside what the ERP alone knows, and take it up again. Nothing changes in the ERP, and nothing is deleted."""

from db.session import Connection
from hub.actions.ask import Ask, Outcome
from hub.actions.perform import decided
from hub.core.action import Action
from hub.core.link import LinkState
from hub.objects import COMPANY, PROJECT
from hub.sync.log import happened
from hub.sync.runs import open_run

OBJECTS = (COMPANY, PROJECT)
_MOVE = "update link set state = $3, updated_at = hub_now() where account_id = $1 and object_id = any($2)"


async def archive(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    await _moved(connection, ask, outcome, Action.ARCHIVE, LinkState.ARCHIVED)


async def restore(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """The record is ready to import again, linked to nothing."""
    await _moved(connection, ask, outcome, Action.RESTORE, LinkState.READY_TO_IMPORT)


async def _moved(
    connection: Connection, ask: Ask, outcome: Outcome, action: Action, state: LinkState
) -> None:
    going = [item for item, _, _ in await decided(connection, ask, outcome, action, OBJECTS)]
    if not going:
        return
    await connection.execute(_MOVE, ask.account_id, [item.id for item in going], state.value)
    items = [(item.spec, item.id) for item in going]
    outcome.run_id = await open_run(connection, ask.account_id, action.value, ask.member_id, items, done=True)
    for spec in OBJECTS:
        before = [(item.id, item.image) for item in going if item.spec is spec]
        if before:
            await happened(
                connection,
                ask.account_id,
                spec,
                action.value,
                before,
                member=ask.member_id,
                run=outcome.run_id,
            )
