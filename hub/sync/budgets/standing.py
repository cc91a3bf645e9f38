"""What the ERP holds of a budget: the documents that were exported, and its amounts as of the last of them.

While a budget is on its way its lines are locked, so when the ERP confirms, they are what was accepted."""

import uuid

from db.clock import new_id
from db.session import Connection

_DOCUMENT = """
    insert into budget_export (account_id, id, budget_id, number, payload, digest)
    select $1, $3, $2, substring(k.entries ->> 'natural_key' from '"number":"([0-9]+)"')::integer, k.payload, k.digest
    from link k where k.account_id = $1 and k.object_id = $2"""
_CLEAR = "delete from budget_standing where account_id = $1 and budget_id = $2"
_STAND = """
    insert into budget_standing (account_id, budget_id, cost_code_id, cost_type_id, amount)
    select $1, $2, n.cost_code_id, n.cost_type_id, sum(n.original_amount)
    from budget_line n where n.account_id = $1 and n.budget_id = $2 group by n.cost_code_id, n.cost_type_id"""
_DOCUMENTS = "select payload from budget_export where account_id = $1 and budget_id = $2 order by id desc"


async def exported(connection: Connection, account: uuid.UUID, budget: uuid.UUID) -> None:
    """In the transaction in which the budget learns that the ERP has taken it."""
    await connection.execute(_DOCUMENT, account, budget, new_id())
    await connection.execute(_CLEAR, account, budget)
    await connection.execute(_STAND, account, budget)


async def documents(connection: Connection, account: uuid.UUID, budget: uuid.UUID) -> list[str]:
    """The payloads of all that the ERP took, the newest first."""
    return [row["payload"] for row in await connection.fetch(_DOCUMENTS, account, budget)]


async def parted(connection: Connection, account: uuid.UUID, budget: uuid.UUID) -> None:
    """The ERP holds nothing of it any more; the next send is the original budget again."""
    await connection.execute(_CLEAR, account, budget)
    await connection.execute(
        "delete from budget_export where account_id = $1 and budget_id = $2", account, budget
    )
