"""The facts of subcontractor invoices and owner invoices.

Only work completed and retainage held travel: released retainage and stored materials stay in the project tool, and so
does a line that bills neither."""

from hub.sync.facts import parts


def _sum(table: str, expression: str) -> str:
    return (
        f"(select coalesce(sum({expression}), 0)::text from {table}_line n"
        f" where n.account_id = {{t}}.account_id and n.{table}_id = {{t}}.id)"
    )


def _order(change_order: str) -> str:
    """The ERP's number of the change order that the billed line belongs to; null where it bills the contract itself."""
    return (
        f"(select k.external_code from {change_order}_line o join link k on k.account_id = o.account_id"
        f" and k.object_id = o.{change_order}_id"
        " where o.account_id = n.account_id and o.origin_id = n.contract_line_id"
        " and k.state in ('LINKED', 'SYNCED') limit 1) as order_number"
    )


def _billed(table: str, contract: str, change_order: str, *more: str) -> str:
    return parts.facts(
        f"{parts.erp_id('project_id')} as job_code",
        f"{parts.erp_code(contract)} as contract_number",
        "{t}.invoice_number, {t}.status, {t}.billing_date",
        "to_char({t}.period_end, 'YYYY-MM') as expense_period",
        f"{_sum(table, 'n.completed_amount - n.retainage_held_amount')} as amount",
        f"{_sum(table, 'n.retainage_held_amount')} as retainage_amount",
        f"{parts.REVISION} as export_revision",
        *more,
        parts.lines(
            f"{table}_line",
            f"{table}_id",
            (
                "n.line_number, n.description, n.completed_amount::text as amount",
                "n.retainage_held_amount::text as retainage_amount",
                _order(change_order),
                *parts.CODED,
            ),
            where="(n.completed_amount <> 0 or n.retainage_held_amount <> 0)",
        )
        + " as lines",
    )


SUBCONTRACTOR_INVOICE = _billed(
    "subcontractor_invoice",
    "commitment_id",
    "commitment_change_order",
    f"{parts.erp_id('company_id')} as vendor_id",
    "{t}.attachment_urls",
    f"{parts.numbers_in_erp('subcontractor_invoice', 'company_id', parts.erp_id('company_id'))} as numbers_in_erp",
    f"{parts.CLOSED_PERIODS} as closed_periods",
)
OWNER_INVOICE = _billed(
    "owner_invoice",
    "prime_contract_id",
    "prime_contract_change_order",
    """(select k.external_id from prime_contract p join link k on k.account_id = p.account_id and k.object_id = p.company_id
        where p.account_id = {t}.account_id and p.id = {t}.prime_contract_id and k.state = 'LINKED') as customer_id""",
)
