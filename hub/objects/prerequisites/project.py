"""What must be true of a project before it may be made a job of the ERP.

Source: the project tool's page on adding a project to the ERP. The job's id may be typed at acceptance; else it is the project's number."""

from sqlalchemy import func

from hub.codes import ErrorCode as Code
from hub.core.rule import Rule
from hub.objects.prerequisites import conditions
from hub.objects.project import PROJECT

_project = PROJECT.table.c

SEND_PREREQUISITES: tuple[Rule, ...] = (
    conditions.taken(PROJECT),
    conditions.alive(PROJECT),
    conditions.need(
        Code.PROJECT_INACTIVE,
        _project.is_active,
        "The project is not active.",
        "Activate it in the project tool, then import projects.",
        "isActive",
    ),
    conditions.need(
        Code.CODE_WITHOUT_TYPE,
        func.cardinality(_project.codes_without_type) == 0,
        func.concat(
            "Cost codes without a cost type: ", func.array_to_string(_project.codes_without_type, ", "), "."
        ),
        "Give every cost code of the project a cost type, then import project cost codes.",
        "costCodes",
    ),
    conditions.fits(PROJECT, Code.NAME_TOO_LONG, "name", "name", "project_name_max"),
    conditions.fits(PROJECT, Code.ID_TOO_LONG, "number", "project number", "job_id_max"),
)
