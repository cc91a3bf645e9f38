"""The scheduler: has due imports done, in every worker; a row that is there once decides whose turn it was."""

from uuid import UUID

import structlog

from db import clock, sweep
from db.jobs import Lane
from db.schedules import ScheduleGroup
from db.session import WritePool
from hub.bell import Bell
from hub.errors import HubError
from hub.sync.schedules import fire, plant_all, put_off

Place = tuple[UUID, UUID, ScheduleGroup]
_ORDER = list(ScheduleGroup)  # direct costs before payments

log = structlog.get_logger(__name__)


class Scheduler:
    """One step is one look at what is due in all accounts, through a login that sees no contents."""

    def __init__(self, narrow: WritePool, pool: WritePool, bell: Bell) -> None:
        self._narrow, self._pool, self._bell = narrow, pool, bell
        self._planted = False

    async def step(self) -> None:
        if not self._planted:
            await self._plant()
            self._planted = True
        met: set[Place] = set()
        while due := [place for place in await self._due() if place not in met]:
            for account, system, group in sorted(due, key=lambda place: _ORDER.index(place[2])):
                await self._fire(account, system, group)
            met.update(due)

    async def _due(self) -> list[Place]:
        """The longest due, as many as one look takes in; what has come and gone makes room for the next."""
        async with self._narrow.plain() as connection:
            rows = await sweep.schedules(connection, clock.now())
        return [(row["account_id"], row["connection_id"], ScheduleGroup(row["object_group"])) for row in rows]

    async def _fire(self, account: UUID, system: UUID, group: ScheduleGroup) -> None:
        place = {"account": str(account), "system": str(system), "group": group.value}
        try:
            async with self._pool.transaction(account) as connection:
                job = await fire(connection, account, system, group, clock.now())
        except (HubError, KeyError, ValueError) as error:
            # As where this machine does not know the zone. The schedules of others are none the worse for it.
            log.error("a schedule cannot be kept", **place, exc_info=error)
            async with self._pool.transaction(account) as connection:
                await put_off(connection, account, system, group, clock.now())
            return
        if job is not None:
            log.info("a schedule is due", **place)
            await self._bell.ring(account, job, lane=Lane.BULK)

    async def _plant(self) -> None:
        """What connections without schedules lack, such as those from before there were any."""
        async with self._narrow.plain() as connection:
            accounts = await sweep.all_accounts(connection)
        for account in accounts:
            async with self._pool.transaction(account) as connection:
                troubles = await plant_all(connection, account, clock.now())
            for refused in troubles:
                log.warning("a schedule cannot be made", account=str(account), field=refused.field)
