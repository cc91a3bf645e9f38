"""Registers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "erp_record",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("object_key", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("external_code", sa.String(length=200), nullable=True),
        sa.Column("project_code", sa.String(length=100), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column(
            "fields",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "connection_id"],
            ["connection.account_id", "connection.id"],
            name=op.f("fk_erp_record_account_id_connection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "connection_id", "object_key", "external_id", name=op.f("pk_erp_record")
        ),
    )
    op.create_index(
        "ix_erp_record_code",
        "erp_record",
        ["account_id", "connection_id", "object_key", "external_code"],
        unique=False,
    )
    op.create_table(
        "sync_run_list",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("records", sa.Integer(), server_default="0", nullable=False),
        sa.Column("amount", sa.Numeric(precision=30, scale=2), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("records_again", sa.Integer(), nullable=True),
        sa.Column("amount_again", sa.Numeric(precision=30, scale=2), nullable=True),
        sa.Column("digest_again", sa.String(length=32), nullable=True),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column(
            "finished_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.CheckConstraint(
            "proof in ('PROVEN', 'UNPROVEN', 'INCOMPLETE')", name=op.f("ck_sync_run_list_proof_word")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "run_id"],
            ["sync_run.account_id", "sync_run.id"],
            name=op.f("fk_sync_run_list_account_id_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "run_id", "resource", "scope", name=op.f("pk_sync_run_list")),
    )
    op.add_column("cursor", sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cursor", sa.Column("full_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("cursor", "full_at")
    op.drop_column("cursor", "begun_at")
    op.drop_table("sync_run_list")
    op.drop_index("ix_erp_record_code", table_name="erp_record")
    op.drop_table("erp_record")
