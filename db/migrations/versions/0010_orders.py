"""Tools that are closed on a project, and custom segments of lines."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "project",
        sa.Column(
            "inactive_tools", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    for table in ("commitment_line", "commitment_change_order_line"):
        op.add_column(table, sa.Column("custom_segment", sa.String(length=255), nullable=True))


def downgrade() -> None:
    for table in ("commitment_change_order_line", "commitment_line"):
        op.drop_column(table, "custom_segment")
    op.drop_column("project", "inactive_tools")
