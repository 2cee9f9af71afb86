"""Remember when a result was begun to be sent as a message of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; no older job was sent so."""
    op.add_column("jobs", sa.Column("reply_begun_at", sa.Double()))
