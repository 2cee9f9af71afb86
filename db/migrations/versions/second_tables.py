"""Add what the second version stores."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
# A program of the first version does not know these columns, and writes a fence that is renamed.
BESIDE_FORMER = False


def upgrade() -> None:
    """Add the columns of the second version."""
    _extend_jobs()
    # The number by which a late write is recognised is raised by every write now.
    op.alter_column("jobs", "fence", new_column_name="version")
    _lease_by_process()
    _index_what_is_looked_for()
    _extend_ledger()


def _extend_jobs() -> None:
    op.add_column("jobs", sa.Column("delivering_since", sa.Double()))
    op.add_column("jobs", _counter("delivery_failures"))
    op.add_column("jobs", _counter("bad_files"))
    op.add_column(
        "jobs", sa.Column("spoiler", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("jobs", sa.Column("inputs", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("jobs", sa.Column("input_sources", sa.JSON()))


def _counter(name: str) -> sa.Column[int]:
    """Return a column that is 0 in the rows that exist."""
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def _lease_by_process() -> None:
    """Give each process one lease in place of one for each of its jobs."""
    op.create_table(
        "processes",
        sa.Column("owner", sa.Text(), primary_key=True),
        sa.Column("renewals", sa.BigInteger(), nullable=False),
        sa.Column("renewed_at", sa.Double()),
    )
    op.execute(
        "insert into processes (owner, renewals)"
        " select distinct owner, 0 from jobs where open and owner is not null"
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("owner", sa.Text()),
        sa.Column("detail", sa.Text()),
    )
    op.create_table(
        "notices",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("until", sa.Double(), nullable=False),
    )
    op.drop_index("jobs_to_claim", table_name="jobs")
    op.drop_column("jobs", "lease_until")
    _index_where("jobs_of_owner", "jobs", "owner", is_true="open")


def _index_what_is_looked_for() -> None:
    _index_where("jobs_woken", "jobs", "owner", is_true="woken")
    _index_where("jobs_of_channel", "jobs", "channel_id", is_true="open")
    _index_where("jobs_to_forget", "jobs", "id", is_true="forget")
    op.drop_index("jobs_by_price", table_name="jobs")
    unsent = sa.text("input_sources IS NOT NULL")
    op.create_index(
        "jobs_with_sources", "jobs", ["created_at"], sqlite_where=unsent, postgresql_where=unsent
    )
    charged = sa.text("cost IS NOT NULL")
    op.create_index(
        "jobs_by_price",
        "jobs",
        ["price_key", "id"],
        sqlite_where=charged,
        postgresql_where=charged,
    )
    named = sa.text("user_id IS NOT NULL")
    op.create_index(
        "ledger_of_users", "ledger", ["day"], sqlite_where=named, postgresql_where=named
    )


def _index_where(name: str, table: str, column: str, *, is_true: str) -> None:
    op.create_index(
        name,
        table,
        [column],
        sqlite_where=sa.text(f"{is_true} IS 1"),
        postgresql_where=sa.text(f"{is_true} IS true"),
    )


def _extend_ledger() -> None:
    """Keep the server, the model and the ending of each job, as far as the jobs are still there."""
    op.add_column("ledger", sa.Column("guild_id", sa.BigInteger()))
    op.add_column("ledger", sa.Column("model", sa.Text()))
    op.add_column("ledger", sa.Column("ending", sa.Text()))
    op.add_column(
        "ledger", sa.Column("reported", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    of_job = "from jobs where jobs.id = ledger.job_id"
    op.execute(
        f"update ledger set guild_id = (select coalesce(guild_id, 0) {of_job}),"  # noqa: S608
        f" model = (select model {of_job}),"
        f" ending = (select state {of_job} and ledger.settled)"
    )
    op.execute(
        "update ledger set reported = settled"
        " where job_id in (select id from jobs where cost is not null)"
    )
    op.create_index("ledger_of_server", "ledger", ["guild_id", "day"])
    op.create_index("jobs_requesters", "jobs", ["id", "forget", "user_id"])
