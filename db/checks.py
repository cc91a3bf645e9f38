"""What the last test of a connection found, one line per thing that was tried."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Text
from sqlmodel import Field

from db.base import AccountTable, timestamp


class SystemCheck(AccountTable, table=True):
    """One line of a connection test."""

    __tablename__ = "system_check"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "connection_id"], ["connection.account_id", "connection.id"], ondelete="CASCADE"
        ),
    )

    connection_id: uuid.UUID = Field(primary_key=True)
    position: int = Field(primary_key=True, description="Place in the test, from 0.")
    name: str = Field(max_length=120, description="What was tried.")
    ok: bool = Field(description="Whether it worked.")
    message: str = Field(sa_type=Text, description="OK, or what the other side said and what to do about it.")
    code: str | None = Field(
        default=None, max_length=60, description="Our code, where what is missing has one of its own."
    )
    checked_at: datetime = timestamp("When it was tried.", default_now=True)
