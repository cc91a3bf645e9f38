"""What tests do with any connector: read a list to its end, send a step as the hub would."""

from hub.erp.canonical import canonical
from hub.erp.connector import Answer, Connector, Incoming, Step
from hub.http import Limits

QUICK = Limits(backoff=0.0)


async def everything(connector: Connector, resource: str, **scope: str) -> list[Incoming]:
    """All records of a list, page by page."""
    found: list[Incoming] = []
    cursor: str | None = None
    while True:
        page = await connector.fetch(resource, scope, cursor)
        found += page.records
        cursor = page.cursor
        if cursor is None:
            return found


async def pushed(connector: Connector, step: Step) -> Answer:
    return await connector.push(step, canonical(step.body))
