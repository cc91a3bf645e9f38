"""A change order of a commitment (CCO): a further order on the contract in the ERP."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
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


class ChangeOrderStatus(StrEnum):
    """Status of a change order in the project tool. Pending are all but DRAFT, NO_CHARGE, APPROVED, REJECTED and VOID."""

    DRAFT = "DRAFT"
    PRICING = "PRICING"
    NOT_PRICING = "NOT_PRICING"
    PENDING = "PENDING"
    REVISED = "REVISED"
    PROCEEDING = "PROCEEDING"
    NOT_PROCEEDING = "NOT_PROCEEDING"
    PENDING_BILLABLE = "PENDING_BILLABLE"
    NO_CHARGE = "NO_CHARGE"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    VOID = "VOID"


class CommitmentChangeOrder(Record, table=True):
    """A change of what a commitment promises, with the amounts it adds."""

    __tablename__ = "commitment_change_order"
    __table_args__ = (
        UniqueConstraint("account_id", "origin_id"),
        refers("project_id", "project"),
        refers("commitment_id", "commitment"),
        one_of("status", ChangeOrderStatus),
        Index("ix_commitment_change_order_number", "account_id", "number", "id"),
        Index("ix_commitment_change_order_amount", "account_id", "amount_cents", "id"),
        Index("ix_commitment_change_order_project", "account_id", "project_id"),
        Index("ix_commitment_change_order_commitment", "account_id", "commitment_id"),
    )

    project_id: uuid.UUID = Field(description="The project it belongs to.")
    commitment_id: uuid.UUID = Field(description="The commitment that it changes.")
    number: str = Field(max_length=255, description="Number, unique in a commitment.")
    title: str | None = Field(default=None, max_length=255, description="Title.")
    description: str | None = Field(default=None, description="Longer text.")
    status: ChangeOrderStatus = words(ChangeOrderStatus, "Status in the project tool.")
    amount: Decimal = money("What it adds to the commitment; negative where it takes away.")
    amount_cents: int = cents("amount")
    currency: str = Field(default="USD", max_length=3, description="ISO 4217 code.")
    is_executed: bool = Field(default=False, description="Whether it is signed by both.")
    due_date: date | None = Field(default=None, description="When an answer is due.")
    origin_created_at: datetime | None = timestamp("When the project tool created it.")


class CommitmentChangeOrderLine(CodedLine, table=True):
    """One amount of a commitment change order."""

    __tablename__ = "commitment_change_order_line"
    __table_args__ = (*of_parent("commitment_change_order_id", "commitment_change_order"), *on_codes())

    commitment_change_order_id: uuid.UUID
    description: str | None = Field(default=None, description="What the line is for.")
    quantity: Decimal | None = four_decimals("Quantity; null for amount lines.")
    unit_of_measure: str | None = Field(default=None, max_length=40, description="Unit of the quantity.")
    unit_cost: Decimal | None = four_decimals("Cost per unit.")
    amount: Decimal = money("What the line adds.")
    custom_segment: str | None = Field(
        default=None,
        max_length=255,
        description="The custom segment of the work breakdown that the line stands on; null where it stands on none.",
    )


COMMITMENT_CHANGE_ORDER = ErpObject(
    record=CommitmentChangeOrder,
    key="commitment_change_order",
    tag="cco",
    plural="commitmentChangeOrders",
    way=Way.EXPORT,
    natural_key="number",
    orders=("number", "amount_cents"),
    filters=("number", "status", "project_id", "commitment_id", "amount"),
    search=("number", "title"),
    hidden=("amount_cents",),
    lines=LineSpec(
        record=CommitmentChangeOrderLine,
        name="lines",
        parent="commitment_change_order_id",
        order="line_number",
        hidden=("commitment_change_order_id", "origin_id"),
        references={"cost_code_id": "cost_code", "cost_type_id": "cost_type"},
    ),
    references={"project_id": "project", "commitment_id": "commitment"},
    project_column="project_id",
    locked_after_send=("title", "status", "amount", "commitment_id"),
    locked_after_sync=("title", "status", "amount", "commitment_id", "lines"),
    amount="amount",
)
