"""A direct cost with its lines: what the ERP booked on a job beside the invoices that the hub exported."""

import uuid
from datetime import date
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
    words,
)
from hub.core.spec import Admission, ErpObject, LineSpec, Void, Way
from hub.objects.lines import CodedLine


class DirectCostKind(StrEnum):
    """Where it comes from: a payable without a commitment, one with, or an entry of the journal."""

    INVOICE = "INVOICE"
    SUBCONTRACTOR_INVOICE = "SUBCONTRACTOR_INVOICE"
    EXPENSE = "EXPENSE"
    PAYROLL = "PAYROLL"


class DirectCostStatus(StrEnum):
    """Status in the project tool; all but drafts count in the budget."""

    DRAFT = "DRAFT"
    PENDING = "PENDING"
    REVISE_AND_RESUBMIT = "REVISE_AND_RESUBMIT"
    APPROVED = "APPROVED"


class DirectCost(Record, table=True):
    """A cost booked on a project: a payable or a journal entry of the ERP, a direct cost of the project tool, or both."""

    __tablename__ = "direct_cost"
    __table_args__ = (
        UniqueConstraint("account_id", "origin_id"),
        refers("project_id", "project"),
        refers("company_id", "company"),
        refers("commitment_id", "commitment"),
        one_of("kind", DirectCostKind),
        one_of("status", DirectCostStatus),
        Index("ix_direct_cost_amount", "account_id", "amount_cents", "id"),
        Index("ix_direct_cost_date", "account_id", "cost_date"),
        Index("ix_direct_cost_project", "account_id", "project_id"),
        Index("ix_direct_cost_company", "account_id", "company_id"),
    )

    project_id: uuid.UUID = Field(description="The project it is booked on.")
    company_id: uuid.UUID | None = Field(default=None, description="The vendor; an invoice has one.")
    commitment_id: uuid.UUID | None = Field(
        default=None, description="The commitment that a payable was made against."
    )
    kind: DirectCostKind = words(DirectCostKind, "What it is.")
    invoice_number: str | None = Field(
        default=None, max_length=255, description="The vendor's number, or the journal's."
    )
    description: str | None = Field(default=None, description="What it was for.")
    status: DirectCostStatus = words(
        DirectCostStatus, "Status; what the ERP has posted is approved.", default=DirectCostStatus.APPROVED
    )
    cost_date: date | None = Field(default=None, description="Date of the invoice or entry.")
    received_date: date | None = Field(
        default=None, description="When it was received; names its billing period."
    )
    paid_date: date | None = Field(default=None, description="When it was paid; null until then.")
    amount: Decimal = money("The sum of its lines; negative for a reversal.")
    amount_cents: int = cents("amount")
    currency: str = Field(default="USD", max_length=3, description="ISO 4217 code.")
    terms: str | None = Field(default=None, max_length=255, description="Terms of payment.")


class DirectCostLine(CodedLine, table=True):
    """One line of a direct cost, on a cost code and a cost type of the project."""

    __tablename__ = "direct_cost_line"
    __table_args__ = (*of_parent("direct_cost_id", "direct_cost"), *on_codes())

    direct_cost_id: uuid.UUID
    origin_id: str = Field(max_length=200, description="The line's id on the side it was read from.")
    description: str | None = Field(default=None, description="What the line is for.")
    quantity: Decimal | None = four_decimals("Quantity; 1 where the ERP counts none.")
    unit_of_measure: str | None = Field(default=None, max_length=40, description="Unit of the quantity.")
    unit_cost: Decimal | None = four_decimals("Cost per unit.")
    amount: Decimal = money("Amount of the line.")


DIRECT_COST = ErpObject(
    record=DirectCost,
    key="direct_cost",
    tag="dco",
    plural="directCosts",
    way=Way.IMPORT,
    natural_key="invoice_number",
    orders=("amount_cents",),
    filters=("kind", "status", "cost_date", "project_id", "company_id", "amount"),
    search=("invoice_number", "description"),
    hidden=("amount_cents",),
    lines=LineSpec(
        record=DirectCostLine,
        name="lines",
        parent="direct_cost_id",
        order="line_number",
        hidden=("direct_cost_id", "origin_id"),
        references={"cost_code_id": "cost_code", "cost_type_id": "cost_type"},
    ),
    references={"project_id": "project", "company_id": "company", "commitment_id": "commitment"},
    project_column="project_id",
    erp_fields=(
        "kind",
        "invoice_number",
        "description",
        "status",
        "cost_date",
        "received_date",
        "paid_date",
        "amount",
        "terms",
    ),
    erp_lines=True,
    locked_after_sync=(
        "kind",
        "invoice_number",
        "description",
        "status",
        "cost_date",
        "received_date",
        "paid_date",
        "amount",
    ),
    editable_flag="direct_cost_editable",
    void=Void("status", "'DRAFT'::text", follows="direct_cost_follow_deletes"),
    admission=Admission(
        switch="syncs_job_costs",
        twin_of="subcontractor_invoice",
        coded=True,
        needed={"company_id": ("INVOICE", "SUBCONTRACTOR_INVOICE")},
        silent=("commitment_id",),
    ),
    amount="amount",
)
