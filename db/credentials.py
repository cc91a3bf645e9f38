"""What the hub signs in with, sealed, and the wrapped keys it is sealed under."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKeyConstraint, LargeBinary
from sqlmodel import Field

from db.base import AccountTable, one_of, timestamp, words


class SecretField(StrEnum):
    """What of a connection is secret. Part of what a sealed value is bound to."""

    CREDENTIALS = "credentials"  # what a person entered
    TOKENS = "tokens"  # what the last sign-in yielded
    WEBHOOK = "webhook"  # what the other side signs its calls with


class DataKey(AccountTable, table=True):
    """A key of one account, wrapped by a key-encryption key that Postgres never sees.

    Deleting the rows of an account makes all its credentials unreadable for good."""

    __tablename__ = "data_key"
    __table_args__ = (ForeignKeyConstraint(["account_id"], ["account.account_id"], ondelete="CASCADE"),)

    version: int = Field(primary_key=True, description="Part of what a sealed value is bound to.")
    kek_id: str = Field(description="Which key-encryption key wraps it.", max_length=100)
    wrapped: bytes = Field(
        description="The key, sealed for this account and version.",
        sa_column=Column(LargeBinary, nullable=False),
    )
    created_at: datetime = timestamp("When it was made.", default_now=True)
    retired_at: datetime | None = timestamp("Since when nothing new is sealed with it; it still opens.")


class Credential(AccountTable, table=True):
    """One secret field of a connection.

    There is no foreign key to the data key: deleting keys shall leave nothing else to be done."""

    __tablename__ = "credential"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "connection_id"], ["connection.account_id", "connection.id"], ondelete="CASCADE"
        ),
        one_of("field", SecretField),
    )

    connection_id: uuid.UUID = Field(primary_key=True)
    field: SecretField = words(SecretField, "Which of the connection's secrets.", primary_key=True)
    sealed: bytes | None = Field(
        default=None,
        description="The sealed values; null where somebody is fetching the first tokens.",
        sa_column=Column(LargeBinary),
    )
    key_version: int | None = Field(default=None, description="The data key it is sealed with.")
    version: int = Field(
        default=0,
        sa_column_kwargs={"server_default": "0"},
        description="Rises with each new content, that of credentials with each sign-in too; sealing anew leaves it.",
    )
    lease_owner: uuid.UUID | None = Field(default=None, description="Who may ask for new tokens now.")
    lease_until: datetime | None = timestamp("When the next one may ask.")
    updated_at: datetime = timestamp("When the content last changed.", default_now=True)
