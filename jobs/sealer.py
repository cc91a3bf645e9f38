"""The sealer: gives every event of every account its place in the account's chain soon after its commit."""

from uuid import UUID

from db import seal
from db.session import WritePool


class Sealer:
    """One step seals all that can be sealed now. `sweeper` sees which accounts wait, `app` seals them."""

    def __init__(self, sweeper: WritePool, app: WritePool) -> None:
        self._sweeper, self._app = sweeper, app

    async def step(self) -> None:
        async with self._sweeper.plain() as connection:
            accounts = await seal.unsealed(connection)
        for account_id in accounts:
            await self.seal(account_id)

    async def seal(self, account_id: UUID) -> int:
        """Seal the account's events up to now, a batch a transaction; give their number."""
        total = 0
        while True:
            async with self._app.transaction(account_id) as connection:
                sealed = await seal.seal(connection, account_id)
            total += sealed
            if sealed < seal.BATCH:
                return total


async def verify(app: WritePool, account_id: UUID) -> seal.Verdict:
    """Compute the account's chain anew and compare."""
    async with app.transaction(account_id) as connection:
        return await seal.verify(connection, account_id)
