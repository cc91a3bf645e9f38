"""GraphQL types of what is known of a system beside its records: its traffic, its last test, its schedules and what sets runs going."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from db.checks import SystemCheck as SystemCheckRow
from db.schedules import Frequency, ScheduleGroup
from db.schedules import Schedule as ScheduleRow
from db.traffic import Traffic as TrafficRow
from db.traffic import TrafficWindow as TrafficWindowRow
from hub.api.derive import planned, row, word
from hub.api.plan.fields import Column, Many, One
from hub.codes import Word

if TYPE_CHECKING:
    from hub.api.records import SyncRun
else:
    SyncRun = Annotated["SyncRun", strawberry.lazy("hub.api.records")]
READER = "({v}.erp_level >= 1 or {v}.is_bulk_reader)"
TRIGGER = """(case when exists (select from schedule_run s where s.account_id = {account} and s.run_id = {t}.id and not s.joined)
    then 'SCHEDULE' when {t}.action = 'EXPORT' then 'ACCEPT' when {t}.requested_by is not null then 'ON_DEMAND' else 'HUB' end)"""
_GROUPS = ", ".join(f"'{group.value}'" for group in ScheduleGroup)
IN_ORDER = f"array_position(array[{_GROUPS}], {{t}}.object_group)"


class RunTrigger(Word):
    """What set a run going."""

    SCHEDULE = "SCHEDULE", "Its time had come."
    ACCEPT = "ACCEPT", "Somebody accepted items, which leave at once."
    ON_DEMAND = "ON_DEMAND", "Somebody asked for it."
    HUB = "HUB", "The hub needed it."


for _words in (ScheduleGroup, Frequency, RunTrigger):
    word(_words)


@row(TrafficWindowRow, "TrafficWindow", visible=READER, id_sql="{t}.connection_id")
class TrafficWindow:
    pass


@row(TrafficRow, "Traffic", visible=READER, id_sql="{t}.connection_id")
class Traffic:
    windows: list[TrafficWindow] = planned(
        Many(on="{t}.connection_id = {pt}.connection_id", order="{t}.seconds, {t}.count"),
        description="The limits that are kept, the shortest first.",
    )


@row(
    SystemCheckRow,
    "SystemCheck",
    visible=READER,
    shown=("name", "ok", "message", "code", "checked_at"),
    id_sql="{t}.position",
)
class SystemCheck:
    """One line of the last test of a connection."""


@row(
    ScheduleRow,
    "Schedule",
    visible=READER,
    shown=("frequency", "time", "zone", "is_default"),
    id_sql="{t}.object_group",
)
class Schedule:
    """When a group of a system's objects is read without anybody asking."""

    group: ScheduleGroup = planned(Column("{t}.object_group"), description="What is read.")
    next_run_at: datetime | None = planned(
        Column("{t}.next_at"),
        description="When it runs next, in the past where it waits for another; null where it never runs by itself.",
    )
    last_run: SyncRun | None = planned(
        One(on="{t}.id = {pt}.last_run_id"), description="The run of the last time it came due."
    )
