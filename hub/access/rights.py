"""Every permission rule of the hub: what a person must hold, who can grant it, and what is said where it lacks.

Source: the permission matrix of the project tool's ERP Integrations tool, and its tutorials where they are newer."""

from sqlalchemy import ColumnElement, and_, func, literal, or_

from db.links import Link
from db.people import Member, ProjectMember
from hub.codes import ErrorCode as Code
from hub.core.level import Level
from hub.core.link import LinkState
from hub.core.rule import Grant, Rule, RuleKind, Scope
from hub.core.spec import table_of

viewer = table_of(Member).c
project = table_of(ProjectMember).c

DIRECTORY_ADMIN = "a company Directory administrator"
PROJECT_ADMIN = "a project administrator"


def level(column: ColumnElement[int], needed: Level) -> ColumnElement[bool]:
    return func.coalesce(column, 0) >= int(needed)


def granular(name: str) -> ColumnElement[bool]:
    """A granular permission on the project, by the project tool's name."""
    return func.coalesce(literal(name) == func.any(project.granular), False)


erp_standard = level(viewer.erp_level, Level.STANDARD)
erp_admin = level(viewer.erp_level, Level.ADMIN)
approver = and_(erp_standard, viewer.can_push_to_accounting)
directory_admin = level(viewer.directory_level, Level.ADMIN)
project_admin = level(project.admin_level, Level.ADMIN)


def _permission(holds: ColumnElement[bool], message: str, remedy: str, grant: Grant) -> Rule:
    return Rule(
        code=Code.FORBIDDEN,
        kind=RuleKind.PERMISSION,
        holds=holds,
        message=message,
        remedy=remedy,
        grant=grant,
    )


def _company_level(tool: str, column: ColumnElement[int], needed: Level, granted_by: str) -> Grant:
    return Grant(tool=tool, scope=Scope.COMPANY, needed=needed, held=column, granted_by=granted_by)


def _project_level(tool: str, column: ColumnElement[int]) -> Grant:
    return Grant(tool, Scope.PROJECT, Level.ADMIN, column, PROJECT_ADMIN)


def _tool_admin(tool: str, column: ColumnElement[int]) -> Rule:
    """Level Admin on a tool of the project."""
    return _permission(
        level(column, Level.ADMIN),
        f"This takes level Admin on the project's {tool} tool.",
        f"Ask {PROJECT_ADMIN} for level Admin on the {tool} tool.",
        _project_level(tool, column),
    )


ERP_STANDARD = _permission(
    erp_standard,
    "This takes level Standard on ERP Integrations.",
    f"Ask {DIRECTORY_ADMIN} for level Standard on ERP Integrations.",
    _company_level("ERP Integrations", viewer.erp_level, Level.STANDARD, DIRECTORY_ADMIN),
)
ERP_ADMIN = _permission(
    erp_admin,
    "This takes level Admin on ERP Integrations.",
    f"Ask {DIRECTORY_ADMIN} for level Admin on ERP Integrations.",
    _company_level("ERP Integrations", viewer.erp_level, Level.ADMIN, DIRECTORY_ADMIN),
)
PUSH_PRIVILEGE = _permission(
    viewer.can_push_to_accounting,
    "This takes the privilege 'Can Push to Accounting'.",
    f"Ask {DIRECTORY_ADMIN} who has the privilege to grant it.",
    Grant("Can Push to Accounting", Scope.COMPANY, None, None, f"{DIRECTORY_ADMIN} who has the privilege"),
)
APPROVER = (ERP_STANDARD, PUSH_PRIVILEGE)
COST_SYNC = _permission(
    or_(erp_admin, approver),
    "This takes level Admin on ERP Integrations, or an accounting approver.",
    f"Ask {DIRECTORY_ADMIN} for level Admin on ERP Integrations, or to be made an accounting approver.",
    _company_level("ERP Integrations", viewer.erp_level, Level.ADMIN, DIRECTORY_ADMIN),
)
COMPANY_ADMIN = _permission(
    level(viewer.admin_level, Level.ADMIN),
    "This takes level Admin on the company's Admin tool.",
    f"Ask {DIRECTORY_ADMIN} for level Admin on the company's Admin tool.",
    _company_level("Company Admin", viewer.admin_level, Level.ADMIN, DIRECTORY_ADMIN),
)
DIRECTORY_ADMIN_ONLY = _permission(
    directory_admin,
    "This takes level Admin on the company Directory.",
    f"Ask {DIRECTORY_ADMIN} for level Admin on the Directory.",
    _company_level("Directory", viewer.directory_level, Level.ADMIN, DIRECTORY_ADMIN),
)
RETRIEVE_COMPANY = _permission(
    or_(directory_admin, erp_admin),
    "This takes level Admin on the company Directory or on ERP Integrations.",
    f"Ask {DIRECTORY_ADMIN} for level Admin on the Directory.",
    _company_level("Directory", viewer.directory_level, Level.ADMIN, DIRECTORY_ADMIN),
)
LINK_COMPANY = _permission(
    or_(erp_admin, and_(erp_standard, directory_admin)),
    "Linking companies takes Admin on ERP Integrations, or Standard there with Admin on the company Directory.",
    f"Ask {DIRECTORY_ADMIN} for level Admin on ERP Integrations or on the Directory.",
    _company_level("ERP Integrations", viewer.erp_level, Level.ADMIN, DIRECTORY_ADMIN),
)
MAKE_PROJECT = _permission(
    and_(
        erp_standard,
        or_(
            directory_admin, func.coalesce(literal("create_new_project") == func.any(viewer.granular), False)
        ),
    ),
    "This takes Standard on ERP Integrations, with Admin on the Directory or the privilege to create projects.",
    f"Ask {DIRECTORY_ADMIN} for the privilege to create projects.",
    _company_level("ERP Integrations", viewer.erp_level, Level.STANDARD, DIRECTORY_ADMIN),
)
# Who sees the company's list of sub jobs; whoever is on a project sees its own.
sees_sub_jobs = and_(
    erp_standard,
    or_(
        directory_admin,
        and_(
            level(viewer.directory_level, Level.STANDARD),
            func.coalesce(literal("create_new_project") == func.any(viewer.granular), False),
        ),
    ),
)
PROJECT_ADMIN_ONLY = _tool_admin("Admin", project.admin_level)
REFRESH_PROJECT = _permission(
    or_(project_admin, erp_admin),
    "Refreshing a project's cost codes takes level Admin on the project's Admin tool or on ERP Integrations.",
    f"Ask {PROJECT_ADMIN} for level Admin on the project.",
    _project_level("Project Admin", project.admin_level),
)
COMMITMENTS_ADMIN = _tool_admin("Commitments", project.commitments_level)
EDIT_COMMITMENT = _permission(
    or_(
        level(project.commitments_level, Level.ADMIN),
        and_(
            level(project.commitments_level, Level.READ_ONLY),
            or_(granular("Update Purchase Order Contract"), granular("Update Work Order Contract")),
        ),
    ),
    "This takes level Admin on the project's Commitments tool, or the permission to update such contracts.",
    f"Ask {PROJECT_ADMIN} for level Admin on Commitments.",
    _project_level("Commitments", project.commitments_level),
)
PRIME_CONTRACTS_ADMIN = _tool_admin("Prime Contracts", project.prime_contracts_level)
RETRIEVE_CHANGE_ORDER = _permission(
    or_(level(project.commitments_level, Level.ADMIN), level(project.change_orders_level, Level.ADMIN)),
    "This takes level Admin on the project's Commitments or Change Orders tool.",
    f"Ask {PROJECT_ADMIN} for level Admin on Commitments.",
    _project_level("Commitments", project.commitments_level),
)
# What was sent before is sent again by whoever may send commitments.
SEND_CHANGE_ORDER = _permission(
    or_(
        level(project.change_orders_level, Level.ADMIN),
        table_of(Link).c.state.in_([LinkState.REJECTED.value, LinkState.RETRIEVED.value]),
    ),
    "This takes level Admin on the project's Change Orders tool.",
    f"Ask {PROJECT_ADMIN} for level Admin on Change Orders.",
    _project_level("Change Orders", project.change_orders_level),
)
BUDGET_ADMIN = _tool_admin("Budget", project.budget_level)
SEND_BUDGET = _permission(
    or_(
        level(project.budget_level, Level.ADMIN),
        and_(level(project.budget_level, Level.READ_ONLY), granular("Send and Retrieve Budgets from ERP")),
    ),
    "This takes level Admin on the project's Budget tool, or the permission 'Send and Retrieve Budgets from ERP'.",
    f"Ask {PROJECT_ADMIN} for level Admin on Budget.",
    _project_level("Budget", project.budget_level),
)
reader = or_(viewer.is_bulk_reader, level(viewer.erp_level, Level.READ_ONLY))
