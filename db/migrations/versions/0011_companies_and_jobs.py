"""Companies and jobs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("create extension if not exists pg_trgm")  # near names
    op.add_column("company", sa.Column("code", sa.String(length=200), nullable=True))
    op.add_column(
        "company",
        sa.Column("match_code", sa.Text(), sa.Computed("lower(code)", persisted=True), nullable=True),
    )
    op.create_index("ix_company_code", "company", ["account_id", "match_code"], unique=False)
    for column, word in (("match_head", 1), ("match_next", 2)):
        letters = f"nullif(left(split_part(regexp_replace(lower(name), '[^[:alnum:]]+', ' ', 'g'), ' ', {word}), 4), '')"
        op.add_column(
            "company", sa.Column(column, sa.Text(), sa.Computed(letters, persisted=True), nullable=True)
        )
    op.add_column("project", sa.Column("phase", sa.String(length=60), nullable=True))
    op.add_column(
        "project",
        sa.Column(
            "codes_without_type",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
    )
    op.create_table(
        "refused_match",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("refused_by", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["company.account_id", "company.id"],
            name=op.f("fk_refused_match_account_id_company_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_refused_match")),
        sa.UniqueConstraint(
            "account_id",
            "company_id",
            "external_id",
            name=op.f("uq_refused_match_account_id_company_id_external_id"),
        ),
    )
    op.create_table(
        "project_template_code",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_template_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "project_template_id"],
            ["project_template.account_id", "project_template.id"],
            name=op.f("fk_project_template_code_account_id_project_template_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_project_template_code")),
    )
    op.create_index(
        "ix_project_template_code_parent",
        "project_template_code",
        ["account_id", "project_template_id", "id"],
        unique=False,
    )
    op.create_table(
        "default_cost_type",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cost_code_id", sa.Uuid(), nullable=False),
        sa.Column("cost_type_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_code_id"],
            ["cost_code.account_id", "cost_code.id"],
            name=op.f("fk_default_cost_type_account_id_cost_code_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_type_id"],
            ["cost_type.account_id", "cost_type.id"],
            name=op.f("fk_default_cost_type_account_id_cost_type_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_default_cost_type")),
        sa.UniqueConstraint(
            "account_id",
            "cost_code_id",
            "cost_type_id",
            name=op.f("uq_default_cost_type_account_id_cost_code_id_cost_type_id"),
        ),
    )


def downgrade() -> None:
    op.drop_table("default_cost_type")
    op.drop_index("ix_project_template_code_parent", table_name="project_template_code")
    op.drop_table("project_template_code")
    op.drop_table("refused_match")
    op.drop_column("project", "codes_without_type")
    op.drop_column("project", "phase")
    op.drop_column("company", "match_next")
    op.drop_column("company", "match_head")
    op.drop_index("ix_company_code", table_name="company")
    op.drop_column("company", "match_code")
    op.drop_column("company", "code")
