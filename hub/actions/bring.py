"""Import records from a connected system. A request made while the same import runs joins it."""

import json
from collections.abc import Mapping, Sequence

from db.accounts import SystemRole
from db.jobs import Lane
from db.session import Connection
from hub.actions.ask import Ask, Outcome
from hub.actions.systems import asked_system
from hub.codes import ErrorCode
from hub.errors import Refused
from hub.sync.enqueue import enqueue
from hub.sync.runs import open_run

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
__all__ = ["RESOURCES", "bring"]


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
    running = await connection.fetchval(
        """
        select run_id from job where account_id = $1 and kind = 'import' and state in ('QUEUED', 'RUNNING')
            and args ->> 'connection_id' = $2 and args -> 'objects' = $3::jsonb order by id limit 1""",
        ask.account_id,
        str(row["id"]),
        json.dumps(wanted),
    )
    if running is not None:
        outcome.run_id = running
        return
    outcome.run_id = await open_run(
        connection, ask.account_id, "IMPORT", ask.member_id, [], connection_id=row["id"]
    )
    job = await enqueue(
        connection,
        ask.account_id,
        "import",
        args={"connection_id": row["id"], "objects": wanted},
        run_id=outcome.run_id,
        requested_by=ask.member_id,
        lane=Lane.INTERACTIVE,
    )
    outcome.jobs.append(job)
