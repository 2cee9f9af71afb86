"""Tables, as they are now; `migrations/` has the steps by which they became so."""

from collections.abc import Iterable

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    literal,
)

from db.columns import InputList, Money, SharedText, Word
from db.records import CancelControl, CardKind, FetchProblem, JobKind, JobState, Reason

metadata = MetaData()

# One column for each field of `db.records.Job`, of the same name.
jobs = Table(
    "jobs",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Word(JobKind), nullable=False),
    Column("model", SharedText, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("endpoint", SharedText, nullable=False),
    Column("body", JSON, nullable=False),
    Column("inputs", InputList, nullable=False),
    Column("input_sources", JSON(none_as_null=True)),
    Column("user_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger),
    Column("channel_id", BigInteger, nullable=False),
    Column("locale", SharedText, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("spoiler", Boolean, nullable=False),
    Column("card_kind", Word(CardKind), nullable=False),
    Column("upload_limit", BigInteger, nullable=False),
    Column("price_low", Money, nullable=False),
    Column("price_high", Money, nullable=False),
    Column("price_key", SharedText, nullable=False),
    Column("price_usual", Money),
    Column("retry_of", BigInteger),
    Column("card_mark", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("interaction_token", Text),
    Column("application_id", BigInteger),
    Column("message_id", BigInteger),
    Column("retried_as", Text),
    Column("cancel_control", Word(CancelControl), nullable=False),
    Column("shown", Text),
    Column("shown_at", Double),
    Column("pinged_at", Double),
    Column("reply_begun_at", Double),
    Column("dm_begun_at", Double),
    Column("state", Word(JobState), nullable=False),
    Column("task_id", Text),
    Column("status", SharedText),
    Column("progress", Double),
    Column("estimated_seconds", Double),
    Column("submitted_at", Double),
    Column("missing_since", Double),
    Column("cost", Money),
    Column("released", Boolean, nullable=False),
    Column("reason", Word(Reason)),
    Column("error_code", Text),
    Column("error_message", Text),
    Column("result_count", Integer, nullable=False),
    Column("fitted", Boolean, nullable=False),
    Column("left_out", Integer, nullable=False),
    Column("fetch_problem", Word(FetchProblem)),
    Column("fetch_until", Double),
    Column("delivering_since", Double),
    Column("delivery_failures", Integer, nullable=False),
    Column("bad_files", Integer, nullable=False),
    Column("ended_at", Double),
    Column("cancel_wanted_by", BigInteger),
    Column("cancel_wanted_at", Double),
    Column("cancel_taken", Boolean, nullable=False),
    Column("cancel_refused", Boolean, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("forget", Boolean, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("owner", SharedText),
    Column("woken", Boolean, nullable=False),
    Column("version", BigInteger, nullable=False),
    # NULLs are distinct on SQLite and PostgreSQL: only jobs that have one are compared.
    UniqueConstraint("retry_of", name="one_retry_of_a_job"),
    UniqueConstraint("task_id", name="one_job_of_a_task"),
)


def has_state(states: Iterable[JobState]) -> ColumnElement[bool]:
    """Return the condition that a job has one of *states*."""
    # As a list of single values: SQLAlchemy would write the place of a list for each run.
    return jobs.c.state.in_([literal(state, jobs.c.state.type) for state in states])


is_open = jobs.c.open.is_(True)
is_final = has_state(state for state in JobState if state.is_final)
is_woken = jobs.c.woken.is_(True)
to_forget = jobs.c.forget.is_(True)
has_token = jobs.c.interaction_token.is_not(None)
has_sources = jobs.c.input_sources.is_not(None)
has_cost = jobs.c.cost.is_not(None)

Index("jobs_of_owner", jobs.c.owner, sqlite_where=is_open, postgresql_where=is_open)
Index("jobs_woken", jobs.c.owner, sqlite_where=is_woken, postgresql_where=is_woken)
Index("jobs_of_channel", jobs.c.channel_id, sqlite_where=is_open, postgresql_where=is_open)
Index("jobs_to_forget", jobs.c.id, sqlite_where=to_forget, postgresql_where=to_forget)
Index("jobs_of_message", jobs.c.message_id)
Index("jobs_of_user", jobs.c.user_id, jobs.c.created_at)
Index("jobs_by_end", jobs.c.ended_at)
# Who asked, for each entry of the ledger; the rows themselves are a hundred times as wide.
Index("jobs_requesters", jobs.c.id, jobs.c.forget, jobs.c.user_id)
# Without those that go on: of ten thousand with one key none has a cost yet.
Index(
    "jobs_by_price", jobs.c.price_key, jobs.c.id, sqlite_where=has_cost, postgresql_where=has_cost
)
Index(
    "jobs_with_sources",
    jobs.c.created_at,
    sqlite_where=has_sources,
    postgresql_where=has_sources,
)
Index("jobs_with_token", jobs.c.created_at, sqlite_where=has_token, postgresql_where=has_token)

# The processes that own jobs, one row each, whose `renewals` grow while they run. `renewed_at` is by
# the database's clock, and NULL on SQLite.
processes = Table(
    "processes",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("renewals", BigInteger, nullable=False),
    Column("renewed_at", Double),
)

# What one process does for all, and the shards that it has. A row without an owner that is in
# `processes` is free; `detail` is what the next owner begins with.
leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text),
    Column("detail", Text),
)

# What one process has learned that concerns all, and until when it holds (Unix seconds).
notices = Table(
    "notices",
    metadata,
    Column("name", Text, primary_key=True),
    Column("until", Double, nullable=False),
)

# What each job reserved or cost. An entry outlasts its job, because a deleted job must not give its
# requester a second budget, and what a server or a model has cost must not change when a job is
# deleted. It names the requester only where there is a budget for each, and only until the day is
# over; who asked is otherwise known as long as the job is kept (`db.repositories.usage`).
ledger = Table(
    "ledger",
    metadata,
    Column("job_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),  # UTC, of the job's `created_at`
    Column("amount", Money, nullable=False),
    Column("settled", Boolean, nullable=False),  # False: reserved
    Column("user_id", BigInteger),
    Column("guild_id", BigInteger),  # 0: outside of servers; NULL: an entry of the version before
    Column("model", SharedText),  # NULL: the same
    Column("ending", SharedText),  # the state in which the job ended; NULL: none yet, or the same
    Column("reported", Boolean, nullable=False),  # the amount is the cost that the API reported
    Index("ledger_by_day", "day", "amount"),
    Index("ledger_of_server", "guild_id", "day"),
)

names_requester = ledger.c.user_id.is_not(None)

Index(
    "ledger_of_users",
    ledger.c.day,
    sqlite_where=names_requester,
    postgresql_where=names_requester,
)

# One row, locked by each process that accepts a job, so that limits hold over all processes on
# PostgreSQL. SQLite has one writer anyway.
acceptance = Table(
    "acceptance",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("interaction_id", BigInteger, nullable=False),
    Column("interaction_token", Text),
    Column("application_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("request", JSON, nullable=False),
    Column("answered_by", BigInteger),
    UniqueConstraint("interaction_id", name="one_draft_of_an_interaction"),
    Index("drafts_by_age", "created_at"),
)

# Small values that are kept between runs, by name.
key_values = Table(
    "facts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
# The name of the key of the jobs' webhook addresses, which is no part of a backup.
WEBHOOK_KEY = "webhook key"
