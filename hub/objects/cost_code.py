"""A cost code of the company's one list."""

import uuid

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from db.base import AccountRow, Record
from hub.core.spec import ErpObject, Way


class CostCode(Record, table=True):
    """What a cost is for. One list serves all projects; it is kept in the ERP."""

    __tablename__ = "cost_code"
    __table_args__ = (
        UniqueConstraint("account_id", "code"),
        Index(
            "uq_cost_code_origin",
            "account_id",
            "origin_id",
            unique=True,
            postgresql_where=text("origin_id is not null"),
        ),
    )

    code: str = Field(max_length=60, description="Full code in the approved format, such as `03-300`.")
    name: str = Field(max_length=255, description="What the code stands for.")


class DefaultCostType(AccountRow, table=True):
    """A cost type that a cost code has wherever the ERP names none."""

    __tablename__ = "default_cost_type"
    __table_args__ = (
        UniqueConstraint("account_id", "cost_code_id", "cost_type_id"),
        ForeignKeyConstraint(
            ["account_id", "cost_code_id"], ["cost_code.account_id", "cost_code.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["account_id", "cost_type_id"], ["cost_type.account_id", "cost_type.id"], ondelete="CASCADE"
        ),
    )

    cost_code_id: uuid.UUID
    cost_type_id: uuid.UUID


COST_CODE = ErpObject(
    record=CostCode,
    key="cost_code",
    tag="ccd",
    plural="costCodes",
    way=Way.BOTH,
    natural_key="code",
    orders=("code",),
    filters=("code",),
    search=("code", "name"),
    erp_fields=("code", "name"),
    kept_in_erp=True,
    origin_flag="cost_codes_origin",
    locked_after_send=("code", "name"),
)
