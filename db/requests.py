"""What a project tool tells the hub by itself: its webhooks, the notices they brought, and what people asked of the ERP there."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from db.base import AccountRow, AccountTable, one_of, timestamp, words


class RequestState(StrEnum):
    """OPEN: nobody has acted on it. TAKEN: it is under way, and DONE once all of it is told. The others are final."""

    OPEN = "OPEN"
    TAKEN = "TAKEN"
    DONE = "DONE"
    REFUSED = "REFUSED"
    IGNORED = "IGNORED"


class DetailState(StrEnum):
    """What the project tool is told of one item of a request."""

    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    REJECTED = "REJECTED"
    STALE = "STALE"


def _of_connection() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["account_id", "connection_id"], ["connection.account_id", "connection.id"], ondelete="CASCADE"
    )


class Webhook(AccountRow, table=True):
    """An address of the hub that one connection's system posts to: found by its prefix, proven by its secret's digest."""

    __tablename__ = "webhook"
    __table_args__ = (
        Index("uq_webhook_prefix", "prefix", unique=True),  # found before the account is known
        _of_connection(),
    )

    connection_id: uuid.UUID
    prefix: str = Field(max_length=32)
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    external_id: str | None = Field(
        default=None, max_length=64, description="The hook's id on the other side."
    )
    job_id: uuid.UUID | None = Field(default=None, description="The job that sets it up.")
    created_at: datetime = timestamp("When it was made.", default_now=True)
    heard_at: datetime | None = timestamp("When it last brought something.")
    revoked_at: datetime | None = timestamp("After this it is not let in.")


class Notice(AccountTable, table=True):
    """One thing a webhook told, kept under the sender's own id, so that a repetition is known."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_received", "account_id", "received_at"), _of_connection())

    connection_id: uuid.UUID = Field(primary_key=True)
    external_id: str = Field(primary_key=True, max_length=64)
    resource: str = Field(max_length=100, description="What kind of thing changed, in the sender's word.")
    event: str = Field(max_length=40, description="What happened to it, in lower case.")
    resource_id: str = Field(max_length=64)
    project_id: str | None = Field(default=None, max_length=64)
    occurred_at: datetime | None = timestamp("When it happened, as the sender says.")
    received_at: datetime = timestamp("When it arrived.", default_now=True)


class ErpRequest(AccountRow, table=True):
    """What somebody asked the ERP integration for in the project tool, such as sending a commitment."""

    __tablename__ = "erp_request"
    __table_args__ = (
        UniqueConstraint("account_id", "connection_id", "external_id"),
        one_of("state", RequestState),
        _of_connection(),
    )

    connection_id: uuid.UUID
    external_id: str = Field(max_length=64, description="The request's id in the project tool.")
    name: str = Field(max_length=80, description="What was asked, in the project tool's word.")
    state: RequestState = words(RequestState, "How it stands.", default=RequestState.OPEN)
    requested_by: str | None = Field(
        default=None, max_length=64, description="The user's id in the project tool."
    )
    content: dict[str, Any] = Field(
        default_factory=dict,
        sa_column=Column(JSONB, nullable=False, server_default=text("'{}'::jsonb")),
        description="Its details and items as they were read.",
    )
    run_id: uuid.UUID | None = Field(default=None, description="The run that reads what it is about.")
    message: str | None = Field(default=None, sa_type=Text, description="How it ended, in words.")
    asked_at: datetime | None = timestamp("When it was asked.")
    received_at: datetime = timestamp("When the hub learnt of it.", default_now=True)
    finished_at: datetime | None = timestamp("When the hub was done with it.")


class ErpRequestDetail(AccountTable, table=True):
    """One item of a request, which stays in progress in the project tool until it is told how it ended."""

    __tablename__ = "erp_request_detail"
    __table_args__ = (
        one_of("state", DetailState),
        Index(
            "ix_erp_request_detail_open",
            "account_id",
            "object_id",
            postgresql_where=text("state = 'IN_PROGRESS' and object_id is not null"),
        ),
        ForeignKeyConstraint(
            ["account_id", "request_id"], ["erp_request.account_id", "erp_request.id"], ondelete="CASCADE"
        ),
        _of_connection(),
    )

    connection_id: uuid.UUID = Field(primary_key=True)
    external_id: str = Field(primary_key=True, max_length=64)
    request_id: uuid.UUID
    item_type: str | None = Field(
        default=None, max_length=60, description="What kind of item, in the project tool's word."
    )
    item_id: str | None = Field(default=None, max_length=64, description="The item's id in the project tool.")
    object_id: uuid.UUID | None = Field(default=None, description="The item here, once it is known.")
    state: DetailState = words(DetailState, "What the project tool is told.", default=DetailState.IN_PROGRESS)
    messages: list[str] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=text("'[]'::jsonb"))
    )
    told_at: datetime | None = timestamp("When the project tool was told.")
