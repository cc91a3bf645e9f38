"""The schedules of an account's connections: planted as the systems declare them, and fired when they come due.

Direct costs go before payments: those of a night wait until the night's direct costs have been read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from db.accounts import ConnectionState, SystemRole
from db.jobs import Lane
from db.schedules import Frequency, ScheduleGroup
from db.session import Connection, Row
from hub.codes import ErrorCode
from hub.errors import Refused
from hub.sync.enqueue import enqueue
from hub.sync.intake.resources import RESOURCES
from hub.sync.runs import open_run
from hub.sync.scheduling import Rhythm, Slot, following, local_day, newest, of_day

G = ScheduleGroup
GROUPS: Mapping[ScheduleGroup, tuple[str, ...]] = {
    G.COMPANIES: ("company",),
    G.JOBS: ("cost_type", "cost_code", "project", "sub_job", "project_cost_code"),
    G.JOB_COSTS: ("direct_cost",),
    G.PAYMENTS: ("payment",),
    G.INVOICES: ("subcontractor_invoice",),
}
_COST = "direct_cost"
_USUAL_TIME = "01:00"
_LATER = timedelta(seconds=30)  # until a schedule that has to wait is looked at again
_MUCH_LATER = timedelta(minutes=5)  # and one that could not be looked at

_SYSTEM = """
    select c.id, c.role, c.state, c.settings, c.capabilities, a.time_zone from connection c
    join account a on a.account_id = $1 where c.account_id = $1 and c.id = $2 for update of c"""
_SYSTEMS = "select id from connection where account_id = $1 order by id"
_PLANT = """
    insert into schedule (account_id, connection_id, object_group, frequency, time, zone, is_default, since, next_at, wake_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
    on conflict (account_id, connection_id, object_group) do update
        set frequency = excluded.frequency, time = excluded.time, zone = excluded.zone, is_default = excluded.is_default,
            since = excluded.since, next_at = excluded.next_at, wake_at = excluded.wake_at
    where not excluded.is_default or (schedule.is_default
        and (schedule.frequency, schedule.time, schedule.zone) is distinct from (excluded.frequency, excluded.time, excluded.zone))"""
_PRUNE = (
    "delete from schedule where account_id = $1 and connection_id = $2 and object_group <> all($3::text[])"
)
_SCHEDULE = """
    select frequency, time, zone, since from schedule
    where account_id = $1 and connection_id = $2 and object_group = $3"""
_NEXT = """
    update schedule set next_at = $4, wake_at = $5, last_run_id = coalesce($6, last_run_id)
    where account_id = $1 and connection_id = $2 and object_group = $3"""
_PUT_OFF = """
    update schedule set wake_at = $4 where account_id = $1 and connection_id = $2 and object_group = $3"""
_CAME = """
    select 1 from schedule_run where account_id = $1 and connection_id = $2 and object_group = $3 and slot = $4"""
_CAME_ON = """
    select 1 from schedule_run where account_id = $1 and connection_id = $2 and object_group = $3
        and slot >= $4 collate "C" limit 1"""
_CLAIM = """
    insert into schedule_run (account_id, connection_id, object_group, slot, due_at, run_id, joined, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)"""
# An import under way that reads all of it, without being confined to a project.
_COVERED = """
    select run_id from job where account_id = $1 and kind = 'import' and state in ('QUEUED', 'RUNNING')
        and args ->> 'connection_id' = $2 and args -> 'scope' is null
        and (args -> 'objects' is null or args -> 'objects' @> $3::jsonb) order by id limit 1"""


@dataclass(frozen=True)
class System:
    """A connection as its schedules need it. `gives`: the lists that can be read, those first that others need."""

    id: UUID
    role: SystemRole
    state: ConnectionState
    settings: Mapping[str, Any]
    capabilities: Mapping[str, Any]
    time_zone: str

    @classmethod
    def of(cls, row: Row) -> "System":
        return cls(
            id=row["id"],
            role=SystemRole(row["role"]),
            state=ConnectionState(row["state"]),
            settings=json.loads(row["settings"]),
            capabilities=json.loads(row["capabilities"]),
            time_zone=row["time_zone"],
        )

    @property
    def gives(self) -> Sequence[str]:
        known = [each.key for each in RESOURCES]
        given = set(self.capabilities.get("imports") or ()) & set(known)
        if self.role is SystemRole.ERP:
            given = set(self.capabilities.get("lists") or given)
        return [*(key for key in known if key in given), *sorted(given - set(known))]

    def groups(self) -> Mapping[ScheduleGroup, Sequence[str]]:
        """What there is to read, by group; groups of which the system gives nothing are left out."""
        given = self.gives
        if self.role is SystemRole.PROJECT_TOOL:
            return {G.EVERYTHING: given} if given else {}
        grouped = {key for keys in GROUPS.values() for key in keys}
        found = {group: [key for key in given if key in keys] for group, keys in GROUPS.items()}
        found[G.EVERYTHING_ELSE] = [key for key in given if key not in grouped]
        return {group: keys for group, keys in found.items() if keys}

    def usual(self, keys: Sequence[str]) -> Rhythm:
        """As the system declares it for one of the lists; where it declares nothing, nightly at the connection's setting."""
        declared = self._declared(keys)
        if declared is None:
            behaviour = self.capabilities.get("behaviour") or {}
            zone = behaviour.get("time_zone") if self.role is SystemRole.ERP else None
            zone = str(self.settings.get("schedule_zone") or zone or self.time_zone)
            time = str(self.settings.get("nightly_at") or _USUAL_TIME)
            declared = Rhythm(Frequency.DAILY, time, zone)
        return declared.checked("settings.nightly_at", "settings.schedule_zone")

    def _declared(self, keys: Sequence[str]) -> Rhythm | None:
        for key in keys:
            found = (self.capabilities.get("objects") or {}).get(key, {}).get("default_schedule")
            if found:
                return Rhythm(Frequency.DAILY, found["time"], found["zone"])
        return None


async def read_system(connection: Connection, account: UUID, system: UUID) -> System | None:
    """The connection, under lock: whoever fires, configures or asks for an import of it goes one after the other."""
    row = await connection.fetchrow(_SYSTEM, account, system)
    return None if row is None else System.of(row)


async def plant(connection: Connection, account: UUID, system: UUID, now: datetime) -> None:
    """Give each group its usual schedule, unless somebody has chosen one. Times begin to count now."""
    known = await read_system(connection, account, system)
    assert known is not None
    groups = known.groups()
    for group, keys in groups.items():
        await put(connection, account, system, group, known.usual(keys), now, chosen=False)
    await connection.execute(_PRUNE, account, system, [group.value for group in groups])


async def plant_all(connection: Connection, account: UUID, now: datetime) -> Sequence[Refused]:
    """Plant what the account's connections lack; what keeps one from its schedules keeps no other."""
    troubles = []
    for row in await connection.fetch(_SYSTEMS, account):
        try:
            async with connection.transaction():
                await plant(connection, account, row["id"], now)
        except Refused as refused:
            troubles.append(refused)
    return troubles


async def put_off(
    connection: Connection, account: UUID, system: UUID, group: ScheduleGroup, now: datetime
) -> None:
    """Look at a schedule later that cannot be looked at now."""
    await connection.execute(_PUT_OFF, account, system, group.value, now + _MUCH_LATER)


async def put(
    connection: Connection,
    account: UUID,
    system: UUID,
    group: ScheduleGroup,
    rhythm: Rhythm,
    now: datetime,
    *,
    chosen: bool,
) -> None:
    slot = following(rhythm, now)
    values = (group.value, rhythm.frequency.value, rhythm.time, rhythm.zone, not chosen, now)
    await connection.execute(_PLANT, account, system, *values, slot.at if slot else None)


async def rhythm_of(
    connection: Connection, account: UUID, system: UUID, group: ScheduleGroup
) -> tuple[Rhythm, datetime] | None:
    """The rhythm, and from when on its times count."""
    row = await connection.fetchrow(_SCHEDULE, account, system, group.value)
    if row is None:
        return None
    return Rhythm(Frequency(row["frequency"]), row["time"], row["zone"]), row["since"]


async def fire(
    connection: Connection, account: UUID, system: UUID, group: ScheduleGroup, now: datetime
) -> UUID | None:
    """Have a group read whose time has come: once for each time, joining a run that reads the same. Gives the job to ring for."""
    known = await read_system(connection, account, system)
    found = await rhythm_of(connection, account, system, group)
    if known is None or found is None:
        return None
    rhythm, since = found
    slot, turn = newest(rhythm, since, now), _Turn(connection, account, known, group, now)
    if slot is None or await connection.fetchval(_CAME, account, system, group.value, slot.name):
        await turn.over(rhythm, None)
        return None
    if known.state is not ConnectionState.ACTIVE or await turn.waits(rhythm, slot):
        await turn.postponed(slot)
        return None
    run, job = await turn.begun(known.groups().get(group, ()))
    if run is not None:
        claim = (slot.name, slot.at, run, job is None, now)
        await connection.execute(_CLAIM, account, system, group.value, *claim)
    await turn.over(rhythm, run)
    return job


@dataclass(frozen=True)
class _Turn:
    """One look at a schedule that is due."""

    connection: Connection
    account: UUID
    system: System
    group: ScheduleGroup
    now: datetime

    async def over(self, rhythm: Rhythm, run: UUID | None) -> None:
        slot = following(rhythm, self.now)
        at = slot.at if slot else None
        await self._next(at, at, run)

    async def postponed(self, slot: Slot) -> None:
        await self._next(slot.at, self.now + _LATER, None)

    async def _next(self, next_at: datetime | None, wake_at: datetime | None, run: UUID | None) -> None:
        place = (self.account, self.system.id, self.group.value)
        await self.connection.execute(_NEXT, *place, next_at, wake_at, run)

    async def begun(self, keys: Sequence[str]) -> tuple[UUID | None, UUID | None]:
        """The run that reads the group, and its job where it was not under way already."""
        if not keys:
            return None, None
        joined = await self._under_way(keys)
        if joined is not None:
            return joined, None
        run = await open_run(self.connection, self.account, "IMPORT", None, [], connection_id=self.system.id)
        args = {"connection_id": self.system.id, "objects": list(keys)}
        job = await enqueue(self.connection, self.account, "import", args=args, run_id=run, lane=Lane.BULK)
        return run, job

    async def waits(self, rhythm: Rhythm, slot: Slot) -> bool:
        """Whether payments have to wait for direct costs: those that are being read, or are still to be read for the night."""
        if self.group is not G.PAYMENTS:
            return False
        return await self._under_way([_COST]) is not None or await self._owed(rhythm, slot)

    async def _owed(self, rhythm: Rhythm, slot: Slot) -> bool:
        costs = await rhythm_of(self.connection, self.account, self.system.id, G.JOB_COSTS)
        if costs is None or costs[0].frequency is Frequency.NEVER:
            return False
        own, since = costs
        place = (self.account, self.system.id, G.JOB_COSTS.value)
        if own.frequency is rhythm.frequency is Frequency.DAILY:
            night = local_day(rhythm, slot.at)
            first = of_day(own, night)
            return first.at > since and not await self.connection.fetchval(_CAME_ON, *place, str(night))
        first_ = newest(own, since, self.now)
        return first_ is not None and not await self.connection.fetchval(_CAME, *place, first_.name)

    async def _under_way(self, keys: Sequence[str]) -> UUID | None:
        found: UUID | None = await self.connection.fetchval(
            _COVERED, self.account, str(self.system.id), json.dumps(list(keys))
        )
        return found


async def configure(
    connection: Connection,
    account: UUID,
    system: System,
    group: ScheduleGroup,
    asked: Mapping[str, Any],
    now: datetime,
) -> None:
    """Let a group be read as somebody chose; what is left out stays as it is. Raises `Refused` with the field that is wrong."""
    keys = system.groups().get(group)
    if not keys:
        text = f"This system gives nothing of the group {group.value}."
        remedy = f"Choose among {', '.join(sorted(known.value for known in system.groups()))}."
        raise Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, text, field="group", remedy=remedy)
    held = await rhythm_of(connection, account, system.id, group)
    before = held[0] if held else system.usual(keys)
    rhythm = Rhythm(
        Frequency(asked["frequency"]), asked.get("time") or before.time, asked.get("zone") or before.zone
    ).checked()
    await put(connection, account, system.id, group, rhythm, now, chosen=True)
