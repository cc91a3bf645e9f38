"""Runs and what came of each item; rows that did not fit; and answers kept under an idempotency key."""

import uuid
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, Numeric, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from db.base import AccountRow, AccountTable, one_of, timestamp, words


class RunState(StrEnum):
    """How far a run is. PARTLY: ended, and some items did not make it."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    PARTLY = "PARTLY"
    FAILED = "FAILED"


class Proof(StrEnum):
    """How sure an import is to hold what the other side holds.

    PROVEN: a second read of keys agrees. UNPROVEN: there was no second read. INCOMPLETE: it disagrees, or the crawl broke off."""

    PROVEN = "PROVEN"
    UNPROVEN = "UNPROVEN"
    INCOMPLETE = "INCOMPLETE"


class Outcome(StrEnum):
    """What came of one item of a run."""

    WAITING = "WAITING"
    DONE = "DONE"
    REFUSED = "REFUSED"
    FAILED = "FAILED"
    IN_DOUBT = "IN_DOUBT"


def count(description: str) -> int:
    column: int = Field(
        default=0, sa_column=Column(Integer, nullable=False, server_default="0"), description=description
    )
    return column


class SyncRun(AccountRow, table=True):
    """One piece of work somebody asked for, from the request to the last item."""

    __tablename__ = "sync_run"
    __table_args__ = (
        one_of("state", RunState),
        one_of("proof", Proof),
        Index("ix_sync_run_newest", "account_id", "id"),
    )

    action: str = Field(max_length=40, description="IMPORT, SEND, ACCEPT, UNLINK, ...")
    connection_id: uuid.UUID | None = Field(default=None)
    state: RunState = words(RunState, "How far it is.", default=RunState.QUEUED)
    step: str | None = Field(default=None, max_length=100, description="What it is doing now, in words.")
    requested_by: uuid.UUID | None = Field(default=None, description="Null where the hub itself asked.")
    items_total: int = count("How many items it is about.")
    items_done: int = count("How many of them have ended.")
    records_read: int = count("How many records were read.")
    records_created: int = count("How many of them were new.")
    records_updated: int = count("How many of them had changed.")
    records_unchanged: int = count("How many of them were as known.")
    issues_count: int = count("How many rows did not fit.")
    proof: Proof | None = words(Proof, "How complete an import is.")
    error_code: str | None = Field(
        default=None, max_length=60, description="Our code, where the run failed as a whole."
    )
    error_message: str | None = Field(default=None, sa_type=Text, description="Why it failed, in words.")
    created_at: datetime = timestamp("When it was asked for.", default_now=True)
    started_at: datetime | None = timestamp("When work began.")
    finished_at: datetime | None = timestamp("When the last item ended.")


class SyncRunItem(AccountTable, table=True):
    """What came of one item of a run, in input order."""

    __tablename__ = "sync_run_item"
    __table_args__ = (
        one_of("outcome", Outcome),
        Index("ix_sync_run_item_object", "account_id", "object_id"),
        ForeignKeyConstraint(
            ["account_id", "run_id"], ["sync_run.account_id", "sync_run.id"], ondelete="CASCADE"
        ),
    )

    run_id: uuid.UUID = Field(primary_key=True)
    position: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    object_type: str = Field(max_length=40)
    object_id: uuid.UUID
    outcome: Outcome = words(Outcome, "What came of it.", default=Outcome.WAITING)
    code: str | None = Field(default=None, max_length=60, description="Our code, where it did not make it.")
    message: str | None = Field(default=None, sa_type=Text, description="Why, in words.")
    erp_message: str | None = Field(default=None, sa_type=Text, description="The other side's own words.")
    finished_at: datetime | None = timestamp("When it ended.")


class SyncRunList(AccountTable, table=True):
    """How complete one list of an import is: what was read of it, and what a second read came to."""

    __tablename__ = "sync_run_list"
    __table_args__ = (
        one_of("proof", Proof),
        ForeignKeyConstraint(
            ["account_id", "run_id"], ["sync_run.account_id", "sync_run.id"], ondelete="CASCADE"
        ),
    )

    run_id: uuid.UUID = Field(primary_key=True)
    resource: str = Field(primary_key=True, max_length=40, description="Which list, such as `direct_cost`.")
    scope: str = Field(
        primary_key=True, max_length=200, description="The project's id on the other side; empty for all."
    )
    project_id: uuid.UUID | None = Field(default=None)
    since: datetime | None = timestamp("From when on changes were read; null where all of it was.")
    records: int = count("How many records were read.")
    amount: Decimal = Field(
        sa_type=Numeric(30, 2), description="The sum of their amounts, whatever currency they are in."
    )
    digest: str = Field(max_length=32, description="Digest of their keys and amounts, whatever their order.")
    records_again: int | None = Field(default=None, description="How many the second read found.")
    amount_again: Decimal | None = Field(
        default=None, sa_type=Numeric(30, 2), nullable=True, description="The sum of those."
    )
    digest_again: str | None = Field(default=None, max_length=32, description="The digest of those.")
    proof: Proof = words(Proof, "How complete it is.")
    finished_at: datetime = timestamp("When it had been read.", default_now=True)


class SyncIssue(AccountRow, table=True):
    """A row of the other side that did not fit; the rest of the run went on."""

    __tablename__ = "sync_issue"
    __table_args__ = (
        Index("ix_sync_issue_run", "account_id", "run_id", "id"),
        ForeignKeyConstraint(
            ["account_id", "run_id"], ["sync_run.account_id", "sync_run.id"], ondelete="CASCADE"
        ),
    )

    run_id: uuid.UUID
    object_type: str = Field(max_length=40, description="Which kind of record.")
    external_id: str = Field(max_length=200, description="Its id on the other side.")
    code: str = Field(max_length=60, description="Our code.")
    field: str | None = Field(default=None, max_length=60, description="The field that does not fit.")
    value: str | None = Field(default=None, sa_type=Text, description="Its value there.")
    message: str = Field(sa_type=Text, description="What is the matter, in words.")
    details: dict[str, Any] = Field(
        default_factory=dict,
        sa_column=Column(JSONB, nullable=False, server_default=text("'{}'::jsonb")),
        description="What is known of a cost or payment: kind, date, project, vendor, number, amount, and codes of its lines.",
    )
    created_at: datetime = timestamp("When it was found.", default_now=True)


class IdempotentAnswer(AccountTable, table=True):
    """What a mutation answered under a member's key, so that the same request again gets the same answer."""

    __tablename__ = "idempotent_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "member_id"], ["member.account_id", "member.id"], ondelete="CASCADE"
        ),
    )

    member_id: uuid.UUID = Field(primary_key=True)
    key: str = Field(primary_key=True, max_length=200)
    mutation: str = Field(max_length=60)
    input_digest: str = Field(max_length=64)
    answer: dict[str, Any] = Field(
        sa_column=Column(JSONB, nullable=False, server_default=text("'{}'::jsonb"))
    )
    created_at: datetime = timestamp("When it was first answered.", default_now=True)
