"""What must be true of a change order of a prime contract before it may be sent to the ERP.

Source: the project tool's pages on sending and accepting prime contract change orders. Markup is allowed as far as lines carry it."""

from sqlalchemy import or_

from hub.codes import ErrorCode as Code
from hub.core.expression import flag
from hub.core.rule import Rule
from hub.objects.commitment_change_order import ChangeOrderStatus
from hub.objects.prerequisites import conditions
from hub.objects.prime_contract_change_order import PRIME_CONTRACT_CHANGE_ORDER as PCCO

_order = PCCO.table.c

SEND_PREREQUISITES: tuple[Rule, ...] = (
    conditions.taken(PCCO),
    conditions.alive(PCCO),
    conditions.tool_active(PCCO, "prime_contracts"),
    conditions.project_linked(PCCO),
    conditions.parent_synced(PCCO, "prime_contract_id", "prime contract"),
    conditions.status_sendable(PCCO, "Approved", [ChangeOrderStatus.APPROVED.value]),
    conditions.present(PCCO, Code.NUMBER_MISSING, "number", "number"),
    conditions.present(PCCO, Code.DATE_MISSING, "origin_created_at", "date of creation"),
    conditions.need(
        Code.ZERO_CO_NOT_SUPPORTED,
        or_(_order.amount != 0, flag("zero_amount_co")),
        "Its total is zero; the ERP takes no such change order.",
        "Correct the amounts in the project tool, then import prime contract change orders.",
        "amount",
    ),
    conditions.has_amounts(PCCO, "The change order"),
    conditions.lines_on_codes(PCCO),
    conditions.sums_up(PCCO, "amount"),
)
