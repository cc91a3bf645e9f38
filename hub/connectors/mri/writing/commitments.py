"""What a commitment and its change orders become: contracts, purchase orders and contract orders."""

from collections.abc import Mapping
from typing import Any

from hub.codes import ErrorCode
from hub.connectors.mri import mapping as tables
from hub.connectors.mri.settings import Settings
from hub.connectors.mri.writing.amounts import line_amount, total
from hub.connectors.mri.writing.documents import Kind
from hub.connectors.mri.writing.refusals import as_day, check_document, check_not_zero, check_total, need
from hub.errors import MappingError, Refused

Facts = Mapping[str, Any]
Written = tuple[dict[str, Any], list[dict[str, Any]]]

CONTRACT = Kind(
    operation="commitment.create",
    noun="contract",
    writes="commitment",
    reads="commitment",
    header=tables.CONTRACT,
    line=tables.CONTRACT_LINE,
    key=("job_code", "number"),
    texts=("vendor_id", "title"),
    amount="original_amount",
)
PURCHASE_ORDER = Kind(
    operation="purchase_order.create",
    noun="purchase order",
    writes="purchase_order",
    reads="purchase_order",
    header=tables.PURCHASE_ORDER,
    line=tables.PURCHASE_ORDER_LINE,
    key=("job_code", "number"),
    texts=("vendor_id", "title"),
    amount="original_amount",
)
ORDER = Kind(
    operation="commitment_change_order.create",
    noun="contract order",
    writes="commitment_change_order",
    reads="commitment_change_order",
    header=tables.ORDER,
    line=tables.ORDER_LINE,
    key=("job_code", "contract_number", "number"),
    texts=("title",),
    amount="amount",
)


def is_purchase_order(facts: Facts) -> bool:
    return "PURCHASE_ORDER" in (facts.get("kind"), facts.get("commitment_kind"))


def commitment(facts: Facts, entries: Facts, settings: Settings) -> Written:
    """A contract; a purchase order where the site has the module for it. Raises what keeps it from being sent."""
    if is_purchase_order(facts) and not settings.po_module:
        text = "A purchase order goes to MRI's purchase order module only; make it a subcontract."
        raise Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, text)
    need(facts, "job_code", "title", "vendor_id", "contract_date", "original_amount")
    if settings.start_date_required:
        need(facts, "start_date")
    lines = [_priced(line, is_purchase_order(facts)) for line in facts.get("lines") or ()]
    number = _number(facts, entries, settings.use_procore_contract_number, "A contract number is needed.")
    known = {
        **facts,
        "job_code": facts["job_code"].strip(),
        "number": number,
        "status": _contract_status(facts, settings),
    }
    check_document("commitment", known, lines, settings.lengths)
    for line in lines:
        need(line, "line_number", place="lines.")
    return known, lines


def change_order(facts: Facts, entries: Facts, settings: Settings) -> Written:
    """A further order on the contract. Its title is the change order's number, as the manual has it."""
    if is_purchase_order(facts):
        raise Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, "MRI takes no change order on a purchase order.")
    need(facts, "job_code", "contract_number", "created_on")
    lines = [
        {**line, "line_number": line.get("line_number") or position}
        for position, line in enumerate(facts.get("lines") or (), 1)
    ]
    if not lines:
        raise MappingError("are missing", field="lines")
    number = _number(facts, entries, settings.use_procore_change_order_number, "An order number is needed.")
    known = {
        **facts,
        "job_code": facts["job_code"].strip(),
        "contract_number": facts["contract_number"].strip(),
        "number": number,
        "title": str(facts.get("number") or number),
        "description": entries.get("description") or facts.get("description") or facts.get("title"),
        "created_on": as_day("created_on", facts["created_on"]),
        "amount": total(lines),
    }
    check_document("commitment_change_order", known, lines, settings.lengths)
    check_total("amount", facts.get("amount"), known["amount"])
    check_not_zero("amount", known["amount"], "MRI takes no contract order without an amount")
    return known, lines


def _priced(line: Facts, quantities: bool) -> dict[str, Any]:
    """The amount where only quantity and price are given; on a purchase order both have to agree with it."""
    quantity, price = line.get("quantity"), line.get("unit_cost")
    if not quantities or quantity is None or price is None:
        return dict(line)
    amount = line_amount(quantity, price)
    if line.get("amount") not in (None, amount):
        raise MappingError(f"is not {quantity} times {price}", field="lines.amount", value=line["amount"])
    return {**line, "amount": amount}


def _number(facts: Facts, entries: Facts, own_is_used: bool, words: str) -> str:
    """What the approver typed, else the project tool's number where the site takes it."""
    typed = str(entries.get("erp_id") or "").strip()
    own = str(facts.get("number") or "").strip() if own_is_used else ""
    if not typed and not own:
        raise Refused(ErrorCode.ERP_ID_REQUIRED, words, field="entries.erp_id")
    return typed or own


def _contract_status(facts: Facts, settings: Settings) -> str:
    found = settings.contract_statuses.get(str(facts.get("status")))
    if found is None:
        raise MappingError("is not a status that is sent", field="status", value=facts.get("status"))
    return found
