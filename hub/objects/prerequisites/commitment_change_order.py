"""What must be true of a commitment change order before it may be sent to the ERP.

Sources: the project tool's pages on sending a change order to ERP Integrations and on this ERP's limits."""

from sqlalchemy import ColumnElement, exists, or_, select

from hub.codes import ErrorCode as Code
from hub.core.expression import flag
from hub.core.rule import Rule
from hub.core.spec import table_of
from hub.objects.commitment import Commitment, CommitmentKind
from hub.objects.commitment_change_order import COMMITMENT_CHANGE_ORDER as ORDER
from hub.objects.prerequisites import conditions

_order = ORDER.table.c


def _on_purchase_order() -> ColumnElement[bool]:
    contract = table_of(Commitment)
    return exists(
        select(1)
        .where(
            contract.c.account_id == _order.account_id,
            contract.c.id == _order.commitment_id,
            contract.c.kind == CommitmentKind.PURCHASE_ORDER.value,
        )
        .correlate_except(contract)
    )


SEND_PREREQUISITES: tuple[Rule, ...] = (
    conditions.taken(ORDER),
    conditions.unable(
        or_(~_on_purchase_order(), flag("co_on_po")),
        "The ERP takes no change order on a purchase order.",
        "Change the purchase order in the ERP by hand.",
        "commitment",
    ),
    conditions.alive(ORDER),
    conditions.tool_active(ORDER, "change_orders"),
    conditions.project_linked(ORDER),
    conditions.parent_synced(ORDER, "commitment_id", "commitment"),
    conditions.status_sendable(ORDER, "Approved", usual=("APPROVED",)),
    conditions.workflow_ended(ORDER),
    conditions.present(ORDER, Code.NUMBER_MISSING, "number", "change order number"),
    conditions.fits(ORDER, Code.NUMBER_TOO_LONG, "number", "number", "co_number_max"),
    conditions.fits(ORDER, Code.TITLE_TOO_LONG, "title", "title", "co_title_max"),
    conditions.fits(ORDER, Code.VALUE_DOES_NOT_FIT, "description", "description", "co_description_max"),
    conditions.present(ORDER, Code.DATE_MISSING, "origin_created_at", "creation date"),
    conditions.need(
        Code.ZERO_CO_NOT_SUPPORTED,
        or_(_order.amount != 0, flag("zero_amount_co")),
        "Its total is 0.00; the ERP takes no such change order.",
        "Correct its lines in the project tool, or leave it there: it changes no amount.",
        "amount",
    ),
    conditions.has_amounts(ORDER, "The change order"),
    conditions.off_segments(ORDER),
    conditions.lines_on_codes(ORDER),
    conditions.sums_up(ORDER, "amount"),
)
