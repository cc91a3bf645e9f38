"""Accept an item: the approver's entries and the digest freeze exactly what will be sent, and the export begins."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from db.session import Connection
from hub.actions import leaving
from hub.actions.accounts import check_accounts
from hub.actions.ask import Ask, ItemAsk, ItemOutcome, Outcome
from hub.actions.decide import Locked
from hub.actions.perform import decided
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.erp.fields import ENTRIES
from hub.errors import MappingError, Refused
from hub.objects import EXPORTED
from hub.sync import ordering, payload
from hub.sync.log import happened
from hub.sync.runs import open_run


def entries_of(asked: ItemAsk) -> dict[str, Any]:
    """What was typed, blanks left out."""
    typed = {name: str(value or "").strip() for name, value in (asked.extra.get("entries") or {}).items()}
    return {name: value for name, value in typed.items() if value and name in ENTRIES}


def bound(item: Locked, asked: ItemAsk) -> payload.Payload:
    """The payload for these entries, if it is the one that was approved. Raises `Refused` where it is not."""
    known = item.connection
    made = payload.compute(
        known["kind"],
        known["base_url"],
        known["settings"],
        item.spec.key,
        item.facts or {},
        entries_of(asked),
    )
    if made.digest != asked.extra.get("digest"):
        raise Refused(
            ErrorCode.DIGEST_MISMATCH,
            f"What would be sent now has the digest {made.digest}, not the one you approved.",
            field="digest",
            remedy="Look at `preview` with the same entries, then accept with its digest.",
        )
    if (taken := payload.number_taken(made, item.facts or {})) is not None:
        raise taken
    return made


Going = list[tuple[Locked, ItemAsk, payload.Payload]]


async def accept(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    """What hangs on an item of the same request is judged after it, and leaves after it."""
    going: Going = []
    decided_ = await decided(connection, ask, outcome, Action.ACCEPT, EXPORTED)
    while decided_:
        fresh = await _frozen(connection, ask, decided_)
        going += fresh
        decided_ = await _held_up(connection, ask, outcome) if fresh else []
    if not going:
        return
    places = {item.id: place for place, item in enumerate(outcome.items)}
    items = sorted(((item.spec, item.id) for item, _, _ in going), key=lambda each: places[each[1]])
    outcome.run_id = await open_run(connection, ask.account_id, "EXPORT", ask.member_id, items)
    for item, _, _ in sorted(going, key=lambda each: ordering.rank(each[0].spec)):
        await happened(
            connection,
            ask.account_id,
            item.spec,
            "ACCEPT",
            [(item.id, item.image)],
            member=ask.member_id,
            run=outcome.run_id,
        )
        outcome.jobs.append(await leaving.leaves(connection, ask, item, outcome.run_id))


async def _frozen(
    connection: Connection,
    ask: Ask,
    decided_: Sequence[tuple[Locked, ItemAsk, ItemOutcome]],
) -> Going:
    """Those of which exactly the approved payload can leave, accepted with it; the others are told why not."""
    going: Going = []
    for item, asked, answer in decided_:
        try:
            made = bound(item, asked)
            await check_accounts(connection, ask.account_id, item.connection["id"], entries_of(asked))
            if await leaving.number_is_taken(connection, ask.account_id, item, made):
                raise Refused(
                    ErrorCode.ERP_ID_TAKEN,
                    "Another item has this number in the ERP already.",
                    field="entries.erpId",
                    remedy="Enter another number.",
                )
        except Refused as refused:
            answer.errors.append(refused)
        except MappingError as misfit:
            answer.errors.append(
                Refused(ErrorCode.VALUE_DOES_NOT_FIT, f"{misfit.field} {misfit.message}", field=misfit.field)
            )
        else:
            await leaving.freeze(connection, ask.account_id, item, made, entries_of(asked), ask.member_id)
            going.append((item, asked, made))
    return going


async def _held_up(
    connection: Connection, ask: Ask, outcome: Outcome
) -> list[tuple[Locked, ItemAsk, ItemOutcome]]:
    """Items against which nothing stood but that theirs were not in the ERP: some of those have been accepted meanwhile."""
    alone = [ErrorCode.PARENT_NOT_SYNCED]
    held = [place for place, item in enumerate(outcome.items) if [each.code for each in item.errors] == alone]
    if not held:
        return []
    again, judged = replace(ask, items=[ask.items[place] for place in held]), Outcome()
    found = await decided(connection, again, judged, Action.ACCEPT, EXPORTED)
    for place, item in zip(held, judged.items, strict=True):
        outcome.items[place] = item
    return found
