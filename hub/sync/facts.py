"""What the hub gathers about an item before it is sent: the record with the ERP's ids beside it, as one SQL expression."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

_LINKED_ID = "(select k.external_id from link k where k.account_id = {{t}}.account_id and k.object_id = {{t}}.{column} and k.state = 'LINKED')"
_CODE = "(select k.code from {table} k where k.account_id = n.account_id and k.id = n.{column})"

# The ERP wants a contract date: where the project tool has none, the day on which the commitment was made.
_CONTRACT_DATE = """coalesce({t}.contract_date, ({t}.origin_created_at at time zone
        (select a.time_zone from account a where a.account_id = {t}.account_id))::date)"""

# Which export of the item this is: sending it for the first time or after an unlink asks for another document.
_REVISION = """(select case when k.export_revision = 0 or k.state = 'UNLINKED' then k.export_revision + 1 else k.export_revision end
        from link k where k.account_id = {t}.account_id and k.object_id = {t}.id)"""

_COMMITMENT = f"""
(select row_to_json(f) from (select
    {{t}}.kind, {{t}}.number, {{t}}.title, {{t}}.status, {_CONTRACT_DATE} as contract_date, {{t}}.start_date,
    {{t}}.retainage_percent::text as retainage_percent, {{t}}.original_amount::text as original_amount,
    {_LINKED_ID.format(column="project_id")} as job_code,
    {_LINKED_ID.format(column="company_id")} as vendor_id, {_REVISION} as export_revision,
    (select coalesce(json_agg(row_to_json(x)), '[]'::json) from (
        select n.line_number, n.description, n.amount::text as amount, n.quantity::text as quantity, n.unit_of_measure,
            n.unit_cost::text as unit_cost, {_CODE.format(table="cost_code", column="cost_code_id")} as cost_code,
            {_CODE.format(table="cost_type", column="cost_type_id")} as cost_type
        from commitment_line n where n.account_id = {{t}}.account_id and n.commitment_id = {{t}}.id
        order by n.line_number, n.id) x) as lines
) f)"""

# Object key -> template over {t}. An object without one is not exported.
FACTS: Mapping[str, str] = {"commitment": _COMMITMENT}

_MONEY = ("retainage_percent", "original_amount", "amount", "quantity", "unit_cost")
_DATES = ("contract_date", "start_date")


def typed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as read from JSON, with decimals and dates as such; lines too."""
    found = {**facts}
    for name in _MONEY:
        if found.get(name) is not None:
            found[name] = Decimal(found[name])
    for name in _DATES:
        if found.get(name) is not None:
            found[name] = date.fromisoformat(found[name])
    if "lines" in found:
        found["lines"] = [typed(line) for line in found["lines"]]
    return found
