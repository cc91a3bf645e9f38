"""What a system takes of a document: what it needs, lengths, dates, signs and mixtures, as its capabilities say. Pure."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from hub.codes import ErrorCode
from hub.connectors.reference.documents import LINE_NEEDS, Document
from hub.erp.capabilities import Behaviour, Capabilities, Overflow
from hub.errors import MappingError, Refused

Facts = dict[str, Any]
# Object and field of ours -> the flag that says how many characters it may have.
_LENGTHS: Mapping[tuple[str, str], str] = {
    ("company", "vendor_id"): "vendor_id_max",
    ("project", "job_code"): "job_id_max",
    ("project", "name"): "project_name_max",
    ("cost_code", "code"): "code_max_len",
    ("project_cost_code", "code"): "code_max_len",
    ("commitment", "number"): "commitment_number_max",
    ("commitment", "title"): "commitment_title_max",
    ("commitment_change_order", "number"): "co_number_max",
    ("commitment_change_order", "title"): "co_title_max",
    ("commitment_change_order", "description"): "co_description_max",
    ("subcontractor_invoice", "invoice_number"): "invoice_number_max",
}


def checked_facts(can: Capabilities, document: Document, facts: Facts) -> Facts:
    """The facts as they may go out, cut where the system cuts. Raises `Refused` or `MappingError`."""
    known = _cut(can, document, facts)
    _check_needs(document, known)
    _check_lengths(can, document, known)
    for rule in _RULES.get(document.object_key, ()):
        rule(can.behaviour, known)
    return known


def _check_needs(document: Document, known: Facts) -> None:
    lines = known.get("lines") or () if document.lines is not None else ()
    named = [(name, known.get(name)) for name in document.needs]
    named += [(f"lines.{name}", line.get(name)) for line in lines for name in LINE_NEEDS]
    for name, value in named:
        if value is None or (isinstance(value, str) and not value.strip()):
            raise MappingError("is missing", field=name, value=value)


def _cut(can: Capabilities, document: Document, facts: Facts) -> Facts:
    known = dict(facts)
    for one in can.objects[document.object_key].fields:
        if one.on_overflow is Overflow.TRUNCATE and isinstance(known.get(one.field), str):
            known[one.field] = known[one.field][: one.max_len].rstrip()
    return known


def _check_lengths(can: Capabilities, document: Document, known: Facts) -> None:
    limits = {
        name: getattr(can.behaviour, flag)
        for (key, name), flag in _LENGTHS.items()
        if key == document.object_key
    }
    most = can.objects[document.object_key].id_max_len
    if most is not None:
        limits[document.key[-1]] = most
    cut = {
        one.field for one in can.objects[document.object_key].fields if one.on_overflow is Overflow.TRUNCATE
    }
    for name, longest in limits.items():
        if longest is not None and name not in cut and len(str(known.get(name) or "")) > longest:
            raise MappingError(f"has more than {longest} characters", field=name, value=known[name])
    _check_charset(can.objects[document.object_key].id_charset, document.key[-1], known)


def _check_charset(charset: str | None, name: str, known: Facts) -> None:
    if charset is not None and not re.fullmatch(charset, str(known.get(name) or "")):
        raise MappingError("holds a character that the ERP does not take", field=name, value=known.get(name))


def _purchase_order(behaviour: Behaviour, known: Facts) -> None:
    """Where there are none, a purchase order becomes a subcontract or is refused."""
    if known.get("kind") != "PURCHASE_ORDER":
        return
    if behaviour.po_mode == "as_subcontract":
        known["kind"] = "SUBCONTRACT"
    elif behaviour.po_mode == "none" or (behaviour.po_mode == "by_module" and not behaviour.po_module):
        text = "Purchase orders are not taken; make it a subcontract."
        raise Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, text)


def _start_date(behaviour: Behaviour, known: Facts) -> None:
    if behaviour.start_date_required and not known.get("start_date"):
        raise MappingError("is missing", field="start_date")


def _one_cost_type(behaviour: Behaviour, known: Facts) -> None:
    kinds = {line.get("cost_type") for line in known.get("lines") or ()}
    if behaviour.commitment_uniform_cost_type and len(kinds) > 1:
        named = ", ".join(sorted(str(kind) for kind in kinds))
        raise MappingError("is not the same on all lines", field="lines.cost_type", value=named)


def _zero_order(behaviour: Behaviour, known: Facts) -> None:
    if not behaviour.zero_amount_co and known.get("amount") == 0:
        raise MappingError("is zero", field="amount", value=known["amount"])


def _invoice_amount(behaviour: Behaviour, known: Facts) -> None:
    amount = known.get("amount")
    if not behaviour.zero_invoice and amount == 0:
        raise MappingError("is zero", field="amount", value=amount)
    if not behaviour.negative_invoice and isinstance(amount, Decimal) and amount < 0:
        raise MappingError("is negative", field="amount", value=amount)


def _tiers(behaviour: Behaviour, known: Facts) -> None:
    """A code has parts between delimiters, and some systems want more than one."""
    code = str(known.get("code") or "")
    parts = [part for part in re.split(_delimiters(behaviour), code) if part]
    if len(parts) < (behaviour.min_code_tiers or 0):
        raise MappingError(f"has fewer than {behaviour.min_code_tiers} parts", field="code", value=code)


def _income_account(behaviour: Behaviour, known: Facts) -> None:
    """Where the ERP books by code, the approver says on which account."""
    asked = behaviour.accept_extra_fields.get("cost_code", ())
    if "income_account" in asked and not known.get("income_account"):
        text = "An account for income is needed."
        raise Refused(ErrorCode.ACCOUNT_REQUIRED, text, field="entries.income_account")


def _delimiters(behaviour: Behaviour) -> str:
    return "|".join(re.escape(one) for one in behaviour.code_delimiters or ("-", ".", "/", " "))


def _merged_lines(behaviour: Behaviour, known: Facts) -> None:
    """Where a change order may touch a line of its contract once, changes of one code are one change."""
    if not behaviour.co_merge_same_line:
        return
    merged: dict[Any, Facts] = {}
    for line in known.get("lines") or ():
        pair = (line.get("cost_code"), line.get("cost_type"))
        if pair in merged:
            merged[pair]["amount"] = _amount(merged[pair]) + _amount(line)
        else:
            merged[pair] = {**line, "line_number": len(merged) + 1}
    known["lines"] = list(merged.values())


def _amount(line: Mapping[str, Any]) -> Decimal:
    return Decimal(line.get("amount") or 0)


_RULES: Mapping[str, tuple[Callable[[Behaviour, Facts], None], ...]] = {
    "commitment": (_purchase_order, _start_date, _one_cost_type),
    "commitment_change_order": (_zero_order, _merged_lines),
    "cost_code": (_tiers, _income_account),
    "project_cost_code": (_tiers,),
    "subcontractor_invoice": (_invoice_amount,),
    "owner_invoice": (_invoice_amount,),
}
