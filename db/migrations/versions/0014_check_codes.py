"""Codes of what a connection test finds missing."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("system_check", sa.Column("code", sa.String(length=60), nullable=True))


def downgrade() -> None:
    op.drop_column("system_check", "code")
