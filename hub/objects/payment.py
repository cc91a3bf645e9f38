"""A payment issued: what the ERP paid for a subcontractor invoice that the hub exported."""

import uuid
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from db.base import Record, cents, money, one_of, refers, words
from hub.core.spec import Admission, ErpObject, Void, Way


class PaymentMethod(StrEnum):
    """How it was paid."""

    CHECK = "CHECK"
    ACH = "ACH"
    WIRE = "WIRE"
    CREDIT_CARD = "CREDIT_CARD"
    ELECTRONIC = "ELECTRONIC"
    OTHER = "OTHER"


class Payment(Record, table=True):
    """A payment to a subcontractor, in full or in part. In the project tool only its number and attachments may be edited."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("account_id", "origin_id"),
        refers("project_id", "project"),
        refers("commitment_id", "commitment"),
        refers("subcontractor_invoice_id", "subcontractor_invoice"),
        one_of("method", PaymentMethod),
        Index("ix_payment_paid_on", "account_id", "paid_on"),
        Index("ix_payment_amount", "account_id", "amount_cents", "id"),
        Index("ix_payment_project", "account_id", "project_id"),
        Index("ix_payment_commitment", "account_id", "commitment_id"),
        Index("ix_payment_invoice", "account_id", "subcontractor_invoice_id"),
    )

    project_id: uuid.UUID = Field(description="The project it belongs to.")
    commitment_id: uuid.UUID = Field(description="The commitment it pays for.")
    subcontractor_invoice_id: uuid.UUID | None = Field(
        default=None,
        description="The invoice it pays; null for what was entered in the project tool without one.",
    )
    invoice_number: str | None = Field(default=None, max_length=255, description="Number of that invoice.")
    number: str | None = Field(default=None, max_length=255, description="Payment number.")
    check_number: str | None = Field(
        default=None, max_length=255, description="Number of the check or transfer."
    )
    amount: Decimal = money("What was paid.")
    amount_cents: int = cents("amount")
    currency: str = Field(default="USD", max_length=3, description="ISO 4217 code.")
    paid_on: date | None = Field(default=None, description="Day of the payment.")
    method: PaymentMethod | None = words(PaymentMethod, "How it was paid.")
    is_void: bool = Field(default=False, description="Whether it was taken back; it counts for nothing then.")
    notes: str | None = Field(default=None, description="What was noted with it.")


PAYMENT = ErpObject(
    record=Payment,
    key="payment",
    tag="pay",
    plural="payments",
    way=Way.IMPORT,
    natural_key="check_number",
    orders=("amount_cents",),
    filters=("paid_on", "is_void", "project_id", "commitment_id", "subcontractor_invoice_id", "amount"),
    search=("invoice_number", "check_number"),
    hidden=("amount_cents",),
    references={
        "project_id": "project",
        "commitment_id": "commitment",
        "subcontractor_invoice_id": "subcontractor_invoice",
    },
    project_column="project_id",
    erp_fields=("invoice_number", "check_number", "amount", "paid_on", "method", "is_void"),
    locked_after_sync=("invoice_number", "check_number", "amount", "paid_on"),
    void=Void("is_void", "true"),
    admission=Admission(exported="subcontractor_invoice_id", inherits=("commitment_id", "project_id")),
    amount="amount",
)
