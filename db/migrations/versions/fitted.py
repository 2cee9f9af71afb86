"""Remember that a result was made smaller, so that its card offers the original."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; no older result was."""
    op.add_column(
        "jobs", sa.Column("fitted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
