"""Schedules."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "schedule",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("object_group", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), server_default="DAILY", nullable=False),
        sa.Column("time", sa.String(length=5), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_run_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "frequency in ('HOURLY', 'EVERY_2_HOURS', 'EVERY_4_HOURS', 'DAILY', 'NEVER')",
            name=op.f("ck_schedule_frequency_word"),
        ),
        sa.CheckConstraint(
            "object_group in ('COMPANIES', 'JOBS', 'JOB_COSTS', 'PAYMENTS', 'INVOICES', 'EVERYTHING_ELSE', 'EVERYTHING')",
            name=op.f("ck_schedule_object_group_word"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "connection_id"],
            ["connection.account_id", "connection.id"],
            name=op.f("fk_schedule_account_id_connection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "connection_id", "object_group", name=op.f("pk_schedule")),
    )
    op.create_index(
        "ix_schedule_wake",
        "schedule",
        ["wake_at"],
        unique=False,
        postgresql_where=sa.text("wake_at is not null"),
    )
    op.create_table(
        "schedule_run",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("object_group", sa.String(length=40), nullable=False),
        sa.Column("slot", sa.String(length=90), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("joined", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "connection_id"],
            ["connection.account_id", "connection.id"],
            name=op.f("fk_schedule_run_account_id_connection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "run_id"],
            ["sync_run.account_id", "sync_run.id"],
            name=op.f("fk_schedule_run_account_id_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "connection_id", "object_group", "slot", name=op.f("pk_schedule_run")
        ),
    )
    op.create_index("ix_schedule_run_run", "schedule_run", ["account_id", "run_id"], unique=False)


def downgrade() -> None:
    op.drop_table("schedule_run")
    op.drop_table("schedule")
