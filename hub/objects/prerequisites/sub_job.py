"""What must be true of a sub job before it may be made in the ERP.

Source: the project tool's page on sending a sub job: an id of at most 30 characters, and cost codes added first."""

from sqlalchemy import exists, select

from hub.codes import ErrorCode as Code
from hub.core.expression import flag
from hub.core.rule import Rule
from hub.core.spec import table_of
from hub.objects.prerequisites import conditions
from hub.objects.project import ProjectCostCode
from hub.objects.sub_job import SUB_JOB

_sub_job, _on_project = SUB_JOB.table.c, table_of(ProjectCostCode).c

DIVIDES = conditions.unable(
    flag("supports_sub_jobs"),
    "This ERP does not divide jobs into sub jobs.",
    "Keep the project in one piece.",
    "subJobs",
)
SEND_PREREQUISITES: tuple[Rule, ...] = (
    conditions.taken(SUB_JOB),
    DIVIDES,
    conditions.alive(SUB_JOB),
    conditions.project_linked(SUB_JOB),
    conditions.fits(SUB_JOB, Code.ID_TOO_LONG, "code", "code", "sub_job_code_max"),
    conditions.need(
        Code.COST_CODES_MISSING,
        exists(
            select(1).where(
                _on_project.account_id == _sub_job.account_id, _on_project.project_id == _sub_job.project_id
            )
        ),
        "Its project has no cost codes yet.",
        "Add the standard cost codes to the project in the project tool, then import project cost codes.",
        "project",
    ),
)
