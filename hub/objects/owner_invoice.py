"""An owner invoice: what we ask the owner to pay for a billing period of a prime contract."""

import uuid
from datetime import date
from decimal import Decimal

from sqlalchemy import Index, Numeric, UniqueConstraint
from sqlmodel import Field

from db.base import Record, cents, money, of_parent, on_codes, one_of, refers, words
from hub.core.spec import Billed, ErpObject, LineSpec, Way
from hub.objects.lines import CodedLine
from hub.objects.subcontractor_invoice import InvoiceStatus


class OwnerInvoice(Record, table=True):
    """A payment application to the owner of a project."""

    __tablename__ = "owner_invoice"
    __table_args__ = (
        UniqueConstraint("account_id", "origin_id"),
        refers("project_id", "project"),
        refers("prime_contract_id", "prime_contract"),
        one_of("status", InvoiceStatus),
        Index("ix_owner_invoice_amount", "account_id", "amount_cents", "id"),
        Index("ix_owner_invoice_number", "account_id", "invoice_number"),
        Index("ix_owner_invoice_project", "account_id", "project_id"),
        Index("ix_owner_invoice_contract", "account_id", "prime_contract_id"),
    )

    project_id: uuid.UUID = Field(description="The project it belongs to.")
    prime_contract_id: uuid.UUID = Field(description="The prime contract that it bills.")
    number: str | None = Field(
        default=None, max_length=60, description="Which invoice of its contract it is."
    )
    invoice_number: str | None = Field(default=None, max_length=255, description="Our own number.")
    status: InvoiceStatus = words(InvoiceStatus, "Status in the project tool.")
    billing_date: date | None = Field(default=None, description="Date of the invoice.")
    period_start: date | None = Field(default=None, description="First day of the billing period.")
    period_end: date | None = Field(default=None, description="Last day of the billing period.")
    amount: Decimal = money("What the owner is asked to pay.")
    amount_cents: int = cents("amount")
    paid_amount: Decimal | None = money("What the owner has paid, as the project tool says.", nullable=True)
    percent_complete: Decimal | None = Field(
        default=None,
        sa_type=Numeric(7, 2),
        nullable=True,
        description="How much of the contract is billed, in percent.",
    )
    currency: str = Field(default="USD", max_length=3, description="ISO 4217 code.")


class OwnerInvoiceLine(CodedLine, table=True):
    """One billed line of an owner invoice."""

    __tablename__ = "owner_invoice_line"
    __table_args__ = (*of_parent("owner_invoice_id", "owner_invoice"), *on_codes())

    owner_invoice_id: uuid.UUID
    contract_line_id: str | None = Field(
        default=None,
        max_length=64,
        description="The project tool's id of the line it bills: of the contract, or of a change order.",
    )
    description: str | None = Field(default=None, description="What was done.")
    scheduled_amount: Decimal | None = money("Value of the billed line.", nullable=True)
    completed_amount: Decimal = money("Work completed this period.")
    retainage_held_amount: Decimal = money("Retainage held from that work.")
    retainage_released_amount: Decimal = money("Retainage released this period.")
    stored_materials_amount: Decimal = money("Materials presently stored.")
    stored_retainage_amount: Decimal = money("Retainage held from stored materials.")
    net_amount: Decimal | None = money("What the project tool counts for the line.", nullable=True)


OWNER_INVOICE = ErpObject(
    record=OwnerInvoice,
    key="owner_invoice",
    tag="oin",
    plural="ownerInvoices",
    way=Way.EXPORT,
    natural_key="invoice_number",
    orders=("amount_cents",),
    filters=("invoice_number", "status", "billing_date", "project_id", "prime_contract_id", "amount"),
    search=("invoice_number",),
    hidden=("amount_cents",),
    lines=LineSpec(
        record=OwnerInvoiceLine,
        name="lines",
        parent="owner_invoice_id",
        order="line_number",
        hidden=("owner_invoice_id", "origin_id"),
        references={"cost_code_id": "cost_code", "cost_type_id": "cost_type"},
        billed=Billed(
            "contract_line_id",
            "prime_contract_id",
            "prime_contract_line",
            "prime_contract_change_order",
            "prime_contract_change_order_line",
        ),
    ),
    references={"project_id": "project", "prime_contract_id": "prime_contract"},
    project_column="project_id",
    locked_after_send=("invoice_number", "status", "billing_date", "amount", "prime_contract_id", "lines"),
    locked_after_sync=("invoice_number", "status", "billing_date", "amount", "prime_contract_id", "lines"),
    amount="amount",
)
