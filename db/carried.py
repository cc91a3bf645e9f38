"""What the hub has carried from the ERP into the project tool, and in which form."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from db.base import AccountTable, timestamp


class Carried(AccountTable, table=True):
    """One item as it was last carried. One whose digest differs now has to be carried again."""

    __tablename__ = "carried"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "connection_id"], ["connection.account_id", "connection.id"], ondelete="CASCADE"
        ),
    )

    connection_id: uuid.UUID = Field(primary_key=True, description="The project tool.")
    object_id: uuid.UUID = Field(primary_key=True, description="The item.")
    object_type: str = Field(max_length=40, description="GraphQL name of its type.")
    digest: str = Field(max_length=64, description="Digest of what was carried.")
    version: int = Field(description="The item's version that this was made of.")
    lines: dict[str, Any] = Field(
        sa_column=Column(JSONB, nullable=False, server_default=text("'{}'::jsonb")),
        description="Its lines that the project tool has: the ERP's id of each, with the codes it stands on.",
    )
    carried_at: datetime = timestamp("When the item was read for it.", default_now=True)
