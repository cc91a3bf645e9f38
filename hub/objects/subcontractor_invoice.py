"""A subcontractor's invoice against a commitment: an invoice of accounts payable in the ERP."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Column, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from db.base import Record, cents, money, of_parent, on_codes, one_of, refers, timestamp, words
from hub.core.spec import Billed, ErpObject, LineSpec, Way
from hub.objects.lines import CodedLine


class InvoiceStatus(StrEnum):
    """Status of an invoice in the project tool."""

    DRAFT = "DRAFT"
    UNDER_REVIEW = "UNDER_REVIEW"
    REVISE_AND_RESUBMIT = "REVISE_AND_RESUBMIT"
    PENDING_OWNER_APPROVAL = "PENDING_OWNER_APPROVAL"
    APPROVED_AS_NOTED = "APPROVED_AS_NOTED"
    APPROVED = "APPROVED"


class SubcontractorInvoice(Record, table=True):
    """What a subcontractor asks to be paid for a billing period of a commitment."""

    __tablename__ = "subcontractor_invoice"
    __table_args__ = (
        UniqueConstraint("account_id", "origin_id"),
        refers("project_id", "project"),
        refers("commitment_id", "commitment"),
        refers("company_id", "company"),
        one_of("status", InvoiceStatus),
        Index("ix_subcontractor_invoice_amount", "account_id", "payment_due_amount_cents", "id"),
        Index("ix_subcontractor_invoice_number", "account_id", "invoice_number"),
        Index("ix_subcontractor_invoice_project", "account_id", "project_id"),
        Index("ix_subcontractor_invoice_commitment", "account_id", "commitment_id"),
        Index("ix_subcontractor_invoice_company", "account_id", "company_id"),
    )

    project_id: uuid.UUID = Field(description="The project it belongs to.")
    commitment_id: uuid.UUID = Field(description="The commitment that it bills.")
    company_id: uuid.UUID | None = Field(
        default=None, description="Who asks to be paid: the contract company."
    )
    number: str | None = Field(
        default=None, max_length=60, description="Which invoice of its commitment it is."
    )
    invoice_number: str | None = Field(
        default=None, max_length=255, description="The subcontractor's own number."
    )
    status: InvoiceStatus = words(InvoiceStatus, "Status in the project tool.")
    billing_date: date | None = Field(default=None, description="Date of the invoice.")
    period_start: date | None = Field(default=None, description="First day of the billing period.")
    period_end: date | None = Field(
        default=None, description="Last day of the billing period; names the ERP's expense month."
    )
    payment_date: date | None = Field(default=None, description="When it was paid, as the project tool says.")
    payment_due_amount: Decimal = money("What the project tool's form asks to be paid.")
    payment_due_amount_cents: int = cents("payment_due_amount")
    completed_amount: Decimal = money("Work completed this period.")
    retainage_held_amount: Decimal = money("Retainage held from that work.")
    retainage_released_amount: Decimal = money("Retainage released this period; never sent.")
    stored_materials_amount: Decimal = money("Materials presently stored; never sent.")
    stored_retainage_amount: Decimal = money("Retainage held from stored materials; never sent.")
    tax_amount: Decimal | None = money("Tax; never sent.", nullable=True)
    percent_complete: Decimal | None = Field(
        default=None,
        sa_type=Numeric(7, 2),
        nullable=True,
        description="How much of the commitment is billed, in percent.",
    )
    is_final: bool = Field(default=False, description="Whether it is the last of its commitment.")
    currency: str = Field(default="USD", max_length=3, description="ISO 4217 code.")
    erp_status: str | None = Field(
        default=None, max_length=60, description="Status in the ERP's words, as last read."
    )
    submitted_at: datetime | None = timestamp("When the subcontractor handed it in.")
    attachment_urls: list[str] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
        description="Addresses of what is attached; one of them may be sent.",
    )


class SubcontractorInvoiceLine(CodedLine, table=True):
    """One billed line of a subcontractor invoice."""

    __tablename__ = "subcontractor_invoice_line"
    __table_args__ = (*of_parent("subcontractor_invoice_id", "subcontractor_invoice"), *on_codes())

    subcontractor_invoice_id: uuid.UUID
    contract_line_id: str | None = Field(
        default=None,
        max_length=64,
        description="The project tool's id of the line it bills: of the commitment, or of a change order.",
    )
    description: str | None = Field(default=None, description="What was done.")
    scheduled_amount: Decimal | None = money("Value of the billed line.", nullable=True)
    completed_amount: Decimal = money("Work completed this period.")
    retainage_held_amount: Decimal = money("Retainage held from that work.")
    retainage_released_amount: Decimal = money("Retainage released this period; never sent.")
    stored_materials_amount: Decimal = money("Materials presently stored; never sent.")
    stored_retainage_amount: Decimal = money("Retainage held from stored materials; never sent.")
    net_amount: Decimal | None = money("What the project tool counts for the line.", nullable=True)


# All of it but its attachments, and what the ERP's side tells of it.
_LOCKED = (
    "number",
    "invoice_number",
    "status",
    "billing_date",
    "period_start",
    "period_end",
    "payment_due_amount",
    "completed_amount",
    "retainage_held_amount",
    "retainage_released_amount",
    "stored_materials_amount",
    "stored_retainage_amount",
    "tax_amount",
    "is_final",
    "commitment_id",
    "company_id",
    "lines",
)
SUBCONTRACTOR_INVOICE = ErpObject(
    record=SubcontractorInvoice,
    key="subcontractor_invoice",
    tag="inv",
    plural="subcontractorInvoices",
    way=Way.EXPORT,
    natural_key="invoice_number",
    orders=("payment_due_amount_cents",),
    filters=(
        "invoice_number",
        "status",
        "billing_date",
        "project_id",
        "commitment_id",
        "company_id",
        "payment_due_amount",
    ),
    search=("invoice_number",),
    hidden=("payment_due_amount_cents",),
    lines=LineSpec(
        record=SubcontractorInvoiceLine,
        name="lines",
        parent="subcontractor_invoice_id",
        order="line_number",
        hidden=("subcontractor_invoice_id", "origin_id"),
        references={"cost_code_id": "cost_code", "cost_type_id": "cost_type"},
        billed=Billed(
            "contract_line_id",
            "commitment_id",
            "commitment_line",
            "commitment_change_order",
            "commitment_change_order_line",
        ),
    ),
    references={"project_id": "project", "commitment_id": "commitment", "company_id": "company"},
    project_column="project_id",
    locked_after_send=_LOCKED,
    locked_after_sync=_LOCKED,
    amount="payment_due_amount",
)
