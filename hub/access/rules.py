"""Every permission rule of the hub, per object and action, and who may see which rows.

Source: the permission matrix of the project tool's ERP Integrations tool, and its tutorials where they are newer."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from db.jobs import Job
from db.lease import OPEN
from db.links import Conflict, Link
from db.people import Member, ProjectMember
from hub.codes import ErrorCode as Code
from hub.core.action import Action
from hub.core.level import Level
from hub.core.link import Event, LinkState, sources
from hub.core.rule import Grant, Rule, RuleKind, Scope
from hub.core.spec import ErpObject, table_of
from hub.objects import COMMITMENT, COMPANY, COST_CODE, COST_TYPE, PROJECT
from hub.objects.commitment import Commitment
from hub.objects.commitment_prerequisites import SEND_PREREQUISITES
from hub.objects.company import Company
from hub.objects.project import Project

_viewer = table_of(Member).c
_project = table_of(ProjectMember).c
_link = table_of(Link).c
_its_link = table_of(Link).alias("commitment_link")

DIRECTORY_ADMIN = "a company Directory administrator"
PROJECT_ADMIN = "a project administrator"


# --- what a person holds ---------------------------------------------------------------------------------------------


def _level(column: ColumnElement[int], needed: Level) -> ColumnElement[bool]:
    return func.coalesce(column, 0) >= int(needed)


erp_standard = _level(_viewer.erp_level, Level.STANDARD)
erp_admin = _level(_viewer.erp_level, Level.ADMIN)
approver = and_(erp_standard, _viewer.can_push_to_accounting)
directory_admin = _level(_viewer.directory_level, Level.ADMIN)
commitments_admin = _level(_project.commitments_level, Level.ADMIN)
project_admin = _level(_project.admin_level, Level.ADMIN)


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


ERP_STANDARD = _permission(
    erp_standard,
    "This takes level Standard on ERP Integrations.",
    f"Ask {DIRECTORY_ADMIN} for level Standard on ERP Integrations.",
    _company_level("ERP Integrations", _viewer.erp_level, Level.STANDARD, DIRECTORY_ADMIN),
)
ERP_ADMIN_ONLY = _permission(
    erp_admin,
    "This takes level Admin on ERP Integrations.",
    f"Ask {DIRECTORY_ADMIN} for level Admin on ERP Integrations.",
    _company_level("ERP Integrations", _viewer.erp_level, Level.ADMIN, DIRECTORY_ADMIN),
)
PUSH_PRIVILEGE = _permission(
    _viewer.can_push_to_accounting,
    "This takes the privilege 'Can Push to Accounting'.",
    f"Ask {DIRECTORY_ADMIN} who has the privilege to grant it.",
    Grant("Can Push to Accounting", Scope.COMPANY, None, None, f"{DIRECTORY_ADMIN} who has the privilege"),
)
APPROVER = (ERP_STANDARD, PUSH_PRIVILEGE)
COMMITMENTS_ADMIN = _permission(
    commitments_admin,
    "This takes level Admin on the project's Commitments tool.",
    f"Ask {PROJECT_ADMIN} for level Admin on Commitments.",
    Grant("Commitments", Scope.PROJECT, Level.ADMIN, _project.commitments_level, PROJECT_ADMIN),
)
LINK_COMPANY = _permission(
    or_(erp_admin, and_(erp_standard, directory_admin)),
    "Linking companies takes Admin on ERP Integrations, or Standard there with Admin on the company Directory.",
    f"Ask {DIRECTORY_ADMIN} for level Admin on ERP Integrations or on the Directory.",
    _company_level("ERP Integrations", _viewer.erp_level, Level.ADMIN, DIRECTORY_ADMIN),
)
REFRESH_PROJECT = _permission(
    or_(project_admin, erp_admin),
    "Refreshing a project's cost codes takes level Admin on the project's Admin tool or on ERP Integrations.",
    f"Ask {PROJECT_ADMIN} for level Admin on the project.",
    Grant("Project Admin", Scope.PROJECT, Level.ADMIN, _project.admin_level, PROJECT_ADMIN),
)


# --- where an item stands --------------------------------------------------------------------------------------------

_STATE_REMEDY: Mapping[Event, str] = {
    Event.SEND: "An item can be sent when it was never sent, or was rejected, retrieved or unlinked.",
    Event.RETRIEVE: "An item can be retrieved only while it waits for an answer.",
    Event.ACCEPT: "An item can be accepted while it is ready to export, or again after it failed.",
    Event.REJECT: "An item can be rejected while it is ready to export, or after it failed.",
    Event.UNLINK: "Only an item that is synced or linked can be unlinked.",
}
_ONLY_NEW = "Only a record that the ERP alone knows, and that nobody has put aside, can be linked or added."
_ONLY_LINKED = "Only a project that is linked to a job of the ERP can be refreshed."


def _open(event: Event, *, states: tuple[LinkState, ...] | None = None, remedy: str | None = None) -> Rule:
    allowed = [state.value for state in (states or sources(event))]
    return Rule(
        code=Code.WRONG_STATE,
        kind=RuleKind.STATE,
        holds=_link.state.in_(allowed),
        message=func.concat("The item is ", _link.state, "."),
        remedy=remedy or _STATE_REMEDY[event],
        field="linkState",
    )


def _only_in_erp(record: type[Company] | type[Project], what: str) -> Rule:
    return Rule(
        code=Code.ALREADY_LINKED,
        kind=RuleKind.STATE,
        holds=table_of(record).c.origin_id.is_(None),
        message=f"The {what} is known to the project tool already.",
        remedy="Give the record that the ERP alone knows; the one of the project tool is its target.",
    )


_company = table_of(Company).c
_job = table_of(Job).c
NOT_BEING_ADDED = Rule(
    code=Code.WRONG_STATE,
    kind=RuleKind.STATE,
    holds=~exists(
        select(1).where(
            _job.account_id == _company.account_id,
            _job.object_id == _company.id,
            _job.state.in_([state.value for state in OPEN]),
        )
    ),
    message="It is being added to the project tool.",
    remedy="Wait until that run has ended: the vendor is a company of the directory then.",
    field="id",
)

_commitment = table_of(Commitment).c
_synced_commitments = (
    select(func.string_agg(_commitment.number, ", "))
    .select_from(
        table_of(Commitment).join(
            _its_link,
            and_(_its_link.c.account_id == _commitment.account_id, _its_link.c.object_id == _commitment.id),
        )
    )
    .where(
        _commitment.account_id == table_of(Company).c.account_id,
        _commitment.company_id == table_of(Company).c.id,
        _its_link.c.state.in_([LinkState.SYNCED.value, LinkState.EXPORTING.value, LinkState.IN_DOUBT.value]),
    )
    .scalar_subquery()
)
NO_SYNCED_COMMITMENTS = Rule(
    code=Code.COMPANY_HAS_SYNCED_COMMITMENTS,
    kind=RuleKind.PREREQUISITE,
    holds=_synced_commitments.is_(None),
    message=func.concat("Commitments of this company are in the ERP: ", _synced_commitments, "."),
    remedy="Unlink these commitments first.",
)


_conflict = table_of(Conflict).c
NO_OPEN_CONFLICT = Rule(
    code=Code.CONTENT_CHANGED,
    kind=RuleKind.PREREQUISITE,
    holds=~exists(
        select(1).where(
            _conflict.account_id == _commitment.account_id,
            _conflict.object_id == _commitment.id,
            _conflict.resolved_at.is_(None),
        )
    ),
    message="The project tool has changed fields that were locked when the item was sent.",
    remedy="Look at `conflicts`; reject the item so that the changes can be taken over.",
)


# --- the table -------------------------------------------------------------------------------------------------------

RULES: Mapping[str, Mapping[Action, tuple[Rule, ...]]] = {
    COMMITMENT.name: {
        Action.SEND: (COMMITMENTS_ADMIN, _open(Event.SEND), *SEND_PREREQUISITES),
        Action.RETRIEVE: (COMMITMENTS_ADMIN, _open(Event.RETRIEVE)),
        Action.ACCEPT: (*APPROVER, _open(Event.ACCEPT), NO_OPEN_CONFLICT, *SEND_PREREQUISITES),
        Action.REJECT: (*APPROVER, _open(Event.REJECT)),
        Action.UNLINK: (*APPROVER, COMMITMENTS_ADMIN, _open(Event.UNLINK)),
    },
    COMPANY.name: {
        Action.LINK: (
            LINK_COMPANY,
            _open(Event.LINK, states=(LinkState.READY_TO_IMPORT,), remedy=_ONLY_NEW),
            _only_in_erp(Company, "company"),
            NOT_BEING_ADDED,
        ),
        Action.ADD: (
            ERP_STANDARD,
            _open(Event.LINK, states=(LinkState.READY_TO_IMPORT,), remedy=_ONLY_NEW),
            _only_in_erp(Company, "company"),
        ),
        Action.UNLINK: (ERP_STANDARD, _open(Event.UNLINK), NO_SYNCED_COMMITMENTS),
    },
    PROJECT.name: {
        Action.ADD: (
            ERP_ADMIN_ONLY,
            _open(Event.LINK, states=(LinkState.READY_TO_IMPORT,), remedy=_ONLY_NEW),
            _only_in_erp(Project, "job"),
        ),
        Action.REFRESH: (REFRESH_PROJECT, _open(Event.UNLINK, remedy=_ONLY_LINKED)),
    },
    COST_CODE.name: {},
    COST_TYPE.name: {},
}

# Importing for the whole account: the company list and all else that is refreshed.
IMPORT_RULES: tuple[Rule, ...] = (ERP_ADMIN_ONLY,)


# --- who may see what ------------------------------------------------------------------------------------------------

_reader = or_(_viewer.is_bulk_reader, _level(_viewer.erp_level, Level.READ_ONLY))
VISIBLE: Mapping[str, ColumnElement[bool]] = {
    COMMITMENT.name: or_(_reader, _level(_project.commitments_level, Level.READ_ONLY)),
    COMPANY.name: or_(_reader, _level(_viewer.directory_level, Level.READ_ONLY)),
    PROJECT.name: or_(_reader, _project.member_id.is_not(None)),
    COST_CODE.name: _viewer.is_active,
    COST_TYPE.name: _viewer.is_active,
}


def rules_of(spec: ErpObject, action: Action) -> tuple[Rule, ...] | None:
    """The rules of an action on an object, or None where the object has no such action."""
    return RULES[spec.name].get(action)
