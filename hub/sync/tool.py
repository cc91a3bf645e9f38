"""The account's project tool: its connection, and the ids under which our records are marked there."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from db.session import Connection
from hub.erp.origin import OriginIds

_TOOL = "select id, settings, capabilities from connection where account_id = $1 and role = 'PROJECT_TOOL' order by id limit 1"


async def project_tool(connection: Connection, account: uuid.UUID) -> Mapping[str, Any] | None:
    """The account's connection to its project tool."""
    row = await connection.fetchrow(_TOOL, account)
    return None if row is None else dict(row)


def origins(tool: Mapping[str, Any]) -> OriginIds:
    """The ids under which our records are marked there."""
    return OriginIds.of(json.loads(tool["settings"]))
