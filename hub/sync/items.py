"""One item as a job or an action needs it: where it stands, on which connection, and its image from before a change."""

import uuid
from collections.abc import Mapping
from typing import Any

from db.session import Connection
from hub.codes import ErrorCode
from hub.core.spec import ErpObject
from hub.errors import Refused
from hub.sync.images import image

_ITEM = """
    select l.state, l.payload, l.export_revision, l.external_id, c.id as connection_id, c.capabilities, {image} as image
    from "{table}" t
    join link l on l.account_id = $1 and l.object_id = t.id
    join connection c on c.account_id = $1 and c.id = l.connection_id
    where t.account_id = $1 and t.id = $2 {lock}"""


async def read_item(
    connection: Connection, account: uuid.UUID, spec: ErpObject, id_: uuid.UUID, *, lock: bool = False
) -> Mapping[str, Any]:
    """Link, connection and image of an item; under its rows' lock where it is about to be changed."""
    statement = _ITEM.format(
        image=image(spec).replace("$account", "$1"),
        table=spec.table.name,
        lock="for update of t, l" if lock else "",
    )
    row = await connection.fetchrow(statement, account, id_)
    if row is None:
        raise Refused(ErrorCode.NOT_FOUND, "The item is gone.")
    return dict(row)
