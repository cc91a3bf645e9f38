"""Payments one by one: each is looked for before it is written, and a lost answer is read back before anything is written again.

A payment with our mark cannot be changed there. One that the ERP has voided or corrected loses its mark and is deleted; a
corrected one is then made anew."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.codes import ErrorCode
from hub.errors import ErpRefused, ErpUnavailable, HubError
from hub.objects import PAYMENT
from hub.sync.attempts import carry_out_now, open_try
from hub.sync.carrying.course import NOT_THERE, Course, told_of
from hub.sync.carrying.pending import Pending
from hub.sync.carrying.settling import Landed
from hub.sync.facts import typed
from hub.sync.intake.issues import Issue
from hub.sync.work import RetryLater


async def carry_payments(
    course: Course, items: Sequence[Pending]
) -> tuple[list[Landed], list[Issue], HubError | None]:
    """One whose outcome is not known yet keeps none of the others waiting; the job comes back for it."""
    landed: list[Landed] = []
    told: list[Issue] = []
    late: HubError | None = None
    for item in items:
        misfit = course.misfit(PAYMENT.key, _facts(item))
        if misfit is not None:
            words = f"{NOT_THERE} {misfit.message}"
            told.append(told_of(item, ErrorCode.UNRESOLVED_REFERENCE, words, misfit.field))
            continue
        try:
            landed.append(await _carry(course, item))
        except ErpRefused as error:
            told.append(told_of(item, error.code, error.words))
        except (RetryLater, ErpUnavailable) as error:
            late = error
    return landed, told, late


async def _carry(course: Course, item: Pending) -> Landed:
    if item.origin_id is not None and not item.is_gone and item.carried is not None:
        await _remove(course, item, item.origin_id)
    if item.facts["is_void"]:
        if item.origin_id is not None and item.carried is None:
            await _remove(course, item, item.origin_id)
        return Landed(item, str(item.origin_id), gone=True)
    return Landed(item, await _made(course, item))


async def _made(course: Course, item: Pending) -> str:
    """Its id there, whether it was there already or is written now."""
    [step] = course.steps(PAYMENT.key, _facts(item))
    target = course.target(PAYMENT.name, item.id, step.operation)
    if await open_try(course.work, target, step) is None:
        found = await course.connector.find(step)
        if found is not None and not found.differences:
            return found.external_id
        if found is not None and found.external_id:
            await _remove(course, item, found.external_id)
    return (await carry_out_now(course.work, course.connector, target, step)).external_id


async def _remove(course: Course, item: Pending, id_: str) -> None:
    """One that is gone already has no mark to lose."""
    for verb in ("free", "delete"):
        [step] = course.steps(PAYMENT.key, {"verb": verb, "project": item.project, "id": id_})
        target = course.target(PAYMENT.name, item.id, step.operation)
        try:
            await carry_out_now(course.work, course.connector, target, step)
        except ErpRefused:
            if verb == "delete":
                raise


def _facts(item: Pending) -> Mapping[str, Any]:
    told = {name: value for name, value in item.facts.items() if name != "is_void"}
    return typed({**told, "project": item.project})
