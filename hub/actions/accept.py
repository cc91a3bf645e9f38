"""Accept an item: the approver's entries and the digest freeze exactly what will be sent, and the export begins."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from db.session import Connection
from hub.actions.accounts import check_accounts
from hub.actions.ask import Ask, ItemAsk, ItemOutcome, Outcome
from hub.actions.decide import Locked
from hub.actions.perform import decided
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.erp.fields import ENTRIES
from hub.errors import MappingError, Refused
from hub.objects import BUDGET, BUDGET_CHANGE, EXPORTED
from hub.sync import ordering, payload
from hub.sync.enqueue import enqueue
from hub.sync.log import happened
from hub.sync.runs import open_run

_ACCEPT = """
    update link set state = 'EXPORTING', payload = $4, digest = $5, mapping_version = $6, entries = $7::jsonb,
        answered_by = $3, answered_at = hub_now(), error_code = null, error_message = null, erp_message = null,
        updated_at = hub_now()
    where account_id = $1 and object_id = $2"""

# Another item of the same kind, or of one that is numbered with it, that holds, or is about to hold, the same number in the ERP.
_TAKEN = """
    select 1 from link where account_id = $1 and connection_id = $2 and object_type = any($3::text[]) and object_id <> $4
        and lower(entries ->> 'natural_key') = lower($5) and state in ('EXPORTING', 'IN_DOUBT', 'SYNCED', 'ORPHANED') limit 1"""


# The ERP's own list has it: as an item, or as one that is remembered without being listed.
_IN_THE_LIST = """
    select 1 from link where account_id = $1 and connection_id = $2 and object_type = $3 and object_id <> $4 and external_id = $5
    union all
    select 1 from unlisted where account_id = $1 and connection_id = $2 and object_type = $3 and external_id = $5 limit 1"""

# Revisions of a budget and changes of it are numbered in one series.
_ONE_SERIES = ((BUDGET.name, BUDGET_CHANGE.name),)


def natural_key(made: payload.Payload) -> str:
    return json.dumps(dict(sorted(made.steps[0].natural_key.items())), separators=(",", ":"))


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
        outcome.jobs.append(await _leaves(connection, ask, item, outcome.run_id))


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
            if await _taken(connection, ask, item, made):
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
            await _freeze(connection, ask, item, asked, made)
            going.append((item, asked, made))
    return going


async def _freeze(
    connection: Connection, ask: Ask, item: Locked, asked: ItemAsk, made: payload.Payload
) -> None:
    facts = item.facts or {}
    proposed = {name: facts[name] for name in ordering.PROPOSALS if facts.get(name) is not None}
    entries: Mapping[str, Any] = {
        **entries_of(asked),
        "natural_key": natural_key(made),
        ordering.PROPOSED: proposed,
    }
    await connection.execute(
        _ACCEPT,
        ask.account_id,
        item.id,
        ask.member_id,
        made.text,
        made.digest,
        made.mapping_version,
        json.dumps(entries),
    )


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


async def _leaves(connection: Connection, ask: Ask, item: Locked, run: uuid.UUID) -> uuid.UUID:
    """The job that writes the item, once what it hangs on is there."""
    system = item.connection["id"]
    known = await connection.fetchval(
        "select capabilities from connection where account_id = $1 and id = $2", ask.account_id, system
    )
    after = await ordering.on_their_way(connection, ask.account_id, item.spec, item.id, json.loads(known))
    args = {"object": item.spec.key, "connection_id": system, **({"after": after} if after else {})}
    return await enqueue(
        connection,
        ask.account_id,
        "export",
        args=args,
        run_id=run,
        object_id=item.id,
        requested_by=ask.member_id,
    )


async def _taken(
    connection: Connection,
    ask: Ask,
    item: Locked,
    made: payload.Payload,
) -> bool:
    """One number is looked at by one acceptance at a time, so that two cannot both find it free.

    Those of the same request hold theirs already, each among its own kind."""
    key = natural_key(made)
    kinds = next((kinds for kinds in _ONE_SERIES if item.spec.name in kinds), (item.spec.name,))
    number = f"{ask.account_id}/{item.connection['id']}/{kinds[0]}/{key}"
    await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", number)
    taken = await connection.fetchval(
        _TAKEN, ask.account_id, item.connection["id"], list(kinds), item.id, key
    )
    return taken is not None or await _listed(connection, ask, item, made)


async def _listed(connection: Connection, ask: Ask, item: Locked, made: payload.Payload) -> bool:
    """Whether what both sides may make known is known under this id already."""
    if not item.spec.comes_in:
        return False
    external_id = "/".join(made.steps[0].natural_key.values())
    found = await connection.fetchval(
        _IN_THE_LIST, ask.account_id, item.connection["id"], item.spec.name, item.id, external_id
    )
    return found is not None
