"""What a budget and its changes become: original budget lines, and revisions with what the approver types."""

from collections.abc import Mapping
from typing import Any

from hub.connectors.mri import mapping as tables
from hub.connectors.mri.settings import Settings
from hub.connectors.mri.writing.amounts import total
from hub.connectors.mri.writing.documents import Kind
from hub.connectors.mri.writing.limits import check_fits
from hub.connectors.mri.writing.refusals import (
    check_document,
    check_not_zero,
    check_total,
    need,
    refuse_foreign,
)
from hub.connectors.mri.writing.sets import SetKind
from hub.errors import MappingError

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
    """A revision. What the approver typed beats what is proposed."""
    need(facts, "job_code")
    lines = list(facts.get("lines") or ())
    check_document("budget_change", facts, lines, settings.lengths)
    known = settings.revisions.made(facts, entries)
    known["job_code"] = known["job_code"].strip()
    check_fits(known, settings.lengths["budget_change"])
    _check_once(lines)
    return known, lines


def differences(facts: Facts) -> Facts | None:
    """What has changed in a budget that MRI holds, as the facts of a revision; None where the original goes out."""
    if facts.get("revision") is None:
        return None
    return {**facts, "lines": facts["revision"]}


def _check_once(lines: list[Any]) -> None:
    """MRI tells budget lines apart by code and category alone."""
    seen: set[tuple[str, str]] = set()
    for line in lines:
        pair = (line["cost_code"], line["cost_type"])
        if pair in seen:
            raise MappingError("stands on two lines", field="lines.cost_code", value="/".join(pair))
        seen.add(pair)
