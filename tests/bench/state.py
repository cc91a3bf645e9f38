"""What is in the books, whatever ids it has: counts, sums and digests, to compare two databases with."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import asyncpg

from hub.settings import Settings

_DIGEST = "coalesce(sum(('x' || left(md5({text}), 15))::bit(60)::bigint::numeric), 0)"
_RECORD = """concat_ws('|', k.external_id, t.version, t.origin_id, t.kind, t.invoice_number, t.description, t.status, t.cost_date,
    t.received_date, t.paid_date, t.amount, t.currency, t.terms, p.number, c.name, m.number)"""
_RECORDS = f"""
    select count(*) as count, sum(t.amount) as sum, {_DIGEST.format(text=_RECORD)} as digest
    from direct_cost t
    join link k on k.account_id = t.account_id and k.object_id = t.id
    join project p on p.account_id = t.account_id and p.id = t.project_id
    left join company c on c.account_id = t.account_id and c.id = t.company_id
    left join commitment m on m.account_id = t.account_id and m.id = t.commitment_id
    where t.account_id = $1"""
_LINE = """concat_ws('|', k.external_id, t.origin_id, t.line_number, t.description, t.quantity, t.unit_cost, t.amount, c.code, y.code)"""
_LINES = f"""
    select count(*) as count, sum(t.amount) as sum, {_DIGEST.format(text=_LINE)} as digest
    from direct_cost_line t
    join link k on k.account_id = t.account_id and k.object_id = t.direct_cost_id
    left join cost_code c on c.account_id = t.account_id and c.id = t.cost_code_id
    left join cost_type y on y.account_id = t.account_id and y.id = t.cost_type_id
    where t.account_id = $1"""
_LINK = "concat_ws('|', k.external_id, k.external_code, k.state, k.snapshot::text)"
_LINKS = f"""
    select count(*) as count, null::numeric as sum, {_DIGEST.format(text=_LINK)} as digest
    from link k where k.account_id = $1 and k.object_type = 'DirectCost'"""
_EVENTS = """
    select count(*) as count, count(e.before)::numeric as sum, sum(length(e.after ->> 'amount'))::numeric as digest
    from event e where e.account_id = $1 and e.run_id = $2"""


@dataclass(frozen=True)
class Part:
    """Of one table. `sum` is of amounts; of events it is how many tell of a change."""

    count: int
    sum: Decimal | None
    digest: Decimal | None


State = dict[str, Part]


async def state(settings: Settings, account: UUID, run: UUID) -> State:
    owner = await asyncpg.connect(settings.database_url, server_settings={"jit": "off"})
    try:
        await owner.execute("analyze direct_cost, direct_cost_line, link")
        found = {
            "records": await owner.fetchrow(_RECORDS, account),
            "lines": await owner.fetchrow(_LINES, account),
            "links": await owner.fetchrow(_LINKS, account),
            "events": await owner.fetchrow(_EVENTS, account, run),
        }
    finally:
        await owner.close()
    return {name: Part(**row) for name, row in found.items()}
