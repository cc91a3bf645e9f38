"""A cost code of the company's one list."""

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from db.base import Record
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
