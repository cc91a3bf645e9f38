"""Rules about where an item stands: its link's state, what is under way, and what hangs on it in the ERP."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from db.jobs import Job
from db.lease import OPEN
from db.links import Conflict, Link
from hub.codes import ErrorCode as Code
from hub.core.link import Event, LinkState, sources
from hub.core.rule import Rule, RuleKind
from hub.core.spec import ErpObject, table_of
from hub.objects.prerequisites.conditions import words

_link = table_of(Link).c
_job = table_of(Job).c
_conflict = table_of(Conflict).c
_REMEDY: Mapping[Event, str] = {
    Event.SEND: "An item can be sent when it was never sent, or was rejected, retrieved or unlinked.",
    Event.RETRIEVE: "An item can be retrieved only while it waits for an answer.",
    Event.ACCEPT: "An item can be accepted while it is ready to export, or again after it failed.",
    Event.REJECT: "An item can be rejected while it is ready to export, or after it failed.",
    Event.UNLINK: "Only an item that is synced or linked can be unlinked.",
    Event.ARCHIVE: "Only a record that the ERP alone knows can be put aside; unlink it first.",
    Event.RESTORE: "Only a record that was put aside can be restored.",
}
ONLY_NEW = "Only a record that the ERP alone knows, and that nobody has put aside, can be linked or added."
SEND_AGAIN = "A budget can be sent when it was never sent, was rejected, retrieved or unlinked, or is in the ERP and has changed."
ONLY_LINKED = "Only a project that is linked to a job of the ERP can be refreshed."
IN_ERP = (LinkState.SYNCED, LinkState.LINKED, LinkState.EXPORTING, LinkState.IN_DOUBT)


def open_for(event: Event, *, states: tuple[LinkState, ...] | None = None, remedy: str | None = None) -> Rule:
    """The event is open from the state that the item is in."""
    allowed = [state.value for state in (states or sources(event))]
    return Rule(
        code=Code.WRONG_STATE,
        kind=RuleKind.STATE,
        holds=_link.state.in_(allowed),
        message=func.concat("The item is ", _link.state, "."),
        remedy=remedy or _REMEDY[event],
        field="linkState",
    )


NEW = open_for(Event.LINK, states=(LinkState.READY_TO_IMPORT,), remedy=ONLY_NEW)


def only_in_erp(spec: ErpObject, what: str) -> Rule:
    return Rule(
        code=Code.ALREADY_LINKED,
        kind=RuleKind.STATE,
        holds=spec.table.c.origin_id.is_(None),
        message=f"The {what} is known to the project tool already.",
        remedy="Give the record that the ERP alone knows; the one of the project tool is its target.",
    )


def unless_waiting(rule: Rule) -> Rule:
    """The rule, but for an item that waits or has failed."""
    waits = _link.state.in_([state.value for state in sources(Event.REJECT)])
    return replace(rule, holds=or_(rule.holds, waits))


def idle(spec: ErpObject, message: str, remedy: str) -> Rule:
    """No job of the item is under way."""
    return Rule(
        code=Code.WRONG_STATE,
        kind=RuleKind.STATE,
        holds=~exists(
            select(1).where(
                _job.account_id == spec.table.c.account_id,
                _job.object_id == spec.table.c.id,
                _job.state.in_([state.value for state in OPEN]),
            )
        ),
        message=message,
        remedy=remedy,
        field="id",
    )


def no_open_conflict(spec: ErpObject) -> Rule:
    return Rule(
        code=Code.CONTENT_CHANGED,
        kind=RuleKind.PREREQUISITE,
        holds=~exists(
            select(1).where(
                _conflict.account_id == spec.table.c.account_id,
                _conflict.object_id == spec.table.c.id,
                _conflict.resolved_at.is_(None),
            )
        ),
        message="The project tool has changed fields that were locked when the item was sent.",
        remedy="Look at `conflicts`; reject the item so that the changes can be taken over.",
    )


def nothing_hangs_on(
    spec: ErpObject, code: Code, *children: tuple[ErpObject, str, str | None], by: str = "id"
) -> Rule:
    """No child that is, or may be, in the ERP names the item. A child: its object, the column that names the item, and the
    column it is called by in the message, none where its kind says enough. `by` is the item's own column that they name."""
    listed = [_hanging(spec, by, *child) for child in children]
    return Rule(
        code=code,
        kind=RuleKind.PREREQUISITE,
        holds=and_(*(found.is_(None) for found in listed)),
        message=func.concat("In the ERP hang on it: ", func.concat_ws(", ", *listed), "."),
        remedy="Unlink these first.",
    )


def _hanging(
    spec: ErpObject, by: str, child: ErpObject, column: str, called: str | None
) -> ColumnElement[str]:
    link = table_of(Link).alias(f"{child.key}_link")
    row = child.table
    kind = words(child.plural)[:-1] if child.plural.endswith("s") else words(child.plural)
    return (
        select(
            func.string_agg(
                func.concat(f"{kind} ", func.coalesce(row.c[called], "?")) if called else kind, ", "
            )
        )
        .select_from(
            row.join(link, and_(link.c.account_id == row.c.account_id, link.c.object_id == row.c.id))
        )
        .where(
            row.c.account_id == spec.table.c.account_id,
            row.c[column] == spec.table.c[by],
            link.c.state.in_([state.value for state in IN_ERP]),
        )
        .scalar_subquery()
    )
