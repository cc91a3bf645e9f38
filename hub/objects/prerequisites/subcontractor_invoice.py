"""What must be true of a subcontractor invoice before it may be sent to the ERP.

Sources: the project tool's pages on sending invoices to ERP Integrations and on this ERP's limits. Only work completed and
the retainage held on it travel."""

from sqlalchemy import ColumnElement, and_, func, literal, or_, select

from hub.codes import ErrorCode as Code
from hub.core.expression import flag
from hub.core.link import LinkState
from hub.core.rule import Rule
from hub.objects.commitment_change_order import COMMITMENT_CHANGE_ORDER as ORDER
from hub.objects.prerequisites import conditions
from hub.objects.subcontractor_invoice import SUBCONTRACTOR_INVOICE as INVOICE

_invoice = INVOICE.table.c
_line = conditions.lines_of(INVOICE).table.c
_STATUSES = ("APPROVED", "APPROVED_AS_NOTED", "PENDING_OWNER_APPROVAL")

# What the ERP is asked to pay.
SENT_AMOUNT: ColumnElement[object] = conditions.line_sum(INVOICE, "completed_amount") - conditions.line_sum(
    INVOICE, "retainage_held_amount"
)
# A line that bills nothing does not travel.
BILLED = or_(_line.completed_amount != 0, _line.retainage_held_amount != 0)
_only_releases = and_(
    ~conditions.any_line(INVOICE, BILLED), conditions.line_sum(INVOICE, "retainage_released_amount") != 0
)


def _orders_outside() -> ColumnElement[str]:
    """Numbers of the change orders that the invoice bills and the ERP does not have; null where there are none."""
    order, lines = ORDER.table, conditions.lines_of(ORDER).table
    number: ColumnElement[str] = (
        select(func.string_agg(order.c.number.distinct(), literal(", ")))
        .select_from(
            order.join(
                lines,
                and_(
                    lines.c.account_id == order.c.account_id,
                    lines.c.commitment_change_order_id == order.c.id,
                ),
            ).join(
                conditions.lines_of(INVOICE).table,
                and_(_line.account_id == lines.c.account_id, _line.contract_line_id == lines.c.origin_id),
            )
        )
        .where(
            conditions.own_lines(INVOICE),
            BILLED,
            order.c.account_id == _invoice.account_id,
            order.c.commitment_id == _invoice.commitment_id,
            ~conditions.has_link(order, order.c.id, LinkState.SYNCED, LinkState.LINKED),
        )
        .correlate(INVOICE.table)
        .scalar_subquery()
    )
    return number


SEND_PREREQUISITES: tuple[Rule, ...] = (
    conditions.taken(INVOICE),
    conditions.alive(INVOICE),
    conditions.tool_active(INVOICE, "commitments"),
    conditions.project_linked(INVOICE),
    conditions.parent_synced(INVOICE, "commitment_id", "commitment"),
    conditions.need(
        Code.PARENT_NOT_SYNCED,
        _orders_outside().is_(None),
        func.concat("It bills change orders that are not in the ERP: ", _orders_outside(), "."),
        "Send these change orders and have them accepted first.",
        "lines",
    ),
    *conditions.company_linked(INVOICE),
    conditions.status_sendable(
        INVOICE,
        "Approved, Approved as Noted or Pending Owner Approval, as the connection allows,",
        usual=_STATUSES,
    ),
    conditions.workflow_ended(INVOICE),
    conditions.present(INVOICE, Code.NUMBER_MISSING, "invoice_number", "invoice number"),
    conditions.fits(INVOICE, Code.NUMBER_TOO_LONG, "invoice_number", "invoice number", "invoice_number_max"),
    conditions.present(INVOICE, Code.DATE_MISSING, "billing_date", "billing date"),
    conditions.present(INVOICE, Code.DATE_MISSING, "period_end", "billing period"),
    conditions.need(
        Code.RELEASE_ONLY_INVOICE,
        ~_only_releases,
        "It only releases retainage, which is never sent.",
        "Release the retainage in the ERP by hand.",
        "retainageReleasedAmount",
    ),
    conditions.need(
        Code.ZERO_INVOICE,
        or_(SENT_AMOUNT != 0, flag("zero_invoice"), _only_releases),
        "Work completed less retainage held is 0.00; the ERP takes no such invoice.",
        "Bill an amount in the project tool, or book it in the ERP by hand.",
        "erpAmount",
    ),
    conditions.need(
        Code.NEGATIVE_INVOICE,
        or_(SENT_AMOUNT >= 0, flag("negative_invoice")),
        func.concat("The amount to be sent is ", SENT_AMOUNT, "; the ERP takes none below zero."),
        "Book it as a credit in the ERP by hand.",
        "erpAmount",
    ),
    conditions.lines_on_codes(INVOICE, BILLED),
    conditions.sums_up(INVOICE, "completed_amount", "completed_amount"),
    conditions.sums_up(INVOICE, "retainage_held_amount", "retainage_held_amount"),
)
