"""What must be true of a budget change before it may be sent to the ERP, in either form that the project tool keeps it in.

Source: the project tool's pages on sending a budget with its changes to ERP Integrations."""

from sqlalchemy import exists, select

from hub.codes import ErrorCode as Code
from hub.core.link import LinkState
from hub.core.rule import Rule
from hub.core.spec import table_of
from hub.objects.budget import Budget
from hub.objects.budget_change import BUDGET_CHANGE, BudgetChange, BudgetChangeLine
from hub.objects.prerequisites import conditions

_change = table_of(BudgetChange).c
_budget = table_of(Budget)
_line = table_of(BudgetChangeLine).c

_budget_synced = conditions.need(
    Code.PARENT_NOT_SYNCED,
    exists(
        select(1).where(
            _budget.c.account_id == _change.account_id,
            _budget.c.project_id == _change.project_id,
            conditions.has_link(_budget, _budget.c.id, LinkState.SYNCED),
        )
    ),
    "The project's budget is not in the ERP, or is on its way there.",
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
