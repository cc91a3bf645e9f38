"""Credentials in a table of their own, sealed with data keys of their account.

What `connection.credentials` held is dropped, not moved: it was sealed another way, which no release knows, and a
migration has no business opening secrets. A database of before has its credentials entered again.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "data_key",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kek_id", sa.String(length=100), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name=op.f("fk_data_key_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "version", name=op.f("pk_data_key")),
    )
    op.create_table(
        "credential",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_owner", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.CheckConstraint(
            "field in ('credentials', 'tokens', 'webhook')", name=op.f("ck_credential_field_word")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "connection_id"],
            ["connection.account_id", "connection.id"],
            name=op.f("fk_credential_account_id_connection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "connection_id", "field", name=op.f("pk_credential")),
    )
    op.drop_column("connection", "credentials")


def downgrade() -> None:
    op.add_column("connection", sa.Column("credentials", sa.LargeBinary(), nullable=True))
    op.drop_table("credential")
    op.drop_table("data_key")
