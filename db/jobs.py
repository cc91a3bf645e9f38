"""Jobs and attempts: the truth about work, of which the queue only rings the bell."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from db.base import AccountRow, one_of, timestamp, words


class JobState(StrEnum):
    """Where a job stands. QUEUED waits for its due time, RUNNING has a lease; the others are final."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    PARKED = "PARKED"
    CANCELLED = "CANCELLED"


class Lane(StrEnum):
    """Interactive work goes before bulk work."""

    INTERACTIVE = "INTERACTIVE"
    BULK = "BULK"


class Job(AccountRow, table=True):
    """One piece of work. Written with the change that asks for it; run under a lease whose fence every write carries."""

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", JobState),
        one_of("lane", Lane),
        Index("ix_job_due", "due_at", postgresql_where=text("state in ('QUEUED', 'RUNNING')")),
        Index("ix_job_running", "account_id", postgresql_where=text("state = 'RUNNING'")),
        Index("ix_job_next", "account_id", "lane", "rung_at", postgresql_where=text("state = 'QUEUED'")),
        Index("ix_job_run", "account_id", "run_id"),
        Index(
            "ix_job_object",
            "account_id",
            "object_id",
            postgresql_where=text("state in ('QUEUED', 'RUNNING')"),
        ),
        ForeignKeyConstraint(
            ["account_id", "run_id"], ["sync_run.account_id", "sync_run.id"], ondelete="RESTRICT"
        ),
    )

    kind: str = Field(max_length=40, description="Which work: `import`, `export`, ...")
    lane: Lane = words(Lane, "Which queue it stands in.", default=Lane.INTERACTIVE)
    state: JobState = words(JobState, "Where it stands.", default=JobState.QUEUED)
    args: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default=text("'{}'::jsonb"))
    )
    run_id: uuid.UUID | None = Field(default=None)
    object_id: uuid.UUID | None = Field(
        default=None, description="The item it works on; jobs of one item run one after the other."
    )
    requested_by: uuid.UUID | None = Field(default=None)
    due_at: datetime = timestamp("Not before.", default_now=True)
    rung_at: datetime | None = timestamp("When the bell was last rung for it.")
    lease_owner: str | None = Field(
        default=None, max_length=80, description="The worker that holds the lease."
    )
    lease_until: datetime | None = timestamp("Until when nobody else may run it.")
    fence: int = Field(
        default=0,
        sa_column=Column(BigInteger, nullable=False, server_default="0"),
        description="Rises with each lease taken.",
    )
    tries: int = Field(
        default=0,
        sa_column=Column(Integer, nullable=False, server_default="0"),
        description="Tries that ended in an error.",
    )
    deaths: int = Field(
        default=0,
        sa_column=Column(SmallInteger, nullable=False, server_default="0"),
        description="Leases that ran out without a word.",
    )
    error_code: str | None = Field(default=None, max_length=60, description="Our code of the last error.")
    error_message: str | None = Field(default=None, sa_type=Text, description="The last error in words.")
    created_at: datetime = timestamp("When it was asked for.", default_now=True)
    started_at: datetime | None = timestamp("When it was first taken.")
    finished_at: datetime | None = timestamp("When it ended.")


class AttemptState(StrEnum):
    """One try to change the other side. UNKNOWN is resolved by reading back, or ends IN_DOUBT for a person."""

    PLANNED = "PLANNED"
    SENDING = "SENDING"
    CONFIRMED = "CONFIRMED"
    REFUSED = "REFUSED"
    UNKNOWN = "UNKNOWN"
    PRESENT = "PRESENT"
    ABSENT_PROVEN = "ABSENT_PROVEN"
    IN_DOUBT = "IN_DOUBT"


class Attempt(AccountRow, table=True):
    """One try to carry out one step of one job. SENDING is committed before the socket opens."""

    __tablename__ = "attempt"
    __table_args__ = (
        one_of("state", AttemptState),
        Index("ix_attempt_object", "account_id", "object_id", "id"),
        Index("ix_attempt_job", "account_id", "job_id"),
        ForeignKeyConstraint(["account_id", "job_id"], ["job.account_id", "job.id"], ondelete="RESTRICT"),
        ForeignKeyConstraint(
            ["account_id", "connection_id"], ["connection.account_id", "connection.id"], ondelete="RESTRICT"
        ),
    )

    job_id: uuid.UUID
    connection_id: uuid.UUID
    object_type: str = Field(max_length=40)
    object_id: uuid.UUID
    export_revision: int = Field(default=0)
    step: str = Field(max_length=40, description="What the request was for.")
    operation: str = Field(max_length=60, description="The connector's name of the operation.")
    state: AttemptState = words(AttemptState, "How it stands.", default=AttemptState.PLANNED)
    fence: int = Field(sa_column=Column(BigInteger, nullable=False))
    request_digest: str = Field(max_length=64, description="SHA-256 of the body that was sent, in hex.")
    external_id: str | None = Field(
        default=None, max_length=200, description="The id that the other side gave."
    )
    error_code: str | None = Field(default=None, max_length=60, description="Our code of what went wrong.")
    erp_message: str | None = Field(default=None, sa_type=Text, description="The other side's own words.")
    request_id: str | None = Field(default=None, max_length=200)
    read_backs: int = Field(
        default=0,
        sa_column=Column(SmallInteger, nullable=False, server_default="0"),
        description="How often the other side was asked whether it is there.",
    )
    absent_since: datetime | None = timestamp("First read-back that did not find it.")
    created_at: datetime = timestamp("When it was planned.", default_now=True)
    sent_at: datetime | None = timestamp("When it was marked SENDING.")
    finished_at: datetime | None = timestamp("When its outcome was written.")
