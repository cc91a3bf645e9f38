"""The facts of a prime contract."""

from hub.sync.facts import parts

PRIME_CONTRACT = parts.facts(
    f"{parts.erp_id('project_id')} as job_code",
    f"{parts.erp_id('company_id')} as customer_id",
    "{t}.number, {t}.title, {t}.status",
    f"coalesce({{t}}.contract_date, {parts.day_of('origin_created_at')}) as contract_date",
    "{t}.retainage_percent::text as retainage_percent, {t}.original_amount::text as original_amount",
    f"{parts.REVISION} as export_revision",
    parts.lines(
        "prime_contract_line",
        "prime_contract_id",
        ("n.line_number, n.description, n.amount::text as amount", *parts.CODED),
    )
    + " as lines",
)
