"""Rules for what the project tool does to costs and payments that came from the ERP."""

from sqlalchemy import ColumnElement, or_

from db.links import Link
from hub.codes import ErrorCode as Code
from hub.core.expression import flag
from hub.core.link import LinkState
from hub.core.rule import Rule, RuleKind
from hub.core.spec import table_of

_in_erp = table_of(Link).c.state.in_([LinkState.LINKED.value])

COST_IS_EDITABLE = Rule(
    code=Code.FIELD_LOCKED,
    kind=RuleKind.STATE,
    holds=or_(~_in_erp, flag("direct_cost_editable")),
    message="The cost came from the ERP, which decides it.",
    remedy="Change it in the ERP, or turn the connection's setting direct_cost_editable on: edits stay until the next sync then.",
)
# The payment's number and attachments may be edited; those are no fields of the ERP.
PAYMENT_IS_EDITABLE = Rule(
    code=Code.FIELD_LOCKED,
    kind=RuleKind.STATE,
    holds=~_in_erp,
    message="The payment came from the ERP, which decides all of it but its number and attachments.",
    remedy="Change it in the ERP; the number and attachments may be changed here.",
)


def not_in_erp(what: str, is_void: ColumnElement[bool]) -> Rule:
    """What came from the ERP and counts there is not deleted here."""
    return Rule(
        code=Code.DELETE_NOT_ALLOWED,
        kind=RuleKind.STATE,
        holds=or_(~_in_erp, is_void),
        message=f"The {what} came from the ERP.",
        remedy="Void it in the ERP: it counts no more with the next sync.",
        field="linkState",
    )
