"""What must be true of a commitment before it may be sent to the ERP.

Source: the project tool's page on sending a commitment to ERP Integrations, edition for this ERP; limits are flags of the connection."""

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select

from db.links import Link
from hub.codes import ErrorCode as Code
from hub.core.expression import flag, limit, one_of_flag
from hub.core.link import LinkState
from hub.core.rule import Rule, RuleKind
from hub.core.spec import table_of
from hub.objects.commitment import Commitment, CommitmentKind, CommitmentLine
from hub.objects.project import ProjectCostCode

_commitment = table_of(Commitment).c
_line = table_of(CommitmentLine).c
_on_project = table_of(ProjectCostCode).c
_other = table_of(Link).alias("other_link").c


def _linked(item: ColumnElement[object]) -> ColumnElement[bool]:
    return exists(
        select(1).where(
            _other.account_id == _commitment.account_id,
            _other.object_id == item,
            _other.state == LinkState.LINKED.value,
            _other.external_id.is_not(None),
        )
    )


_vendor_id: ColumnElement[str] = (
    select(_other.external_id)
    .where(
        _other.account_id == _commitment.account_id,
        _other.object_id == _commitment.company_id,
        _other.state == LinkState.LINKED.value,
    )
    .scalar_subquery()
)


def _lines(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    own = and_(_line.account_id == _commitment.account_id, _line.commitment_id == _commitment.id)
    return exists(select(1).where(own, *conditions))


_booked_on_job = exists(
    select(1)
    .where(
        _on_project.account_id == _line.account_id,
        _on_project.project_id == _commitment.project_id,
        _on_project.cost_code_id == _line.cost_code_id,
        _on_project.cost_type_id == _line.cost_type_id,
        _on_project.in_erp,
    )
    .correlate_except(table_of(ProjectCostCode))
)
_off_code = or_(_line.cost_code_id.is_(None), _line.cost_type_id.is_(None), ~_booked_on_job)
_lines_off_code: ColumnElement[str] = (
    select(
        func.string_agg(
            func.concat(_line.line_number, " (", func.coalesce(_line.cost_code_text, "no code"), ")"),
            literal(", "),
        )
    )
    .where(_line.account_id == _commitment.account_id, _line.commitment_id == _commitment.id, _off_code)
    .scalar_subquery()
)
_line_sum: ColumnElement[object] = (
    select(func.coalesce(func.sum(_line.amount), 0))
    .where(_line.account_id == _commitment.account_id, _line.commitment_id == _commitment.id)
    .scalar_subquery()
)
_title_length: ColumnElement[int] = func.char_length(_commitment.title)
_number_length: ColumnElement[int] = func.char_length(_commitment.number)
_is_purchase_order = _commitment.kind == CommitmentKind.PURCHASE_ORDER.value


def _need(
    code: Code,
    holds: ColumnElement[bool],
    message: str | ColumnElement[str],
    remedy: str,
    field: str | None = None,
) -> Rule:
    return Rule(
        code=code, kind=RuleKind.PREREQUISITE, holds=holds, message=message, remedy=remedy, field=field
    )


SEND_PREREQUISITES: tuple[Rule, ...] = (
    Rule(
        code=Code.CAPABILITY_NOT_SUPPORTED,
        kind=RuleKind.CAPABILITY,
        holds=or_(~_is_purchase_order, flag("po_module")),
        message="The ERP has no purchase order module, so a purchase order cannot be exported.",
        remedy="Enter it in the project tool as a subcontract.",
        field="kind",
    ),
    _need(
        Code.DELETED_AT_ORIGIN,
        _commitment.origin_deleted_at.is_(None),
        "The commitment was deleted in the project tool.",
        "Restore it there, then import commitments.",
    ),
    _need(
        Code.PROJECT_NOT_LINKED,
        _linked(_commitment.project_id),
        "Its project is not linked to a job of the ERP.",
        "Link or add the project's job first.",
        "project",
    ),
    _need(
        Code.VENDOR_MISSING,
        _commitment.company_id.is_not(None),
        "It has no contract company.",
        "Choose the contract company in the project tool, then import commitments.",
        "company",
    ),
    _need(
        Code.VENDOR_NOT_LINKED,
        or_(_commitment.company_id.is_(None), _linked(_commitment.company_id)),
        "Its contract company is not linked to a vendor of the ERP.",
        "Link the company to its vendor first.",
        "company",
    ),
    _need(
        Code.VENDOR_ID_TOO_LONG,
        func.coalesce(func.char_length(_vendor_id) <= limit("vendor_id_max"), True),
        func.concat(
            "The vendor id ",
            _vendor_id,
            " is longer than the ",
            limit("vendor_id_max"),
            " characters the ERP takes.",
        ),
        "Link the company to a vendor with a shorter id, or raise the connection's limit.",
        "company",
    ),
    _need(
        Code.STATUS_NOT_SENDABLE,
        one_of_flag("sendable_statuses", _commitment.kind, _commitment.status),
        func.concat("Status ", _commitment.status, " cannot be sent."),
        "Set the status to Approved or Complete in the project tool (a purchase order: Approved), then import commitments.",
        "status",
    ),
    _need(
        Code.TITLE_MISSING,
        func.btrim(_commitment.title) != "",
        "It has no title.",
        "Give it a title in the project tool, then import commitments.",
        "title",
    ),
    _need(
        Code.TITLE_TOO_LONG,
        func.coalesce(_title_length <= limit("commitment_title_max"), True),
        func.concat(
            "The title has ", _title_length, " characters; the ERP takes ", limit("commitment_title_max"), "."
        ),
        "Shorten the title in the project tool, then import commitments.",
        "title",
    ),
    _need(
        Code.NUMBER_MISSING,
        func.btrim(_commitment.number) != "",
        "It has no contract number.",
        "Give it a number in the project tool, then import commitments.",
        "number",
    ),
    _need(
        Code.NUMBER_TOO_LONG,
        func.coalesce(_number_length <= limit("commitment_number_max"), True),
        func.concat(
            "The number has ",
            _number_length,
            " characters; the ERP takes ",
            limit("commitment_number_max"),
            ".",
        ),
        "Shorten the number in the project tool, then import commitments.",
        "number",
    ),
    _need(
        Code.CONTRACT_DATE_MISSING,
        or_(_commitment.contract_date.is_not(None), _commitment.origin_created_at.is_not(None)),
        "It has no contract date, and when it was made is not known.",
        "Enter the contract date in the project tool, then import commitments.",
        "contractDate",
    ),
    _need(
        Code.START_DATE_MISSING,
        or_(_commitment.start_date.is_not(None), ~flag("start_date_required")),
        "It has no start date; the ERP requires one.",
        "Enter the contract start date in the project tool, then import commitments.",
        "startDate",
    ),
    _need(
        Code.RETAINAGE_OUT_OF_RANGE,
        func.coalesce(_commitment.retainage_percent.between(0, 100), True),
        "Default retainage must lie between 0 and 100 percent.",
        "Correct the default retainage in the project tool, then import commitments.",
        "retainagePercent",
    ),
    _need(
        Code.NO_NONZERO_LINE,
        _lines(_line.amount != 0),
        "The schedule of values has no line with an amount.",
        "Add at least one line with an amount in the project tool, then import commitments.",
        "lines",
    ),
    _need(
        Code.LINE_CODE_UNKNOWN,
        ~_lines(_off_code),
        func.concat("Lines on no cost code and type of the ERP's job: ", _lines_off_code, "."),
        "Put every line on a cost code and cost type of the job in the project tool, then import commitments.",
        "lines",
    ),
    _need(
        Code.AMOUNT_NOT_SUM_OF_LINES,
        _commitment.original_amount == _line_sum,
        func.concat("The amount is ", _commitment.original_amount, ", its lines sum to ", _line_sum, "."),
        "Import commitments again; if it stays, correct the lines in the project tool.",
        "originalAmount",
    ),
)
