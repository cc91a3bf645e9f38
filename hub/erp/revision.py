"""A budget revision as every ERP takes it: what the approver types over what is proposed, and what has to hold of it.

Source: the data mapping of budget changes. That a scope change need not sum to zero, and that a contingency draws from
a line of its own, are inferred; which types and codes that means is told by the connection's settings."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hub.codes import ErrorCode
from hub.errors import MappingError, Refused

Facts = Mapping[str, Any]
TYPES = ("Scope Change", "Budget Transfer", "Contingency")
STATUSES = ("Approved", "Pending")
TRANSFER, CONTINGENCY = "Budget Transfer", "Contingency"
_DIGITS = 9  # of a revision's number: what is kept of exported ones holds no more
# What the approver may type of a revision, under the names that every ERP has for it.
ENTRIES = ("number", "revision_type", "revision_status", "revision_date", "description")


@dataclass(frozen=True, slots=True)
class Revisions:
    """`statuses` begin with the usual one. `contingency_codes` are the cost codes that a contingency draws from; none
    means that it may draw from any."""

    types: Sequence[str] = TYPES
    statuses: Sequence[str] = STATUSES
    zero_sum: Collection[str] = (TRANSFER,)
    contingency_codes: Collection[str] = ()

    def made(self, facts: Facts, entries: Facts) -> dict[str, Any]:
        """The facts with what was typed over them. Raises `Refused` or `MappingError`."""
        lines = facts.get("lines") or ()
        if not lines:
            raise MappingError("are missing", field="lines")
        typed = {name: entries[name] for name in ENTRIES if entries.get(name) not in (None, "")}
        known = {**facts, **typed}
        known["description"] = (
            typed.get("description") or facts.get("title") or facts.get("description") or None
        )
        known["number"] = _number(known.get("number"))
        known["revision_date"] = _day(known.get("revision_date"))
        known["revision_type"] = self._type(known.get("revision_type"))
        known["revision_status"] = _one_of(
            "revision_status", known.get("revision_status") or self.statuses[0], self.statuses
        )
        self._check(known["revision_type"], lines)
        return known

    def _type(self, typed: Any) -> str:
        if not typed:
            raise Refused(
                ErrorCode.REVISION_TYPE_REQUIRED,
                f"Choose the type of the revision: {', '.join(self.types)}.",
                field="entries.revision_type",
                remedy=f"Enter one of {', '.join(self.types)} as the revision's type.",
            )
        return _one_of("revision_type", typed, self.types)

    def _check(self, kind: str, lines: Sequence[Facts]) -> None:
        for line in lines:
            if line.get("amount") == 0:
                text = "is 0.00: a revision changes every line that it names"
                raise MappingError(text, field="lines.amount", value=line["amount"])
        moved = sum((line["amount"] for line in lines if line.get("amount") is not None), Decimal("0.00"))
        if kind in self.zero_sum and moved != 0:
            raise Refused(
                ErrorCode.TRANSFER_NOT_ZERO_SUM,
                f"The lines sum to {moved}; a {kind} has to sum to 0.00.",
                field="lines",
                remedy="Choose another type, or have the lines corrected in the project tool.",
            )
        drawn = any(
            line.get("cost_code") in self.contingency_codes and (line.get("amount") or 0) < 0
            for line in lines
        )
        if kind == CONTINGENCY and self.contingency_codes and not drawn:
            text = f"draw from none of the contingency's codes: {', '.join(sorted(self.contingency_codes))}"
            raise MappingError(text, field="lines")


def _number(value: Any) -> str:
    text = str(value if value is not None else "").strip()
    if not text:
        raise Refused(ErrorCode.ERP_ID_REQUIRED, "A revision number is needed.", field="entries.number")
    if not re.fullmatch(f"0*[1-9][0-9]{{0,{_DIGITS - 1}}}", text):
        words = f"is not a whole number from 1 of at most {_DIGITS} digits"
        raise MappingError(words, field="number", value=text[:40])
    return text.lstrip("0")


def _day(value: Any) -> date:
    if value in (None, ""):
        raise MappingError("is missing", field="revision_date", value=value)
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise MappingError("is not a date", field="revision_date", value=value) from error


def _one_of(name: str, value: Any, words: Sequence[str]) -> str:
    """A word of a list, however its letters are cased."""
    for word in words:
        if word.casefold() == str(value).strip().casefold():
            return word
    raise MappingError(f"is none of {', '.join(words)}", field=name, value=value)
