"""What a crawl of the other side leaves behind besides records: what it saw, and what it saw and did not list."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from db.base import AccountTable, timestamp


class CrawlKey(AccountTable, table=True):
    """One of our records that an unfinished crawl has met. Kept until the crawl ends, so that it can stop and go on."""

    __tablename__ = "crawl_key"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "run_id"], ["sync_run.account_id", "sync_run.id"], ondelete="CASCADE"
        ),
    )

    run_id: uuid.UUID = Field(primary_key=True)
    resource: str = Field(primary_key=True, max_length=40)
    scope: str = Field(primary_key=True, default="", max_length=200)
    object_id: uuid.UUID = Field(primary_key=True)


class Unlisted(AccountTable, table=True):
    """A record of another system that the hub does not list for itself, remembered for the day it gets a partner.

    An ERP's inactive vendor that the project tool turns out to be linked to; a code of the project tool that the
    ERP's list turns out to hold. So it does not matter which side is read first."""

    __tablename__ = "unlisted"
    __table_args__ = (
        Index("ix_unlisted_claim", "account_id", "object_type", "claim"),
        Index("ix_unlisted_natural_key", "account_id", "object_type", "natural_key"),
        ForeignKeyConstraint(
            ["account_id", "connection_id"], ["connection.account_id", "connection.id"], ondelete="CASCADE"
        ),
    )

    connection_id: uuid.UUID = Field(primary_key=True, description="Where it was read.")
    object_type: str = Field(primary_key=True, max_length=40, description="GraphQL name of its type.")
    external_id: str = Field(primary_key=True, max_length=200, description="Its id there.")
    external_code: str | None = Field(default=None, max_length=200)
    claim: str | None = Field(
        default=None, max_length=200, description="The ERP's id it says it is linked to."
    )
    natural_key: str | None = Field(default=None, sa_type=Text, description="What people know it by.")
    snapshot: dict[str, Any] = Field(
        sa_column=Column(JSONB, nullable=False, server_default=text("'{}'::jsonb")),
        description="Its values as last read.",
    )
    seen_at: datetime = timestamp("When it was last read.", default_now=True)


class KeptOut(AccountTable, table=True):
    """A record of an ERP that fits and still could not enter, such as a cost on a code that its project lacks.

    Remembered as it was read, to be tried again: in the ERP it may never change."""

    __tablename__ = "kept_out"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "connection_id"], ["connection.account_id", "connection.id"], ondelete="CASCADE"
        ),
    )

    connection_id: uuid.UUID = Field(primary_key=True, description="Where it was read.")
    object_key: str = Field(primary_key=True, max_length=40, description="Which list it is of.")
    external_id: str = Field(primary_key=True, max_length=200, description="Its id there.")
    external_code: str | None = Field(default=None, max_length=200)
    record: dict[str, Any] = Field(
        sa_column=Column(JSONB, nullable=False),
        description="Its values, references and lines; amounts as text.",
    )
    run_id: uuid.UUID = Field(description="The run that last tried it.")
    seen_at: datetime = timestamp("When it was last read.", default_now=True)
