"""An export that follows another: it waits until what it hangs on is in the ERP, and ends where that does not get there."""

import json
import uuid
from typing import Any

from db.session import Connection
from hub.codes import ErrorCode
from hub.core.link import LinkState
from hub.core.spec import ErpObject
from hub.errors import MappingError, Refused
from hub.sync import payload
from hub.sync.facts import FACTS
from hub.sync.ordering import PROPOSED, THERE, Parent, read_parents
from hub.sync.runs import item_waits
from hub.sync.work import RetryLater, Work

# Whoever is waited for wakes those who wait; this is for a wake that came while they looked.
_LOOK_AGAIN_SECONDS = 15.0
# A try that certainly left nothing in the ERP is none.
_BEGUN = """
    select 1 from attempt where account_id = $1 and job_id = $2 and state not in ('ABSENT_PROVEN', 'REFUSED') limit 1"""
_APPROVED = """
    select l.digest, l.entries, c.kind, c.base_url, c.settings, {facts} as facts from "{table}" t
    join link l on l.account_id = $1 and l.object_id = t.id
    join connection c on c.account_id = $1 and c.id = l.connection_id where t.account_id = $1 and t.id = $2"""


async def parents_first(work: Work, spec: ErpObject) -> None:
    """Returns when nothing has to be waited for. Raises `RetryLater` while something has, `Refused` where it is in vain."""
    job, after = work.job, [uuid.UUID(str(each)) for each in work.job.args.get("after") or ()]
    if not after:
        return
    assert job.object_id is not None
    async with work.transaction() as connection:
        if await connection.fetchval(_BEGUN, job.account_id, job.id):
            return
        parents = await read_parents(connection, job.account_id, after)
        late = [each for each in parents if each.state is LinkState.EXPORTING]
        lost = [each for each in parents if each.state not in (*THERE, LinkState.EXPORTING)]
        if late and not lost:
            await item_waits(connection, job.account_id, job.run_id, job.object_id, _waits_for(late))
        elif not lost and not await _as_approved(connection, job.account_id, spec, job.object_id):
            raise Refused(
                ErrorCode.DIGEST_MISMATCH,
                f"{_listed(parents)} is called otherwise in the ERP than was approved with this item.",
                remedy="Look at `preview` and accept it again.",
            )
    if lost:
        raise Refused(
            ErrorCode.PARENT_NOT_SYNCED,
            f"It was not sent, for it hangs on {_listed(lost)}, which did not get into the ERP.",
            remedy="Have that accepted again, and this item with it or after it.",
        )
    if late:
        raise RetryLater(_LOOK_AGAIN_SECONDS, _waits_for(late))


def _waits_for(parents: list[Parent]) -> str:
    return f"waits for {_listed(parents)}"


def _listed(parents: Any) -> str:
    return ", ".join(each.words for each in parents)


async def _as_approved(connection: Connection, account: uuid.UUID, spec: ErpObject, id_: uuid.UUID) -> bool:
    """Whether the payload, made anew now that what it names is there, is the one that was approved. What was proposed then
    still is."""
    statement = _APPROVED.format(facts=FACTS[spec.key].format(t="t"), table=spec.table.name)
    row = await connection.fetchrow(statement, account, id_)
    entries = json.loads(row["entries"])
    proposed = entries.pop(PROPOSED, {})
    entries.pop("natural_key", None)
    try:
        made = payload.compute(
            row["kind"],
            row["base_url"],
            json.loads(row["settings"]),
            spec.key,
            {**json.loads(row["facts"]), **proposed},
            entries,
        )
    except (Refused, MappingError):
        return False
    digest: str = row["digest"]
    return made.digest == digest
