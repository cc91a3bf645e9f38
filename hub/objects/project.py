"""A project: a job in the ERP. Its cost codes stand beside it as the codes and types it may book on."""

import uuid
from datetime import date, datetime

from sqlalchemy import ARRAY, Column, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from db.base import AccountRow, Record, timestamp
from hub.core.spec import ErpObject, LineSpec, Way


class Project(Record, table=True):
    """A construction project: a project of the project tool, a job of the ERP, or both once linked. One job, one project."""

    __tablename__ = "project"
    __table_args__ = (
        Index(
            "uq_project_origin",
            "account_id",
            "origin_id",
            unique=True,
            postgresql_where=text("origin_id is not null"),
        ),
        Index("ix_project_number", "account_id", "number", "id"),
    )

    number: str = Field(max_length=100, description="Project number; the job code in the ERP.")
    name: str = Field(max_length=255, description="Project name; the job's description in the ERP.")
    is_active: bool = Field(default=True, description="Whether work goes on.")
    status: str | None = Field(
        default=None, max_length=60, description="Status in the words of the side it came from."
    )
    start_date: date | None = Field(default=None, description="Planned start.")
    completion_date: date | None = Field(default=None, description="Planned completion.")
    address: str | None = Field(default=None, max_length=500, description="Site address.")
    city: str | None = Field(default=None, max_length=100, description="City.")
    state_code: str | None = Field(default=None, max_length=40, description="State.")
    postal_code: str | None = Field(default=None, max_length=20, description="ZIP or postal code.")
    country_code: str | None = Field(default=None, max_length=40, description="Country.")
    syncs_job_costs: bool = Field(
        default=True,
        sa_column_kwargs={"server_default": "true"},
        description="Whether costs booked in the ERP are taken in for it.",
    )
    inactive_tools: list[str] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'")),
        description="Tools that the project tool keeps closed on it, as last met: their objects do not sync.",
    )
    phase: str | None = Field(
        default=None, max_length=60, description="Phase of the job in the ERP; a project has one."
    )
    codes_without_type: list[str] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
        description="Cost codes that the ERP's job carries with no cost type; nothing can be booked on them.",
    )
    origin_created_at: datetime | None = timestamp(
        "When the project tool created it; decides whether it is younger than go-live."
    )


class ProjectCostCode(AccountRow, table=True):
    """A cost code with one cost type on a project: the combination that amounts are booked on."""

    __tablename__ = "project_cost_code"
    __table_args__ = (
        UniqueConstraint("account_id", "project_id", "cost_code_id", "cost_type_id"),
        ForeignKeyConstraint(
            ["account_id", "project_id"], ["project.account_id", "project.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["account_id", "cost_code_id"], ["cost_code.account_id", "cost_code.id"], ondelete="RESTRICT"
        ),
        ForeignKeyConstraint(
            ["account_id", "cost_type_id"], ["cost_type.account_id", "cost_type.id"], ondelete="RESTRICT"
        ),
    )

    project_id: uuid.UUID
    cost_code_id: uuid.UUID
    cost_type_id: uuid.UUID
    origin_id: str | None = Field(
        default=None, max_length=64, description="Id of the code on the project in the project tool."
    )
    in_erp: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": "false"},
        description="Whether the ERP's job carries the combination.",
    )


PROJECT = ErpObject(
    record=Project,
    key="project",
    tag="prj",
    plural="projects",
    way=Way.BOTH,
    natural_key="number",
    orders=("number", "name"),
    filters=("number", "is_active"),
    search=("number", "name"),
    project_column="id",
    lines=LineSpec(
        record=ProjectCostCode,
        name="costCodes",
        parent="project_id",
        order="id",
        resource="project_cost_code",
    ),
    erp_fields=("number", "name", "is_active", "status", "start_date", "completion_date"),
)
