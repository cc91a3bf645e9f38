"""What must be true of a commitment before it may be sent to the ERP.

Source: the project tool's page on sending a commitment to ERP Integrations, edition for this ERP; limits are flags of the connection."""

from sqlalchemy import ColumnElement, and_, func, or_, select

from hub.codes import ErrorCode as Code
from hub.core.expression import flag, one_of_flag, word
from hub.core.rule import Rule
from hub.core.spec import table_of
from hub.objects.commitment import COMMITMENT, Commitment, CommitmentKind, CommitmentStatus
from hub.objects.prerequisites import conditions

_commitment = table_of(Commitment).c
_line = conditions.lines_of(COMMITMENT).table.c


def _takes_purchase_orders() -> ColumnElement[bool]:
    """As themselves or as subcontracts, always or with the module that a site may lack."""
    mode = func.coalesce(word("po_mode"), "by_module")
    return or_(mode.in_(["native", "as_subcontract"]), and_(mode == "by_module", flag("po_module")))


def _cost_types() -> ColumnElement[int]:
    return (
        select(func.count(_line.cost_type_id.distinct()))
        .where(conditions.own_lines(COMMITMENT))
        .scalar_subquery()
    )


SEND_PREREQUISITES: tuple[Rule, ...] = (
    conditions.taken(COMMITMENT),
    conditions.unable(
        or_(_commitment.kind != CommitmentKind.PURCHASE_ORDER.value, _takes_purchase_orders()),
        "The ERP has no purchase order module, so a purchase order cannot be exported.",
        "Enter it in the project tool as a subcontract.",
        "kind",
    ),
    conditions.alive(COMMITMENT),
    conditions.tool_active(COMMITMENT, "commitments"),
    conditions.project_linked(COMMITMENT),
    *conditions.company_linked(COMMITMENT),
    conditions.need(
        Code.STATUS_NOT_SENDABLE,
        one_of_flag(
            "sendable_statuses",
            _commitment.kind,
            _commitment.status,
            _commitment.status == CommitmentStatus.APPROVED.value,
        ),
        func.concat("Status ", _commitment.status, " cannot be sent."),
        "Set the status to Approved or Complete in the project tool (a purchase order: Approved), then import commitments.",
        "status",
    ),
    conditions.workflow_ended(COMMITMENT),
    conditions.present(COMMITMENT, Code.TITLE_MISSING, "title", "title"),
    conditions.fits(COMMITMENT, Code.TITLE_TOO_LONG, "title", "title", "commitment_title_max"),
    conditions.present(COMMITMENT, Code.NUMBER_MISSING, "number", "contract number"),
    conditions.fits(COMMITMENT, Code.NUMBER_TOO_LONG, "number", "number", "commitment_number_max"),
    conditions.need(
        Code.CONTRACT_DATE_MISSING,
        or_(_commitment.contract_date.is_not(None), _commitment.origin_created_at.is_not(None)),
        "It has no contract date, and when it was made is not known.",
        "Enter the contract date in the project tool, then import commitments.",
        "contractDate",
    ),
    conditions.need(
        Code.START_DATE_MISSING,
        or_(_commitment.start_date.is_not(None), ~flag("start_date_required")),
        "It has no start date; the ERP requires one.",
        "Enter the contract start date in the project tool, then import commitments.",
        "startDate",
    ),
    conditions.need(
        Code.RETAINAGE_OUT_OF_RANGE,
        func.coalesce(_commitment.retainage_percent.between(0, 100), True),
        "Default retainage must lie between 0 and 100 percent.",
        "Correct the default retainage in the project tool, then import commitments.",
        "retainagePercent",
    ),
    conditions.has_amounts(COMMITMENT, "The schedule of values"),
    conditions.need(
        Code.MIXED_COST_TYPES,
        or_(~flag("commitment_uniform_cost_type"), _cost_types() <= 1),
        "Its lines stand on several cost types; this ERP takes one for all lines of a commitment.",
        "Put all lines on one cost type in the project tool, or make a commitment for each, then import commitments.",
        "lines",
    ),
    conditions.off_segments(COMMITMENT),
    conditions.lines_on_codes(COMMITMENT),
    conditions.sums_up(COMMITMENT, "original_amount"),
)
