"""Import records from a connected system. A request made while the same import runs joins it."""

from collections.abc import Mapping, Sequence

from db.accounts import SystemRole
from db.session import Connection
from hub.actions.ask import Ask, Outcome
from hub.actions.systems import asked_system, have_done
from hub.codes import ErrorCode
from hub.errors import Refused

# What each side gives, in order of dependency. The ERP's lists come first wherever both are read.
RESOURCES: Mapping[SystemRole, Sequence[str]] = {
    SystemRole.ERP: ("cost_type", "cost_code", "company", "project", "project_cost_code"),
    SystemRole.PROJECT_TOOL: (
        "member",
        "cost_type",
        "cost_code",
        "company",
        "project",
        "project_member",
        "project_cost_code",
        "commitment",
    ),
}


async def bring(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    row = await asked_system(connection, ask, outcome)
    if row is None:
        return
    known = RESOURCES[SystemRole(row["role"])]
    wanted = [
        resource for resource in known if not ask.extra["resources"] or resource in ask.extra["resources"]
    ]
    if unknown := set(ask.extra["resources"] or ()) - set(known):
        text = f"This system does not give {', '.join(sorted(unknown))}."
        outcome.errors.append(Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, text, field="resources"))
        return
    args = {"connection_id": row["id"], "objects": wanted}
    await have_done(connection, ask, outcome, "import", args, action="IMPORT")
