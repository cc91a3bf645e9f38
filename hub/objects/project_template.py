"""A project template of the project tool: what a new project starts as."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from db.base import Record
from hub.core.spec import ErpObject, Way


class ProjectTemplate(Record, table=True):
    """A template that a project may be made from. The ERP knows nothing of it."""

    __tablename__ = "project_template"
    __table_args__ = (
        UniqueConstraint("account_id", "origin_id"),
        Index("ix_project_template_name", "account_id", "name", "id"),
    )

    name: str = Field(max_length=255, description="What it is called.")


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
)
