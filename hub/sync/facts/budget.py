"""The facts of budgets and their changes."""

from hub.sync.facts import parts

BUDGET = parts.facts(
    f"{parts.erp_id('project_id')} as job_code",
    "{t}.original_amount::text as original_amount",
    f"{parts.REVISION} as export_revision",
    parts.lines("budget_line", "budget_id", ("n.original_amount::text as amount", *parts.CODED))
    + " as lines",
)
BUDGET_CHANGE = parts.facts(
    f"{parts.erp_id('project_id')} as job_code",
    "{t}.number, {t}.title, {t}.description, {t}.status",
    f"{parts.REVISION} as export_revision",
    parts.lines(
        "budget_change_line",
        "budget_change_id",
        ("n.line_number, n.description, n.amount::text as amount", *parts.CODED),
    )
    + " as lines",
)
