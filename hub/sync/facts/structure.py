"""The facts of companies, projects, sub jobs and cost codes."""

from hub.sync.facts import parts

_ADDRESS = "{t}.address, {t}.city, {t}.state_code, {t}.postal_code, {t}.country_code"

COMPANY = parts.facts(
    f"{parts.own_id()} as vendor_id",
    "{t}.name, {t}.phone, {t}.email, {t}.is_active",
    _ADDRESS,
    f"{parts.REVISION} as export_revision",
)
PROJECT = parts.facts(
    f"coalesce({parts.own_id()}, {{t}}.number) as job_code",
    "{t}.name, {t}.status, {t}.start_date, {t}.completion_date",
    _ADDRESS,
    f"{parts.REVISION} as export_revision",
)
SUB_JOB = parts.facts(
    f"{parts.erp_id('project_id')} as job_code", "{t}.code, {t}.name", f"{parts.REVISION} as export_revision"
)
COST_CODE = parts.facts("{t}.code, {t}.name", f"{parts.REVISION} as export_revision")
