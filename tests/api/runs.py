"""Runs that tests move on, for those who follow them."""

from datetime import UTC, datetime
from typing import Any

from factories import Contractor


class Run:
    """A run that a test moves on."""

    def __init__(self, pool: Any, who: Contractor, id_: Any) -> None:
        self.pool, self.who, self.id = pool, who, f"run_{id_}"
        self._id = id_

    @classmethod
    async def begin(cls, pool: Any, who: Contractor) -> "Run":
        async with pool.transaction(who.account) as connection:
            who.books.connection = connection
            by = who.members["approver"]
            return cls(
                pool, who, await who.books.row("sync_run", action="SEND", state="RUNNING", requested_by=by)
            )

    async def set(self, **values: Any) -> None:
        names = ", ".join(f"{name} = ${n}" for n, name in enumerate(values, start=3))
        async with self.pool.transaction(self.who.account) as connection:
            await connection.execute(
                f"update sync_run set {names} where account_id = $1 and id = $2",
                self.who.account,
                self._id,
                *values.values(),
            )

    async def end(self) -> None:
        await self.set(state="SUCCEEDED", finished_at=datetime.now(UTC))
