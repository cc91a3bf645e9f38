"""Following a run: its state whenever it changes, until it ends."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated, Any

import strawberry
from graphql import get_named_type

from hub.api.context import Context
from hub.api.records import SyncRun
from hub.codes import ErrorCode
from hub.core.ids import parse_id
from hub.errors import RequestRefused

RunId = Annotated[strawberry.ID, strawberry.argument(description="Global id of the run.")]
POLL_SECONDS = 0.2
LONGEST_SECONDS = 3600.0
_STATE = """
    select r.state, r.step, r.items_done, r.records_read, r.issues_count, r.finished_at
    from sync_run r where r.account_id = $1 and r.id = $2"""


async def run_progress(info: strawberry.Info, id: RunId) -> AsyncGenerator[SyncRun, None]:  # noqa: A002
    context: Context = info.context
    parsed = parse_id(id)
    if parsed is None or parsed[0] != "run":
        raise RequestRefused(ErrorCode.BAD_ID, "This is no id of a run.")
    seen: Any = None
    for _ in range(int(LONGEST_SECONDS / POLL_SECONDS)):
        async with context.means.reads.account(context.viewer.account_id) as connection:
            state = await connection.fetchrow(_STATE, context.viewer.account_id, parsed[1])
        if state is None:
            raise RequestRefused(ErrorCode.NOT_FOUND, "There is no such run that you may see.")
        if state != seen:
            seen = state
            rows = await context.engine.load(
                context,
                info._raw_info,
                {
                    "run": (
                        get_named_type(info._raw_info.return_type),
                        info._raw_info.field_nodes,
                        ["run"],
                        [parsed[1]],
                    )
                },
            )
            if rows["run"][0] is None:
                raise RequestRefused(ErrorCode.NOT_FOUND, "There is no such run that you may see.")
            yield rows["run"][0]
        if state["finished_at"] is not None:
            return
        await asyncio.sleep(POLL_SECONDS)


@strawberry.type(description="Following what happens.")
class Subscription:
    run_progress: AsyncGenerator[SyncRun, None] = strawberry.subscription(
        resolver=run_progress,
        description="A run at once and whenever it changes; completes when the run has ended.",
    )
