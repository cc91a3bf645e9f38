"""The facts of a commitment."""

from hub.sync.facts import parts

COMMITMENT = parts.facts(
    "{t}.kind, {t}.number, {t}.title, {t}.status",
    # The ERP wants a contract date: where the project tool has none, the day on which the commitment was made.
    f"coalesce({{t}}.contract_date, {parts.day_of('origin_created_at')}) as contract_date",
    "{t}.start_date",
    "{t}.retainage_percent::text as retainage_percent, {t}.original_amount::text as original_amount",
    f"{parts.erp_id('project_id')} as job_code",
    f"{parts.erp_id('company_id')} as vendor_id",
    f"{parts.REVISION} as export_revision",
    f"{parts.numbers_in_erp('commitment', 'project_id', parts.erp_id('project_id'))} as numbers_in_erp",
    parts.lines(
        "commitment_line",
        "commitment_id",
        (
            "n.line_number, n.description, n.amount::text as amount, n.quantity::text as quantity",
            "n.unit_of_measure, n.unit_cost::text as unit_cost",
            *parts.CODED,
        ),
    )
    + " as lines",
)
