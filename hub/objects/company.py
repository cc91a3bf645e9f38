"""A company of the directory: a vendor in the ERP."""

from sqlalchemy import Computed, Index, Text, text
from sqlmodel import Field

from db.base import Record
from hub.core.spec import ErpObject, Way


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
    hidden=("match_name",),
    erp_fields=("name", "address", "city", "state_code", "postal_code", "country_code"),
    erp_fields_setting="update_vendors",
    enters_active=True,
)
