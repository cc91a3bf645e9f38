"""What a budget and its changes become: original budget lines, and revisions with what the approver types."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hub.codes import ErrorCode
from hub.connectors.mri import mapping as tables
from hub.connectors.mri.settings import Settings
from hub.connectors.mri.writing.amounts import total
from hub.connectors.mri.writing.documents import Kind
from hub.connectors.mri.writing.limits import check_fits
from hub.connectors.mri.writing.refusals import (
    as_day,
    check_document,
    check_not_zero,
    check_total,
    need,
    one_of,
    refuse_foreign,
)
from hub.connectors.mri.writing.sets import SetKind
from hub.errors import MappingError, Refused

Facts = Mapping[str, Any]

BUDGET = SetKind(
    operation="budget.export",
    noun="original budget",
    source="budget_line",
    table=tables.BUDGET,
    scope="job_code",
    key=("cost_code", "cost_type"),
    value="amount",
)
REVISION = Kind(
    operation="budget_change.create",
    noun="budget revision",
    writes="budget_change",
    reads="budget_change",
    header=tables.REVISION,
    line=tables.REVISION_LINE,
    key=("job_code", "number"),
    texts=("revision_type",),
    amount=None,
)


def budget(facts: Facts, settings: Settings) -> tuple[str, list[dict[str, Any]]]:
    """The job and an entry for each line of the original budget."""
    need(facts, "job_code")
    job, lines = facts["job_code"].strip(), facts.get("lines") or ()
    refuse_foreign(facts, lines)
    sent = [{**line, "job_code": job} for line in lines]
    for line in sent:
        need(line, "cost_code", "cost_type", "amount", place="lines.")
        check_fits(line, settings.lengths["budget_line"], "lines.")
        if not settings.budget_zero_lines:
            check_not_zero("lines.amount", line["amount"], "this site takes no budget line without an amount")
    if not sent:
        raise MappingError("are missing", field="lines")
    check_total("original_amount", facts.get("original_amount"), total(lines))
    _check_once(sent)
    return job, sent


def revision(facts: Facts, entries: Facts, settings: Settings) -> tuple[dict[str, Any], list[Facts]]:
    """A revision. What the approver typed beats what the record says."""
    lines = list(facts.get("lines") or ())
    known = {**facts, **_typed(facts, entries)}
    need(known, "job_code", "revision_date")
    if not lines:
        raise MappingError("are missing", field="lines")
    known["job_code"] = known["job_code"].strip()
    known["number"] = _revision_number(known.get("number"))
    known["revision_date"] = as_day("revision_date", known["revision_date"])
    known["revision_type"] = _word(known, "revision_type", settings.revision_types)
    status = known.get("revision_status") or settings.revision_statuses[0]
    known["revision_status"] = one_of("revision_status", status, settings.revision_statuses)
    check_document("budget_change", known, lines, settings.lengths)
    _check_once(lines)
    _check_amounts(known["revision_type"], lines, settings)
    return known, lines


# What the approver types -> our field.
_ENTRIES = {
    "number": "number",
    "type": "revision_type",
    "status": "revision_status",
    "date": "revision_date",
    "description": "description",
}


def _typed(facts: Facts, entries: Facts) -> dict[str, Any]:
    typed = {name: entries[word] for word, name in _ENTRIES.items() if entries.get(word) not in (None, "")}
    description = typed.get("description") or facts.get("description") or facts.get("title")
    return {**typed, "description": description}


def _revision_number(value: Any) -> str:
    text = str(value if value is not None else "").strip()
    if not text:
        raise Refused(ErrorCode.ERP_ID_REQUIRED, "A revision number is needed.", field="entries.number")
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise MappingError("is not a whole number from 1", field="number", value=value)
    return str(int(text))


def _word(known: Facts, name: str, words: tuple[str, ...]) -> str:
    value = known.get(name)
    if not value:
        raise MappingError(f"is missing: one of {', '.join(words)}", field=name)
    return one_of(name, str(value), words)


def _check_amounts(kind: str, lines: list[Facts], settings: Settings) -> None:
    for line in lines:
        check_not_zero("lines.amount", line["amount"], "a revision changes every line that it names")
    moved = total(lines)
    if kind in settings.zero_sum_types and moved != Decimal(0):
        raise MappingError(f"sums to {moved}; a {kind} has to sum to 0.00", field="lines", value=moved)


def _check_once(lines: list[Any]) -> None:
    """MRI tells budget lines apart by code and category alone."""
    seen: set[tuple[str, str]] = set()
    for line in lines:
        pair = (line["cost_code"], line["cost_type"])
        if pair in seen:
            raise MappingError("stands on two lines", field="lines.cost_code", value="/".join(pair))
        seen.add(pair)
