"""MRI's words for states beside ours. Which words a site uses is not published: settings add to these tables."""

from collections.abc import Mapping
from typing import Any

from hub.erp import values

# Our status of a commitment -> the word its contract carries.
CONTRACT: Mapping[str, str] = {"APPROVED": "Approved", "COMPLETE": "Approved"}
# MRI's status of a job, in lower case -> whether the project is active.
JOB_IS_ACTIVE: Mapping[str, bool] = {
    "open": True, "active": True, "planned": True, "closed": False, "complete": False,
}  # fmt: skip
# How a payment was made, in lower case -> ours.
METHOD: Mapping[str, str] = {
    "check": "CHECK",
    "cheque": "CHECK",
    "ach": "ELECTRONIC",
    "eft": "ELECTRONIC",
    "wire": "ELECTRONIC",
    "electronic": "ELECTRONIC",
    "credit card": "CREDIT_CARD",
}
# MRI's status of a payable or journal entry, in lower case -> ours. What is void counts in no budget. A reversed
# entry does: the entry that reverses it stands beside it with the opposite amount.
COST: Mapping[str, str] = {
    "approved": "APPROVED",
    "posted": "APPROVED",
    "p": "APPROVED",
    "reversed": "APPROVED",
    "r": "APPROVED",
    "paid": "APPROVED",
    "pending": "PENDING",
    "open": "PENDING",
    "void": "DRAFT",
    "voided": "DRAFT",
}
VOID = ("void", "voided")


def method(value: Any) -> str | None:
    word = values.text(value)
    if word is None:
        return None
    if word.lower() not in METHOD:
        raise ValueError("is not a known way to pay")
    return METHOD[word.lower()]


def one_phase(value: Any) -> str | None:
    """A project has one phase, so a job of several is not taken in."""
    if isinstance(value, list):
        if len(value) > 1:
            raise ValueError("names several phases; a project has one")
        value = value[0] if value else None
    return values.text(value)


def capitals(value: Any) -> str | None:
    """A status in the hub's spelling: `In Review` is `IN_REVIEW`."""
    word = values.text(value)
    return None if word is None else "_".join(word.upper().split())
