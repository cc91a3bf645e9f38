"""The facts of budgets and their changes: amounts by cost code and cost type, and what a revision is made of.

A change in either of the project tool's forms has the same facts, so the ERP receives the same."""

from hub.sync.facts import parts

_TODAY = """(hub_now() at time zone
        (select a.time_zone from account a where a.account_id = {t}.account_id))::date"""
# A budget that is in the ERP goes out again as another document.
_ISSUE = """(select case when k.export_revision = 0 or k.state in ('UNLINKED', 'SYNCED') then k.export_revision + 1 else k.export_revision end
        from link k where k.account_id = {t}.account_id and k.object_id = {t}.id)"""


def _numbered(amounts: str) -> str:
    """Amounts of code and type, summed and in one order whatever order the project tool has; nothing for a sum of nothing."""
    return f"""(select coalesce(json_agg(row_to_json(x) order by x.line_number), '[]'::json) from (
        select row_number() over (order by s.cost_code, s.cost_type) as line_number, s.cost_code, s.cost_type, s.amount::text as amount
        from (select u.cost_code, u.cost_type, sum(u.amount) as amount from ({amounts}) u
            group by u.cost_code, u.cost_type having sum(u.amount) <> 0) s) x)"""


def _amounts(table: str, parent: str, amount: str) -> str:
    return f"""select {parts.COST_CODE} as cost_code, {parts.COST_TYPE} as cost_type, {amount} as amount
        from {table} n where n.account_id = {{t}}.account_id and n.{parent} = {{t}}.id"""


_LINES = f"""(select coalesce(json_agg(row_to_json(x) order by x.line_number), '[]'::json) from (
        select row_number() over (order by u.cost_code, u.cost_type) as line_number, u.cost_code, u.cost_type, sum(u.amount)::text as amount
        from ({_amounts("budget_line", "budget_id", "n.original_amount")}) u group by u.cost_code, u.cost_type) x)"""
_IN_ERP = "exists (select from budget_export e where e.account_id = {t}.account_id and e.budget_id = {t}.id)"
_DIFFERENCES = _numbered(
    f"""{_amounts("budget_line", "budget_id", "n.original_amount")} union all
        {_amounts("budget_standing", "budget_id", "-n.amount")}"""
)
# The highest number that the ERP or an export of ours has in the job, and one: from the register of what the ERP lists,
# from documents that are there or on their way, and from earlier revisions of the budget itself.
NEXT_NUMBER = f"""(select coalesce(max(x.number), 0) + 1 from (
        select r.external_code::numeric as number from erp_record r
        where r.account_id = {{t}}.account_id and r.object_key = 'budget_change' and r.project_code = {parts.erp_id("project_id")}
            and r.external_code ~ '^[0-9]+$' and length(r.external_code) < 10
        union all
        select e.number from budget_export e join budget b on b.account_id = {{t}}.account_id and b.id = e.budget_id
        where e.account_id = {{t}}.account_id and b.project_id = {{t}}.project_id
        union all
        select substring(k.entries ->> 'natural_key' from '"number":"([0-9]+)"')::numeric
        from link k left join budget b on b.account_id = k.account_id and b.id = k.object_id
            left join budget_change m on m.account_id = k.account_id and m.id = k.object_id
        where k.account_id = {{t}}.account_id and k.object_type in ('Budget', 'BudgetChange')
            and k.state in ('EXPORTING', 'IN_DOUBT', 'SYNCED', 'ORPHANED') and k.object_id <> {{t}}.id
            and {{t}}.project_id in (b.project_id, m.project_id)) x)"""

_LISTED = f"""from erp_record r where r.account_id = {{t}}.account_id and r.object_key = 'budget_line' and r.gone_at is null
        and r.project_code = {parts.erp_id("project_id")}"""
ERP_AMOUNT = f"(select sum(r.amount)::text {_LISTED})"
AMOUNT_AFTER_IMPORT = f"(select sum(r.amount) filter (where r.amount > 0)::text {_LISTED})"

BUDGET = parts.facts(
    f"{parts.erp_id('project_id')} as job_code",
    "{t}.original_amount::text as original_amount",
    f"case when {_IN_ERP} then {_DIFFERENCES} end as revision",
    f"{NEXT_NUMBER}::text as number",
    "'APPROVED' as status",
    f"{_TODAY} as revision_date",
    f"{_ISSUE} as export_revision",
    f"{_LINES} as lines",
)
BUDGET_CHANGE = parts.facts(
    f"{parts.erp_id('project_id')} as job_code",
    f"{NEXT_NUMBER}::text as number",
    "coalesce({t}.title, {t}.description) as title, {t}.status",
    f"{_TODAY} as revision_date",
    f"{parts.REVISION} as export_revision",
    _numbered(_amounts("budget_change_line", "budget_change_id", "n.amount")) + " as lines",
)
