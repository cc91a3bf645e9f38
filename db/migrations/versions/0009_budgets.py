"""What the ERP holds of budgets."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "budget_export",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "exported_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "budget_id"],
            ["budget.account_id", "budget.id"],
            name=op.f("fk_budget_export_account_id_budget_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_budget_export")),
    )
    op.create_index("ix_budget_export_budget", "budget_export", ["account_id", "budget_id"], unique=False)
    op.create_table(
        "budget_standing",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("cost_code_id", sa.Uuid(), nullable=False),
        sa.Column("cost_type_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "budget_id"],
            ["budget.account_id", "budget.id"],
            name=op.f("fk_budget_standing_account_id_budget_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_code_id"],
            ["cost_code.account_id", "cost_code.id"],
            name=op.f("fk_budget_standing_account_id_cost_code_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_type_id"],
            ["cost_type.account_id", "cost_type.id"],
            name=op.f("fk_budget_standing_account_id_cost_type_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "budget_id", "cost_code_id", "cost_type_id", name=op.f("pk_budget_standing")
        ),
    )
    op.create_table(
        "untyped_code",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=400), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["project.account_id", "project.id"],
            name=op.f("fk_untyped_code_account_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "project_id", "code", name=op.f("pk_untyped_code")),
    )


def downgrade() -> None:
    op.drop_table("untyped_code")
    op.drop_table("budget_standing")
    op.drop_table("budget_export")
