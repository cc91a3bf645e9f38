"""Import records from a connected system. A request made while the same import runs joins it."""

import json

from db.session import Connection
from hub.actions.ask import Ask, Outcome
from hub.actions.systems import asked_system, have_done
from hub.codes import ErrorCode
from hub.errors import Refused
from hub.sync.intake.resources import RESOURCES


async def bring(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    row = await asked_system(connection, ask, outcome)
    if row is None:
        return
    gives = set(json.loads(row["capabilities"]).get("imports") or ())
    known = [resource.key for resource in RESOURCES if resource.key in gives]
    wanted = [key for key in known if not ask.extra["resources"] or key in ask.extra["resources"]]
    if unknown := set(ask.extra["resources"] or ()) - set(known):
        text = f"This system does not give {', '.join(sorted(unknown))}."
        outcome.errors.append(Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, text, field="resources"))
        return
    args = {"connection_id": row["id"], "objects": wanted}
    await have_done(connection, ask, outcome, "import", args, action="IMPORT")
