"""All tables of the first release, the hub's own clock, and the guard on the moves of a link."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

HUB_NOW = """
create function hub_now() returns timestamptz language sql stable as $$
    select coalesce(nullif(current_setting('app.now', true), '')::timestamptz, now())
$$
"""

GUARD_LINK = """
create function guard_link_move() returns trigger language plpgsql as $$
declare
    before_state text := case when tg_op = 'UPDATE' then old.state else '' end;
begin
    if before_state is distinct from new.state and not exists (
        select from link_move where from_state = before_state and to_state = new.state
    ) then
        raise exception 'a link may not move from "%" to "%"', before_state, new.state using errcode = 'check_violation';
    end if;
    return new;
end
$$
"""

GUARD_EVENT = """
create function guard_event() returns trigger language plpgsql as $$
begin
    raise exception 'the event log is append-only' using errcode = 'check_violation';
end
$$
"""


def upgrade() -> None:
    op.execute(HUB_NOW)
    op.create_table(
        "account",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account")),
    )
    op.create_table(
        "company",
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
        sa.Column("address", sa.String(length=500), nullable=True),
        sa.Column("city", sa.String(length=100), nullable=True),
        sa.Column("state_code", sa.String(length=40), nullable=True),
        sa.Column("postal_code", sa.String(length=20), nullable=True),
        sa.Column("country_code", sa.String(length=40), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("match_name", sa.Text(), sa.Computed("lower(name)", persisted=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_company")),
    )
    op.create_index("ix_company_match", "company", ["account_id", "match_name"], unique=False)
    op.create_index("ix_company_name", "company", ["account_id", "name", "id"], unique=False)
    op.create_index(
        "uq_company_origin",
        "company",
        ["account_id", "origin_id"],
        unique=True,
        postgresql_where=sa.text("origin_id is not null"),
    )
    op.create_table(
        "conflict",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("ours", sa.Text(), nullable=True),
        sa.Column("theirs", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_conflict")),
    )
    op.create_index(
        "uq_conflict_open",
        "conflict",
        ["account_id", "object_id", "field"],
        unique=True,
        postgresql_where=sa.text("resolved_at is null"),
    )
    op.create_table(
        "cost_code",
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
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_cost_code")),
        sa.UniqueConstraint("account_id", "code", name=op.f("uq_cost_code_account_id_code")),
    )
    op.create_index(
        "uq_cost_code_origin",
        "cost_code",
        ["account_id", "origin_id"],
        unique=True,
        postgresql_where=sa.text("origin_id is not null"),
    )
    op.create_table(
        "cost_type",
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
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_cost_type")),
        sa.UniqueConstraint("account_id", "code", name=op.f("uq_cost_type_account_id_code")),
    )
    op.create_index(
        "uq_cost_type_origin",
        "cost_type",
        ["account_id", "origin_id"],
        unique=True,
        postgresql_where=sa.text("origin_id is not null"),
    )
    op.create_table(
        "event",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False),
        sa.Column(
            "transaction",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
            nullable=False,
        ),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_object", "event", ["account_id", "object_id", "id"], unique=False)
    op.create_index("ix_event_order", "event", ["account_id", "transaction", "id"], unique=False)
    op.create_table(
        "event_head",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("transaction", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), server_default=sa.text("''::bytea"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_event_head")),
    )
    op.create_table(
        "link_move",
        sa.Column("from_state", sa.String(length=20), nullable=False),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("from_state", "to_state", name=op.f("pk_link_move")),
    )
    op.create_table(
        "project",
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
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=60), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("completion_date", sa.Date(), nullable=True),
        sa.Column("address", sa.String(length=500), nullable=True),
        sa.Column("city", sa.String(length=100), nullable=True),
        sa.Column("state_code", sa.String(length=40), nullable=True),
        sa.Column("postal_code", sa.String(length=20), nullable=True),
        sa.Column("country_code", sa.String(length=40), nullable=True),
        sa.Column("origin_created_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_project")),
    )
    op.create_index("ix_project_number", "project", ["account_id", "number", "id"], unique=False)
    op.create_index(
        "uq_project_origin",
        "project",
        ["account_id", "origin_id"],
        unique=True,
        postgresql_where=sa.text("origin_id is not null"),
    )
    op.create_table(
        "sync_run",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), server_default="QUEUED", nullable=False),
        sa.Column("step", sa.String(length=100), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("items_total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("items_done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("records_read", sa.Integer(), server_default="0", nullable=False),
        sa.Column("records_created", sa.Integer(), server_default="0", nullable=False),
        sa.Column("records_updated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("records_unchanged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("issues_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "proof in ('PROVEN', 'UNPROVEN', 'INCOMPLETE')", name=op.f("ck_sync_run_proof_word")
        ),
        sa.CheckConstraint(
            "state in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'PARTLY', 'FAILED')",
            name=op.f("ck_sync_run_state_word"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_sync_run")),
    )
    op.create_index("ix_sync_run_newest", "sync_run", ["account_id", "id"], unique=False)
    op.create_table(
        "commitment",
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
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("retainage_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("contract_date", sa.Date(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
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
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind in ('SUBCONTRACT', 'PURCHASE_ORDER')", name=op.f("ck_commitment_kind_word")),
        sa.CheckConstraint(
            "status in ('DRAFT', 'OUT_FOR_BID', 'OUT_FOR_SIGNATURE', 'APPROVED', 'COMPLETE', 'TERMINATED', 'VOID', 'PROCESSING', 'SUBMITTED', 'PARTIALLY_RECEIVED', 'RECEIVED', 'CLOSED')",
            name=op.f("ck_commitment_status_word"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["company.account_id", "company.id"],
            name=op.f("fk_commitment_account_id_company_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["project.account_id", "project.id"],
            name=op.f("fk_commitment_account_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_commitment")),
        sa.UniqueConstraint("account_id", "origin_id", name=op.f("uq_commitment_account_id_origin_id")),
    )
    op.create_index(
        "ix_commitment_amount", "commitment", ["account_id", "original_amount_cents", "id"], unique=False
    )
    op.create_index("ix_commitment_company", "commitment", ["account_id", "company_id"], unique=False)
    op.create_index("ix_commitment_number", "commitment", ["account_id", "number", "id"], unique=False)
    op.create_index("ix_commitment_project", "commitment", ["account_id", "project_id"], unique=False)
    op.create_table(
        "connection",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="ACTIVE", nullable=False),
        sa.Column("base_url", sa.String(length=500), nullable=False),
        sa.Column("credentials", sa.LargeBinary(), nullable=True),
        sa.Column(
            "settings",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "capabilities",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("go_live_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.CheckConstraint("role in ('PROJECT_TOOL', 'ERP')", name=op.f("ck_connection_role_word")),
        sa.CheckConstraint(
            "state in ('ACTIVE', 'AUTH_REQUIRED', 'PAUSED')", name=op.f("ck_connection_state_word")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name=op.f("fk_connection_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_connection")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_connection_account_id_name")),
    )
    op.create_index(
        "uq_connection_erp",
        "connection",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("role = 'ERP'"),
    )
    op.create_table(
        "crawl_key",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "run_id"],
            ["sync_run.account_id", "sync_run.id"],
            name=op.f("fk_crawl_key_account_id_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "run_id", "resource", "scope", "object_id", name=op.f("pk_crawl_key")
        ),
    )
    op.create_table(
        "event_seal",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "sealed_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "event_id"],
            ["event.account_id", "event.id"],
            name=op.f("fk_event_seal_account_id_event_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "position", name=op.f("pk_event_seal")),
    )
    op.create_index("uq_event_seal_event", "event_seal", ["account_id", "event_id"], unique=True)
    op.create_table(
        "job",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("lane", sa.Text(), server_default="INTERACTIVE", nullable=False),
        sa.Column("state", sa.Text(), server_default="QUEUED", nullable=False),
        sa.Column(
            "args",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_owner", sa.String(length=80), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deaths", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("lane in ('INTERACTIVE', 'BULK')", name=op.f("ck_job_lane_word")),
        sa.CheckConstraint(
            "state in ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'PARKED', 'CANCELLED')",
            name=op.f("ck_job_state_word"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "run_id"],
            ["sync_run.account_id", "sync_run.id"],
            name=op.f("fk_job_account_id_run_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_due",
        "job",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state in ('QUEUED', 'RUNNING')"),
    )
    op.create_index(
        "ix_job_next",
        "job",
        ["account_id", "lane", "rung_at"],
        unique=False,
        postgresql_where=sa.text("state = 'QUEUED'"),
    )
    op.create_index(
        "ix_job_object",
        "job",
        ["account_id", "object_id"],
        unique=False,
        postgresql_where=sa.text("state in ('QUEUED', 'RUNNING')"),
    )
    op.create_index("ix_job_run", "job", ["account_id", "run_id"], unique=False)
    op.create_index(
        "ix_job_running",
        "job",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("state = 'RUNNING'"),
    )
    op.create_table(
        "member",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("can_push_to_accounting", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("is_bulk_reader", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("erp_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("directory_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("admin_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("reports_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "granular", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("rights_imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name=op.f("fk_member_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_member")),
        sa.UniqueConstraint("account_id", "origin_id", name=op.f("uq_member_account_id_origin_id")),
    )
    op.create_table(
        "project_cost_code",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("cost_code_id", sa.Uuid(), nullable=False),
        sa.Column("cost_type_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=True),
        sa.Column("in_erp", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_code_id"],
            ["cost_code.account_id", "cost_code.id"],
            name=op.f("fk_project_cost_code_account_id_cost_code_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_type_id"],
            ["cost_type.account_id", "cost_type.id"],
            name=op.f("fk_project_cost_code_account_id_cost_type_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["project.account_id", "project.id"],
            name=op.f("fk_project_cost_code_account_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_project_cost_code")),
        sa.UniqueConstraint(
            "account_id",
            "project_id",
            "cost_code_id",
            "cost_type_id",
            name=op.f("uq_project_cost_code_account_id_project_id_cost_code_id_cost_type_id"),
        ),
    )
    op.create_table(
        "sync_issue",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "run_id"],
            ["sync_run.account_id", "sync_run.id"],
            name=op.f("fk_sync_issue_account_id_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_sync_issue")),
    )
    op.create_index("ix_sync_issue_run", "sync_issue", ["account_id", "run_id", "id"], unique=False)
    op.create_table(
        "sync_run_item",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), server_default="WAITING", nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("erp_message", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome in ('WAITING', 'DONE', 'REFUSED', 'FAILED', 'IN_DOUBT')",
            name=op.f("ck_sync_run_item_outcome_word"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "run_id"],
            ["sync_run.account_id", "sync_run.id"],
            name=op.f("fk_sync_run_item_account_id_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "run_id", "position", name=op.f("pk_sync_run_item")),
    )
    op.create_index("ix_sync_run_item_object", "sync_run_item", ["account_id", "object_id"], unique=False)
    op.create_table(
        "api_key",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("bulk", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "member_id"],
            ["member.account_id", "member.id"],
            name=op.f("fk_api_key_account_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_api_key")),
    )
    op.create_index("uq_api_key_prefix", "api_key", ["prefix"], unique=True)
    op.create_table(
        "attempt",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("export_revision", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("operation", sa.String(length=60), nullable=False),
        sa.Column("state", sa.Text(), server_default="PLANNED", nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("erp_message", sa.Text(), nullable=True),
        sa.Column("request_id", sa.String(length=200), nullable=True),
        sa.Column("read_backs", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("absent_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('PLANNED', 'SENDING', 'CONFIRMED', 'REFUSED', 'UNKNOWN', 'PRESENT', 'ABSENT_PROVEN', 'IN_DOUBT')",
            name=op.f("ck_attempt_state_word"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "connection_id"],
            ["connection.account_id", "connection.id"],
            name=op.f("fk_attempt_account_id_connection_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "job_id"],
            ["job.account_id", "job.id"],
            name=op.f("fk_attempt_account_id_job_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_attempt")),
    )
    op.create_index("ix_attempt_job", "attempt", ["account_id", "job_id"], unique=False)
    op.create_index("ix_attempt_object", "attempt", ["account_id", "object_id", "id"], unique=False)
    op.create_table(
        "commitment_line",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commitment_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.String(length=64), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("cost_code_id", sa.Uuid(), nullable=True),
        sa.Column("cost_type_id", sa.Uuid(), nullable=True),
        sa.Column("cost_code_text", sa.String(length=100), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("unit_of_measure", sa.String(length=40), nullable=True),
        sa.Column("unit_cost", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "commitment_id"],
            ["commitment.account_id", "commitment.id"],
            name=op.f("fk_commitment_line_account_id_commitment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_code_id"],
            ["cost_code.account_id", "cost_code.id"],
            name=op.f("fk_commitment_line_account_id_cost_code_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "cost_type_id"],
            ["cost_type.account_id", "cost_type.id"],
            name=op.f("fk_commitment_line_account_id_cost_type_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_commitment_line")),
        sa.UniqueConstraint(
            "account_id",
            "commitment_id",
            "origin_id",
            name=op.f("uq_commitment_line_account_id_commitment_id_origin_id"),
        ),
    )
    op.create_table(
        "cursor",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column(
            "tally",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("watermark", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "connection_id"],
            ["connection.account_id", "connection.id"],
            name=op.f("fk_cursor_account_id_connection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "connection_id", "resource", "scope", name=op.f("pk_cursor")),
    )
    op.create_table(
        "idempotent_answer",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("mutation", sa.String(length=60), nullable=False),
        sa.Column("input_digest", sa.String(length=64), nullable=False),
        sa.Column(
            "answer",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "member_id"],
            ["member.account_id", "member.id"],
            name=op.f("fk_idempotent_answer_account_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "member_id", "key", name=op.f("pk_idempotent_answer")),
    )
    op.create_table(
        "link",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("external_code", sa.String(length=200), nullable=True),
        sa.Column("export_revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("mapping_version", sa.String(length=40), nullable=True),
        sa.Column(
            "entries",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("snapshot_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("erp_message", sa.Text(), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "connection_id"],
            ["connection.account_id", "connection.id"],
            name=op.f("fk_link_account_id_connection_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_link")),
        sa.UniqueConstraint(
            "account_id",
            "object_id",
            "connection_id",
            name=op.f("uq_link_account_id_object_id_connection_id"),
        ),
    )
    op.create_index("ix_link_state", "link", ["account_id", "object_type", "state"], unique=False)
    op.create_index(
        "uq_link_external",
        "link",
        ["account_id", "connection_id", "object_type", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id is not null"),
    )
    op.create_table(
        "project_member",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("admin_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("commitments_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("change_orders_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("budget_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("prime_contracts_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("direct_costs_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("reports_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "granular", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("rights_imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "member_id"],
            ["member.account_id", "member.id"],
            name=op.f("fk_project_member_account_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "project_id"],
            ["project.account_id", "project.id"],
            name=op.f("fk_project_member_account_id_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "member_id", "project_id", name=op.f("pk_project_member")),
    )
    op.create_table(
        "unlisted",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("external_code", sa.String(length=200), nullable=True),
        sa.Column("claim", sa.String(length=200), nullable=True),
        sa.Column("natural_key", sa.Text(), nullable=True),
        sa.Column(
            "snapshot",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("hub_now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "connection_id"],
            ["connection.account_id", "connection.id"],
            name=op.f("fk_unlisted_account_id_connection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "connection_id", "object_type", "external_id", name=op.f("pk_unlisted")
        ),
    )
    op.create_index("ix_unlisted_claim", "unlisted", ["account_id", "object_type", "claim"], unique=False)
    op.create_index(
        "ix_unlisted_natural_key", "unlisted", ["account_id", "object_type", "natural_key"], unique=False
    )
    op.execute(GUARD_LINK)
    op.execute(
        "create trigger guard_link_move before insert or update of state on link "
        "for each row execute function guard_link_move()"
    )
    op.execute(GUARD_EVENT)
    op.execute(
        "create trigger guard_event before update or delete on event for each row execute function guard_event()"
    )


def downgrade() -> None:
    op.execute("drop trigger guard_event on event")
    op.execute("drop function guard_event")
    op.execute("drop trigger guard_link_move on link")
    op.execute("drop function guard_link_move")
    op.drop_index("ix_unlisted_natural_key", table_name="unlisted")
    op.drop_index("ix_unlisted_claim", table_name="unlisted")
    op.drop_table("unlisted")
    op.drop_table("project_member")
    op.drop_index("uq_link_external", table_name="link", postgresql_where=sa.text("external_id is not null"))
    op.drop_index("ix_link_state", table_name="link")
    op.drop_table("link")
    op.drop_table("idempotent_answer")
    op.drop_table("cursor")
    op.drop_table("commitment_line")
    op.drop_index("ix_attempt_object", table_name="attempt")
    op.drop_index("ix_attempt_job", table_name="attempt")
    op.drop_table("attempt")
    op.drop_index("uq_api_key_prefix", table_name="api_key")
    op.drop_table("api_key")
    op.drop_index("ix_sync_run_item_object", table_name="sync_run_item")
    op.drop_table("sync_run_item")
    op.drop_index("ix_sync_issue_run", table_name="sync_issue")
    op.drop_table("sync_issue")
    op.drop_table("project_cost_code")
    op.drop_table("member")
    op.drop_index("ix_job_running", table_name="job", postgresql_where=sa.text("state = 'RUNNING'"))
    op.drop_index("ix_job_run", table_name="job")
    op.drop_index(
        "ix_job_object", table_name="job", postgresql_where=sa.text("state in ('QUEUED', 'RUNNING')")
    )
    op.drop_index("ix_job_next", table_name="job", postgresql_where=sa.text("state = 'QUEUED'"))
    op.drop_index("ix_job_due", table_name="job", postgresql_where=sa.text("state in ('QUEUED', 'RUNNING')"))
    op.drop_table("job")
    op.drop_index("uq_event_seal_event", table_name="event_seal")
    op.drop_table("event_seal")
    op.drop_table("crawl_key")
    op.drop_index("uq_connection_erp", table_name="connection", postgresql_where=sa.text("role = 'ERP'"))
    op.drop_table("connection")
    op.drop_index("ix_commitment_project", table_name="commitment")
    op.drop_index("ix_commitment_number", table_name="commitment")
    op.drop_index("ix_commitment_company", table_name="commitment")
    op.drop_index("ix_commitment_amount", table_name="commitment")
    op.drop_table("commitment")
    op.drop_index("ix_sync_run_newest", table_name="sync_run")
    op.drop_table("sync_run")
    op.drop_index(
        "uq_project_origin", table_name="project", postgresql_where=sa.text("origin_id is not null")
    )
    op.drop_index("ix_project_number", table_name="project")
    op.drop_table("project")
    op.drop_table("link_move")
    op.drop_table("event_head")
    op.drop_index("ix_event_order", table_name="event")
    op.drop_index("ix_event_object", table_name="event")
    op.drop_table("event")
    op.drop_index(
        "uq_cost_type_origin", table_name="cost_type", postgresql_where=sa.text("origin_id is not null")
    )
    op.drop_table("cost_type")
    op.drop_index(
        "uq_cost_code_origin", table_name="cost_code", postgresql_where=sa.text("origin_id is not null")
    )
    op.drop_table("cost_code")
    op.drop_index("uq_conflict_open", table_name="conflict", postgresql_where=sa.text("resolved_at is null"))
    op.drop_table("conflict")
    op.drop_index(
        "uq_company_origin", table_name="company", postgresql_where=sa.text("origin_id is not null")
    )
    op.drop_index("ix_company_name", table_name="company")
    op.drop_index("ix_company_match", table_name="company")
    op.drop_table("company")
    op.drop_table("account")
    op.execute("drop function hub_now")
