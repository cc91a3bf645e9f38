"""A cost type: a category in the ERP."""

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from db.base import Record
from hub.core.spec import ErpObject, Way


class CostType(Record, table=True):
    """What kind of cost it is: labour, material, subcontract, ..."""

    __tablename__ = "cost_type"
    __table_args__ = (
        UniqueConstraint("account_id", "code"),
        Index(
            "uq_cost_type_origin",
            "account_id",
            "origin_id",
            unique=True,
            postgresql_where=text("origin_id is not null"),
        ),
    )

    code: str = Field(max_length=20, description="Short code, such as `L`.")
    name: str = Field(max_length=100, description="What the code stands for.")


COST_TYPE = ErpObject(
    record=CostType,
    key="cost_type",
    tag="cty",
    plural="costTypes",
    way=Way.IMPORT,
    natural_key="code",
    orders=("code",),
    filters=("code",),
    search=("code", "name"),
    erp_fields=("code", "name"),
    kept_in_erp=True,
)
