"""A change of a budget, in either of the project tool's forms: a budget revision in the ERP."""

import uuid
from datetime import datetime
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


class BudgetChangeKind(StrEnum):
    """How the project tool keeps it. Both become the same revision of the ERP."""

    CHANGE = "CHANGE"
    MODIFICATION = "MODIFICATION"


class BudgetChangeStatus(StrEnum):
    """Status in the project tool; a modification is always approved."""

    DRAFT = "DRAFT"
    UNDER_REVIEW = "UNDER_REVIEW"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    VOID = "VOID"


class BudgetChange(Record, table=True):
    """A change of a project's budget with the amounts it moves: a budget change, or the older budget modification."""

    __tablename__ = "budget_change"
    __table_args__ = (
        UniqueConstraint("account_id", "origin_id"),
        refers("project_id", "project"),
        one_of("kind", BudgetChangeKind),
        one_of("status", BudgetChangeStatus),
        Index("ix_budget_change_amount", "account_id", "amount_cents", "id"),
        Index("ix_budget_change_project", "account_id", "project_id"),
    )

    project_id: uuid.UUID = Field(description="The project whose budget it changes.")
    kind: BudgetChangeKind = words(
        BudgetChangeKind, "Budget change or budget modification.", default=BudgetChangeKind.CHANGE
    )
    number: str | None = Field(default=None, max_length=60, description="Number in the project tool.")
    title: str | None = Field(default=None, max_length=255, description="Title; of a modification its notes.")
    description: str | None = Field(default=None, description="Longer text.")
    status: BudgetChangeStatus = words(
        BudgetChangeStatus, "Status in the project tool.", default=BudgetChangeStatus.APPROVED
    )
    amount: Decimal = money("Sum of its lines: zero where money only moves.")
    amount_cents: int = cents("amount")
    currency: str = Field(default="USD", max_length=3, description="ISO 4217 code.")
    erp_status: str | None = Field(
        default=None, max_length=60, description="What the project tool says of its export."
    )
    origin_created_at: datetime | None = timestamp("When the project tool created it.")


class BudgetChangeLine(CodedLine, table=True):
    """One amount of a budget change, on a cost code and a cost type."""

    __tablename__ = "budget_change_line"
    __table_args__ = (*of_parent("budget_change_id", "budget_change"), *on_codes())

    budget_change_id: uuid.UUID
    description: str | None = Field(default=None, description="What the line is for.")
    quantity: Decimal | None = four_decimals("Quantity; never sent.")
    unit_of_measure: str | None = Field(
        default=None, max_length=40, description="Unit of the quantity; never sent."
    )
    unit_cost: Decimal | None = four_decimals("Cost per unit; never sent.")
    amount: Decimal = money("What the line adds; negative where it takes away.")


BUDGET_CHANGE = ErpObject(
    record=BudgetChange,
    key="budget_change",
    tag="bch",
    plural="budgetChanges",
    way=Way.EXPORT,
    natural_key="number",
    orders=("amount_cents",),
    filters=("kind", "status", "project_id", "amount"),
    search=("number", "title"),
    hidden=("amount_cents",),
    lines=LineSpec(
        record=BudgetChangeLine,
        name="lines",
        parent="budget_change_id",
        order="line_number",
        hidden=("budget_change_id", "origin_id"),
        references={"cost_code_id": "cost_code", "cost_type_id": "cost_type"},
    ),
    references={"project_id": "project"},
    project_column="project_id",
    locked_after_send=("number", "title", "description", "status", "amount", "lines"),
    locked_after_sync=("number", "title", "description", "status", "amount", "lines"),
    amount="amount",
)
