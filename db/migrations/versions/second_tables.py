"""Add what the second version stores."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns of the second version."""
    _extend_jobs()


def _extend_jobs() -> None:
    op.add_column("jobs", sa.Column("delivering_since", sa.Double()))
    op.add_column("jobs", _counter("delivery_failures"))
    op.add_column("jobs", _counter("bad_files"))


def _counter(name: str) -> sa.Column[int]:
    """Return a column that is 0 in the rows that exist."""
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")
