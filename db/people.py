"""Members, their levels and privileges, and the keys that stand for them."""

import uuid
from datetime import datetime

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from db.base import AccountRow, AccountTable, timestamp


def level(description: str) -> int:
    """A tool level: 0 None, 1 Read Only, 2 Standard, 3 Admin."""
    column: int = Field(
        default=0, description=description, sa_type=SmallInteger, sa_column_kwargs={"server_default": "0"}
    )
    return column


def text_list() -> "Column[list[str]]":
    return Column(ARRAY(Text), nullable=False, server_default=text("'{}'::text[]"))


class Member(AccountRow, table=True):
    """A person or a service of the account, with company-level rights as last imported."""

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("account_id", "origin_id"),
        ForeignKeyConstraint(["account_id"], ["account.account_id"], ondelete="RESTRICT"),
    )

    origin_id: str | None = Field(
        default=None, max_length=64, description="The user's id in the project tool; null for a service."
    )
    name: str = Field(description="Full name.", max_length=200)
    email: str | None = Field(default=None, max_length=320)
    is_active: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    can_push_to_accounting: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": "false"},
        description="The privilege 'Can Push to Accounting'.",
    )
    is_bulk_reader: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": "false"},
        description="May read the whole account in pages of 1000, and do nothing else.",
    )
    erp_level: int = level("ERP Integrations")
    directory_level: int = level("Company Directory")
    admin_level: int = level("Company Admin")
    reports_level: int = level("Company Reports")
    granular: list[str] = Field(default_factory=list, sa_column=text_list())
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    rights_imported_at: datetime | None = timestamp("Age of the rights.")
    created_at: datetime = timestamp("When the hub first saw the member.", default_now=True)


class ProjectMember(AccountTable, table=True):
    """A member's levels on one project as last imported."""

    __tablename__ = "project_member"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "member_id"], ["member.account_id", "member.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["account_id", "project_id"], ["project.account_id", "project.id"], ondelete="CASCADE"
        ),
    )

    member_id: uuid.UUID = Field(primary_key=True)
    project_id: uuid.UUID = Field(primary_key=True)
    admin_level: int = level("Project Admin")
    commitments_level: int = level("Commitments")
    change_orders_level: int = level("Change Orders")
    budget_level: int = level("Budget")
    prime_contracts_level: int = level("Prime Contracts")
    direct_costs_level: int = level("Direct Costs")
    reports_level: int = level("Project Reports")
    granular: list[str] = Field(default_factory=list, sa_column=text_list())
    rights_imported_at: datetime | None = timestamp("Age of the rights.")


class ApiKey(AccountRow, table=True):
    """A bearer key of a member: looked up by its public prefix, proven by a keyed digest of its secret."""

    __tablename__ = "api_key"
    __table_args__ = (
        Index("uq_api_key_prefix", "prefix", unique=True),  # found before the account is known
        ForeignKeyConstraint(
            ["account_id", "member_id"], ["member.account_id", "member.id"], ondelete="CASCADE"
        ),
    )

    member_id: uuid.UUID
    prefix: str = Field(max_length=32)
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    label: str = Field(default="", max_length=100)
    bulk: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": "false"},
        description="May ask for pages of 1000 rows.",
    )
    created_at: datetime = timestamp("When it was made.", default_now=True)
    expires_at: datetime | None = timestamp("After this it opens nothing.")
    revoked_at: datetime | None = timestamp("When it was revoked.")
