"""When imports run by themselves: a schedule per connection and group of objects, and each time that it came due."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlmodel import Field

from db.base import AccountTable, one_of, timestamp, words


class ScheduleGroup(StrEnum):
    """What is read together. Of an ERP each group but the last has a schedule of its own; of a project tool there is EVERYTHING."""

    COMPANIES = "COMPANIES"
    JOBS = "JOBS"
    JOB_COSTS = "JOB_COSTS"
    PAYMENTS = "PAYMENTS"
    INVOICES = "INVOICES"
    EVERYTHING_ELSE = "EVERYTHING_ELSE"
    EVERYTHING = "EVERYTHING"


class Frequency(StrEnum):
    """How often a group is read. NEVER: only when somebody asks."""

    HOURLY = "HOURLY"
    EVERY_2_HOURS = "EVERY_2_HOURS"
    EVERY_4_HOURS = "EVERY_4_HOURS"
    DAILY = "DAILY"
    NEVER = "NEVER"


class Schedule(AccountTable, table=True):
    """When a group of a system's objects is read without anybody asking."""

    __tablename__ = "schedule"
    __table_args__ = (
        one_of("object_group", ScheduleGroup),
        one_of("frequency", Frequency),
        Index("ix_schedule_wake", "wake_at", postgresql_where=text("wake_at is not null")),
        ForeignKeyConstraint(
            ["account_id", "connection_id"], ["connection.account_id", "connection.id"], ondelete="CASCADE"
        ),
    )

    connection_id: uuid.UUID = Field(primary_key=True)
    object_group: ScheduleGroup = words(ScheduleGroup, "What is read.", primary_key=True)
    frequency: Frequency = words(Frequency, "How often.", default=Frequency.DAILY)
    time: str = Field(max_length=5, description="Local time of day, HH:MM, of a daily schedule.")
    zone: str = Field(
        max_length=64, description="IANA zone of that time; EST is five hours behind UTC all year."
    )
    is_default: bool = Field(
        default=True,
        description="Whether it is what the system declares; not once somebody has chosen.",
        sa_column_kwargs={"server_default": "true"},
    )
    since: datetime = timestamp("From when on its times count.", default_now=True)
    next_at: datetime | None = timestamp(
        "When it runs next, in the past where it waits for another; null where it never runs by itself."
    )
    wake_at: datetime | None = timestamp("When a worker looks at it next.")
    last_run_id: uuid.UUID | None = Field(default=None)


class ScheduleRun(AccountTable, table=True):
    """One time of a schedule that came due. The row is there once, whichever worker was first."""

    __tablename__ = "schedule_run"
    __table_args__ = (
        Index("ix_schedule_run_run", "account_id", "run_id"),
        ForeignKeyConstraint(
            ["account_id", "connection_id"], ["connection.account_id", "connection.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["account_id", "run_id"], ["sync_run.account_id", "sync_run.id"], ondelete="CASCADE"
        ),
    )

    connection_id: uuid.UUID = Field(primary_key=True)
    object_group: str = Field(primary_key=True, max_length=40)
    slot: str = Field(
        primary_key=True,
        max_length=90,
        description="Local date, time and zone of a daily schedule, else the hour in UTC.",
    )
    due_at: datetime = timestamp("When it was due.", default_now=True)
    run_id: uuid.UUID
    joined: bool = Field(
        default=False,
        description="Whether it joined a run that was under way.",
        sa_column_kwargs={"server_default": "false"},
    )
    created_at: datetime = timestamp("When a worker had it done.", default_now=True)
