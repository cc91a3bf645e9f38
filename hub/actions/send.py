"""Send an item for accounting acceptance: its payload is computed and shown from now on, its fields are locked.

Where the connection exports directly, what takes no entry of an approver leaves for the ERP at once."""

from uuid import UUID

from db.runs import Outcome as Done
from db.session import Connection
from hub.actions import leaving
from hub.actions.ask import Ask, Outcome
from hub.actions.decide import Locked
from hub.actions.perform import decided
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.errors import MappingError, Refused
from hub.objects import EXPORTED
from hub.sync import payload
from hub.sync.log import happened
from hub.sync.runs import item_ended, open_run

_SEND = """
    update link set state = 'READY_TO_EXPORT', payload = $4, digest = $5, mapping_version = $6, entries = '{}'::jsonb,
        export_revision = case when export_revision = 0 or state in ('UNLINKED', 'SYNCED') then export_revision + 1 else export_revision end,
        sent_by = $3, sent_at = hub_now(), answered_by = null, answered_at = null, comment = null,
        error_code = null, error_message = null, erp_message = null, updated_at = hub_now()
    where account_id = $1 and object_id = $2"""

Going = list[tuple[Locked, payload.Payload | None]]
DIRECT = frozenset({"on", "with_workflow"})  # values of the setting `direct_export`

# What an approver's entries settle: it keeps nobody from sending.
_FOR_THE_APPROVER = frozenset(
    {
        ErrorCode.ACCOUNT_REQUIRED,
        ErrorCode.ERP_ID_REQUIRED,
        ErrorCode.ONE_ATTACHMENT_ONLY,
        ErrorCode.PERIOD_CLOSED,
        ErrorCode.REVISION_TYPE_REQUIRED,
    }
)


def first_payload(item: Locked) -> payload.Payload | None:
    """The payload without an approver's entries; none while it takes a decision of theirs."""
    known = item.connection
    try:
        return payload.compute(
            known["kind"], known["base_url"], known["settings"], item.spec.key, item.facts or {}, {}
        )
    except Refused as refused:
        if refused.code in _FOR_THE_APPROVER:
            return None
        raise


async def send(connection: Connection, ask: Ask, outcome: Outcome) -> None:
    going: Going = []
    for item, _, answer in await decided(connection, ask, outcome, Action.SEND, EXPORTED):
        try:
            going.append((item, first_payload(item)))
        except Refused as refused:
            answer.errors.append(refused)
        except MappingError as misfit:
            answer.errors.append(
                Refused(ErrorCode.VALUE_DOES_NOT_FIT, f"{misfit.field} {misfit.message}", field=misfit.field)
            )
    if not going:
        return
    kept = await _kept_for_an_approver(connection, ask, going)
    direct = len(kept) < len(going)
    action, items = "DIRECT_EXPORT" if direct else "SEND", [(item.spec, item.id) for item, _ in going]
    run = await open_run(connection, ask.account_id, action, ask.member_id, items, done=not direct)
    outcome.run_id = run
    for item, made in going:
        text, digest = (made.text, made.digest) if made else (None, None)
        await connection.execute(
            _SEND, ask.account_id, item.id, ask.member_id, text, digest, payload.MAPPING_VERSION
        )
        if made is not None and item.id not in kept:
            await leaving.freeze(connection, ask.account_id, item, made, {}, None)
            outcome.jobs.append(await leaving.leaves(connection, ask, item, run))
        elif direct:
            await item_ended(connection, ask.account_id, run, item.id, Done.DONE, message=kept[item.id])
        await happened(
            connection,
            ask.account_id,
            item.spec,
            "SEND",
            [(item.id, item.image)],
            member=ask.member_id,
            run=run,
        )


async def _kept_for_an_approver(connection: Connection, ask: Ask, going: Going) -> dict[UUID, str]:
    """The items that wait for an approver, and why. All others go to the ERP at once, as the connection says."""
    kept: dict[UUID, str] = {}
    leaving_now: set[tuple[str, str]] = set()
    for item, made in going:
        if not _goes_directly(item):
            kept[item.id] = "It waits for an accounting approver."
        elif made is None:
            kept[item.id] = "It waits for an accounting approver, who has to enter something."
        elif (
            (item.spec.name, number := leaving.natural_key(made).lower()) in leaving_now
            or payload.number_taken(made, item.facts or {})
            or await leaving.number_is_taken(connection, ask.account_id, item, made)
        ):
            kept[item.id] = "It waits for an accounting approver: its number is in use in the ERP."
        else:
            leaving_now.add((item.spec.name, number))
    return kept


def _goes_directly(item: Locked) -> bool:
    """Without an approver: switched on for the connection, and of an object that its ERP has this for. Never a budget."""
    return item.connection["settings"].get("direct_export") in DIRECT and item.spec.key in (
        item.connection["direct"] or ()
    )
