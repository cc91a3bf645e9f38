"""What must be true of a budget before it may be sent to the ERP, first as a whole and later with what has changed.

Source: the project tool's page on sending a budget to ERP Integrations, and its pages on cost codes and types."""

from sqlalchemy import and_, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from hub.codes import ErrorCode as Code
from hub.core.expression import comes_in, flag
from hub.core.link import LinkState
from hub.core.rule import Rule, RuleKind
from hub.core.spec import table_of
from hub.objects.budget import BUDGET, Budget, BudgetLine, BudgetStanding, UntypedCode
from hub.objects.prerequisites import conditions
from hub.objects.prerequisites.conditions import Flag

_budget = table_of(Budget).c
_line = table_of(BudgetLine)
_standing = table_of(BudgetStanding)
_twin = _line.alias("twin")


def in_erp() -> Flag:
    """The original budget is in the ERP, whatever became of what was sent after it."""
    return conditions.has_link(BUDGET.table, _budget.id, *LinkState)


def _differs() -> Flag:
    """A line stands otherwise than it was exported, or one that was exported is gone."""
    here, there = _line.c, _standing.c
    pairs = and_(
        _twin.c.account_id == there.account_id,
        _twin.c.budget_id == there.budget_id,
        _twin.c.cost_code_id == there.cost_code_id,
        _twin.c.cost_type_id == there.cost_type_id,
    )
    now = select(func.sum(_twin.c.original_amount)).where(pairs).correlate(_standing).scalar_subquery()
    changed = (
        select(1)
        .where(
            there.account_id == _budget.account_id,
            there.budget_id == _budget.id,
            there.amount != func.coalesce(now, 0),
        )
        .correlate(BUDGET.table)
        .exists()
    )
    known = (
        select(1)
        .where(
            there.account_id == here.account_id,
            there.budget_id == here.budget_id,
            there.cost_code_id == here.cost_code_id,
            there.cost_type_id == here.cost_type_id,
        )
        .correlate(_line)
        .exists()
    )
    return or_(changed, conditions.any_line(BUDGET, here.original_amount != 0, ~known))


_has_lines = conditions.need(
    Code.NO_NONZERO_LINE,
    conditions.any_line(BUDGET),
    "The budget has no line.",
    "Add lines to the budget in the project tool, lock it, then import budgets.",
    "lines",
)
_no_zero_line = conditions.need(
    Code.VALUE_DOES_NOT_FIT,
    or_(flag("budget_zero_lines"), ~conditions.any_line(BUDGET, _line.c.original_amount == 0)),
    func.concat(
        "This ERP takes no budget line without an amount: ",
        select(func.string_agg(func.coalesce(_line.c.cost_code_text, "no code"), literal(", ")))
        .where(conditions.own_lines(BUDGET), _line.c.original_amount == 0)
        .scalar_subquery(),
        ".",
    ),
    "Give these lines an amount in the project tool, or delete them, then import budgets.",
    "lines",
)
_untyped = table_of(UntypedCode).c
_of_project = and_(_untyped.account_id == _budget.account_id, _untyped.project_id == _budget.project_id)
# Also of a code that no line of the budget stands on.
_every_code_typed = conditions.need(
    Code.CODE_WITHOUT_TYPE,
    ~exists(select(1).where(_of_project)),
    func.concat(
        "Cost codes of the project without a cost type: ",
        select(func.string_agg(_untyped.code, aggregate_order_by(literal(", "), _untyped.code)))
        .where(_of_project)
        .scalar_subquery(),
        ".",
    ),
    "Assign a cost type to each in the project tool, then import the project's cost codes.",
    "project",
)
LOCKED = conditions.need(
    Code.BUDGET_NOT_LOCKED,
    _budget.is_locked,
    "The budget is not locked.",
    "Lock the budget in the project tool, then import budgets.",
    "isLocked",
)
CHANGED = Rule(
    code=Code.WRONG_STATE,
    kind=RuleKind.STATE,
    holds=or_(~in_erp(), _differs()),
    message="Nothing has changed in the budget since it was exported.",
    remedy="Change its lines in the project tool, lock it and import budgets; budget changes are sent by themselves.",
    field="lines",
)

SEND_PREREQUISITES: tuple[Rule, ...] = (
    conditions.taken(BUDGET),
    CHANGED,
    conditions.alive(BUDGET),
    conditions.tool_active(BUDGET, "budget"),
    conditions.project_linked(BUDGET),
    LOCKED,
    _every_code_typed,
    _has_lines,
    _no_zero_line,
    conditions.lines_on_codes(BUDGET),
    conditions.sums_up(BUDGET, "original_amount", "original_amount"),
)

# Before the ERP's budget may be taken into the project tool.
IMPORT_PREREQUISITES: tuple[Rule, ...] = (
    conditions.unable(
        comes_in(BUDGET.key),
        "This ERP gives no budgets to the project tool.",
        "Enter the budget in the project tool and send it.",
    ),
    conditions.alive(BUDGET),
    conditions.tool_active(BUDGET, "budget"),
    conditions.project_linked(BUDGET),
    conditions.need(
        Code.BUDGET_IMPORT_CLOSED,
        or_(~flag("budget_import_closed_after_export"), ~in_erp()),
        "The budget was exported to the ERP, so it is no longer imported from there.",
        "Change it in the project tool and send it again.",
    ),
    conditions.need(
        Code.BUDGET_LOCKED,
        ~_budget.is_locked,
        "The budget is locked.",
        "Unlock the budget in the project tool, then import budgets.",
        "isLocked",
    ),
)
