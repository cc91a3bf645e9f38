"""A sub job: a part of a project with costs of its own, in ERPs that divide jobs."""

import uuid

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from db.base import Record, refers
from hub.core.spec import ErpObject, Way


class SubJob(Record, table=True):
    """A part of a project that is costed by itself: a sub job of the project tool, of the ERP, or both once linked."""

    __tablename__ = "sub_job"
    __table_args__ = (
        UniqueConstraint("account_id", "origin_id"),
        refers("project_id", "project"),
        Index("ix_sub_job_code", "account_id", "code", "id"),
        Index("ix_sub_job_project", "account_id", "project_id"),
    )

    project_id: uuid.UUID = Field(description="The project it is part of.")
    code: str = Field(max_length=60, description="Its code, unique in a project.")
    name: str = Field(max_length=255, description="What it is.")
    is_active: bool = Field(default=True, description="Whether work goes on.")


SUB_JOB = ErpObject(
    record=SubJob,
    key="sub_job",
    tag="sub",
    plural="subJobs",
    way=Way.BOTH,
    natural_key="code",
    orders=("code",),
    filters=("code", "is_active", "project_id"),
    search=("code", "name"),
    references={"project_id": "project"},
    project_column="project_id",
    erp_fields=("code", "name", "is_active"),
    locked_after_send=("code", "name"),
)
