"""What must be true of a prime contract before it may be sent to an ERP that takes it, and before it is taken over from there again.

Source: the project tool's pages on prime contracts and the ERP; the header's rules are those of commitments."""

from sqlalchemy import Numeric, cast, func, or_

from db.links import Link
from hub.codes import ErrorCode as Code
from hub.core.link import LinkState
from hub.core.rule import Rule, RuleKind
from hub.core.spec import table_of
from hub.objects.prerequisites import conditions
from hub.objects.prime_contract import PRIME_CONTRACT, PrimeContractStatus

_contract, _link = PRIME_CONTRACT.table.c, table_of(Link).c
_held_there = cast(_link.snapshot["original_amount"].astext, Numeric(18, 2))
_AGREED = [PrimeContractStatus.APPROVED.value, PrimeContractStatus.COMPLETE.value]

AGREED = conditions.need(
    Code.STATUS_NOT_SENDABLE,
    _contract.status.in_(_AGREED),
    func.concat("Status ", _contract.status, " is not approved."),
    "Set the status to Approved or Complete in the project tool, then import prime contracts.",
    "status",
)
SEND_PREREQUISITES: tuple[Rule, ...] = (
    conditions.taken(PRIME_CONTRACT),
    conditions.alive(PRIME_CONTRACT),
    conditions.tool_active(PRIME_CONTRACT, "prime_contracts"),
    conditions.project_linked(PRIME_CONTRACT),
    *conditions.company_linked(PRIME_CONTRACT, "owner"),
    AGREED,
    conditions.present(PRIME_CONTRACT, Code.TITLE_MISSING, "title", "title"),
    conditions.present(PRIME_CONTRACT, Code.NUMBER_MISSING, "number", "contract number"),
    conditions.need(
        Code.CONTRACT_DATE_MISSING,
        or_(_contract.contract_date.is_not(None), _contract.origin_created_at.is_not(None)),
        "It has no contract date, and when it was made is not known.",
        "Enter the contract date in the project tool, then import prime contracts.",
        "contractDate",
    ),
    conditions.need(
        Code.RETAINAGE_OUT_OF_RANGE,
        func.coalesce(_contract.retainage_percent.between(0, 100), True),
        "Default retainage must lie between 0 and 100 percent.",
        "Correct the default retainage in the project tool, then import prime contracts.",
        "retainagePercent",
    ),
    conditions.has_amounts(PRIME_CONTRACT, "The schedule of values"),
    conditions.lines_on_codes(PRIME_CONTRACT),
    conditions.sums_up(PRIME_CONTRACT, "original_amount"),
)
# Taking the ERP's amounts over again. Source: the page on importing a prime contract again.
AGAIN: tuple[Rule, ...] = (
    conditions.given(PRIME_CONTRACT),
    Rule(
        code=Code.WRONG_STATE,
        kind=RuleKind.STATE,
        holds=_link.state == LinkState.LINKED.value,
        message=func.concat("The item is ", _link.state, "."),
        remedy="Only a prime contract that both sides know is taken over again.",
        field="linkState",
    ),
    AGREED,
    conditions.project_linked(PRIME_CONTRACT),
    Rule(
        code=Code.NOTHING_NEW,
        kind=RuleKind.STATE,
        holds=_held_there != _contract.original_amount,
        message="The ERP held the same amount when it was last read.",
        remedy="Import prime contracts from the ERP, then look again.",
        field="originalAmount",
    ),
)
