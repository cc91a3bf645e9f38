"""What must be true of a budget change before it may be sent to the ERP, in either form that the project tool keeps it in.

Source: the project tool's pages on sending a budget with its changes to ERP Integrations."""

from sqlalchemy import and_, exists, or_, select

from db.links import Link
from hub.codes import ErrorCode as Code
from hub.core.link import Event, LinkState, sources
from hub.core.rule import Rule
from hub.core.spec import table_of
from hub.objects.budget import Budget
from hub.objects.budget_change import BUDGET_CHANGE, BudgetChange, BudgetChangeLine
from hub.objects.prerequisites import conditions
from hub.objects.prerequisites.conditions import Flag

_change = table_of(BudgetChange).c
_budget = table_of(Budget)
_line = table_of(BudgetChangeLine).c

_own = table_of(Link).c
_budgets = table_of(Link).alias("budget_link").c


def _budget_at(*states: LinkState) -> Flag:
    """Where the budget of the change's project stands."""
    return exists(
        select(1).where(
            _budget.c.account_id == _change.account_id,
            _budget.c.project_id == _change.project_id,
            _budgets.account_id == _change.account_id,
            _budgets.object_id == _budget.c.id,
            _budgets.state.in_([state.value for state in states]),
        )
    )


# A budget is sent together with its changes; each is accepted once the budget is on its way.
_budget_synced = conditions.need(
    Code.PARENT_NOT_SYNCED,
    or_(
        _budget_at(LinkState.SYNCED, LinkState.EXPORTING),
        and_(
            _own.state.in_([state.value for state in sources(Event.SEND)]),
            _budget_at(LinkState.READY_TO_EXPORT),
        ),
    ),
    "The project's budget is neither in the ERP nor on its way there.",
    "Send the budget and have it accepted first.",
    "project",
)
_no_zero_line = conditions.need(
    Code.NO_NONZERO_LINE,
    ~conditions.any_line(BUDGET_CHANGE, _line.amount == 0),
    "A line of the change has no amount.",
    "Give every line an amount in the project tool, or delete it, then import budget changes.",
    "lines",
)

SEND_PREREQUISITES: tuple[Rule, ...] = (
    conditions.taken(BUDGET_CHANGE),
    conditions.alive(BUDGET_CHANGE),
    conditions.tool_active(BUDGET_CHANGE, "budget"),
    conditions.project_linked(BUDGET_CHANGE),
    _budget_synced,
    conditions.status_sendable(BUDGET_CHANGE, "Approved"),
    conditions.has_amounts(BUDGET_CHANGE, "The change"),
    _no_zero_line,
    conditions.lines_on_codes(BUDGET_CHANGE),
    conditions.sums_up(BUDGET_CHANGE, "amount"),
)
