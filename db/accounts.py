"""The tenant and its connections to other systems."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from db.base import AccountRow, AccountTable, one_of, timestamp, words


class SystemRole(StrEnum):
    """Which side of the hub a system stands on."""

    PROJECT_TOOL = "PROJECT_TOOL"
    ERP = "ERP"


class ConnectionState(StrEnum):
    """Whether jobs may talk to the system."""

    ACTIVE = "ACTIVE"
    AUTH_REQUIRED = "AUTH_REQUIRED"
    PAUSED = "PAUSED"


class Account(AccountTable, table=True):
    """One tenant: one company of the project tool."""

    __tablename__ = "account"

    name: str = Field(description="The company's name.")
    currency: str = Field(
        default="USD", max_length=3, description="ISO 4217 code used where a record names none."
    )
    time_zone: str = Field(default="America/New_York", description="IANA zone of the account's local dates.")
    created_at: datetime = timestamp("When the account was opened.", default_now=True)


def jsonb(*, default: str = "{}") -> Any:
    """A JSON document column of its own."""
    return Column(JSONB, nullable=False, server_default=text(f"'{default}'::jsonb"))


class Connection(AccountRow, table=True):
    """One system the account is connected to."""

    __tablename__ = "connection"
    __table_args__ = (
        UniqueConstraint("account_id", "name"),
        Index(
            "uq_connection_erp", "account_id", unique=True, postgresql_where=text("role = 'ERP'")
        ),  # an item has one ERP link
        ForeignKeyConstraint(["account_id"], ["account.account_id"], ondelete="RESTRICT"),
        one_of("role", SystemRole),
        one_of("state", ConnectionState),
    )

    name: str = Field(description="How people call it.", max_length=100)
    kind: str = Field(description="Which connector speaks to it, such as `mri`.", max_length=40)
    role: SystemRole = words(SystemRole, "Which side of the hub it stands on.")
    state: ConnectionState = words(
        ConnectionState, "Whether jobs may talk to it.", default=ConnectionState.ACTIVE
    )
    base_url: str = Field(description="Where it answers.", max_length=500)
    settings: dict[str, Any] = Field(
        default_factory=dict, description="Choices of the account.", sa_column=jsonb()
    )
    capabilities: dict[str, Any] = Field(
        default_factory=dict,
        description="What the system can do and how it differs; the rules read it.",
        sa_column=jsonb(),
    )
    go_live_on: date | None = Field(
        default=None,
        description="Projects created in the project tool before this day are not linked to a job without an override.",
    )
    version: int = Field(
        default=1, sa_column_kwargs={"server_default": "1"}, description="Rises with each change."
    )
    created_at: datetime = timestamp("When it was set up.", default_now=True)


class Cursor(AccountTable, table=True):
    """How far a resource of a connection has been read; written in the transaction of the page it belongs to."""

    __tablename__ = "cursor"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "connection_id"], ["connection.account_id", "connection.id"], ondelete="CASCADE"
        ),
    )

    connection_id: uuid.UUID = Field(primary_key=True)
    resource: str = Field(primary_key=True)
    scope: str = Field(primary_key=True, default="")
    run_id: uuid.UUID | None = Field(default=None, description="The run whose pages `page` counts.")
    page: str | None = Field(
        default=None, description="Cursor of the next page of an unfinished crawl.", sa_type=Text
    )
    tally: dict[str, Any] = Field(
        default_factory=dict,
        description="Count, sum and digest of what the run has read of it.",
        sa_column=jsonb(),
    )
    watermark: datetime | None = timestamp("Up to where all changes of the other side are taken in.")
    begun_at: datetime | None = timestamp("When the last crawl began that moved the watermark.")
    full_at: datetime | None = timestamp("When the last of them began that read the list in full.")
    finished_at: datetime | None = timestamp("When the last complete crawl ended.")
