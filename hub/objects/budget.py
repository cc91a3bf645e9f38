"""A project's budget with its lines: the original budget of the job in the ERP."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from db.base import (
    AccountRow,
    AccountTable,
    Record,
    cents,
    four_decimals,
    money,
    of_parent,
    on_codes,
    refers,
    timestamp,
)
from hub.core.spec import ErpObject, LineSpec, Way
from hub.objects.lines import CodedLine


class Budget(Record, table=True):
    """What a project may cost, by cost code and cost type. Only amounts travel; units stay in the project tool."""

    __tablename__ = "budget"
    __table_args__ = (
        UniqueConstraint("account_id", "origin_id"),
        UniqueConstraint("account_id", "project_id"),
        refers("project_id", "project"),
        Index("ix_budget_amount", "account_id", "original_amount_cents", "id"),
    )

    project_id: uuid.UUID = Field(description="The project it belongs to; a project has one budget.")
    is_locked: bool = Field(
        default=False, description="Whether it is locked in the project tool; only a locked one is sent."
    )
    original_amount: Decimal = money("Original amount: the sum of its lines.")
    original_amount_cents: int = cents("original_amount")
    currency: str = Field(default="USD", max_length=3, description="ISO 4217 code.")


class BudgetLine(CodedLine, table=True):
    """One line of a budget: a cost code with a cost type."""

    __tablename__ = "budget_line"
    __table_args__ = (*of_parent("budget_id", "budget"), *on_codes())

    budget_id: uuid.UUID
    quantity: Decimal | None = four_decimals("Quantity; never sent.")
    unit_of_measure: str | None = Field(
        default=None, max_length=40, description="Unit of the quantity; never sent."
    )
    unit_cost: Decimal | None = four_decimals("Cost per unit; never sent.")
    original_amount: Decimal = money("Original amount; may be zero.")
    revised_amount: Decimal | None = money(
        "Amount with all approved changes, as the project tool counts it.", nullable=True
    )


class BudgetExport(AccountRow, table=True):
    """One document that the ERP confirmed for a budget: the original budget, or a revision with what changed since."""

    __tablename__ = "budget_export"
    __table_args__ = (
        refers("budget_id", "budget", ondelete="CASCADE"),
        Index("ix_budget_export_budget", "account_id", "budget_id"),
    )

    budget_id: uuid.UUID
    number: int | None = Field(
        default=None, description="Number of the revision; null of the original budget."
    )
    payload: str = Field(sa_type=Text, description="Canonical text of the requests that left.")
    digest: str = Field(max_length=64, description="SHA-256 of the payload, in hex.")
    exported_at: datetime = timestamp("When the ERP confirmed it.", default_now=True)


class BudgetStanding(AccountTable, table=True):
    """What the ERP holds of a budget on one code and type as of the last export; later sends carry the difference."""

    __tablename__ = "budget_standing"
    __table_args__ = (
        refers("budget_id", "budget", ondelete="CASCADE"),
        *on_codes(),
    )

    budget_id: uuid.UUID = Field(primary_key=True)
    cost_code_id: uuid.UUID = Field(primary_key=True)
    cost_type_id: uuid.UUID = Field(primary_key=True)
    amount: Decimal = money("Amount, revisions of the budget itself included.")


class UntypedCode(AccountTable, table=True):
    """A cost code that a project has in the project tool without any cost type: its budget is not sent before it has one."""

    __tablename__ = "untyped_code"
    __table_args__ = (refers("project_id", "project", ondelete="CASCADE"),)

    project_id: uuid.UUID = Field(primary_key=True)
    code: str = Field(primary_key=True, max_length=400)
    run_id: uuid.UUID = Field(description="The run that last met it.")


BUDGET = ErpObject(
    record=Budget,
    key="budget",
    tag="bud",
    plural="budgets",
    way=Way.EXPORT,
    natural_key="project_id",
    orders=("original_amount_cents",),
    filters=("is_locked", "project_id", "original_amount"),
    search=(),
    hidden=("original_amount_cents",),
    lines=LineSpec(
        record=BudgetLine,
        name="lines",
        parent="budget_id",
        order="line_number",
        hidden=("budget_id", "origin_id"),
        references={"cost_code_id": "cost_code", "cost_type_id": "cost_type"},
    ),
    references={"project_id": "project"},
    project_column="project_id",
    locked_after_send=("is_locked", "lines", "original_amount"),
    locked_after_sync=("is_locked",),
    amount="original_amount",
)
