"""The seal on the event log: a chain of hashes per account, in an order that no later commit can change."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from db.session import Connection

BATCH = 1000
# Events of a transaction below this number are all there, or never will be.
_SETTLED = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_NO_ID = "'00000000-0000-0000-0000-000000000000'::uuid"
_AFTER_HEAD = (
    f"(event.transaction, event.id) > (coalesce(head.transaction, 0), coalesce(head.event_id, {_NO_ID}))"
)
# The hashed text: Postgres' own writing of this array. Times as exact seconds, so that no zone plays a part.
_CONTENT = """jsonb_build_array(
    event.account_id, event.id, extract(epoch from event.at), event.transaction, event.action,
    event.object_type, event.object_id, event.member_id, event.run_id, event.cause,
    event.before, event.after)::text"""
_UNSEALED = f"""
    select account.account_id from account left join event_head head using (account_id)
    where exists (select from event where event.account_id = account.account_id
        and {_AFTER_HEAD} and event.transaction < {_SETTLED})"""
_HEAD = """
    insert into event_head (account_id) values ($1)
    on conflict (account_id) do update set position = event_head.position returning position, hash"""
_NEXT = f"""
    select event.id, event.transaction, {_CONTENT} as content
    from event join event_head head on head.account_id = $1
    where event.account_id = $1 and {_AFTER_HEAD} and event.transaction < {_SETTLED}
    order by event.transaction, event.id limit $2"""
_SEAL = """
    insert into event_seal (account_id, position, event_id, hash)
    select $1, position, event_id, hash from unnest($2::bigint[], $3::uuid[], $4::bytea[])
        as sealed (position, event_id, hash)"""
_MOVE_HEAD = """
    update event_head set position = $2, transaction = $3, event_id = $4, hash = $5 where account_id = $1"""
_CHAIN = f"""
    select seal.position, seal.hash, {_CONTENT} as content
    from event_seal seal join event on event.account_id = $1 and event.id = seal.event_id
    where seal.account_id = $1 and seal.position > $2 and seal.position <= $3
    order by seal.position limit $4"""

_LEFT_OUT = f"""
    select count(*) from event join event_head head on head.account_id = $1
    where event.account_id = $1 and not ({_AFTER_HEAD})
      and not exists (select from event_seal seal where seal.account_id = $1 and seal.event_id = event.id)"""


@dataclass(frozen=True)
class Verdict:
    """What a check of a chain found.

    `sealed` events are in order, `broken_at` is the first position that is wrong, and `left_out` events lie
    before the chain's end without being part of it."""

    sealed: int
    broken_at: int | None
    left_out: int

    @property
    def holds(self) -> bool:
        return self.broken_at is None and self.left_out == 0


async def unsealed(connection: Connection) -> list[UUID]:
    """The accounts with events to seal; asked by the sweeper's login."""
    return [row["account_id"] for row in await connection.fetch(_UNSEALED)]


async def seal(connection: Connection, account_id: UUID, *, limit: int = BATCH) -> int:
    """Seal the next events of the account, in the transaction of the caller; give their number.

    Where another sealer is at it, do nothing."""
    lock = "select pg_try_advisory_xact_lock(hashtextextended($1, 0))"
    if not await connection.fetchval(lock, f"seal:{account_id}"):
        return 0
    head = await connection.fetchrow(_HEAD, account_id)
    events = await connection.fetch(_NEXT, account_id, limit)
    if not events:
        return 0
    position, last, hashes = head["position"], head["hash"], []
    for event in events:
        last = link(last, event["content"])
        hashes.append(last)
    positions = range(position + 1, position + len(events) + 1)
    await connection.execute(_SEAL, account_id, positions, [event["id"] for event in events], hashes)
    newest = events[-1]
    await connection.execute(_MOVE_HEAD, account_id, positions[-1], newest["transaction"], newest["id"], last)
    return len(events)


async def verify(connection: Connection, account_id: UUID, *, limit: int = BATCH) -> Verdict:
    """Compute the account's chain anew, as far as it went when this began; a sealer may go on meanwhile."""
    head = await connection.fetchrow(
        "select position, hash from event_head where account_id = $1", account_id
    )
    end, known = (head["position"], head["hash"]) if head else (0, b"")
    left_out = await connection.fetchval(_LEFT_OUT, account_id)
    position, last = 0, b""
    while rows := await connection.fetch(_CHAIN, account_id, position, end, limit):
        for row in rows:
            last = link(last, row["content"])
            position += 1
            if (row["position"], row["hash"]) != (position, last):
                return Verdict(position - 1, position, left_out)
    return Verdict(position, None if (position, last) == (end, known) else position + 1, left_out)


def link(previous: bytes, content: str) -> bytes:
    """The hash of an event: of the hash before it and its own text."""
    return sha256(previous + content.encode()).digest()
