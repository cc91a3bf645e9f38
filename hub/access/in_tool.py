"""What may be done in the project tool to an item that the hub sent or linked: its fields, its deletion, a budget's lock.

`viewerCan` explains these rules. A change that arrives is judged by those of them that ask nothing of a person.

Sources: the project tool's pages on deleting and editing what was synced, and on unlocking a budget."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from db.links import Link
from db.registers import ErpRecord
from hub.access import rights
from hub.codes import ErrorCode as Code
from hub.core.action import Action
from hub.core.expression import flag
from hub.core.link import LOCKED, LinkState
from hub.core.rule import Rule, RuleKind
from hub.core.spec import ErpObject, table_of
from hub.objects import (
    BUDGET,
    BUDGET_CHANGE,
    COMMITMENT,
    COMMITMENT_CHANGE_ORDER,
    COMPANY,
    OWNER_INVOICE,
    PRIME_CONTRACT,
    PRIME_CONTRACT_CHANGE_ORDER,
    PROJECT,
    SUBCONTRACTOR_INVOICE,
)

Rules = tuple[Rule, ...]
_link = table_of(Link).c
_record = table_of(ErpRecord).c
_job = table_of(Link).alias("job_link").c
IN_ERP = frozenset({LinkState.SYNCED, LinkState.ORPHANED})
WAITING = LOCKED - IN_ERP
LOCKED_FIELD = "The field is locked while the item is with accounting."


def _state(
    code: Code, holds: ColumnElement[bool], message: str, remedy: str, field: str | None = None
) -> Rule:
    return Rule(code=code, kind=RuleKind.STATE, holds=holds, message=message, remedy=remedy, field=field)


def _in(states: frozenset[LinkState]) -> ColumnElement[bool]:
    return _link.state.in_(sorted(state.value for state in states))


def _editable(spec: ErpObject) -> Rule:
    """No field of it is locked where it stands."""
    locked = (WAITING if spec.locked_after_send else frozenset()) | (
        IN_ERP if spec.locked_after_sync else frozenset()
    )
    return _state(
        Code.FIELD_LOCKED,
        ~_in(locked),
        LOCKED_FIELD,
        "Have it retrieved or rejected first; what is in the ERP is deleted there and unlinked.",
    )


def _deletable(spec: ErpObject) -> Rule:
    """Nothing that is with accounting or in the ERP, nor what was just unlinked and still stands at its status."""
    linked = LOCKED | {LinkState.LINKED}
    free = ~_in(linked)
    if "status" in spec.table.c:
        unlinked = _in(frozenset({LinkState.UNLINKED}))
        free = and_(free, or_(~unlinked, spec.table.c.status == "DRAFT"))
    return _state(
        Code.DELETE_NOT_ALLOWED,
        free,
        "It is in the ERP or on its way there, or was just unlinked and is no draft.",
        "Delete it in the ERP, unlink it here, set it to Draft in the project tool, then delete it.",
    )


_linked_project = _state(
    Code.DELETE_NOT_ALLOWED,
    ~_in(LOCKED | {LinkState.LINKED}),
    "It is a job of the ERP, or on its way to become one.",
    "Unlink it here first; the job stays in the ERP.",
)
_waiting = _state(
    Code.BUDGET_WAITING_FOR_ACCEPTANCE,
    ~_in(WAITING),
    "The budget is with accounting: it can be neither unlocked nor changed until it is answered.",
    "Have the budget retrieved or rejected, or wait until it is exported.",
)


def _entries() -> ColumnElement[bool]:
    """What the ERP lists of the job's budget."""
    return and_(
        _record.account_id == BUDGET.table.c.account_id,
        _record.connection_id == _link.connection_id,
        _record.object_key == "budget_line",  # a budget is listed by its lines
        _job.account_id == BUDGET.table.c.account_id,
        _job.object_id == BUDGET.table.c.project_id,
        _record.project_code == _job.external_id,
        _record.gone_at.is_(None),
    )


_posted = Rule(
    code=Code.ERP_ENTRIES_NOT_POSTED,
    kind=RuleKind.PREREQUISITE,
    holds=or_(
        ~_in(IN_ERP),
        ~flag("budget_unlock_requires_posting"),
        and_(
            exists(select(1).where(_entries())),
            ~exists(
                select(1).where(
                    _entries(), func.coalesce(_record.fields["is_posted"].astext, "false") != "true"
                )
            ),
        ),
    ),
    message="The ERP has not posted the exported entries, or does not tell.",
    remedy="Have the entries posted in the ERP, then import its budgets.",
)
_change = BUDGET_CHANGE.table.c
_no_changes = Rule(
    code=Code.BUDGET_HAS_CHANGES,
    kind=RuleKind.PREREQUISITE,
    holds=~exists(
        select(1).where(
            _change.account_id == BUDGET.table.c.account_id,
            _change.project_id == BUDGET.table.c.project_id,
            _change.status == "APPROVED",
            _change.origin_deleted_at.is_(None),
        )
    ),
    message="The budget holds approved changes.",
    remedy="A budget that has changes stays locked; change it by another budget change.",
)

_COMMITMENTS: Rules = (rights.COMMITMENTS_ADMIN,)
_PRIME: Rules = (rights.PRIME_CONTRACTS_ADMIN,)
_BUDGET: Rules = (rights.BUDGET_ADMIN,)


def _both(spec: ErpObject, edit: Rules, delete: Rules) -> Mapping[Action, Rules]:
    return {Action.EDIT: (*edit, _editable(spec)), Action.DELETE: (*delete, _deletable(spec))}


IN_TOOL: Mapping[str, Mapping[Action, Rules]] = {
    COMPANY.name: {Action.DELETE: (rights.DIRECTORY_ADMIN_ONLY, _deletable(COMPANY))},
    PROJECT.name: {Action.DELETE: (rights.PROJECT_ADMIN_ONLY, _linked_project)},
    BUDGET.name: {
        Action.EDIT: (*_BUDGET, _waiting),
        Action.UNLOCK: (*_BUDGET, _waiting, _posted, _no_changes),
    },
    BUDGET_CHANGE.name: _both(BUDGET_CHANGE, _BUDGET, _BUDGET),
    COMMITMENT.name: _both(COMMITMENT, (rights.EDIT_COMMITMENT,), _COMMITMENTS),
    COMMITMENT_CHANGE_ORDER.name: _both(COMMITMENT_CHANGE_ORDER, _COMMITMENTS, _COMMITMENTS),
    SUBCONTRACTOR_INVOICE.name: _both(SUBCONTRACTOR_INVOICE, _COMMITMENTS, _COMMITMENTS),
    PRIME_CONTRACT.name: _both(PRIME_CONTRACT, _PRIME, _PRIME),
    PRIME_CONTRACT_CHANGE_ORDER.name: _both(PRIME_CONTRACT_CHANGE_ORDER, _PRIME, _PRIME),
    OWNER_INVOICE.name: _both(OWNER_INVOICE, _PRIME, _PRIME),
}
