"""Direct costs by bulk updates: the heads of a slice, then their lines. Our marks tell them apart, so a second try stores nothing twice."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from hub.codes import ErrorCode
from hub.erp.connector import Step
from hub.erp.origin import OriginKind
from hub.errors import ErpRefused, HubError, MappingError
from hub.objects import PROJECT
from hub.sync.attempts import carry_out_now
from hub.sync.carrying.course import NOT_THERE, Course, told_of
from hub.sync.carrying.pending import Pending
from hub.sync.carrying.settling import Landed
from hub.sync.facts import typed
from hub.sync.intake.issues import Issue

Carried = tuple[list[Landed], list[Issue], HubError | None]


async def carry_costs(course: Course, items: Sequence[Pending]) -> Carried:
    """A slice, project by project."""
    landed: list[Landed] = []
    told: list[Issue] = []
    for _, group in groupby(items, key=lambda item: item.project_id):
        done, refused = await _of_project(course, list(group))
        landed += done
        told += refused
    return landed, told, None


async def _of_project(course: Course, items: Sequence[Pending]) -> tuple[list[Landed], list[Issue]]:
    told: list[Issue] = []
    sound: list[Pending] = []
    for item in items:
        misfit = _misfit(course, item)
        if misfit is None:
            sound.append(item)
        else:
            told.append(
                told_of(item, ErrorCode.UNRESOLVED_REFERENCE, f"{NOT_THERE} {misfit.message}", misfit.field)
            )
    heads = {course.ids.make(OriginKind.DIRECT_COST, item.erp_id): (item, _head(item)) for item in sound}
    stored, refused = await _push(course, "direct_cost", heads)
    told += [_refused(item, words) for item, words in refused]
    lines = {
        course.ids.make(OriginKind.DIRECT_COST_LINE, line["erp_id"]): (item, {**line, "direct_cost": id_})
        for item, id_ in stored.values()
        for line in _lines(item)
    }
    _, broken = await _push(course, "direct_cost_line", lines)
    told += [_refused(item, words) for item, words in broken]
    bad = {item.id for item, _ in broken}
    return [Landed(item, id_, _codes(item)) for item, id_ in stored.values() if item.id not in bad], told


def _misfit(course: Course, item: Pending) -> MappingError | None:
    facts = [
        ("direct_cost", _head(item)),
        *(("direct_cost_line", {**line, "direct_cost": "1"}) for line in _lines(item)),
    ]
    found = (course.misfit(key, {"project": item.project, "items": [one]}) for key, one in facts)
    return next((misfit for misfit in found if misfit is not None), None)


def _head(item: Pending) -> Mapping[str, Any]:
    return typed({name: value for name, value in item.facts.items() if name != "lines"})


def _lines(item: Pending) -> list[Mapping[str, Any]]:
    """Its lines, and those that were carried and that the ERP has no more: they are worth nothing."""
    now = [
        typed({name: value for name, value in line.items() if value is not None})
        for line in item.facts["lines"]
    ]
    kept = {line["erp_id"] for line in now}
    gone = [
        typed({"erp_id": id_, "quantity": "1", "unit_cost": "0", "amount": "0.00", **codes})
        for id_, codes in item.known.items()
        if id_ not in kept
    ]
    return [*now, *gone]


def _codes(item: Pending) -> dict[str, Mapping[str, str]]:
    names = ("cost_code_id", "cost_type_id")
    return {line["erp_id"]: {name: line[name] for name in names} for line in _lines(item) if line["amount"]}


async def _push(
    course: Course, key: str, entries: Mapping[str, tuple[Pending, Mapping[str, Any]]]
) -> tuple[dict[str, tuple[Pending, str]], list[tuple[Pending, str]]]:
    """What was stored, by our marks, with its id there; and what was refused, with the words."""
    stored: dict[str, tuple[Pending, str]] = {}
    refused: list[tuple[Pending, str]] = []
    if not entries:
        return stored, refused
    first = next(iter(entries.values()))[0]
    for step in course.steps(
        key, {"project": first.project, "items": [facts for _, facts in entries.values()]}
    ):
        target = course.target(PROJECT.name, first.project_id, step.operation, partly=True)
        try:
            written = await carry_out_now(course.work, course.connector, target, step)
        except ErpRefused as error:
            refused += [(entries[mark][0], error.words) for mark in _marks(step)]
            continue
        stored |= {mark: (entries[mark][0], id_) for mark, id_ in written.entries.items() if mark in entries}
        refused += [(entries[mark][0], words) for mark, words in written.errors.items() if mark in entries]
    return stored, refused


def _marks(step: Step) -> list[str]:
    return [str(entry["origin_id"]) for entry in step.body["updates"]]


def _refused(item: Pending, words: str) -> Issue:
    return told_of(item, ErrorCode.ERP_REFUSED, words)
