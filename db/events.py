"""The append-only log that history, audit, feed and time travel read, and its seal."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from db.base import AccountRow, AccountTable, timestamp


class Event(AccountRow, table=True):
    """One thing that happened, with full images of before and after, written in the same transaction."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_object", "account_id", "object_id", "id"),
        Index("ix_event_order", "account_id", "transaction", "id"),
    )

    at: datetime = timestamp("When it happened.", default_now=True)
    transaction: int = Field(
        default=None,
        sa_column=Column(
            BigInteger, nullable=False, server_default=text("(pg_current_xact_id()::text)::bigint")
        ),
        description="Number of the writing transaction; the sealer takes events in this order once no older one can still commit.",
    )
    action: str = Field(max_length=40, description="What was done: SEND, ACCEPT, IMPORT, ...")
    object_type: str = Field(max_length=40)
    object_id: uuid.UUID
    member_id: uuid.UUID | None = Field(default=None, description="Who did it; null for the hub itself.")
    run_id: uuid.UUID | None = Field(default=None)
    cause: str | None = Field(default=None, sa_type=Text, description="Why, or the person's comment.")
    before: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
    after: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))


class EventSeal(AccountTable, table=True):
    """Position and hash of an event in its account's chain: sha256 of the hash before it and the event's content."""

    __tablename__ = "event_seal"
    __table_args__ = (
        Index("uq_event_seal_event", "account_id", "event_id", unique=True),
        ForeignKeyConstraint(
            ["account_id", "event_id"], ["event.account_id", "event.id"], ondelete="RESTRICT"
        ),
    )

    position: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    event_id: uuid.UUID
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sealed_at: datetime = timestamp("When it was sealed.", default_now=True)


class EventHead(AccountTable, table=True):
    """How far an account's log is sealed."""

    __tablename__ = "event_head"

    position: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))
    transaction: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))
    event_id: uuid.UUID | None = Field(default=None)
    hash: bytes = Field(
        default=b"", sa_column=Column(LargeBinary, nullable=False, server_default=text("''::bytea"))
    )
