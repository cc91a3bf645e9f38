"""A company of the directory: a vendor in the ERP."""

import uuid
from datetime import datetime

from sqlalchemy import Computed, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from db.base import AccountRow, Record, timestamp
from hub.core.spec import ErpObject, Way


def _letters_of(word: int) -> str:
    return f"nullif(left(split_part(regexp_replace(lower(name), '[^[:alnum:]]+', ' ', 'g'), ' ', {word}), 4), '')"


class Company(Record, table=True):
    """A company we buy from: a directory company of the project tool, a vendor of the ERP, or both once linked."""

    __tablename__ = "company"
    __table_args__ = (
        Index(
            "uq_company_origin",
            "account_id",
            "origin_id",
            unique=True,
            postgresql_where=text("origin_id is not null"),
        ),
        Index("ix_company_name", "account_id", "name", "id"),
        Index("ix_company_match", "account_id", "match_name"),
        Index("ix_company_code", "account_id", "match_code"),
    )

    name: str = Field(max_length=255, description="Legal name.")
    address: str | None = Field(
        default=None, max_length=500, description="Street address, lines joined by a newline."
    )
    city: str | None = Field(default=None, max_length=100, description="City.")
    state_code: str | None = Field(default=None, max_length=40, description="State; two letters in the US.")
    postal_code: str | None = Field(
        default=None, max_length=20, description="ZIP or postal code, leading zeros kept."
    )
    country_code: str | None = Field(
        default=None, max_length=40, description="Country; ISO 3166 alpha-2 where known."
    )
    phone: str | None = Field(default=None, max_length=60, description="Business phone.")
    email: str | None = Field(default=None, max_length=320, description="Business e-mail address.")
    is_active: bool = Field(
        default=True,
        description="Whether the directory, or the ERP for what only it knows, lists it as active.",
    )
    match_name: str = Field(
        default=None,
        description="Name in small letters: equal names are suggested as the same company.",
        sa_type=Text,
        sa_column_args=(Computed("lower(name)", persisted=True),),
    )
    match_head: str | None = Field(
        default=None,
        description="First letters of the name's first word: near names share such letters of one of two words.",
        sa_type=Text,
        sa_column_args=(Computed(_letters_of(1), persisted=True),),
    )
    match_next: str | None = Field(
        default=None,
        description="First letters of the name's second word.",
        sa_type=Text,
        sa_column_args=(Computed(_letters_of(2), persisted=True),),
    )
    code: str | None = Field(
        default=None,
        max_length=200,
        description="Id in the ERP that the directory shows for it, whoever put it there.",
    )
    match_code: str | None = Field(
        default=None,
        description="The id in small letters.",
        sa_type=Text,
        sa_column_args=(Computed("lower(code)", persisted=True),),
    )


class RefusedMatch(AccountRow, table=True):
    """Somebody said that a vendor of the ERP and a company of the directory are two: the pair is not suggested any more.

    The vendor is named by its id in the ERP: its record may go up in another one and come back."""

    __tablename__ = "refused_match"
    __table_args__ = (
        UniqueConstraint("account_id", "company_id", "external_id"),
        ForeignKeyConstraint(
            ["account_id", "company_id"], ["company.account_id", "company.id"], ondelete="CASCADE"
        ),
    )

    company_id: uuid.UUID
    external_id: str = Field(max_length=200, description="The vendor's id in the ERP.")
    refused_by: uuid.UUID | None = Field(default=None, description="Who said so.")
    created_at: datetime = timestamp("When it was said.", default_now=True)


COMPANY = ErpObject(
    record=Company,
    key="company",
    tag="com",
    plural="companies",
    way=Way.BOTH,
    natural_key="name",
    orders=("name",),
    filters=("name", "is_active"),
    search=("name",),
    hidden=("match_name", "match_code", "match_head", "match_next"),
    erp_fields=("name", "address", "city", "state_code", "postal_code", "country_code"),
    erp_fields_setting="update_vendors",
    enters_active=True,
)
