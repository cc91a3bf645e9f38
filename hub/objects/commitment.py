"""A commitment with its schedule of values: a contract in the ERP."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlmodel import Field

from db.base import Record, cents, four_decimals, money, one_of, timestamp, words
from hub.core.spec import ErpObject, LineSpec, Way
from hub.objects.lines import CodedLine


class CommitmentKind(StrEnum):
    """What was signed."""

    SUBCONTRACT = "SUBCONTRACT"
    PURCHASE_ORDER = "PURCHASE_ORDER"


class CommitmentStatus(StrEnum):
    """Status in the project tool; VOID, SUBMITTED, PROCESSING, PARTIALLY_RECEIVED, RECEIVED and CLOSED are those of purchase orders."""

    DRAFT = "DRAFT"
    OUT_FOR_BID = "OUT_FOR_BID"
    OUT_FOR_SIGNATURE = "OUT_FOR_SIGNATURE"
    APPROVED = "APPROVED"
    COMPLETE = "COMPLETE"
    TERMINATED = "TERMINATED"
    VOID = "VOID"
    PROCESSING = "PROCESSING"
    SUBMITTED = "SUBMITTED"
    PARTIALLY_RECEIVED = "PARTIALLY_RECEIVED"
    RECEIVED = "RECEIVED"
    CLOSED = "CLOSED"


class Commitment(Record, table=True):
    """What we promised to pay a vendor for part of a project."""

    __tablename__ = "commitment"
    __table_args__ = (
        UniqueConstraint("account_id", "origin_id"),
        ForeignKeyConstraint(
            ["account_id", "project_id"], ["project.account_id", "project.id"], ondelete="RESTRICT"
        ),
        ForeignKeyConstraint(
            ["account_id", "company_id"], ["company.account_id", "company.id"], ondelete="RESTRICT"
        ),
        one_of("kind", CommitmentKind),
        one_of("status", CommitmentStatus),
        Index("ix_commitment_number", "account_id", "number", "id"),
        Index("ix_commitment_amount", "account_id", "original_amount_cents", "id"),
        Index("ix_commitment_project", "account_id", "project_id"),
        Index("ix_commitment_company", "account_id", "company_id"),
    )

    kind: CommitmentKind = words(CommitmentKind, "Subcontract or purchase order.")
    number: str = Field(max_length=255, description="Contract number, unique in a project.")
    title: str = Field(max_length=255, description="Title; the contract's description in the ERP.")
    description: str | None = Field(default=None, description="Longer text; stays in the project tool.")
    status: CommitmentStatus = words(CommitmentStatus, "Status in the project tool.")
    project_id: uuid.UUID = Field(description="The project it belongs to.")
    company_id: uuid.UUID | None = Field(default=None, description="The contract company.")
    retainage_percent: Decimal | None = Field(
        default=None,
        sa_type=Numeric(5, 2),
        nullable=True,
        description="Default retainage in percent, 0 to 100.",
    )
    contract_date: date | None = Field(default=None, description="Date of the contract.")
    start_date: date | None = Field(default=None, description="Contract start date; the ERP requires it.")
    is_executed: bool = Field(default=False, description="Whether it is signed by both.")
    original_amount: Decimal = money("Amount before change orders: the sum of the schedule of values.")
    original_amount_cents: int = cents("original_amount")
    currency: str = Field(default="USD", max_length=3, description="ISO 4217 code.")
    origin_created_at: datetime | None = timestamp("When the project tool created it.")
    created_by: uuid.UUID | None = Field(default=None, description="The member who created it, where known.")


class CommitmentLine(CodedLine, table=True):
    """One line of a commitment's schedule of values."""

    __tablename__ = "commitment_line"
    __table_args__ = (
        UniqueConstraint("account_id", "commitment_id", "origin_id"),
        ForeignKeyConstraint(
            ["account_id", "commitment_id"], ["commitment.account_id", "commitment.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["account_id", "cost_code_id"], ["cost_code.account_id", "cost_code.id"], ondelete="RESTRICT"
        ),
        ForeignKeyConstraint(
            ["account_id", "cost_type_id"], ["cost_type.account_id", "cost_type.id"], ondelete="RESTRICT"
        ),
    )

    commitment_id: uuid.UUID
    cost_code_text: str | None = Field(
        default=None, max_length=100, description="The code as the project tool writes it."
    )
    description: str | None = Field(default=None, description="What the line is for.")
    quantity: Decimal | None = four_decimals("Quantity; null for amount lines.")
    unit_of_measure: str | None = Field(default=None, max_length=40, description="Unit of the quantity.")
    unit_cost: Decimal | None = four_decimals("Cost per unit.")
    amount: Decimal = money("Amount of the line.")
    custom_segment: str | None = Field(
        default=None,
        max_length=255,
        description="The custom segment of the work breakdown that the line stands on; null where it stands on none.",
    )


COMMITMENT = ErpObject(
    record=Commitment,
    key="commitment",
    tag="cmt",
    plural="commitments",
    way=Way.EXPORT,
    natural_key="number",
    orders=("number", "original_amount_cents"),
    filters=(
        "number",
        "title",
        "status",
        "kind",
        "project_id",
        "company_id",
        "original_amount",
        "start_date",
    ),
    search=("number", "title"),
    hidden=("original_amount_cents",),
    lines=LineSpec(
        record=CommitmentLine,
        name="lines",
        parent="commitment_id",
        order="line_number",
        hidden=("commitment_id", "origin_id"),
        references={"cost_code_id": "cost_code", "cost_type_id": "cost_type"},
    ),
    references={"project_id": "project", "company_id": "company"},
    project_column="project_id",
    locked_after_send=("company_id", "title", "status", "retainage_percent"),
    locked_after_sync=("company_id", "title", "status", "retainage_percent", "lines", "original_amount"),
    amount="original_amount",
)
