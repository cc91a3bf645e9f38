"""A run from its opening to its last item."""

import uuid
from collections.abc import Sequence

from db.clock import new_id
from db.runs import Outcome
from db.session import Connection
from hub.core.spec import ErpObject


async def open_run(
    connection: Connection,
    account: uuid.UUID,
    action: str,
    member: uuid.UUID | None,
    items: Sequence[tuple[ErpObject, uuid.UUID]],
    *,
    connection_id: uuid.UUID | None = None,
    done: bool = False,
) -> uuid.UUID:
    """Opens a run with its items in input order. `done` where the work is finished with this very transaction."""
    run_id = new_id()
    state, outcome = ("SUCCEEDED", Outcome.DONE) if done else ("QUEUED", Outcome.WAITING)
    await connection.execute(
        """
        insert into sync_run (account_id, id, action, connection_id, state, requested_by, items_total, items_done, finished_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, case when $9 then hub_now() end)""",
        account,
        run_id,
        action,
        connection_id,
        state,
        member,
        len(items),
        len(items) if done else 0,
        done,
    )
    await connection.execute(
        """
        insert into sync_run_item (account_id, run_id, position, object_type, object_id, outcome, finished_at)
        select $1, $2, i.n - 1, i.type, i.id, $5, case when $6 then hub_now() end
        from unnest($3::text[], $4::uuid[]) with ordinality i(type, id, n)""",
        account,
        run_id,
        [spec.name for spec, _ in items],
        [id_ for _, id_ in items],
        outcome.value,
        done,
    )
    return run_id


async def item_ended(
    connection: Connection,
    account: uuid.UUID,
    run_id: uuid.UUID | None,
    object_id: uuid.UUID,
    outcome: Outcome,
    *,
    code: str | None = None,
    message: str | None = None,
    erp_message: str | None = None,
) -> None:
    """Writes what came of an item; the last one ends the run.

    Items of one run may end at the same time: each takes the run before it counts, so that the last one sees all others."""
    if run_id is None:
        return
    await connection.execute(
        """
        update sync_run_item set outcome = $4, code = $5, message = $6, erp_message = $7, finished_at = hub_now()
        where account_id = $1 and run_id = $2 and object_id = $3""",
        account,
        run_id,
        object_id,
        outcome.value,
        code,
        message,
        erp_message,
    )
    await connection.execute(
        "select from sync_run where account_id = $1 and id = $2 for update", account, run_id
    )
    await connection.execute(
        """
        with counted as (
            select count(*) filter (where outcome <> 'WAITING') as done, count(*) as total,
                count(*) filter (where outcome = 'DONE') as good
            from sync_run_item where account_id = $1 and run_id = $2)
        update sync_run r set items_done = counted.done, started_at = coalesce(r.started_at, hub_now()),
            state = case when counted.done < counted.total then 'RUNNING' when counted.good = counted.total then 'SUCCEEDED'
                when counted.good = 0 then 'FAILED' else 'PARTLY' end,
            step = null, finished_at = case when counted.done = counted.total then hub_now() end
        from counted where r.account_id = $1 and r.id = $2""",
        account,
        run_id,
    )


async def item_waits(
    connection: Connection, account: uuid.UUID, run_id: uuid.UUID | None, object_id: uuid.UUID, words: str
) -> None:
    """Says of an item that has not ended what it waits for."""
    await connection.execute(
        """
        update sync_run_item set message = $4
        where account_id = $1 and run_id = $2 and object_id = $3 and outcome = 'WAITING'""",
        account,
        run_id,
        object_id,
        words,
    )


async def progress(connection: Connection, account: uuid.UUID, run_id: uuid.UUID | None, step: str) -> None:
    """Says what the run is doing now."""
    if run_id is not None:
        await connection.execute(
            """
            update sync_run set step = $3, state = 'RUNNING', started_at = coalesce(started_at, hub_now())
            where account_id = $1 and id = $2 and finished_at is null""",
            account,
            run_id,
            step,
        )


async def run_ended(
    connection: Connection,
    account: uuid.UUID,
    run_id: uuid.UUID | None,
    state: str,
    *,
    code: str | None = None,
    message: str | None = None,
) -> None:
    """Ends a run that has no items, with what there is to say about it."""
    await connection.execute(
        """
        update sync_run set state = $3, started_at = coalesce(started_at, hub_now()), finished_at = hub_now(), step = null,
            error_code = $4, error_message = $5
        where account_id = $1 and id = $2""",
        account,
        run_id,
        state,
        code,
        message,
    )
