"""The facts of change orders of commitments and of prime contracts."""

from hub.sync.facts import parts


def _change_order(table: str, parent: str, *more: str) -> str:
    return parts.facts(
        f"{parts.erp_id('project_id')} as job_code",
        f"{parts.erp_code(parent)} as contract_number",
        "{t}.number, {t}.title, {t}.description, {t}.status, {t}.amount::text as amount",
        f"{parts.day_of('origin_created_at')} as created_on",
        f"{parts.REVISION} as export_revision",
        *more,
        parts.lines(
            f"{table}_line",
            f"{table}_id",
            ("n.line_number, n.description, n.amount::text as amount", *parts.CODED),
        )
        + " as lines",
    )


COMMITMENT_CHANGE_ORDER = _change_order(
    "commitment_change_order",
    "commitment_id",
    "(select k.title from commitment k where k.account_id = {t}.account_id and k.id = {t}.commitment_id) as contract_title",
    "(select k.kind from commitment k where k.account_id = {t}.account_id and k.id = {t}.commitment_id) as commitment_kind",
    f"{parts.numbers_in_erp('commitment_change_order', 'commitment_id', parts.erp_id('project_id'))} as numbers_in_erp",
)
PRIME_CONTRACT_CHANGE_ORDER = _change_order(
    "prime_contract_change_order", "prime_contract_id", f"{parts.TODAY} as transaction_date"
)
