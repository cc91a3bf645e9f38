"""Writing what happened: versions raised and events with both images, in the transaction of the change itself."""

import uuid
from collections.abc import Sequence

from db.clock import new_id
from db.session import Connection
from hub.core.spec import ErpObject
from hub.sync.images import image
from hub.sync.requests.endings import item_came_to_an_end


async def happened(
    connection: Connection,
    account: uuid.UUID,
    spec: ErpObject,
    action: str,
    before: Sequence[tuple[uuid.UUID, str | None]],
    *,
    member: uuid.UUID | None = None,
    run: uuid.UUID | None = None,
    cause: str | None = None,
) -> None:
    """Raises the version of the items and writes one event each; `before` holds their ids and images from before the change."""
    ids = [id_ for id_, _ in before]
    await connection.execute(
        f'update "{spec.table.name}" set version = version + 1, updated_at = hub_now() where account_id = $1 and id = any($2)',
        account,
        ids,
    )
    await connection.execute(
        f"""
        insert into event (account_id, id, action, object_type, object_id, member_id, run_id, cause, before, after)
        select $1, b.event_id, $2, $3, t.id, $4, $5, $6, b.image::jsonb, {image(spec).replace("$account", "$1")}
        from unnest($7::uuid[], $8::uuid[], $9::text[]) as b(event_id, id, image)
        join "{spec.table.name}" t on t.account_id = $1 and t.id = b.id
        join link l on l.account_id = $1 and l.object_id = t.id""",
        account,
        action,
        spec.name,
        member,
        run,
        cause,
        [new_id() for _ in before],
        ids,
        [image for _, image in before],
    )
    await item_came_to_an_end(connection, account, ids, action, cause)
