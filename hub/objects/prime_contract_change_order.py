"""A change order of a prime contract (PCCO): what the owner pays more, or less."""

import uuid
from datetime import date, datetime
from decimal import Decimal

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
from hub.objects.commitment_change_order import ChangeOrderStatus
from hub.objects.lines import CodedLine


class PrimeContractChangeOrder(Record, table=True):
    """A change of what the owner pays, with the amounts it adds."""

    __tablename__ = "prime_contract_change_order"
    __table_args__ = (
        UniqueConstraint("account_id", "origin_id"),
        refers("project_id", "project"),
        refers("prime_contract_id", "prime_contract"),
        one_of("status", ChangeOrderStatus),
        Index("ix_prime_contract_change_order_number", "account_id", "number", "id"),
        Index("ix_prime_contract_change_order_amount", "account_id", "amount_cents", "id"),
        Index("ix_prime_contract_change_order_project", "account_id", "project_id"),
        Index("ix_prime_contract_change_order_contract", "account_id", "prime_contract_id"),
    )

    project_id: uuid.UUID = Field(description="The project it belongs to.")
    prime_contract_id: uuid.UUID = Field(description="The prime contract that it changes.")
    number: str = Field(max_length=255, description="Number, unique in a prime contract.")
    title: str | None = Field(default=None, max_length=255, description="Title.")
    description: str | None = Field(default=None, description="Longer text.")
    status: ChangeOrderStatus = words(ChangeOrderStatus, "Status in the project tool.")
    amount: Decimal = money("What it adds to the contract; negative where it takes away.")
    amount_cents: int = cents("amount")
    currency: str = Field(default="USD", max_length=3, description="ISO 4217 code.")
    is_executed: bool = Field(default=False, description="Whether it is signed by both.")
    due_date: date | None = Field(default=None, description="When an answer is due.")
    origin_created_at: datetime | None = timestamp("When the project tool created it.")


class PrimeContractChangeOrderLine(CodedLine, table=True):
    """One amount of a prime contract change order."""

    __tablename__ = "prime_contract_change_order_line"
    __table_args__ = (
        *of_parent("prime_contract_change_order_id", "prime_contract_change_order"),
        *on_codes(),
    )

    prime_contract_change_order_id: uuid.UUID
    description: str | None = Field(default=None, description="What the line is for.")
    quantity: Decimal | None = four_decimals("Quantity; null for amount lines.")
    unit_of_measure: str | None = Field(default=None, max_length=40, description="Unit of the quantity.")
    unit_cost: Decimal | None = four_decimals("Price per unit.")
    amount: Decimal = money("What the line adds.")


PRIME_CONTRACT_CHANGE_ORDER = ErpObject(
    record=PrimeContractChangeOrder,
    key="prime_contract_change_order",
    tag="pco",
    plural="primeContractChangeOrders",
    way=Way.EXPORT,
    natural_key="number",
    orders=("number", "amount_cents"),
    filters=("number", "status", "project_id", "prime_contract_id", "amount"),
    search=("number", "title"),
    hidden=("amount_cents",),
    lines=LineSpec(
        record=PrimeContractChangeOrderLine,
        name="lines",
        parent="prime_contract_change_order_id",
        order="line_number",
        hidden=("prime_contract_change_order_id", "origin_id"),
        references={"cost_code_id": "cost_code", "cost_type_id": "cost_type"},
    ),
    references={"project_id": "project", "prime_contract_id": "prime_contract"},
    project_column="project_id",
    locked_after_send=("title", "status", "amount", "prime_contract_id"),
    locked_after_sync=("title", "status", "amount", "prime_contract_id", "lines"),
    amount="amount",
)
