"""How the calls to a system stood when a worker last looked: windows in use and the state of the circuit."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKeyConstraint, Text
from sqlmodel import Field

from db.base import AccountTable, one_of, timestamp, words


class BreakerState(StrEnum):
    """OPEN holds all calls back after failures; HALF_OPEN lets one probe out at a time."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class Traffic(AccountTable, table=True):
    """How the calls to a system stand. Written when a job that called it ends, and when its circuit changes."""

    __tablename__ = "traffic"
    __table_args__ = (
        one_of("breaker", BreakerState),
        ForeignKeyConstraint(
            ["account_id", "connection_id"], ["connection.account_id", "connection.id"], ondelete="CASCADE"
        ),
    )

    connection_id: uuid.UUID = Field(primary_key=True)
    breaker: BreakerState = words(
        BreakerState, "Whether calls leave, or are held back after failures.", default=BreakerState.CLOSED
    )
    opened_at: datetime | None = timestamp("Since when calls are held back; null while they are not.")
    next_probe_at: datetime | None = timestamp("When the next single call may try; null while all may.")
    last_failure: str | None = Field(
        default=None, description="The last failure in the hub's words; it holds no secret.", sa_type=Text
    )
    updated_at: datetime = timestamp("When a worker last looked.", default_now=True)


class TrafficWindow(AccountTable, table=True):
    """One limit of a system: so many calls in so many seconds, counted over all workers."""

    __tablename__ = "traffic_window"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "connection_id"],
            ["traffic.account_id", "traffic.connection_id"],
            ondelete="CASCADE",
        ),
    )

    connection_id: uuid.UUID = Field(primary_key=True)
    seconds: int = Field(primary_key=True, description="Length of the window.")
    count: int = Field(primary_key=True, description="Calls that it allows.")
    used: int = Field(
        description="Calls counted in it, other programs' included where the system tells of them."
    )
    remaining: int = Field(description="Calls left in it.")
    resets_at: datetime | None = timestamp(
        "When the oldest counted call leaves it; null where none is counted."
    )
