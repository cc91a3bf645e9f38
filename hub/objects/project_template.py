"""A project template of the project tool: what a new project starts as."""

import uuid

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from db.base import AccountRow, Record
from hub.core.spec import ErpObject, LineSpec, Way


class ProjectTemplate(Record, table=True):
    """A template that a project may be made from. The ERP knows nothing of it."""

    __tablename__ = "project_template"
    __table_args__ = (
        UniqueConstraint("account_id", "origin_id"),
        Index("ix_project_template_name", "account_id", "name", "id"),
    )

    name: str = Field(max_length=255, description="What it is called.")


class ProjectTemplateCode(AccountRow, table=True):
    """A cost code that a template holds. A job the template is applied to has to have it."""

    __tablename__ = "project_template_code"
    __table_args__ = (
        Index("ix_project_template_code_parent", "account_id", "project_template_id", "id"),
        ForeignKeyConstraint(
            ["account_id", "project_template_id"],
            ["project_template.account_id", "project_template.id"],
            ondelete="CASCADE",
        ),
    )

    project_template_id: uuid.UUID
    code: str = Field(max_length=60, description="The full code, such as `03-300`.")
    origin_id: str | None = Field(default=None, max_length=64, description="Its id in the project tool.")


PROJECT_TEMPLATE = ErpObject(
    record=ProjectTemplate,
    key="project_template",
    tag="tpl",
    plural="projectTemplates",
    way=Way.IMPORT,
    natural_key="name",
    orders=("name",),
    filters=("name",),
    search=("name",),
    lines=LineSpec(
        record=ProjectTemplateCode,
        name="costCodes",
        parent="project_template_id",
        order="code",
        hidden=("origin_id",),
    ),
)
