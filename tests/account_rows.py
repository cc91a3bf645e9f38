"""Reading and changing rows of one account, past the API and the actions."""

from typing import Any
from uuid import UUID

from db.session import Row, WritePool


class AccountRows:
    """What a test asks of the database in an account's name."""

    pool: WritePool
    account: UUID

    async def rows(self, query: str, *args: Any) -> list[Row]:
        async with self.pool.transaction(self.account) as connection:
            return list(await connection.fetch(query, *args))

    async def one(self, query: str, *args: Any) -> Row:
        [row] = await self.rows(query, *args)
        return row

    async def value(self, query: str, *args: Any) -> Any:
        async with self.pool.transaction(self.account) as connection:
            return await connection.fetchval(query, *args)

    async def change(self, statement: str, *args: Any) -> None:
        async with self.pool.transaction(self.account) as connection:
            await connection.execute(statement, *args)
