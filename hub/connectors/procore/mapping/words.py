"""Procore's status words and kinds beside ours, and the few values that no general reader knows."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hub.erp import values
from hub.erp.canonical import decimal_text


class Words:
    """A vocabulary. Ours are theirs in capitals with underscores, unless `ours` names them; case and gaps don't matter."""

    def __init__(self, what: str, theirs: Iterable[str], ours: Mapping[str, str] | None = None) -> None:
        self._what = what
        self._ours = {_plain(word): (ours or {}).get(word) or _plain(word) for word in theirs}
        self._theirs = {(ours or {}).get(word) or _plain(word): word for word in theirs}

    def read(self, value: Any) -> str | None:
        word = values.text(value)
        if word is None:
            return None
        if _plain(word) not in self._ours:
            raise ValueError(f"is not {self._what}")
        return self._ours[_plain(word)]

    def write(self, value: str) -> str:
        if value not in self._theirs:
            raise ValueError(f"is not {self._what}")
        return self._theirs[value]


def _plain(word: str) -> str:
    return "_".join(word.upper().replace("-", " ").replace("_", " ").split())


COMMITMENT_STATUS = Words(
    "a status of a commitment",
    (
        *("Draft", "Out For Bid", "Out For Signature", "Approved", "Complete", "Terminated", "Void"),
        *("Processing", "Submitted", "Partially Received", "Received", "Closed"),
    ),
)
COMMITMENT_KIND = Words(
    "a kind of commitment",
    ("WorkOrderContract", "PurchaseOrderContract"),
    {"WorkOrderContract": "SUBCONTRACT", "PurchaseOrderContract": "PURCHASE_ORDER"},
)
CHANGE_ORDER_STATUS = Words(
    "a status of a change order",
    (
        *("draft", "pricing", "not_pricing", "pending", "revised", "proceeding", "not_proceeding"),
        *("pending_billable", "no_charge", "approved", "rejected", "void"),
    ),
)
BUDGET_CHANGE_STATUS = Words(
    "a status of a budget change", ("draft", "under_review", "approved", "rejected", "void")
)
INVOICE_STATUS = Words(
    "a status of an invoice",
    (
        *("draft", "under_review", "revise_and_resubmit", "approved", "approved_as_noted"),
        "pending_owner_approval",
    ),
)
DIRECT_COST_STATUS = Words(
    "a status of a direct cost", ("draft", "pending", "revise_and_resubmit", "approved")
)
DIRECT_COST_KIND = Words("a type of direct cost", ("invoice", "expense", "payroll", "subcontractor_invoice"))
PAYMENT_METHOD = Words("a way to pay", ("check", "credit_card", "electronic"))
_ELECTRONIC = ("ACH", "WIRE")


def payment_method(value: str) -> str | None:
    """Procore tells no transfers apart; for ways it has no word for it is told none."""
    if value == "OTHER":
        return None
    return PAYMENT_METHOD.write("ELECTRONIC" if value in _ELECTRONIC else value)


def is_absent(value: Any) -> bool:
    return value is None


def is_active(value: Any) -> bool:
    """An inactive code stays in the list; no word at all means active."""
    return values.text(value) in (None, "active")


def is_void(value: Any) -> bool:
    return (values.text(value) or "").lower() in ("void", "voided")


def day_text(value: date) -> str:
    return value.isoformat()


def number_text(value: Decimal) -> str:
    return decimal_text(value)


def urls(value: Any) -> list[str]:
    """Addresses of attachments. They are secured and do not last."""
    listed = value if isinstance(value, list) else []
    return [str(each["url"]) for each in listed if isinstance(each, dict) and each.get("url")]
