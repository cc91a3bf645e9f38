"""What may be done to each object, by which rules, and who may see which rows.

Source: the permission matrix of the project tool's ERP Integrations tool, and its tutorials where they are newer."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, or_

from hub.access import parties, rights
from hub.access.costs import COST_IS_EDITABLE, PAYMENT_IS_EDITABLE, not_in_erp
from hub.access.in_tool import IN_TOOL
from hub.access.rights import APPROVER, level, project, reader, viewer
from hub.access.standing import (
    NEW,
    ONLY_LINKED,
    SEND_AGAIN,
    idle,
    no_open_conflict,
    nothing_hangs_on,
    only_in_erp,
    open_for,
    unless_waiting,
)
from hub.codes import ErrorCode as Code
from hub.core.action import Action
from hub.core.level import Level
from hub.core.link import Event, sources
from hub.core.rule import Rule
from hub.core.spec import ErpObject
from hub.objects import (
    BUDGET,
    BUDGET_CHANGE,
    COMMITMENT,
    COMMITMENT_CHANGE_ORDER,
    COMPANY,
    COST_CODE,
    COST_TYPE,
    DIRECT_COST,
    OWNER_INVOICE,
    PAYMENT,
    PRIME_CONTRACT,
    PRIME_CONTRACT_CHANGE_ORDER,
    PROJECT,
    PROJECT_TEMPLATE,
    SUB_JOB,
    SUBCONTRACTOR_INVOICE,
)
from hub.objects.prerequisites import (
    budget,
    budget_change,
    commitment,
    commitment_change_order,
    company,
    cost_code,
    owner_invoice,
    prime_contract,
    prime_contract_change_order,
    sub_job,
    subcontractor_invoice,
)
from hub.objects.prerequisites import project as project_needs
from hub.objects.prerequisites.conditions import given, project_linked, taken, tool_active

Rules = tuple[Rule, ...]


def _exported(
    spec: ErpObject, send: Rules, needs: Rules, *, retrieve: Rules | None = None
) -> dict[Action, Rules]:
    """The life of an exported item but for its unlinking: `send` are the rights of whoever sends it, `needs` its prerequisites."""
    return {
        Action.SEND: (*send, open_for(Event.SEND), *needs),
        Action.RETRIEVE: (*(retrieve or send), open_for(Event.RETRIEVE)),
        Action.ACCEPT: (*APPROVER, open_for(Event.ACCEPT), no_open_conflict(spec), *needs),
        Action.REJECT: (*APPROVER, open_for(Event.REJECT)),
    }


def _gated(
    spec: ErpObject, send: Rules, needs: Rules, *, retrieve: Rules | None = None
) -> dict[Action, Rules]:
    """As `_exported`, of an object that many ERPs do not have: the ERP comes before everything else. `needs` begin with it.

    What waits when an ERP stops taking it can still be taken back."""
    life, able = _exported(spec, send, needs[1:], retrieve=retrieve), needs[0]
    back = unless_waiting(able)
    return {
        Action.SEND: (able, *life[Action.SEND]),
        Action.RETRIEVE: (back, *life[Action.RETRIEVE]),
        Action.ACCEPT: (able, *life[Action.ACCEPT]),
        Action.REJECT: (back, *life[Action.REJECT]),
    }


_COST_CODES = _gated(COST_CODE, (rights.COMPANY_ADMIN,), cost_code.SEND_PREREQUISITES)
# A record that a job is making in the project tool is left alone until that run has ended.
_NOT_ON_ITS_WAY = {
    COMPANY.name: idle(
        COMPANY,
        "It is being added to the project tool.",
        "Wait until that run has ended: the vendor is a company of the directory then.",
    ),
    PROJECT.name: idle(
        PROJECT,
        "It is being added to the project tool.",
        "Wait until that run has ended: the job is a project then.",
    ),
}

_IN_HUB: Mapping[str, Mapping[Action, Rules]] = {
    COST_TYPE.name: {},
    COST_CODE.name: {
        **_COST_CODES,
        Action.REJECT: (*_COST_CODES[Action.REJECT], cost_code.ALL_TOGETHER),
        Action.REJECT_ALL: _COST_CODES[Action.REJECT],
        Action.DELETE: cost_code.DELETE_RULES,
        Action.ASSIGN: (rights.ERP_STANDARD,),
    },
    COMPANY.name: {
        **_gated(
            COMPANY,
            (rights.DIRECTORY_ADMIN_ONLY,),
            company.SEND_PREREQUISITES,
            retrieve=(rights.RETRIEVE_COMPANY,),
        ),
        Action.LINK: (
            rights.LINK_COMPANY,
            NEW,
            only_in_erp(COMPANY, "company"),
            parties.NOT_GONE,
            _NOT_ON_ITS_WAY[COMPANY.name],
        ),
        Action.ADD: (
            rights.ERP_STANDARD,
            NEW,
            only_in_erp(COMPANY, "company"),
            parties.NOT_GONE,
            parties.VENDOR_ID_FITS,
            parties.NOT_SIMILAR,
        ),
        Action.ARCHIVE: (rights.ERP_STANDARD, *parties.put_aside(), _NOT_ON_ITS_WAY[COMPANY.name]),
        Action.RESTORE: (rights.ERP_STANDARD, open_for(Event.RESTORE)),
        Action.UNLINK: (
            rights.ERP_STANDARD,
            open_for(Event.UNLINK),
            nothing_hangs_on(
                COMPANY, Code.COMPANY_HAS_SYNCED_COMMITMENTS, (COMMITMENT, "company_id", "number")
            ),
        ),
    },
    PROJECT_TEMPLATE.name: {},
    PROJECT.name: {
        **_gated(PROJECT, (rights.PROJECT_ADMIN_ONLY,), project_needs.SEND_PREREQUISITES),
        Action.LINK: (
            rights.ERP_ADMIN,
            NEW,
            only_in_erp(PROJECT, "job"),
            parties.NOT_GONE,
            _NOT_ON_ITS_WAY[PROJECT.name],
        ),
        Action.ADD: (
            rights.ERP_ADMIN,
            NEW,
            only_in_erp(PROJECT, "job"),
            parties.NOT_GONE,
            parties.PROJECT_LIMIT,
        ),
        Action.REFRESH: (
            rights.REFRESH_PROJECT,
            open_for(Event.UNLINK, remedy=ONLY_LINKED),
            parties.NOT_GONE,
        ),
        Action.ARCHIVE: (rights.ERP_STANDARD, *parties.put_aside(), _NOT_ON_ITS_WAY[PROJECT.name]),
        Action.RESTORE: (rights.ERP_STANDARD, open_for(Event.RESTORE)),
        Action.UNLINK: (
            rights.ERP_STANDARD,
            open_for(Event.UNLINK),
            nothing_hangs_on(
                PROJECT,
                Code.PROJECT_HAS_SYNCED_ITEMS,
                (BUDGET, "project_id", None),
                (BUDGET_CHANGE, "project_id", "number"),
                (PRIME_CONTRACT, "project_id", "number"),
                (COMMITMENT, "project_id", "number"),
            ),
        ),
        Action.SYNC_COSTS: (rights.PROJECT_ADMIN_ONLY,),
    },
    SUB_JOB.name: {
        **_gated(SUB_JOB, (rights.PROJECT_ADMIN_ONLY,), sub_job.SEND_PREREQUISITES),
        Action.ADD: (
            given(SUB_JOB),
            sub_job.DIVIDES,
            rights.MAKE_PROJECT,
            NEW,
            only_in_erp(SUB_JOB, "sub job"),
            parties.NOT_GONE,
            project_linked(SUB_JOB),
        ),
    },
    BUDGET.name: {
        **_exported(BUDGET, (rights.SEND_BUDGET,), budget.SEND_PREREQUISITES),
        # Once it is in the ERP it is sent again with what has changed.
        Action.SEND: (
            rights.SEND_BUDGET,
            open_for(Event.SEND, states=(*sources(Event.SEND), *sources(Event.REVISE)), remedy=SEND_AGAIN),
            *budget.SEND_PREREQUISITES,
        ),
        Action.UNLINK: (
            *APPROVER,
            rights.BUDGET_ADMIN,
            open_for(Event.UNLINK),
            nothing_hangs_on(
                BUDGET, Code.BUDGET_HAS_CHANGES, (BUDGET_CHANGE, "project_id", "title"), by="project_id"
            ),
        ),
        Action.IMPORT: (
            rights.ERP_STANDARD,
            *budget.IMPORT_PREREQUISITES,
            idle(BUDGET, "It is being imported or exported.", "Wait until that run has ended."),
        ),
    },
    BUDGET_CHANGE.name: {
        **_exported(BUDGET_CHANGE, (rights.SEND_BUDGET,), budget_change.SEND_PREREQUISITES),
        Action.UNLINK: (*APPROVER, rights.BUDGET_ADMIN, open_for(Event.UNLINK)),
    },
    PRIME_CONTRACT.name: {
        **_gated(PRIME_CONTRACT, (rights.PRIME_CONTRACTS_ADMIN,), prime_contract.SEND_PREREQUISITES),
        Action.ADD: (
            given(PRIME_CONTRACT),
            rights.ERP_STANDARD,
            NEW,
            only_in_erp(PRIME_CONTRACT, "prime contract"),
            parties.NOT_GONE,
            tool_active(PRIME_CONTRACT, "prime_contracts"),
            project_linked(PRIME_CONTRACT),
        ),
        Action.IMPORT: (rights.ERP_STANDARD, parties.NOT_GONE, *prime_contract.AGAIN),
        Action.REFRESH: (
            rights.ERP_ADMIN,
            rights.PRIME_CONTRACTS_ADMIN,
            parties.NOT_GONE,
            *prime_contract.AGAIN,
        ),
    },
    PRIME_CONTRACT_CHANGE_ORDER.name: {
        **_gated(
            PRIME_CONTRACT_CHANGE_ORDER,
            (rights.PRIME_CONTRACTS_ADMIN,),
            prime_contract_change_order.SEND_PREREQUISITES,
        ),
        Action.UNLINK: (
            taken(PRIME_CONTRACT_CHANGE_ORDER),
            *APPROVER,
            rights.PRIME_CONTRACTS_ADMIN,
            open_for(Event.UNLINK),
        ),
    },
    OWNER_INVOICE.name: {
        **_gated(OWNER_INVOICE, (rights.PRIME_CONTRACTS_ADMIN,), owner_invoice.SEND_PREREQUISITES),
        Action.UNLINK: (
            taken(OWNER_INVOICE),
            *APPROVER,
            rights.PRIME_CONTRACTS_ADMIN,
            open_for(Event.UNLINK),
        ),
    },
    COMMITMENT.name: {
        **_exported(COMMITMENT, (rights.COMMITMENTS_ADMIN,), commitment.SEND_PREREQUISITES),
        Action.UNLINK: (
            *APPROVER,
            rights.COMMITMENTS_ADMIN,
            open_for(Event.UNLINK),
            nothing_hangs_on(
                COMMITMENT,
                Code.COMMITMENT_HAS_SYNCED_ITEMS,
                (COMMITMENT_CHANGE_ORDER, "commitment_id", "number"),
                (SUBCONTRACTOR_INVOICE, "commitment_id", "invoice_number"),
            ),
        ),
    },
    COMMITMENT_CHANGE_ORDER.name: {
        **_exported(
            COMMITMENT_CHANGE_ORDER,
            (rights.COMMITMENTS_ADMIN, rights.SEND_CHANGE_ORDER),
            commitment_change_order.SEND_PREREQUISITES,
            retrieve=(rights.RETRIEVE_CHANGE_ORDER,),
        ),
        Action.UNLINK: (*APPROVER, rights.COMMITMENTS_ADMIN, open_for(Event.UNLINK)),
    },
    SUBCONTRACTOR_INVOICE.name: {
        **_exported(
            SUBCONTRACTOR_INVOICE,
            (rights.COMMITMENTS_ADMIN,),
            subcontractor_invoice.SEND_PREREQUISITES,
        ),
        Action.UNLINK: (*APPROVER, rights.COMMITMENTS_ADMIN, open_for(Event.UNLINK)),
    },
    PAYMENT.name: {
        Action.EDIT: (PAYMENT_IS_EDITABLE,),
        Action.DELETE: (not_in_erp("payment", PAYMENT.table.c.is_void),),
    },
    DIRECT_COST.name: {
        Action.EDIT: (COST_IS_EDITABLE,),
        Action.DELETE: (not_in_erp("cost", DIRECT_COST.table.c.status == "DRAFT"),),
    },
}

# With what people do in the project tool.
RULES: Mapping[str, Mapping[Action, Rules]] = {
    name: {**actions, **IN_TOOL.get(name, {})} for name, actions in _IN_HUB.items()
}

# Importing for the whole account: the company list and all else that is refreshed.
IMPORT_RULES: Rules = (rights.ERP_ADMIN,)
# Importing what was spent, on demand.
COST_IMPORT_RULES: Rules = (rights.COST_SYNC,)


def _with(column: ColumnElement[int]) -> ColumnElement[bool]:
    """Seen by who may read the ERP side, or the tool of origin on the project."""
    return or_(reader, level(column, Level.READ_ONLY))


VISIBLE: Mapping[str, ColumnElement[bool]] = {
    COST_TYPE.name: viewer.is_active,
    COST_CODE.name: viewer.is_active,
    COMPANY.name: and_(_with(viewer.directory_level), parties.archived_is_seen(COMPANY)),
    PROJECT_TEMPLATE.name: viewer.is_active,
    PROJECT.name: or_(reader, project.member_id.is_not(None)),
    SUB_JOB.name: or_(viewer.is_bulk_reader, rights.sees_sub_jobs, project.member_id.is_not(None)),
    BUDGET.name: _with(project.budget_level),
    BUDGET_CHANGE.name: _with(project.budget_level),
    PRIME_CONTRACT.name: _with(project.prime_contracts_level),
    PRIME_CONTRACT_CHANGE_ORDER.name: _with(project.prime_contracts_level),
    OWNER_INVOICE.name: _with(project.prime_contracts_level),
    COMMITMENT.name: _with(project.commitments_level),
    COMMITMENT_CHANGE_ORDER.name: or_(
        _with(project.commitments_level), level(project.change_orders_level, Level.READ_ONLY)
    ),
    SUBCONTRACTOR_INVOICE.name: _with(project.commitments_level),
    PAYMENT.name: _with(project.commitments_level),
    DIRECT_COST.name: _with(project.direct_costs_level),
}

# Who may name a record in an action where that is more than those whom lists show it to: restoring a company takes level
# Standard on ERP Integrations, seeing the archived ones takes an approver.
REACHABLE: Mapping[str, ColumnElement[bool]] = {**VISIBLE, COMPANY.name: _with(viewer.directory_level)}


def rules_of(spec: ErpObject, action: Action) -> Rules | None:
    """The rules of an action on an object, or None where the object has no such action."""
    return RULES[spec.name].get(action)
