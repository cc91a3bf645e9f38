"""The base of every table: an account in every key, and the columns each record has."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Numeric,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from db.clock import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING

NOW = text("hub_now()")


class AccountTable(SQLModel):
    """A row of one account. `account_id` leads the primary key, every unique key and every foreign key."""

    account_id: uuid.UUID = Field(primary_key=True)


class AccountRow(AccountTable):
    """A row of one account with an id of its own."""

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)


class Record(AccountRow):
    """A business record: what is known of one thing, whichever system it came from."""

    version: int = Field(
        default=1,
        description="Rises with any change of the record, its lines or its link.",
        sa_column_kwargs={"server_default": "1"},
    )
    origin_id: str | None = Field(
        default=None,
        max_length=64,
        description="The record's id in the project tool (Procore); null where it is known in the ERP only.",
    )
    origin_updated_at: datetime | None = Field(
        default=None,
        description="When the project tool last changed it.",
        sa_type=DateTime(timezone=True),
    )
    origin_deleted_at: datetime | None = Field(
        default=None,
        description="When it was found gone from the project tool.",
        sa_type=DateTime(timezone=True),
    )
    created_at: datetime = Field(
        default=None,
        description="When the hub first saw it.",
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": NOW},
    )
    updated_at: datetime = Field(
        default=None,
        description="When the hub last changed it.",
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": NOW},
    )


def timestamp(description: str, *, default_now: bool = False, index: bool = False) -> Any:
    """A point in time with zone; null unless `default_now`."""
    kwargs: dict[str, Any] = {"server_default": NOW} if default_now else {}
    return Field(
        default=None,
        description=description,
        sa_type=DateTime(timezone=True),
        index=index,
        nullable=not default_now,
        sa_column_kwargs=kwargs,
    )


def words(
    kind: type[StrEnum], description: str, *, default: StrEnum | None = None, primary_key: bool = False
) -> Any:
    """One word of `kind`, kept as text; the table carries the check from `one_of`."""
    assert default is None or isinstance(default, kind), f"{default} is no {kind.__name__}"
    kwargs: dict[str, Any] = {} if default is None else {"server_default": default.value}
    return Field(
        default=default,
        description=description,
        sa_type=Text,
        primary_key=primary_key,
        sa_column_kwargs=kwargs,
    )


def one_of(column: str, kind: type[StrEnum]) -> CheckConstraint:
    """The database's own guard for a column declared with `words`."""
    allowed = ", ".join(f"'{word.value}'" for word in kind)
    return CheckConstraint(f"{column} in ({allowed})", name=f"{column}_word")


def refers(column: str, table: str, *, ondelete: str = "RESTRICT") -> ForeignKeyConstraint:
    """A foreign key within the account."""
    return ForeignKeyConstraint(
        ["account_id", column], [f"{table}.account_id", f"{table}.id"], ondelete=ondelete
    )


def of_parent(column: str, table: str) -> tuple[UniqueConstraint, ForeignKeyConstraint]:
    """The keys of a line: it goes with its parent, in which its origin id is unique."""
    return UniqueConstraint("account_id", column, "origin_id"), refers(column, table, ondelete="CASCADE")


CODED = (("cost_code_id", "cost_code"), ("cost_type_id", "cost_type"))


def on_codes() -> tuple[ForeignKeyConstraint, ...]:
    """The keys of a line that stands on a cost code and a cost type."""
    return tuple(refers(column, table) for column, table in CODED)


def money(description: str, *, nullable: bool = False) -> Any:
    """An amount with two decimals. Never a float on the way."""
    default = None if nullable else Decimal("0.00")
    return Field(default=default, description=description, sa_type=Numeric(18, 2), nullable=nullable)


def four_decimals(description: str) -> Any:
    """A quantity or unit cost with four decimals."""
    return Field(default=None, description=description, sa_type=Numeric(18, 4), nullable=True)


def cents(column: str) -> Any:
    """The stored twin of an amount in cents: integer operators can use an index under row-level security."""
    return Field(
        default=None,
        sa_type=BigInteger,
        sa_column_args=(Computed(f"({column} * 100)::bigint", persisted=True),),
    )


def account_tables() -> Sequence[str]:
    """The names of all tables that hold rows of accounts, in order of dependency."""
    return [table.name for table in SQLModel.metadata.sorted_tables if "account_id" in table.columns]
