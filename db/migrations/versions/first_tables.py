"""Make the first tables: jobs, what they cost, drafts and facts."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
BESIDE_FORMER = False


def upgrade() -> None:
    """Make every table of the first version."""
    _make_jobs()
    _make_ledger()
    _make_acceptance()
    _make_drafts()
    _make_facts()


def _make_jobs() -> None:
    op.create_table(
        "jobs",
        *_columns_of_the_request(),
        *_columns_of_the_card(),
        *_columns_of_the_task(),
        *_columns_of_the_work(),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("retry_of", name="one_retry_of_a_job"),
        sa.UniqueConstraint("task_id", name="one_job_of_a_task"),
    )
    _index_jobs()


def _columns_of_the_request() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger()),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("card_kind", sa.Text(), nullable=False),
        sa.Column("upload_limit", sa.BigInteger(), nullable=False),
        sa.Column("price_low", sa.BigInteger(), nullable=False),
        sa.Column("price_high", sa.BigInteger(), nullable=False),
        sa.Column("price_key", sa.Text(), nullable=False),
        sa.Column("price_usual", sa.BigInteger()),
        sa.Column("retry_of", sa.BigInteger()),
        sa.Column("card_mark", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
    ]


def _columns_of_the_card() -> list[sa.Column[Any]]:
    return [
        sa.Column("interaction_token", sa.Text()),
        sa.Column("application_id", sa.BigInteger()),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("retried_as", sa.Text()),
        sa.Column("cancel_control", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text()),
        sa.Column("shown_at", sa.Double()),
        sa.Column("pinged_at", sa.Double()),
        sa.Column("reply_begun_at", sa.Double()),
        sa.Column("dm_begun_at", sa.Double()),
    ]


def _columns_of_the_task() -> list[sa.Column[Any]]:
    return [
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text()),
        sa.Column("status", sa.Text()),
        sa.Column("progress", sa.Double()),
        sa.Column("estimated_seconds", sa.Double()),
        sa.Column("submitted_at", sa.Double()),
        sa.Column("missing_since", sa.Double()),
        sa.Column("cost", sa.BigInteger()),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("error_code", sa.Text()),
        sa.Column("error_message", sa.Text()),
        sa.Column("result_count", sa.Integer(), nullable=False),
        sa.Column("fitted", sa.Boolean(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("fetch_problem", sa.Text()),
        sa.Column("fetch_until", sa.Double()),
        sa.Column("ended_at", sa.Double()),
    ]


def _columns_of_the_work() -> list[sa.Column[Any]]:
    return [
        sa.Column("cancel_wanted_by", sa.BigInteger()),
        sa.Column("cancel_wanted_at", sa.Double()),
        sa.Column("cancel_taken", sa.Boolean(), nullable=False),
        sa.Column("cancel_refused", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("forget", sa.Boolean(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("lease_until", sa.Double(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("woken", sa.Boolean(), nullable=False),
    ]


def _index_jobs() -> None:
    op.create_index("jobs_by_end", "jobs", ["ended_at"])
    op.create_index("jobs_by_price", "jobs", ["price_key", "id"])
    op.create_index("jobs_of_message", "jobs", ["message_id"])
    op.create_index("jobs_of_user", "jobs", ["user_id", "created_at"])
    op.create_index(
        "jobs_to_claim",
        "jobs",
        ["owner", "lease_until"],
        sqlite_where=sa.text("open IS 1"),
        postgresql_where=sa.text("open IS true"),
    )
    op.create_index(
        "jobs_with_token",
        "jobs",
        ["created_at"],
        sqlite_where=sa.text("interaction_token IS NOT NULL"),
        postgresql_where=sa.text("interaction_token IS NOT NULL"),
    )


def _make_ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("job_id"),
    )
    op.create_index("ledger_by_day", "ledger", ["day", "amount"])


def _make_acceptance() -> None:
    op.create_table(
        "acceptance",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("insert into acceptance (id) values (1)")


def _make_drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=False),
        sa.Column("interaction_token", sa.Text()),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("answered_by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("interaction_id", name="one_draft_of_an_interaction"),
    )
    op.create_index("drafts_by_age", "drafts", ["created_at"])


def _make_facts() -> None:
    op.create_table(
        "facts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
