"""Send an item for accounting acceptance: its payload is computed and shown from now on, its fields are locked."""

from db.session import Connection
from hub.actions.ask import Ask, Outcome
from hub.actions.decide import Locked
from hub.actions.perform import decided
from hub.codes import ErrorCode
from hub.core.action import Action
from hub.errors import MappingError, Refused
from hub.objects import EXPORTED
from hub.sync import payload
from hub.sync.log import happened
from hub.sync.runs import open_run

_SEND = """
    update link set state = 'READY_TO_EXPORT', payload = $4, digest = $5, mapping_version = $6, entries = '{}'::jsonb,
        export_revision = case when export_revision = 0 or state in ('UNLINKED', 'SYNCED') then export_revision + 1 else export_revision end,
        sent_by = $3, sent_at = hub_now(), answered_by = null, answered_at = null, comment = null,
        error_code = null, error_message = null, erp_message = null, updated_at = hub_now()
    where account_id = $1 and object_id = $2"""

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
    going = []
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
    outcome.run_id = await open_run(
        connection,
        ask.account_id,
        "SEND",
        ask.member_id,
        [(item.spec, item.id) for item, _ in going],
        done=True,
    )
    for item, made in going:
        text, digest = (made.text, made.digest) if made else (None, None)
        await connection.execute(
            _SEND, ask.account_id, item.id, ask.member_id, text, digest, payload.MAPPING_VERSION
        )
        await happened(
            connection,
            ask.account_id,
            item.spec,
            "SEND",
            [(item.id, item.image)],
            member=ask.member_id,
            run=outcome.run_id,
        )
