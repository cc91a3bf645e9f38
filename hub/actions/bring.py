"""Import records from a connected system. A request made while the same import runs joins it."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from db.accounts import SystemRole
from db.session import Connection
from hub.access.rules import COST_IMPORT_RULES, IMPORT_RULES
from hub.actions.ask import Ask, Outcome
from hub.actions.systems import asked_system, have_done
from hub.codes import ErrorCode
from hub.core.rule import Rule
from hub.errors import Refused
from hub.sync.intake.resources import given

COSTS = frozenset({"direct_cost", "payment"})  # what was spent: an accounting approver may ask for it too


async def bring(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    named = frozenset(ask.extra["resources"] or ())
    row = await asked_system(connection, ask, outcome, rules_for(named))
    if row is None:
        return
    from_erp = row["role"] == SystemRole.ERP
    known = [resource.key for resource in given(json.loads(row["capabilities"]), from_erp=from_erp)]
    if unknown := named - set(known):
        text = f"This system does not give {', '.join(sorted(unknown))}."
        remedy = f"Choose among {', '.join(known)}."
        outcome.errors.append(
            Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, text, field="resources", remedy=remedy)
        )
        return
    wanted = [key for key in known if not named or key in named]
    args: dict[str, Any] = {"connection_id": row["id"], "objects": wanted}
    full: Mapping[str, Any] = {**args, "full": True}
    # One that reads everything in full does all that is asked for here.
    asked, others = (full, ()) if ask.extra.get("full") else (args, (full,))
    await have_done(connection, ask, outcome, "import", asked, action="IMPORT", joins=others)


def rules_for(named: Collection[str]) -> tuple[Rule, ...]:
    """Who may import what is named, or everything: the rules of what was spent, of all else, or both."""
    costs = COST_IMPORT_RULES if not named or COSTS & set(named) else ()
    return tuple(costs) if costs and named and set(named) <= COSTS else (*IMPORT_RULES, *costs)
