"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
# Whether programs of the step before can go on with the tables as this one leaves them.
BESIDE_FORMER = False


def upgrade() -> None:
    """${message}."""
    ${upgrades if upgrades else "pass"}
