"""What an ERP lists and the hub keeps no item of: documents as they stand there, accounting periods, accounts."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from db.base import AccountTable, money, timestamp


class ErpRecord(AccountTable, table=True):
    """One record of an ERP's list as it was last read, written when it differs from what is kept.

    Rules look here for numbers in use and closed periods."""

    __tablename__ = "erp_record"
    __table_args__ = (
        Index("ix_erp_record_code", "account_id", "connection_id", "object_key", "external_code"),
        ForeignKeyConstraint(
            ["account_id", "connection_id"], ["connection.account_id", "connection.id"], ondelete="CASCADE"
        ),
    )

    connection_id: uuid.UUID = Field(primary_key=True, description="Where it was read.")
    object_key: str = Field(
        primary_key=True, max_length=40, description="Which list: `commitment`, `accounting_period`."
    )
    external_id: str = Field(primary_key=True, max_length=200, description="Its id there.")
    external_code: str | None = Field(default=None, max_length=200, description="What people call it there.")
    project_code: str | None = Field(
        default=None, max_length=100, description="The job it belongs to, by the ERP's code."
    )
    amount: Decimal | None = money("Its amount, where it has one.", nullable=True)
    fields: dict[str, Any] = Field(
        sa_column=Column(JSONB, nullable=False, server_default=text("'{}'::jsonb")),
        description="Its fields and lines in our names; amounts as text.",
    )
    run_id: uuid.UUID = Field(description="The run that last wrote it.")
    seen_at: datetime = timestamp("When it was first read as it is kept here.", default_now=True)
    gone_at: datetime | None = timestamp("When a complete list no longer held it.")
