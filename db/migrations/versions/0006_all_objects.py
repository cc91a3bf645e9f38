"""All objects."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "project_template",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=True),
        sa.Column("origin_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_project_template")),
        sa.UniqueConstraint("account_id", "origin_id", name=op.f("uq_project_template_account_id_origin_id")),
    )
    op.create_index(
        "ix_project_template_name", "project_template", ["account_id", "name", "id"], unique=False
    )
    op.create_table(
        "budget",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=True),
        sa.Column("origin_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("original_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column(
            "original_amount_cents",
            sa.BigInteger(),
            sa.Computed("(original_amount * 100)::bigint", persisted=True),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["project.account_id", "project.id"],
            name=op.f("fk_budget_account_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_budget")),
        sa.UniqueConstraint("account_id", "origin_id", name=op.f("uq_budget_account_id_origin_id")),
        sa.UniqueConstraint("account_id", "project_id", name=op.f("uq_budget_account_id_project_id")),
    )
    op.create_index("ix_budget_amount", "budget", ["account_id", "original_amount_cents", "id"], unique=False)
    op.create_table(
        "budget_change",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=True),
        sa.Column("origin_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="CHANGE", nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("status", sa.Text(), server_default="APPROVED", nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column(
            "amount_cents",
            sa.BigInteger(),
            sa.Computed("(amount * 100)::bigint", persisted=True),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("erp_status", sa.String(length=60), nullable=True),
        sa.Column("origin_created_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('CHANGE', 'MODIFICATION')", name=op.f("ck_budget_change_kind_word")),
        sa.CheckConstraint(
            "status in ('DRAFT', 'UNDER_REVIEW', 'APPROVED', 'REJECTED', 'VOID')",
            name=op.f("ck_budget_change_status_word"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["project.account_id", "project.id"],
            name=op.f("fk_budget_change_account_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_budget_change")),
        sa.UniqueConstraint("account_id", "origin_id", name=op.f("uq_budget_change_account_id_origin_id")),
    )
    op.create_index(
        "ix_budget_change_amount", "budget_change", ["account_id", "amount_cents", "id"], unique=False
    )
    op.create_index("ix_budget_change_project", "budget_change", ["account_id", "project_id"], unique=False)
    op.create_table(
        "prime_contract",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=True),
        sa.Column("origin_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("status", sa.Text(), server_default="APPROVED", nullable=False),
        sa.Column("retainage_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("contract_date", sa.Date(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("completion_date", sa.Date(), nullable=True),
        sa.Column("is_executed", sa.Boolean(), nullable=False),
        sa.Column("original_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column(
            "original_amount_cents",
            sa.BigInteger(),
            sa.Computed("(original_amount * 100)::bigint", persisted=True),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("origin_created_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('DRAFT', 'OUT_FOR_BID', 'OUT_FOR_SIGNATURE', 'APPROVED', 'COMPLETE', 'TERMINATED', 'VOID')",
            name=op.f("ck_prime_contract_status_word"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["company.account_id", "company.id"],
            name=op.f("fk_prime_contract_account_id_company_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["project.account_id", "project.id"],
            name=op.f("fk_prime_contract_account_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_prime_contract")),
        sa.UniqueConstraint("account_id", "origin_id", name=op.f("uq_prime_contract_account_id_origin_id")),
    )
    op.create_index(
        "ix_prime_contract_amount",
        "prime_contract",
        ["account_id", "original_amount_cents", "id"],
        unique=False,
    )
    op.create_index("ix_prime_contract_company", "prime_contract", ["account_id", "company_id"], unique=False)
    op.create_index(
        "ix_prime_contract_number", "prime_contract", ["account_id", "number", "id"], unique=False
    )
    op.create_index("ix_prime_contract_project", "prime_contract", ["account_id", "project_id"], unique=False)
    op.create_table(
        "sub_job",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=True),
        sa.Column("origin_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["project.account_id", "project.id"],
            name=op.f("fk_sub_job_account_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_sub_job")),
        sa.UniqueConstraint("account_id", "origin_id", name=op.f("uq_sub_job_account_id_origin_id")),
    )
    op.create_index("ix_sub_job_code", "sub_job", ["account_id", "code", "id"], unique=False)
    op.create_index("ix_sub_job_project", "sub_job", ["account_id", "project_id"], unique=False)
    op.create_table(
        "budget_change_line",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("budget_change_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("cost_code_id", sa.Uuid(), nullable=True),
        sa.Column("cost_type_id", sa.Uuid(), nullable=True),
        sa.Column("cost_code_text", sa.String(length=400), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("unit_of_measure", sa.String(length=40), nullable=True),
        sa.Column("unit_cost", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "budget_change_id"],
            ["budget_change.account_id", "budget_change.id"],
            name=op.f("fk_budget_change_line_account_id_budget_change_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_code_id"],
            ["cost_code.account_id", "cost_code.id"],
            name=op.f("fk_budget_change_line_account_id_cost_code_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_type_id"],
            ["cost_type.account_id", "cost_type.id"],
            name=op.f("fk_budget_change_line_account_id_cost_type_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_budget_change_line")),
        sa.UniqueConstraint(
            "account_id",
            "budget_change_id",
            "origin_id",
            name=op.f("uq_budget_change_line_account_id_budget_change_id_origin_id"),
        ),
    )
    op.create_table(
        "budget_line",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("cost_code_id", sa.Uuid(), nullable=True),
        sa.Column("cost_type_id", sa.Uuid(), nullable=True),
        sa.Column("cost_code_text", sa.String(length=400), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("unit_of_measure", sa.String(length=40), nullable=True),
        sa.Column("unit_cost", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("original_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("revised_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "budget_id"],
            ["budget.account_id", "budget.id"],
            name=op.f("fk_budget_line_account_id_budget_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_code_id"],
            ["cost_code.account_id", "cost_code.id"],
            name=op.f("fk_budget_line_account_id_cost_code_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_type_id"],
            ["cost_type.account_id", "cost_type.id"],
            name=op.f("fk_budget_line_account_id_cost_type_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_budget_line")),
        sa.UniqueConstraint(
            "account_id", "budget_id", "origin_id", name=op.f("uq_budget_line_account_id_budget_id_origin_id")
        ),
    )
    op.create_table(
        "commitment_change_order",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=True),
        sa.Column("origin_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("commitment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column(
            "amount_cents",
            sa.BigInteger(),
            sa.Computed("(amount * 100)::bigint", persisted=True),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_executed", sa.Boolean(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("origin_created_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('DRAFT', 'PRICING', 'NOT_PRICING', 'PENDING', 'REVISED', 'PROCEEDING', 'NOT_PROCEEDING', 'PENDING_BILLABLE', 'NO_CHARGE', 'APPROVED', 'REJECTED', 'VOID')",
            name=op.f("ck_commitment_change_order_status_word"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "commitment_id"],
            ["commitment.account_id", "commitment.id"],
            name=op.f("fk_commitment_change_order_account_id_commitment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["project.account_id", "project.id"],
            name=op.f("fk_commitment_change_order_account_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_commitment_change_order")),
        sa.UniqueConstraint(
            "account_id", "origin_id", name=op.f("uq_commitment_change_order_account_id_origin_id")
        ),
    )
    op.create_index(
        "ix_commitment_change_order_amount",
        "commitment_change_order",
        ["account_id", "amount_cents", "id"],
        unique=False,
    )
    op.create_index(
        "ix_commitment_change_order_commitment",
        "commitment_change_order",
        ["account_id", "commitment_id"],
        unique=False,
    )
    op.create_index(
        "ix_commitment_change_order_number",
        "commitment_change_order",
        ["account_id", "number", "id"],
        unique=False,
    )
    op.create_index(
        "ix_commitment_change_order_project",
        "commitment_change_order",
        ["account_id", "project_id"],
        unique=False,
    )
    op.create_table(
        "direct_cost",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=True),
        sa.Column("origin_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("commitment_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("invoice_number", sa.String(length=255), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("status", sa.Text(), server_default="APPROVED", nullable=False),
        sa.Column("cost_date", sa.Date(), nullable=True),
        sa.Column("received_date", sa.Date(), nullable=True),
        sa.Column("paid_date", sa.Date(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column(
            "amount_cents",
            sa.BigInteger(),
            sa.Computed("(amount * 100)::bigint", persisted=True),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("terms", sa.String(length=255), nullable=True),
        sa.CheckConstraint(
            "kind in ('INVOICE', 'SUBCONTRACTOR_INVOICE', 'EXPENSE', 'PAYROLL')",
            name=op.f("ck_direct_cost_kind_word"),
        ),
        sa.CheckConstraint(
            "status in ('DRAFT', 'PENDING', 'REVISE_AND_RESUBMIT', 'APPROVED')",
            name=op.f("ck_direct_cost_status_word"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "commitment_id"],
            ["commitment.account_id", "commitment.id"],
            name=op.f("fk_direct_cost_account_id_commitment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["company.account_id", "company.id"],
            name=op.f("fk_direct_cost_account_id_company_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["project.account_id", "project.id"],
            name=op.f("fk_direct_cost_account_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_direct_cost")),
        sa.UniqueConstraint("account_id", "origin_id", name=op.f("uq_direct_cost_account_id_origin_id")),
    )
    op.create_index(
        "ix_direct_cost_amount", "direct_cost", ["account_id", "amount_cents", "id"], unique=False
    )
    op.create_index("ix_direct_cost_company", "direct_cost", ["account_id", "company_id"], unique=False)
    op.create_index("ix_direct_cost_date", "direct_cost", ["account_id", "cost_date"], unique=False)
    op.create_index("ix_direct_cost_project", "direct_cost", ["account_id", "project_id"], unique=False)
    op.create_table(
        "owner_invoice",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=True),
        sa.Column("origin_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("prime_contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("invoice_number", sa.String(length=255), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("billing_date", sa.Date(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column(
            "amount_cents",
            sa.BigInteger(),
            sa.Computed("(amount * 100)::bigint", persisted=True),
            nullable=False,
        ),
        sa.Column("paid_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("percent_complete", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint(
            "status in ('DRAFT', 'UNDER_REVIEW', 'REVISE_AND_RESUBMIT', 'PENDING_OWNER_APPROVAL', 'APPROVED_AS_NOTED', 'APPROVED')",
            name=op.f("ck_owner_invoice_status_word"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "prime_contract_id"],
            ["prime_contract.account_id", "prime_contract.id"],
            name=op.f("fk_owner_invoice_account_id_prime_contract_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["project.account_id", "project.id"],
            name=op.f("fk_owner_invoice_account_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_owner_invoice")),
        sa.UniqueConstraint("account_id", "origin_id", name=op.f("uq_owner_invoice_account_id_origin_id")),
    )
    op.create_index(
        "ix_owner_invoice_amount", "owner_invoice", ["account_id", "amount_cents", "id"], unique=False
    )
    op.create_index(
        "ix_owner_invoice_contract", "owner_invoice", ["account_id", "prime_contract_id"], unique=False
    )
    op.create_index(
        "ix_owner_invoice_number", "owner_invoice", ["account_id", "invoice_number"], unique=False
    )
    op.create_index("ix_owner_invoice_project", "owner_invoice", ["account_id", "project_id"], unique=False)
    op.create_table(
        "prime_contract_change_order",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=True),
        sa.Column("origin_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("prime_contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column(
            "amount_cents",
            sa.BigInteger(),
            sa.Computed("(amount * 100)::bigint", persisted=True),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_executed", sa.Boolean(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("origin_created_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('DRAFT', 'PRICING', 'NOT_PRICING', 'PENDING', 'REVISED', 'PROCEEDING', 'NOT_PROCEEDING', 'PENDING_BILLABLE', 'NO_CHARGE', 'APPROVED', 'REJECTED', 'VOID')",
            name=op.f("ck_prime_contract_change_order_status_word"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "prime_contract_id"],
            ["prime_contract.account_id", "prime_contract.id"],
            name=op.f("fk_prime_contract_change_order_account_id_prime_contract_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["project.account_id", "project.id"],
            name=op.f("fk_prime_contract_change_order_account_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_prime_contract_change_order")),
        sa.UniqueConstraint(
            "account_id", "origin_id", name=op.f("uq_prime_contract_change_order_account_id_origin_id")
        ),
    )
    op.create_index(
        "ix_prime_contract_change_order_amount",
        "prime_contract_change_order",
        ["account_id", "amount_cents", "id"],
        unique=False,
    )
    op.create_index(
        "ix_prime_contract_change_order_contract",
        "prime_contract_change_order",
        ["account_id", "prime_contract_id"],
        unique=False,
    )
    op.create_index(
        "ix_prime_contract_change_order_number",
        "prime_contract_change_order",
        ["account_id", "number", "id"],
        unique=False,
    )
    op.create_index(
        "ix_prime_contract_change_order_project",
        "prime_contract_change_order",
        ["account_id", "project_id"],
        unique=False,
    )
    op.create_table(
        "prime_contract_line",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prime_contract_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("cost_code_id", sa.Uuid(), nullable=True),
        sa.Column("cost_type_id", sa.Uuid(), nullable=True),
        sa.Column("cost_code_text", sa.String(length=400), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("unit_of_measure", sa.String(length=40), nullable=True),
        sa.Column("unit_cost", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_code_id"],
            ["cost_code.account_id", "cost_code.id"],
            name=op.f("fk_prime_contract_line_account_id_cost_code_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_type_id"],
            ["cost_type.account_id", "cost_type.id"],
            name=op.f("fk_prime_contract_line_account_id_cost_type_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "prime_contract_id"],
            ["prime_contract.account_id", "prime_contract.id"],
            name=op.f("fk_prime_contract_line_account_id_prime_contract_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_prime_contract_line")),
        sa.UniqueConstraint(
            "account_id",
            "prime_contract_id",
            "origin_id",
            name=op.f("uq_prime_contract_line_account_id_prime_contract_id_origin_id"),
        ),
    )
    op.create_table(
        "subcontractor_invoice",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=True),
        sa.Column("origin_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("commitment_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("invoice_number", sa.String(length=255), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("billing_date", sa.Date(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("payment_date", sa.Date(), nullable=True),
        sa.Column("payment_due_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column(
            "payment_due_amount_cents",
            sa.BigInteger(),
            sa.Computed("(payment_due_amount * 100)::bigint", persisted=True),
            nullable=False,
        ),
        sa.Column("completed_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("retainage_held_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("retainage_released_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("stored_materials_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("stored_retainage_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("percent_complete", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("erp_status", sa.String(length=60), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "attachment_urls",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status in ('DRAFT', 'UNDER_REVIEW', 'REVISE_AND_RESUBMIT', 'PENDING_OWNER_APPROVAL', 'APPROVED_AS_NOTED', 'APPROVED')",
            name=op.f("ck_subcontractor_invoice_status_word"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "commitment_id"],
            ["commitment.account_id", "commitment.id"],
            name=op.f("fk_subcontractor_invoice_account_id_commitment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["company.account_id", "company.id"],
            name=op.f("fk_subcontractor_invoice_account_id_company_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["project.account_id", "project.id"],
            name=op.f("fk_subcontractor_invoice_account_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_subcontractor_invoice")),
        sa.UniqueConstraint(
            "account_id", "origin_id", name=op.f("uq_subcontractor_invoice_account_id_origin_id")
        ),
    )
    op.create_index(
        "ix_subcontractor_invoice_amount",
        "subcontractor_invoice",
        ["account_id", "payment_due_amount_cents", "id"],
        unique=False,
    )
    op.create_index(
        "ix_subcontractor_invoice_commitment",
        "subcontractor_invoice",
        ["account_id", "commitment_id"],
        unique=False,
    )
    op.create_index(
        "ix_subcontractor_invoice_company",
        "subcontractor_invoice",
        ["account_id", "company_id"],
        unique=False,
    )
    op.create_index(
        "ix_subcontractor_invoice_number",
        "subcontractor_invoice",
        ["account_id", "invoice_number"],
        unique=False,
    )
    op.create_index(
        "ix_subcontractor_invoice_project",
        "subcontractor_invoice",
        ["account_id", "project_id"],
        unique=False,
    )
    op.create_table(
        "commitment_change_order_line",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commitment_change_order_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("cost_code_id", sa.Uuid(), nullable=True),
        sa.Column("cost_type_id", sa.Uuid(), nullable=True),
        sa.Column("cost_code_text", sa.String(length=400), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("unit_of_measure", sa.String(length=40), nullable=True),
        sa.Column("unit_cost", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "commitment_change_order_id"],
            ["commitment_change_order.account_id", "commitment_change_order.id"],
            name=op.f("fk_commitment_change_order_line_account_id_commitment_change_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_code_id"],
            ["cost_code.account_id", "cost_code.id"],
            name=op.f("fk_commitment_change_order_line_account_id_cost_code_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_type_id"],
            ["cost_type.account_id", "cost_type.id"],
            name=op.f("fk_commitment_change_order_line_account_id_cost_type_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_commitment_change_order_line")),
        sa.UniqueConstraint(
            "account_id",
            "commitment_change_order_id",
            "origin_id",
            name=op.f("uq_commitment_change_order_line_account_id_commitment_change_order_id_origin_id"),
        ),
    )
    op.create_table(
        "direct_cost_line",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("direct_cost_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.String(length=200), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("cost_code_id", sa.Uuid(), nullable=True),
        sa.Column("cost_type_id", sa.Uuid(), nullable=True),
        sa.Column("cost_code_text", sa.String(length=400), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("unit_of_measure", sa.String(length=40), nullable=True),
        sa.Column("unit_cost", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_code_id"],
            ["cost_code.account_id", "cost_code.id"],
            name=op.f("fk_direct_cost_line_account_id_cost_code_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_type_id"],
            ["cost_type.account_id", "cost_type.id"],
            name=op.f("fk_direct_cost_line_account_id_cost_type_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "direct_cost_id"],
            ["direct_cost.account_id", "direct_cost.id"],
            name=op.f("fk_direct_cost_line_account_id_direct_cost_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_direct_cost_line")),
        sa.UniqueConstraint(
            "account_id",
            "direct_cost_id",
            "origin_id",
            name=op.f("uq_direct_cost_line_account_id_direct_cost_id_origin_id"),
        ),
    )
    op.create_table(
        "owner_invoice_line",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_invoice_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("contract_line_id", sa.String(length=64), nullable=True),
        sa.Column("cost_code_id", sa.Uuid(), nullable=True),
        sa.Column("cost_type_id", sa.Uuid(), nullable=True),
        sa.Column("cost_code_text", sa.String(length=400), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("scheduled_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("completed_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("retainage_held_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("retainage_released_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("stored_materials_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("stored_retainage_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("net_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_code_id"],
            ["cost_code.account_id", "cost_code.id"],
            name=op.f("fk_owner_invoice_line_account_id_cost_code_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_type_id"],
            ["cost_type.account_id", "cost_type.id"],
            name=op.f("fk_owner_invoice_line_account_id_cost_type_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "owner_invoice_id"],
            ["owner_invoice.account_id", "owner_invoice.id"],
            name=op.f("fk_owner_invoice_line_account_id_owner_invoice_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_owner_invoice_line")),
        sa.UniqueConstraint(
            "account_id",
            "owner_invoice_id",
            "origin_id",
            name=op.f("uq_owner_invoice_line_account_id_owner_invoice_id_origin_id"),
        ),
    )
    op.create_table(
        "payment",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=True),
        sa.Column("origin_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("commitment_id", sa.Uuid(), nullable=False),
        sa.Column("subcontractor_invoice_id", sa.Uuid(), nullable=True),
        sa.Column("invoice_number", sa.String(length=255), nullable=True),
        sa.Column("number", sa.String(length=255), nullable=True),
        sa.Column("check_number", sa.String(length=255), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column(
            "amount_cents",
            sa.BigInteger(),
            sa.Computed("(amount * 100)::bigint", persisted=True),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("is_void", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.String(), nullable=True),
        sa.CheckConstraint(
            "method in ('CHECK', 'ACH', 'WIRE', 'CREDIT_CARD', 'ELECTRONIC', 'OTHER')",
            name=op.f("ck_payment_method_word"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "commitment_id"],
            ["commitment.account_id", "commitment.id"],
            name=op.f("fk_payment_account_id_commitment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["project.account_id", "project.id"],
            name=op.f("fk_payment_account_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "subcontractor_invoice_id"],
            ["subcontractor_invoice.account_id", "subcontractor_invoice.id"],
            name=op.f("fk_payment_account_id_subcontractor_invoice_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_payment")),
        sa.UniqueConstraint("account_id", "origin_id", name=op.f("uq_payment_account_id_origin_id")),
    )
    op.create_index("ix_payment_amount", "payment", ["account_id", "amount_cents", "id"], unique=False)
    op.create_index("ix_payment_commitment", "payment", ["account_id", "commitment_id"], unique=False)
    op.create_index("ix_payment_invoice", "payment", ["account_id", "subcontractor_invoice_id"], unique=False)
    op.create_index("ix_payment_paid_on", "payment", ["account_id", "paid_on"], unique=False)
    op.create_index("ix_payment_project", "payment", ["account_id", "project_id"], unique=False)
    op.create_table(
        "prime_contract_change_order_line",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("prime_contract_change_order_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("cost_code_id", sa.Uuid(), nullable=True),
        sa.Column("cost_type_id", sa.Uuid(), nullable=True),
        sa.Column("cost_code_text", sa.String(length=400), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("unit_of_measure", sa.String(length=40), nullable=True),
        sa.Column("unit_cost", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_code_id"],
            ["cost_code.account_id", "cost_code.id"],
            name=op.f("fk_prime_contract_change_order_line_account_id_cost_code_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_type_id"],
            ["cost_type.account_id", "cost_type.id"],
            name=op.f("fk_prime_contract_change_order_line_account_id_cost_type_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "prime_contract_change_order_id"],
            ["prime_contract_change_order.account_id", "prime_contract_change_order.id"],
            name=op.f("fk_prime_contract_change_order_line_account_id_prime_contract_change_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_prime_contract_change_order_line")),
        sa.UniqueConstraint(
            "account_id",
            "prime_contract_change_order_id",
            "origin_id",
            name=op.f(
                "uq_prime_contract_change_order_line_account_id_prime_contract_change_order_id_origin_id"
            ),
        ),
    )
    op.create_table(
        "subcontractor_invoice_line",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subcontractor_invoice_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("contract_line_id", sa.String(length=64), nullable=True),
        sa.Column("cost_code_id", sa.Uuid(), nullable=True),
        sa.Column("cost_type_id", sa.Uuid(), nullable=True),
        sa.Column("cost_code_text", sa.String(length=400), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("scheduled_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("completed_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("retainage_held_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("retainage_released_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("stored_materials_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("stored_retainage_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("net_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_code_id"],
            ["cost_code.account_id", "cost_code.id"],
            name=op.f("fk_subcontractor_invoice_line_account_id_cost_code_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_type_id"],
            ["cost_type.account_id", "cost_type.id"],
            name=op.f("fk_subcontractor_invoice_line_account_id_cost_type_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "subcontractor_invoice_id"],
            ["subcontractor_invoice.account_id", "subcontractor_invoice.id"],
            name=op.f("fk_subcontractor_invoice_line_account_id_subcontractor_invoice_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_subcontractor_invoice_line")),
        sa.UniqueConstraint(
            "account_id",
            "subcontractor_invoice_id",
            "origin_id",
            name=op.f("uq_subcontractor_invoice_line_account_id_subcontractor_invoice_id_origin_id"),
        ),
    )
    op.add_column(
        "conflict", sa.Column("code", sa.String(length=60), server_default="FIELD_LOCKED", nullable=False)
    )
    op.add_column("conflict", sa.Column("message", sa.Text(), nullable=True))
    op.add_column(
        "project", sa.Column("syncs_job_costs", sa.Boolean(), server_default="true", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("project", "syncs_job_costs")
    op.drop_column("conflict", "message")
    op.drop_column("conflict", "code")
    op.drop_table("subcontractor_invoice_line")
    op.drop_table("prime_contract_change_order_line")
    op.drop_index("ix_payment_project", table_name="payment")
    op.drop_index("ix_payment_paid_on", table_name="payment")
    op.drop_index("ix_payment_invoice", table_name="payment")
    op.drop_index("ix_payment_commitment", table_name="payment")
    op.drop_index("ix_payment_amount", table_name="payment")
    op.drop_table("payment")
    op.drop_table("owner_invoice_line")
    op.drop_table("direct_cost_line")
    op.drop_table("commitment_change_order_line")
    op.drop_index("ix_subcontractor_invoice_project", table_name="subcontractor_invoice")
    op.drop_index("ix_subcontractor_invoice_number", table_name="subcontractor_invoice")
    op.drop_index("ix_subcontractor_invoice_company", table_name="subcontractor_invoice")
    op.drop_index("ix_subcontractor_invoice_commitment", table_name="subcontractor_invoice")
    op.drop_index("ix_subcontractor_invoice_amount", table_name="subcontractor_invoice")
    op.drop_table("subcontractor_invoice")
    op.drop_table("prime_contract_line")
    op.drop_index("ix_prime_contract_change_order_project", table_name="prime_contract_change_order")
    op.drop_index("ix_prime_contract_change_order_number", table_name="prime_contract_change_order")
    op.drop_index("ix_prime_contract_change_order_contract", table_name="prime_contract_change_order")
    op.drop_index("ix_prime_contract_change_order_amount", table_name="prime_contract_change_order")
    op.drop_table("prime_contract_change_order")
    op.drop_index("ix_owner_invoice_project", table_name="owner_invoice")
    op.drop_index("ix_owner_invoice_number", table_name="owner_invoice")
    op.drop_index("ix_owner_invoice_contract", table_name="owner_invoice")
    op.drop_index("ix_owner_invoice_amount", table_name="owner_invoice")
    op.drop_table("owner_invoice")
    op.drop_index("ix_direct_cost_project", table_name="direct_cost")
    op.drop_index("ix_direct_cost_date", table_name="direct_cost")
    op.drop_index("ix_direct_cost_company", table_name="direct_cost")
    op.drop_index("ix_direct_cost_amount", table_name="direct_cost")
    op.drop_table("direct_cost")
    op.drop_index("ix_commitment_change_order_project", table_name="commitment_change_order")
    op.drop_index("ix_commitment_change_order_number", table_name="commitment_change_order")
    op.drop_index("ix_commitment_change_order_commitment", table_name="commitment_change_order")
    op.drop_index("ix_commitment_change_order_amount", table_name="commitment_change_order")
    op.drop_table("commitment_change_order")
    op.drop_table("budget_line")
    op.drop_table("budget_change_line")
    op.drop_index("ix_sub_job_project", table_name="sub_job")
    op.drop_index("ix_sub_job_code", table_name="sub_job")
    op.drop_table("sub_job")
    op.drop_index("ix_prime_contract_project", table_name="prime_contract")
    op.drop_index("ix_prime_contract_number", table_name="prime_contract")
    op.drop_index("ix_prime_contract_company", table_name="prime_contract")
    op.drop_index("ix_prime_contract_amount", table_name="prime_contract")
    op.drop_table("prime_contract")
    op.drop_index("ix_budget_change_project", table_name="budget_change")
    op.drop_index("ix_budget_change_amount", table_name="budget_change")
    op.drop_table("budget_change")
    op.drop_index("ix_budget_amount", table_name="budget")
    op.drop_table("budget")
    op.drop_index("ix_project_template_name", table_name="project_template")
    op.drop_table("project_template")
