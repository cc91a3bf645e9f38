"""The link between an item and its record in an ERP, the moves it may make, and conflicts kept beside it."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from db.base import AccountRow, timestamp


class Link(AccountRow, table=True):
    """Where one item stands with one ERP. Every item has one from the moment the hub knows it."""

    __tablename__ = "link"
    __table_args__ = (
        UniqueConstraint("account_id", "object_id", "connection_id"),
        Index(
            "uq_link_external",
            "account_id",
            "connection_id",
            "object_type",
            "external_id",
            unique=True,
            postgresql_where=text("external_id is not null"),
        ),
        Index("ix_link_state", "account_id", "object_type", "state"),
        ForeignKeyConstraint(
            ["account_id", "connection_id"], ["connection.account_id", "connection.id"], ondelete="RESTRICT"
        ),
    )

    connection_id: uuid.UUID
    object_type: str = Field(max_length=40, description="GraphQL name of the item's type.")
    object_id: uuid.UUID
    state: str = Field(max_length=20)
    external_id: str | None = Field(default=None, max_length=200, description="The record's id in the ERP.")
    external_code: str | None = Field(
        default=None, max_length=200, description="What people call it in the ERP."
    )
    export_revision: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    payload: str | None = Field(
        default=None, sa_type=Text, description="Canonical text of the requests that will leave, or left."
    )
    digest: str | None = Field(default=None, max_length=64, description="SHA-256 of the payload, in hex.")
    mapping_version: str | None = Field(default=None, max_length=40)
    entries: dict[str, Any] = Field(
        default_factory=dict,
        sa_column=Column(JSONB, nullable=False, server_default=text("'{}'::jsonb")),
        description="What the approver typed.",
    )
    snapshot: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSONB), description="What the ERP held when last read."
    )
    snapshot_at: datetime | None = timestamp("When it was last read.")
    sent_by: uuid.UUID | None = Field(default=None)
    sent_at: datetime | None = timestamp("When it was last sent.")
    answered_by: uuid.UUID | None = Field(default=None, description="Who accepted or rejected it.")
    answered_at: datetime | None = timestamp("When it was accepted or rejected.")
    comment: str | None = Field(
        default=None, sa_type=Text, description="The approver's comment at rejection."
    )
    error_code: str | None = Field(default=None, max_length=60)
    error_message: str | None = Field(default=None, sa_type=Text)
    erp_message: str | None = Field(default=None, sa_type=Text, description="The ERP's own words.")
    synced_at: datetime | None = timestamp("When the ERP confirmed it.")
    gone_at: datetime | None = timestamp("Since when the ERP no longer lists its record.")
    created_at: datetime = timestamp("When the hub first saw the item.", default_now=True)
    updated_at: datetime = timestamp("When the link last changed.", default_now=True)


class LinkMove(SQLModel, table=True):
    """The moves a link may make, printed from the one table in `hub.core.link`; a trigger refuses all others."""

    __tablename__ = "link_move"

    from_state: str = Field(
        primary_key=True, max_length=20, description="Empty for the first state of a new link."
    )
    to_state: str = Field(primary_key=True, max_length=20)


class Conflict(AccountRow, table=True):
    """A change that arrived from the project tool on a field that is locked while the item is with accounting."""

    __tablename__ = "conflict"
    __table_args__ = (
        Index(
            "uq_conflict_open",
            "account_id",
            "object_id",
            "field",
            unique=True,
            postgresql_where=text("resolved_at is null"),
        ),
    )

    object_type: str = Field(max_length=40)
    object_id: uuid.UUID
    field: str = Field(max_length=60, description="The field.")
    code: str = Field(
        default="FIELD_LOCKED",
        max_length=60,
        sa_column_kwargs={"server_default": "FIELD_LOCKED"},
        description="By which rule the change is not taken over.",
    )
    message: str | None = Field(default=None, sa_type=Text, description="What the rule says, in words.")
    ours: str | None = Field(default=None, sa_type=Text, description="The value that was sent.")
    theirs: str | None = Field(default=None, sa_type=Text, description="The value in the project tool now.")
    seen_at: datetime = timestamp("When it arrived.", default_now=True)
    resolved_at: datetime | None = timestamp(
        "When the item was unlocked and took the value, or the tool took it back."
    )
