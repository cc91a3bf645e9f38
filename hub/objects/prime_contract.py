"""A prime contract with its schedule of values: what the owner pays for a project."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Index, Numeric, UniqueConstraint
from sqlmodel import Field

from db.base import (
    Record,
    cents,
    four_decimals,
    money,
    of_parent,
    on_codes,
    one_of,
    refers,
    timestamp,
    words,
)
from hub.core.spec import ErpObject, LineSpec, Way
from hub.objects.lines import CodedLine


class PrimeContractStatus(StrEnum):
    """Status in the project tool."""

    DRAFT = "DRAFT"
    OUT_FOR_BID = "OUT_FOR_BID"
    OUT_FOR_SIGNATURE = "OUT_FOR_SIGNATURE"
    APPROVED = "APPROVED"
    COMPLETE = "COMPLETE"
    TERMINATED = "TERMINATED"
    VOID = "VOID"


class PrimeContract(Record, table=True):
    """What the owner promised to pay us for a project: of the project tool, of the ERP, or both once linked."""

    __tablename__ = "prime_contract"
    __table_args__ = (
        UniqueConstraint("account_id", "origin_id"),
        refers("project_id", "project"),
        refers("company_id", "company"),
        one_of("status", PrimeContractStatus),
        Index("ix_prime_contract_number", "account_id", "number", "id"),
        Index("ix_prime_contract_amount", "account_id", "original_amount_cents", "id"),
        Index("ix_prime_contract_project", "account_id", "project_id"),
        Index("ix_prime_contract_company", "account_id", "company_id"),
    )

    project_id: uuid.UUID = Field(description="The project it pays for.")
    company_id: uuid.UUID | None = Field(
        default=None, description="The owner, as a company of the directory."
    )
    number: str = Field(max_length=255, description="Contract number.")
    title: str = Field(max_length=255, description="Title.")
    description: str | None = Field(default=None, description="Longer text.")
    status: PrimeContractStatus = words(
        PrimeContractStatus, "Status in the project tool.", default=PrimeContractStatus.APPROVED
    )
    retainage_percent: Decimal | None = Field(
        default=None,
        sa_type=Numeric(5, 2),
        nullable=True,
        description="Default retainage in percent, 0 to 100.",
    )
    contract_date: date | None = Field(default=None, description="Date of the contract.")
    start_date: date | None = Field(default=None, description="Start of the work.")
    completion_date: date | None = Field(default=None, description="Estimated end of the work.")
    is_executed: bool = Field(default=False, description="Whether it is signed by both.")
    original_amount: Decimal = money("Amount before change orders: the sum of the schedule of values.")
    original_amount_cents: int = cents("original_amount")
    currency: str = Field(default="USD", max_length=3, description="ISO 4217 code.")
    origin_created_at: datetime | None = timestamp("When the project tool created it.")


class PrimeContractLine(CodedLine, table=True):
    """One line of a prime contract's schedule of values."""

    __tablename__ = "prime_contract_line"
    __table_args__ = (*of_parent("prime_contract_id", "prime_contract"), *on_codes())

    prime_contract_id: uuid.UUID
    description: str | None = Field(default=None, description="What the line is for.")
    quantity: Decimal | None = four_decimals("Quantity; null for amount lines.")
    unit_of_measure: str | None = Field(default=None, max_length=40, description="Unit of the quantity.")
    unit_cost: Decimal | None = four_decimals("Price per unit.")
    amount: Decimal = money("Amount of the line.")


PRIME_CONTRACT = ErpObject(
    record=PrimeContract,
    key="prime_contract",
    tag="pmc",
    plural="primeContracts",
    way=Way.BOTH,
    natural_key="number",
    orders=("number", "original_amount_cents"),
    filters=("number", "status", "project_id", "company_id", "original_amount"),
    search=("number", "title"),
    hidden=("original_amount_cents",),
    lines=LineSpec(
        record=PrimeContractLine,
        name="lines",
        parent="prime_contract_id",
        order="line_number",
        hidden=("prime_contract_id", "origin_id"),
        references={"cost_code_id": "cost_code", "cost_type_id": "cost_type"},
    ),
    references={"project_id": "project", "company_id": "company"},
    project_column="project_id",
    locked_after_send=("company_id", "title", "status", "retainage_percent", "original_amount", "lines"),
    amount="original_amount",
)
