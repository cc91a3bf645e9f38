"""What must be true of a standard cost code before it may be made in the ERP, and who may take one away.

Source: the project tool's pages on sending, accepting and deleting cost codes."""

from db.links import Link
from hub.codes import ErrorCode as Code
from hub.core.expression import codes_are_made_here
from hub.core.link import LinkState
from hub.core.rule import Rule, RuleKind
from hub.core.spec import table_of
from hub.objects.cost_code import COST_CODE
from hub.objects.prerequisites import conditions

_link = table_of(Link).c

SEND_PREREQUISITES: tuple[Rule, ...] = (
    conditions.taken(COST_CODE),
    conditions.unable(
        codes_are_made_here(),
        "Cost codes of this ERP originate in the ERP.",
        "Add the code in the ERP, then import cost codes.",
    ),
    conditions.alive(COST_CODE),
    conditions.need(
        Code.ERP_ID_TAKEN,
        _link.external_id.is_(None),
        "The ERP has a code of this id already.",
        "Reject what waits, then import cost codes: the two become one.",
        "code",
    ),
    conditions.present(COST_CODE, Code.NUMBER_MISSING, "code", "code"),
    conditions.fits(COST_CODE, Code.ID_TOO_LONG, "code", "code", "code_max_len"),
)
ALL_TOGETHER = Rule(
    code=Code.ALL_OR_NONE,
    kind=RuleKind.CAPABILITY,
    holds=conditions.never(),
    message="Cost codes are rejected all together.",
    remedy="Use `rejectCostCodes`: it sends all that wait back.",
)
DELETE_RULES: tuple[Rule, ...] = (
    Rule(
        code=Code.PARTNER_ONLY,
        kind=RuleKind.CAPABILITY,
        holds=codes_are_made_here(),
        message="Only the integration partner deletes cost codes, in the ERP.",
        remedy="Ask the integration partner.",
    ),
    Rule(
        code=Code.DELETE_NOT_ALLOWED,
        kind=RuleKind.STATE,
        holds=_link.state.in_(
            [state.value for state in (LinkState.NOT_SENT, LinkState.REJECTED, LinkState.RETRIEVED)]
        ),
        message="The code is in the ERP, or on its way there.",
        remedy="Archive it in the project tool instead.",
        field="linkState",
    ),
)
